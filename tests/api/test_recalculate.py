"""Recalculation under a calendar's new version (spec 5): by decision only, audited, in batches."""

import os
import subprocess
import threading

import pytest

from district import District, district, do, instant
from moves import check_chain

CTL = os.environ["TEST_CTL"]
PHONE = {"petitioner": {"phone": "13800000000"}}
DUES = ("sign_due", "contact_due", "resolve_due")
NEW_YEAR = ("date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n"
            "2027-01-03,holiday,元旦\n2027-01-04,holiday,补休\n")


@pytest.fixture
def own(request):
    """A district of its own: each test makes another calendar of `cn`."""
    made = District(**getattr(request, "param", {}))
    yield made
    made.stop()


def at(day, time):
    return f"2026-{day}T{time}:00+08:00"


def load(district, text, client=None):
    done = (client or district.admin).post("/v1/calendars/cn/overrides", text,
                                           headers={"Content-Type": "text/csv"})
    assert done.status == 200, done


def free(*days):
    return "date,kind,name\n" + "".join(f"2026-{day},holiday,停工\n" for day in days)


def recalculate(district, status=200, client=None, code="cn", **body):
    done = (client or district.admin).post(f"/v1/calendars/{code}/recalculate", body)
    assert done.status == status, done
    return done.json


def really(district, **more):
    """A dry run, then the real one: both say the same; a second one finds nothing."""
    planned = recalculate(district, dry_run=True)
    made = recalculate(district, reason="新日历", **more)
    assert made == planned
    again = recalculate(district, reason="再来一次")
    assert (again["tasks"], again["changed"], again["lifted"], again["items"]) == (0, 0, 0, [])
    assert again["version"] == made["version"]
    return made


def task_of(district, made):
    return district.show(made["no"])["tasks"][-1]


def dues(task):
    return tuple(task[name] for name in DUES)


def clocks(district, made):
    return [one for one in district.events(made["no"]) if one["move"] == "clocks"]


def everything(district):
    return [district.daemon.psql(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("ticket", "task", "event")]


def test_a_year_that_is_loaded(own):
    own.clock.set(at("12-28", "10:00"))
    made = own.submit(**PHONE)
    task = task_of(own, made)
    assert task["provisional"] and task["resolve_due"] == "2027-01-04T17:30:00+08:00"
    assert "2027" in str(own.admin.get("/readyz").json["warnings"])
    load(own, NEW_YEAR)
    assert own.admin.get("/readyz").json["warnings"] == []
    assert task_of(own, made) == task  # nothing moves behind anyone's back

    before = everything(own)
    planned = recalculate(own, dry_run=True)
    assert everything(own) == before
    assert planned == {
        "calendar": "cn", "version": own.admin.get("/v1/calendars/cn").json["version"],
        "tasks": 1, "changed": 1, "lifted": 0,
        "items": [{"task": task["id"], "no": made["no"], "stage": "resolve",
                   "old": task["resolve_due"], "new": "2027-01-06T17:30:00+08:00"}]}
    assert really(own) == planned

    after = task_of(own, made)
    assert not after["provisional"] and dues(after)[:2] == dues(task)[:2]
    assert after["resolve_due"] == "2027-01-06T17:30:00+08:00"
    [told] = clocks(own, made)
    assert told["by"]["role"] == "admin" and told["by"]["key"]
    assert {name: told["data"][name] for name in ("reason", "note", "calendar_version")} == {
        "reason": "recalculate", "note": "新日历", "calendar_version": planned["version"]}
    assert [instant(told["data"][name]) for name in DUES] == [instant(due) for due in dues(after)]
    stages = own.supervisor.get(f"/v1/tasks/{task['id']}/deadlines").json["stages"]
    assert {one["calendar_version"] for one in stages} == {planned["version"]}
    check_chain(own, made["no"])


def test_a_mark_is_lifted_and_set_once_more(own):
    made = own.submit(**PHONE)  # Monday 2 March, 9:00
    own.clock.set(at("03-02", "12:00"))
    own.daemon.wait_for(lambda: task_of(own, made)["overdue"] == ["sign"])
    load(own, free("03-02"))
    done = really(own)
    assert (done["tasks"], done["changed"], done["lifted"]) == (1, 1, 1)
    assert {one["stage"] for one in done["items"]} == {"sign"}
    task = task_of(own, made)
    assert task["overdue"] == [] and task["sign_due"] == at("03-03", "11:00")
    moves = [one["move"] for one in check_chain(own, made["no"])]
    assert moves[-2:] == ["clocks", "overdue_lifted"]
    own.clock.set(at("03-03", "11:00"))
    own.daemon.wait_for(lambda: task_of(own, made)["overdue"] == ["sign"])
    moves = [one["move"] for one in own.events(made["no"])]
    assert moves.count("overdue") == 2


def test_what_is_met_or_ended_stays(own):
    signed, ended = own.submit(**PHONE), own.submit(**PHONE)
    do(own.unit("heat"), signed["tasks"][0]["id"], "sign")
    do(own.operator, ended["no"], "cancel", {"reason": "撤"})
    before = [task_of(own, one) for one in (signed, ended)]
    load(own, free("03-02", "03-03"))
    assert really(own)["tasks"] == 1
    after = task_of(own, signed)
    assert after["sign_due"] == before[0]["sign_due"]
    assert dues(after)[1:] == (at("03-04", "17:30"), at("03-10", "17:30"))
    assert task_of(own, ended) == before[1]


def test_a_hung_ticket_goes_on_under_the_new_calendar(own):
    made = own.submit(**PHONE)
    task = made["tasks"][0]["id"]
    do(own.unit("heat"), task, "sign")
    do(own.supervisor, made["no"], "hang", {"reason": "r", "review_on": "2026-04-01"})
    load(own, free("03-05"))
    done = really(own)
    assert (done["tasks"], done["items"]) == (1, [])
    own.clock.set(at("03-03", "18:00"))
    do(own.supervisor, made["no"], "unhang", {"reason": "r"})
    # 4, 6, 9, 10 and 11 March; the 3rd was touched by the pause, the 5th is free
    assert task_of(own, made)["resolve_due"] == at("03-11", "17:30")


def test_another_daemon_knows_the_new_version_at_once(own):
    made = own.submit(**PHONE)
    second = own.beside().admin
    for day in ("03-03", "03-04", "03-05"):
        load(own, free(day))
        assert recalculate(own, client=second, reason="r")["changed"] == 1
    assert task_of(own, made)["resolve_due"] == at("03-12", "17:30")


def test_who_may_and_with_what(district):
    recalculate(district, 422)
    recalculate(district, 422, dry_run=False)
    recalculate(district, 422, reason=7)
    recalculate(district, 422, dry_run="no", reason="r")
    recalculate(district, 422, dry_run=True, calendar="cn")
    recalculate(district, 404, code="mars", dry_run=True)
    for client in (district.operator, district.dispatcher, district.supervisor,
                   district.unit("heat"), district.org("al-1")):
        recalculate(district, 403, client=client, dry_run=True)


COUNT = 60


@pytest.mark.parametrize("own", [{"sweep_batch": 1}], indirect=True)
def test_killed_in_the_middle_and_again(own):
    numbers = [own.submit(**PHONE)["no"] for _ in range(COUNT)]
    load(own, free("03-04"))
    version = own.admin.get("/v1/calendars/cn").json["version"]

    def renewed():
        [[count]] = own.daemon.psql(f"SELECT count(*) FROM task WHERE calendar_version = {version}")
        return int(count)

    def ask():
        try:
            recalculate(own, client=own.daemon.admin, reason="断电")
        except (OSError, AssertionError):
            pass  # it is killed meanwhile
    asking = threading.Thread(target=ask)
    asking.start()
    while renewed() < 3:
        pass
    own.daemon.kill()
    asking.join()
    done = renewed()
    assert done >= 3
    own.daemon.start()
    rest = recalculate(own, dry_run=True)
    assert rest["tasks"] == rest["changed"] == COUNT - done
    assert len(rest["items"]) == min(100, rest["changed"])
    assert recalculate(own, reason="续")["tasks"] == COUNT - done
    for no in numbers:
        [told] = [one for one in check_chain(own, no) if one["move"] == "clocks"]
        assert own.show(no)["tasks"][0]["resolve_due"] == at("03-10", "17:30")
    assert recalculate(own, reason="完")["tasks"] == 0


def test_moves_meanwhile(own):
    """Tickets that others change are reckoned one by one; nothing is lost, nothing done twice."""
    made = [own.submit(**PHONE) for _ in range(COUNT)]
    load(own, free("03-04"))
    heat = own.client("unit", unit="heat")

    def sign():
        for one in made:
            do(heat, one["tasks"][0]["id"], "sign")
    signing = threading.Thread(target=sign)
    signing.start()
    sums = []
    while signing.is_alive():
        sums.append(recalculate(own, reason="同时")["tasks"])
    signing.join()
    sums.append(recalculate(own, reason="同时")["tasks"])
    assert sum(sums) == COUNT
    for one in made:
        events = [event["move"] for event in check_chain(own, one["no"])]
        assert (events.count("clocks"), events.count("sign")) == (1, 1)


def test_by_the_tool(own):
    made = own.submit(**PHONE)
    load(own, free("03-03"))
    env = {**os.environ, "WHISTLED_URL": f"http://127.0.0.1:{own.daemon.port}",
           "WHISTLED_KEY": own.daemon.admin.key}

    def ctl(*words):
        return subprocess.run([CTL, "recalculate", *words], env=env, capture_output=True,
                              encoding="utf-8", check=False)
    assert ctl("cn").returncode == 2
    assert ctl("mars", "--dry-run").returncode == 4
    planned = ctl("cn", "--dry-run", "--table")
    assert planned.returncode == 0 and made["no"] in planned.stdout, planned
    assert clocks(own, made) == []
    assert ctl("cn", "--reason", "假期").returncode == 0
    assert clocks(own, made)[0]["data"]["note"] == "假期"


def test_whistles_are_reckoned_anew_and_keep_what_they_say(own):
    made = own.org("al-1").post("/v1/whistles", {
        "kind": "hard", "reason": "违建拆除", "place": "甲街", "targets": [{"unit": "bureau"}]})
    assert made.status == 201, made
    path = f"/v1/whistles/{made.json['id']}"
    second = own.client("org", org="al-1", name="another of the street")
    assert second.post(f"{path}/approve", {}).status == 200
    before = own.supervisor.get(path).json
    load(own, free("03-04"))
    done = really(own)
    assert [(one["stage"], one["new"]) for one in done["items"]] == [
        ("arrive", at("03-06", "17:30")), ("result", at("03-10", "17:30"))]
    after = own.supervisor.get(path).json
    assert (after["reason"], after["place"]) == (before["reason"], before["place"])
    assert len(after["targets"]) == len(before["targets"])
