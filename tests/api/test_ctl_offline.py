"""whistlectl against a fake server: command lines, exit codes, the key, submitting, tries."""

import json
import re
import stat
import time

import pytest

from ctl_offline import KEY, PROBLEM, TICKET, needs_program, run, server, ticket

pytestmark = needs_program
__all__ = ["run", "server"]  # fixtures


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


def test_submit_says_what_else_there_is(run, server):
    hints = {"same_caller": ["140213202511200000013", "140213202511010000021"],
             "similar": [{"no": "140213202511220000019", "likeness": 0.83},
                         {"no": "140213202511200000013", "likeness": 0.4}]}
    server.replies = [(201, {**ticket(), "hints": hints})]
    result = run("submit", "-", stdin=json.dumps(TICKET))
    assert result.returncode == 0 and result.stdout.count("\n") == 1
    assert result.stderr == (
        "whistlectl: 140213202511230000017; same caller: 140213202511200000013,140213202511010000021;"
        " similar: 140213202511220000019 (83%), 140213202511200000013 (40%)\n")


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
