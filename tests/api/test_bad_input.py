"""Bad input: a clear problem with the right status, the daemon goes on, nothing half-written. After
each test a good request is served and the database holds only what was answered with 201."""

import json
import pathlib
import socket
import struct

import pytest

from district import DISTRICT, OTHER_DISTRICT, at_once, district, ticket

JSON = {"Content-Type": "application/json"}
WHOLE = """SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM task),
                  (SELECT count(*) FROM event), (SELECT count(*) FROM registry),
                  (SELECT count(*) FROM api_key), (SELECT count(*) FROM external_number),
                  (SELECT coalesce(sum(taken), 0) FROM capacity)"""


def elsewhere(district):
    return district.client("dispatcher", areas=[OTHER_DISTRICT])


@pytest.fixture(scope="module")
def counts(district):
    """What the database holds, brought up to date after each test."""
    for key in (district.operator, district.supervisor, district.dispatcher, district.admin,
                district.unit("heat"), district.unit("law"), district.org("al-2"), elsewhere(district)):
        assert key.key
    return look(district)


def look(district):
    return [int(one) for one in district.daemon.psql(WHOLE)[0]]


@pytest.fixture(autouse=True)
def goes_on(district, counts):
    """Whatever a test does: nothing is written, and the next good request is served."""
    yield
    assert district.daemon.process.poll() is None, district.daemon.log[-30:]
    no = district.submit()["no"]
    assert district.show(no)["state"] == "dispatched"
    good = [1, 1, 2, 0, 0, 0, 1]  # what that ticket brought: itself, a task, two events, a resource
    found, counts[:] = [one + more for one, more in zip(counts, good)], look(district)
    assert counts == found


def raw(district, data, wait=10, half_close=False):
    """Sends bytes; all that comes back until the daemon closes or answers."""
    with socket.create_connection(("127.0.0.1", district.daemon.port), timeout=wait) as line:
        try:
            line.sendall(data)
            if half_close:
                line.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered already
        got = b""
        try:
            while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) == 0:
                piece = line.recv(65536)
                if not piece:
                    break
                got += piece
        except (ConnectionResetError, socket.timeout):
            pass
        return got


def status_of(got):
    return int(got.split(b" ", 2)[1]) if got.startswith(b"HTTP/1.1 ") else None


def request(district, line="POST /v1/tickets HTTP/1.1", headers=(), body=b"", key=None):
    lines = [line, "Host: localhost", f"Authorization: Bearer {key or district.operator.key}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("utf-8", "surrogateescape") + body


def post(district, body, path="/v1/tickets", client=None):
    return (client or district.operator).ask("POST", path, body, JSON)


def text(**fields):
    return json.dumps(ticket(**fields), ensure_ascii=False).encode()


# ---- bodies ----

NOT_JSON = [
    b"", b" ", b"{", b"}", b"{]", b"nul", b"{'kind':1}", b'{"kind":}', b'{"kind" "help"}',
    b'{"kind":"help",}', b'{"a":1}{"b":2}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}',
    b'{"a":1e}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":0x10}', b'{"a":"\n"}', b'{"a":"\t"}',
    b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a":"', b'[1,2', b"// x\n{}", b'{"a":1}\x00',
    b"\xef\xbb\xbf{", b'{"a":tru}', b"\x00", b"PK\x03\x04", b"<ticket/>",
]


@pytest.mark.parametrize("body", NOT_JSON, ids=lambda one: repr(one)[:30])
def test_not_json(district, body):
    for path in ("/v1/tickets", "/v1/tickets/batch", "/v1/route", "/v1/deadlines", "/v1/callers"):
        done = post(district, body, path)
        assert done.status == 400, (path, done)
        assert done.json["status"] == 400 and done.json["title"] and done.json["request_id"]
        assert done.json["request_id"] == done.headers["X-Request-Id"]


@pytest.mark.parametrize("body", [b"1", b'"x"', b"null", b"true", b"[]", b"-1e5"])
def test_json_but_no_object(district, body):
    assert post(district, body).status in (400, 422)
    assert post(district, body, "/v1/tickets/batch").status in (400, 422)


@pytest.mark.parametrize("bad", [
    b"\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3", b"\xe4\xb8",
    b"\x80", b"\xf8\x88\x80\x80\x80", b"\\ud800", b"\\udc00", b"\\ud800\\ud800", b"\\udc00\\ud800",
    b"\\u0000", b"\x00", b"\\ud83dx"])
def test_bad_text(district, bad):
    """Bad UTF-8, lone surrogates, NUL: refused, in values and in names."""
    done = post(district, text(title="T@T").replace(b"@", bad))
    assert done.status in (400, 422), done
    if done.json.get("errors"):
        assert done.pointers == ["/title"]
    done = post(district, text(**{"x@": 1}).replace(b"@", bad))
    assert done.status in (400, 422), done
    done = post(district, text(tags=["ok", "x@"]).replace(b"@", bad))
    assert done.status in (400, 422), done


def test_good_text_that_looks_odd(district):
    """Astral characters, escaped pairs, names that look like control: taken. (Undone by hand, since
    here nothing may be written.)"""
    done = post(district, text(title="\U0001f600\u202e\ufeff").replace(b"/v1", b"/v1"),
                "/v1/route", district.dispatcher)
    assert done.status == 200
    done = post(district, text(title="@").replace(b"@", b"\\ud83d\\ude00"), "/v1/route")
    assert done.status == 200


@pytest.mark.parametrize("body,pointer", [
    (b'{"kind":"help","kind":"help"}', "/kind"), (b'{"needs":[{"kind":"duty","kind":"duty"}]}',
                                                  "/needs/0/kind"),
    (b'{"petitioner":{"phone":"1","\\u0070hone":"2"}}', "/petitioner/phone")])
def test_duplicate_names(district, body, pointer):
    done = post(district, body)
    assert done.status in (400, 422), done
    [named] = done.pointers  # a name with escapes may be known by its object only
    assert named == pointer or b"\\u" in body and pointer.startswith(named), done


@pytest.mark.parametrize("opening,closing", [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("depth", [33, 100, 10_000, 100_000])
def test_deep_nesting(district, opening, closing, depth):
    if depth * len(opening) > 250_000:
        depth = 40_000
    for body in (opening * depth, opening * depth + b"1" + closing * depth):
        done = post(district, body)
        assert done.status in (400, 413, 422), done
    inner = opening * depth + b"1" + closing * depth
    done = post(district, text(tags="@").replace(b'"@"', inner))
    assert done.status in (400, 413, 422), done


@pytest.mark.parametrize("field", sorted(ticket(
    source="s", external_no="n", urgency="normal", address="a", lon=1, lat=1, channel="phone",
    occurred_at="2026-03-01T00:00:00Z", petitioner={}, accused={}, needs=[], unit="heat", tags=[],
    then="triage", public_answer="x")))
def test_wrong_types(district, field):
    for value in (1, 1.5, -1, True, "", "x", [], [1], [[]], {}, {"a": 1}, 10**17):
        sent = ticket(source="s", **{"then": "triage"})
        sent[field] = value
        done = post(district, json.dumps(sent).encode(), "/v1/route", district.dispatcher)
        assert done.status in (200, 400, 422), (value, done)
        if done.status != 200:
            assert all(one.startswith(f"/{field}") or (field == "lon" and one == "/lat")
                       or (field == "lat" and one == "/lon") for one in done.pointers), (value, done)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 400, "1e-400", "0." + "1" * 400,
                                    "99999999999999999999", "-0", "1E5"])
def test_odd_numbers(district, number):
    body = text(lon=1, lat=1, needs=[{"kind": "duty", "quantity": 7777}])
    for old in (b'"lon": 1', b"7777"):
        done = post(district, body.replace(old, old.split(b" ")[0] + b" " + number.encode()
                                           if b" " in old else number.encode()),
                    "/v1/route", district.dispatcher)
        assert done.status in (200, 400, 422), (number, done)


@pytest.mark.parametrize("instant", [
    "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-32T00:00:00Z",
    "2026-01-01T24:00:01Z", "2026-01-01T12:60:00Z", "2026-01-01T12:00:00", "2026-01-01", "now", "",
    "2026-01-01T12:00:00+24:00", "2026-01-01T12:00:00+08", "20260101T120000Z",
    "2026-01-01T12:00:00Z ", "-2026-01-01T12:00:00Z", "99999-01-01T00:00:00Z",
    "2026-01-01T12:00:00.Z", "２０２６-01-01T12:00:00Z"])
def test_instants_that_do_not_exist(district, instant):
    done = post(district, text(occurred_at=instant))
    assert done.status == 422 and done.pointers == ["/occurred_at"], done


def test_dates_that_do_not_exist(district):
    row = {"unit": "law", "kind": "duty", "title": "x", "categories": ["08"], "areas": [DISTRICT]}
    for day in ("2026-02-29", "2026-2-1", "2026-13-01", "x", "", 20260101, "2026-01-01T00:00:00Z"):
        done = district.admin.put("/v1/resources/r-bad", {**row, "valid_from": day})
        assert done.status == 422 and done.pointers == ["/valid_from"], (day, done)


@pytest.mark.parametrize("size", [256 * 1024 + 1, 1_000_000, 40_000_000])
def test_too_large(district, size):
    """Told by Content-Length, it is refused before it is sent; sent all the same, it is not kept."""
    head = request(district, headers=["Content-Type: application/json", f"Content-Length: {size}"])
    got = raw(district, head)
    assert status_of(got) == 413 and b"application/problem+json" in got
    got = raw(district, head + b" " * min(size, 2_000_000))
    assert status_of(got) in (413, None)
    if size > 32 * 1024 * 1024:
        head = request(district, "POST /v1/tickets/batch HTTP/1.1",
                       ["Content-Type: application/json", f"Content-Length: {size}"])
        assert status_of(raw(district, head)) == 413


def test_too_large_in_chunks(district):
    head = request(district, headers=["Content-Type: application/json", "Transfer-Encoding: chunked"])
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    got = raw(district, head + chunk * 20)
    assert status_of(got) in (413, 411, None)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "text/csv", "multipart/form-data",
                                  "application/x-www-form-urlencoded", "json", "",
                                  "application/json2"])
def test_other_media(district, kind):
    done = district.operator.ask("POST", "/v1/tickets", text(), {"Content-Type": kind})
    assert done.status in (400, 415), done
    done = district.admin.ask("POST", "/v1/import/areas", b"code,name,level\n",
                              {"Content-Type": "application/json"})
    assert done.status == 415


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8",
                                  "Application/JSON;charset=UTF-8"])
def test_json_media(district, kind):
    done = district.dispatcher.ask("POST", "/v1/route", text(), {"Content-Type": kind})
    assert done.status == 200


# ---- codes, ids, cursors, queries ----

WEIRD = ["x", "%00", "%", "%zz", "%ff%fe", "..%2f..", "%2e%2e", "' OR 1=1 --", "x" * 5000, "%E4%B8%AD",
         "9" * 40, "-1", "0", "1e9", "{}", "null", "%0d%0aX-Bad: 1", "a b", "\u4e2d"]


def quoted(value):
    return value.replace(" ", "%20").replace("'", "%27").encode().decode("latin-1")


@pytest.mark.parametrize("weird", WEIRD, ids=lambda one: one[:12])
def test_ids_made_up(district, weird):
    value = quoted(weird)
    paths = [f"/v1/tickets/{value}", f"/v1/tickets/{value}/events", f"/v1/tasks/{value}",
             f"/v1/tickets/{value}/identity?purpose=x", f"/v1/tasks/{value}/deadlines",
             f"/v1/areas/{value}", f"/v1/units/{value}", f"/v1/keys/{value}"]
    for path in paths:
        for client in (district.supervisor, district.admin):
            got = raw(district, f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.key}"
                                "\r\nConnection: close\r\n\r\n".encode("latin-1"))
            assert status_of(got) in (400, 403, 404, 414, 431), (path, got[:300])
            assert b"X-Bad" not in got.split(b"\r\n\r\n")[0]


@pytest.mark.parametrize("weird", WEIRD + ["", "AAAA", "eyJ0IjoxfQ==", "A" * 200],
                         ids=lambda one: one[:12])
def test_cursors_made_up(district, weird):
    value = quoted(weird)
    for path in ("/v1/tickets", "/v1/tasks", "/v1/overdue", "/v1/due", "/v1/areas", "/v1/units"):
        got = raw(district, f"GET {path}?cursor={value} HTTP/1.1\r\nHost: x\r\nAuthorization: "
                            f"Bearer {district.supervisor.key}\r\nConnection: close\r\n\r\n"
                            .encode("latin-1"))
        status = status_of(got)
        assert status in (400, 414, 422, 431) or (weird == "" and status == 200), (path, got[:300])


def test_a_cursor_of_another_list(district):
    page = district.supervisor.get("/v1/tickets?limit=1").json
    if page["next"] is None:
        return
    for path in ("/v1/tasks", "/v1/overdue", "/v1/areas", "/v1/events"):
        name = "after" if path == "/v1/events" else "cursor"
        done = district.supervisor.get(f"{path}?{name}={page['next']}")
        assert done.status in (400, 422), (path, done)
    changed = ("B" if page["next"][0] == "A" else "A") + page["next"][1:]
    assert district.supervisor.get(f"/v1/tickets?cursor={changed}").status in (200, 400, 422)


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=99999999999",
                                   "limit=", "state=sleeping", "state=,", "from=yesterday",
                                   "to=2026-02-30", "colour=red", "limit=1&limit=2", "%ff=1", "=1",
                                   "q=%00"])
def test_queries(district, query):
    done = district.supervisor.get(f"/v1/tickets?{query}")
    assert done.status in (400, 422) or (query == "limit=99999999999" and done.status == 200) \
        or (query in ("state=,", "limit=1&limit=2") and done.status == 200), done


def test_ids_of_others(district):
    """What is out of a key's reach is not found, whatever is asked of it."""
    made = district.daemon.psql("SELECT no, ticket_id FROM ticket LIMIT 1")
    if not made:
        return
    no, task = made[0][0], f"{made[0][1]}-1"
    for client in (district.unit("law"), district.org("al-2"), elsewhere(district)):
        assert client.get(f"/v1/tickets/{no}").status == 404
        assert client.get(f"/v1/tickets/{no}/events").status == 404
        assert client.get(f"/v1/tasks/{task}").status == 404
        assert client.post(f"/v1/tasks/{task}/note", {"text": "x"}).status == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text":1}', b'{"text":"x","y":1}',
                                  b'{"text":"\xff"}', b'{"text":"x","text":"y"}', b"{}" * 100])
def test_bodies_of_moves(district, body):
    made = district.daemon.psql("SELECT no, ticket_id FROM ticket LIMIT 1")
    if not made:
        return
    for path in (f"/v1/tickets/{made[0][0]}/note", f"/v1/tasks/{made[0][1]}-1/note"):
        done = post(district, body, path, district.dispatcher)
        assert done.status in (400, 422), (path, done)


@pytest.mark.parametrize("body", [{}, {"role": "king", "name": "x"}, {"role": "unit", "name": "x"},
                                  {"role": "operator", "name": "x"}, {"role": "org", "name": "x"},
                                  {"role": "unit", "name": "x", "unit": "nobody"},
                                  {"role": "operator", "name": "x", "areas": ["999999"]},
                                  {"role": "operator", "name": "x", "areas": "140213"},
                                  {"role": "admin", "name": "x", "expires_at": "soon"}])
def test_bodies_of_keys(district, body):
    assert district.admin.post("/v1/keys", body).status == 422


# ---- below HTTP ----

@pytest.mark.parametrize("data,statuses", [
    (b"\r\n\r\n\r\n", {400, None}), (b"GET\r\n\r\n", {400, None}), (b"\x16\x03\x01\x02\x00", {400, None}),
    (b"GET / HTTP/9.9\r\n\r\n", {400, 404, 505, None}), (b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
                                                        {400, 404, 405, 501}),
    (b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {400, None}),
    (b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", {400, None}),
    (b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
     {400, 401, None}),
    (b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
     b"0\r\n\r\n", {400, 401, None}),
    (b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
     {400, 401, 411, None}),
    (b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"ffffffffffffffff1\r\n{}\r\n", {400, 401, 411, 413, None}),
    (b"GET /livez HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n", {200, 400}),
    (b"GET /livez HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n", {200, 400}),
    (b"GET /livez HTTP/1.1\r\nHost: x\r\nX: \x00\x01\xff\r\n\r\n", {200, 400}),
    (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 414, 431, None}),
], ids=range(15))
def test_no_http(district, data, statuses):
    assert status_of(raw(district, data, wait=3, half_close=True)) in statuses


@pytest.mark.parametrize("headers", [
    b"X-Big: " + b"a" * 100_000_000, b"X-Many: 1\r\n" * 10_000_000], ids=["one", "many"])
def test_100_mb_of_headers(district, headers):
    got = raw(district, b"GET /livez HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n")
    assert status_of(got) in (400, 431, None)
    # nothing of it is kept
    memory = pathlib.Path(f"/proc/{district.daemon.process.pid}/statm").read_text(encoding="ascii")
    assert int(memory.split()[1]) * 4096 < 600_000_000


def test_connections_that_stop_in_the_middle(district):
    head = request(district, headers=["Content-Type: application/json", "Content-Length: 1000"])
    whole = head + text()
    lines = []
    for size in (1, 10, len(head) - 2, len(head), len(head) + 5, len(whole) - 1):
        line = socket.create_connection(("127.0.0.1", district.daemon.port))
        line.sendall(whole[:size])
        lines.append(line)
    assert district.daemon.client().get("/livez").status == 200
    for index, line in enumerate(lines):
        if index % 2:  # a reset instead of a close
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()


def test_many_bad_requests_on_one_connection(district):
    """Pipelined: each gets its answer, in order."""
    good = request(district, "GET /livez HTTP/1.1")
    bad = request(district, "GET /v1/nothing HTTP/1.1")
    last = request(district, "GET /livez HTTP/1.1", ["Connection: close"])
    with socket.create_connection(("127.0.0.1", district.daemon.port), timeout=10) as line:
        line.sendall((good + bad) * 5 + last)
        got = b""
        while piece := line.recv(65536):
            got += piece
    statuses = [int(part[:3]) for part in got.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404] * 5 + [200]


@pytest.mark.parametrize("key", ["", "x", "Basic abc", "x" * 20_000, "\u4e2d\u6587", "a b c"])
def test_keys_made_up(district, key):
    got = raw(district, f"GET /v1/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                        "Connection: close\r\n\r\n".encode())
    assert status_of(got) in (400, 401, 431), got[:200]


def test_methods_and_paths(district):
    done = district.admin.ask("PATCH", "/v1/tickets")
    assert done.status == 405 and set(done.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}
    for path in ("/", "/v1", "/v1/", "/v1/tickets/", "//v1/tickets", "/v2/tickets", "/v1/Tickets",
                 "/v1/tickets/../keys"):
        assert district.admin.get(path).status in (400, 404, 405), path
    got = raw(district, request(district, "HEAD /livez HTTP/1.1", ["Connection: close"]))
    assert status_of(got) in (200, 405)


@pytest.mark.parametrize("name,value", [("If-Match", '"'), ("If-Match", "x" * 5000),
                                        ("If-None-Match", "x"), ("Prefer", "wait=1, " * 500),
                                        ("Idempotency-Key", "\u00e9" * 10), ("traceparent", "x"),
                                        ("traceparent", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"),
                                        ("X-Request-Id", "a\tb"), ("Accept", "image/png")])
def test_odd_headers(district, name, value):
    done = district.dispatcher.ask("POST", "/v1/route", text(), {
        **JSON, name: value.encode("latin-1", "replace").decode("latin-1")})
    assert done.status in (200, 400, 406, 412, 431), done


def test_a_storm_of_all_kinds(district):
    """Twenty clients at once, each with another fault."""
    bodies = [body for body in NOT_JSON if body][:20]
    clients = [district.client("operator") for _ in bodies]
    done = at_once([lambda c=c, b=b: [post(district, b, client=c).status for _ in range(10)]
                    for c, b in zip(clients, bodies)])
    assert all(one == [400] * 10 for one in done), done


def test_import_of_garbage(district):
    for body in (b"\x00\x01", b"code,name\n\xff\xfe,x\n", b'code,name,level\n"140299,x', b"code\n" * 3,
                 b"code,name,level\n140299,\"a\nb", b",,,\n", b"code,code\n1,2\n",
                 b"code,name,level\n999999999999999,x,city\n", b"x" * 100_000):
        done = district.admin.ask("POST", "/v1/import/areas", body, {"Content-Type": "text/csv"})
        assert done.status in (400, 422), (body[:40], done)
    assert district.admin.ask("POST", "/v1/import/nothing", b"code\n",
                              {"Content-Type": "text/csv"}).status == 404
