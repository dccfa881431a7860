"""Hints at intake: the same caller, and tickets of the same category near in place and time with like
words. Told with numbers; nothing is refused or dropped by them."""

import itertools

import pytest

from district import (DISTRICT, FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, STREET, at_once, district, do,
                      ticket)

COLD = {"title": "暖气不热，室温只有14度",
        "content": "来电人反映，甲一社区3号楼自上周起暖气温热不均，卧室实测14度，家中有老人，希望派人上门测温。"}
COLD_TOO = {"title": "甲一社区3号楼暖气不热",
            "content": "市民反映甲一社区3号楼自上周起暖气不热，卧室实测只有14、15度，希望尽快派人上门测温。"}
LEAK = {"title": "暖气片漏水需要关阀抢修",
        "content": "客厅暖气片接口处漏水，地板已经泡了，请立即派维修工关阀抢修。"}
HERE = {"lon": 113.2933, "lat": 40.0768}
phones = itertools.count(13900000000)


def caller(**more):
    """A caller who has never called before."""
    return {"petitioner": {"name": "王某", "phone": str(next(phones)), **more}}


def hints(district, client=None, **fields):
    return district.submit(client, **fields).get("hints", {})


def kept(district, no):
    """What the ticket is like stands in the database."""
    return district.daemon.psql("SELECT 1 FROM likeness JOIN ticket USING (ticket_id) "
                                f"WHERE no = '{no}'") != []


def similar(district, client=None, **fields):
    return [one["no"] for one in hints(district, client, **fields).get("similar", [])]


@pytest.fixture
def quiet(district):
    """No ticket before is near in time."""
    district.clock.move(days=40)
    return district


def rules(district, **changed):
    """Sets rules of the hints in the policy that applies everywhere; what is left out is standard."""
    admin = district.admin
    policy = {name: value for name, value in
              admin.get("/v1/policies/five-working-days").json.items()
              if name not in ("version", "updated_at", "code")}
    policy["rules"] = {**policy.get("rules", {}), "hints": changed}
    done = admin.put("/v1/policies/five-working-days", policy)
    assert done.status == 200, done


# ---- what is told ----

def test_nothing_to_tell(quiet):
    made = quiet.submit(**COLD)
    assert "hints" not in made
    assert quiet.events(made["no"])[0]["data"].get("hints") is None


def test_the_same_caller(quiet):
    who = caller()
    first = quiet.submit(category="02.01", area=FAR, **who)
    second = quiet.submit(category="03.01", title="欠薪", content="三个月没有发工资", **who)
    assert second["hints"] == {"same_caller": [first["no"]]}
    third = quiet.submit(category="04", **{"petitioner": {
        "phone": who["petitioner"]["phone"][:3] + " " + who["petitioner"]["phone"][3:]}})
    assert third["hints"]["same_caller"] == [second["no"], first["no"]]
    received = quiet.events(third["no"])[0]
    assert received["move"] == "receive" and received["data"]["hints"] == third["hints"]
    assert "hints" not in quiet.show(third["no"])
    assert hints(quiet, category="05", **caller()) == {}


def test_like_words(quiet):
    first = quiet.submit(**COLD)
    assert hints(quiet, **LEAK) == {}
    second = quiet.submit(**COLD_TOO)
    [found] = second["hints"]["similar"]
    assert found["no"] == first["no"] and 0.3 <= found["likeness"] < 1
    assert second["hints"] == {"similar": [found]}
    third = quiet.submit(**COLD)
    assert [one["no"] for one in third["hints"]["similar"]] == [first["no"], second["no"]]
    assert third["hints"]["similar"][0]["likeness"] == 1
    assert quiet.events(third["no"])[0]["data"]["hints"] == third["hints"]


def test_another_category_or_street_is_another_matter(quiet):
    quiet.submit(**COLD)
    assert similar(quiet, category="01.01", **COLD) == []
    assert similar(quiet, area=FAR, **COLD) == []


def test_near_in_place(quiet):
    first = quiet.submit(**COLD, **HERE)
    near = {"lon": 113.2973, "lat": 40.0768}  # 340 m to the east
    far = {"lon": 113.3033, "lat": 40.0768}  # 850 m
    assert similar(quiet, **COLD, **far) == []
    second = quiet.submit(**COLD, **near)
    assert [one["no"] for one in second["hints"]["similar"]] == [first["no"]]
    # without a place the street decides, on either side
    assert set(similar(quiet, area=NEXT_DOOR, **COLD)) >= {first["no"], second["no"]}
    quiet.clock.move(days=40)
    first = quiet.submit(area=STREET, **COLD)
    assert similar(quiet, **COLD, **HERE) == [first["no"]]
    quiet.submit(area=DISTRICT, **COLD)
    assert similar(quiet, area=DISTRICT, **COLD) == []  # a district is too wide to be near
    located = quiet.submit(area=DISTRICT, **COLD, **HERE)
    assert similar(quiet, area=DISTRICT, **COLD, **near) == [located["no"]]


def test_near_in_time(quiet):
    who = caller()
    first = quiet.submit(**COLD, **who)
    quiet.clock.move(days=29, hours=23)
    assert hints(quiet, **COLD, **who) == {
        "same_caller": [first["no"]], "similar": [{"no": first["no"], "likeness": 1}]}
    quiet.clock.move(days=30, hours=1)
    assert hints(quiet, **COLD, **who) == {}


def test_closed_ones_count_cancelled_and_invalid_ones_do_not(quiet):
    answered = quiet.submit(**COLD, then="answer", public_answer="正在抢修")
    for move in ("cancel", "invalid"):
        gone = quiet.submit(**COLD)
        do(quiet.dispatcher, gone["no"], move, {"reason": "重复"})
        assert not kept(quiet, gone["no"])
    assert kept(quiet, answered["no"])
    assert similar(quiet, **COLD) == [answered["no"]]


def test_an_erased_one_is_found_by_nothing(quiet):
    who = caller()
    gone = quiet.submit(**COLD, **who, then="answer", public_answer="正在抢修")
    assert kept(quiet, gone["no"])
    do(quiet.supervisor, gone["no"], "erase", {"reason": "到期"})
    assert not kept(quiet, gone["no"])
    assert hints(quiet, **COLD, **who) == {}


def test_a_corrected_one_is_found_as_it_is_now(quiet):
    first = quiet.submit(category="01.01", **LEAK)
    do(quiet.dispatcher, first["no"], "amend", {"category": "01.01.01", "content": COLD["content"],
                                               "reason": "记错了"})
    assert similar(quiet, category="01.01", **LEAK) == []
    assert similar(quiet, title=LEAK["title"], content=COLD["content"]) == [first["no"]]
    do(quiet.dispatcher, first["no"], "amend", {"area": FAR, "reason": "记错了"})
    assert similar(quiet, **{**COLD, "title": LEAK["title"]}, area=FAR) == [first["no"]]


# ---- batches and races ----

def test_tickets_of_one_batch_find_each_other(quiet):
    who = caller()
    before = quiet.submit(**COLD, **who)
    done = quiet.operator.post("/v1/tickets/batch", {"tickets": [
        ticket(**COLD, **who), ticket(title="没有类别", category="99"), ticket(**COLD, **who),
        ticket(**LEAK, **who)]})
    first, bad, second, third = done.json["results"]
    assert bad["status"] == 422
    first, second, third = (one["ticket"] for one in (first, second, third))
    assert first["hints"]["same_caller"] == [before["no"]]
    assert second["hints"]["same_caller"] == [first["no"], before["no"]]
    assert [one["no"] for one in second["hints"]["similar"]] == [first["no"], before["no"]]
    assert third["hints"] == {"same_caller": [second["no"], first["no"], before["no"]]}


def test_one_refused_for_its_number_is_no_hint(quiet):
    """The second round of a batch, after the guard has refused one."""
    quiet.submit(source="p", external_no="h-1", category="09")
    done = quiet.operator.post("/v1/tickets/batch", {"tickets": [
        ticket(**COLD), ticket(source="p", external_no="h-1", **COLD), ticket(**COLD)]})
    first, refused, last = done.json["results"]
    assert (first["status"], refused["status"], last["status"]) == (201, 409, 201)
    assert [one["no"] for one in last["ticket"]["hints"]["similar"]] == [first["ticket"]["no"]]


def test_of_many_at_once_each_pair_is_told(quiet):
    clients = [quiet.client("operator") for _ in range(8)]
    made = at_once([lambda c=c: c.post("/v1/tickets", ticket(**COLD)).json for c in clients])
    made.sort(key=lambda one: int(one["id"]))
    for index, one in enumerate(made):
        earlier = {other["no"] for other in made[:index]}
        told = {other["no"] for other in one.get("hints", {}).get("similar", [])}
        assert told <= earlier and len(told) == min(index, 5)


def test_a_second_try_gets_the_same_answer(quiet):
    quiet.submit(**COLD)
    headers = {"Idempotency-Key": "hinted"}
    first = quiet.operator.post("/v1/tickets", ticket(**COLD), headers=headers)
    quiet.submit(**COLD)
    again = quiet.operator.post("/v1/tickets", ticket(**COLD), headers=headers)
    assert first.status == again.status == 201 and first.json["hints"]["similar"]
    assert again.json == first.json


# ---- who is told ----

def test_only_of_tickets_in_the_keys_areas(quiet):
    who = caller()
    quiet.submit(**COLD, area=FAR, **who)
    inside = quiet.submit(**COLD, area=HOME, **who)
    beside = quiet.submit(**COLD, area=NEXT_DOOR, **who)
    local = quiet.client("operator", areas=[HOME])
    told = hints(quiet, local, **COLD, **who)
    assert told["same_caller"] == [inside["no"]]
    assert [one["no"] for one in told["similar"]] == [inside["no"]]
    elsewhere = quiet.client("operator", areas=[OTHER_DISTRICT, NEXT_DOOR])
    assert similar(quiet, elsewhere, **COLD, area=NEXT_DOOR) == [beside["no"]]
    both = quiet.operator.post("/v1/tickets/batch", {"tickets": [ticket(**COLD, area=HOME)]})
    assert beside["no"] in [one["no"] for one in
                            both.json["results"][0]["ticket"]["hints"]["similar"]]


@pytest.mark.parametrize("hidden", [{"kind": "report"}, {"secret": True}])
def test_who_is_to_stay_unknown_is_not_brought_together(quiet, hidden):
    secret = {name: value for name, value in hidden.items() if name == "secret"}
    kind = {name: value for name, value in hidden.items() if name == "kind"}
    who = caller()
    hiding = {"petitioner": {**who["petitioner"], **secret}, **kind}
    open_one = quiet.submit(category="02.01", **who)
    assert hints(quiet, **COLD, **hiding) == {}
    told = hints(quiet, category="04", **who)
    assert told == {"same_caller": [open_one["no"]]}


def test_identity_is_nowhere_in_it(quiet):
    who = caller()
    quiet.submit(**COLD, **who)
    made = quiet.operator.post("/v1/tickets", ticket(**COLD, **who))
    assert made.json["hints"]["same_caller"] and made.json["hints"]["similar"]
    events = quiet.supervisor.get(f"/v1/tickets/{made.json['no']}/events")
    for answer in (made, events):
        assert who["petitioner"]["phone"].encode() not in answer.body
        assert "王某".encode() not in answer.body
    unit = quiet.unit("heat")
    assert all("hints" not in event["data"]
               for event in unit.items(f"/v1/tickets/{made.json['no']}/events"))


def test_the_dry_run_tells_likes_but_no_callers(quiet):
    who = caller()
    first = quiet.submit(**COLD, **who)
    for client in (quiet.operator, quiet.dispatcher, quiet.supervisor):
        done = client.post("/v1/route", ticket(**COLD, **who))
        assert done.json["hints"] == {"similar": [{"no": first["no"], "likeness": 1}]}
    done = quiet.admin.post("/v1/route", ticket(**COLD, **who))
    assert done.status == 200 and set(done.json) == {"route"}  # no tickets for an admin
    done = quiet.operator.post("/v1/route", ticket(**LEAK))
    assert set(done.json) == {"route"}


# ---- the rules ----

def test_rules(quiet):
    who = caller()
    made = [quiet.submit(**COLD, **who)["no"] for _ in range(3)]
    try:
        rules(quiet, at_most=2)
        told = hints(quiet, **COLD, **who)
        assert told["same_caller"] == made[:0:-1]
        assert [one["no"] for one in told["similar"]] == made[:0:-1]
        rules(quiet, likeness=1)
        assert similar(quiet, **COLD_TOO) == []
        rules(quiet, looked_at=1)
        quiet.submit(**LEAK)
        assert similar(quiet, **COLD) == []  # only the newest is looked at, and that is unlike
        rules(quiet, metres=5000)
        located = quiet.submit(**COLD, **HERE)["no"]
        assert similar(quiet, **COLD, lon=113.3033, lat=40.0768)[0] == located
        rules(quiet, days=0)
        assert hints(quiet, **COLD, **who) == {}
    finally:
        rules(quiet)
    assert len(similar(quiet, **COLD)) == 5


def test_two_daemons_tell_the_same(quiet):
    first = quiet.submit(**COLD)
    other = quiet.client("operator", quiet.beside())
    assert similar(quiet, other, **COLD) == [first["no"]]
