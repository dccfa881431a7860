"""whistlectl against a fake server: command lines, tables, exit codes, tries, and the key.

The program is $WHISTLECTL, else build/whistlectl.
"""

import json
import os
import pathlib
import pty
import re
import select
import stat
import subprocess
import time
import unicodedata

import pytest

from fake_server import FakeServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WHISTLECTL", str(ROOT / "build" / "whistlectl"))
KEY = "wk_SECRETSECRETSECRET"

pytestmark = pytest.mark.skipif(not os.path.exists(PROGRAM), reason="whistlectl is not built")


@pytest.fixture
def server():
    fake = FakeServer()
    yield fake
    fake.stop()


@pytest.fixture
def run(server, tmp_path):
    """Runs whistlectl with the fake server's URL; the key never shows in what it writes."""

    def call(*words, stdin=None, env=None, url=server.url, check_key=True):
        values = {"PATH": os.environ["PATH"], "WHISTLED_KEY": KEY, "WHISTLED_URL": url,
                  "COLUMNS": "100", "LC_ALL": "C", **(env or {})}
        result = subprocess.run([PROGRAM, *map(str, words)], input=stdin, env=values, cwd=tmp_path,
                                capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert "Sanitizer" not in result.stderr, result.stderr
        assert not check_key or KEY not in result.stdout + result.stderr
        return result

    return call


def ticket(no="140213202511230000017", **more):
    return {
        "id": "1", "no": no, "state": "dispatched", "version": 1,
        "received_at": "2025-11-23T09:00:00+08:00",
        "route": {
            "basis": "inventory", "level": "district", "score": 0.91,
            "unit": {"code": "heat-east", "name": "东城热力"},
            "org": {"code": "po-heat", "name": "东城热力党支部", "kind": "branch"},
            "resource": {"code": "rs-1", "title": "集中供热受理", "kind": "duty"},
            "candidates": [
                {"unit": {"code": "heat-east", "name": "东城热力"}, "org": {"code": "po-heat"},
                 "resource": {"code": "rs-1", "title": "集中供热受理"}, "score": 0.91,
                 "terms": {"category": 1.0, "area": 0.75, "load": 0.5}},
                {"unit": {"code": "heat-west", "name": "西城热力"}, "org": None, "resource": None,
                 "score": 0.4, "terms": {"category": 0.5, "area": 0.25, "load": 1}},
            ],
        },
        "tasks": [{"id": "1-1", "state": "assigned", "unit": "heat-east", "org": "po-heat",
                   "resolve_due": "2025-11-28T17:30:00+08:00"}],
        **more,
    }


def columns(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else
               0 if unicodedata.combining(sign) else 1 for sign in text)


TICKET = {"kind": "help", "category": "01.01.01", "area": "140213053002", "title": "暖气不热",
          "content": "室温只有14度"}
PROBLEM = {"type": "/problems/invalid", "title": "Invalid content", "status": 422,
           "detail": "two faults", "request_id": "req-9",
           "errors": [{"pointer": "/category", "detail": "unknown code"},
                      {"pointer": "/area", "detail": "missing"}]}


# Command lines

@pytest.mark.parametrize("words, part", [
    ([], "a command is missing"),
    (["fly"], "unknown command fly"),
    (["--fly"], "unknown option --fly"),
    (["poll", "--fly"], "unknown option --fly"),
    (["poll", "-u", "x"], "unknown option -u"),
    (["poll", "--unit"], "--unit needs a value"),
    (["poll", "--unit", "a", "--unit", "b"], "once only"),
    (["poll", "--json=yes"], "takes no value"),
    (["poll", "--wait", "61"], "--wait: not a whole number from 0 to 60"),
    (["poll", "--wait", "5x"], "--wait"),
    (["show"], "an argument is missing"),
    (["show", "1", "2"], "too many arguments"),
    (["sign"], "usage: whistlectl sign TASK"),
    (["sign", "12345"], "no move for a ticket"),
    (["reply", "1-1", "--solved", "maybe"], "--solved maybe"),
    (["move", "unit", "1", "sign"], "neither ticket nor task"),
    (["move", "task", "1-1", "../../keys"], "cannot be the name"),
    (["move", "task", "1-1", "sign", "--data", "[]"], "--data"),
    (["move", "task", "1-1", "sign", "--field", "a"], "NAME=VALUE"),
    (["move", "task", "1-1", "sign", "--field", "a:=nothing"], "NAME=VALUE"),
    (["deadlines", "--from", "2025-11-23T09:00:00+08:00"], "--span"),
    (["deadlines", "--from", "x", "--span", "5"], "5:working_day"),
    (["get", "persons"], "areas orgs units"),
    (["key", "create"], "--role and --name"),
    (["key", "steal"], "unknown command key"),
    (["help", "fly"], "unknown command fly"),
    (["submit", "no-such-file"], "No such file"),
    (["import", "units", "no-such-file"], "No such file"),
    (["--key-file", "no-such-file", "overdue"], "No such file"),
    (["--url", "file:///etc/passwd", "overdue"], "http://"),
    (["--timeout", "0", "overdue"], "--timeout"),
])
def test_wrong_usage_is_told_and_nothing_is_sent(run, server, words, part):
    result = run(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("whistlectl: ") and part in result.stderr
    assert server.asked == []


def test_help_is_made_from_the_tables(run):
    text = run("--help").stdout
    for word in ["submit", "key create", "--key-file", "return/approve", "WHISTLED_KEY_FILE",
                 "Exit codes"]:
        assert word in text
    assert run("help").stdout == text
    one = run("help", "reply").stdout
    assert one == run("reply", "--help").stdout
    assert "--public-answer" in one and "--claim" in one
    assert "--expires" in run("help", "key", "create").stdout
    assert re.match(r"whistlectl \d+\.\d+\.\d+\n", run("version").stdout)


def test_every_command_has_help(run):
    listed = run("--help").stdout.split("Commands\n")[1].split("\nOptions")[0]
    names = re.findall(r"^  (\S+(?: \w+)?)  ", listed, re.M)
    assert len(names) > 30
    for name in names:
        result = run("help", *name.split())
        assert result.returncode == 0 and f"usage: whistlectl {name} " in result.stdout


# The key

def test_the_key_comes_from_file_or_environment(run, server, tmp_path):
    file = tmp_path / "key"
    file.write_text("wk_fromfile\n")
    run("overdue", "--key-file", file)
    run("overdue")
    run("overdue", env={"WHISTLED_KEY": "", "WHISTLED_KEY_FILE": str(file)})
    sent = [asked.headers["Authorization"] for asked in server.asked]
    assert sent == ["Bearer wk_fromfile", f"Bearer {KEY}", "Bearer wk_fromfile"]


def test_a_key_with_strange_characters_is_not_sent(run, server, tmp_path):
    result = run("overdue", env={"WHISTLED_KEY": "abc\r\nX-Evil: 1"})
    assert result.returncode == 2 and "Evil" not in result.stderr
    file = tmp_path / "empty"
    file.write_text(" \n")
    assert run("overdue", "--key-file", file).returncode == 2
    assert server.asked == []


def test_without_a_key_401_says_how_to_give_one(run, server):
    server.replies = [(401, {"title": "No valid key", "status": 401})]
    result = run("overdue", env={"WHISTLED_KEY": ""})
    assert result.returncode == 1 and "Authorization" not in server.asked[0].headers
    assert "401 No valid key" in result.stderr and "--key-file" in result.stderr


def test_a_proxy_for_others_does_not_get_the_key(run, server):
    assert run("overdue", env={"http_proxy": "http://127.0.0.1:1"}).returncode == 0
    assert len(server.asked) == 1


def test_a_redirect_is_not_followed(run, server):
    server.replies = [(307, b"", {"Location": "http://127.0.0.1:1/"})]
    run("overdue")
    assert len(server.asked) == 1


def test_key_create_writes_a_private_file(run, server, tmp_path):
    server.replies = [(201, {"id": "7", "role": "unit", "name": "热力", "key": "wk_new"})]
    out = tmp_path / "unit.key"
    result = run("key", "create", "--role", "unit", "--name", "热力", "--unit", "heat-east",
                 "--out", out)
    assert result.returncode == 0 and "wk_new" not in result.stdout + result.stderr
    assert out.read_text() == "wk_new\n" and stat.S_IMODE(out.stat().st_mode) == 0o600
    assert server.asked[0].json() == {"role": "unit", "name": "热力", "unit": "heat-east"}
    assert "Idempotency-Key" not in server.asked[0].headers
    again = run("key", "create", "--role", "unit", "--name", "x", "--out", out)
    assert again.returncode == 2 and "File exists" in again.stderr and len(server.asked) == 1


def test_key_create_refused_leaves_no_file(run, server, tmp_path):
    server.replies = [(422, PROBLEM)]
    out = tmp_path / "unit.key"
    assert run("key", "create", "--role", "unit", "--name", "x", "--out", out).returncode == 1
    assert not out.exists()


def test_key_create_shows_the_key_once_and_is_never_repeated(run, server):
    server.replies = [(201, {"id": "7", "key": "wk_new"})]
    result = run("key", "create", "--role", "operator", "--name", "x", "--area", "14",
                 "--area", "15", "--expires", "2026-01-01T00:00:00+08:00")
    assert "key\twk_new\n" in result.stdout
    assert server.asked[0].json() == {"role": "operator", "name": "x", "areas": ["14", "15"],
                                      "expires_at": "2026-01-01T00:00:00+08:00"}
    server.asked.clear()
    server.replies = [None]
    assert run("key", "create", "--role", "admin", "--name", "x").returncode == 3
    assert len(server.asked) == 1


# Submitting and trying again

def test_submit_one_ticket(run, server, tmp_path):
    server.replies = [(201, ticket())]
    text = json.dumps(TICKET, ensure_ascii=False, indent=1)
    (tmp_path / "t.json").write_text(text, encoding="utf-8")
    result = run("submit", "t.json")
    assert result.returncode == 0
    assert result.stdout == ("1\t140213202511230000017\tdispatched\tinventory\theat-east\tpo-heat\t"
                             "2025-11-28T17:30:00+08:00\n")
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v1/tickets")
    assert asked.body.decode() == text  # as written, byte for byte
    assert asked.headers["Content-Type"] == "application/json"
    assert len(asked.headers["Idempotency-Key"]) >= 20


def test_submit_tries_again_with_the_same_idempotency_key(run, server):
    busy = (503, {"title": "Unavailable for the moment", "status": 503}, {"Retry-After": "1"})
    server.replies = [None, busy, (201, ticket())]
    begun = time.monotonic()
    result = run("submit", "-", stdin=json.dumps(TICKET))
    assert result.returncode == 0 and "14021320251123" in result.stdout
    assert result.stderr.count("trying again") == 2
    keys = {asked.headers["Idempotency-Key"] for asked in server.asked}
    assert len(server.asked) == 3 and len(keys) == 1
    assert time.monotonic() - begun > 1.0  # Retry-After was heeded


def test_two_submissions_have_two_idempotency_keys(run, server):
    server.replies = [(201, ticket())]
    for _ in range(2):
        run("submit", "-", stdin=json.dumps(TICKET))
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 2


def test_tries_are_bounded(run, server):
    server.replies = [(503, {"title": "Unavailable for the moment", "status": 503})]
    result = run("--retries", "2", "--quiet", "submit", "-", stdin=json.dumps(TICKET))
    assert result.returncode == 3 and len(server.asked) == 3
    assert result.stderr == ("whistlectl: 503 Unavailable for the moment (request id req-7)\n")


def test_a_server_that_is_away(run):
    result = run("--retries", "1", "overdue", url="http://127.0.0.1:1")
    assert result.returncode == 3 and "cannot reach http://127.0.0.1:1" in result.stderr


def test_what_is_refused_is_not_tried_again(run, server):
    server.replies = [(422, PROBLEM)]
    result = run("submit", "-", stdin=json.dumps(TICKET))
    assert result.returncode == 1 and len(server.asked) == 1 and result.stdout == ""
    assert result.stderr.splitlines() == [
        "whistlectl: 422 Invalid content: /category: unknown code (request id req-9)",
        "whistlectl: 422 Invalid content: /area: missing (request id req-9)",
    ]


def batch(asked):
    return 207, {"results": [{"status": 201, "ticket": ticket(sent["title"])}
                             for sent in asked.json()["tickets"]]}


@pytest.mark.parametrize("form", ["lines", "array", "pretty"])
def test_submit_many_in_batches(run, server, form):
    server.replies = [batch]
    tickets = [{**TICKET, "title": f"t{i} \"[{{,\\"} for i in range(1203)]
    stdin = {"lines": "\n".join(map(json.dumps, tickets)) + "\n",
             "array": json.dumps(tickets),
             "pretty": "\ufeff" + json.dumps(tickets, indent=2)}[form]
    result = run("submit", "-", stdin=stdin)
    assert result.returncode == 0 and result.stderr == ""
    sizes = [len(asked.json()["tickets"]) for asked in server.asked]
    assert sizes == [500, 500, 203]
    assert {asked.path for asked in server.asked} == {"/v1/tickets/batch"}
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 3
    lines = result.stdout.splitlines()
    assert len(lines) == 1203 and lines[1202].startswith('1203\tt1202 "[{,\\\t')


def test_a_bad_ticket_of_a_batch_is_named_by_its_line(run, server):
    server.replies = [(207, {"results": [{"status": 201, "ticket": ticket()},
                                         {"status": 422, "problem": PROBLEM}]})]
    result = run("submit", "-", stdin=json.dumps(TICKET) + "\n\n" + json.dumps(TICKET))
    assert result.returncode == 1 and len(result.stdout.splitlines()) == 1
    assert "whistlectl: -: ticket 2, line 3: 422 Invalid content: /category: unknown code" in \
        result.stderr


@pytest.mark.parametrize("text, part", [
    ("", "no JSON object"), ("[]", "no JSON object"), ("[", "has no end"), ("\0", "object 1"), ('{"a":1}\n{"a":}', "object 2, line 2"),
    ('{"a":1', "object 1, line 1"), ('[{"a":1}', "has no end"), ('[{"a":1}] {}', "behind the end"),
    ('{"a":1,"a":2}', "duplicate"), ("17", "object 1"), ('{"a":"\\ud800"}', "object 1"),
])
def test_a_file_that_is_not_json_is_not_sent(run, server, text, part):
    result = run("submit", "-", stdin=text)
    assert result.returncode == 2 and part in result.stderr and server.asked == []


def test_submit_full_shows_the_terms(run, server):
    server.replies = [(201, ticket())]
    result = run("--table", "submit", "--full", "-", stdin=json.dumps(TICKET))
    assert re.search(r"score +category +area +load\n", result.stdout)
    assert re.search(r"1  heat-east 东城热力 .*0\.91 +1\.00  0\.75  0\.50\n", result.stdout)


def test_route(run, server):
    server.replies = [(200, {"route": ticket()["route"]})]
    result = run("route", "-", stdin=json.dumps(TICKET))
    assert server.asked[0].path == "/v1/route"
    assert result.stdout.splitlines()[0].startswith("1\tinventory\tdistrict\t0.91\theat-east\t")
    assert "\t1\theat-east\tpo-heat\trs-1\t0.91\t1\t0.75\t0.5" in result.stdout


# Tables

def overdue(**more):
    return {"no": "140213202511230000017", "task": "1-1", "unit": "heat-east", "org": "po-heat",
            "stage": "resolve", "due": "2025-11-23T09:00:00+08:00", "overdue_seconds": 97500,
            "level": "district", "category": "01.01.01", "area": "140213053002",
            "title": "暖气不热", **more}


def test_columns_are_aligned_by_display_width(run, server):
    titles = ["暖气不热", "no heat", "ＨＥＡＴ　全角", "e\u0301tage", "半ｶﾅ"]
    tickets = [ticket(state=title, title="x") for title in titles]
    server.replies = [(200, {"items": tickets, "next": None})]
    lines = run("--table", "tickets").stdout.splitlines()
    places = {columns(line[:re.search(r"(2025-11-23 09:00|received)", line).start()])
              for line in lines}
    assert len(lines) == 6 and len(places) == 1


@pytest.mark.parametrize("width", [60, 90, 131, 400])
def test_long_cells_are_cut_to_the_terminal(run, server, width):
    server.replies = [(200, {"items": [overdue(title="暖气不热" * 60)], "next": None})]
    lines = run("--table", "overdue", env={"COLUMNS": str(width)}).stdout.splitlines()
    fixed = columns(lines[0]) - len("title")
    assert columns(lines[1]) <= max(width, fixed + 8) and lines[1].endswith("…")
    assert re.search(r" 2025-11-23 09:00 +1d 3h ", lines[1])


def test_programs_get_tabs_and_full_values(run, server):
    server.replies = [(200, {"items": [overdue(title="a\tb\nc" + "d" * 300)], "next": None})]
    assert run("overdue").stdout == (
        "140213202511230000017\t1-1\tresolve\t2025-11-23T09:00:00+08:00\t97500\theat-east\tpo-heat"
        "\tdistrict\t01.01.01\t140213053002\ta b c" + "d" * 300 + "\n")


def test_a_title_cannot_steer_the_terminal(run, server):
    evil = "\x1b]0;x\x07\x1b[2J\u202eabc\u009b1m"
    server.replies = [(200, {"items": [overdue(title=evil)], "next": None})]
    for more in ([], ["--table"]):
        text = run("overdue", *more, env={"COLUMNS": "200"}).stdout
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) and "abc" in text
    server.replies = [(404, {"title": evil, "status": 404, "detail": evil})]
    assert "\x1b" not in run("show", "1").stderr


def test_columns_without_content_are_left_out(run, server):
    server.replies = [(200, {"items": [{"code": "14", "name": "山西省", "level": "province",
                                        "version": 1}], "next": None})]
    assert run("--table", "get", "areas").stdout == \
        "code  level     name    version\n14    province  山西省        1\n"


def test_pages_are_followed_up_to_the_limit(run, server):
    def page(asked):
        first = 0 if "cursor=" not in asked.path else int(asked.path.split("cursor=c%2F")[1])
        count = int(re.search(r"limit=(\d+)", asked.path)[1])
        return 200, {"items": [overdue(no=str(i)) for i in range(first, first + count)],
                     "next": f"c/{first + count}"}

    server.replies = [page]
    result = run("overdue", "--area", "14 0213", "--limit", "250")
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == \
        [str(i) for i in range(250)]
    assert server.asked[0].path == "/v1/overdue?area=14%200213&limit=100"
    assert server.asked[2].path.endswith("limit=50&cursor=c%2F200")
    assert "--limit 0" in result.stderr


def test_json_is_passed_through_as_it_is(run, server):
    body = b'{ "items" : [ {"no":"1", "x":1.50} ],"next":null }'
    server.replies = [(200, body)]
    for words in (["overdue"], ["poll", "--unit", "u"], ["get", "units"]):
        assert run("--json", *words).stdout.encode() == body + b"\n"
    server.replies = [(422, PROBLEM)]
    result = run("--json", "overdue")
    assert json.loads(result.stdout) == PROBLEM and result.returncode == 1 and result.stderr


def test_a_full_disk_is_an_error(server):
    server.replies = [(200, {"items": [overdue()], "next": None})]
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run([PROGRAM, "--url", server.url, "overdue"], stdout=full,
                                stderr=subprocess.PIPE, check=False)
    assert result.returncode == 3 and b"cannot be written" in result.stderr


# Reading

def test_not_found_and_nothing_there(run, server):
    server.replies = [(404, {"title": "Not found", "status": 404})]
    assert run("show", "14/../1").returncode == 4
    assert server.asked[0].path == "/v1/tickets/14%2F..%2F1"
    server.replies = [(200, {"items": [], "next": None})]
    assert run("poll", "--unit", "u").returncode == 0
    assert run("poll", "--unit", "u", "--fail-empty").returncode == 4
    assert run("claim", "--unit", "u", "--fail-empty").returncode == 4
    assert "nothing" in run("--table", "overdue").stdout


def test_show_ticket_and_task(run, server):
    server.replies = [(200, ticket(content="第一行\n第二行"))]
    text = run("--table", "show", "140213202511230000017").stdout
    assert re.search(r"^state +dispatched$", text, re.M) and "第一行 第二行" in text
    assert re.search(r"^unit +heat-east 东城热力$", text, re.M) and "heat-west" in text
    server.replies = [(200, ticket()["tasks"][0]),
                      (200, {"stages": [{"stage": "sign", "due": "2025-11-23T11:00:00+08:00"}]})]
    text = run("--table", "show", "1-1").stdout
    assert [asked.path for asked in server.asked[1:]] == ["/v1/tasks/1-1", "/v1/tasks/1-1/deadlines"]
    assert "2025-11-23 11:00" in text


def test_events(run, server):
    event = {"id": "e1", "no": "5", "task": "1-1", "seq": 2, "move": "sign", "from": "assigned",
             "to": "signed", "at": "2025-11-23T09:00:00+08:00",
             "by": {"key": "3", "role": "unit", "unit": "heat-east", "org": None}, "data": {"a": 1}}
    server.replies = [(200, {"items": [event], "next": None})]
    line = run("events", "5").stdout
    assert line == ("2025-11-23T09:00:00+08:00\t5\t2\t1-1\tsign\tassigned\tsigned\tunit\theat-east"
                    "\t\t{\"a\":1}\n")
    server.replies = [(200, {"items": [event, {**event, "no": "6"}], "next": "c1"}),
                      (200, {"items": [], "next": "c1"})]
    assert len(run("events").stdout.splitlines()) == 2
    assert server.asked[-1].path == "/v1/events?limit=98&after=c1"
    server.replies = [(200, {"items": [event, {**event, "no": "6"}], "next": "c1"}),
                      (403, {"title": "Denied", "status": 403})]
    result = run("events", "5", "--follow", "--after", "c0")
    assert result.stdout == line and result.returncode == 1
    assert server.asked[-1].headers["Prefer"] == "wait=30"


def test_poll_follow_shows_what_is_new_or_changed(run, server):
    def task(number, version):
        return {"id": f"1-{number}", "state": "assigned", "version": version}

    server.replies = [(200, {"items": [task(1, 1), task(2, 1)], "next": None}, {"ETag": '"a"'}),
                      (304, b"", {"ETag": '"a"'}),
                      (200, {"items": [task(1, 1), task(2, 2), task(3, 1)]}, {"ETag": '"b"'}),
                      (403, {"title": "Denied", "status": 403})]
    result = run("poll", "--unit", "heat-east", "--follow")
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == \
        ["1-1", "1-2", "1-2", "1-3"]
    assert [asked.headers["If-None-Match"] for asked in server.asked] == [None, '"a"', '"a"', '"b"']
    assert server.asked[0].path.startswith("/v1/tasks?unit=heat-east")


def test_poll_waits_longer_than_its_timeout(run, server):
    def slow(_):
        time.sleep(1.5)
        return 200, {"items": [], "next": None}

    server.replies = [slow]
    assert run("--timeout", "1", "poll", "--unit", "u", "--wait", "2").returncode == 0
    assert server.asked[0].headers["Prefer"] == "wait=2"
    assert run("--timeout", "1", "--retries", "0", "poll", "--unit", "u").returncode == 3


def test_deadlines(run, server):
    server.replies = [(200, {"due": "2025-11-28T17:30:00+08:00", "provisional": False, "counted": [
        {"from": "2025-11-24T09:00:00+08:00", "to": "2025-11-24T12:00:00+08:00"}]})]
    result = run("--table", "deadlines", "--from", "2025-11-23T09:00:00+08:00", "--span",
                 "5:working_day", "--pause", "A..B", "--pause", "C..")
    assert server.asked[0].json() == {
        "calendar": "cn", "dispatched_at": "2025-11-23T09:00:00+08:00",
        "span": {"amount": 5, "unit": "working_day"},
        "pauses": [{"from": "A", "to": "B"}, {"from": "C"}]}
    assert "2025-11-24 09:00  2025-11-24 12:00" in result.stdout and "due" in result.stdout


# Working

def test_claim_renew_release(run, server):
    server.replies = [(200, {"items": [{"task": {"id": "1-1", "title": "暖气"}, "claim": "c9",
                                        "lease_until": "2025-11-23T09:01:00+08:00"}]})]
    result = run("claim", "--unit", "u", "--max", "3", "--lease", "90", "--wait", "5")
    assert result.stdout.startswith("1-1\tc9\t2025-11-23T09:01:00+08:00\t")
    assert server.asked[0].json() == {"unit": "u", "max": 3, "lease_s": 90}
    assert server.asked[0].headers["Prefer"] == "wait=5"
    server.replies = [(200, {"task": {"id": "1-1"}, "claim": "c9", "lease_until": "x"})]
    assert run("renew", "1-1", "c9", "--lease", "60").stdout.startswith("1-1\tc9")
    assert server.asked[1].json() == {"task": "1-1", "claim": "c9", "lease_s": 60}
    server.replies = [(204, b"")]
    assert run("release", "1-1", "c9").returncode == 0
    assert (server.asked[2].path, server.asked[2].json()) == \
        ("/v1/claims/release", {"task": "1-1", "claim": "c9"})


def test_a_lost_claim_is_not_made_twice(run, server):
    server.replies = [None]
    assert run("claim", "--unit", "u").returncode == 3 and len(server.asked) == 1
    server.replies = [(503, {}), None]  # nor by libcurl, on the connection that it has kept
    assert run("claim", "--unit", "u").returncode == 3 and len(server.asked) == 3


@pytest.mark.parametrize("words, path, body", [
    (["sign", "1-1"], "tasks/1-1/sign", {}),
    (["sign", "1-1", "--claim", "c"], "tasks/1-1/sign", {"claim": "c"}),
    (["reply", "1-1", "--result", "修好了", "--public-answer", "已修复", "--solved", "yes"],
     "tasks/1-1/reply", {"result": "修好了", "public_answer": "已修复", "solved": True}),
    (["return", "1-1", "--reason=scope", "--proposed-unit=heat-west"], "tasks/1-1/return",
     {"reason": "scope", "proposed_unit": "heat-west"}),
    (["delegate", "1-1", "--unit", "u"], "tasks/1-1/delegate", {"unit": "u"}),
    (["assist", "1-1", "--units", "a,b"], "tasks/1-1/assist", {"units": ["a", "b"]}),
    (["return/approve", "1-1", "--note", "x"], "tasks/1-1/return/approve", {"note": "x"}),
    (["note", "5", "--text", "x"], "tickets/5/note", {"text": "x"}),
    (["note", "1-1", "--text", "x"], "tasks/1-1/note", {"text": "x"}),
    (["move", "task", "1-1", "sign"], "tasks/1-1/sign", {}),
    (["move", "ticket", "5", "fly/high", "--field", "a=b=c", "--field", "n:=[1]", "--data",
      '{"z":null}', "--claim", "c"], "tickets/5/fly/high",
     {"a": "b=c", "n": [1], "z": None, "claim": "c"}),
])
def test_moves(run, server, words, path, body):
    server.replies = [(503, {}), (200, {"id": "1-1", "state": "signed"})]
    result = run(*words)
    assert result.returncode == 0 and "signed" in result.stdout
    assert server.asked[0].path == "/v1/" + path and server.asked[0].json() == body
    assert server.asked[0].headers["Idempotency-Key"] == server.asked[1].headers["Idempotency-Key"]


def test_a_refused_move_names_state_and_moves(run, server):
    server.replies = [(409, {"title": "Conflict with the present state", "status": 409,
                             "detail": "not now", "state": "replied", "moves": ["note"]})]
    assert run("sign", "1-1").stderr == (
        "whistlectl: 409 Conflict with the present state: not now (state replied, allowed: note) "
        "(request id req-7)\n")


# Registry

def test_registry_rows(run, server, tmp_path):
    (tmp_path / "u.json").write_text('{"code":"u/1"}')
    server.replies = [(200, {"code": "u/1"}, {"ETag": '"3"'})]
    assert json.loads(run("get", "unit", "u/1").stdout) == {"code": "u/1"}
    assert run("put", "units", "u/1", "u.json", "--if-match", "3").returncode == 0
    assert run("delete", "policy", "p").returncode == 0
    assert [(asked.method, asked.path, asked.headers["If-Match"]) for asked in server.asked] == [
        ("GET", "/v1/units/u%2F1", None), ("PUT", "/v1/units/u%2F1", '"3"'),
        ("DELETE", "/v1/policies/p", None)]
    assert server.asked[1].body == b'{"code":"u/1"}'


def csv_file(path, rows):
    path.write_text("code,name\n" + "".join(f"{i},名{i}\n" for i in range(rows)), encoding="utf-8")
    return path


def test_import(run, server, tmp_path):
    file = csv_file(tmp_path / "units.csv", 200_000)
    server.replies = [None, (200, {"rows": 200000, "changed": 0})]
    result = run("import", "units", file)
    assert result.returncode == 0 and "rows\t200000\n" in result.stdout
    asked = server.asked[1]
    assert asked.path == "/v1/import/units" and asked.body == file.read_bytes()
    assert asked.headers["Content-Type"].startswith("text/csv")
    server.replies = [(200, {"overrides": 3})]
    run("import", "calendar", "cn", file)
    assert server.asked[2].path == "/v1/calendars/cn/overrides"


def test_import_errors_are_a_table(run, server, tmp_path):
    file = csv_file(tmp_path / "units.csv", 3)
    server.replies = [(422, {"title": "Invalid content", "status": 422, "detail": "2 bad rows",
                             "errors": [{"pointer": "/3/area", "detail": "unknown area 99"},
                                        {"pointer": "/12/code", "detail": "comes twice"},
                                        {"pointer": "", "detail": "no rows"}]})]
    result = run("--table", "import", "units", file)
    assert result.returncode == 1
    assert result.stdout == ("line  field  reason\n   3  area   unknown area 99\n"
                             "  12  code   comes twice\n             no rows\n")
    assert result.stderr == f"whistlectl: {file}: 422 Invalid content: 2 bad rows " \
                            "(request id req-7)\n"
    assert run("import", "units", file).stdout.startswith("3\tarea\tunknown area 99\n")
    server.replies = [(422, {"title": "Invalid content", "status": 422, "detail": "odd"})]
    result = run("import", "units", file)
    assert result.returncode == 1 and "422 Invalid content: odd" in result.stderr


def on_terminal(words, env):
    """Runs with a terminal on all three; returns what it showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(PROGRAM, [PROGRAM, *words], env)
    shown = b""
    while select.select([terminal], [], [], 20)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    return shown.decode()


def test_a_terminal_gets_a_progress_bar_and_bold_titles(server, tmp_path):
    def slow(_):
        time.sleep(2.5)
        return 200, {"rows": 300000}

    server.replies = [slow, (200, {"items": [overdue()], "next": None})]
    file = csv_file(tmp_path / "units.csv", 300_000)
    env = {"WHISTLED_URL": server.url, "PATH": os.environ["PATH"]}
    shown = on_terminal(["import", "units", str(file)], env)
    assert "100%" in shown and "checking" in shown and "rows" in shown
    assert re.search(r"\[#+ *\] +\d+%", shown)
    shown = on_terminal(["overdue"], env)
    assert "\x1b[1mno " in shown
    server.replies = [(200, {"rows": 1})]
    assert "%" not in on_terminal(["--quiet", "import", "units", str(file)], env)


def test_answers_that_are_no_json(run, server):
    server.replies = [(200, b"<html>")]
    assert run("overdue").returncode == 3
    server.replies = [(500, b"<html>")]
    result = run("overdue")
    assert result.returncode == 3 and "500 from the server" in result.stderr
