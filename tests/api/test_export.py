"""Exports: lists as CSV that streams. What a line says is reckoned here from the list's JSON."""

import csv
import http.client
import io
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time

import pytest

from daemon import ROOT
from district import (CITY, DISTRICT, HOME, NEXT_DOOR, STREET, STREET_2, FAR, District, do, ticket)

CTL = os.environ.get("WHISTLECTL", str(ROOT / "build" / "whistlectl"))
MANY, LARGE = 3000, 6000  # tickets; signs of each one's content: more than all buffers on the way
KINDS = {"tickets": "/v1/tickets", "tasks": "/v1/tasks", "overdue": "/v1/overdue",
         "due": "/v1/due?within=30d", "shortages": "/v1/shortages"}
SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
NASTY = SIGNS + list('",;\'| a1\\') + ["暖", "\ufeff", "\u2028", "😀", "\r\n", "=cmd|' /C calc'!A0"]


@pytest.fixture(scope="module")
def district():
    """With little of freed memory kept by the sanitizer, so that memory can be measured."""
    kept = os.environ.get("ASAN_OPTIONS", "")
    os.environ["ASAN_OPTIONS"] = kept + ":quarantine_size_mb=4:thread_local_quarantine_size_kb=64"
    made = District()
    yield made
    made.stop()
    os.environ["ASAN_OPTIONS"] = kept


def submit_all(district, tickets):
    for i in range(0, len(tickets), 500):
        done = district.operator.post("/v1/tickets/batch", {"tickets": tickets[i:i + 500]})
        assert done.status == 207, done
        assert all(one["status"] == 201 for one in done.json["results"])


@pytest.fixture(scope="module")
def many(district):
    """Thousands of large tickets in the second street."""
    submit_all(district, [ticket(area=FAR, category="02.01", title=f"噪音 {i}",
                                 content=f"{i} " + "吵" * LARGE) for i in range(MANY)])


def read_csv(body):
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))


def export(client, kind, query="", **more):
    """The lines as dicts."""
    done = client.get(f"/v1/export/{kind}{query}", **more)
    assert done.status == 200, done
    assert done.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(rf'attachment; filename="{kind}-\d{{4}}-\d\d-\d\d\.csv"',
                        done.headers["Content-Disposition"])
    names, *lines = read_csv(done.body)
    assert all(len(line) == len(names) for line in lines)
    return [dict(zip(names, line)) for line in lines]


def look_up(value, path):
    """The value of a column: members with dots between, lists with semicolons."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(look_up(one, path) for one in value)
    if path:
        return look_up(value.get(path[0]), path[1:])
    return value if isinstance(value, str) else json.dumps(value)


def cell(item, name):
    value = look_up(item, name.split("."))
    harmless = not value.lstrip(" ").startswith(tuple(SIGNS)) or re.fullmatch(r"-[\d.]+", value)
    return value if harmless else "'" + value


def check(client, kind, query=""):
    """An export says what the list says; returns its lines."""
    path = KINDS[kind].split("?")[0] + query
    lines = export(client, kind, query)
    items = client.items(path)
    if kind == "shortages":
        items.sort(key=lambda item: (item["category"], item["area"], item["need"]))
    assert len(lines) == len(items)
    for line, item in zip(lines, items):
        assert line == {name: cell(item, name) for name in line}
    return lines


# What it says

def test_all_pages_equal_the_list(district, many):
    lines = check(district.supervisor, "tickets")
    assert len(lines) >= MANY and len({line["no"] for line in lines}) == len(lines)
    tasks = check(district.dispatcher, "tasks")
    assert len(tasks) >= MANY and tasks[0]["origin.kind"] == "ticket"
    assert {"title", "content", "needs.kind", "route.unit.code", "tasks.state"} <= set(lines[0])
    assert not any("petitioner" in name or "receipt" in name for name in lines[0])


def test_every_export_equals_its_list(district, many):
    made = [district.submit(area=HOME, category="01.01.01", urgency="critical",
                            needs=[{"kind": "venue", "quantity": 2}, {"kind": "health"}],
                            accused={"name": "某公司"}, tags=["a;b", "c"], lon=-1.5, lat=-2,
                            petitioner={"name": "王五", "phone": "13812345678"}),
            district.submit(area=NEXT_DOOR, category="09")]
    lines = check(district.supervisor, "tickets", f"?area={STREET}")
    line = next(line for line in lines if line["no"] == made[0]["no"])
    assert (line["lon"], line["lat"]) == ("-1.5", "-2")
    assert line["needs.kind"] == "venue;health" and line["needs.quantity"] == "2;1"
    assert line["tags"] == "a;b;c" and line["accused.name"] == "某公司"
    assert check(district.supervisor, "shortages")
    assert len(check(district.supervisor, "due", "?within=30d")) >= MANY
    district.clock.move(hours=3)
    district.daemon.wait_for(
        lambda: "resolve" in district.show(made[0]["no"])["tasks"][0]["overdue"])
    assert check(district.supervisor, "overdue", "?stage=resolve")
    assert len(check(district.supervisor, "overdue")) >= MANY  # nobody has signed
    for kind in KINDS:
        body = district.supervisor.get(f"/v1/export/{kind}").body
        assert b"13812345678" not in body and "王五".encode() not in body


def test_filters_are_those_of_the_list(district, many):
    one = district.submit(area=HOME, title="只此一件")
    assert [line["no"] for line in check(district.supervisor, "tickets", "?q=只此一件")] == \
        [one["no"]]
    assert check(district.supervisor, "tickets", "?state=closed") == []
    assert len(check(district.supervisor, "tickets", "?category=02&state=dispatched")) == MANY
    task = one["tasks"][0]["id"]
    do(district.unit("heat"), task, "sign")
    assert task in {line["id"] for line in check(district.dispatcher, "tasks", "?state=signed")}
    for bad in ("limit=5", "cursor=x", "state=flown", "from=yesterday", "fly=1"):
        assert district.supervisor.get(f"/v1/export/tickets?{bad}").status == 400
    assert district.supervisor.get("/v1/export/keys").status == 404
    assert district.supervisor.post("/v1/export/tickets").status == 405


def test_scope_is_that_of_the_list(district, many):
    district.submit(area=HOME)
    here = district.client("supervisor", areas=[STREET])
    there = district.client("dispatcher", areas=[STREET_2])
    for kind in ("tickets", "tasks"):
        assert {line["area"] for line in check(here, kind)} <= {HOME, NEXT_DOOR}
        assert {line["area"] for line in check(there, kind)} == {FAR}
    assert {line["area"] for line in check(here, "overdue")} <= {HOME, NEXT_DOOR}
    assert export(district.client("supervisor", areas=["140214"]), "tickets") == []


def test_roles(district):
    one = district.submit(area=HOME)["tasks"][0]
    who = {"operator": district.operator, "unit": district.unit(one["unit"]),
           "org": district.org("al-1"), "admin": district.admin}
    for client in who.values():
        assert all(client.get(f"/v1/export/{kind}").status == 403 for kind in KINDS)
    allowed = {kind for kind in KINDS if district.dispatcher.get(f"/v1/export/{kind}").status == 200}
    assert allowed == {"tickets", "tasks"}
    assert district.daemon.client().get("/v1/export/tickets").status == 401


def test_no_cell_is_a_formula(district):
    """Whatever citizens write arrives in Python's reader as it was, but for the apostrophe."""
    dice = random.Random(12345)

    def text(most):
        made = "".join(dice.choice(NASTY) for _ in range(dice.randint(1, most)))
        return made if made.strip() else "x" + made
    sent = [ticket(area=HOME, category="06", title=text(12), content=text(60), address=text(8),
                   tags=[text(4)]) for _ in range(300)]
    sent += [ticket(area=HOME, category="06", title=sign + "1+1") for sign in SIGNS + [" =", "'="]]
    submit_all(district, sent)
    lines = check(district.supervisor, "tickets", "?category=06")
    titles = {line["title"] for line in lines}
    assert {"'=1+1", "'＝1+1", "' =1+1", "'=1+1", "'\t1+1", "'@1+1"} <= titles
    for line in lines:
        for name, value in line.items():
            assert not value.lstrip(" ").startswith(tuple(SIGNS)) or name in ("lon", "lat"), line


# How it comes

def connect(port, small=False):
    sock = socket.socket()
    if small:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    sock.settimeout(60)
    sock.connect(("127.0.0.1", port))
    return sock


def ask(client, path, method="GET", version="1.1", port=None, small=False):
    """A socket that has asked and read nothing."""
    sock = connect(port or client.port, small)
    sock.sendall(f"{method} {path} HTTP/{version}\r\nHost: x\r\n"
                 f"Authorization: Bearer {client.key}\r\n\r\n".encode())
    return sock


def answer_of(sock, method="GET"):
    reply = http.client.HTTPResponse(sock, method=method)
    reply.begin()
    assert reply.status == 200
    return reply


def metric(district, name):
    text = district.daemon.client().get("/metrics").body.decode()
    return int(re.search(rf"^{name} (\d+)", text, re.M)[1])


def memory(daemon, what):
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.M)[1])


def test_chunks_and_a_connection_that_goes_on(district, many):
    client = district.client("supervisor")
    first = client.get("/v1/export/tickets")
    assert first.headers["Transfer-Encoding"] == "chunked" and first.headers["X-Request-Id"]
    assert first.headers["Content-Length"] is None
    kept = client.connection
    assert client.get("/v1/tickets?limit=1").status == 200
    assert client.get("/v1/export/tickets?state=closed").status == 200
    assert client.get("/v1/export/tickets?state=flown").status == 400
    assert client.connection is kept and kept is not None


def test_head_says_the_same_without_lines(district, many):
    client = district.client("supervisor")
    head = client.ask("HEAD", "/v1/export/tickets")
    assert head.status == 200 and head.body == b""
    assert head.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert head.headers["Content-Disposition"] and head.headers["Transfer-Encoding"] == "chunked"
    kept = client.connection
    assert client.get("/v1/tickets?limit=1").status == 200 and client.connection is kept
    assert client.ask("HEAD", "/v1/overdue").status == 200


def test_old_protocol_ends_with_the_connection(district, many):
    new = district.supervisor.get("/v1/export/tasks").body
    sock = ask(district.supervisor, "/v1/export/tasks", version="1.0")
    reply = answer_of(sock)
    assert reply.headers["Transfer-Encoding"] is None and reply.headers["Connection"] == "close"
    assert reply.read() == new
    sock.close()


def test_a_slow_reader_costs_no_memory(district, many):
    """The whole is some 50 MB; while a client reads nothing, the daemon holds a page or two."""
    daemon = district.daemon
    before = memory(daemon, "VmRSS")
    pathlib.Path(f"/proc/{daemon.process.pid}/clear_refs").write_text("5", encoding="ascii")
    readers = [ask(district.supervisor, "/v1/export/tickets", small=True) for _ in range(4)]
    daemon.wait_for(lambda: metric(district, "whistled_requests_in_flight") >= 4)
    began = time.monotonic()
    assert district.operator.post("/v1/tickets", ticket(area=HOME)).status == 201
    assert time.monotonic() - began < 5  # nobody else waits for them
    sizes = []
    for sock in readers:  # the others stand still meanwhile
        reply, size = answer_of(sock), 0
        while part := reply.read(1 << 20):
            size += len(part)
        sizes.append(size)
        sock.close()
    assert min(sizes) > MANY * LARGE * 3 and max(sizes) - min(sizes) < LARGE * 30
    peak = memory(daemon, "VmHWM") - before
    print(f"peak {peak} kB above {before} kB")
    assert peak < 60_000


def test_a_client_that_leaves_ends_it(district, many):
    daemon = district.daemon
    for _ in range(3):
        for close_at in (0, 1, 200_000):
            sock = ask(district.supervisor, "/v1/export/tickets", small=True)
            while close_at > 0:
                close_at -= len(sock.recv(close_at))
            sock.close()
    daemon.wait_for(lambda: metric(district, "whistled_requests_in_flight") <= 1)
    daemon.wait_log(r"event=answer_cut .*the client left")


def test_too_many_at_a_time(district, many):
    readers = [ask(district.supervisor, "/v1/export/tickets", small=True) for _ in range(16)]
    for sock in readers:
        assert sock.recv(1) == b"H"
    refused = district.supervisor.get("/v1/export/tickets")
    assert refused.status == 503 and int(refused.headers["Retry-After"]) > 0
    for sock in readers:
        sock.close()
    district.daemon.wait_for(
        lambda: district.supervisor.get("/v1/export/tickets?state=closed").status == 200)


def cut_in_the_middle(district, version, cut, daemon=None):
    """Reads a little, lets `cut` happen, reads on; the client must notice."""
    client = district.client("supervisor")
    if daemon is not None:
        client.port = daemon.port
    sock = ask(client, "/v1/export/tickets", version=version, small=True)
    reply = answer_of(sock)
    assert len(reply.read(100_000)) == 100_000
    cut()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        reply.read()
    sock.close()


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_a_failure_in_the_middle_is_noticed(district, many, version):
    """The key is revoked: the next page is refused, which can only be told by breaking off."""
    def revoke():
        key = district.keys.pop(("supervisor", ()))
        number = max((int(one["id"]) for one in district.admin.items("/v1/keys")
                      if one["role"] == "supervisor" and one["areas"] == [CITY]), default=0)
        assert key and district.admin.delete(f"/v1/keys/{number}").status == 204
    district.kept.clear()
    district.keys.pop(("supervisor", ()), None)
    cut_in_the_middle(district, version, revoke)
    district.daemon.wait_log(r"event=answer_cut .*not known|event=answer_cut .*revoked")
    assert district.supervisor.get("/v1/tickets").status == 200


def test_a_kill_in_the_middle_is_noticed(district, many):
    beside = district.beside()
    cut_in_the_middle(district, "1.1", beside.kill, beside)
    beside.start()
    assert export(district.client("supervisor", beside), "tickets", "?state=closed") == []


def test_sigterm_finishes_what_runs(district, many):
    beside = district.beside()
    client = district.client("supervisor", beside)
    sock = ask(client, "/v1/export/tickets", small=True)
    reply = answer_of(sock)
    begin = reply.read(100_000)
    beside.process.send_signal(signal.SIGTERM)
    beside.wait_log("event=draining")
    body = begin + reply.read()
    assert len(read_csv(body)) > MANY
    sock.close()
    assert beside.process.wait(30) == 0
    beside.start()


# whistlectl

def ctl(district, *words):
    env = {"PATH": os.environ["PATH"], "WHISTLED_KEY": district.supervisor.key,
           "WHISTLED_URL": f"http://127.0.0.1:{district.daemon.port}"}
    return subprocess.run([CTL, *map(str, words)], env=env, capture_output=True, timeout=120,
                          check=False)


def test_whistlectl_writes_it(district, many, tmp_path):
    wanted = district.supervisor.get("/v1/export/tickets?category=02").body
    done = ctl(district, "export", "tickets", "--category", "02")
    assert (done.returncode, done.stdout) == (0, wanted)
    file = tmp_path / "out.csv"
    done = ctl(district, "export", "tickets", "--category=02", "--out", file)
    assert (done.returncode, done.stdout) == (0, b"") and file.read_bytes() == wanted
    assert ctl(district, "export", "keys").returncode == 4
