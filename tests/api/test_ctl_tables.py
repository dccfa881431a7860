"""whistlectl against a fake server: tables, reading, working, the registry."""

import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from ctl_offline import PROBLEM, PROGRAM, columns, needs_program, overdue, run, server, ticket

pytestmark = needs_program
__all__ = ["run", "server"]  # fixtures


# Tables

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


# Exports

CSV = {"Content-Type": "text/csv; charset=utf-8"}


def test_export_is_written_as_it_comes(run, server, tmp_path):
    body = "\ufeffno,title\r\n".encode() + b"1,x\r\n" * 100_000
    server.replies = [(503, {}), (200, body, CSV)]
    result = run("export", "tickets", "--state", "closed", "--from=2025-11-01", "--q", "a b")
    assert result.stdout == "\ufeffno,title\n" + "1,x\n" * 100_000 and result.returncode == 0
    assert server.asked[1].path == "/v1/export/tickets?state=closed&q=a%20b&from=2025-11-01"
    assert server.asked[1].headers["Accept"].startswith("text/csv")
    result = run("export", "rates", "--out", "r.csv")
    assert (result.stdout, result.returncode) == ("", 0)
    assert server.asked[2].path == "/v1/export/rates"
    assert (tmp_path / "r.csv").read_bytes() == body
    assert run("export", "tasks", "--out", "no/r.csv").returncode == 2


def test_a_broken_export_is_no_file(run, server, tmp_path):
    (tmp_path / "r.csv").write_text("old")
    server.replies = [(200, b"no\r\n1\r\n", {**CSV, "Content-Length": "1000"})]
    for words in (["--out", "r.csv"], []):
        result = run("export", "tickets", *words)
        assert result.returncode == 3 and "broke off after 7 bytes" in result.stderr
    assert len(server.asked) == 2  # what was written cannot be taken back
    server.replies = [(403, {"title": "Denied", "status": 403})]
    result = run("export", "tickets", "--out", "r.csv")
    assert result.returncode == 1 and "Denied" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["r.csv"]
    assert (tmp_path / "r.csv").read_text() == "old"


def test_export_to_a_full_disk(server):
    server.replies = [(200, b"no\r\n" * 50_000, CSV)]
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run([PROGRAM, "--url", server.url, "export", "tickets"], stdout=full,
                                stderr=subprocess.PIPE, check=False)
    assert result.returncode == 3 and b"No space left" in result.stderr


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
    (["arrive", "1-1", "--who", "王五", "--how-many", "2"], "tasks/1-1/arrive",
     {"who": "王五", "how_many": 2}),
    (["milestone", "1-1", "--milestone", "摸底", "--done", "yes"], "tasks/1-1/milestone",
     {"milestone": "摸底", "done": True}),
    (["whistle", "reject", "7", "--reason", "x"], "whistles/7/reject", {"reason": "x"}),
    (["need", "take", "8"], "needs/8/take", {}),
    (["project", "rate", "9", "--score", "80", "--unit", "u"], "projects/9/rate",
     {"score": 80, "unit": "u"}),
    (["move", "need", "8", "fly"], "needs/8/fly", {}),
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


@pytest.mark.parametrize("what", ["whistle", "need", "project"])
def test_what_stands_beside_tickets(run, server, tmp_path, what):
    part = {"unit": "heat", "role": "lead", "state": "signed", "task": "7-1", "rating": 90}
    one = {"id": "7", "state": "raised", "title": "燃气泄漏", "org": "al-1", "takers": [part],
           "milestones": [{"title": "摸底", "due": "2026-03-20", "overdue": True}]}
    (tmp_path / "one.json").write_text('{"title":"燃气泄漏"}', encoding="utf-8")
    server.replies = [(503, {}), (201, one)]
    made = run("--table", what, "create", "one.json")
    assert made.returncode == 0 and "燃气泄漏" in made.stdout
    assert server.asked[1].method == "POST" and server.asked[1].path == f"/v1/{what}s"
    assert server.asked[0].json() == server.asked[1].json() == {"title": "燃气泄漏"}
    assert server.asked[0].headers["Idempotency-Key"] == server.asked[1].headers["Idempotency-Key"]
    server.replies = [(200, one)]
    shown = run("--table", what, "show", "7").stdout
    assert server.asked[-1].path == f"/v1/{what}s/7"
    assert re.search("heat +lead +7-1", shown) and re.search("摸底 +2026-03-20", shown)
    server.replies = [(200, {"items": [one], "next": None})]
    assert run(what, "list", "--state", "raised").stdout.startswith("7\traised\t\tal-1\t")
    assert server.asked[-1].path == f"/v1/{what}s?state=raised&limit=100"
    assert run(what, "show").returncode == run(what, "fly", "7").returncode == 2


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


# Figures

def rated(code, **more):
    return {"code": code, "name": "供热公司", "peer": "utility", "rank": 1, "counted": 12,
            "score": 0.875, "response": {"n": 9, "of": 10, "rate": 0.9},
            "resolution": {"n": 0, "of": 0, "rate": None},
            "satisfaction": {"n": 1.6, "of": 2, "rate": 0.8}, **more}


def test_rates_and_their_total(run, server):
    body = {"items": [rated("heat"), rated("water", rank=None)], "next": None,
            "total": {"counted": 24, "response": {"n": 18, "of": 20, "rate": 0.9}}}
    server.replies = [(200, body)]
    lines = run("--table", "rates", "--group", "unit", "--from", "2026-03-01",
                env={"COLUMNS": "200"}).stdout.splitlines()
    assert server.asked[-1].path == "/v1/stats/rates?group=unit&from=2026-03-01&limit=100"
    assert len(lines) == 4 and "90.0% (9/10)" in lines[1] and "80.0% (1.6/2)" in lines[1]
    assert re.search(r" 24 .*90\.0% \(18/20\)", lines[3]) and "heat" not in lines[3]
    plain = run("rates").stdout.splitlines()
    assert len(plain) == 2 and plain[0].split("\t")[:8] == [
        "utility", "1", "heat", "供热公司", "12", "0.875", "0.9", ""]


def test_other_figures(run, server):
    server.replies = [(200, {"items": [{"code": "heat", "name": "供热公司", "peer": "utility",
                                        "tickets": 3, "median_minutes": 480, "p90_minutes": 960}],
                             "total": {}, "next": None})]
    assert run("times", "--unit", "heat").stdout == "utility\theat\t供热公司\t3\t480\t960\n"
    server.replies = [(200, {"items": [{"code": "cafe", "name": "咖啡馆", "kind": "utility",
                                        "area": "14", "missing": ["workforce", "party_org"]}],
                             "total": {}, "next": None})]
    assert run("five-clears", "--kind", "utility").stdout == \
        "cafe\tutility\t14\t咖啡馆\tworkforce,party_org\n"
    server.replies = [(200, {"items": [{"code": "ag-1", "org": "al-1", "unit": "heat", "unit_name": "供热",
                                        "promised": {"tasks": "抢修"}, "valid_to": None,
                                        "done": {"tasks": 3, "open": 1, "completed": 2,
                                                 "on_time": {"n": 1, "of": 2, "rate": 0.5},
                                                 "rating": {"of": 1, "mean": 90}}}], "next": None})]
    assert run("agreements", "--org", "al-1").stdout.startswith("ag-1\tal-1\theat\t供热\t")
    assert server.asked[-1].path == "/v1/stats/agreements?org=al-1&limit=100"
    server.replies = [(200, {"items": [{"code": "heat", "name": "供热", "raised": 3, "by_rule": 1}],
                             "total": {}, "next": None})]
    assert run("whistle", "figures", "--group", "unit").stdout.startswith("heat\t供热\t3\t1\t")
    assert server.asked[-1].path == "/v1/stats/whistles?group=unit&limit=100"
    server.replies = [(200, {"items": [rated("heat")], "total": {}, "next": None})]
    run("month", "show", "2026-03", "--group", "street")
    assert server.asked[-1].path == "/v1/stats/months/2026-03?group=street&limit=100"
    server.replies = [(200, {"items": [{"code": "heat", "tickets": 3, "median_minutes": 90,
                                        "p90_minutes": 600}], "total": {}, "next": None})]
    assert "heat" in run("month", "times", "2026-03", "--area", "14").stdout
    assert server.asked[-1].path == "/v1/stats/months/2026-03/times?area=14&limit=100"
    server.replies = [(201, {"month": "2026-03", "areas": ["14"], "rules": {"score": {}},
                             "as_of": "1-2", "published_at": "2026-04-01T09:00:00+08:00"})]
    text = run("--table", "month", "publish", "2026-03").stdout
    assert server.asked[-1].method == "POST" and "1-2" in text and "rules" not in text
    assert server.asked[-1].path == "/v1/stats/months/2026-03/publish"
    assert server.asked[-1].headers["Idempotency-Key"]
    assert run("month", "publish").returncode == 2
