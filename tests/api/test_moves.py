"""The table of moves (spec 6): from which state, by whom, and what each leads to. The tables here are
copied from the specification by hand."""

import datetime

import pytest

from district import (FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, at_once, district, do, follow, fresh,
                      instant)

CLOSED = {"answered", "cancelled", "invalid", "closed"}
OPEN = {"triage", "dispatched", "handling", "replied", "completed", "rehandling"}
# move: (from, roles, body)
TICKET = {
    "answer": ({"triage"}, "operator dispatcher", {"public_answer": "好"}),
    "dispatch": ({"triage"}, "dispatcher", {"accept": True}),
    "redispatch": ({"dispatched", "handling"}, "dispatcher", {"unit": "bureau", "reason": "改"}),
    "callback": ({"completed"}, "operator", {"reached": False}),
    "rehandle": ({"completed"}, "operator", {"reason": "未办好"}),
    "close": ({"completed"}, "supervisor", {}),
    "reopen": ({"closed"}, "supervisor", {"reason": "有误"}),
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
        do(district.operator, no, {"cancelled": "cancel", "invalid": "invalid"}[state],
           {"reason": "测试"})
    assert district.show(no)["state"] == state
    return no


def allowed(table, state):
    return {move for move, (states, _, _) in table.items() if state in states}


def refused(answer, state, table):
    assert answer.status == 409, answer
    assert answer.json["state"] == state
    assert set(answer.json["moves"]) == allowed(table, state), answer


def check_chain(district, no):
    """seq 1..n without gaps; each task's events fit together; the last states are those shown."""
    shown, events = district.show(no), district.events(no)
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


# ---- the grid of states ----

@pytest.mark.parametrize("state", sorted(OPEN | CLOSED))
def test_ticket_moves_by_state(district, state):
    no = bring_ticket(district, state)
    before = district.show(no)
    for move, (states, roles, body) in TICKET.items():
        role = roles.split()[0]
        if state in states:
            other = bring_ticket(district, state)
            do(key(district, role), other, move, body)
            check_chain(district, other)
        else:
            refused(key(district, role).post(f"/v1/tickets/{no}/{move}", body), state, TICKET)
    assert district.show(no) == before


@pytest.mark.parametrize("state", sorted(TASKS))
def test_task_moves_by_state(district, state):
    no, task = bring_task(district, state)
    before = district.show(no)
    for move, (states, roles, body) in TASK.items():
        role = roles.split()[0]
        if state not in states:
            unit = "heat"
            answer = key(district, role, unit).post(f"/v1/tasks/{task}/{move}", body)
            if state in ("returned", "withdrawn") and role in ("unit", "org"):
                assert answer.status in (404, 409), answer
            else:
                refused(answer, state, TASK)
        elif move != "waive" and not (state in ("returned", "withdrawn") and move == "note"):
            other, moved = bring_task(district, state)
            do(key(district, role), moved, move, body)
            check_chain(district, other)
    assert district.show(no) == before


@pytest.mark.parametrize("state", sorted(TASKS_OPEN))
def test_waive_is_for_assists(district, state):
    _, task = bring_task(district, state)
    answer = district.dispatcher.post(f"/v1/tasks/{task}/waive", {"reason": "x"})
    assert answer.status == 409
    no, task = bring_task(district, "signed")
    do(district.unit("heat"), task, "assist", {"units": ["school"]})
    help_task = district.show(no)["tasks"][-1]["id"]
    school = district.unit("school")
    if state != "assigned":
        do(school, help_task, "return" if state == "return_requested" else "sign",
           {"reason": "x"} if state == "return_requested" else {})
    if state == "replied":
        do(school, help_task, "reply", {"result": "好"})
    assert do(district.dispatcher, help_task, "waive", {"reason": "不需要"})["state"] == "withdrawn"
    check_chain(district, no)


# ---- the grid of roles ----

@pytest.mark.parametrize("move", sorted(TICKET))
def test_ticket_moves_by_role(district, move):
    states, roles, body = TICKET[move]
    state = "dispatched" if "dispatched" in states else sorted(states)[0]
    for role in ROLES:
        no = bring_ticket(district, state)
        answer = key(district, role).post(f"/v1/tickets/{no}/{move}", body)
        if role in roles.split():
            assert answer.status == 200, (role, answer)
            assert answer.json["no"] == no and answer.etag
        else:
            assert answer.status == 403, (role, answer)
            assert district.show(no)["state"] == state


@pytest.mark.parametrize("move", sorted(TASK))
def test_task_moves_by_role(district, move):
    states, roles, body = TASK[move]
    state = "assigned" if "assigned" in states else sorted(states)[0]
    for role in ROLES:
        no, task = bring_task(district, "signed" if move == "waive" else state)
        if move == "waive":
            do(district.unit("heat"), task, "assist", {"units": ["school"]})
            task = district.show(no)["tasks"][-1]["id"]
        answer = key(district, role).post(f"/v1/tasks/{task}/{move}", body)
        if role in roles.split():
            assert answer.status == 200, (role, answer)
            assert answer.json["id"] == task and answer.etag == f'"{answer.json["version"]}"'
        else:
            assert answer.status == 403, (role, answer)


def test_out_of_scope_is_not_found(district):
    no, task = bring_task(district, "assigned")
    far = {"areas": [OTHER_DISTRICT]}
    for role in ("operator", "dispatcher", "supervisor"):
        other = district.client(role, **far)
        assert other.post(f"/v1/tickets/{no}/note", {"text": "x"}).status == 404
        assert other.post(f"/v1/tasks/{task}/note", {"text": "x"}).status == 404
        assert other.get(f"/v1/tickets/{no}").status == 404
        assert other.get(f"/v1/tasks/{task}").status == 404
    for other in (district.unit("bureau"), district.unit("school"), district.org("al-2"),
                  district.org("po-law")):
        assert other.post(f"/v1/tickets/{no}/note", {"text": "x"}).status == 404
        assert other.post(f"/v1/tasks/{task}/sign", {}).status == 404
        assert other.get(f"/v1/tasks/{task}/deadlines").status == 404
    assert len(check_chain(district, no)) == 2


@pytest.mark.parametrize("path", [
    "tickets/140213202603029999991/note", "tickets/x/note", "tasks/1-1/note", "tasks/x/note",
    "tasks/1-0/note", "tasks/-/note", "tasks/99999999999999999999-1/note"])
def test_ids_that_do_not_exist(district, path):
    assert district.dispatcher.post(f"/v1/{path}", {"text": "x"}).status == 404


def test_moves_that_do_not_exist(district):
    no, task = bring_task(district, "assigned")
    for path in (f"tickets/{no}/sign", f"tasks/{task}/cancel", f"tasks/{task}/fly",
                 f"tasks/{task}/return/burn", f"tickets/{no}/a/b"):
        assert district.dispatcher.post(f"/v1/{path}", {}).status == 404, path
    assert district.dispatcher.get(f"/v1/tasks/{task}/sign").status == 405


def test_fields_of_moves(district):
    no, task = bring_task(district, "signed")
    heat = district.unit("heat")
    for move, body, pointers in [
            ("reply", {}, {"/result"}),
            ("reply", {"result": "", "speed": 1, "solved": "yes"}, {"/result", "/speed", "/solved"}),
            ("reply", {"result": "x", "attachments": [{"name": "a"}]}, {"/attachments/0/sha256"}),
            ("reply", {"result": "x", "contacted_at": "2027-01-01T00:00:00Z"}, {"/contacted_at"}),
            ("contact", {"at": "gestern"}, {"/at"}),
            ("contact", {"at": "2027-01-01T00:00:00Z"}, {"/at"}),
            ("return", {"basis": "x"}, {"/reason"}),
            ("return", {"reason": "x", "proposed_unit": "nobody"}, {"/proposed_unit"}),
            ("note", {"kind": "secret", "text": "x"}, {"/kind"})]:
        answer = heat.post(f"/v1/tasks/{task}/{move}", body)
        assert answer.status == 422 and set(answer.pointers) == pointers, (move, answer)
    for move, body, pointers in [
            ("redispatch", {"unit": "law"}, {"/reason"}),
            ("redispatch", {"unit": "nobody", "reason": "x"}, {"/unit"}),
            ("redispatch", {"org": "nobody", "reason": "x"}, {"/org"})]:
        answer = district.dispatcher.post(f"/v1/tickets/{no}/{move}", body)
        assert answer.status == 422 and set(answer.pointers) == pointers, (move, answer)
    done = bring_ticket(district, "completed")
    for body, pointers in [({}, {"/reached"}), ({"reached": True}, {"/solved"}),
                           ({"reached": True, "solved": True}, {"/solved"}),
                           ({"reached": True, "solved": "yes", "satisfied": "so"}, {"/satisfied"}),
                           ({"reached": False, "solved": "yes"}, {"/reached"})]:
        answer = district.operator.post(f"/v1/tickets/{done}/callback", body)
        assert answer.status == 422 and set(answer.pointers) == pointers, (body, answer)
    assert len(check_chain(district, no)) == 3


# ---- If-Match, Idempotency-Key, races ----

def test_if_match(district):
    no, task = bring_task(district, "assigned")
    heat = district.unit("heat")
    etag = heat.get(f"/v1/tasks/{task}").etag
    stale = heat.post(f"/v1/tasks/{task}/sign", {}, headers={"If-Match": '"99"'})
    assert stale.status == 412
    done = heat.post(f"/v1/tasks/{task}/sign", {}, headers={"If-Match": etag})
    assert done.status == 200 and done.etag != etag
    assert heat.post(f"/v1/tasks/{task}/contact", {}, headers={"If-Match": etag}).status == 412
    assert heat.post(f"/v1/tasks/{task}/contact", {}, headers={"If-Match": "*"}).status == 200
    dispatcher = district.dispatcher
    version = district.show(no)["version"]
    for tag, status in ((f'"{version - 1}"', 412), (f'"{version}"', 200), (f'"{version}"', 412)):
        answer = dispatcher.post(f"/v1/tickets/{no}/note", {"text": "x"}, headers={"If-Match": tag})
        assert answer.status == status
    assert len(check_chain(district, no)) == version + 1


def test_idempotency_key_moves_once(district):
    no, task = bring_task(district, "assigned")
    heat = district.unit("heat")
    headers = {"Idempotency-Key": "sign it"}
    first = heat.post(f"/v1/tasks/{task}/sign", {}, headers=headers)
    again = heat.post(f"/v1/tasks/{task}/sign", {}, headers=headers)
    assert first.status == again.status == 200 and first.body == again.body
    assert first.etag == again.etag
    assert heat.post(f"/v1/tasks/{task}/sign", {"claim": "x"}, headers=headers).status == 422
    assert heat.post(f"/v1/tasks/{task}/contact", {}, headers=headers).status == 200
    clients = [district.client("unit", unit="heat") for _ in range(8)]
    headers = {"Idempotency-Key": "note it"}
    done = at_once([lambda c=c: c.post(f"/v1/tasks/{task}/note", {"text": "一次"}, headers=headers)
                    for c in clients])
    assert {one.status for one in done} == {200}, done
    assert len({one.body for one in done}) == 1
    assert [one["move"] for one in check_chain(district, no)][2:] == ["sign", "contact", "note"]


def test_only_one_of_many_signs(district):
    no, task = bring_task(district, "assigned")
    clients = [district.client("unit", daemon, unit="heat")
               for daemon in (district.daemon, district.beside()) for _ in range(6)]
    done = at_once([lambda c=c: c.post(f"/v1/tasks/{task}/sign", {}) for c in clients])
    assert sorted(one.status for one in done) == [200] + [409] * 11, done
    notes = at_once([lambda c=c: c.post(f"/v1/tasks/{task}/note", {"text": "同时"})
                     for c in clients])
    assert {one.status for one in notes} == {200}, notes
    assert len(check_chain(district, no)) == 15


# ---- sign, contact, reply ----

def test_clocks_are_met_by_their_moves(fresh):
    made = fresh.submit(petitioner={"phone": "13800000000"})
    task = made["tasks"][0]
    heat = fresh.unit("heat")
    assert task["due"] == task["sign_due"]
    signed = do(heat, task["id"], "sign")
    assert signed["due"] == signed["contact_due"] == task["contact_due"]
    contacted = do(heat, task["id"], "contact", {"at": fresh.clock.at.isoformat(), "how": "电话"})
    assert contacted["due"] == contacted["resolve_due"]
    replied = do(heat, task["id"], "reply", {"result": "好"})
    assert replied["due"] is None
    rejected = do(fresh.dispatcher, task["id"], "reply/reject", {"reason": "不够"})
    assert rejected["state"] == "signed" and rejected["due"] == rejected["resolve_due"]


def test_no_contact_clock_without_a_phone_the_unit_may_see(district):
    for fields in ({}, {"petitioner": {"name": "无名"}},
                   {"petitioner": {"phone": "13800000000", "secret": True}},
                   {"kind": "report", "petitioner": {"phone": "13800000000"}}):
        assert district.submit(**fields)["tasks"][0]["contact_due"] is None, fields


def test_a_reply_ends_the_contact_clock_and_a_rejected_one_does_not(fresh):
    made = fresh.submit(petitioner={"phone": "13800000000"})
    task, heat = made["tasks"][0]["id"], fresh.unit("heat")
    do(heat, task, "sign")
    assert do(heat, task, "reply", {"result": "好"})["due"] is None
    rejected = do(fresh.dispatcher, task, "reply/reject", {"reason": "没有联系"})
    assert rejected["due"] == rejected["contact_due"]


def test_a_complaint_needs_a_contact_first(district):
    phone = {"phone": "13800000000"}
    heat = district.unit("heat")
    for fields, needed in [({"kind": "complaint", "petitioner": phone}, True),
                           ({"kind": "complaint"}, False),
                           ({"kind": "complaint", "petitioner": {**phone, "secret": True}}, False),
                           ({"kind": "help", "petitioner": phone}, False)]:
        task = district.submit(**fields)["tasks"][0]["id"]
        do(heat, task, "sign")
        answer = heat.post(f"/v1/tasks/{task}/reply", {"result": "好"})
        assert answer.status == (409 if needed else 200), (fields, answer)
    task = district.submit(kind="complaint", petitioner=phone)["tasks"][0]["id"]
    do(heat, task, "sign")
    do(heat, task, "contact", {"how": "电话"})
    do(heat, task, "reply", {"result": "好"})
    do(district.dispatcher, task, "reply/reject", {"reason": "再看"})
    do(heat, task, "reply", {"result": "好"})
    task = district.submit(kind="complaint", petitioner=phone)["tasks"][0]["id"]
    do(heat, task, "sign")
    do(heat, task, "reply", {"result": "好", "contacted_at": district.clock.at.isoformat(),
                             "attachments": [{"name": "照片.jpg", "sha256": "ab" * 32}]})


# ---- who reviews ----

def test_the_street_and_a_dispatcher_review(district):
    for reviewer, status in [(district.org("al-1"), 200), (district.dispatcher, 200),
                             (district.org("po-heat"), 403), (district.org("conf-district"), 403),
                             (district.org("al-2"), 404), (district.org("cm-1"), 404)]:
        _, task = bring_task(district, "replied")
        assert reviewer.post(f"/v1/tasks/{task}/reply/pass", {}).status == status, reviewer
        _, task = bring_task(district, "replied")
        body = {"reason": "不完整"}
        assert reviewer.post(f"/v1/tasks/{task}/reply/reject", body).status == status, reviewer
    # wherever the unit stands: the street over the ticket's area
    made = district.submit(category="03.01", area=FAR)
    task = made["tasks"][0]["id"]
    do(district.unit("bureau"), task, "sign")
    do(district.unit("bureau"), task, "reply", {"result": "好"})
    assert district.org("al-1").post(f"/v1/tasks/{task}/reply/pass", {}).status == 404
    do(district.org("al-2"), task, "reply/pass")


def test_nobody_reviews_a_reply_of_their_own(district):
    made = district.submit(category="09", area=NEXT_DOOR)
    task, street = made["tasks"][0]["id"], district.org("al-1")
    do(street, task, "sign")
    do(street, task, "reply", {"result": "办好了"})
    assert street.post(f"/v1/tasks/{task}/reply/pass", {}).status == 403
    another = district.daemon.key("org", org="al-1")  # another key of the same org
    assert another.post(f"/v1/tasks/{task}/reply/pass", {}).status == 403
    assert do(district.dispatcher, task, "reply/pass")["state"] == "completed"


def test_the_lead_passes_only_when_assists_are_done(district):
    no, task = bring_task(district, "signed")
    do(district.unit("heat"), task, "assist", {"units": ["school", "bureau"]})
    helpers = [one["id"] for one in district.show(no)["tasks"] if one["role"] == "assist"]
    do(district.unit("heat"), task, "reply", {"result": "好"})
    refuse = district.dispatcher.post(f"/v1/tasks/{task}/reply/pass", {})
    assert refuse.status == 409 and refuse.json["state"] == "replied"
    do(district.unit("school"), helpers[0], "sign")
    do(district.unit("school"), helpers[0], "reply", {"result": "帮了"})
    do(district.dispatcher, helpers[0], "reply/pass")
    assert district.dispatcher.post(f"/v1/tasks/{task}/reply/pass", {}).status == 409
    do(district.dispatcher, helpers[1], "waive", {"reason": "不需要"})
    do(district.dispatcher, task, "reply/pass")
    assert district.show(no)["state"] == "completed"
    assert district.unit("school").post(f"/v1/tasks/{helpers[0]}/assist",
                                        {"units": ["law"]}).status == 409
    check_chain(district, no)


def test_only_the_public_answer_is_shown(district):
    made = district.submit()
    task, heat = made["tasks"][0]["id"], district.unit("heat")
    receipt = {"no": made["no"], "code": made["receipt_code"]}
    citizen = district.daemon.client()
    do(heat, task, "sign")
    do(heat, task, "note", {"text": "内部批示", "kind": "instruction"})
    do(heat, task, "reply", {"result": "内部结果", "public_answer": "已恢复供热"})
    assert citizen.post("/v1/receipts", receipt).json["public_answer"] is None
    do(district.dispatcher, task, "reply/pass")
    shown = citizen.post("/v1/receipts", receipt)
    assert shown.json["public_answer"] == "已恢复供热" and shown.json["state"] == "completed"
    assert "内部" not in shown.body.decode()


# ---- delegate ----

def test_delegate(fresh):
    made = fresh.submit(category="09", area=HOME, petitioner={"phone": "13800000000"})
    task, resolve = made["tasks"][0]["id"], made["tasks"][0]["resolve_due"]
    committee, street = fresh.org("cm-1"), fresh.org("al-1")
    fresh.clock.move(hours=1)
    done = do(committee, task, "delegate", {"unit": "home"})
    assert (done["unit"], done["org"], done["state"]) == ("home", "cm-1", "assigned")
    assert done["resolve_due"] == resolve and done["sign_due"] > made["tasks"][0]["sign_due"]
    do(fresh.unit("home"), task, "sign")
    for org, code in (("cm-1", "po-law"), ("cm-1", "al-1"), ("cm-1", "nobody")):
        assert fresh.org(org).post(f"/v1/tasks/{task}/delegate", {"org": code}).status == 422
    assert committee.post(f"/v1/tasks/{task}/delegate", {"unit": "bureau"}).status == 422
    for body in ({}, {"unit": "school", "org": "cm-1"}):
        assert committee.post(f"/v1/tasks/{task}/delegate", body).status == 422
    assert do(street, task, "delegate", {"unit": "heat"})["org"] == "po-heat"
    assert fresh.unit("home").get(f"/v1/tasks/{task}").status == 404
    # who delegated still sees it, and no more than that
    assert committee.get(f"/v1/tasks/{task}").status == 200
    assert task in [one["id"] for one in committee.items("/v1/tasks")]
    assert committee.post(f"/v1/tasks/{task}/sign", {}).status in (403, 404)
    assert [one["move"] for one in check_chain(fresh, made["no"])][-3:] == \
        ["delegate", "sign", "delegate"]


# ---- return ----

def test_return_window(fresh):
    """Two working days after the task came: until Wednesday's end."""
    heat = fresh.unit("heat")
    monday = fresh.clock.at
    tasks = [fresh.submit()["tasks"][0]["id"] for _ in range(2)]
    fresh.clock.set(monday + datetime.timedelta(days=2, hours=8, minutes=29, seconds=59))
    do(heat, tasks[0], "return", {"reason": "not_mine"})
    fresh.clock.move(seconds=2)
    answer = heat.post(f"/v1/tasks/{tasks[1]}/return", {"reason": "not_mine"})
    assert answer.status == 409 and answer.json["state"] == "assigned"
    # it begins anew where the task comes newly
    shown = do(fresh.dispatcher, tasks[0], "return/approve", {"unit": "bureau"})
    assert shown["state"] == "returned"
    no = shown["no"]
    task = lead(fresh.show(no))["id"]
    do(fresh.unit("bureau"), task, "return", {"reason": "not_mine"})


def test_return_budget_and_designation(district):
    made = district.submit()
    no, task = made["no"], made["tasks"][0]["id"]
    heat, bureau, law = (district.unit(code) for code in ("heat", "bureau", "law"))
    do(heat, task, "return", {"reason": "not_mine", "basis": "三定方案", "proposed_unit": "bureau"})
    assert district.show(no)["state"] == "dispatched"
    do(district.dispatcher, task, "return/approve", {"unit": "heat", "note": "还是你们"})
    task = lead(district.show(no))["id"]
    assert lead(district.show(no))["unit"] == "heat"
    answer = heat.post(f"/v1/tasks/{task}/return", {"reason": "not_mine"})
    assert answer.status == 409  # once a unit
    do(district.dispatcher, no, "redispatch", {"unit": "bureau", "reason": "改派"})
    task = lead(district.show(no))["id"]
    do(bureau, task, "return", {"reason": "not_mine"})
    do(district.dispatcher, task, "return/approve", {"unit": "law"})
    task = lead(district.show(no))["id"]
    answer = law.post(f"/v1/tasks/{task}/return", {"reason": "not_mine"})
    assert answer.status == 409  # twice a ticket: now it is a designation
    assert district.show(no)["tasks"][-1]["resolve_due"] == made["tasks"][0]["resolve_due"]
    check_chain(district, no)


@pytest.mark.parametrize("proposed,body,expected", [
    (None, {"unit": "law"}, ("law", "po-law")), (None, {"org": "al-2"}, (None, "al-2")),
    ("school", {}, ("school", "po-edu")), ("school", {"unit": "law"}, ("law", "po-law")),
    (None, {}, ("bureau", "po-bureau"))])
def test_return_approved_goes_to(district, proposed, body, expected):
    made = district.submit(category="07", unit="heat")
    no, task = made["no"], made["tasks"][0]["id"]
    ask = {"reason": "not_mine"}
    if proposed:
        ask["proposed_unit"] = proposed
    do(district.unit("heat"), task, "return", ask)
    assert do(district.dispatcher, task, "return/approve", body)["state"] == "returned"
    shown = district.show(no)
    assert (lead(shown)["unit"], lead(shown)["org"]) == expected
    assert shown["state"] == "dispatched"
    do(district.operator, no, "cancel", {"reason": "撤回"})


def test_return_of_the_only_one_goes_up_the_ladder(district):
    made = district.submit(category="09", area=HOME)
    no, task = made["no"], made["tasks"][0]["id"]
    do(district.org("cm-1"), task, "return", {"reason": "not_mine"})
    do(district.dispatcher, task, "return/approve")
    assert lead(district.show(no))["org"] == "al-1"
    made = district.submit(category="01.01", area=HOME)
    do(district.unit("heat"), made["tasks"][0]["id"], "return", {"reason": "not_mine"})
    do(district.dispatcher, made["tasks"][0]["id"], "return/approve")
    assert lead(district.show(made["no"]))["org"] == "cm-1"


@pytest.mark.parametrize("state", ["assigned", "signed"])
def test_return_rejected_is_the_state_before(district, state):
    no, task = bring_task(district, state)
    do(district.unit("heat"), task, "return", {"reason": "not_mine"})
    assert district.show(no)["state"] == ("dispatched" if state == "assigned" else "handling")
    assert do(district.dispatcher, task, "return/reject", {"note": "就是你们的"})["state"] == state
    check_chain(district, no)


def test_pending_lists(district):
    _, asked = bring_task(district, "return_requested")
    _, replied = bring_task(district, "replied")
    for query, expected in (("return", {asked}), ("reply", {replied}),
                            ("return,reply", {asked, replied})):
        found = {one["id"] for one in district.dispatcher.items(f"/v1/tasks?pending={query}")}
        assert found & {asked, replied} == expected


# ---- redispatch, callback, rehandle, close, reopen ----

def test_redispatch_keeps_resolve(fresh):
    made = fresh.submit(petitioner={"phone": "13800000000"})
    no = made["no"]
    fresh.clock.move(days=1)
    shown = do(fresh.dispatcher, no, "redispatch", {"unit": "bureau", "reason": "改派"})
    old, new = shown["tasks"]
    assert old["state"] == "withdrawn" and new["unit"] == "bureau"
    assert new["resolve_due"] == made["tasks"][0]["resolve_due"]
    assert instant(new["sign_due"]) == fresh.clock.at + datetime.timedelta(hours=2)
    assert fresh.unit("heat").get(f"/v1/tickets/{no}").status == 404
    # sign and contact end no later than resolve
    fresh.clock.move(days=6, hours=7, minutes=30)  # Monday 16:30, due today 17:30
    shown = do(fresh.dispatcher, no, "redispatch", {"unit": "law", "reason": "再改"})
    new = shown["tasks"][-1]
    assert new["sign_due"] == new["contact_due"] == new["resolve_due"]


def test_callback_solved_closes(district):
    no = bring_ticket(district, "completed")
    for _ in range(2):
        shown = do(district.operator, no, "callback", {"reached": False, "note": "无人接听"})
        assert shown["state"] == "completed"
    shown = do(district.operator, no, "callback",
               {"reached": True, "contacted": True, "solved": "yes", "satisfied": "very"})
    assert shown["state"] == "closed"
    assert [one["move"] for one in check_chain(district, no)][-4:] == \
        ["callback", "callback", "callback", "close"]
    shown = do(district.supervisor, no, "reopen", {"reason": "有误"})
    assert shown["state"] == "completed"
    assert do(district.supervisor, no, "close", {"reason": "结案"})["state"] == "closed"


def test_callback_not_solved_is_handled_again(fresh):
    no, first = bring_task(fresh, "completed")
    fresh.clock.move(days=1)
    for rehandling in (1, 2, 3):
        shown = do(fresh.operator, no, "callback", {"reached": True, "solved": "no",
                                                    "satisfied": "no"})
        assert shown["state"] == "rehandling"
        task = lead(shown)
        assert (task["round"], task["unit"], task["state"]) == (rehandling + 1, "heat", "assigned")
        # its own clock: three working days after today, Friday
        assert instant(task["resolve_due"]).date() == \
            fresh.clock.at.date() + datetime.timedelta(days=3)
        assert task["level"] == ("district" if rehandling < 3 else "city"), rehandling
        assert task["id"] != first
        do(fresh.unit("heat"), task["id"], "sign")
        assert fresh.show(no)["state"] == "rehandling"
        do(fresh.unit("heat"), task["id"], "reply", {"result": "再修好"})
        assert fresh.show(no)["state"] == "replied"
        do(fresh.dispatcher, task["id"], "reply/pass")
        assert fresh.show(no)["state"] == "completed"
    # those told of the raised level see it now
    assert fresh.org("conf-city").get(f"/v1/tickets/{no}").status == 200
    check_chain(fresh, no)


def test_answer_at_the_seat(district):
    no = bring_ticket(district, "triage")
    shown = do(district.operator, no, "answer", {"public_answer": "请拨打 110", "note": "转警"})
    assert shown["state"] == "answered" and shown["public_answer"] == "请拨打 110"


def test_cancel_withdraws_all_open_tasks(district):
    no, task = bring_task(district, "signed")
    do(district.unit("heat"), task, "assist", {"units": ["school"]})
    shown = do(district.operator, no, "cancel", {"reason": "撤回"})
    assert shown["state"] == "cancelled"
    assert {one["state"] for one in shown["tasks"]} == {"withdrawn"}
    assert all(one["due"] is None for one in shown["tasks"])
    assert district.unit("heat").get(f"/v1/tickets/{no}").status == 404
    check_chain(district, no)


def test_events_by_scope(district):
    """A unit gets only events of its own tasks, while they were its own."""
    no, task = bring_task(district, "signed")
    do(district.dispatcher, no, "redispatch", {"unit": "bureau", "reason": "改派"})
    new = lead(district.show(no))["id"]
    do(district.unit("bureau"), new, "sign")
    mine = [one for one in follow(district.unit("heat")) if one["no"] == no]
    assert {one["task"] for one in mine} <= {task}
    assert [one["move"] for one in mine] == ["dispatch", "sign", "withdraw"]
    events = district.events(no, district.unit("bureau"))
    assert {one["task"] for one in events if one["task"]} == {new}


def test_every_ticket_of_this_file_has_a_whole_chain(district):
    numbers = [row[0] for row in district.daemon.psql("SELECT no FROM ticket")]
    for no in numbers:
        check_chain(district, no)
