"""The sweep and moves of an instance that has not read a changed policy yet; a clock that goes back."""

from daemon import Daemon
from district import District, do, instant
from moves import bring_task, check_chain


def moves(second, no):
    return [row[0] for row in second.psql(
        f"SELECT move FROM event JOIN ticket USING (ticket_id) WHERE no = '{no}' ORDER BY seq")]


def test_a_task_is_never_swept_by_older_rules():
    """What it runs under is read first, however seldom the instance looks at the registry."""
    district = District()
    second = Daemon(beside=district.daemon, test_clock_file=district.clock.path, registry_refresh="1min")
    try:
        path = "/v1/policies/five-working-days"
        body = district.admin.get(path).json
        body = {name: value for name, value in body.items() if name not in ("code", "version")}
        body["reminders"] = []
        assert district.admin.put(path, body).status == 200
        made = district.submit()
        district.daemon.process.terminate()
        district.daemon.process.wait()
        district.clock.move(hours=2, minutes=1)
        second.wait_for(lambda: "urge" in moves(second, made["no"]), 20)
        assert moves(second, made["no"])[-2:] == ["overdue", "urge"]
        assert "remind" not in moves(second, made["no"])
    finally:
        second.stop()
        district.stop()


def test_a_move_is_never_made_by_older_rules():
    """A reply that is rejected gets what the rules that the task runs under give for another try."""
    district = District()
    second = Daemon(beside=district.daemon, test_clock_file=district.clock.path, registry_refresh="1min")
    try:
        path = "/v1/policies/five-working-days"
        body = district.admin.get(path).json
        body = {name: value for name, value in body.items() if name not in ("code", "version")}
        body["reasons"] = {"hang": ["等待管网改造"]}
        assert district.admin.put(path, body).status == 200
        made = district.submit()
        do(district.unit("heat"), made["tasks"][0]["id"], "sign")
        hang = {"reason": "别的", "review_on": "2031-01-06"}
        refused = district.client("supervisor", second).post(f"/v1/tickets/{made['no']}/hang", hang)
        assert refused.status == 422 and refused.pointers == ["/reason"]
    finally:
        second.stop()
        district.stop()


def test_a_ticket_s_time_never_goes_back():
    district = District()
    try:
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
    finally:
        district.stop()


def test_a_damaged_ticket_holds_up_no_other():
    """An event was put behind its last one by hand, so that it cannot be saved: the others' clocks run on,
    and its own when it is mended."""
    district = District()
    try:
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
    finally:
        district.stop()
