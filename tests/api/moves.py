"""The table of moves (spec 6), copied from the specification by hand, and ways to bring a ticket or task
into each state."""

from district import do, instant

CLOSED = {"answered", "cancelled", "merged", "invalid", "closed"}
OPEN = {"triage", "dispatched", "handling", "replied", "completed", "rehandling", "hung"}
SPAN = {"amount": 2, "unit": "working_day"}
# move: (from, roles, body)
TICKET = {
    "answer": ({"triage"}, "operator dispatcher", {"public_answer": "好"}),
    "dispatch": ({"triage"}, "dispatcher", {"accept": True}),
    "redispatch": ({"dispatched", "handling"}, "dispatcher", {"unit": "bureau", "reason": "改"}),
    "callback": ({"completed"}, "operator", {"reached": False}),
    "rehandle": ({"completed"}, "operator", {"reason": "未办好"}),
    "close": ({"completed"}, "supervisor", {}),
    "reopen": ({"closed"}, "supervisor", {"reason": "有误"}),
    "hang": ({"handling"}, "supervisor", {"reason": "管网改造", "review_on": "2031-01-06"}),
    "unhang": ({"hung"}, "supervisor", {}),
    "merge": (OPEN, "dispatcher", {"into": "another"}),
    "amend": (OPEN, "operator dispatcher", {"category": "01.01", "reason": "更正"}),
    "exclude": (OPEN | CLOSED, "supervisor", {"reason": "不合理诉求"}),
    "include": (OPEN | CLOSED, "supervisor", {"reason": "恢复"}),
    "erase": (CLOSED, "supervisor", {"reason": "当事人要求"}),
    "urge": (OPEN, "supervisor", {}),
    "supervise": (OPEN, "supervisor", {"reason": "久拖"}),
    "cancel": (OPEN, "operator dispatcher", {"reason": "撤回"}),
    "invalid": (OPEN, "operator dispatcher", {"reason": "空号"}),
    "note": (OPEN | CLOSED, "operator dispatcher unit org supervisor", {"text": "记一笔"}),
}
TASKS_OPEN = {"assigned", "signed", "replied", "return_requested"}
TASKS = TASKS_OPEN | {"completed", "returned", "withdrawn"}
TASK = {
    "sign": ({"assigned"}, "unit org", {}),
    "contact": ({"signed"}, "unit org", {"how": "电话"}),
    "delegate": ({"assigned", "signed"}, "org", {"unit": "home"}),
    "assist": ({"signed"}, "unit dispatcher", {"units": ["school"]}),
    "waive": (TASKS_OPEN, "dispatcher", {"reason": "不需要"}),
    "return": ({"assigned", "signed"}, "unit org", {"reason": "not_mine"}),
    "return/approve": ({"return_requested"}, "dispatcher", {"unit": "bureau"}),
    "return/reject": ({"return_requested"}, "dispatcher", {}),
    "extend": ({"signed"}, "unit org", {"span": SPAN, "reason": "等配件"}),
    "extend/approve": ({"signed"}, "dispatcher", {}),
    "extend/reject": ({"signed"}, "dispatcher", {"reason": "不同意"}),
    "reply": ({"signed"}, "unit org", {"result": "已修好", "solved": True}),
    "reply/pass": ({"replied"}, "dispatcher org", {}),
    "reply/reject": ({"replied"}, "dispatcher org", {"reason": "不完整"}),
    "note": (TASKS, "operator dispatcher unit org supervisor", {"text": "记一笔"}),
}
ROLES = ["operator", "dispatcher", "unit", "org", "supervisor", "admin"]


def key(district, role, unit="heat", org="al-1"):
    if role == "unit":
        return district.unit(unit)
    if role == "org":
        return district.org(org)
    return district.admin if role == "admin" else getattr(district, role)


def lead(shown):
    """The last lead task."""
    return [one for one in shown["tasks"] if one["role"] == "lead"][-1]


def bring_task(district, state, **fields):
    """A task in that state: number and id."""
    made = district.submit(**fields)
    no, task = made["no"], made["tasks"][0]["id"]
    heat = district.unit("heat")
    if state in ("signed", "replied", "completed"):
        do(heat, task, "sign")
    if state in ("replied", "completed"):
        do(heat, task, "reply", {"result": "已修好", "solved": True, "public_answer": "已修好"})
    if state == "completed":
        do(district.dispatcher, task, "reply/pass")
    if state in ("return_requested", "returned"):
        do(heat, task, "return", {"reason": "not_mine"})
    if state == "returned":
        do(district.dispatcher, task, "return/approve", {"unit": "bureau"})
    if state == "withdrawn":
        do(district.dispatcher, no, "redispatch", {"unit": "bureau", "reason": "改派"})
    shown = district.supervisor.get(f"/v1/tasks/{task}").json
    assert shown["state"] == state
    return no, task


def bring_ticket(district, state, **fields):
    """A ticket in that state: its number."""
    if state == "triage":
        no = district.submit(then="triage", **fields)["no"]
    elif state == "answered":
        no = district.submit(then="answer", public_answer="好", **fields)["no"]
    elif state in ("dispatched", "handling", "replied", "completed"):
        no, _ = bring_task(district, {"dispatched": "assigned", "handling": "signed"}.get(
            state, state), **fields)
    elif state in ("closed", "rehandling"):
        no, _ = bring_task(district, "completed", **fields)
        do(district.operator, no, "callback",
           {"reached": True, "solved": "yes" if state == "closed" else "no"})
    else:
        no = district.submit(**fields)["no"]
        if state == "hung":
            do(district.unit("heat"), district.show(no)["tasks"][0]["id"], "sign")
            do(district.supervisor, no, "hang", {"reason": "管网改造", "review_on": "2031-01-06"})
        elif state == "merged":
            do(district.dispatcher, no, "merge", {"into": district.submit(**fields)["no"]})
        else:
            do(district.operator, no, {"cancelled": "cancel", "invalid": "invalid"}[state],
               {"reason": "测试"})
    assert district.show(no)["state"] == state
    return no


def ready(district, move, place, body):
    """Whatever a move needs beside the state; its body."""
    if move == "merge":
        return {**body, "into": district.submit()["no"]}
    if move == "include":
        do(district.supervisor, place, "exclude", {"reason": "测试"})
    if move in ("extend/approve", "extend/reject"):
        do(district.unit("heat"), place, "extend", {"span": SPAN, "reason": "等配件"})
    return body


def allowed(table, state):
    return {move for move, (states, _, _) in table.items() if state in states}


def refused(answer, state, table):
    assert answer.status == 409, answer
    assert answer.json["state"] == state
    assert set(answer.json["moves"]) == allowed(table, state), answer


def at_rest(district, no):
    """The ticket and its events as of one version: the sweep may write between two reads."""
    def look():
        shown, events = district.show(no), district.events(no)
        return district.show(no)["version"] == shown["version"] and (shown, events)
    return district.daemon.wait_for(look)


def check_chain(district, no):
    """seq 1..n without gaps; each task's events fit together; the last states are those shown."""
    shown, events = at_rest(district, no)
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))
    assert shown["version"] == len(events)
    at = None
    states = {}
    for one in events:
        assert set(one) >= {"id", "no", "task", "seq", "move", "at", "by", "from", "to", "data"}
        assert one["no"] == no and set(one["by"]) >= {"key", "role", "unit", "org"}
        assert at is None or at <= instant(one["at"])
        at = instant(one["at"])
        if one["task"]:
            assert one["from"] == states.get(one["task"]), one
            states[one["task"]] = one["to"]
    assert states == {one["id"]: one["state"] for one in shown["tasks"]}
    return events
