"""Deadlines, the sweep and what is overdue (spec 5, 12): late, never lost, never twice."""

import datetime

import pytest

from district import (DISTRICT, FAR, NEXT_DOOR, START, STREET, STREET_2, District, district, do,
                      fresh, instant, ticket)

MORNING, AFTERNOON = ("09:00", "12:00"), ("13:30", "17:30")


def at(day, time):
    return f"2026-{day}T{time}:00+08:00"


def frames(*days):
    return [{"from": at(day, begin), "to": at(day, end)}
            for day in days for begin, end in (MORNING, AFTERNOON)]


def reckon(district, dispatched_at, amount, unit, pauses=None, status=200, **more):
    body = {"calendar": "cn", "dispatched_at": dispatched_at,
            "span": {"amount": amount, "unit": unit}, **more}
    if pauses is not None:
        body["pauses"] = pauses
    done = district.operator.post("/v1/deadlines", body)
    assert done.status == status, done
    return done.json if status == 200 else done


# ---- POST /v1/deadlines ----

@pytest.mark.parametrize("start,amount,unit,due,counted", [
    # through nights and holidays
    (at("03-02", "09:00"), 30, "minute", at("03-02", "09:30"), [("03-02 09:00", "03-02 09:30")]),
    (at("03-06", "18:00"), 24, "hour", at("03-07", "18:00"), [("03-06 18:00", "03-07 18:00")]),
    (at("02-14", "10:00"), 7, "day", at("02-21", "10:00"), [("02-14 10:00", "02-21 10:00")]),
    # only inside the frames, from the instant of dispatch; due is where the last one ends
    (at("03-02", "09:00"), 2, "working_hour", at("03-02", "11:00"), [("03-02 09:00", "03-02 11:00")]),
    (at("03-02", "09:00"), 3, "working_hour", at("03-02", "12:00"), [("03-02 09:00", "03-02 12:00")]),
    (at("03-02", "11:15"), 2, "working_hour", at("03-02", "14:45"),
     [("03-02 11:15", "03-02 12:00"), ("03-02 13:30", "03-02 14:45")]),
    (at("03-02", "12:30"), 1, "working_hour", at("03-02", "14:30"), [("03-02 13:30", "03-02 14:30")]),
    (at("03-02", "17:30"), 1, "working_hour", at("03-03", "10:00"), [("03-03 09:00", "03-03 10:00")]),
    (at("03-07", "11:00"), 1, "working_hour", at("03-09", "10:00"), [("03-09 09:00", "03-09 10:00")]),
    (at("02-14", "16:30"), 2, "working_hour", at("02-24", "10:00"),
     [("02-14 16:30", "02-14 17:30"), ("02-24 09:00", "02-24 10:00")]),
    # the end of the last frame of the Nth working day after the day of dispatch
    (at("03-02", "09:00"), 1, "working_day", at("03-03", "17:30"), ["03-03"]),
    (at("03-02", "00:00"), 1, "working_day", at("03-03", "17:30"), ["03-03"]),
    (at("03-02", "23:59"), 1, "working_day", at("03-03", "17:30"), ["03-03"]),
    (at("03-06", "23:59"), 2, "working_day", at("03-10", "17:30"), ["03-09", "03-10"]),
    # Spring Festival 2026: 14 and 28 February are worked, 15 to 23 are free
    (at("02-13", "10:00"), 5, "working_day", at("02-27", "17:30"),
     ["02-14", "02-24", "02-25", "02-26", "02-27"]),
    (at("02-27", "10:00"), 2, "working_day", at("03-02", "17:30"), ["02-28", "03-02"]),
    (at("02-18", "10:00"), 1, "working_day", at("02-24", "17:30"), ["02-24"]),
    # the first week of October, made up for on 20 September and 10 October
    (at("09-30", "10:00"), 3, "working_day", at("10-10", "17:30"), ["10-08", "10-09", "10-10"]),
    # year's end: 1 to 3 January are free, Sunday the 4th is worked
    ("2025-12-31T10:00:00+08:00", 3, "working_day", at("01-06", "17:30"), ["01-04", "01-05", "01-06"]),
    # any offset means the same instant
    ("2026-03-02T01:00:00Z", 2, "working_hour", at("03-02", "11:00"), [("03-02 09:00", "03-02 11:00")]),
    ("2026-03-01T20:00:00-05:00", 1, "working_day", at("03-03", "17:30"), ["03-03"]),
])
def test_reckoning(district, start, amount, unit, due, counted):
    found = reckon(district, start, amount, unit)
    expected = frames(*counted) if isinstance(counted[0], str) else [
        {"from": at(*begin.split()), "to": at(*end.split())} for begin, end in counted]
    assert found == {"due": due, "counted": expected, "provisional": False}


@pytest.mark.parametrize("unit,amount,pauses,due,counted", [
    ("working_hour", 4, [("03-02 10:00", "03-02 11:00")], "03-02 15:30",
     [("03-02 09:00", "03-02 10:00"), ("03-02 11:00", "03-02 12:00"), ("03-02 13:30", "03-02 15:30")]),
    # united, in any order, those outside the frames change nothing
    ("working_hour", 4, [("03-02 10:30", "03-02 11:00"), ("03-02 10:00", "03-02 10:45"),
                         ("03-02 12:10", "03-02 13:00")], "03-02 15:30",
     [("03-02 09:00", "03-02 10:00"), ("03-02 11:00", "03-02 12:00"), ("03-02 13:30", "03-02 15:30")]),
    ("hour", 24, [("03-02 12:00", "03-02 14:00")], "03-03 11:00",
     [("03-02 09:00", "03-02 12:00"), ("03-02 14:00", "03-03 11:00")]),
    ("day", 1, [("03-01 12:00", "03-02 10:00")], "03-03 10:00", [("03-02 10:00", "03-03 10:00")]),
    # a working day counts only if no pause touches its frames
    ("working_day", 2, [("03-03 11:59", "03-03 12:00")], "03-05 17:30", ["03-04", "03-05"]),
    ("working_day", 2, [("03-03 12:00", "03-03 13:30")], "03-04 17:30", ["03-03", "03-04"]),
    ("working_day", 2, [("03-03 07:00", "03-03 09:00"), ("03-04 17:30", "03-05 09:00")],
     "03-04 17:30", ["03-03", "03-04"]),
    ("working_day", 1, [("03-02 10:00", "03-02 11:00")], "03-03 17:30", ["03-03"]),
])
def test_pauses(district, unit, amount, pauses, due, counted):
    found = reckon(district, START, amount, unit,
                   [{"from": at(*a.split()), "to": at(*b.split())} for a, b in pauses])
    expected = frames(*counted) if isinstance(counted[0], str) else [
        {"from": at(*a.split()), "to": at(*b.split())} for a, b in counted]
    assert found == {"due": at(*due.split()), "counted": expected, "provisional": False}


def test_a_pause_without_an_end(district):
    found = reckon(district, START, 4, "working_hour", [{"from": at("03-02", "10:00")}])
    assert found["due"] is None
    assert found["counted"] == [{"from": at("03-02", "09:00"), "to": at("03-02", "10:00")}]
    found = reckon(district, START, 1, "working_day", [{"from": at("03-05", "10:00")}])
    assert found["due"] == at("03-03", "17:30")  # done before it begins


@pytest.mark.parametrize("start,provisional,due", [
    ("2026-12-30T10:00:00+08:00", True, "2027-01-06T17:30:00+08:00"),
    ("2026-12-23T10:00:00+08:00", False, "2026-12-30T17:30:00+08:00"),
    ("2027-03-01T10:00:00+08:00", True, "2027-03-08T17:30:00+08:00")])
def test_a_year_without_a_table(district, start, provisional, due):
    found = reckon(district, start, 5, "working_day")
    assert (found["provisional"], found["due"]) == (provisional, due)


@pytest.mark.parametrize("change,pointer", [
    ({"span": {"amount": 0, "unit": "hour"}}, "/span/amount"),
    ({"span": {"amount": -1, "unit": "hour"}}, "/span/amount"),
    ({"span": {"amount": 1.5, "unit": "hour"}}, "/span/amount"),
    ({"span": {"amount": "1", "unit": "hour"}}, "/span/amount"),
    ({"span": {"amount": 10**12, "unit": "hour"}}, "/span/amount"),
    ({"span": {"amount": 1, "unit": "fortnight"}}, "/span/unit"),
    ({"span": {"amount": 1}}, "/span/unit"), ({"span": None}, "/span"),
    ({"calendar": "mars"}, "/calendar"), ({"calendar": None}, "/calendar"),
    ({"dispatched_at": "2026-02-30T10:00:00+08:00"}, "/dispatched_at"),
    ({"dispatched_at": "2026-03-02 10:00"}, "/dispatched_at"),
    ({"dispatched_at": "2026-03-02T10:00:00"}, "/dispatched_at"),
    ({"pauses": [{"to": START}]}, "/pauses/0/from"),
    ({"pauses": [{"from": START, "to": "2026-03-02T08:00:00+08:00"}]}, "/pauses/0"),
    ({"pauses": "never"}, "/pauses"), ({"zone": "UTC"}, "/zone")])
def test_wrong_questions(district, change, pointer):
    body = {"calendar": "cn", "dispatched_at": START, "span": {"amount": 1, "unit": "hour"},
            **change}
    done = district.operator.post("/v1/deadlines", body)
    assert done.status == 422, done
    assert [one for one in done.pointers if one.startswith(pointer)], done


def test_asked_by_whom(district):
    body = {"calendar": "cn", "dispatched_at": START, "span": {"amount": 1, "unit": "hour"}}
    for client, status in [(district.admin, 200), (district.dispatcher, 200),
                           (district.supervisor, 200), (district.unit("heat"), 403),
                           (district.org("al-1"), 403), (district.daemon.client(), 401)]:
        assert client.post("/v1/deadlines", body).status == status


# ---- the clocks of tasks ----

PHONE = {"petitioner": {"phone": "13800000000"}}


@pytest.mark.parametrize("come,sign,contact,resolve", [
    ("03-02 09:00", "03-02 11:00", "03-03 17:30", "03-09 17:30"),
    ("03-06 17:00", "03-09 10:30", "03-09 17:30", "03-13 17:30"),
    ("03-07 10:00", "03-09 11:00", "03-09 17:30", "03-13 17:30"),
    ("02-14 17:00", "02-24 10:30", "02-24 17:30", "02-28 17:30"),
    ("02-20 03:00", "02-24 11:00", "02-24 17:30", "02-28 17:30")])
def test_five_working_days(come, sign, contact, resolve, district):
    before = district.clock.at
    district.clock.set(at(*come.split()))
    task = district.submit(**PHONE)["tasks"][0]
    assert (task["sign_due"], task["contact_due"], task["resolve_due"]) == \
        tuple(at(*one.split()) for one in (sign, contact, resolve))
    assert task["due"] == task["sign_due"]
    district.clock.set(before)


def test_critical_has_two_hours_day_and_night(fresh):
    fresh.clock.move(hours=13, minutes=30)  # 22:30
    task = fresh.submit(urgency="critical", **PHONE)["tasks"][0]
    now = fresh.clock.at
    spans = {"sign_due": 15, "contact_due": 30, "resolve_due": 120}
    for name, minutes in spans.items():
        assert instant(task[name]) == now + datetime.timedelta(minutes=minutes)


def length(counted):
    return sum(((instant(one["to"]) - instant(one["from"])) for one in counted),
               datetime.timedelta())


def test_deadlines_of_a_task_sum_up(fresh):
    task = fresh.submit(**PHONE)["tasks"][0]
    for client in (fresh.unit("heat"), fresh.org("po-heat"), fresh.dispatcher, fresh.operator):
        assert client.get(f"/v1/tasks/{task['id']}/deadlines").status == 200
    shown = fresh.supervisor.get(f"/v1/tasks/{task['id']}/deadlines").json["stages"]
    assert [one["stage"] for one in shown] == ["sign", "contact", "resolve"]
    for one in shown:
        assert one["due"] == task[f"{one['stage']}_due"] == one["counted"][-1]["to"]
        assert one["policy"] == "five-working-days" and one["policy_version"] >= 1
        assert one["calendar"] == "cn" and one["calendar_version"] >= 1
        assert reckon(fresh, one["from"], one["span"]["amount"], one["span"]["unit"])["counted"] \
            == one["counted"]
    assert length(shown[0]["counted"]) == datetime.timedelta(hours=2)
    assert length(shown[1]["counted"]) == datetime.timedelta(hours=7)
    assert length(shown[2]["counted"]) == datetime.timedelta(hours=35)


def test_a_task_keeps_the_rules_it_came_under(fresh):
    admin = fresh.admin
    made = fresh.submit()["tasks"][0]
    policy = {name: value for name, value in
              admin.get("/v1/policies/five-working-days").json.items()
              if name not in ("code", "version", "status")}
    changed = {**policy, "spans": {**policy["spans"], "sign": {"amount": 1, "unit": "working_hour"}}}
    assert admin.put("/v1/policies/five-working-days", changed).status == 200
    try:
        later = fresh.submit()["tasks"][0]
        assert instant(made["sign_due"]) - instant(later["sign_due"]) == datetime.timedelta(hours=1)
        [sign] = [one for one in
                  fresh.supervisor.get(f"/v1/tasks/{made['id']}/deadlines").json["stages"]
                  if one["stage"] == "sign"]
        assert sign["span"] == {"amount": 2, "unit": "working_hour"}
    finally:
        assert admin.put("/v1/policies/five-working-days", policy).status == 200


# ---- the sweep ----

def steps(district, no):
    """What the clocks did to a ticket: (move, stage), in order."""
    return [(one["move"], one["data"]["stage"]) for one in district.events(no)
            if one["by"]["role"] == "daemon" and "stage" in (one["data"] or {})]


def settled(district, *numbers, expected):
    """Waits until each ticket has had its steps; then both daemons sweep once more, in vain."""
    for no in numbers:
        district.daemon.wait_for(lambda n=no: len(steps(district, n)) >= len(expected), 15)
        assert sorted(steps(district, no)) == sorted(expected)


SIGN = [("remind", "sign"), ("overdue", "sign"), ("urge", "sign")]


def test_overdue_and_each_escalation_once_with_two_daemons(fresh):
    fresh.beside()
    monday = fresh.clock.at
    made = fresh.submit(category="03.01")
    no, task = made["no"], made["tasks"][0]["id"]
    fresh.clock.set(monday + datetime.timedelta(hours=1, minutes=30))
    settled(fresh, no, expected=SIGN[:1])
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["overdue"] == []
    fresh.clock.set(monday + datetime.timedelta(hours=2))
    settled(fresh, no, expected=SIGN)
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["overdue"] == ["sign"]
    assert fresh.org("conf-city").get(f"/v1/tickets/{no}").status == 404
    fresh.clock.set(monday + datetime.timedelta(days=1, hours=8, minutes=30))  # Tuesday's end
    settled(fresh, no, expected=SIGN + [("supervise", "sign")])
    fresh.clock.set(monday + datetime.timedelta(days=3, hours=8, minutes=30))  # Thursday's end
    done = SIGN + [("supervise", "sign"), ("level_up", "sign")]
    settled(fresh, no, expected=done)
    shown = fresh.supervisor.get(f"/v1/tasks/{task}").json
    assert (shown["level"], shown["unit"], shown["sign_due"]) == \
        ("city", "bureau", made["tasks"][0]["sign_due"])
    assert fresh.org("conf-city").get(f"/v1/tickets/{no}").status == 200
    fresh.clock.set(monday + datetime.timedelta(days=30))
    resolve = [("remind", "resolve"), ("overdue", "resolve"), ("urge", "resolve"),
               ("supervise", "resolve"), ("level_up", "resolve")]
    settled(fresh, no, expected=done + resolve)
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["overdue"] == ["sign", "resolve"]
    do(fresh.operator, no, "cancel", {"reason": "测试结束"})


def test_a_met_clock_is_left_alone(fresh):
    made = fresh.submit()
    task = made["tasks"][0]["id"]
    do(fresh.unit("heat"), task, "sign")
    do(fresh.unit("heat"), task, "reply", {"result": "好"})
    other = fresh.submit()
    fresh.clock.move(days=20)
    settled(fresh, other["no"], expected=SIGN + [
        ("supervise", "sign"), ("level_up", "sign"), ("remind", "resolve"), ("overdue", "resolve"),
        ("urge", "resolve"), ("supervise", "resolve"), ("level_up", "resolve")])
    assert steps(fresh, made["no"]) == []
    # rejected it counts as not made: the clock is open again, and overdue
    do(fresh.dispatcher, task, "reply/reject", {"reason": "不够"})
    fresh.daemon.wait_for(lambda: ("overdue", "resolve") in steps(fresh, made["no"]))
    for no in (made["no"], other["no"]):
        do(fresh.operator, no, "cancel", {"reason": "测试结束"})


@pytest.mark.parametrize("move", ["sign", "cancel", "redispatch"])
def test_a_late_move_that_comes_before_the_sweep(move):
    """What was due when the move came is marked, whoever was first."""
    own = District()
    try:
        numbers = []
        for _ in range(20):  # the sweep wins some of the races, the moves some
            made = own.submit()
            own.clock.move(hours=0.001)
            numbers.append((made["no"], made["tasks"][0]["id"]))
        own.clock.move(hours=2)
        for no, task in numbers:
            if move == "sign":
                assert do(own.unit("heat"), task, "sign")["overdue"] == ["sign"]
            else:
                do(own.dispatcher, no, move, {"reason": "晚了"} if move == "cancel" else
                   {"reason": "晚了", "unit": "bureau"})
                assert own.show(no)["tasks"][0]["overdue"] == ["sign"]
            assert steps(own, no) == SIGN
    finally:
        own.stop()


def test_the_past_is_no_trouble(fresh):
    """A clock that is set back neither undoes nor repeats a step."""
    made = fresh.submit()
    start = fresh.clock.at
    fresh.clock.move(hours=2)
    settled(fresh, made["no"], expected=SIGN)
    fresh.clock.set(start)
    second = fresh.submit()
    fresh.clock.move(hours=2)
    settled(fresh, second["no"], expected=SIGN)
    settled(fresh, made["no"], expected=SIGN)
    for one in (made, second):
        do(fresh.operator, one["no"], "cancel", {"reason": "测试结束"})


# ---- overdue and due soon ----

def test_lists(fresh):
    """Every filter, every page."""
    supervisor = fresh.supervisor
    for row in fresh.daemon.psql("SELECT no FROM ticket WHERE final_state IS NULL"):
        do(fresh.dispatcher, row[0], "cancel", {"reason": "清理"})
    made = {}
    for name, fields in {"heat": {}, "heat-far": {"area": FAR}, "noise": {"category": "02.01"},
                         "nobody": {"category": "09", "area": STREET_2},
                         "phone": {**PHONE, "category": "03.01", "area": NEXT_DOOR}}.items():
        made[fresh.submit(**fields)["no"]] = name
        fresh.clock.move(minutes=1)

    def names(path):
        return [(made[one["no"]], one["stage"]) for one in supervisor.items(path)]
    assert names("/v1/overdue") == []
    assert names("/v1/due?within=2h") == [(name, "sign") for name in made.values()]
    assert names("/v1/due?within=30m") == []
    assert len(names("/v1/due")) == 6  # within 48 hours: the contact too
    assert len(names("/v1/due?within=10d")) == 11
    at_most = instant(supervisor.items("/v1/due")[0]["due"]) - fresh.clock.at  # the nearest
    exactly = int(at_most.total_seconds() // 60)
    assert at_most == datetime.timedelta(minutes=exactly)
    assert names(f"/v1/due?within={exactly}m") == [("heat", "sign")]  # at the end is within
    assert names(f"/v1/due?within={exactly - 1}m") == []
    assert names("/v1/due?within=10d&stage=contact") == [("phone", "contact")]
    fresh.clock.move(hours=2)
    late = names("/v1/overdue")
    assert late == [(name, "sign") for name in made.values()]
    row = supervisor.items("/v1/overdue")[0]
    assert set(row) == {"no", "task", "unit", "org", "stage", "due", "overdue_seconds", "level",
                        "category", "area", "title"}
    assert row["overdue_seconds"] == (fresh.clock.at - instant(row["due"])).total_seconds() > 0
    for query, expected in {
            "area=" + STREET: {"heat", "noise", "phone"}, "area=" + FAR: {"heat-far"},
            "area=" + DISTRICT: set(made.values()), "unit=heat": {"heat", "heat-far"},
            "unit=bureau": {"noise", "phone"}, "org=po-heat": {"heat", "heat-far"},
            "org=al-2": {"nobody"}, "category=01": {"heat", "heat-far"},
            "category=01.01.01": {"heat", "heat-far"}, "category=02": {"noise"},
            "stage=sign": set(made.values()), "stage=contact": set(), "stage=resolve": set(),
            "stage=sign&unit=heat&area=" + FAR: {"heat-far"}, "unit=nobody": set(),
            "category=0": set()}.items():
        assert {name for name, _ in names("/v1/overdue?" + query)} == expected, query
    local = fresh.client("supervisor", areas=[STREET_2])
    assert {made[one["no"]] for one in local.items("/v1/overdue")} == {"heat-far", "nobody"}
    fresh.clock.move(days=40)
    assert len(names("/v1/overdue")) == 11 and names("/v1/due?within=100d") == []
    # the level that a row shows still rises until the sweep has caught up
    behind = f"SELECT count(*) FROM task WHERE next_at <= '{fresh.clock.at.isoformat()}'"
    fresh.daemon.wait_for(lambda: fresh.daemon.psql(behind)[0][0] == "0")
    whole = supervisor.items("/v1/overdue")
    assert [one["due"] for one in whole] == sorted(one["due"] for one in whole)
    for limit in (1, 2, 3, 10, 11):
        assert supervisor.items("/v1/overdue", limit=limit) == whole
    # a signed one is gone from the list, though the mark stays
    [first] = [one for one in whole if made[one["no"]] == "heat" and one["stage"] == "sign"]
    signed = do(fresh.unit("heat"), first["task"], "sign")
    assert "sign" in signed["overdue"]
    assert ("heat", "sign") not in names("/v1/overdue")
    for query in ("stage=x", "limit=0", "limit=x", "cursor=made-up", "colour=red"):
        assert supervisor.get("/v1/overdue?" + query).status in (400, 422), query
    for query in ("within=x", "within=-1h", "within="):
        assert supervisor.get("/v1/due?" + query).status in (400, 422), query
    for no in made:
        do(fresh.operator, no, "cancel", {"reason": "测试结束"})
    assert names("/v1/overdue") == []


# ---- kill -9 in the middle of a sweep ----

def test_killed_in_the_middle_of_a_sweep():
    """Late, never lost, never twice: each ticket has each step once, whenever it was killed."""
    own = District(sweep_batch=3)
    try:
        for _ in range(2):
            done = own.operator.post("/v1/tickets/batch", {"tickets": [ticket()] * 100})
            assert done.status == 207
        numbers = [row[0] for row in own.daemon.psql("SELECT no FROM ticket")]
        marks = "SELECT count(*) FROM event WHERE move = 'overdue'"

        def marked():
            return int(own.daemon.psql(marks)[0][0])
        own.clock.move(hours=2)
        for target in (20, 60, 110, 160):
            own.daemon.wait_for(lambda t=target: marked() >= t)
            own.daemon.kill()
            before = marked()
            own.daemon.start()
            assert before >= target
        own.beside()  # a second one joins in
        own.daemon.wait_for(lambda: int(own.daemon.psql(
            "SELECT count(*) FROM task WHERE next_at <= '2026-03-02T03:00:00Z'")[0][0]) == 0, 60)
        assert marked() == len(numbers) == 200
        twice = own.daemon.psql("SELECT ticket_id, move, data, count(*) FROM event "
                                "WHERE by_key = 0 GROUP BY 1, 2, 3 HAVING count(*) > 1")
        assert twice == []
        for no in numbers[::20]:
            settled(own, no, expected=SIGN)
        gaps = own.daemon.psql("SELECT ticket_id FROM event GROUP BY ticket_id "
                               "HAVING max(seq) <> count(*) OR min(seq) <> 1")
        assert gaps == []
    finally:
        own.stop()


def test_steps_missed_while_nothing_ran():
    own = District()
    try:
        made = own.submit()
        own.daemon.kill()
        own.clock.move(days=3, hours=9)
        own.daemon.start()
        settled(own, made["no"], expected=SIGN + [("supervise", "sign"), ("level_up", "sign")])
    finally:
        own.stop()


# ---- a year without a table ----

def test_next_year_is_provisional_and_no_obstacle(district):
    district.clock.set("2026-10-20T10:00:00+08:00")
    ready = district.daemon.client()
    assert ready.get("/readyz").json.get("warnings") in ([], None)
    district.clock.set("2026-11-20T10:00:00+08:00")
    shown = ready.get("/readyz")
    assert shown.status == 200 and "2027" in str(shown.json["warnings"])
    district.clock.set("2026-12-30T10:00:00+08:00")
    task = district.submit()["tasks"][0]
    assert task["provisional"] is True and task["resolve_due"] == "2027-01-06T17:30:00+08:00"
    district.clock.set("2027-05-10T10:00:00+08:00")
    assert district.submit()["tasks"][0]["provisional"] is True
    assert ready.get("/readyz").status == 200
