"""A month of a district under a set clock: thousands of moves against a model, and everything that they
brought about rebuilt from the event feed by a second bookkeeper.

MONTH_TICKETS scales it, MONTH_SEED makes another month.
"""

import datetime
import os

import pytest

from district import Clock, District, follow
from month import START as MONTH_START
from month import Month
from recount import RUNNING, Recount, Registry
from reckon import STAGES, Calendar, instant

TICKETS = int(os.environ.get("MONTH_TICKETS", "450"))
SEED = int(os.environ.get("MONTH_SEED", "20260217"))
# Of the shipped spans also the one of 24 hours, for heat, and the 7 days, for the second street.
SPANS = {"four-level.24h": {"categories": ["01"]}, "four-level.7d": {"areas": ["140213002"]}}


class Books:
    """The month, what the feed says of it, and what was found on the way."""

    def __init__(self):
        self.district = District(Clock(MONTH_START))
        admin, self.checked = self.district.admin, 0
        for code, match in SPANS.items():
            body = self.policy(code)
            assert admin.put(f"/v1/policies/{code}", {**body, "match": match}).status == 200
        self.registry = Registry(*(self.all(kind) for kind in ("units", "orgs", "resources")))
        self.calendar = Calendar(admin.get("/v1/calendars/cn").json)
        self.registry.learn(self.policies(), self.calendar)
        self.month = Month(self.district, self.registry, self.calendar, SEED, TICKETS)
        self.recount, self.events, self.place = Recount(self.registry), [], None
        self.supervisor = self.month.keys.supervisor.client

    def policy(self, code):
        shown = self.district.admin.get(f"/v1/policies/{code}").json
        return {name: value for name, value in shown.items() if name not in ("code", "version")}

    def all(self, kind):
        return self.district.admin.items(f"/v1/{kind}")

    def policies(self):
        return [self.district.admin.get(f"/v1/policies/{one['code']}").json for one in self.all("policies")]

    def read(self):
        """What came since the last look."""
        found = follow(self.supervisor, self.place)
        self.place = found.next
        for event in found:
            self.recount.add(event)
        self.events += found
        assert not self.recount.wrong, (len(self.recount.wrong), self.recount.wrong[:3])

    def checkpoint(self, index, last):
        """Now and then, and at the end."""
        if index + 1 == last // 2:
            self.change_policy()
        if index % 14 not in (2, 7) and index + 1 != last:
            return
        self.month.settle()
        self.read()
        now = self.district.clock.at
        for ticket in self.recount.tickets.values():
            for task in ticket.tasks.values():
                if task.missing(now):
                    pytest.fail(f"{task.id} {task.missing(now)}\n{self.show(ticket)}")
            assert ticket.review is None or ticket.final or ticket.review > now
        self.lists(now)
        self.checked += 1

    def change_policy(self):
        """Half way the sign term becomes longer: for what is dispatched from now on."""
        self.month.settle()
        self.read()
        body = self.policy("five-working-days")
        body["spans"]["sign"] = {"amount": 3, "unit": "working_hour"}
        assert self.district.admin.put("/v1/policies/five-working-days", body).status == 200
        self.registry.learn(self.policies(), self.calendar)

    def rows(self, first, last):
        """Open clocks with a due up to `last`, and behind `first` where there is one."""
        return sorted((task.dues[stage], task.id, stage)
                      for ticket in self.recount.tickets.values() for task in ticket.tasks.values()
                      for stage in STAGES if task.state in RUNNING and task.open(stage)
                      and task.dues[stage] <= last and (first is None or first < task.dues[stage]))

    def lists(self, now):
        for path, first, last in (("overdue", None, now),
                                  ("due?within=48h", now, now + datetime.timedelta(hours=48))):
            shown = self.supervisor.items(f"/v1/{path}")
            found = [(instant(one["due"]), one["task"], one["stage"]) for one in shown]
            assert sorted(found) == self.rows(first, last), (path, now)
            assert [one[0] for one in found] == sorted(one[0] for one in found)
            for one in shown:
                self.check_row(one, now)

    def unmet(self, ticket):
        """The kinds asked for that no task's resource brings; "any": nothing was asked, nobody had it."""
        tasks = self.recount.tickets[ticket.no].first
        kinds = [self.registry.resources[task["resource"]]["kind"] for task in tasks if task["resource"]]
        if not ticket.sent.get("needs"):
            return [] if tasks[0]["resource"] or "unit" in ticket.sent else ["any"]
        return [need["kind"] for need in ticket.sent["needs"] if need["kind"] not in kinds]

    def show(self, ticket):
        """A ticket's life, for whoever looks at a failure."""
        lines = [str(ticket.sent) if hasattr(ticket, "sent") else f"seen up to {ticket.version}"]
        for one in self.district.events(ticket.no, self.supervisor):
            lines.append(" ".join(str(part) for part in (one["seq"], one["at"], one["task"], one["move"], one["from"],
                                                         one["to"], one["by"]["role"], one["data"])))
        return "\n".join(lines)

    def check_row(self, one, now):
        ticket = self.recount.tickets[one["no"]]
        task = ticket.tasks[one["task"]]
        assert (one["unit"], one["org"], one["level"], one["category"], one["area"]) == (
            task.unit, task.org, task.level, ticket.category, ticket.area), self.show(ticket)
        assert one["overdue_seconds"] == max(0, int((now - instant(one["due"])).total_seconds()))


@pytest.fixture(scope="module")
def books():
    made = Books()
    print(f"seed {SEED}, {TICKETS} tickets")
    made.month.run(made.checkpoint)
    yield made
    made.district.stop()


def test_the_month(books):
    """It went on to its end: every answer was checked on the way."""
    asked = books.month.asked
    print(sum(asked.values()), "calls", dict(sorted(asked.items(), key=str)))
    print(len(books.events), "events", dict(sorted(books.recount.counts.items())))
    print(books.checked, "checkpoints")
    assert len(books.month.tickets) == TICKETS == len(books.recount.tickets)


def test_tickets_and_tasks_are_those_of_the_feed(books):
    shown = {one["no"]: one for one in books.supervisor.items("/v1/tickets")}
    assert set(shown) == set(books.recount.tickets)
    for no, ticket in books.recount.tickets.items():
        one = books.supervisor.get(f"/v1/tickets/{no}").json
        assert (one["state"], one["version"], one["category"], one["area"]) == (
            ticket.state(), ticket.version, ticket.category, ticket.area)
        assert shown[no]["state"] == one["state"] and one.get("excluded", False) == ticket.excluded
        assert [task["id"] for task in one["tasks"]] == list(ticket.tasks)
        for task in one["tasks"]:
            check_task(ticket.tasks[task["id"]], task)


def check_task(task, shown):
    assert (shown["state"], shown["role"], shown["round"], shown["unit"], shown["org"], shown["level"],
            shown["version"]) == (task.state, task.role, task.round, task.unit, task.org, task.level,
                                  task.version), (shown, vars(task))
    assert {name: instant(shown[name]) for name in task.told()} == task.told(), (shown, vars(task))
    assert sorted(shown["overdue"]) == sorted(task.overdue)
    running = [task.dues[stage] for stage in STAGES if task.open(stage)]
    assert instant(shown["due"]) == min(running, default=None)
    assert shown.get("extensions", []) == task.granted
    assert shown.get("extension_asked") == task.asked


def test_deadlines_can_be_summed_again(books):
    """GET /deadlines names the intervals that the second bookkeeper counts."""
    for ticket in books.recount.tickets.values():
        for task in ticket.tasks.values():
            shown = books.supervisor.get(f"/v1/tasks/{task.id}/deadlines").json
            for stage in shown["stages"]:
                check_stage(ticket, task, stage)
            assert [(instant(one["from"]), instant(one.get("to"))) for one in shown["pauses"]] == ticket.pauses


def check_stage(ticket, task, shown):
    stage, terms = shown["stage"], task.terms()
    assert instant(shown["from"]) == task.started(stage)
    assert instant(shown["due"]) == task.dues[stage] and shown["span"] == terms.span(stage, task.round)
    if task.dues[stage] is None:
        return
    met = task.met.get(stage, task.ended)
    pauses = [(since, to) for since, to in ticket.pauses if to and (met is None or since <= met)]
    due, counted = terms.calendar.due(task.started(stage), shown["span"], pauses)
    for span in task.granted if stage == "resolve" else []:
        due, more = terms.calendar.due(due, span, pauses)
        counted += more
    if due == task.dues[stage]:
        flat = []
        for piece in counted:
            if flat and flat[-1][1] == piece[0]:
                flat[-1] = (flat[-1][0], piece[1])
            else:
                flat.append(piece)
        assert [(instant(one["from"]), instant(one["to"])) for one in shown["counted"]] == flat, task.id


def test_capacity_is_what_open_tasks_hold(books):
    """Never more than there is, and at the end what the open tasks hold."""
    open_now = {}
    for ticket in books.recount.tickets.values():
        for task in ticket.tasks.values():
            if task.resource and task.state in ("assigned", "signed", "replied", "return_requested"):
                open_now[task.resource] = open_now.get(task.resource, 0) + 1
    assert {code: count for code, count in books.recount.taken.items() if count} == open_now
    kept = dict(books.district.daemon.psql("SELECT resource, taken FROM capacity"))
    for code, resource in books.registry.resources.items():
        assert int(kept.get(code, 0)) == open_now.get(code, 0), code
        limit = resource.get("capacity")
        assert limit is None or books.recount.most.get(code, 0) <= limit
    assert books.recount.most.get("r-fix-1", 1) == 1


def test_units_and_orgs_get_what_was_their_own(books):
    """Their feed is the supervisor's, filtered; the accused sees nothing."""
    barred = {no: ticket.barred for no, ticket in books.month.tickets.items()}
    for no, ticket in books.recount.tickets.items():
        ticket.barred = barred[no]
    whole = {one["id"]: one for one in books.events}
    seen = 0
    for key in books.month.keys.of("unit", "org"):
        orgs, units = ({key.unit} and set(), {key.unit}) if key.unit else books.month.world.reached[key.org]
        found = follow(key.client)
        expected = books.recount.seen(units, orgs, key.unit or key.org)
        odd = [one["id"] for one in found if one["id"] not in expected] or [
            one for one in expected if one not in {one["id"] for one in found}]
        if odd:
            no = whole[odd[0]]["no"]
            pytest.fail(f"{key}: {len(odd)} {odd[0]} of {no} {barred[no]}\n"
                        + books.show(books.recount.tickets[no]))
        assert [one["id"] for one in found] == expected, key
        assert all(one == whole[one["id"]] for one in found)
        assert not any((key.unit or key.org) in barred[one["no"]] for one in found)
        seen += len(found)
    assert seen


def test_shortages_are_the_needs_that_nobody_met(books):
    expected = {}
    for ticket in books.month.tickets.values():
        if ticket.sent.get("then", "dispatch") != "dispatch":
            continue
        for need in books.unmet(ticket):
            key = (ticket.sent["category"], ticket.sent["area"], need)
            expected[key] = expected.get(key, 0) + 1
    shown = books.supervisor.get("/v1/shortages?limit=500").json["items"]
    found = {(one["category"], one["area"], one.get("need")): one["tickets"] for one in shown}
    assert found == expected
