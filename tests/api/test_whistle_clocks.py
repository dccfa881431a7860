"""Clocks of whistles (spec 5, 7): their targets are swept with all other tasks, and rules whistle by
themselves, once for a task, whatever happens to the daemons."""

import datetime

import pytest

from district import DISTRICT, District, district, do, fresh, instant, ticket
from moves import bring_task, lead
from test_verify import check
from whistles import events, issued, move, on, second, show, target, whistle


def minutes(count):
    return datetime.timedelta(minutes=count)


def told(district, whistle):
    """What the clocks did: (move, stage), in order."""
    return [(event["move"], event["data"]["stage"]) for event in events(district, whistle)
            if event["by"]["role"] == "daemon"]


def wait_told(district, whistle, expected):
    district.daemon.wait_for(lambda: len(told(district, whistle)) >= len(expected), 15)
    assert sorted(told(district, whistle)) == sorted(expected)


def late(district, whistle, client=None):
    """Its rows of GET /v1/overdue: (unit, stage, seconds)."""
    rows = (client or district.supervisor).items("/v1/overdue")
    return [(row["unit"], row["stage"], row["overdue_seconds"]) for row in rows
            if row["task"].startswith(whistle + "-")]


# ---- the sweep ----

def test_emergency_clocks_with_two_daemons(fresh):
    fresh.beside()
    begin = fresh.clock.at
    one = issued(fresh, targets=[{"unit": "heat"}])
    heat = target(show(fresh, one))
    assert [instant(heat[f"{stage}_due"]) - begin for stage in ("acknowledge", "arrive", "result")] == [
        minutes(10), minutes(30), minutes(24 * 60)]
    assert fresh.unit("heat").get(f"/v1/tasks/{heat['task']}").json["due"] == heat["acknowledge_due"]
    soon = fresh.supervisor.items("/v1/due?within=15m&stage=acknowledge")
    assert [row["unit"] for row in soon if row["task"] == heat["task"]] == ["heat"]
    fresh.clock.set(begin + minutes(10))
    first = [("overdue", "acknowledge"), ("urge", "acknowledge")]
    wait_told(fresh, one, first)
    assert late(fresh, one) == [("heat", "acknowledge", 0)]
    fresh.clock.set(begin + minutes(20))
    wait_told(fresh, one, first + [("supervise", "acknowledge")])
    on(fresh.unit("heat"), one, "heat", "acknowledge")
    assert late(fresh, one) == []
    fresh.clock.set(begin + minutes(60))
    done = first + [("supervise", "acknowledge"), ("overdue", "arrive"), ("urge", "arrive"),
                    ("supervise", "arrive"), ("level_up", "arrive")]
    wait_told(fresh, one, done)
    assert late(fresh, one) == [("heat", "arrive", 1800)]
    stages = {row["stage"] for row in fresh.supervisor.items("/v1/overdue?stage=arrive")}
    assert stages == {"arrive"}
    assert late(fresh, one, fresh.client("supervisor", areas=["140214"])) == []
    shown = target(show(fresh, one))
    assert (shown["overdue"], shown["level"]) == (["acknowledge", "arrive"], "city")
    assert fresh.org("conf-city").get(f"/v1/whistles/{one}").status == 200
    account = fresh.supervisor.get(f"/v1/tasks/{heat['task']}/deadlines").json["stages"]
    assert [stage["stage"] for stage in account] == ["acknowledge", "arrive", "result"]
    assert account[1]["span"] == {"amount": 30, "unit": "minute"}
    move(second(fresh), one, "withdraw", {"reason": "险情解除"})
    fresh.clock.set(begin + minutes(3 * 24 * 60))
    assert late(fresh, one) == [] and sorted(told(fresh, one)) == sorted(done)


def test_a_late_move_loses_no_mark(fresh):
    """Who acknowledges too late is marked before, if no sweep was faster."""
    one = issued(fresh, targets=[{"unit": "heat"}])
    fresh.clock.move(minutes=10)
    on(fresh.unit("heat"), one, "heat", "acknowledge")
    wait_told(fresh, one, [("overdue", "acknowledge"), ("urge", "acknowledge")])
    moves = [event["move"] for event in events(fresh, one)]
    assert moves.index("overdue") < moves.index("acknowledge")


@pytest.mark.parametrize("kind, acknowledge, arrive", [
    ("daily", "2026-03-03T17:30:00+08:00", "2026-03-05T17:30:00+08:00"),
    ("hard", "2026-03-03T17:30:00+08:00", "2026-03-05T17:30:00+08:00"),
    ("enforcement", "2026-03-02T11:00:00+08:00", "2026-03-03T17:30:00+08:00"),
    ("emergency", "2026-03-02T09:10:00+08:00", "2026-03-02T09:30:00+08:00")])
def test_each_kind_has_its_clocks(district, kind, acknowledge, arrive):
    district.clock.set("2026-03-02T09:00:00+08:00")
    shown = target(show(district, issued(district, kind=kind, targets=[{"unit": "heat"}])))
    assert (shown["acknowledge_due"], shown["arrive_due"]) == (acknowledge, arrive)


def test_a_refusal_stops_no_clock(fresh):
    one = issued(fresh, targets=[{"unit": "heat"}])
    on(fresh.unit("heat"), one, "heat", "refuse", {"reason": "非职责"})
    fresh.clock.move(minutes=10)
    wait_told(fresh, one, [("overdue", "acknowledge"), ("urge", "acknowledge")])
    on(fresh.org("conf-district"), one, "heat", "refuse/approve")
    fresh.clock.move(days=2)
    assert late(fresh, one) == []


# ---- by rule ----

def preset(own, code="five-working-days"):
    return {name: value for name, value in own.admin.get(f"/v1/policies/{code}").json.items()
            if name not in ("code", "version", "status", "revision")}


def put(own, policy, code="five-working-days"):
    """Replaces a policy; a daemon beside knows it too when this returns."""
    done = own.admin.put(f"/v1/policies/{code}", policy)
    assert done.status == 200, done
    for daemon in filter(None, (own.daemon, own.second)):
        client = daemon.client(own.admin.key)
        daemon.wait_for(lambda c=client: c.get(f"/v1/policies?prefix={code}").json["items"][0][
            "version"] == done.json["version"])


def with_rule(own, **changes):
    """The district's tickets under a policy that whistles."""
    policy = preset(own)
    policy["escalation"] = [{"after": {"amount": 0, "unit": "minute"}, "do": "urge"},
                            {"after": {"amount": 1, "unit": "working_hour"}, "do": "whistle"}]
    put(own, {**policy, **changes})


@pytest.fixture(scope="module")
def ruled():
    own = District()
    with_rule(own)
    yield own
    own.stop()


def whistles_of(own, no):
    return own.supervisor.items(f"/v1/whistles?no={no}")


def blown(own, no):
    return [event for event in own.events(no) if event["move"] == "whistle"]


def test_a_step_whistles_once(ruled):
    ruled.beside()
    ruled.clock.set("2026-03-02T09:00:00+08:00")
    no, task = bring_task(ruled, "signed", petitioner={"name": "王五", "phone": "13812345678"})
    do(ruled.unit("heat"), task, "assist", {"units": ["school", "bureau"]})
    for help_task in ruled.show(no)["tasks"][1:]:
        do(ruled.unit(help_task["unit"]), help_task["id"], "sign")
    ruled.clock.set("2026-03-03T17:30:00+08:00")  # contact is due
    ruled.clock.set("2026-03-04T10:00:00+08:00")  # and one working hour more
    ruled.daemon.wait_for(lambda: blown(ruled, no), 15)
    [made] = whistles_of(ruled, no)
    assert sorted("whistle" in one["data"] for one in blown(ruled, no)) == [False, False, True]
    event = next(one for one in blown(ruled, no) if one["task"] == task)
    assert event["by"]["role"] == "daemon" and event["data"]["whistle"] == made["id"]
    assert event["data"]["stage"] == "contact"
    assert (made["state"], made["kind"], made["org"], made["area"], made["category"]) == (
        "raised", "hard", "al-1", "140213001001", "01.01.01")
    assert made["raised_by"] == {"key": None, "org": None}
    told = ruled.supervisor.get("/v1/stats/whistles?from=2026-03-04&to=2026-03-05").json["total"]
    assert (told["by_rule"], told["by_hand"]) == (1, 0)
    assert "先行联系" in made["reason"] and "2026-03-03T09:30:00Z" in made["reason"]
    assert [(one["unit"], one["role"]) for one in made["targets"]] == [
        ("heat", "lead"), ("school", "assist"), ("bureau", "assist")]
    raised = events(ruled, made["id"], ruled.org("al-1"))
    assert [one["move"] for one in raised] == ["raise"] and raised[0]["by"]["role"] == "daemon"
    ruled.clock.set("2026-04-01T10:00:00+08:00")  # resolve has passed the same step
    ruled.daemon.wait_for(lambda: any(one["move"] == "overdue" and one["data"]["stage"] == "resolve"
                                      for one in ruled.events(no)), 15)
    assert [one["task"] for one in blown(ruled, no)].count(task) == 1
    assert len(whistles_of(ruled, no)) == 1
    move(ruled.org("al-1"), made["id"], "approve")
    assert target(show(ruled, made["id"]))["state"] == "assigned"
    assert check(ruled.supervisor, made["id"]) == check(ruled.supervisor, no) == []


def test_where_nobody_can_be_called_the_event_says_so(ruled):
    ruled.clock.set("2026-03-02T09:00:00+08:00")
    nobody = ruled.submit(category="09")["no"]
    wide = ruled.submit(area=DISTRICT)["no"]
    ruled.clock.set("2026-03-03T10:00:00+08:00")
    for no, reason in ((nobody, "unit"), (wide, "street")):
        ruled.daemon.wait_for(lambda n=no: blown(ruled, n), 15)
        assert reason in blown(ruled, no)[0]["data"]["reason"]
        assert "whistle" not in blown(ruled, no)[0]["data"] and whistles_of(ruled, no) == []


def test_a_late_move_whistles_too(ruled):
    """The step was due before the move that comes late: one of both raises the whistle."""
    ruled.clock.set("2026-03-02T09:00:00+08:00")
    made = [ruled.submit() for _ in range(5)]
    ruled.clock.set("2026-03-02T14:00:00+08:00")
    for one in made:
        do(ruled.unit("heat"), one["tasks"][0]["id"], "sign")
    for one in made:
        assert len(whistles_of(ruled, one["no"])) == len(blown(ruled, one["no"])) == 1
        assert check(ruled.supervisor, one["no"]) == []


def test_the_accused_is_not_called(ruled):
    ruled.clock.set("2026-03-02T09:00:00+08:00")
    no = ruled.submit(accused={"unit": "bureau"}, kind="report")["no"]
    ruled.clock.set("2026-03-02T14:00:00+08:00")
    ruled.daemon.wait_for(lambda: blown(ruled, no), 15)
    [made] = whistles_of(ruled, no)
    assert [one["unit"] for one in made["targets"]] == ["heat"]
    move(second(ruled), made["id"], "approve")
    assert ruled.unit("bureau").get(f"/v1/whistles/{made['id']}").status == 404


def test_at_the_nth_rehandling(ruled):
    with_rule(ruled, escalation=[], rules={"whistle": {"at_rehandling": 2}})
    try:
        ruled.clock.set("2026-03-02T09:00:00+08:00")
        no, _ = bring_task(ruled, "completed")
        for time in (1, 2, 3):
            do(ruled.operator, no, "rehandle", {"reason": "未解决"})
            assert len(whistles_of(ruled, no)) == (time >= 2)
            task = lead(ruled.show(no))["id"]
            do(ruled.unit("heat"), task, "sign")
            do(ruled.unit("heat"), task, "reply", {"result": "再修"})
            do(ruled.dispatcher, task, "reply/pass")
        [event] = blown(ruled, no)
        [made] = whistles_of(ruled, no)
        assert event["data"] == {"rehandling": 2, "whistle": made["id"]}
        assert "第2次重办" in made["reason"] and made["targets"][0]["unit"] == "heat"
    finally:
        with_rule(ruled)


def test_a_whistle_calls_nobody_else(ruled):
    """The same step in a whistle's policy raises no further whistle."""
    policy = preset(ruled, "whistle.emergency")
    changed = {**policy, "escalation": [{"after": {"amount": 0, "unit": "minute"}, "do": "whistle"}]}
    put(ruled, changed, "whistle.emergency")
    try:
        one = issued(ruled, targets=[{"unit": "heat"}])
        ruled.clock.move(minutes=10)
        wait_told(ruled, one, [("overdue", "acknowledge"), ("whistle", "acknowledge")])
        [event] = [event for event in events(ruled, one) if event["move"] == "whistle"]
        assert event["data"]["stage"] == "acknowledge" and "not about a ticket" in event["data"]["reason"]
    finally:
        put(ruled, policy, "whistle.emergency")


def test_killed_while_it_whistles():
    """Two daemons, one of them killed again and again: each ticket has one whistle, and its event."""
    own = District(sweep_batch=3)
    try:
        with_rule(own)
        done = own.operator.post("/v1/tickets/batch", {"tickets": [ticket()] * 90})
        assert done.status == 207
        own.beside()

        def raised():
            return int(own.daemon.psql("SELECT count(*) FROM ticket WHERE origin = 'whistle'")[0][0])
        own.clock.move(hours=5)
        for count in (10, 35, 60):
            own.daemon.wait_for(lambda c=count: raised() >= c, 60)
            own.daemon.kill()
            own.daemon.start()
        own.daemon.wait_for(lambda: raised() >= 90, 60)
        own.daemon.wait_for(lambda: int(own.daemon.psql(
            "SELECT count(*) FROM task WHERE next_at <= '2026-03-02T06:00:00Z'")[0][0]) == 0, 60)
        assert raised() == 90
        assert own.daemon.psql("SELECT parent FROM ticket WHERE origin = 'whistle' "
                               "GROUP BY 1 HAVING count(*) > 1") == []
        assert own.daemon.psql("SELECT count(*), count(DISTINCT (data::jsonb)->>'whistle') FROM event "
                               "WHERE move = 'whistle'") == [["90", "90"]]
        assert check(own.supervisor) == []
    finally:
        own.stop()
