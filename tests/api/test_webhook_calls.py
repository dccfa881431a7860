"""What becomes of a call: receivers that hang, reset, refuse, redirect, say when to come again, never end
their answer, or want no more; addresses that may not be called; two daemons, a kill, a crowd of notices.
"""

import pathlib
import subprocess
import time

import pytest

from district import FAR, HOME, District, do, instant
from hooks import free_port, log, receiver, register, settled, shown, tried  # noqa: F401: fixtures
from receiver import Receiver, answer

LOOSE = {"webhooks_allow": "127.0.0.0/8", "webhooks_plain_http": "yes", "webhooks_timeout": "500ms",
         "webhooks_connect_timeout": "300ms"}


@pytest.fixture
def district():
    made = District(**LOOSE)
    yield made
    made.stop()


@pytest.mark.parametrize("said, status, error", [
    (Receiver.HANG, None, "timed out"),
    (Receiver.RESET, None, "reset"),
    (answer(500), 500, None),
    (answer(502), 502, None),
    (answer(429), 429, None),
    (answer(408), 408, None),
    (b"nonsense\r\n\r\n", None, "HTTP/0.9"),
], ids=["hang", "reset", "500", "502", "429", "408", "nonsense"])
def test_tried_again(district, receiver, register, said, status, error):
    there = receiver(lambda post: said if len(there.posts) == 1 else answer())
    made = register(there, kinds=["assigned"])
    district.submit()
    one = tried(district, made)
    assert one["state"] == "waiting" and one["attempts"][0]["status"] == status
    assert error is None or error in one["attempts"][0]["error"]
    district.clock.move(seconds=5)
    done = settled(district, made, "delivered")[0]
    assert [a["status"] for a in done["attempts"]] == [status, 200]
    assert len({post.id for post in there.posts}) == 1


def test_nobody_listens(district, register):
    made = register(f"http://127.0.0.1:{free_port()}/")
    district.submit()
    one = tried(district, made)
    assert one["attempts"][0]["status"] is None
    assert "connect" in one["attempts"][0]["error"]


@pytest.mark.parametrize("status", [300, 301, 302, 307, 400, 401, 403, 404, 413, 422])
def test_given_up_at_once(district, receiver, register, status):
    """What a second try cannot change; and no redirect is followed."""
    other = receiver()
    there = receiver(lambda post: answer(status, {"Location": other.url}))
    made = register(there, kinds=["assigned"])
    district.submit()
    assert settled(district, made, "given_up")[0]["attempts"][0]["status"] == status
    assert other.connections == 0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_delivered_is_2xx(district, receiver, register, status):
    made = register(receiver(lambda post: answer(status)), kinds=["assigned"])
    district.submit()
    assert settled(district, made, "delivered")[0]["attempts"][0]["status"] == status


@pytest.mark.parametrize("later", ["600", "Mon, 02 Mar 2026 01:10:00 GMT"], ids=["seconds", "date"])
def test_retry_after_is_honoured(district, receiver, register, later):
    there = receiver(lambda post: answer(200 if len(there.posts) > 1 and "msg" in post.id and len(
        [p for p in there.posts if p.id == post.id]) > 1 else 429, {"Retry-After": later}))
    made = register(there, kinds=["assigned"])
    district.submit()
    tried(district, made)
    district.clock.move(seconds=599)
    test = district.admin.post(f"/v1/webhooks/{made['id']}/test").json
    district.daemon.wait_for(lambda: any(p.id == f"msg_{test['id']}" for p in there.posts))
    assert len(log(district, made)[-1]["attempts"]) == 1
    district.clock.move(seconds=2)
    assert len(settled(district, made, "delivered")[0]["attempts"]) == 2


def test_an_answer_without_end(district, receiver, register):
    """No more of it is read than the limit; the status had come, so it is delivered."""
    there, other = receiver(lambda post: Receiver.ENDLESS), receiver()
    made, good = register(there, kinds=["assigned"]), register(other)
    district.submit()
    one = settled(district, made, "delivered")[0]
    assert "too long" in one["attempts"][0]["error"]
    settled(district, good, "delivered", 2)


def test_410_disables(district, receiver, register):
    there = receiver(lambda post: answer(410))
    made = register(there)
    sent = district.submit()
    district.daemon.wait_for(lambda: shown(district, made)["state"] == "disabled")
    assert "410" in shown(district, made)["reason"]
    district.daemon.wait_log(r"event=webhook_disabled")
    assert any(made["id"] in text for text in district.admin.get("/readyz").json["warnings"])
    district.daemon.wait_for(lambda: len(log(district, made, state="given_up")) == 2)
    do(district.unit("heat"), sent["tasks"][0]["id"], "sign")  # kept for a replay, not sent
    settled(district, made, "given_up", 3)
    assert len(there.posts) == 1
    path = f"/v1/webhooks/{made['id']}"
    assert district.admin.post(f"{path}/replay", {"from": "2026-01-01T00:00:00Z",
                                                  "to": "2027-01-01T00:00:00Z"}).status == 409
    there.reply = lambda post: answer()
    assert district.admin.patch(path, {"name": "noch einmal"}).json["state"] == "disabled"
    back = district.admin.patch(path, {"state": "active"}).json
    assert (back["state"], back["reason"], back["failing_since"]) == ("active", None, None)
    done = district.admin.post(f"{path}/replay", {"from": "2026-03-02T00:00:00+08:00",
                                                  "to": "2026-03-03T00:00:00+08:00"})
    assert done.json == {"replayed": 3}
    settled(district, made, "delivered", 3)
    assert [p.json["data"]["seq"] for p in there.posts[1:]] == [1, 2, 3]  # in order again


def test_days_of_failure_disable(district, receiver, register):
    there = receiver(lambda post: answer(500))
    made = register(there, kinds=["assigned"])
    district.submit()
    tried(district, made)
    since = shown(district, made)["failing_since"]
    assert instant(since) == instant("2026-03-02T09:00:00+08:00")
    district.clock.move(days=4, hours=23)
    tried(district, made, 2)
    assert shown(district, made)["state"] == "active"
    there.reply = lambda post: answer()
    district.clock.move(hours=23)  # a success in time wipes it out
    settled(district, made, "delivered")
    assert shown(district, made)["failing_since"] is None
    there.reply = lambda post: answer(500)
    district.submit()
    district.daemon.wait_for(lambda: shown(district, made)["failing_since"])
    district.clock.move(days=5)
    district.daemon.wait_for(lambda: shown(district, made)["state"] == "disabled")
    assert log(district, made, state="waiting") == []


def test_a_pause_keeps_what_comes(district, receiver, register):
    there = receiver()
    made = register(there)
    path = f"/v1/webhooks/{made['id']}"
    assert district.admin.patch(path, {"state": "paused"}).status == 200
    district.submit()
    assert len(settled(district, made, "waiting", 2)) == 2
    test = district.admin.post(f"{path}/test").json  # goes all the same
    district.daemon.wait_for(lambda: [p.id for p in there.posts] == [f"msg_{test['id']}"])
    district.admin.patch(path, {"state": "active"})
    settled(district, made, "delivered", 3)


class TestForbidden:
    """With nothing opened, as it is by default."""

    @pytest.fixture(scope="class")
    def district(self):
        made = District(webhooks_plain_http="yes", webhooks_timeout="2s")
        yield made
        made.stop()

    @pytest.mark.parametrize("host", [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "1", "[::1%25lo]"])
    def test_literal_addresses(self, district, register, host):
        refused = register(f"http://{host}:8080/x", status=422)
        assert [item["pointer"] for item in refused["errors"]] == ["/url"]

    @pytest.mark.parametrize("url", [
        "ftp://example.com/", "https://", "//example.com/", "example.com", "https://user@example.com/",
        "https://example.com/#x", "https://exa mple.com/", "https://example.com:0/", "https://例.cn/",
        "https://example.com:99999/", "https://[::1", "file:///etc/passwd", "https://a..b/", "https://-a/",
        "https://" + "a" * 3000])
    def test_what_is_no_address(self, district, register, url):
        refused = register(url, status=422)
        assert {item["pointer"] for item in refused["errors"]} == {"/url"}

    def test_a_name_that_means_loopback(self, district, receiver, register):
        there = receiver()
        made = register(f"http://localhost:{there.port}/", kinds=["assigned"])
        sent = district.submit()
        one = settled(district, made, "given_up")[0]
        assert "may be called" in one["attempts"][0]["error"] and there.connections == 0
        assert one["no"] == sent["no"]

    def test_https_only_unless_it_is_opened(self):
        strict = District()
        try:
            for url in ("http://example.com/", "HTTP://example.com/"):
                refused = strict.admin.post("/v1/webhooks", {"name": "x", "url": url, "areas": ["14"]})
                assert refused.status == 422 and refused.pointers == ["/url"]
        finally:
            strict.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate that nobody has signed, for 127.0.0.1, and its key."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "3650", "-subj", "/CN=receiver", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", str(file) + ".crt"],
                   check=True, capture_output=True)
    file.write_text(file.read_text() + pathlib.Path(str(file) + ".crt").read_text())
    return str(file)


@pytest.mark.parametrize("trusted", [True, False])
def test_certificates_are_checked(certificate, trusted):
    more = {"webhooks_ca_file": certificate + ".crt"} if trusted else {}
    district = District(webhooks_allow="127.0.0.0/8", webhooks_timeout="5s", **more)
    there = Receiver(tls=certificate)
    try:
        made = district.admin.post("/v1/webhooks", {"name": "x", "url": there.url, "areas": ["1402"],
                                                    "kinds": ["assigned"]}).json
        district.submit()
        one = tried(district, made)
        assert one["state"] == ("delivered" if trusted else "waiting")
        assert len(there.posts) == trusted
        assert trusted or "certificate" in one["attempts"][0]["error"]
    finally:
        there.close()
        district.stop()


def test_a_dead_receiver_delays_nobody(receiver):
    """10,000 notices, one of two receivers hangs: the other has all of them, in order, while moves go on."""
    district = District(**{**LOOSE, "webhooks_timeout": "5s"})
    try:
        dead, good = receiver(lambda post: Receiver.HANG), receiver()
        hooks = [district.admin.post("/v1/webhooks", {"name": "x", "url": one.url, "areas": ["1402"]}).json
                 for one in (dead, good)]
        batch = {"tickets": [{"kind": "help", "category": "09", "area": HOME, "title": "t", "content": "c"}] *
                 500}
        begun = time.monotonic()
        for _ in range(10):
            assert district.operator.post("/v1/tickets/batch", batch).status == 207
        taken = time.monotonic() - begun
        district.daemon.wait_for(lambda: len(good.posts) >= 10000, 120)
        assert dead.most_open <= 8 and len(dead.posts) < 1000
        seen = {}
        for post in good.posts:
            data = post.json["data"]
            assert data["seq"] == seen.get(data["no"], 0) + 1
            seen[data["no"]] = data["seq"]
        assert len(seen) == 5000 and set(seen.values()) == {2} and len({p.id for p in good.posts}) == 10000
        print(f"5,000 tickets in {taken:.1f} s, 10,000 notices after {time.monotonic() - begun:.1f} s")
        metrics = district.admin.get("/metrics").body.decode()
        assert f'whistled_webhook_outcomes_total{{webhook="{hooks[1]["id"]}",outcome="delivered"}}' in metrics
        assert f'whistled_webhook_queue_age_seconds{{webhook="{hooks[0]["id"]}"}}' in metrics
    finally:
        district.stop()


def test_many_that_hang_leave_half_of_the_calls_to_the_rest(receiver):
    district = District(**{**LOOSE, "webhooks_timeout": "3min", "webhooks_in_flight": 4})
    try:
        dead, good = [receiver(lambda post: Receiver.HANG) for _ in range(8)], receiver()
        fail = lambda post: answer(500)  # noqa: E731
        for one in dead:
            one.reply = fail
            district.admin.post("/v1/webhooks", {"name": "x", "url": one.url, "areas": ["1402"]})
        district.submit()  # by now it is known that they fail
        district.daemon.wait_for(lambda: all(one.posts for one in dead))
        district.daemon.wait_for(lambda: district.daemon.psql(
            "SELECT count(*) FROM webhook WHERE failing_since IS NOT NULL") == [["8"]])
        for one in dead:
            one.reply = lambda post: Receiver.HANG
        district.admin.post("/v1/webhooks", {"name": "x", "url": good.url, "areas": ["1402"]})
        for _ in range(20):
            district.submit()
        district.daemon.wait_for(lambda: len(good.posts) == 40, 60)  # no hanging call ends that soon
        assert sum(len(one.posts) for one in dead) <= 8 + 2
    finally:
        for one in dead:
            one.close()
        district.stop()


def test_an_end_waits_for_what_is_under_way(district, receiver, register):
    there = receiver(lambda post: time.sleep(0.3) or answer())
    made = register(there, kinds=["assigned"])
    district.submit()
    district.daemon.wait_for(lambda: there.posts)
    district.daemon.process.terminate()
    assert district.daemon.process.wait(20) == 0
    district.daemon.start()
    assert [one["state"] for one in log(district, made)] == ["delivered"]
    assert len(there.posts) == 1


def test_a_kill_in_the_middle(district, receiver, register):
    """Nothing is lost, and at most what was under way is sent twice."""
    there = receiver()
    made = register(there)
    slow = lambda post: time.sleep(0.02) or answer()  # noqa: E731
    there.reply = slow
    numbers = {district.submit(area=FAR, category="06")["no"] for _ in range(100)}
    district.daemon.wait_for(lambda: len(there.posts) > 20)
    district.daemon.kill()
    before = len(there.posts)
    district.daemon.start()
    assert before < 200
    district.clock.move(seconds=40)  # the leases run out
    district.daemon.wait_for(lambda: len({post.id for post in there.posts}) == 200, 60)
    assert {post.json["data"]["no"] for post in there.posts} == numbers
    assert len(there.posts) <= 200 + 8
    settled(district, made, "delivered", 200)


def test_two_daemons_share_the_work(district, receiver, register):
    there = receiver(lambda post: time.sleep(0.01) or answer())
    made = register(there)
    second = district.beside()
    operators = [district.operator, district.client("operator", daemon=second)]
    numbers = {operators[i % 2].post("/v1/tickets", {
        "kind": "help", "category": "09", "area": HOME, "title": "t", "content": "c"}).json["no"]
        for i in range(200)}
    district.daemon.wait_for(lambda: len(there.posts) >= 400, 60)
    settled(district, made, "delivered", 400)
    assert len(there.posts) == 400 and len({post.id for post in there.posts}) == 400
    seen = {}
    for post in there.posts:
        assert post.json["data"]["seq"] == seen.get(post.json["data"]["no"], 0) + 1
        seen[post.json["data"]["no"]] = post.json["data"]["seq"]
    assert set(seen) == numbers
    tries = [int(line.rsplit(" ", 1)[1]) for one in (district.daemon, second)
             for line in one.admin.get("/metrics").body.decode().splitlines()
             if line.startswith("whistled_webhook_attempts_total{")]
    assert sum(tries) == 400
