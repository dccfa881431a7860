"""The hash chains: every column of a ticket's events and what the ticket says of them is changed, one
after the other, behind the daemon's back; each change is named with the event that it broke."""

import json
import os
import subprocess

import pytest

from district import DISTRICT, FAR, HOME, OTHER_DISTRICT, at_once, do, district, ticket
from moves import bring_task, bring_ticket

__all__ = ["district"]
CTL = os.environ["TEST_CTL"]
FULL = {"source": "网格", "external_no": "g-1", "address": "甲一社区 3 号楼", "lon": 113.295012345,
        "lat": 40.1, "occurred_at": "2026-03-02T08:15:00.25+08:00", "channel": "wechat",
        "accused": {"name": "某物业"}, "tags": ["供暖", "老人"], "urgency": "urgent",
        "petitioner": {"name": "王五", "phone": "13900001111", "secret": False},
        "needs": [{"kind": "duty", "quantity": 2}]}


@pytest.fixture(autouse=True)
def unlocked(district):
    """Rows may be taken away that others need."""
    district.daemon.psql("ALTER TABLE event DROP CONSTRAINT IF EXISTS event_ticket")
    district.daemon.psql("ALTER TABLE identity DROP CONSTRAINT IF EXISTS identity_ticket")
    district.daemon.psql("ALTER TABLE pause DROP CONSTRAINT IF EXISTS pause_ticket")
    district.daemon.psql("ALTER TABLE task DROP CONSTRAINT IF EXISTS task_ticket")


def check(client, no=None):
    """What is broken, as (no, seq, what), over all pages."""
    found, cursor = [], None
    while True:
        query = f"no={no}" if no else "limit=7" + (f"&cursor={cursor}" if cursor else "")
        page = client.get(f"/v1/verify?{query}")
        assert page.status == 200, page
        assert set(page.json) == {"tickets", "events", "broken", "next"}
        found += [(one["no"], one["seq"], one["what"]) for one in page.json["broken"]]
        cursor = page.json["next"]
        if cursor is None:
            return found


def made(district, **fields):
    """A ticket with a history: its number and id."""
    no, task = bring_task(district, "completed", **{**FULL, "external_no": None, **fields})
    return no, task.split("-")[0]


@pytest.fixture
def history(district):
    no, ident = made(district)
    assert check(district.supervisor, no) == []
    yield no, ident
    for table in ("event", "identity", "task", "ticket"):
        district.daemon.psql(f"DELETE FROM {table} WHERE ticket_id = {ident}")


def test_every_state_of_every_ticket_holds(district):
    for state in ("triage", "answered", "dispatched", "handling", "replied", "completed", "closed",
                  "rehandling", "cancelled", "invalid", "hung", "merged"):
        no = bring_ticket(district, state)
        do(district.supervisor, no, "note", {"text": "记一笔"})
        do(district.supervisor, no, "exclude", {"reason": "测试"})
        do(district.supervisor, no, "include", {})
    for state in ("return_requested", "returned", "withdrawn"):
        bring_task(district, state)
    no = bring_ticket(district, "closed")
    do(district.supervisor, no, "reopen", {"reason": "有误"})
    do(district.supervisor, no, "note", {"text": "再看"})
    no = district.submit(**FULL)["no"]
    do(district.operator, no, "amend", {"content": "改", "address": "改", "area": FAR})
    do(district.operator, no, "amend", {"category": "02", "area": HOME, "reroute": True})
    no = bring_ticket(district, "hung")
    do(district.supervisor, no, "unhang", {})
    no = bring_ticket(district, "hung")
    do(district.operator, no, "cancel", {"reason": "x"})
    for value in (0.1, -0.0, 1e-7, 113.29501234567891, 179.99999999999997):
        district.submit(lon=value, lat=value / 2)
    assert check(district.admin) == []
    assert check(district.supervisor) == []


def test_work_goes_on_meanwhile(district):
    def work():
        for _ in range(5):
            bring_ticket(district, "closed")

    def look():
        return [check(district.client("supervisor")) for _ in range(10)]
    for result in at_once([work, look, look])[1:]:
        assert result == [[]] * 10, result


# An expression for each column of `event`, and what it breaks. `position` orders the feed and is the
# database's own: a copy of the database elsewhere may give others.
COLUMNS = {
    "seq": ("seq + 100", "missing"), "task": ("task + 1", "link"), "move": ("'signed'", "link"),
    "at": ("at - interval '1 microsecond'", "link"), "by_key": ("by_key + 1", "link"),
    "by_role": ("'dispatcher'", "link"), "by_unit": ("'bureau'", "link"),
    "by_org": ("'al-1'", "link"), "from_state": ("'replied'", "link"),
    "to_state": ("'completed'", "link"), "data": ("replace(data, '}', ' }')", "digest"),
    "salt": ("decode('00', 'hex') || substr(salt, 2)", "digest"),
    "digest": ("sha256(digest)", "link"), "link": ("sha256(link)", "link"),
    "unit": ("'bureau'", "link"), "org": ("NULL", "link"), "seen_by": ("'{al-1}'", "link"),
    "copy_org": ("'conf-city'", "link"),
}
OWN = {"ticket_id", "position"}


def test_every_column_of_an_event_is_covered(district):
    rows = district.daemon.psql("SELECT attname FROM pg_attribute WHERE attnum > 0 "
                                "AND attrelid = 'event'::regclass AND NOT attisdropped")
    assert {name for name, in rows} == set(COLUMNS) | OWN


@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_a_changed_column_of_an_event(district, history, column):
    no, ident = history
    value, what = COLUMNS[column]
    seq = 3  # sign, by a unit
    district.daemon.psql(f"UPDATE event SET {column} = {value} "
                         f"WHERE ticket_id = {ident} AND seq = {seq}")
    assert check(district.supervisor, no) == [(no, seq, what)]
    assert (no, seq, what) in check(district.admin)


def test_no_role_is_not_the_daemon(district, history):
    no, ident = history
    district.daemon.psql(f"UPDATE event SET by_role = NULL WHERE ticket_id = {ident} AND seq = 3")
    assert check(district.supervisor, no) == [(no, 3, "link")]
    district.daemon.psql(f"UPDATE event SET by_role = 'xyz' WHERE ticket_id = {ident} AND seq = 3")
    assert check(district.supervisor, no) == [(no, 3, "link")]


@pytest.mark.parametrize("seq", ["first", "middle", "last"])
def test_a_missing_event(district, history, seq):
    no, ident = history
    count = district.show(no)["version"]
    place = {"first": 1, "middle": 3, "last": count}[seq]
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {ident} AND seq = {place}")
    assert check(district.supervisor, no) == [(no, place, "missing")]


def test_no_events_at_all(district, history):
    no, ident = history
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 1, "missing")]
    district.daemon.psql(f"UPDATE ticket SET version = 0 WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 1, "last")]


def test_renumbered_so_that_there_is_no_gap(district, history):
    no, ident = history
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {ident} AND seq = 3")
    district.daemon.psql(f"UPDATE event SET seq = seq - 1 WHERE ticket_id = {ident} AND seq > 3")
    district.daemon.psql(f"UPDATE ticket SET version = version - 1 WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 3, "link")]


def test_two_events_that_changed_places(district, history):
    no, ident = history
    for step in ("seq = 1000 WHERE seq = 3", "seq = 3 WHERE seq = 4", "seq = 4 WHERE seq = 1000"):
        district.daemon.psql(f"UPDATE event SET {step} AND ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 3, "link")]


def test_an_event_of_another_ticket(district, history):
    no, ident = history
    other, other_ident = made(district)
    for ours, theirs in ((ident, 1), (other_ident, ident), (1, other_ident)):
        district.daemon.psql(f"UPDATE event SET ticket_id = {theirs} "
                             f"WHERE ticket_id = {ours} AND seq = 3")
    assert check(district.supervisor, no) == [(no, 3, "link")]
    assert check(district.supervisor, other) == [(other, 3, "link")]
    for ours, theirs in ((ident, 1), (other_ident, ident), (1, other_ident)):
        district.daemon.psql(f"UPDATE event SET ticket_id = {theirs} "
                             f"WHERE ticket_id = {ours} AND seq = 3")
    assert check(district.admin) == []


def test_a_copied_event_behind_the_last(district, history):
    no, ident = history
    count = district.show(no)["version"]
    columns = ", ".join(sorted(set(COLUMNS) - {"seq"}))
    district.daemon.psql(f"INSERT INTO event (ticket_id, position, seq, {columns}) "
                         f"SELECT ticket_id, position, seq + 1, {columns} FROM event "
                         f"WHERE ticket_id = {ident} AND seq = {count}")
    district.daemon.psql(f"UPDATE ticket SET version = version + 1 WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, count + 1, "link")]


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_a_tail_cut_off_together_with_the_count(district, history, cut):
    """Notes change no state: only the chain can tell. The link of the event that is the last one now
    does not help, nor does any other that can be read."""
    no, ident = history
    for _ in range(5):
        do(district.supervisor, no, "note", {"text": "记一笔"})
    count = district.show(no)["version"] - cut
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {ident} AND seq > {count}")
    assert check(district.supervisor, no) == [(no, count + 1, "missing")]
    district.daemon.psql(f"UPDATE ticket SET version = {count} WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, count, "last")]
    for column in ("link", "digest", "salt"):
        district.daemon.psql(f"UPDATE ticket SET link = event.{column} FROM event "
                             f"WHERE ticket.ticket_id = {ident} AND event.ticket_id = {ident} "
                             f"AND event.seq = {count}")
        assert check(district.supervisor, no) == [(no, count, "last")]


# What the ticket and its tasks say, and what is found: state and number of events, then the record.
TICKETS = {
    "version": ("version + 1", "missing"), "link": ("sha256(link)", "last"),
    "state": ("'handling'", "state"), "final_state": ("'closed'", "state"),
    "hung_reason": ("'x'", "state"), "received_at": ("received_at - interval '1s'", "state"),
    "dispatched_at": ("dispatched_at - interval '1s'", "state"),
    "ended_at": ("received_at", "state"), "no": ("'140213202603020000011'", "record"),
    "kind": ("'praise'", "record"), "urgency": ("'normal'", "record"),
    "category": ("'02'", "record"), "area": (f"'{DISTRICT}'", "record"),
    "title": ("title || '。'", "record"), "content": ("content || ' '", "record"),
    "source": ("'别处'", "record"), "external_no": ("'g-2'", "record"),
    "excluded": ("true", "state"), "has_phone": ("false", "record"), "secret": ("true", "record"),
}
DETAILS = {
    "address": "甲一社区 4 号楼", "lon": 113.3, "lat": 40.2, "occurred_at": "2026-03-02T00:15:00.26Z",
    "channel": "phone", "accused": {"name": "某物业二"}, "tags": ["供暖"],
    "needs": [{"kind": "duty", "quantity": 1}], "unit": "heat", "then": "triage",
}


@pytest.mark.parametrize("column", sorted(TICKETS))
def test_a_changed_column_of_a_ticket(district, history, column):
    no, ident = history
    value, what = TICKETS[column]
    district.daemon.psql(f"UPDATE ticket SET {column} = {value} WHERE ticket_id = {ident}")
    found = check(district.admin)
    assert [one[2] for one in found] == [what], found
    if what == "record":
        assert found[0][1] == 1


@pytest.mark.parametrize("member", sorted(DETAILS))
def test_a_changed_detail_of_a_ticket(district, history, member):
    no, ident = history
    kept = json.loads(district.daemon.psql(
        f"SELECT details FROM ticket WHERE ticket_id = {ident}")[0][0])
    assert kept.get(member) != DETAILS[member]
    kept[member] = DETAILS[member]
    text = json.dumps(kept, ensure_ascii=False)
    district.daemon.psql(f"UPDATE ticket SET details = '{text}' WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 1, "record")]


def test_after_an_amendment_its_own_record_counts(district, history):
    no, ident = history
    do(district.operator, no, "amend", {"category": "02"})
    seq = district.show(no)["version"]
    assert check(district.supervisor, no) == []
    district.daemon.psql(f"UPDATE ticket SET category = '01.01.01' WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, seq, "record")]


@pytest.mark.parametrize("change", ["state = 'signed'", "unit = 'bureau'", "unit = NULL",
                                    "org = 'al-1'", "task = 7",
                                    "sign_due = NULL", "contact_due = now()",
                                    "resolve_due = resolve_due + interval '1 day'",
                                    "sign_met = sign_met - interval '1 microsecond'",
                                    "contact_met = NULL", "resolve_met = NULL",
                                    "resolve_met = resolve_met + interval '1s'", "overdue = 2"])
def test_a_changed_task(district, history, change):
    no, ident = history
    last = max(one["seq"] for one in district.events(no) if one["task"])
    district.daemon.psql(f"UPDATE task SET {change} WHERE ticket_id = {ident}")
    found = check(district.supervisor, no)
    assert [one[2] for one in found] == ["state"]
    assert found[0][1] == (2 if change == "task = 7" else last)


def test_an_overdue_mark_that_was_taken_away(district):
    no = district.submit(category="02.01")["no"]
    (task,) = district.show(no)["tasks"]
    district.clock.set(task["resolve_due"])
    district.clock.move(minutes=1)
    district.daemon.wait_for(lambda: {"sign", "resolve"} <= set(district.show(no)["tasks"][0]["overdue"]))
    assert check(district.supervisor, no) == []
    for change, found in (("- 1", ["state"]), ("+ 1", [])):
        district.daemon.psql(f"UPDATE task SET overdue = overdue {change} "
                             f"WHERE ticket_id = {task['id'].split('-')[0]}")
        assert [one[2] for one in check(district.supervisor, no)] == found


# What is done to the ledger of a ticket that was hung twice, and which of its events it breaks.
PAUSES = {
    "UPDATE pause SET at = at - interval '1s' WHERE begins": 0,
    "UPDATE pause SET at = at + interval '1s' WHERE NOT begins": 1,
    "DELETE FROM pause WHERE begins": 0,
    "DELETE FROM pause WHERE NOT begins": 1,
    "DELETE FROM pause WHERE seq = (SELECT max(seq) FROM pause)": 3,
    "INSERT INTO pause SELECT ticket_id, seq + 100, at, true, NULL FROM pause WHERE begins": 3,
    "DELETE FROM pause WHERE true": 0,
}


@pytest.mark.parametrize("change", PAUSES)
def test_a_changed_pause(district, change):
    no = bring_ticket(district, "hung")
    ident = district.show(no)["tasks"][0]["id"].split("-")[0]
    district.clock.move(minutes=5)
    do(district.supervisor, no, "unhang", {})
    do(district.supervisor, no, "hang", {"reason": "再等"})
    district.clock.move(minutes=5)
    do(district.supervisor, no, "unhang", {})
    seqs = [one["seq"] for one in district.events(no) if one["move"] in ("hang", "unhang")]
    assert check(district.supervisor, no) == [] and len(seqs) == 4
    district.daemon.psql(change.replace("FROM pause)", f"FROM pause WHERE ticket_id = {ident})")
                         + f" AND ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, seqs[PAUSES[change]], "state")]
    for table in ("pause", "event", "identity", "task", "ticket"):
        district.daemon.psql(f"DELETE FROM {table} WHERE ticket_id = {ident}")


def test_a_task_that_is_gone_or_came_from_nowhere(district, history):
    no, ident = history
    columns = [name for name, in district.daemon.psql(
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid = 'task'::regclass "
        "AND NOT attisdropped") if name != "task"]
    district.daemon.psql(f"INSERT INTO task (task, {', '.join(columns)}) "
                         f"SELECT 2, {', '.join(columns)} FROM task WHERE ticket_id = {ident}")
    assert [one[2] for one in check(district.supervisor, no)] == ["state"]
    district.daemon.psql(f"DELETE FROM task WHERE ticket_id = {ident}")
    assert check(district.supervisor, no) == [(no, 2, "state")]


def test_a_ticket_that_is_gone(district, history):
    _, ident = history
    for table in ("identity", "task", "ticket"):
        district.daemon.psql(f"DELETE FROM {table} WHERE ticket_id = {ident}")
    assert check(district.admin) == [(ident, 1, "ticket")]


def test_only_the_first_broken_event_of_each_ticket(district, history):
    no, ident = history
    other, other_ident = made(district)
    district.daemon.psql("UPDATE event SET data = '{}', at = at + interval '1s' "
                         f"WHERE ticket_id IN ({ident}, {other_ident}) AND seq >= 2")
    assert check(district.supervisor) == sorted([(no, 2, "link"), (other, 2, "link")])
    for table in ("event", "identity", "task", "ticket"):
        district.daemon.psql(f"DELETE FROM {table} WHERE ticket_id = {other_ident}")


def test_more_events_than_one_look_takes(district):
    no, ident = made(district)
    for _ in range(520):
        do(district.supervisor, no, "note", {"text": "记一笔"})
    assert check(district.supervisor, no) == []
    assert check(district.admin) == []
    district.daemon.psql(f"UPDATE event SET data = '{{}}' WHERE ticket_id = {ident} AND seq = 519")
    assert check(district.supervisor) == [(no, 519, "digest")]
    for table in ("event", "identity", "task", "ticket"):
        district.daemon.psql(f"DELETE FROM {table} WHERE ticket_id = {ident}")


def test_who_may_and_what_is_in_reach(district, history):
    no, ident = history
    district.daemon.psql(f"UPDATE ticket SET title = 'x' WHERE ticket_id = {ident}")
    near, far = (district.client("supervisor", areas=[area]) for area in (HOME, OTHER_DISTRICT))
    assert check(near) == [(no, 1, "record")]
    assert check(far) == []
    assert far.get(f"/v1/verify?no={no}").status == 404
    assert far.get("/v1/verify").json["tickets"] == 0
    assert near.get("/v1/verify?no=140213202603020000999").status == 404
    assert near.get("/v1/verify?cursor=x").status == 400
    for client in (district.operator, district.dispatcher, district.unit("heat"),
                   district.org("al-1")):
        assert client.get("/v1/verify").status == 403


def test_from_the_command_line(district, history):
    no, ident = history

    def ctl(*words):
        env = {"PATH": os.environ["PATH"], "WHISTLED_KEY": district.supervisor.key,
               "WHISTLED_URL": f"http://127.0.0.1:{district.daemon.port}"}
        return subprocess.run([CTL, *words], env=env, capture_output=True, encoding="utf-8",
                              check=False)
    good = ctl("verify", no)
    assert good.returncode == 0 and good.stdout == ""
    assert good.stderr.startswith("1 tickets, ") and good.stderr.endswith(" 0 broken\n")
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {ident} AND seq = 2")
    bad = ctl("verify")
    assert bad.returncode == 1 and bad.stdout == f"{no}\t2\tmissing\n"
    assert ctl("verify", "140213202603020000999").returncode == 4
