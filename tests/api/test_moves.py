"""The table of moves (spec 6): from which state and by whom each is allowed; what all have in common."""

import pytest

from district import OTHER_DISTRICT, at_once, district, do
from moves import (CLOSED, OPEN, ROLES, TASK, TASKS, TASKS_OPEN, TICKET, bring_task, bring_ticket, check_chain,
                   key, ready, refused)


# ---- the grid of states ----

@pytest.mark.parametrize("state", sorted(OPEN | CLOSED))
def test_ticket_moves_by_state(district, state):
    no = bring_ticket(district, state)
    before = district.show(no)
    for move, (states, roles, body) in TICKET.items():
        role = roles.split()[0]
        if state in states:
            other = bring_ticket(district, state)
            do(key(district, role), other, move, ready(district, move, other, body))
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
            do(key(district, role), moved, move, ready(district, move, moved, body))
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
        if role in roles.split():
            body = ready(district, move, no, body)
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
        if role in roles.split():
            ready(district, move, task, body)
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


def test_every_ticket_of_this_file_has_a_whole_chain(district):
    numbers = [row[0] for row in district.daemon.psql("SELECT no FROM ticket")]
    for no in numbers:
        check_chain(district, no)
