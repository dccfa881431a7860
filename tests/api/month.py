"""A month of a district: a seeded driver that submits tickets and moves them through their life while a
set clock walks on, and checks every answer against the model of month_model."""

import datetime
import heapq
import itertools
import random
from collections import Counter

from district import DISTRICT, FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, STREET, STREET_2
from month_acts import Acts
from month_keys import Keys
from month_model import Ticket, World
from moves import refused
from reckon import choose, instant

START, END = "2026-01-28T08:30:00+08:00", "2026-03-04T20:00:00+08:00"
PLACES = [(HOME, 30), (NEXT_DOOR, 20), (FAR, 20), (STREET, 8), (STREET_2, 8), (DISTRICT, 8),
          (OTHER_DISTRICT + "001", 6)]
WHAT = [("01.01.01", 22), ("01.01", 8), ("02.01", 15), ("02", 5), ("03.01", 8), ("04", 6), ("05", 12),
        ("06", 8), ("07", 10), ("08", 3), ("09", 3)]
KINDS = [("consult", 20), ("help", 35), ("complaint", 25), ("report", 8), ("suggest", 7), ("praise", 5)]
URGENCIES = [("normal", 75), ("urgent", 17), ("critical", 8)]
ACCUSED = [({"unit": "heat"}, "heat"), ({"name": "东城热力"}, "heat"), ({"name": "平城城管局"}, "bureau"),
           ({"unit": "school"}, "school"), ({"name": "甲街商店"}, "shop")]
NEEDS = ["venue", "volunteers", "health", "culture", "education", "equipment"]
# What happens at every full or half hour: frames begin and end, and nights.
TIMES = ["00:10", "07:59", "09:00", "11:59", "12:00", "13:30", "17:30", "20:00", "22:45"]


def pick(dice, weighted):
    return dice.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


class Month(Acts):
    def __init__(self, district, registry, calendar, seed, count):
        self.district, self.registry, self.calendar = district, registry, calendar
        self.dice, self.count, self.seed = random.Random(seed), count, seed
        self.world, self.keys = World(registry), Keys(district.daemon, registry)
        self.tickets, self.agenda, self.serial = {}, [], itertools.count()
        self.asked, self.externals, self.sent = Counter(), [], 0
        self.trace = []  # the last calls, for whoever looks at a failure

    @property
    def now(self):
        return self.district.clock.at

    # ---- the clock ----

    def instants(self):
        """Where the clock stops: frames' edges, nights and random instants between."""
        at, end = instant(START), instant(END)
        stops = [at]
        zone = self.calendar.zone
        for day in range((end - at).days + 1):
            date = self.calendar.date(at) + datetime.timedelta(days=day)
            stops += [self.calendar.at(date, time) for time in TIMES]
            for _ in range(self.dice.randint(3, 6)):
                stops.append(self.calendar.at(date, "08:30") + datetime.timedelta(
                    seconds=self.dice.randint(0, 36000)))
        return [one.astimezone(zone) for one in sorted(set(stops)) if instant(START) <= one <= end]

    def run(self, checkpoint):
        stops = self.instants()
        share = [self.crowd(stop) for stop in stops]
        due, total = 0, sum(share)
        for index, stop in enumerate(stops):
            self.district.clock.set(stop)
            due += self.count * share[index]
            self.take_in(due // total - self.sent)
            while self.agenda and self.agenda[0][0] <= stop:
                _, _, no = heapq.heappop(self.agenda)
                self.turn(self.tickets[no])
            checkpoint(index, len(stops))
        self.asked["clock"] = len(stops)

    def crowd(self, at):
        """How much comes in at an instant: less at night and on holidays, none in the last days."""
        if instant(END) - at < datetime.timedelta(hours=12):
            return 0
        return 3 if self.calendar.works(at) else 1

    def later(self, ticket, hours):
        heapq.heappush(self.agenda, (self.now + datetime.timedelta(hours=hours), next(self.serial),
                                     ticket.no))

    # ---- intake ----

    def submission(self):
        dice = self.dice
        kind = pick(dice, KINDS)
        sent = {"kind": kind, "urgency": pick(dice, URGENCIES), "category": pick(dice, WHAT),
                "area": pick(dice, PLACES), "title": f"诉求{next(self.serial)}", "content": "请尽快处理"}
        then = pick(dice, [("dispatch", 62), ("answer", 24), ("triage", 14)])
        if then != "dispatch" or dice.random() < 0.3:
            sent["then"] = then
        if then == "answer":
            sent["public_answer"] = "已答复"
        if dice.random() < 0.7:
            sent["petitioner"] = {"name": "张三", "phone": "13800000000",
                                  **({"secret": True} if dice.random() < 0.1 else {})}
        accused = None
        if kind in ("complaint", "report") and dice.random() < 0.3:
            sent["accused"], accused = pick(dice, [(one, 1) for one in ACCUSED])
        if then == "dispatch" and dice.random() < 0.12:
            sent["needs"] = [{"kind": kind} for kind in dice.sample(NEEDS, dice.randint(1, 2))]
        if dice.random() < 0.06:
            unit = dice.choice(sorted(self.registry.units))
            if unit not in self.world.barred(accused):
                sent["unit"] = unit
        if dice.random() < 0.2:
            sent.update(source="市平台", external_no=f"X{next(self.serial)}")
        return sent, accused

    def take_in(self, count):
        """So many tickets: in a batch with bad ones among them, or one by one."""
        made = [self.submission() for _ in range(count)]
        self.sent += count
        if len(made) > 2:
            return self.batch(made)
        for sent, accused in made:
            headers = {"Idempotency-Key": sent["title"].replace("诉求", "k")} if self.dice.random() < 0.3 else {}
            answers = [self.keys.operator.client.post("/v1/tickets", sent, headers=headers)
                       for _ in range(2 if headers else 1)]
            assert all(one.status == 201 for one in answers), answers
            assert len({one.json["no"] for one in answers}) == 1
            self.asked["submit", 201] += 1
            self.received(sent, accused, answers[0].json)
        return None

    def batch(self, made):
        bad = self.dice.randrange(len(made) + 1) if self.dice.random() < 0.3 else None
        body = [sent for sent, _ in made]
        if bad is not None:
            wrong = {**made[0][0], "category": "99.9", "external_no": f"bad{self.sent}"}
            if self.externals and self.dice.random() < 0.5:
                wrong = {**made[0][0], **self.dice.choice(self.externals)}
            body.insert(bad, wrong)
        answer = self.keys.operator.client.post("/v1/tickets/batch", {"tickets": body})
        assert answer.status == 207, answer
        results = answer.json["results"]
        if bad is not None:
            expected = 422 if body[bad]["category"] == "99.9" else 409
            assert results.pop(bad)["status"] == expected, answer
            self.asked["batch", expected] += 1
        for (sent, accused), result in zip(made, results, strict=True):
            assert result["status"] == 201, (sent, result)
            self.asked["batch", 201] += 1
            self.received(sent, accused, result["ticket"])

    def received(self, sent, accused, shown):
        ticket = self.tickets[shown["no"]] = Ticket(sent, shown, self.world.barred(accused), self.now)
        then = sent.get("then", "dispatch")
        ticket.dice = random.Random(f"{self.seed} {sent['title']}")
        assert shown["state"] == {"answer": "answered", "triage": "triage",
                                  "dispatch": "dispatched"}[then], shown
        for task in ticket.tasks.values():
            self.settle_terms(ticket, task)
            assert task.unit not in ticket.barred and task.org not in ticket.barred
        if "unit" in sent and then == "dispatch":
            assert ticket.lead().unit == sent["unit"] and shown["route"]["basis"] == "manual"
        if "external_no" in sent:
            self.externals.append({"source": sent["source"], "external_no": sent["external_no"]})
        if then == "answer" and self.dice.random() > 0.1:
            return
        self.later(ticket, self.delay("triage" if then == "triage" else "assigned"))

    def settle_terms(self, ticket, task):
        """The policy that the task came under; an extension of the round stays with it."""
        task.policy = choose(self.registry.present, area=ticket.area, category=ticket.category,
                             urgency=ticket.sent["urgency"], kind=ticket.sent["kind"], level=task.level)
        before = [one for one in ticket.leads() if one.round == task.round and one is not task]
        task.granted = before[-1].granted if before else 0

    def delay(self, state):
        """Hours until somebody acts on it: mostly in time, sometimes much too late."""
        dice = self.dice
        usual = {"triage": 2, "assigned": 1.2, "signed": 14, "replied": 6, "completed": 15, "hung": 60,
                 "return_requested": 5}.get(state, 10)
        return dice.expovariate(1 / usual) * (12 if dice.random() < 0.1 else 1)

    def settle(self):
        """Until the sweep has done all that is due, so that it holds no row."""
        now = self.now.isoformat()
        self.district.daemon.wait_for(lambda: self.district.daemon.psql(
            f"SELECT count(*) FROM task WHERE next_at <= '{now}'") == [["0"]], 60)

    # ---- asking and checking ----

    def ask(self, key, place, move, body=None, status=200):
        """One move by a key; the answer must have that status."""
        kind = "tasks" if "-" in place else "tickets"
        answer = key.client.post(f"/v1/{kind}/{place}/{move}", body or {})
        self.trace = [*self.trace[-40:], (str(self.now), key, place, move, body, answer.status)]
        self.asked[move, answer.status] += 1
        assert answer.status == status, (self.now, key, place, move, body, status, answer)
        return answer

    def refuse(self, key, ticket, task, move, body=None):
        """409 with the state and the moves that it allows."""
        answer = self.ask(key, task.id if task else ticket.no, move, body, 409)
        state = task.state if task else ticket.state
        if task is not None and ticket.hung:
            assert answer.json["state"] == state and answer.json["moves"] == ["note"], answer
        else:
            refused(answer, state, self.table(task))

    def turn(self, ticket):
        """Somebody does something with a ticket, now and then something that is refused. Each ticket has
        dice of its own: where the routing goes another way (loads and records lag), the others stay."""
        common, self.dice = self.dice, ticket.dice
        self.move_on(ticket)
        self.dice = common

    def move_on(self, ticket):
        if self.dice.random() < 0.12:
            self.wrong(ticket)
        state = ticket.state
        self.act(ticket)
        if self.dice.random() < 0.15:
            self.look(ticket)
        lead = ticket.lead()
        if ticket.ended and (state == ticket.state or self.dice.random() > 0.15):
            return
        self.later(ticket, self.delay(lead.state if lead and not ticket.hung else
                                      ticket.state if not ticket.ended else "closed"))

    def look(self, ticket):
        """What GET shows is what the model knows."""
        shown = self.keys.supervisor.client.get(f"/v1/tickets/{ticket.no}")
        assert shown.status == 200, shown
        self.compare(ticket, shown.json)

    def compare(self, ticket, shown):
        assert shown["state"] == ticket.state, (self.now, ticket.state, shown, self.trace[-8:])
        assert shown["version"] >= ticket.version
        assert shown.get("excluded", False) == ticket.excluded
        assert (shown["category"], shown["area"]) == (ticket.category, ticket.area)
        assert [one["id"] for one in shown["tasks"]] == list(ticket.tasks), (shown, self.trace[-8:])
        for one in shown["tasks"]:
            self.compare_task(ticket.tasks[one["id"]], one)
        ticket.version = shown["version"]

    def compare_task(self, task, shown):
        assert (shown["state"], shown["role"], shown["round"], shown["unit"], shown["org"]) == (
            task.state, task.role, task.round, task.unit, task.org), (self.now, vars(task), shown,
                                                                     self.trace[-8:])
        task.resolve_due = shown["resolve_due"]
