"""The sweep of an instance that has not read a changed policy yet."""

from daemon import Daemon
from district import District


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
