"""Whistles (spec 7): raised by a street, approved by another of its keys, answered by the units called."""

import pytest

from district import HOME, STREET, at_once, district, do, fresh, follow, instant

EMERGENCY = {"kind": "emergency", "reason": "燃气泄漏，需要关阀疏散", "place": "甲街与乙路口",
             "targets": [{"unit": "heat", "role": "lead"}, {"unit": "bureau"}]}


def second(district, org="al-1"):
    """Another key of the same org."""
    return district.client("org", org=org, name=f"second {org}")


def whistle(district, client=None, status=201, **fields):
    made = (client or district.org("al-1")).post("/v1/whistles", {**EMERGENCY, **fields})
    assert made.status == status, made
    return made.json


def move(client, whistle, name, body=None, status=200, **headers):
    done = client.post(f"/v1/whistles/{whistle}/{name}", body if body is not None else {},
                       headers=headers)
    assert done.status == status, (name, done)
    return done.json


def on(client, whistle, unit, name, body=None, status=200):
    return move(client, whistle, f"targets/{unit}/{name}", body, status)


def show(district, whistle):
    shown = district.supervisor.get(f"/v1/whistles/{whistle}")
    assert shown.status == 200, shown
    return shown.json


def test_whole_life(fresh):
    made = whistle(fresh)
    assert made["state"] == "raised" and made["org"] == "al-1" and made["area"] == STREET
    one = move(second(fresh), made["id"], "approve")
    assert one["state"] == "approved"
    for unit in ("heat", "bureau"):
        on(fresh.unit(unit), one["id"], unit, "acknowledge")
        on(fresh.unit(unit), one["id"], unit, "arrive", {"who": "张队", "how_many": 3})
        on(fresh.unit(unit), one["id"], unit, "result", {"result": "已关阀", "solved": True})
        on(second(fresh), one["id"], unit, "rate", {"score": 90})
        on(fresh.unit(unit), one["id"], unit, "rate", {"score": 80})
    closed = move(fresh.org("al-1"), one["id"], "close")
    assert closed["state"] == "closed"
    print(closed)
