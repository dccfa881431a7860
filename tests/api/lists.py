"""Needs and projects for tests: agreements that pair units, drafts, and ways to bring one into a state."""

import json
import time

import pytest

from daemon import ROOT
from district import HOME

AGREEMENTS = """code,org,unit,signed_on,valid_from,valid_to,duties,tasks,form,content,categories
ag-law,al-1,law,2026-01-01,2026-01-01,2027-12-31,普法,每月一讲,驻点,法律咨询,08
ag-heat,al-1,heat,2025-01-01,2025-01-01,2025-12-31,供热,,,,01
ag-shop,al-2,shop,2026-01-01,2026-01-01,2027-12-31,义诊,,,,05
ag-cafe,cm-1,cafe,2026-01-01,2026-01-01,2027-12-31,读书,,,,05
"""
NEED = {"area": HOME, "kind": "volunteers", "quantity": 3, "title": "周末陪护", "content": "三位老人"}
PROJECT = {"title": "暖冬行动", "secretary": "王书记",
           "milestones": [{"title": "摸底", "due": "2026-03-20"}, {"title": "上门", "due": "2026-04-10"},
                          {"title": "总结"}]}
HOURS = 72


@pytest.fixture(autouse=True, scope="module")
def agreed(district):
    assert district.admin.import_csv("agreements", AGREEMENTS).status == 200


def draft(client, what="needs", **fields):
    made = client.post(f"/v1/{what}", {**(NEED if what == "needs" else PROJECT), **fields})
    assert made.status == 201, made
    assert made.headers["Location"] == f"/v1/{what}/{made.json['id']}"
    assert made.etag == f'"{made.json["version"]}"'
    return made.json


def move(client, head, name, body=None, status=200, what="needs", **headers):
    place = head if isinstance(head, str) else head["id"]
    done = client.post(f"/v1/{what}/{place}/{name}", body if body is not None else {},
                       headers=headers)
    assert done.status == status, (name, done)
    return done.json


def show(client, head, what="needs", status=200):
    place = head if isinstance(head, str) else head["id"]
    shown = client.get(f"/v1/{what}/{place}")
    assert shown.status == status, shown
    return shown.json


def published(district, what="needs", owner="cm-1", **fields):
    made = draft(district.org(owner), what, **fields)
    return move(district.org(owner), made, "publish", what=what)


def until(holds):
    """Waits for what the daemon does by itself."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def taken(district, unit="school", what="needs", **fields):
    made = published(district, what, **fields)
    return move(district.unit(unit), made, "take", what=what)


def task_of(shown, unit):
    return [one for one in shown["takers"]
            if one["unit"] == unit and one["state"] != "withdrawn"][-1]["task"]


def ids(client, what="needs", **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return {one["id"] for one in client.items(f"/v1/{what}?{text}")}


def rules(district, **values):
    """The shipped policy with other numbers."""
    policy = json.loads((ROOT / "config/presets/policy_offers.json").read_text(encoding="utf-8"))
    policy["rules"] = {"offers": values}
    assert district.admin.put("/v1/policies/offers", policy).status == 200


@pytest.fixture
def limited(fresh):
    yield fresh
    rules(fresh)
