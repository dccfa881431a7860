"""Figures of supervision (spec 9): rates and times over random histories equal a plain recomputation
from the feed and plain SQL over the log; they follow within two seconds, survive kill -9, are shared by
daemons; months, scopes, rules, published months, the five clears."""

import csv
import datetime
import io
import os
import random
import re
import time

import pytest

from daemon import PROGRAM
from district import CITY, DISTRICT, FAR, HOME, OTHER_DISTRICT, STREET, STREET_2, Clock, District, do
from district import district, follow, ticket
from figures import KEPT, KEPT_SUMS, LOG, RULES, SUMS, figures, sums_of, tickets_of, times, total
from moves import bring_task, bring_ticket
from story import Story, position_of

__all__ = ["district"]
BEGIN = "2026-03-20T09:00:00+08:00"  # the histories go over the end of a month
SPAN = "from=2026-01-01&to=2027-01-01"
FIGURES = ["response", "resolution", "satisfaction", "returned", "rehandled", "signed_on_time",
           "replied_on_time", "score", "counted", "excluded", "hung", "parts"]


@pytest.fixture(scope="module")
def told():
    """A district with some history, all in the figures: the story, its events, what tickets add."""
    if not os.path.exists(PROGRAM):
        pytest.skip(f"{PROGRAM} is not built")
    made = District(Clock(BEGIN))
    story = Story(made, 7)
    story.extend_late()
    story.hang_between()
    story.go_on(1400)
    settle(story)
    yield story
    made.stop()


def get(client, path):
    answer = client.get(path)
    assert answer.status == 200, answer
    return answer.json


def settle(story, daemon=None):
    """Waits until the sweep has nothing left to do and the figures have followed; the events and what
    the tickets add."""
    daemon = daemon or story.district.daemon
    city = story.district.client("supervisor", daemon, areas=[CITY])
    behind = f"SELECT count(*) FROM task WHERE next_at <= '{story.district.clock.at.isoformat()}'"

    def followed():
        if daemon.psql(behind) != [["0"]]:
            return None
        events = follow(city)
        if get(city, "/v1/stats/rates")["as_of"] == events[-1]["id"]:
            return events
        return None
    story.events = daemon.wait_for(followed)
    overrides = get(story.district.admin, "/v1/calendars/cn")["overrides"]
    days = {kind: {datetime.date.fromisoformat(one["date"]) for one in overrides
                   if one["kind"] == kind} for kind in ("holiday", "workday")}
    story.added = tickets_of(story.events, days["holiday"], days["workday"])
    return story.added


def check(answer, sums, rules=None):
    """The items and the total are those of the sums."""
    assert {("@" if at_org(one) else "") + one["code"] for one in answer["items"]} == set(sums)
    for one in answer["items"]:
        wanted = figures(sums[("@" if at_org(one) else "") + one["code"]], rules)
        assert {name: one[name] for name in FIGURES} == wanted, one["code"]
    assert {name: answer["total"][name] for name in FIGURES} == figures(total(sums), rules)


def at_org(item):
    return item["peer"] in ("city_conference", "district_conference", "street_alliance",
                            "community_committee", "committee", "branch", "joint_branch")


def ask(client, group, days, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items() if value)
    return get(client, f"/v1/stats/rates?from={days[0]}&to={days[1]}&group={group}{query}&limit=500")


# Random histories

def test_the_history_has_everything(told):
    wanted = {
        "sign", "contact", "reply", "reply/pass", "reply/reject", "return", "return/approve",
        "return/reject", "delegate", "extend", "extend/approve", "redispatch", "dispatch", "callback",
        "rehandle", "hang", "unhang", "exclude", "include", "amend", "merge", "cancel", "invalid",
        "erase"}
    assert sorted(wanted - set(told.done)) == []
    moves = {one["move"] for one in told.events}
    assert sorted({"overdue", "overdue_lifted", "clocks", "withdraw", "close"} - moves) == []
    rows = [row for one in told.added for row in one.rows.values()]
    for name in ("contacted", "contacted_by_reply", "solved", "unsolved", "rehandled", "returned",
                 "satisfied_very", "satisfied_basic", "satisfied_no"):
        assert sum(row[name] for row in rows) > 0, name
    assert {one.status for one in told.added if one.rows} == {"counted", "excluded", "hung"}
    assert {one.day[:7] for one in told.added if one.rows} >= {"2026-03", "2026-04"}
    assert any(holder[0] == "@" for one in told.added for holder in one.rows)


@pytest.mark.parametrize("group", ["unit", "street", "category"])
def test_rates_equal_the_recomputation_from_the_feed(told, group):
    days = sorted({one.day for one in told.added if one.rows})
    whole = ("2026-01-01", "2027-01-01")
    check(ask(told.city, group, whole), sums_of(told.added, group, whole))
    choice = random.Random(group)
    for _ in range(12):
        some = sorted((choice.choice(days), choice.choice(days)))
        check(ask(told.city, group, some), sums_of(told.added, group, some))
    for month in (("2026-03-01", "2026-04-01"), ("2026-03-25", "2026-05-01")):
        check(ask(told.city, group, month), sums_of(told.added, group, month))
    for unit, category in (("heat", None), (None, "01"), (None, "02.01"), ("bureau", "02"),
                           (None, "0"), ("nobody", None)):
        check(ask(told.city, group, whole, unit=unit, category=category),
              sums_of(told.added, group, whole, unit=unit, category=category))


def test_figures_equal_plain_sql_over_the_log(told):
    daemon = told.district.daemon
    assert daemon.psql(KEPT) == daemon.psql(LOG)
    assert daemon.psql(KEPT_SUMS) == daemon.psql(SUMS)
    assert len(daemon.psql(KEPT)) > 50
    minutes = daemon.psql("SELECT minutes FROM tally_ticket WHERE last AND minutes IS NOT NULL")
    assert sorted(int(row[0]) for row in minutes) == sorted(
        one.minutes for one in told.added if one.rows and one.minutes is not None)


@pytest.mark.parametrize("group", ["unit", "street", "category"])
def test_handling_times_are_exact(told, group):
    for days in (("2026-01-01", "2027-01-01"), ("2026-03-23", "2026-04-20"),
                 ("2026-04-29", "2026-06-02")):
        answer = get(told.city, f"/v1/stats/times?from={days[0]}&to={days[1]}&group={group}&limit=500")
        made = {("@" if at_org(one) else "") + one["code"]:
                (one["tickets"], one["median_minutes"], one["p90_minutes"])
                for one in answer["items"]}
        made[None] = tuple(answer["total"].values())
        assert made == {None: (0, None, None)} | times(told.added, group, days)
        assert len(made) > 3 or days[0] > "2026-01-01"


def test_ranks_are_among_peers(told):
    whole = ("2026-01-01", "2027-01-01")
    for peers in ("kind", "all"):
        items = ask(told.city, "unit", whole, peers=peers)["items"]
        kinds = {one["peer"] for one in items}
        assert len(kinds) > 2
        for kind in kinds if peers == "kind" else [None]:
            some = [one for one in items if kind in (None, one["peer"])]
            scores = sorted((one["score"] for one in some if one["score"] is not None), reverse=True)
            for one in some:
                rank = None if one["score"] is None else scores.index(one["score"]) + 1
                assert one["rank"] == rank
            ranks = [one["rank"] or 1000 for one in some]
            assert ranks == sorted(ranks)
    names = {one["code"]: one["name"] for one in ask(told.city, "street", whole)["items"]}
    assert names[STREET] == "甲街道" and names[DISTRICT] == "平城区"


def test_pages_tell_the_same(told):
    whole = ask(told.city, "category", ("2026-01-01", "2027-01-01"))
    found, cursor = [], ""
    while cursor is not None:
        page = get(told.city, f"/v1/stats/rates?{SPAN}&group=category&limit=2{cursor}")
        assert page["total"] == whole["total"] and len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next"] and f"&cursor={page['next']}"
    assert found == whole["items"] and len(found) > 4


def test_rates_as_csv(told):
    for group in ("unit", "category"):
        items = ask(told.city, group, ("2026-01-01", "2027-01-01"))["items"]
        answer = told.city.get(f"/v1/export/rates?{SPAN}&group={group}")
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
        assert [row["code"] for row in rows] == [one["code"] for one in items]
        for row, one in zip(rows, items):
            for name in ("response", "resolution", "replied_on_time"):
                shown = [row[f"{name}.{part}"] for part in ("n", "of", "rate")]
                assert [float(value) if value else None for value in shown] == \
                    list(one[name].values())
            assert int(row["counted"]) == one["counted"] and row["name"] == (one["name"] or "")


@pytest.mark.parametrize("areas", [[DISTRICT], [OTHER_DISTRICT], [STREET], [HOME, STREET_2],
                                   [HOME, STREET, DISTRICT, FAR]])
def test_a_supervisor_sees_its_own_areas(told, areas):
    client = told.district.client("supervisor", areas=areas)
    whole = ("2026-01-01", "2027-01-01")
    for group in ("unit", "street", "category"):
        check(ask(client, group, whole), sums_of(told.added, group, whole, areas))
        check(ask(client, group, whole, category="02"),
              sums_of(told.added, group, whole, areas, category="02"))
        for area in (HOME, STREET_2, CITY, "14", "11"):
            inside = [area] if any(area.startswith(one) for one in areas) else \
                [one for one in areas if one.startswith(area)]
            check(ask(client, group, whole, area=area), sums_of(told.added, group, whole, inside))
    answer = get(client, f"/v1/stats/times?{SPAN}&group=unit")
    assert answer["total"]["tickets"] == \
        times(told.added, "unit", whole, areas).get(None, (0,))[0]


# Following

def test_figures_are_exact_up_to_the_event_they_name(told):
    """While the history goes on, every answer is the recomputation of the feed up to its `as_of`."""
    story, seen, between = told, set(), 0
    whole = ("2026-01-01", "2027-01-01")
    for _ in range(25):
        story.go_on(3)
        answer = ask(story.city, "unit", whole)
        events = follow(story.city)
        place = position_of(events, answer["as_of"])
        between += place < len(events)
        seen.add(answer["as_of"])
        check(answer, sums_of(tickets_of(events[:place]), "unit", whole))
    assert len(seen) > 3 and between > 0
    settle(story)


def test_figures_follow_within_two_seconds(told):
    late = []
    for _ in range(3):
        made = told.district.submit()
        last = told.district.events(made["no"])[-1]["id"]
        begun = time.monotonic()
        told.district.daemon.wait_for(lambda: position_of(
            follow(told.city), get(told.city, "/v1/stats/rates")["as_of"]) >=
            position_of(follow(told.city), last))
        late.append(time.monotonic() - begun)
    assert sorted(late)[1] < 2, late
    metrics = told.district.daemon.client().get("/metrics").body.decode()
    assert int(re.search(r"^whistled_fold_events_total (\d+)", metrics, re.M)[1]) > 100
    assert float(re.search(r"^whistled_fold_lag_seconds ([0-9.]+)", metrics, re.M)[1]) <= 2
    settle(told)


# In the order in which the daemon writes.
FORGET = ("BEGIN; UPDATE tally_place SET position = -1, ticket = -1, seq = -1 "
          "WHERE name = 'feed'; "
          "DELETE FROM tally_ticket; DELETE FROM tally; COMMIT")


def test_two_daemons_fold_together_from_the_start(told):
    other = told.district.beside()
    for _ in range(3):
        told.district.daemon.psql(FORGET)
        told.go_on(10)
    settle(told)
    settle(told, other)
    test_figures_equal_plain_sql_over_the_log(told)


def test_kill_9_while_folding(told):
    """Nothing twice, nothing lost: from the start again and again, killed on the way."""
    daemon, choice = told.district.daemon, random.Random(9)
    if told.district.second is not None:
        told.district.second.stop()
        told.district.second = None
    tickets = [ticket(category=choice.choice(["01.01.01", "02", "08"])) for _ in range(500)]
    for _ in range(3):
        assert told.district.operator.post("/v1/tickets/batch", {"tickets": tickets}).status == 207
    places = set()
    for turn in range(5):
        daemon.psql(FORGET)
        daemon.wait_for(lambda: daemon.psql("SELECT position FROM tally_place WHERE name = 'feed'") != [["-1"]])
        time.sleep(turn * choice.random() / 20)  # somewhere in the middle, at first near the beginning
        daemon.kill()
        places.add(tuple(daemon.psql("SELECT position, ticket, seq FROM tally_place "
                                     "WHERE name = 'feed'")[0]))
        daemon.start()
    told.district.keys.clear()
    told.district.kept.clear()
    told.city = told.district.client("supervisor", areas=[CITY])
    settle(told)
    test_figures_equal_plain_sql_over_the_log(told)
    assert len(places) > 1


# Rules

def set_rules(district, code="five-working-days", **rules):
    done = district.admin.patch(f"/v1/policies/{code}", {"rules": rules})
    assert done.status == 200, done


def test_the_rules_stand_with_the_answer_and_can_be_changed(told):
    whole = ("2026-01-01", "2027-01-01")
    answer = ask(told.city, "unit", whole)
    kept = {name: answer["rules"][name] for name in RULES}
    assert kept == RULES and answer["rules"]["policy"] == "five-working-days"
    changed = {"satisfaction": {"very": 1, "yes": 0.9, "basic": 0.5, "no": 0.1},
               "rates": {"count_hung": 1, "count_excluded": 1, "reply_is_contact": 0},
               "score": {"response": 1, "resolution": 2, "satisfaction": 0}}
    set_rules(told.district, **changed)
    told.district.daemon.wait_for(lambda: ask(told.city, "unit", whole)["rules"]["policy_version"] >
                                  answer["rules"]["policy_version"])
    for group in ("unit", "street", "category"):
        made = ask(told.city, group, whole)
        assert {name: made["rules"][name] for name in RULES} == changed
        check(made, sums_of(told.added, group, whole), changed)
    set_rules(told.district, **kept)
    told.district.daemon.wait_for(lambda: ask(told.city, "unit", whole)["rules"]["rates"] ==
                                  RULES["rates"])
    check(ask(told.city, "unit", whole), sums_of(told.added, "unit", whole))


def test_the_policy_is_that_of_the_area(told):
    body = {"calendar": "cn", "match": {"areas": [STREET]}, "spans": {},
            "rules": {"satisfaction": {"basic": 0.6}}}
    assert told.district.admin.put("/v1/policies/of-street", body).status == 201
    told.district.daemon.wait_for(lambda: get(told.city, f"/v1/stats/rates?{SPAN}&area={HOME}")
                                  ["rules"]["policy"] == "of-street")
    street = told.district.client("supervisor", areas=[STREET])
    rules = get(street, f"/v1/stats/rates?{SPAN}")["rules"]
    assert rules["policy"] == "of-street" and rules["satisfaction"]["basic"] == 0.6
    assert get(told.city, f"/v1/stats/rates?{SPAN}")["rules"]["policy"] == "five-working-days"
    assert told.district.admin.delete("/v1/policies/of-street").status in (204, 409)


# Bad questions

@pytest.mark.parametrize("query", ["group=area", "from=2026-13-01", "to=yesterday", "peers=x",
                                   "from=2026-03-02&to=2026-03-01", "from=1990-01-01&to=2026-01-01",
                                   "limit=0", "cursor=x", "colour=red"])
def test_bad_questions(told, query):
    answer = told.city.get(f"/v1/stats/rates?{query}")
    assert answer.status == 400 and answer.pointers, answer


def test_the_present_month_unless_asked_otherwise(told):
    answer = get(told.city, "/v1/stats/rates")
    today = told.district.clock.at.date()
    assert answer["from"] == today.replace(day=1).isoformat()
    assert answer["to"] == (today + datetime.timedelta(days=1)).isoformat()
    assert answer["group"] == "unit"
    empty = get(told.city, "/v1/stats/rates?from=2020-01-01&to=2020-02-01")
    assert empty["items"] == [] and empty["total"]["counted"] == 0 and empty["as_of"]
    assert empty["total"]["response"] == {"n": 0, "of": 0, "rate": None}
    assert get(told.city, "/v1/stats/times?from=2020-01-01&to=2020-02-01")["total"] == {
        "tickets": 0, "median_minutes": None, "p90_minutes": None}
