"""Held polls and the feed (spec 10): woken at once, here and elsewhere; nothing stepped over."""

import contextlib
import http.client
import signal
import socket
import subprocess
import threading
import time

import pytest

from daemon import conninfo
from district import (FAR, HOME, District, at_once, district, do, follow, read_feed,
                      ticket)

WAIT = {"Prefer": "wait=20"}


class Held:
    """A request that waits in a thread."""

    def __init__(self, daemon, client, path, headers=None, method="GET", body=None):
        before = polls(daemon)
        self.answer, self.began = None, time.monotonic()
        self.thread = threading.Thread(target=self._ask, daemon=True,
                                       args=(client, method, path, body, headers or WAIT))
        self.thread.start()
        daemon.wait_for(lambda: self.answer or polls(daemon) > before, 10)

    def _ask(self, client, method, path, body, headers):
        self.answer = client.ask(method, path, body, headers)
        self.took = time.monotonic() - self.began

    def end(self, seconds=10):
        self.thread.join(seconds)
        assert self.answer is not None, "it is still held"
        return self.answer


def polls(daemon):
    client = daemon.client()
    text = client.get("/metrics").body.decode()
    client.close()
    return int(float(next(line.split()[1] for line in text.splitlines()
                          if line.startswith("whistled_polls_held "))))


@pytest.fixture(params=["this daemon", "another daemon"])
def where(request, district):
    return district.daemon if request.param == "this daemon" else district.beside()



@pytest.fixture(autouse=True)
def nothing_left(district):
    yield
    for row in district.daemon.psql("SELECT no FROM ticket WHERE final_state IS NULL"):
        do(district.dispatcher, row[0], "cancel", {"reason": "测试结束"})


# ---- tasks ----

def test_answers_at_once_if_there_is_one(district):
    made = district.submit(category="08")
    held = Held(district.daemon, district.client("unit", unit="law"), "/v1/tasks?state=assigned")
    answer = held.end()
    assert [one["no"] for one in answer.json["items"]] == [made["no"]] and held.took < 5


@pytest.mark.parametrize("role,scope", [("unit", {"unit": "law"}), ("org", {"org": "po-law"}),
                                        ("dispatcher", {}), ("supervisor", {})])
def test_woken_by_a_ticket(district, where, role, scope):
    client = district.client(role, where, **scope)
    held = Held(where, client, "/v1/tasks?unit=law&state=assigned")
    assert held.answer is None
    start = time.monotonic()
    made = district.submit(category="08")
    answer = held.end()
    assert time.monotonic() - start < 3  # about a second, with the sanitizers' slowness
    assert answer.status == 200 and [one["no"] for one in answer.json["items"]] == [made["no"]]
    assert "Preference-Applied" in answer.headers


def test_not_woken_by_what_is_not_its_own(district):
    held = Held(district.daemon, district.client("unit", unit="law"),
                "/v1/tasks?state=assigned", {"Prefer": "wait=2"})
    other = Held(district.daemon, district.client("unit", unit="school"),
                 "/v1/tasks?state=assigned", {"Prefer": "wait=2"})
    district.submit(category="03.01")
    for one in (held, other):
        answer = one.end()
        assert answer.status == 200 and answer.json == {"items": [], "next": None}
        assert one.took >= 1.9


def test_none_match_is_woken_when_the_list_differs(district, where):
    made = district.submit(category="08")
    client = district.client("unit", where, unit="law")
    where.wait_for(lambda: client.get("/v1/tasks").json["items"])
    first = client.get("/v1/tasks")
    assert first.etag
    same = client.get("/v1/tasks", headers={"If-None-Match": first.etag})
    assert same.status == 304 and same.body == b""
    held = Held(where, client, "/v1/tasks", {**WAIT, "If-None-Match": first.etag})
    assert held.answer is None
    do(district.supervisor, made["tasks"][0]["id"], "note", {"text": "快些"})
    answer = held.end()
    assert answer.status == 200 and answer.etag != first.etag
    assert answer.json["items"][0]["version"] > first.json["items"][0]["version"]
    # also when it gets shorter
    held = Held(where, client, "/v1/tasks?state=assigned", {
        **WAIT, "If-None-Match": client.get("/v1/tasks?state=assigned").etag})
    do(district.operator, made["no"], "cancel", {"reason": "撤回"})
    assert held.end().json["items"] == []


def test_none_match_in_vain_is_304(district):
    district.submit(category="08")
    client = district.client("unit", unit="law")
    etag = client.get("/v1/tasks").etag
    held = Held(district.daemon, client, "/v1/tasks",
                {"Prefer": "wait=1", "If-None-Match": etag})
    answer = held.end()
    assert answer.status == 304 and answer.body == b"" and answer.etag == etag
    assert held.took >= 0.9


def test_odd_preferences_hold_nothing(district):
    client = district.client("unit", unit="school")
    assert client.get("/v1/tasks", headers={"Prefer": "wait=0"}).json["items"] == []
    for odd in ("wait", "wait=x", "wait=-1", "return=minimal", "wait=1x", ","):
        assert client.get("/v1/tasks", headers={"Prefer": odd}).status in (200, 400), odd


def test_hang_up_frees_the_poll(district):
    before = polls(district.daemon)
    key = district.client("unit", unit="school").key
    held = []
    for _ in range(20):
        line = socket.create_connection(("127.0.0.1", district.daemon.port))
        line.sendall(f"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                     "Prefer: wait=60\r\n\r\n".encode())
        held.append(line)
    district.daemon.wait_for(lambda: polls(district.daemon) == before + 20)
    for line in held:
        line.close()
    district.daemon.wait_for(lambda: polls(district.daemon) == before)
    made = district.submit(category="04")
    assert [one["no"] for one in district.unit("school").items("/v1/tasks?state=assigned")] == \
        [made["no"]]


# ---- the feed ----

def test_feed_in_order_and_resumable(district):
    reader = district.client("supervisor")
    start = follow(reader).next
    made = [district.submit(category="08") for _ in range(5)]
    for one in made:
        do(district.unit("law"), one["tasks"][0]["id"], "sign")
    whole = follow(reader, start)
    assert {one["no"] for one in whole} == {one["no"] for one in made}
    for one in made:
        assert [event["seq"] for event in whole if event["no"] == one["no"]] == [1, 2, 3]
    # page by page it is the same
    single, after = [], start
    while True:
        page = reader.get(f"/v1/events?after={after}&limit=1").json
        assert page["next"] is not None
        if not page["items"]:
            break
        assert len(page["items"]) == 1
        single += page["items"]
        after = page["next"]
    assert single == list(whole)
    for event in whole:
        assert set(event) >= {"id", "no", "task", "seq", "move", "at", "by", "from", "to", "data"}


def test_feed_next_is_never_null(district):
    for client in (district.client("unit", unit="cafe"), district.client("org", org="po-joint")):
        page = client.get("/v1/events").json
        assert page["items"] == [] and page["next"]
        again = client.get(f"/v1/events?after={page['next']}").json
        assert again["items"] == [] and again["next"]


def test_feed_is_woken(district, where):
    reader = district.client("unit", where, unit="law")
    after = follow(reader).next
    held = Held(where, reader, f"/v1/events?after={after}")
    made = district.submit(category="08")
    answer = held.end()
    assert [one["no"] for one in answer.json["items"]] == [made["no"]]
    quiet = Held(where, reader, f"/v1/events?after={answer.json['next']}", {"Prefer": "wait=1"})
    answer = quiet.end()
    assert answer.status == 200 and answer.json["items"] == [] and answer.json["next"]


def test_feed_by_scope(district):
    law, local = district.client("unit", unit="law"), district.client("supervisor", areas=[FAR])
    at = {client: follow(client).next for client in (law, local)}
    mine = district.submit(category="08", area=FAR)
    other = district.submit(category="01.01", area=HOME)
    assert {one["no"] for one in follow(law, at[law])} == {mine["no"]}
    assert {one["no"] for one in follow(local, at[local])} == {mine["no"]}
    assert {one["move"] for one in follow(law, at[law])} == {"dispatch"}
    assert other["no"] not in str(follow(local, at[local]))


@pytest.mark.parametrize("instances", [1, 2])
def test_a_reader_that_follows_misses_nothing(district, instances):
    """Writers commit in another order than they began; a reader reads all the time."""
    daemons = [district.daemon, district.beside()][:instances]
    reader = district.client("supervisor", daemons[-1])
    after, seen, done = follow(reader).next, [], threading.Event()

    def read():
        nonlocal after
        quiet = 0
        while quiet < 3:
            page = reader.get(f"/v1/events?after={after}&limit=7").json
            seen.extend(page["items"])
            after = page["next"]
            quiet = quiet + 1 if done.is_set() and not page["items"] else 0
    thread = threading.Thread(target=read)
    thread.start()

    def write(index):
        operator = district.client("operator", daemons[index % instances])
        law = district.client("unit", daemons[index % instances], unit="law")
        numbers = []
        for _ in range(8):
            made = district.submit(operator, category="08")
            do(law, made["tasks"][0]["id"], "sign")
            numbers.append(made["no"])
        return numbers
    numbers = at_once([lambda i=index: write(i) for index in range(8)])
    done.set()
    thread.join(30)
    assert all(isinstance(one, list) for one in numbers), numbers
    for no in (no for mine in numbers for no in mine):
        assert [one["seq"] for one in seen if one["no"] == no] == [1, 2, 3], no


def test_feed_cursors_made_up(district):
    for after in ("x", "0", "%00", "A" * 3000, "..", "eyJhIjoxfQ"):
        answer = district.supervisor.get(f"/v1/events?after={after}")
        assert answer.status in (400, 414, 422, 431), (after, answer)


# ---- the end ----

def test_sigterm_answers_held_polls_and_exits_0():
    own = District()
    daemon = own.daemon
    clients = [own.client("unit", unit=code) for code in ("law", "school", "heat")]
    helds = [Held(daemon, client, "/v1/tasks") for client in clients]
    helds.append(Held(daemon, own.client("supervisor"),
                      f"/v1/events?after={follow(own.supervisor).next}"))
    helds.append(Held(daemon, own.client("unit", unit="law"), "/v1/claims", method="POST",
                      body={"unit": "law"}))
    daemon.process.send_signal(signal.SIGTERM)
    for held in helds:
        answer = held.end()
        assert answer.status == 200 and answer.json["items"] == []
    assert daemon.process.wait(10) == 0
    own.stop()


def test_sigterm_while_tickets_come():
    """Those answered with 201 are there afterwards; the others were refused."""
    own = District()
    daemon, numbers, stop = own.daemon, [], threading.Event()
    clients = [own.client("operator") for _ in range(8)]

    def write(client):
        while not stop.is_set():
            try:
                answer = client.post("/v1/tickets", ticket())
            except (OSError, http.client.HTTPException):
                return
            if answer.status != 201:
                return
            numbers.append(answer.json["no"])
    threads = [threading.Thread(target=write, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    daemon.wait_for(lambda: len(numbers) > 40)
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(30) == 0
    stop.set()
    for thread in threads:
        thread.join(10)
    stored = {row[0] for row in daemon.psql("SELECT no FROM ticket")}
    assert set(numbers) <= stored
    own.stop()


@contextlib.contextmanager
def open_transaction(database):
    """A transaction with a number of its own, held open in a database of the cluster."""
    with subprocess.Popen(["psql", "-X", "-q", "-A", "-t", f"{conninfo()} dbname={database}"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        session.stdin.write("BEGIN;\nSELECT pg_current_xact_id();\n")
        session.stdin.flush()
        assert session.stdout.readline().strip().isdigit()
        yield
        session.stdin.close()


@pytest.mark.parametrize("elsewhere", [True, False])
def test_feed_waits_for_open_transactions_of_its_own_database(district, elsewhere):
    """Transaction numbers are the whole cluster's: one that is open here might still write an event
    below those already there, one in another database cannot."""
    reader = district.client("supervisor")
    start = follow(reader).next

    def shown():
        return {event["no"] for event in read_feed(reader, start)}
    with open_transaction("postgres" if elsewhere else district.daemon.database):
        made = district.submit(category="08")["no"]
        if elsewhere:
            district.daemon.wait_for(lambda: made in shown(), 5)
        else:
            assert made not in shown()
    district.daemon.wait_for(lambda: made in shown(), 5)
