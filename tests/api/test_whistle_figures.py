"""What became of whistles (spec 9): counts, clocks, ratings by kind, area, org and unit, equal to a plain
recomputation from the feed; scope, periods, CSV."""

import csv
import io

import pytest

from district import CITY, FAR, HOME, STREET, STREET_2, District, follow, instant
from whistles import bring_target, bring_whistle, finish, issued, on, second, whistle

NOBODY = "nobody"
MARCH = "from=2026-03-01&to=2026-04-01"


@pytest.fixture(scope="module")
def told():
    """A district whose streets whistled in every way; its feed."""
    made = District()
    bring_whistle(made, "raised", kind="daily")
    for state in ("rejected", "withdrawn", "closed"):
        bring_whistle(made, state)
    for state in ("assigned", "signed", "replied", "completed", "return_requested", "returned"):
        bring_target(made, state)
    late = issued(made, targets=[{"unit": "heat"}])
    made.clock.move(hours=2)  # an emergency's clocks have run out
    finish(made, late, "heat", score=31, back=99)
    far = whistle(made, made.org("al-2"), kind="hard", targets=[{"unit": "law"}])
    second(made, "al-2").post(f"/v1/whistles/{far['id']}/approve", {})
    made.events = [one for one in follow(made.client("supervisor", areas=[CITY]))
                   if one["origin"]["kind"] == "whistle"]
    yield made
    made.stop()


def ask(client, query="", status=200):
    answer = client.get(f"/v1/stats/whistles?{MARCH}{query}")
    assert answer.status == status, answer
    return answer.json


class Part:
    """A unit's part in a whistle, by its events."""

    def __init__(self, event):
        self.whistle, self.unit = event["origin"]["id"], event["data"]["unit"]
        self.state, self.met, self.ratings = None, {}, {}
        self.dues = {name: event["data"][due] and instant(event["data"][due])
                     for name, due in (("acknowledge", "sign_due"), ("arrive", "contact_due"),
                                       ("result", "resolve_due"))}

    def take(self, event):
        self.state = event["to"]
        if event["move"] in self.dues:
            self.met[event["move"]] = instant(event["at"])
        if event["move"] == "rate":
            self.ratings[event["by"]["role"]] = event["data"]["score"]

    def share(self, stage, now):
        """Whether that clock counts, and was kept."""
        if self.state in ("returned", "withdrawn") or not self.dues[stage]:
            return 0, 0
        met = self.met.get(stage)
        return int(bool(met) or self.dues[stage] < now), int(bool(met) and met <= self.dues[stage])


def recount(told, code_of):
    """Figures by code, from the feed alone."""
    whistles, parts = {}, {}
    for event in told.events:
        if event["task"] is None:
            whistles.setdefault(event["origin"]["id"], []).append(event)
            continue
        if event["task"] not in parts:
            parts[event["task"]] = Part(event)
        parts[event["task"]].take(event)
    sums = {}
    for name, events in whistles.items():
        own = [part for part in parts.values() if part.whistle == name]
        moves = {one["move"] for one in events}
        codes = {code_of(events[0], part) for part in own} or {code_of(events[0], None)}
        for code in codes - {NOBODY}:
            one = sums.setdefault(code, dict.fromkeys(
                "raised approved rejected withdrawn closed targets refused".split(), 0) | {
                    "acknowledge": [0, 0], "arrive": [0, 0], "result": [0, 0], "org": [], "unit": []})
            one["raised"] += 1
            for name, moved in (("approved", "approve"), ("rejected", "reject"),
                                ("withdrawn", "withdraw"), ("closed", "close")):
                one[name] += moved in moves
            for part in own:
                if code_of(events[0], part) != code:
                    continue
                one["targets"] += 1
                one["refused"] += part.state == "returned"
                for stage in ("acknowledge", "arrive", "result"):
                    of, n = part.share(stage, told.clock.at)
                    one[stage] = [one[stage][0] + of, one[stage][1] + n]
                for role, score in part.ratings.items():
                    one[role].append(score)
    return sums


def check(item, sums):
    for name in "raised approved rejected withdrawn closed targets refused".split():
        assert item[name] == sums[name], (item.get("code"), name)
    for name, stage in (("acknowledged", "acknowledge"), ("arrived", "arrive"), ("result", "result")):
        share = item[f"{name}_on_time"]
        assert [share["of"], share["n"]] == sums[stage], (item.get("code"), name)
    for name, role in (("rating", "org"), ("rating_back", "unit")):
        scores = sums[role]
        assert item[name] == {"of": len(scores),
                              "mean": sum(scores) / len(scores) if scores else None}


@pytest.mark.parametrize("group", ["kind", "area", "org", "unit"])
def test_equal_the_feed(told, group):
    code_of = {
        "kind": lambda raised, _: raised["data"]["kind"],
        "area": lambda raised, _: STREET_2 if raised["by"]["org"] == "al-2" else STREET,
        "org": lambda raised, _: raised["by"]["org"],
        "unit": lambda _, part: part.unit if part else NOBODY,
    }[group]
    answer = ask(told.supervisor, f"&group={group}")
    sums = recount(told, code_of)
    assert [one["code"] for one in answer["items"]] == sorted(sums)
    for one in answer["items"]:
        check(one, sums[one["code"]])
    check(answer["total"], recount(told, lambda *_: None)[None])
    assert answer["group"] == group and (answer["from"], answer["to"]) == ("2026-03-01", "2026-04-01")
    total = answer["total"]
    assert total["refused"] == 1
    assert total["acknowledged_on_time"]["of"] > total["acknowledged_on_time"]["n"] > 0
    assert total["by_rule"] == 0 and total["by_hand"] == total["raised"]


def test_scope_period_and_names(told):
    far = ask(told.client("supervisor", areas=[FAR[:9]]), "&group=org")
    assert [one["code"] for one in far["items"]] == ["al-2"] and far["total"]["raised"] == 1
    assert far["items"][0]["name"] == "乙街道党建联盟"
    assert ask(told.client("supervisor", areas=[HOME]))["total"]["raised"] == 0
    assert ask(told.supervisor, f"&group=org&area={STREET}")["total"] != far["total"]
    empty = told.supervisor.get("/v1/stats/whistles?from=2026-01-01&to=2026-03-01").json
    assert empty["items"] == [] and empty["total"]["raised"] == 0
    assert "group" in ask(told.supervisor, "&group=street", 400)["detail"]
    first = ask(told.supervisor, "&group=unit&limit=2")
    rest = ask(told.supervisor, f"&group=unit&limit=2&cursor={first['next']}")
    assert first["items"] + rest["items"] == ask(told.supervisor, "&group=unit")["items"]


def test_csv(told):
    answer = told.supervisor.get(f"/v1/export/whistles?{MARCH}&group=unit")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    items = ask(told.supervisor, "&group=unit")["items"]
    assert [one["code"] for one in rows] == [one["code"] for one in items]
    assert [one["result_on_time.of"] for one in rows] == [str(one["result_on_time"]["of"])
                                                          for one in items]
