"""The whole life of a ticket: extension, hanging, merging, correcting, leaving out, going in circles."""

import datetime

import pytest

from district import (FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, at_once, district, do, fresh, instant)
from moves import SPAN, bring_task, bring_ticket, check_chain, lead

HANG = {"reason": "管网改造", "review_on": "2026-04-13"}


def moves_of(events, *names):
    return [one for one in events if one["move"] in names]


def task_of(district, task):
    return district.supervisor.get(f"/v1/tasks/{task}").json


# ---- extension ----

def test_extension_counts_from_the_old_due(fresh):
    _, task = bring_task(fresh, "signed")
    old = task_of(fresh, task)["resolve_due"]
    assert instant(old).weekday() == 0  # five working days after a Monday
    heat = fresh.unit("heat")
    asked = do(heat, task, "extend", {"span": SPAN, "reason": "等配件"})
    assert asked["extension_asked"] == SPAN and asked["resolve_due"] == old
    assert task in [one["id"] for one in fresh.dispatcher.items("/v1/tasks?pending=extend")]
    assert task not in [one["id"] for one in fresh.dispatcher.items("/v1/tasks?pending=reply,return")]
    do(heat, task, "extend", {"span": SPAN, "reason": "再等"}, status=409)
    granted = do(fresh.dispatcher, task, "extend/approve", {"note": "同意"})
    assert "extension_asked" not in granted and granted["extensions"] == [SPAN]
    assert instant(granted["resolve_due"]) == instant(old) + datetime.timedelta(days=2)
    shown = fresh.supervisor.get(f"/v1/tasks/{task}/deadlines").json["stages"][-1]
    assert shown["stage"] == "resolve" and shown["due_reckoned"] == shown["due"]
    assert len(shown["counted"]) == 14  # seven working days of two frames
    do(heat, task, "extend", {"span": SPAN, "reason": "又等"}, status=409)  # the policy grants one


def test_asked_before_due_and_approved_later(fresh):
    no, task = bring_task(fresh, "signed")
    due = instant(task_of(fresh, task)["resolve_due"])
    heat = fresh.unit("heat")
    fresh.clock.set(due - datetime.timedelta(seconds=1))
    do(heat, task, "extend", {"span": SPAN, "reason": "等配件"})
    fresh.clock.set(due + datetime.timedelta(hours=3))
    fresh.daemon.wait_for(lambda: "resolve" in task_of(fresh, task)["overdue"])
    assert task in [one["task"] for one in fresh.supervisor.items("/v1/overdue")]
    granted = do(fresh.dispatcher, task, "extend/approve")
    assert granted["overdue"] == [] and instant(granted["resolve_due"]) > due
    assert task not in [one["task"] for one in fresh.supervisor.items("/v1/overdue")]
    lifted = moves_of(check_chain(fresh, no), "overdue_lifted")
    assert [one["data"]["stage"] for one in lifted] == ["resolve"]
    fresh.clock.set(instant(granted["resolve_due"]) + datetime.timedelta(minutes=1))
    fresh.daemon.wait_for(lambda: "resolve" in task_of(fresh, task)["overdue"])
    marks = moves_of(check_chain(fresh, no), "overdue")
    assert [one["data"]["stage"] for one in marks].count("resolve") == 2  # one for each due


@pytest.mark.parametrize("span, pointer", [
    ({"amount": 11, "unit": "working_day"}, "/span"), ({"amount": 0, "unit": "day"}, "/span/amount"),
    ({"amount": 1, "unit": "week"}, "/span/unit"), ({"unit": "day"}, "/span/amount"), (None, "/span"),
    ({"amount": 400, "unit": "hour"}, "/span")])
def test_spans_that_are_not_granted(fresh, span, pointer):
    _, task = bring_task(fresh, "signed")
    body = {"reason": "等", **({"span": span} if span else {})}
    answer = fresh.unit("heat").post(f"/v1/tasks/{task}/extend", body)
    assert answer.status == 422 and answer.pointers == [pointer], answer


def test_extension_is_decided_by_another_and_in_time(fresh):
    _, task = bring_task(fresh, "signed")
    do(fresh.dispatcher, task, "extend/approve", status=409)
    do(fresh.unit("heat"), task, "extend", {"span": SPAN, "reason": "等"})
    do(fresh.dispatcher, task, "extend/approve", {"span": {"amount": 11, "unit": "working_day"}}, 422)
    do(fresh.dispatcher, task, "extend/reject", {"reason": "不同意"})
    do(fresh.dispatcher, task, "extend/approve", status=409)
    fresh.clock.set(instant(task_of(fresh, task)["resolve_due"]) + datetime.timedelta(seconds=1))
    do(fresh.unit("heat"), task, "extend", {"span": SPAN, "reason": "迟了"}, status=409)


def test_a_reply_lets_the_request_lapse(fresh):
    _, task = bring_task(fresh, "signed")
    do(fresh.unit("heat"), task, "extend", {"span": SPAN, "reason": "等"})
    assert "extension_asked" not in do(fresh.unit("heat"), task, "reply", {"result": "好了"})
    do(fresh.dispatcher, task, "reply/reject", {"reason": "不全"})
    do(fresh.dispatcher, task, "extend/approve", status=409)


# ---- hang ----

def test_hanging_stops_every_clock(fresh):
    no, task = bring_task(fresh, "signed")
    do(fresh.unit("heat"), task, "assist", {"units": ["school"]})
    helper = fresh.show(no)["tasks"][-1]["id"]
    before = task_of(fresh, task), task_of(fresh, helper)
    fresh.clock.move(hours=1)
    hung = do(fresh.supervisor, no, "hang", HANG)
    assert (hung["state"], hung["hung_reason"]) == ("hung", HANG["reason"])
    assert hung["review_at"] == "2026-04-13T09:00:00+08:00"
    for one in (task, helper):
        shown = task_of(fresh, one)
        assert [shown[name] for name in ("sign_due", "resolve_due", "due")].count(None) >= 2, shown
        for move, body in (("contact", {}), ("reply", {"result": "x"}), ("return", {"reason": "x"})):
            answer = fresh.unit("heat").post(f"/v1/tasks/{task}/{move}", body)
            assert answer.status == 409 and answer.json["moves"] == ["note"], answer
    do(fresh.unit("heat"), task, "note", {"text": "在等"})
    fresh.clock.move(days=30)
    overdue = [one["task"] for one in fresh.supervisor.items("/v1/overdue")]
    assert task not in overdue and helper not in overdue
    assert do(fresh.supervisor, no, "unhang")["state"] == "handling"
    after = task_of(fresh, task), task_of(fresh, helper)
    for old, new in zip(before, after):
        assert instant(new["resolve_due"]) > instant(old["resolve_due"]) + datetime.timedelta(days=28)
        assert new["overdue"] == []
    assert "hung_reason" not in fresh.show(no)
    shown = fresh.supervisor.get(f"/v1/tasks/{task}/deadlines").json
    assert len(shown["pauses"]) == 1
    stage = shown["stages"][-1]
    assert stage["due"] == stage["due_reckoned"] == after[0]["resolve_due"]
    events = check_chain(fresh, no)
    assert [one["data"]["reason"] for one in moves_of(events, "clocks")] == ["hang"] * 2 + ["unhang"] * 2
    assert fresh.daemon.psql("SELECT count(*), sum(begins::int) FROM pause JOIN ticket USING (ticket_id) "
                             f"WHERE no = '{no}'") == [["2", "1"]]


def test_a_hung_ticket_is_reviewed_once(fresh):
    no, task = bring_task(fresh, "signed")
    day = (fresh.clock.at + datetime.timedelta(days=7)).date()
    do(fresh.supervisor, no, "hang", {"reason": "等", "review_on": str(day)})
    do(fresh.unit("heat"), task, "note", {"text": "在等"})
    fresh.clock.set(f"{day}T08:59:00+08:00")
    fresh.clock.set(f"{day}T09:00:00+08:00")
    fresh.daemon.wait_for(lambda: moves_of(fresh.events(no), "review"))
    left = fresh.daemon.psql("SELECT next_at IS NULL, review_at IS NULL FROM task JOIN ticket "
                             f"USING (ticket_id) WHERE no = '{no}'")
    assert left == [["t", "t"]]
    do(fresh.supervisor, no, "unhang")
    assert len(moves_of(check_chain(fresh, no), "review")) == 1


def test_a_review_day_must_lie_ahead(fresh):
    no, _ = bring_task(fresh, "signed")
    answer = fresh.supervisor.post(f"/v1/tickets/{no}/hang", {"reason": "等", "review_on": "2026-01-01"})
    assert answer.status == 422 and answer.pointers == ["/review_on"]
    assert do(fresh.supervisor, no, "hang", {"reason": "等"})["state"] == "hung"  # the rule's days


def test_a_missed_clock_stands_while_hung(fresh):
    no, task = bring_task(fresh, "signed")
    due = instant(task_of(fresh, task)["resolve_due"])
    fresh.clock.set(due + datetime.timedelta(minutes=5))
    do(fresh.supervisor, no, "hang", {"reason": "等", "review_on": "2031-01-06"})
    fresh.clock.move(days=20)
    assert [one for one in fresh.supervisor.items("/v1/overdue") if one["task"] == task] == []
    steps = len(moves_of(check_chain(fresh, no), "overdue", "urge", "supervise", "level_up"))
    do(fresh.supervisor, no, "unhang")
    shown = task_of(fresh, task)
    assert instant(shown["resolve_due"]) == due and shown["overdue"] == ["resolve"]
    fresh.clock.move(days=20)
    fresh.daemon.wait_for(lambda: moves_of(fresh.events(no), "level_up"))
    events = check_chain(fresh, no)
    assert len(moves_of(events, "overdue")) == 1
    assert len(moves_of(events, "overdue", "urge", "supervise", "level_up")) > steps


# ---- merge ----

def test_merging_keeps_both_records(fresh):
    one, task = bring_task(fresh, "signed")
    other, _ = bring_task(fresh, "assigned")
    assert do(fresh.dispatcher, one, "merge", {"into": other})["state"] == "merged"
    assert task_of(fresh, task)["state"] == "withdrawn"
    assert fresh.show(other)["state"] == "dispatched"
    noted = moves_of(check_chain(fresh, other), "merged_from")
    assert [event["data"] for event in noted] == [{"from": one}]
    assert moves_of(check_chain(fresh, one), "merge")[0]["data"]["into"] == other


def test_what_cannot_be_merged_into(fresh):
    one, _ = bring_task(fresh, "signed")
    closed = bring_ticket(fresh, "closed")
    elsewhere = fresh.submit(area=FAR)["no"]
    near = fresh.client("dispatcher", areas=["140213001"])
    for client, into in ((fresh.dispatcher, one), (fresh.dispatcher, closed),
                         (fresh.dispatcher, "140213202603029999991"), (near, elsewhere),
                         (fresh.dispatcher, "x")):
        answer = client.post(f"/v1/tickets/{one}/merge", {"into": into})
        assert answer.status == 422 and answer.pointers == ["/into"], answer
    assert fresh.show(one)["state"] == "handling"


def test_merging_each_into_the_other_at_once(fresh):
    one, other = (bring_task(fresh, "assigned")[0] for _ in range(2))
    clients = [fresh.client("dispatcher") for _ in range(2)]
    done = at_once([lambda: clients[0].post(f"/v1/tickets/{one}/merge", {"into": other}).status,
                    lambda: clients[1].post(f"/v1/tickets/{other}/merge", {"into": one}).status])
    assert sorted(done) == [200, 409] or sorted(done) == [200, 422], done
    assert sorted(fresh.show(no)["state"] for no in (one, other)) == ["dispatched", "merged"]


# ---- amend ----

def test_amending_keeps_old_and_new(fresh):
    no, task = bring_task(fresh, "assigned")
    shown = do(fresh.operator, no, "amend", {"category": "02.01", "area": NEXT_DOOR,
                                             "content": "噪音扰民", "address": "二号楼", "reason": "听错"})
    assert (shown["category"], shown["area"], shown["content"], shown["address"]) == (
        "02.01", NEXT_DOOR, "噪音扰民", "二号楼")
    assert fresh.show(no) == shown and shown["tasks"][0]["unit"] == "heat"
    assert task_of(fresh, task)["category"] == "02.01"
    listed = [one["no"] for one in fresh.supervisor.items(f"/v1/tickets?category=02.01&area={NEXT_DOOR}")]
    assert no in listed
    data = moves_of(check_chain(fresh, no), "amend")[0]["data"]
    assert data["old"] == {"category": "01.01.01", "area": HOME, "content": "三天没有暖气", "address": None}
    assert data["content"] == "噪音扰民" and data["reason"] == "听错"


def test_amending_routes_again_only_when_asked(fresh):
    no, task = bring_task(fresh, "signed")
    due = task_of(fresh, task)["resolve_due"]
    shown = do(fresh.dispatcher, no, "amend", {"category": "02.01", "reroute": True})
    assert shown["state"] == "dispatched" and lead(shown)["unit"] == "bureau"
    assert lead(shown)["resolve_due"] == due  # `resolve` is kept
    assert shown["tasks"][0]["state"] == "withdrawn"
    waiting = bring_ticket(fresh, "triage")
    shown = do(fresh.dispatcher, waiting, "amend", {"category": "02.01", "reroute": True})
    assert shown["state"] == "triage" and shown["route"]["unit"]["code"] == "bureau"
    replied, _ = bring_task(fresh, "replied")
    do(fresh.dispatcher, replied, "amend", {"category": "02.01", "reroute": True}, status=409)
    assert fresh.show(replied)["category"] == "01.01.01"


@pytest.mark.parametrize("body, pointers", [
    ({"reason": "x"}, [""]), ({"category": "99.9"}, ["/category"]), ({"area": OTHER_DISTRICT + "009"}, ["/area"]),
    ({"category": "99.9", "area": "140213009"}, ["/category", "/area"])])
def test_what_cannot_be_amended(fresh, body, pointers):
    no, _ = bring_task(fresh, "assigned")
    answer = fresh.operator.post(f"/v1/tickets/{no}/amend", body)
    assert answer.status == 422 and answer.pointers == pointers, answer


def test_a_ticket_does_not_leave_the_key_that_amends_it(fresh):
    no, _ = bring_task(fresh, "assigned")
    near = fresh.client("operator", areas=["140213001"])
    answer = near.post(f"/v1/tickets/{no}/amend", {"area": FAR})
    assert answer.status == 422 and answer.pointers == ["/area"]


# ---- in circles ----

def test_a_bounce_is_noticed_and_three_transfers_go_up(fresh):
    no, _ = bring_task(fresh, "assigned")
    level = lead(fresh.show(no))["level"]
    for unit in ("bureau", "heat", "bureau"):
        do(fresh.dispatcher, no, "redispatch", {"unit": unit, "reason": "改派"})
    events = check_chain(fresh, no)
    bounces = moves_of(events, "bounce")
    assert [one["data"] for one in bounces] == [{"unit": "heat", "transfers": 2},
                                                {"unit": "bureau", "transfers": 3}]
    raised = moves_of(events, "level_up")
    assert [one["data"]["reason"] for one in raised] == ["transferred"]
    assert level == "district" and lead(fresh.show(no))["level"] == "city"


# ---- calling back in vain ----

def test_the_third_call_in_vain_closes(fresh):
    no = bring_ticket(fresh, "completed")
    for state in ("completed", "completed", "closed"):
        assert do(fresh.operator, no, "callback", {"reached": False})["state"] == state
    closed = check_chain(fresh, no)[-1]
    assert (closed["move"], closed["by"]["role"], closed["data"]) == (
        "close", "daemon", {"reason": "not reached"})
    do(fresh.supervisor, no, "reopen", {"reason": "来电"})
    done = do(fresh.operator, no, "callback", {"reached": True, "solved": "no"})
    assert done["state"] == "rehandling"


# ---- counted or not, and catalogues ----

def test_excluding_and_including(fresh):
    no, _ = bring_task(fresh, "assigned")
    do(fresh.supervisor, no, "include", {"reason": "x"}, status=409)
    assert do(fresh.supervisor, no, "exclude", {"reason": "不合理诉求"})["excluded"]
    do(fresh.supervisor, no, "exclude", {"reason": "不合理诉求"}, status=409)
    do(fresh.supervisor, no, "include", {"reason": "申诉成立"})
    assert [one["move"] for one in check_chain(fresh, no)][-2:] == ["exclude", "include"]


def test_reasons_of_a_catalogue(fresh):
    policy = fresh.admin.get("/v1/policies/five-working-days").json
    body = {name: value for name, value in policy.items() if name not in ("code", "version")}
    body["reasons"] = {"hang": ["资金未落实", "产权争议"], "exclude": ["重复"], "return": ["非职责"]}
    try:
        assert fresh.admin.put("/v1/policies/five-working-days", body).status == 200
        no, task = bring_task(fresh, "signed")
        for client, place, move, more in ((fresh.supervisor, f"tickets/{no}", "hang", {}),
                                          (fresh.supervisor, f"tickets/{no}", "exclude", {}),
                                          (fresh.unit("heat"), f"tasks/{task}", "return", {})):
            answer = client.post(f"/v1/{place}/{move}", {"reason": "随便", **more})
            assert answer.status == 422 and answer.pointers == ["/reason"], answer
        do(fresh.supervisor, no, "exclude", {"reason": "重复"})
        assert do(fresh.supervisor, no, "hang", {"reason": "产权争议"})["state"] == "hung"
    finally:
        del body["reasons"]
        assert fresh.admin.put("/v1/policies/five-working-days", body).status == 200
