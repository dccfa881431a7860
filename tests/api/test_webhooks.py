"""Notices out: what is told, to whom, signed how; and what becomes of a delivery whose receiver does not
take it. Time is the district's clock; the receivers stand on loopback, which the daemon may call here.
"""

import base64
import itertools
import secrets

import pytest

from district import CITY, FAR, HOME, NEXT_DOOR, STREET, STREET_2, District, do, instant
from hooks import log, receiver, register, settled, shown  # noqa: F401: fixtures
from receiver import answer, verify


@pytest.fixture(scope="module")
def district():
    made = District(webhooks_allow="127.0.0.0/8", webhooks_plain_http="yes", webhooks_timeout="2s")
    yield made
    made.stop()


def test_an_event_arrives_signed(district, receiver, register):
    there = receiver()
    made = register(there)
    sent = district.submit()
    district.daemon.wait_for(lambda: any(p.json["data"]["move"] == "dispatch" for p in there.posts))
    events = {event["id"]: event for event in district.events(sent["no"])}
    for post in there.posts:
        event = verify(post, made["secret"], district.clock.at.timestamp())
        assert post.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        assert event["specversion"] == "1.0" and event["source"] == "urn:whistled"
        assert event["datacontenttype"] == "application/json"
        told = events[event["id"]]
        data = event["data"]
        assert event["type"] == ("io.whistled.notice.assigned" if told["move"] == "dispatch"
                                 else "io.whistled.notice.changed")
        for name in ("no", "task", "seq", "move", "from", "to"):
            assert data[name] == told[name]
        assert instant(data["at"]) == instant(told["at"]) == instant(event["time"])
        assert data["category"] == "01.01.01" and data["area"] == HOME
    assigned = next(p.json["data"] for p in there.posts if p.json["data"]["move"] == "dispatch")
    task = sent["tasks"][0]
    assert (assigned["unit"], assigned["org"]) == (task["unit"], task["org"])
    for name in ("sign_due", "contact_due", "resolve_due"):
        assert (instant(assigned[name]) if name in assigned else None) == (
            instant(task[name]) if task[name] else None)
    assert shown(district, made)["failing_since"] is None


def test_a_changed_body_a_wrong_secret_and_an_old_time_are_told_from_the_signature(district, receiver,
                                                                                   register):
    there = receiver()
    made = register(there)
    district.submit()
    post = district.daemon.wait_for(lambda: there.posts and there.posts[0])
    now = district.clock.at.timestamp()
    assert verify(post, made["secret"], now)
    with pytest.raises(AssertionError, match="too old"):
        verify(post, made["secret"], now + 301)
    other = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with pytest.raises(AssertionError, match="no signature"):
        verify(post, other)
    post.body += b" "
    with pytest.raises(AssertionError, match="no signature"):
        verify(post, made["secret"])


def test_secrets_are_rotated(district, receiver, register):
    there = receiver()
    own = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    made = register(there, secret=own)
    assert made["secret"] == own and made["secrets"] == ["1"]
    path = f"/v1/webhooks/{made['id']}"
    added = district.admin.post(f"{path}/secrets", {})
    assert added.status == 201 and added.json["id"] == "2"
    district.admin.post(f"{path}/test")
    post = district.daemon.wait_for(lambda: there.posts and there.posts[-1])
    assert verify(post, own) and verify(post, added.json["secret"])
    assert len(post.headers["webhook-signature"].split(" ")) == 2
    assert district.admin.delete(f"{path}/secrets/1").status == 204
    assert district.admin.delete(f"{path}/secrets/1").status == 404
    assert district.admin.delete(f"{path}/secrets/2").status == 409  # the last one
    district.admin.post(f"{path}/test")
    post = district.daemon.wait_for(lambda: len(there.posts) == 2 and there.posts[-1])
    assert verify(post, added.json["secret"])
    with pytest.raises(AssertionError):
        verify(post, own)
    for number in range(3):
        assert district.admin.post(f"{path}/secrets", {}).status == (201 if number < 3 else 409)
    assert district.admin.post(f"{path}/secrets", {}).status == 409
    again = district.admin.get(path)
    assert "secret" not in again.json and again.json["secrets"] == ["2", "3", "4", "5"]
    kept = district.daemon.psql("SELECT body, sealed FROM webhook")
    assert added.json["secret"] not in str(kept) and own not in str(kept)
    assert not any("whsec_" in line for line in district.daemon.log)


def test_each_is_told_what_is_its_own(district, receiver, register):
    scopes = {"street": {"areas": [STREET]}, "other": {"areas": [STREET_2]}, "heat": {"unit": "heat"},
              "bureau": {"unit": "bureau"}, "alliance": {"org": "al-1"}, "city": {"areas": [CITY]}}
    there = {name: receiver() for name in scopes}
    for name, scope in scopes.items():
        register(there[name], **scope)
    near = district.submit()["no"]
    far = district.submit(area=FAR, category="02.01")["no"]

    def told(name):
        return {post.json["data"]["no"] for post in there[name].posts}
    district.daemon.wait_for(lambda: told("city") == {near, far} and told("bureau") == {far})
    district.daemon.wait_for(lambda: told("heat") == {near} and told("alliance") >= {near})
    assert told("street") == {near} and told("other") == {far}
    # A unit hears only of its own task: not of the ticket's receipt.
    assert {post.json["data"]["move"] for post in there["heat"].posts} == {"dispatch"}


def test_the_accused_hears_nothing(district, receiver, register):
    there, other = receiver(), receiver()
    register(there, unit="bureau")
    register(other, areas=[CITY])
    no = district.submit(kind="report", category="02.01", accused={"unit": "bureau"})["no"]
    district.daemon.wait_for(lambda: any(p.json["data"]["no"] == no for p in other.posts))
    last = district.submit(category="02.01")["no"]  # is told to it, and later than the other
    district.daemon.wait_for(lambda: any(p.json["data"]["no"] == last for p in there.posts))
    assert all(p.json["data"]["no"] != no for p in there.posts)


def test_only_the_kinds_that_were_asked_for(district, receiver, register):
    there = receiver()
    register(there, kinds=["returned", "ended"])
    sent = district.submit()
    task, no = sent["tasks"][0]["id"], sent["no"]
    do(district.unit("heat"), task, "return", {"reason": "不归我管"})
    do(district.dispatcher, task, "return/reject", {"reason": "归你管"})
    do(district.operator, no, "cancel", {"reason": "市民撤回"})
    district.daemon.wait_for(lambda: len(there.posts) >= 4)
    assert [p.json["data"]["move"] for p in there.posts] == [
        "return", "return/reject", "withdraw", "cancel"] or sorted(
            p.json["data"]["move"] for p in there.posts) == sorted(
                ["return", "return/reject", "withdraw", "cancel"])
    assert {p.json["type"].rsplit(".", 1)[1] for p in there.posts} == {"returned", "ended"}


def test_nothing_but_numbers_states_instants_category_and_area(district, receiver, register):
    there = receiver()
    register(there)
    words = {name: f"{name}-{secrets.token_hex(8)}" for name in (
        "title", "content", "address", "name", "note", "reason", "result", "basis", "answer")}
    phone = "13912345678"
    sent = district.submit(title=words["title"], content=words["content"], address=words["address"],
                           petitioner={"name": words["name"], "phone": phone})
    task, no, heat = sent["tasks"][0]["id"], sent["no"], district.unit("heat")
    do(district.supervisor, no, "note", {"text": words["note"], "kind": "instruction"})
    do(heat, task, "return", {"reason": words["reason"], "basis": words["basis"]})
    do(district.dispatcher, task, "return/reject", {"reason": words["reason"]})
    do(heat, task, "sign")
    do(heat, task, "contact", {"how": "phone", "note": words["note"]})
    assert heat.get(f"/v1/tickets/{no}/identity?purpose=x").status == 200
    do(heat, task, "reply", {"result": words["result"], "public_answer": words["answer"], "solved": True})
    do(district.dispatcher, task, "reply/pass")
    do(district.operator, no, "amend", {"content": words["content"], "reason": words["reason"]}, 200)
    do(district.operator, no, "callback", {"reached": True, "contacted": True, "solved": "yes",
                                           "satisfied": "very", "note": words["note"]})
    moves = lambda: {p.json["data"]["move"] for p in there.posts}  # noqa: E731
    district.daemon.wait_for(lambda: {"callback", "close"} & moves() and "amend" in moves())
    assert "identity_read" not in moves()
    known = {"event", "no", "origin", "task", "seq", "move", "at", "from", "to", "unit", "org", "category",
             "area", "role", "level", "stage", "due", "sign_due", "contact_due", "resolve_due"}
    for post in there.posts:
        text = post.body.decode()
        assert not any(word in text for word in words.values()) and phone not in text
        assert set(post.json["data"]) <= known


def test_in_order_per_ticket_while_one_fails(district, receiver, register):
    """The ticket whose first notice is not taken waits; others go on; nothing is overtaken."""
    there = receiver(lambda post: answer(503 if post.json["data"]["area"] == NEXT_DOOR
                                         and post.json["data"]["seq"] == 1 and tries(post) < 3 else 200))
    tries = lambda post: len([p for p in there.posts if p.id == post.id])  # noqa: E731
    done = lambda no: [p.json["data"]["seq"] for p in there.posts  # noqa: E731
                       if p.json["data"]["no"] == no]
    made = register(there)
    sent = {area: district.submit(area=area) for area in (NEXT_DOOR, HOME)}
    for one in sent.values():
        do(district.unit("heat"), one["tasks"][0]["id"], "sign")
    slow, fast = (sent[area]["no"] for area in (NEXT_DOOR, HOME))
    district.daemon.wait_for(lambda: done(fast) == [1, 2, 3])
    assert done(slow) == [1]
    district.clock.move(seconds=5)
    district.daemon.wait_for(lambda: done(slow) == [1, 1])
    district.clock.move(minutes=5)
    district.daemon.wait_for(lambda: done(slow) == [1, 1, 1, 2, 3])
    delivered = settled(district, made, "delivered", 6)
    assert sorted(len(one["attempts"]) for one in delivered) == [1, 1, 1, 1, 1, 3]
    assert len({p.id for p in there.posts if p.json["data"]["seq"] == 1
                and p.json["data"]["no"] == slow}) == 1  # the same id at each try


def test_500_until_given_up_then_replayed(district, receiver, register):
    good = []
    there = receiver(lambda post: answer(200 if good else 500))
    made = register(there, kinds=["assigned"])
    sent = district.submit()
    waits = [5, 300, 1800, 7200, 18000, 36000, 36000]
    mine = lambda: [p for p in there.posts if p.json["type"].endswith("assigned")]  # noqa: E731
    for number, wait in enumerate(waits, 1):
        district.daemon.wait_for(lambda: [one["tries"] for one in log(district, made, state="waiting")] == [number])
        district.clock.move(seconds=wait * 0.79)
        test = district.admin.post(f"/v1/webhooks/{made['id']}/test").json
        district.daemon.wait_for(lambda: any(p.id == f"msg_{test['id']}" for p in there.posts))
        assert len(mine()) == number  # too early for the other
        district.clock.move(seconds=wait * 0.22)
        district.daemon.wait_for(lambda: len(mine()) == number + 1)
    district.daemon.wait_for(lambda: log(district, made, state="waiting") == [])
    given_up = next(one for one in log(district, made, state="given_up") if one["no"] == sent["no"])
    assert [a["status"] for a in given_up["attempts"]] == [500] * 8 and given_up["tries"] == 8
    times = [instant(a["at"]).timestamp() for a in given_up["attempts"]]
    for wait, (early, late) in zip(waits, itertools.pairwise(times)):
        assert late - early >= wait * 0.79
    listed = district.supervisor.items("/v1/undelivered")
    assert [one["id"] for one in listed if one["webhook"] == made["id"]] == [given_up["id"]]
    other = district.client("supervisor", areas=[STREET_2])
    assert given_up["id"] not in {one["id"] for one in other.items("/v1/undelivered")}
    assert other.post(f"/v1/undelivered/{given_up['id']}/replay").status == 404
    assert shown(district, made)["failing_since"] is not None
    good.append(True)
    done = district.supervisor.post(f"/v1/undelivered/{given_up['id']}/replay")
    assert done.status == 200 and done.json == {"replayed": 1}
    district.daemon.wait_for(lambda: any(one["id"] == given_up["id"]
                                         for one in log(district, made, state="delivered")))
    assert district.supervisor.post(f"/v1/undelivered/{given_up['id']}/replay").status == 404
    again = [p for p in there.posts if p.id == f"msg_{given_up['id']}"]
    assert len(again) == 9 and len({p.body for p in again}) == 1
