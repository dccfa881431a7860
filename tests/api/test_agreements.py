"""Reports per agreement (spec 8): what was promised, what was done; equal to a plain recomputation from
the feed; periods, validity, scopes, pages, CSV."""

import collections
import csv
import io

import pytest

from district import CITY, FAR, HOME, STREET, STREET_2, District, do, follow
from moves import bring_task

AGREEMENTS = """code,org,unit,valid_from,valid_to,duties,tasks,form,content,categories
ag-heat,al-1,heat,2026-01-01,2026-12-31,联席会议,供热抢修,季度会商,入户检查,01
ag-school,cm-1,school,2026-01-01,2026-03-03,开放场地,课后托管,,,04
ag-law,al-2,law,,,,=法律援助,,,
ag-old,al-1,bureau,2024-01-01,2024-12-31,,,,,
"""
# r-law stands under its agreement, wherever it is used.
RESOURCES = """code,unit,kind,title,categories,areas,capacity,agreement
r-law,law,expertise,法律援助,08,140213,,ag-law
r-heat,heat,duty,供热维修,01.01,140213,,ag-heat
"""


@pytest.fixture
def bound():
    """A district with agreements, of its own: every task counts."""
    made = District()
    for kind, text in (("agreements", AGREEMENTS), ("resources", RESOURCES)):
        done = made.admin.import_csv(kind, text)
        assert done.status == 200, done
    yield made
    made.stop()


def report(client, query="", status=200):
    answer = client.get("/v1/stats/agreements" + query)
    assert answer.status == status, answer
    return {one["code"]: one for one in answer.json["items"]} if status == 200 else answer.json


def counts(item):
    return {name: item["done"][name] for name in ("tasks", "open", "completed", "returned", "withdrawn")}


def finish(district, category, area=HOME, unit="heat"):
    """A ticket that its unit replied to, passed and called back."""
    made = district.submit(category=category, area=area)
    task = made["tasks"][0]["id"]
    do(district.unit(unit), task, "sign")
    do(district.unit(unit), task, "reply", {"result": "已办"})
    do(district.dispatcher, task, "reply/pass")
    return task


def test_promised_and_done(bound):
    bring_task(bound, "signed")
    finish(bound, "01.01.01")
    finish(bound, "08", FAR, "law")
    finish(bound, "08", HOME, "law")
    found = report(bound.supervisor)
    assert sorted(found) == ["ag-heat", "ag-law", "ag-school"]
    heat = found["ag-heat"]
    assert (heat["org"], heat["unit"], heat["unit_name"]) == ("al-1", "heat", "平城供热公司")
    assert heat["promised"] == {"duties": "联席会议", "tasks": "供热抢修", "form": "季度会商",
                                "content": "入户检查", "categories": ["01"]}
    assert counts(heat) == {"tasks": 2, "open": 1, "completed": 1, "returned": 0, "withdrawn": 0}
    assert heat["done"]["on_time"] == {"n": 1, "of": 1, "rate": 1}
    assert [(one["code"], one["done"]["tasks"]) for one in heat["resources"]] == [("r-heat", 2)]
    # The law office's own resource counts wherever it was used; the area alone only over the street.
    law = found["ag-law"]
    assert counts(law)["completed"] == 2 and law["resources"][0]["done"]["completed"] == 2
    assert counts(found["ag-school"])["tasks"] == 0
    assert (found["ag-school"]["from"], found["ag-school"]["to"]) == ("2026-03-01", "2026-03-03")


def test_a_late_reply_is_not_on_time(bound):
    _, task = bring_task(bound, "signed")
    bound.clock.move(days=40)
    do(bound.unit("heat"), task, "reply", {"result": "迟了"})
    do(bound.dispatcher, task, "reply/pass")
    assert report(bound.supervisor)["ag-heat"]["done"]["tasks"] == 0  # in another month
    found = report(bound.supervisor, "?from=2026-03-01&to=2026-04-01")["ag-heat"]
    assert found["done"]["on_time"] == {"n": 0, "of": 1, "rate": 0}


def test_only_while_the_agreement_is_valid(bound):
    finish(bound, "04", HOME, "school")
    bound.clock.move(days=2)  # the 4th: valid up to the 3rd
    finish(bound, "04", HOME, "school")
    whole = "?from=2026-03-01&to=2026-04-01"
    assert counts(report(bound.supervisor, whole)["ag-school"])["tasks"] == 1
    assert "ag-school" not in report(bound.supervisor, "?from=2026-03-04&to=2026-04-01")
    assert sorted(report(bound.supervisor, "?from=2024-05-01&to=2024-06-01")) == ["ag-law", "ag-old"]


def test_filters_and_scope(bound):
    finish(bound, "08", FAR, "law")
    finish(bound, "08", HOME, "law")
    assert sorted(report(bound.supervisor, "?org=al-1")) == ["ag-heat"]
    assert sorted(report(bound.supervisor, "?unit=school")) == ["ag-school"]
    assert sorted(report(bound.supervisor, f"?area={STREET_2}")) == ["ag-law"]
    street = bound.client("supervisor", areas=[STREET])
    assert sorted(report(street)) == ["ag-heat", "ag-school"]
    # What it may not see is not in its counts either.
    far = bound.client("supervisor", areas=[STREET_2])
    assert counts(report(far)["ag-law"])["tasks"] == 1
    assert counts(report(bound.supervisor)["ag-law"])["tasks"] == 2
    for key in (bound.operator, bound.dispatcher, bound.unit("heat"), bound.org("al-1"), bound.admin):
        report(key, status=403)
    assert "from" in report(bound.supervisor, "?from=x", 400)["detail"]
    assert "to" in report(bound.supervisor, "?from=2026-03-02&to=2026-03-01", 400)["detail"]


def test_pages_and_csv(bound):
    finish(bound, "01.01.01")
    found, more = [], ""
    while more is not None:
        page = bound.supervisor.get(f"/v1/stats/agreements?limit=1{more}").json
        found += page["items"]
        more = page["next"] and f"&cursor={page['next']}"
    assert found == list(report(bound.supervisor).values())
    answer = bound.supervisor.get("/v1/export/agreements")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [one["code"] for one in rows] == ["ag-heat", "ag-law", "ag-school"]
    assert (rows[0]["done.tasks"], rows[0]["resources.code"]) == ("1", "r-heat")
    assert rows[1]["promised.tasks"] == "'=法律援助"


def test_equals_the_feed(bound):
    """Every way out of a task, recomputed from events alone."""
    for state in ("assigned", "signed", "replied", "completed", "returned", "return_requested", "withdrawn"):
        bring_task(bound, state)
    finish(bound, "01.01.01", FAR)
    finish(bound, "04", HOME, "school")
    states, came = {}, {}
    for event in follow(bound.client("supervisor", areas=[CITY])):
        if event["task"]:
            states[event["task"]] = event["to"]
            if event["move"] in ("dispatch", "delegate") and event["data"]["unit"]:
                came[event["task"]] = event["data"]["unit"], event["data"].get("resource")
    done = collections.Counter(states[task] for task, (unit, _) in came.items() if unit == "heat")
    heat = report(bound.supervisor)["ag-heat"]
    opened = sum(done[state] for state in ("assigned", "signed", "replied", "return_requested"))
    assert counts(heat) == {"tasks": done.total(), "open": opened, "completed": done["completed"],
                            "returned": done["returned"], "withdrawn": done["withdrawn"]}
    assert done["returned"] and done["withdrawn"] and done["completed"]
    assert heat["resources"][0]["done"]["tasks"] == sum(
        resource == "r-heat" for _, resource in came.values())
