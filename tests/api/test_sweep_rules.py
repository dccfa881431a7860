"""The sweep and moves of an instance that has not read a changed policy yet; a clock that goes back; a
damaged ticket."""

import pytest

from daemon import Daemon
from district import District, do, instant
from moves import bring_task, check_chain


@pytest.fixture
def district():
    """One of its own for each test: policies, the clock and rows are changed."""
    made = District()
    yield made
    made.stop()


@pytest.fixture
def second(district):
    """An instance beside that seldom looks at the registry."""
    made = Daemon(beside=district.daemon, test_clock_file=district.clock.path, registry_refresh="1min")
    yield made
    made.stop()


def moves(daemon, no):
    return [row[0] for row in daemon.psql(
        f"SELECT move FROM event JOIN ticket USING (ticket_id) WHERE no = '{no}' ORDER BY seq")]


def change_policy(district, **changes):
    path = "/v1/policies/five-working-days"
    body = {name: value for name, value in district.admin.get(path).json.items()
            if name not in ("code", "version")}
    assert district.admin.put(path, {**body, **changes}).status == 200


def test_a_task_is_never_swept_by_older_rules(district, second):
    """What it runs under is read first, however seldom the instance looks at the registry."""
    change_policy(district, reminders=[])
    made = district.submit()
    district.daemon.process.terminate()
    district.daemon.process.wait()
    district.clock.move(hours=2, minutes=1)
    second.wait_for(lambda: "urge" in moves(second, made["no"]), 20)
    assert moves(second, made["no"])[-2:] == ["overdue", "urge"]
    assert "remind" not in moves(second, made["no"])


def test_a_move_is_never_made_by_older_rules(district, second):
    """A reason that the policy's new catalogue lacks is refused by the instance that has not read it."""
    change_policy(district, reasons={"hang": ["等待管网改造"]})
    made = district.submit()
    do(district.unit("heat"), made["tasks"][0]["id"], "sign")
    hang = {"reason": "别的", "review_on": "2031-01-06"}
    refused = district.client("supervisor", second).post(f"/v1/tickets/{made['no']}/hang", hang)
    assert refused.status == 422 and refused.pointers == ["/reason"]


def test_a_ticket_s_time_never_goes_back(district):
    no, task = bring_task(district, "signed")
    began = district.clock.at
    district.clock.move(hours=-1)
    do(district.unit("heat"), task, "contact", {"note": "约定"})
    do(district.supervisor, no, "hang", {"reason": "管网改造"})
    district.clock.set(began)
    do(district.supervisor, no, "unhang")
    district.clock.move(hours=-3)
    do(district.unit("heat"), task, "reply", {"result": "好了"})
    events = check_chain(district, no)
    assert instant(events[-1]["at"]) >= began
    shown = district.supervisor.get(f"/v1/tasks/{task}/deadlines").json
    assert all(one["from"] <= one["to"] for one in shown["pauses"])


def test_a_damaged_ticket_holds_up_no_other(district):
    """An event was put behind its last one by hand, so that it cannot be saved: the others' clocks run on,
    and its own when it is mended."""
    broken, whole = district.submit(), district.submit()
    number = broken["tasks"][0]["id"].split("-")[0]
    columns = ", ".join(name for name, in district.daemon.psql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'event' "
        "AND table_schema = 'whistled' ORDER BY ordinal_position"))
    district.daemon.psql(
        f"INSERT INTO event ({columns}) SELECT {columns.replace('seq', 'seq + 1')} FROM event "
        f"WHERE ticket_id = {number} ORDER BY seq DESC LIMIT 1")
    district.clock.move(hours=2, minutes=1)
    district.daemon.wait_for(lambda: "overdue" in moves(district.daemon, whole["no"]), 10)
    assert "overdue" not in moves(district.daemon, broken["no"])
    assert district.daemon.wait_log(rf"event=sweep_stuck .*ticket={number}")
    district.daemon.psql(f"DELETE FROM event WHERE ticket_id = {number} AND seq > "
                         f"(SELECT version FROM ticket WHERE ticket_id = {number})")
    district.clock.move(minutes=1)
    district.daemon.wait_for(lambda: "overdue" in moves(district.daemon, broken["no"]), 10)
