"""What the moves lead to and what guards them (spec 6): contacts, reviews, delegation, returns, redispatch,
callbacks, rehandling."""

import datetime

import pytest

from district import FAR, HOME, NEXT_DOOR, district, do, follow, fresh, instant
from moves import bring_task, bring_ticket, check_chain, lead


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
