"""Claims: a lease and a fencing token (spec 10)."""

import datetime
import threading

import pytest

from district import at_once, district, do, fresh, instant, ticket


def claim(client, unit="heat", status=200, **more):
    headers = more.pop("headers", {})
    done = client.post("/v1/claims", {"unit": unit, **more}, headers=headers)
    assert done.status == status, done
    return done.json["items"] if status == 200 else done


@pytest.fixture(autouse=True)
def nothing_left(district):
    """No open ticket is left for the next test."""
    yield
    for row in district.daemon.psql("SELECT no FROM ticket WHERE final_state IS NULL"):
        do(district.dispatcher, row[0], "cancel", {"reason": "测试结束"})


def test_most_urgent_first_then_earliest_due(fresh):
    made = {}
    for name, urgency, minutes in [("n1", "normal", 0), ("u1", "urgent", 1), ("c1", "critical", 1),
                                   ("n2", "normal", 1), ("u2", "urgent", 1), ("c2", "critical", 1)]:
        fresh.clock.move(minutes=minutes)
        made[fresh.submit(urgency=urgency)["tasks"][0]["id"]] = name
    heat = fresh.unit("heat")
    items = claim(heat, max=100, lease_s=60)
    assert [made[one["task"]["id"]] for one in items] == ["c1", "c2", "u1", "u2", "n1", "n2"]
    for one in items:
        assert set(one) == {"task", "claim", "lease_until"}
        assert instant(one["lease_until"]) == fresh.clock.at + datetime.timedelta(seconds=60)
        assert one["task"]["state"] == "assigned" and one["task"]["unit"] == "heat"
    assert len({one["claim"] for one in items}) == 6
    assert claim(heat, max=100) == []


def test_max_takes_the_first_ones(fresh):
    ids = []
    for urgency in ("normal", "critical", "urgent"):
        ids.append(fresh.submit(urgency=urgency)["tasks"][0]["id"])
    heat = fresh.unit("heat")
    assert [one["task"]["id"] for one in claim(heat, max=2)] == [ids[1], ids[2]]
    assert [one["task"]["id"] for one in claim(heat, max=2)] == [ids[0]]


def test_only_assigned_tasks(fresh):
    fresh.submit()
    task = fresh.submit()["tasks"][0]["id"]
    do(fresh.unit("heat"), task, "sign")
    back = fresh.submit()["tasks"][0]["id"]
    do(fresh.unit("heat"), back, "return", {"reason": "not_mine"})
    assert task not in [one["task"]["id"] for one in claim(fresh.unit("heat"), max=10)]


def test_token_needed_while_it_lives(fresh):
    task = fresh.submit(petitioner={"phone": "13800000000"})["tasks"][0]["id"]
    heat = fresh.unit("heat")
    [held] = claim(heat, lease_s=600)
    token = {"claim": held["claim"]}
    assert heat.post(f"/v1/tasks/{task}/sign", {}).status == 409
    assert heat.post(f"/v1/tasks/{task}/sign", {"claim": "WRONG"}).status == 409
    assert do(heat, task, "sign", token)["state"] == "signed"
    # signing does not end it
    assert heat.post(f"/v1/tasks/{task}/contact", {"how": "电话"}).status == 409
    do(heat, task, "contact", {"how": "电话", **token})
    assert heat.post(f"/v1/tasks/{task}/note", {"text": "x"}).status == 409
    do(heat, task, "note", {"text": "x", **token})
    do(heat, task, "reply", {"result": "好", **token})
    # the token is nobody's business
    events = "".join(str(one["data"]) for one in fresh.events(held["task"]["no"]))
    assert held["claim"] not in events
    assert held["claim"] not in str(fresh.supervisor.get(f"/v1/tasks/{task}").json)


def test_others_moves_need_none(fresh):
    heat = fresh.unit("heat")
    task = fresh.submit()["tasks"][0]["id"]
    claim(heat, lease_s=600)
    do(fresh.supervisor, task, "note", {"text": "快些", "kind": "instruction"})
    do(fresh.org("po-heat"), task, "sign")
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["state"] == "signed"


def stale_expired(fresh, no, task, held):
    fresh.clock.move(seconds=61)


def stale_to_the_second(fresh, no, task, held):
    fresh.clock.set(instant(held["lease_until"]))


def stale_released(fresh, no, task, held):
    done = fresh.unit("heat").post("/v1/claims/release", {"task": task, "claim": held["claim"]})
    assert done.status == 200


def stale_claimed_by_another(fresh, no, task, held):
    fresh.clock.move(seconds=61)
    assert len(claim(fresh.unit("heat"), lease_s=600)) == 1


def stale_redispatched(fresh, no, task, held):
    do(fresh.dispatcher, no, "redispatch", {"unit": "bureau", "reason": "改派"})


def stale_redispatched_to_the_same(fresh, no, task, held):
    do(fresh.dispatcher, no, "redispatch", {"unit": "heat", "reason": "改派"})


def stale_returned(fresh, no, task, held):
    do(fresh.unit("heat"), task, "return", {"reason": "not_mine", "claim": held["claim"]})
    do(fresh.dispatcher, task, "return/approve", {"unit": "bureau"})


def stale_signed_by_the_org(fresh, no, task, held):
    do(fresh.org("po-heat"), task, "sign")


def stale_delegated(fresh, no, task, held):
    do(fresh.org("al-1"), task, "delegate", {"unit": "school"})


def stale_delegated_and_back(fresh, no, task, held):
    stale_delegated(fresh, no, task, held)
    do(fresh.org("al-1"), task, "delegate", {"unit": "heat"})


def stale_cancelled(fresh, no, task, held):
    do(fresh.operator, no, "cancel", {"reason": "撤回"})


def stale_return_rejected(fresh, no, task, held):
    do(fresh.unit("heat"), task, "return", {"reason": "not_mine", "claim": held["claim"]})
    do(fresh.dispatcher, task, "return/reject")


def stale_reply_rejected(fresh, no, task, held):
    do(fresh.unit("heat"), task, "sign", {"claim": held["claim"]})
    do(fresh.unit("heat"), task, "reply", {"result": "好", "claim": held["claim"]})
    do(fresh.dispatcher, task, "reply/reject", {"reason": "不够"})


def stale_completed(fresh, no, task, held):
    do(fresh.unit("heat"), task, "sign", {"claim": held["claim"]})
    do(fresh.unit("heat"), task, "reply", {"result": "好", "claim": held["claim"]})
    do(fresh.dispatcher, task, "reply/pass")


STALE = [value for name, value in sorted(globals().items()) if name.startswith("stale_")]


@pytest.mark.parametrize("happens", STALE, ids=lambda one: one.__name__)
def test_a_stale_token_is_409_whatever_happened(fresh, happens):
    heat = fresh.unit("heat")
    made = fresh.submit()
    no, task = made["no"], made["tasks"][0]["id"]
    [held] = claim(heat, lease_s=60)
    happens(fresh, no, task, held)
    before = fresh.show(no)
    gone = before["tasks"][0]["unit"] != "heat"
    for path, body in [(f"/v1/tasks/{task}/sign", {}), (f"/v1/tasks/{task}/reply", {"result": "x"}),
                       (f"/v1/tasks/{task}/note", {"text": "x"}),
                       ("/v1/claims/renew", {"task": task, "lease_s": 60}),
                       ("/v1/claims/release", {"task": task})]:
        answer = heat.post(path, {**body, "claim": held["claim"]})
        assert answer.status == 409 or (gone and answer.status == 404), (path, answer)
    assert fresh.show(no) == before


def test_without_a_living_claim_no_token_is_needed(fresh):
    heat = fresh.unit("heat")
    task = fresh.submit()["tasks"][0]["id"]
    claim(heat, lease_s=60)
    fresh.clock.move(seconds=59)
    assert heat.post(f"/v1/tasks/{task}/sign", {}).status == 409
    fresh.clock.move(seconds=1)
    do(heat, task, "sign")


def test_renew_and_release(fresh):
    heat = fresh.unit("heat")
    task = fresh.submit()["tasks"][0]["id"]
    [held] = claim(heat, lease_s=60)
    token = {"task": task, "claim": held["claim"]}
    fresh.clock.move(seconds=50)
    done = heat.post("/v1/claims/renew", {**token, "lease_s": 60})
    assert done.status == 200 and done.json["claim"] == held["claim"]
    assert instant(done.json["lease_until"]) == fresh.clock.at + datetime.timedelta(seconds=60)
    fresh.clock.move(seconds=50)
    assert claim(heat) == []
    assert fresh.unit("bureau").post("/v1/claims/renew", {**token, "lease_s": 60}).status == 409
    assert heat.post("/v1/claims/renew", {**token, "claim": "WRONG"}).status == 409
    assert heat.post("/v1/claims/release", {**token, "claim": "WRONG"}).status == 409
    assert heat.post("/v1/claims/release", token).status == 200
    [again] = claim(heat)
    assert again["task"]["id"] == task and again["claim"] != held["claim"]


@pytest.mark.parametrize("body,pointer", [
    ({"unit": "heat", "max": 0}, "/max"), ({"unit": "heat", "max": 101}, "/max"),
    ({"unit": "heat", "lease_s": 0}, "/lease_s"), ({"unit": "heat", "lease_s": 3601}, "/lease_s"),
    ({}, "/unit"), ({"unit": "heat", "max": "1"}, "/max"), ({"unit": "heat", "x": 1}, "/x")])
def test_limits_of_claims(district, body, pointer):
    done = district.unit("heat").post("/v1/claims", body)
    assert done.status == 422 and done.pointers == [pointer], done


def test_lease_of_an_hour_is_allowed(fresh):
    fresh.submit()
    assert len(claim(fresh.unit("heat"), lease_s=3600)) == 1


def test_only_for_ones_own_unit(district):
    assert claim(district.unit("heat"), "bureau", status=404)
    for role in ("operator", "dispatcher", "supervisor"):
        claim(getattr(district, role), status=403)
    claim(district.org("po-heat"), status=403)


@pytest.mark.parametrize("instances", [1, 2])
def test_never_the_same_task_twice(district, instances):
    daemons = [district.daemon, district.beside()][:instances]
    done = district.operator.post("/v1/tickets/batch", {"tickets": [ticket()] * 60})
    expected = {one["ticket"]["tasks"][0]["id"] for one in done.json["results"]}
    clients = [district.client("unit", daemons[index % instances], unit="heat")
               for index in range(20)]

    def work(client):
        mine = []
        while True:
            items = claim(client, max=3, lease_s=600)
            if not items:
                return mine
            mine += items
    found = [one for mine in at_once([lambda c=c: work(c) for c in clients]) for one in mine]
    ids = [one["task"]["id"] for one in found]
    # SKIP LOCKED may leave a worker empty-handed while another still holds rows: none is lost
    ids += [one["task"]["id"] for one in claim(clients[0], max=100, lease_s=600)]
    assert len(ids) == len(set(ids)) and set(ids) == expected


def test_claim_waits_for_work(district):
    """Prefer: wait holds it until there is one, here and on another daemon."""
    second = district.beside()
    for daemon in (district.daemon, second):
        client = district.client("unit", daemon, unit="heat")
        got = []
        thread = threading.Thread(target=lambda c=client: got.append(
            claim(c, lease_s=60, headers={"Prefer": "wait=20"})))
        thread.start()
        metric = "whistled_polls_held"
        daemon.wait_for(lambda d=daemon: f"{metric} 1" in d.client().get("/metrics").body.decode())
        made = district.submit()
        thread.join(5)
        assert got and [one["task"]["no"] for one in got[0]] == [made["no"]]
        do(district.operator, made["no"], "cancel", {"reason": "撤回"})


def test_claim_that_waits_in_vain(district):
    done = district.unit("heat").post("/v1/claims", {"unit": "heat"},
                                      headers={"Prefer": "wait=1"})
    assert done.status == 200 and done.json["items"] == []
