"""Whistles (spec 7) for tests: the table of moves, copied from the specification by hand, and ways to
bring a whistle or a target into each state."""

EMERGENCY = {"kind": "emergency", "reason": "燃气泄漏，需要关阀疏散", "place": "甲街与乙路口",
             "targets": [{"unit": "heat", "role": "lead"}, {"unit": "bureau"}]}
WHISTLE_STATES = {"raised", "approved", "closed", "rejected", "withdrawn"}
# move: (from, roles, body)
WHISTLE = {
    "approve": ({"raised"}, "org", {}),
    "reject": ({"raised"}, "org", {"reason": "属街道本级职责"}),
    "withdraw": ({"raised", "approved"}, "org", {"reason": "险情解除"}),
    "close": ({"approved"}, "org", {}),
    "note": (WHISTLE_STATES, "unit org dispatcher supervisor", {"text": "记一笔"}),
}
TARGET_STATES = {"assigned", "signed", "replied", "completed", "return_requested", "returned",
                 "withdrawn"}
TARGET = {
    "acknowledge": ({"assigned"}, "unit org", {}),
    "arrive": ({"signed"}, "unit org", {"who": "抢修一队", "how_many": 3}),
    "result": ({"signed"}, "unit org", {"result": "已关阀", "solved": True}),
    "refuse": ({"assigned", "signed"}, "unit org", {"reason": "不属本单位职责"}),
    "refuse/approve": ({"return_requested"}, "dispatcher supervisor org", {}),
    "refuse/reject": ({"return_requested"}, "dispatcher supervisor org", {"reason": "应当到场"}),
    "rate": ({"replied", "completed"}, "org unit", {"score": 90}),
    "note": (TARGET_STATES, "unit org dispatcher supervisor", {"text": "记一笔"}),
}


def second(district, org="al-1", daemon=None):
    """Another key of the same org."""
    return district.client("org", daemon, org=org, name=f"second {org}")


def whistle(district, client=None, status=201, **fields):
    """Raises one; the answer. A field that is None is left out."""
    body = {name: value for name, value in {**EMERGENCY, **fields}.items() if value is not None}
    made = (client or district.org("al-1")).post("/v1/whistles", body)
    assert made.status == status, made
    return made.json


def move(client, whistle, name, body=None, status=200, **headers):
    done = client.post(f"/v1/whistles/{whistle}/{name}", body if body is not None else {},
                       headers=headers)
    assert done.status == status, (name, done)
    return done.json


def on(client, whistle, unit, name, body=None, status=200):
    return move(client, whistle, f"targets/{unit}/{name}", body, status)


def show(district, whistle, client=None):
    shown = (client or district.supervisor).get(f"/v1/whistles/{whistle}")
    assert shown.status == 200, shown
    return shown.json


def target(shown, unit="heat"):
    return next(one for one in shown["targets"] if one["unit"] == unit)


def issued(district, **fields):
    """An approved whistle's id."""
    made = whistle(district, **fields)
    move(second(district), made["id"], "approve")
    return made["id"]


def finish(district, whistle, unit, solved=True, score=None, back=None):
    """A target's whole way, in time."""
    client = district.unit(unit)
    on(client, whistle, unit, "acknowledge")
    on(client, whistle, unit, "arrive", {"who": "张队", "how_many": 2})
    on(client, whistle, unit, "result", {"result": "已处置", "solved": solved})
    if score is not None:
        on(second(district), whistle, unit, "rate", {"score": score})
    if back is not None:
        on(client, whistle, unit, "rate", {"score": back})


def bring_whistle(district, state, **fields):
    made = whistle(district, **fields)
    one = made["id"]
    if state in ("approved", "closed"):
        move(second(district), one, "approve")
    if state == "closed":
        for called in made["targets"]:
            finish(district, one, called["unit"], score=80)
        move(second(district), one, "close")
    if state in ("rejected", "withdrawn"):
        move(second(district), one, {"rejected": "reject", "withdrawn": "withdraw"}[state],
             {"reason": "测试"})
    assert show(district, one)["state"] == state
    return one


def bring_target(district, state, **fields):
    """A whistle that calls heat alone, with its target in that state: ids of whistle and task."""
    one = issued(district, targets=[{"unit": "heat"}], **fields)
    heat = district.unit("heat")
    if state in ("signed", "replied", "completed"):
        on(heat, one, "heat", "acknowledge")
        on(heat, one, "heat", "arrive", {"who": "张队"})
    if state in ("replied", "completed"):
        on(heat, one, "heat", "result", {"result": "已处置", "solved": True})
    if state == "completed":
        on(second(district), one, "heat", "rate", {"score": 80})
    if state in ("return_requested", "returned"):
        on(heat, one, "heat", "refuse", {"reason": "不属本单位职责"})
    if state == "returned":
        on(district.org("conf-district"), one, "heat", "refuse/approve")
    if state == "withdrawn":
        move(district.org("al-1"), one, "withdraw", {"reason": "险情解除"})
    shown = target(show(district, one))
    assert shown["state"] == state
    return one, shown["task"]


def events(district, whistle, client=None):
    return (client or district.supervisor).items(f"/v1/whistles/{whistle}/events")
