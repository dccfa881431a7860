"""Robots, templates, quiet hours, digests, and what the admin may ask."""

import base64
import datetime
import hashlib
import hmac
import subprocess
import urllib.parse

import pytest

from daemon import ROOT
from district import CITY, STREET, Clock, District, instant
from hooks import free_port, listens, log, receiver, register, settled, shown, tried  # noqa: F401: fixtures
from receiver import answer, verify

OK = answer(body=b'{"errcode":0,"errmsg":"ok"}')


@pytest.fixture
def district():
    made = District(webhooks_allow="127.0.0.0/8 ::1", webhooks_plain_http="yes", webhooks_endpoints=5)
    yield made
    made.stop()


def text(post):
    assert set(post.json) == {"msgtype", "text"} and post.json["msgtype"] == "text"
    return post.json["text"]["content"]


def test_wecom(district, receiver, register):
    there = receiver(lambda post: OK)
    made = register(there.url + "?key=693a91f6-7xxx", kinds=["assigned"], adapter="wecom")
    assert "secret" not in made and made["secrets"] == []
    assert "693a91f6" not in str(shown(district, made)) and shown(district, made)["url"].endswith("?...")
    no = district.submit()["no"]
    post = district.daemon.wait_for(lambda: there.posts and there.posts[0])
    assert post.path == "/hook?key=693a91f6-7xxx" and "webhook-signature" not in post.headers
    assert post.headers["content-type"] == "application/json; charset=utf-8"
    assert text(post) == f"【派单】{no} 暖气不热（甲一社区），承办：平城供热公司，期限：2026-03-09 17:30"
    settled(district, made, "delivered")
    assert not any("693a91f6" in line for line in district.daemon.log)


def test_dingtalk_is_signed_in_the_address(district, receiver, register):
    there = receiver(lambda post: OK)
    made = register(there.url + "?access_token=abc", kinds=["assigned"], adapter="dingtalk",
                    secret="SECe1b4f0", template="{kind}:{unit}/{area}/{stage}/{no}")
    no = district.submit()["no"]
    post = district.daemon.wait_for(lambda: there.posts and there.posts[0])
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(post.path).query)
    stamp = asked["timestamp"][0]
    assert int(stamp) == int(district.clock.at.timestamp() * 1000) and asked["access_token"] == ["abc"]
    wanted = hmac.new(b"SECe1b4f0", f"{stamp}\nSECe1b4f0".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(wanted).decode()]
    assert text(post) == f"派单:平城供热公司/甲一社区/—/{no}"
    settled(district, made, "delivered")


@pytest.mark.parametrize("code, state", [(0, "delivered"), (45009, "waiting"), (93000, "given_up"),
                                         (-1, "waiting"), (None, "waiting")])
def test_a_robot_says_in_its_answer_how_it_went(district, receiver, register, code, state):
    body = b"<html>" if code is None else b'{"errcode":%d,"errmsg":"x"}' % code
    made = register(receiver(lambda post: answer(body=body)), kinds=["assigned"], adapter="wecom")
    district.submit()
    one = tried(district, made)
    assert one["state"] == state and one["attempts"][0]["status"] == 200
    assert (one["attempts"][0]["error"] is None) == (code == 0)


def test_robots_get_few_messages_a_minute(district, receiver, register):
    """Twenty at most: the next leaves three seconds later, whatever waits."""
    there = receiver(lambda post: OK)
    made = register(there, kinds=["assigned"], adapter="wecom")
    fast = receiver()
    quick = register(fast, kinds=["assigned"])
    for _ in range(5):
        district.submit()
    settled(district, quick, "delivered", 5)
    settled(district, made, "delivered", 1)
    assert len(there.posts) < 5 and there.most_open == 1
    first, second = district.daemon.wait_for(lambda: len(there.posts) > 1 and there.posts[:2])
    assert second.at - first.at > 2.9


def test_quiet_hours(district, receiver, register):
    there = receiver()
    made = register(there, kinds=["assigned"], quiet="12:00-08:00")
    district.clock.set("2026-03-02T13:00:00+08:00")
    district.submit()
    loud = district.submit(urgency="critical")["no"]  # does not wait for the morning
    district.daemon.wait_for(lambda: [p.json["data"]["no"] for p in there.posts] == [loud])
    settled(district, made, "delivered")
    assert len(log(district, made, state="waiting")) == 1
    district.clock.set("2026-03-03T07:59:00+08:00")
    test = district.admin.post(f"/v1/webhooks/{made['id']}/test").json
    district.daemon.wait_for(lambda: there.posts[-1].id == f"msg_{test['id']}")
    assert len(there.posts) == 2
    district.clock.set("2026-03-03T08:00:00+08:00")
    district.daemon.wait_for(lambda: len(there.posts) == 3)


def test_a_digest_an_hour_and_unit(district, receiver, register):
    there, robot = receiver(), receiver(lambda post: OK)
    made = register(there, kinds=["due", "overdue"], digest=True)
    register(robot, kinds=["due", "overdue"], digest=True, adapter="wecom")
    mine = {district.submit()["no"] for _ in range(3)}
    other = district.submit(category="02.01")["no"]
    district.clock.set("2026-03-02T11:05:00+08:00")  # sign was due at eleven
    district.daemon.wait_for(lambda: len(log(district, made)) == 2)
    assert there.posts == [] and {one["kind"] for one in log(district, made)} == {"digest"}
    district.clock.set("2026-03-02T12:00:01+08:00")
    settled(district, made, "delivered", 2)
    assert len(there.posts) == 2
    told = {post.json["subject"]: post for post in there.posts}
    assert set(told) == {"digest:heat", "digest:bureau"}
    heat = told["digest:heat"].json
    assert verify(told["digest:heat"], made["secret"]) and heat["type"] == "io.whistled.notice.digest"
    assert {item["no"] for item in heat["data"]["items"]} == mine
    assert all(item["unit"] == "heat" and item["stage"] == "sign" for item in heat["data"]["items"])
    assert {item["no"] for item in told["digest:bureau"].json["data"]["items"]} == {other}
    lines = district.daemon.wait_for(lambda: robot.posts and text(robot.posts[0])).split("\n")
    assert all(line.startswith(("【超期】", "【临期】")) for line in lines)


@pytest.mark.parametrize("change, pointer", [
    ({"url": None}, "/url"), ({"name": None}, "/name"), ({"areas": None}, ""), ({"unit": "heat"}, ""),
    ({"areas": None, "unit": "nobody"}, "/unit"), ({"areas": None, "org": "nobody"}, "/org"),
    ({"areas": ["99"]}, "/areas/0"), ({"kinds": ["all"]}, "/kinds/0"), ({"kinds": ["test"]}, "/kinds/0"),
    ({"adapter": "slack"}, "/adapter"), ({"quiet": "22-7"}, "/quiet"), ({"quiet": "22:00-22:00"}, "/quiet"),
    ({"quiet": "24:00-07:00"}, "/quiet"), ({"template": "{no}"}, "/template"),
    ({"adapter": "wecom", "template": "{phone}"}, "/template"), ({"secret": "short"}, "/secret"),
    ({"adapter": "wecom", "template": "{no"}, "/template"), ({"state": "disabled"}, "/state"),
    ({"secret": "whsec_" + base64.b64encode(b"x" * 23).decode()}, "/secret"), ({"more": 1}, "/more"),
    ({"secret": "whsec_" + base64.b64encode(b"x" * 65).decode()}, "/secret"), ({"per_minute": -1}, "/per_minute"),
])
def test_bad_input_is_named(district, change, pointer):
    body = {"name": "x", "url": "https://example.com/hook", "areas": [CITY], **change}
    refused = district.admin.post("/v1/webhooks", {name: value for name, value in body.items()
                                                   if value is not None})
    assert refused.status == 422 and refused.pointers == [pointer], refused


def test_kept_changed_and_ended(district):
    body = {"name": "上级平台", "url": "https://example.com/hook?token=t0p", "org": "conf-district",
            "kinds": ["overdue", "urged"], "per_minute": 100, "quiet": "22:00-07:00"}
    assert district.admin.post("/v1/webhooks", body,
                               headers={"Idempotency-Key": "x"}).status == 400  # it shows a secret
    made = district.admin.post("/v1/webhooks", body)
    path = made.headers["Location"]
    for name in ("name", "org", "kinds", "per_minute", "quiet"):
        assert made.json[name] == body[name]
    assert made.json["state"] == "active" and made.json["digest"] is False
    got = district.admin.get(path)
    assert got.json == {name: value for name, value in made.json.items() if name != "secret"}
    assert "t0p" not in got.body.decode()
    assert district.admin.patch(path, {"quiet": None, "name": "市平台"},
                                headers={"If-Match": '"7"'}).status == 412
    changed = district.admin.patch(path, {"quiet": None, "name": "市平台"}, headers={"If-Match": got.etag})
    assert changed.status == 200 and changed.json["version"] == 2 and "quiet" not in changed.json
    assert changed.json["kinds"] == body["kinds"] and changed.etag == '"2"'
    moved = district.admin.patch(path, {"org": None, "areas": [STREET]})
    assert moved.json["areas"] == [STREET] and "org" not in moved.json
    refused = district.admin.patch(path, {"adapter": "wecom"})
    assert refused.status == 422 and refused.pointers == ["/adapter"]
    assert district.admin.patch(path, {"secret": "whsec_" + "A" * 32}).pointers == ["/secret"]
    assert [one["id"] for one in district.admin.items("/v1/webhooks")] == [made.json["id"]]
    for number in range(4):
        district.admin.post("/v1/webhooks", {**body, "name": str(number)})
    full = district.admin.post("/v1/webhooks", body)
    assert full.status == 409 and "5 webhooks" in full.json["detail"]
    assert len(district.admin.items("/v1/webhooks", limit=2)) == 5
    assert district.admin.delete(path, headers={"If-Match": '"1"'}).status == 412
    assert district.admin.delete(path).status == 204
    for ask in (district.admin.get, district.admin.delete, lambda at: district.admin.patch(at, {}),
                lambda at: district.admin.post(f"{at}/test"), lambda at: district.admin.get(f"{at}/deliveries"),
                lambda at: district.admin.post(f"{at}/replay", {"delivery": "1"}),
                lambda at: district.admin.post(f"{at}/secrets", {})):
        assert ask(path).status == 404 and ask("/v1/webhooks/x").status == 404


def test_replay_of_a_span_and_of_one(district, receiver, register):
    there = receiver()
    made = register(there, kinds=["assigned"])
    path = f"/v1/webhooks/{made['id']}/replay"
    numbers = []
    for _ in range(3):
        numbers.append(district.submit()["no"])
        district.clock.move(hours=1)
    settled(district, made, "delivered", 3)
    one = log(district, made)[0]
    assert district.admin.post(path, {"delivery": one["id"]}).json == {"replayed": 1}
    district.daemon.wait_for(lambda: len(there.posts) == 4)
    first, again = [p for p in there.posts if p.id == f"msg_{one['id']}"]
    assert first.body == again.body and again is there.posts[3]
    assert instant(one["at"]) == instant("2026-03-02T11:00:00+08:00")
    settled(district, made, "delivered", 3)
    done = district.admin.post(path, {"from": "2026-03-02T09:00:00+08:00", "to": "2026-03-02T11:00:00+08:00"})
    assert done.json == {"replayed": 2}  # the end is not part of it
    district.daemon.wait_for(lambda: len(there.posts) == 6)
    assert {p.json["data"]["no"] for p in there.posts[4:]} == set(numbers[:2])
    settled(district, made, "delivered", 3)
    assert [len(entry["attempts"]) for entry in log(district, made)] == [2, 2, 2]
    assert len(log(district, made, **{"from": "2026-03-02T10:00:00+08:00"})) == 2
    for body, pointer in [({}, ""), ({"from": "2026-03-02T09:00:00Z"}, ""),
                          ({"delivery": "1", "from": "2026-03-02T09:00:00Z"}, ""),
                          ({"from": "2026-03-03T09:00:00Z", "to": "2026-03-02T09:00:00Z"}, "/to")]:
        refused = district.admin.post(path, body)
        assert refused.status == 422 and refused.pointers == [pointer]


def test_calls_without_a_body_take_an_empty_one(district, receiver, register):
    there = receiver()
    path = f"/v1/webhooks/{register(there)['id']}/test"
    for body in (None, {}):
        assert district.admin.post(path, body).status == 202
    for at, client in ((path, district.admin), ("/v1/undelivered/1/replay", district.supervisor)):
        refused = client.post(at, {"more": 1})
        assert refused.status == 422 and refused.pointers == ["/more"]
    district.daemon.wait_for(lambda: len(there.posts) == 2)


def test_the_log_is_forgotten_in_time(district, receiver, register):
    there = receiver()
    made = register(there, kinds=["assigned"])
    district.submit()
    settled(district, made, "delivered")
    district.clock.move(days=31)
    district.daemon.kill()
    district.daemon.start()  # the walk comes once a minute, and at the start
    district.daemon.wait_for(lambda: log(district, made) == [])
    assert district.daemon.psql("SELECT count(*) FROM attempt") == [["0"]]


def test_nothing_from_before_it_was_there(district, receiver, register):
    old = district.submit()["no"]
    there = receiver()
    made = register(there)
    new = district.submit()["no"]
    settled(district, made, "delivered", 2)
    assert {p.json["data"]["no"] for p in there.posts} == {new} != {old}


def test_whistles_and_their_targets_are_told(district, receiver, register):
    there = receiver()
    register(there, unit="heat")
    raised = district.org("al-1").post("/v1/whistles", {
        "kind": "emergency", "reason": "燃气泄漏", "targets": [{"unit": "heat", "role": "lead"}]}).json
    other = district.client("org", org="al-1", name="second")
    assert other.post(f"/v1/whistles/{raised['id']}/approve", {}).status == 200
    post = district.daemon.wait_for(lambda: next(
        (p for p in there.posts if p.json["data"]["move"] == "dispatch"), None))
    assert post.json["data"]["origin"] == {"kind": "whistle", "id": raised["id"]}
    assert "燃气泄漏" not in post.body.decode()
    district.clock.move(minutes=11)
    district.daemon.wait_for(lambda: any(p.json["type"].endswith("overdue") for p in there.posts))


def test_the_receiver_of_the_readme():
    """As it stands there, with another port; it looks at the time, so the daemon's is the real one."""
    district = District(Clock(datetime.datetime.now(datetime.timezone.utc).isoformat()),
                        webhooks_allow="127.0.0.0/8", webhooks_plain_http="yes")
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    assert len([line for line in text.splitlines() if line.strip()]) <= 22
    port = free_port()
    made = district.admin.post("/v1/webhooks", {"name": "x", "areas": [CITY], "kinds": ["assigned"],
                                                "url": f"http://127.0.0.1:{port}/"}).json
    text = text.replace("SECRET", made["secret"]).replace("8080", str(port))
    with subprocess.Popen(["/usr/bin/python3", "-u", "-c", text], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, encoding="utf-8") as program:
        try:
            district.daemon.wait_for(lambda: listens(port))
            no = district.submit()["no"]
            settled(district, made, "delivered")
        finally:
            program.kill()
            district.stop()
        printed = program.stdout.read()
    assert printed.startswith("io.whistled.notice.assigned") and no in printed


def test_the_hand_of_another_role(district):
    made = district.admin.post("/v1/webhooks", {"name": "x", "url": "https://example.com/", "areas": [CITY]})
    for client in (district.operator, district.dispatcher, district.supervisor, district.unit("heat"),
                   district.org("al-1")):
        path = made.headers["Location"]
        for answered in (client.get(path), client.get("/v1/webhooks"), client.get(f"{path}/deliveries"),
                         client.post(f"{path}/replay", {"delivery": "1"}), client.post(f"{path}/test"),
                         client.delete(path), client.patch(path, {})):
            assert answered.status == 403
    assert district.admin.get("/v1/undelivered").status == 403
    assert district.supervisor.get("/v1/undelivered").json == {"items": [], "next": None}
