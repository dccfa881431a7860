"""Whistles (spec 7): raised by a street, approved by another of its keys, answered by the units called:
the grids of states and roles, scopes, refusals, ratings and the shared score."""

import pytest

from district import HOME, OTHER_DISTRICT, STREET, at_once, district, do, follow, fresh, instant
from moves import ROLES, key, refused
from test_verify import check
from whistles import (EMERGENCY, TARGET, TARGET_STATES, WHISTLE, WHISTLE_STATES, bring_target, bring_whistle,
                      events, finish, issued, move, on, second, show, target, whistle)


def test_whole_life(fresh):
    made = whistle(fresh)
    assert (made["state"], made["org"], made["area"], made["urgency"], made["no"]) == (
        "raised", "al-1", STREET, "critical", None)
    assert made["title"] == made["reason"] == EMERGENCY["reason"] and made["approved_at"] is None
    assert [(one["unit"], one["role"], "task" in one) for one in made["targets"]] == [
        ("heat", "lead", False), ("bureau", "assist", False)]
    one = move(second(fresh), made["id"], "approve")
    assert one["state"] == "approved" and one["approved_at"]
    assert [called["state"] for called in one["targets"]] == ["assigned", "assigned"]
    for unit in ("heat", "bureau"):
        finish(fresh, made["id"], unit, score=90, back=80)
    closed = move(fresh.org("al-1"), made["id"], "close", {"note": "完毕"})
    assert closed["state"] == "closed" and closed["ended_at"]
    heat = target(closed)
    assert (heat["who"], heat["how_many"], heat["result"], heat["solved"]) == (
        "张队", 2, "已处置", True)
    assert (heat["rating"], heat["rating_back"], heat["state"]) == (90, 80, "completed")
    told = events(fresh, made["id"])
    assert [event["seq"] for event in told] == list(range(1, len(told) + 1)) == list(
        range(1, closed["version"] + 1))
    assert [event["move"] for event in told] == (
        ["raise", "approve", "dispatch", "dispatch"]
        + ["acknowledge", "arrive", "result", "rate", "rate"] * 2 + ["close"])
    assert told[0]["data"] == EMERGENCY and told[0]["origin"] == {"kind": "whistle",
                                                                  "id": made["id"]}
    assert check(fresh.supervisor, made["id"]) == []


# ---- the grids ----

@pytest.mark.parametrize("state", sorted(WHISTLE_STATES))
def test_whistle_moves_by_state(district, state):
    one = bring_whistle(district, state)
    before = show(district, one)
    for name, (states, _, body) in WHISTLE.items():
        if state not in states:
            refused(second(district).post(f"/v1/whistles/{one}/{name}", body), state, WHISTLE)
        elif name == "close":
            answer = second(district).post(f"/v1/whistles/{one}/close", body)
            assert answer.status == 409 and "open" in answer.json["detail"]
        else:
            move(second(district), bring_whistle(district, state), name, body)
    assert show(district, one) == before


@pytest.mark.parametrize("state", sorted(TARGET_STATES))
def test_target_moves_by_state(district, state):
    one, task = bring_target(district, state)
    before = show(district, one)
    for name, (states, roles, body) in TARGET.items():
        client = {"rate": second(district), "note": second(district)}.get(
            name, key(district, roles.split()[0]))
        if state not in states or (name, state) == ("rate", "completed"):
            for path in (f"/v1/whistles/{one}/targets/heat/{name}", f"/v1/tasks/{task}/{name}"):
                refused(client.post(path, body), state, TARGET)
        else:
            other, moved = bring_target(district, state)
            done = on(client, other, "heat", name, body)
            assert done["id"] == moved and done["origin"] == {"kind": "whistle", "id": other}
            other, moved = bring_target(district, state)
            do(client, moved, name, body)
    assert show(district, one) == before


@pytest.mark.parametrize("name", sorted(WHISTLE))
def test_whistle_moves_by_role(district, name):
    states, roles, body = WHISTLE[name]
    for role in ROLES:
        one = bring_whistle(district, "approved" if name == "note" else sorted(states)[-1])
        client = second(district) if role == "org" else key(district, role)
        answer = client.post(f"/v1/whistles/{one}/{name}", body)
        if role not in roles.split():
            assert answer.status == 403, (role, answer)
        else:
            assert answer.status == (409 if name == "close" else 200), (role, answer)
            assert name == "close" or answer.json["id"] == one and answer.etag


@pytest.mark.parametrize("name", sorted(TARGET))
def test_target_moves_by_role(district, name):
    states, roles, body = TARGET[name]
    orgs = {"refuse/approve": "conf-district", "refuse/reject": "conf-district"}
    for role in ROLES:
        state = "replied" if name == "rate" else "assigned" if "assigned" in states else sorted(
            states)[0]
        one, task = bring_target(district, state)
        client = key(district, role, org=orgs.get(name, "po-heat"))
        if role == "org" and name == "rate":
            client = second(district)
        answer = client.post(f"/v1/tasks/{task}/{name}", body)
        assert answer.status == (200 if role in roles.split() else 403), (role, answer)


# ---- raising ----

@pytest.mark.parametrize("field, value, pointer", [
    ("kind", "loud", "/kind"), ("kind", None, "/kind"), ("reason", None, "/reason"),
    ("reason", "好" * 2001, "/reason"), ("targets", None, "/targets"), ("targets", [], "/targets"),
    ("targets", [{"unit": "nobody"}], "/targets/0/unit"),
    ("targets", [{"unit": "heat"}, {"unit": "heat"}], "/targets/1/unit"),
    ("targets", [{"unit": "heat", "role": "lead"}, {"unit": "law", "role": "lead"}],
     "/targets/1/role"),
    ("targets", [{"unit": f"u{n}"} for n in range(21)], "/targets"),
    ("targets", [{"role": "lead"}], "/targets/0/unit"), ("targets", "heat", "/targets"),
    ("org", "al-2", "/org"), ("org", "conf-district", "/org"), ("org", "nobody", "/org"),
    ("no", "140213203103020000014", "/no"), ("no", "x", "/no"), ("more", 1, "/more")])
def test_what_is_refused(district, field, value, pointer):
    answer = whistle(district, status=422, **{field: value})
    assert pointer in [item["pointer"] for item in answer["errors"]], answer


@pytest.mark.parametrize("role", ROLES)
def test_who_may_raise(district, role):
    answer = key(district, role, org="po-heat").post("/v1/whistles", EMERGENCY)
    assert answer.status == 403, answer
    assert district.org("conf-district").post("/v1/whistles", EMERGENCY).status == 403


def test_reason_becomes_the_title(district):
    made = whistle(district, reason="哨" * 900, kind="daily", targets=[
        {"unit": "law", "role": "assist"}, {"unit": "heat"}])
    assert made["title"] == "哨" * 200 and made["reason"] == "哨" * 900
    assert [one["role"] for one in made["targets"]] == ["lead", "assist"]
    assert made["urgency"] == "normal"


def test_community_goes_to_its_street(district):
    made = whistle(district, district.org("cm-1"))
    assert (made["org"], made["raised_by"]["org"], made["area"]) == ("al-1", "cm-1", HOME)
    for_it = whistle(district, org="cm-1")
    assert (for_it["org"], for_it["raised_by"]["org"]) == ("al-1", "cm-1")
    community = district.org("cm-1")
    assert community.get(f"/v1/whistles/{made['id']}").status == 200
    assert {one["id"] for one in community.items("/v1/whistles")} >= {made["id"], for_it["id"]}
    move(community, made["id"], "approve", status=403)
    move(district.org("al-1"), made["id"], "approve")
    told = [event["move"] for event in events(district, made["id"], community)]
    assert told[:2] == ["raise", "approve"]
    move(community, for_it["id"], "withdraw", {"reason": "已解决"})


def test_on_a_ticket(district):
    ticket = district.submit()
    made = whistle(district, no=ticket["no"], kind="hard")
    assert (made["no"], made["area"], made["category"]) == (ticket["no"], HOME, "01.01.01")
    told = district.events(ticket["no"])[-1]
    assert told["move"] == "whistle" and told["data"] == {"whistle": made["id"]}
    listed = district.supervisor.items(f"/v1/whistles?no={ticket['no']}")
    assert [one["id"] for one in listed] == [made["id"]]
    do(district.operator, ticket["no"], "cancel", {"reason": "撤回"})
    answer = whistle(district, no=ticket["no"], status=422)
    assert answer["errors"][0]["pointer"] == "/no"
    far = district.submit(category="02.01", area="140213002001")
    whistle(district, no=far["no"], status=422)
    assert district.show(far["no"])["version"] == 2


def test_accused_is_never_called_nor_told(district):
    ticket = district.submit(accused={"unit": "bureau"}, kind="report")
    whistle(district, no=ticket["no"], targets=[{"unit": "heat"}, {"unit": "bureau"}], status=422)
    one = issued(district, no=ticket["no"], targets=[{"unit": "heat"}])
    for client in (district.unit("bureau"), district.org("po-bureau")):
        assert client.get(f"/v1/whistles/{one}").status == 404
        assert one not in [item["id"] for item in client.items("/v1/whistles")]
        assert client.post(f"/v1/whistles/{one}/note", {"text": "x"}).status == 404


def test_same_key_twice_raises_once(district):
    client = district.org("al-1")
    headers = {"Idempotency-Key": "哨-1".encode().hex()}
    first, again = (client.post("/v1/whistles", EMERGENCY, headers=headers) for _ in range(2))
    assert first.status == again.status == 201 and first.json == again.json
    assert first.headers["Location"] == again.headers["Location"] == (
        f"/v1/whistles/{first.json['id']}")
    other = client.post("/v1/whistles", {**EMERGENCY, "kind": "daily"}, headers=headers)
    assert other.status == 422
    at_the_same_time = at_once([lambda: district.client("org", org="al-1").post(
        "/v1/whistles", EMERGENCY, headers={"Idempotency-Key": "together"})] * 4)
    assert {done.status for done in at_the_same_time} == {201}
    assert len({done.json["id"] for done in at_the_same_time}) == 1


def test_if_match(district):
    one = whistle(district)
    move(second(district), one["id"], "approve", status=412, **{"If-Match": '"9"'})
    move(second(district), one["id"], "approve", **{"If-Match": f'"{one["version"]}"'})


# ---- approving ----

def test_another_key_approves(district):
    one = whistle(district)["id"]
    for name, body in (("approve", {}), ("reject", {"reason": "x"})):
        answer = district.org("al-1").post(f"/v1/whistles/{one}/{name}", body)
        assert answer.status == 403 and "another key" in answer.json["detail"]
    move(district.org("conf-district"), one, "approve", status=403)
    move(district.org("al-2"), one, "approve", status=404)
    move(second(district), one, "approve")
    move(district.org("al-2"), one, "withdraw", {"reason": "x"}, 404)


def test_approved_once_at_the_same_time(district):
    one = whistle(district)["id"]
    clients = [district.client("org", org="al-1", name=f"key {n}") for n in range(4)]
    done = at_once([lambda c=c: c.post(f"/v1/whistles/{one}/approve", {}) for c in clients])
    assert sorted(answer.status for answer in done) == [200, 409, 409, 409]
    assert len(district.supervisor.items("/v1/tasks?state=assigned")) >= 2
    assert [event["move"] for event in events(district, one)].count("dispatch") == 2


def test_a_unit_that_ended_is_not_called(district):
    row = {"name": "短暂单位", "kind": "department", "area": "140213", "org": "po-law",
           "formation": "alone"}
    assert district.admin.put("/v1/units/brief", row).status in (200, 201)
    one = whistle(district, targets=[{"unit": "heat"}, {"unit": "brief"}])["id"]
    assert district.admin.delete("/v1/units/brief").status == 204
    answer = move(second(district), one, "approve", status=409)
    assert "brief" in answer["detail"] and answer["state"] == "raised"
    assert show(district, one)["state"] == "raised"


# ---- scopes ----

def test_before_and_after_approval(district):
    one = whistle(district)["id"]
    place = f"/v1/whistles/{one}"
    yes = [district.supervisor, district.dispatcher, district.org("al-1"),
           district.org("conf-district")]
    called = [district.unit("heat"), district.unit("bureau"), district.org("po-heat")]
    no = [district.unit("law"), district.org("al-2"), district.org("cm-1"), district.org("po-law"),
          district.client("supervisor", areas=[OTHER_DISTRICT]),
          district.client("dispatcher", areas=["140213002"])]
    for approved in (False, True):
        for client in yes + (called if approved else []):
            assert client.get(place).status == 200
            assert one in [item["id"] for item in client.items("/v1/whistles")]
        for client in no + ([] if approved else called):
            assert client.get(place).status == 404
            assert one not in [item["id"] for item in client.items("/v1/whistles")]
            assert client.post(f"{place}/note", {"text": "x"}).status == 404
        if not approved:
            move(second(district), one, "approve")
    assert district.operator.get(place).status == 403
    assert district.operator.get("/v1/whistles").status == 403
    assert district.supervisor.get("/v1/whistles/1").status == 404
    ticket = district.submit()["no"]
    assert district.supervisor.get(f"/v1/whistles/{ticket}").status == 404
    assert district.supervisor.get(f"/v1/tickets/{one}").status == 404
    assert district.supervisor.post(f"/v1/whistles/{ticket}/note", {"text": "x"}).status == 404


def test_lists(district):
    made = [bring_whistle(district, state, kind="daily") for state in ("raised", "approved",
                                                                       "rejected")]
    listed = district.supervisor.items("/v1/whistles?kind=daily", limit=2)
    ids = [one["id"] for one in listed]
    assert ids == sorted(ids, key=int, reverse=True) and set(made) <= set(ids)
    for state, one in zip(("raised", "approved", "rejected"), made):
        found = district.supervisor.items(f"/v1/whistles?state={state}&kind=daily", limit=1)
        assert one in [item["id"] for item in found]
        assert {item["state"] for item in found} == {state}
    both = district.supervisor.items("/v1/whistles?state=raised,rejected&kind=daily")
    assert {one["state"] for one in both} == {"raised", "rejected"}
    assert {one["id"] for one in district.supervisor.items("/v1/whistles?unit=bureau")} >= {made[1]}
    assert made[0] not in [one["id"] for one in district.supervisor.items("/v1/whistles?unit=heat")]
    assert district.supervisor.items("/v1/whistles?org=al-2") == []
    assert district.supervisor.get("/v1/whistles?state=loud").status == 400
    assert district.supervisor.get("/v1/whistles?cursor=x").status == 400
    assert district.supervisor.get("/v1/whistles?limit=0").status == 400
    assert {one["id"] for one in district.unit("heat").items("/v1/whistles?kind=daily")} >= {made[1]}


def test_texts_are_masked_for_units_and_orgs(district):
    phone = "13812345678"
    one = issued(district, reason=f"请联系{phone}", place=f"门卫{phone}", targets=[{"unit": "heat"}])
    heat = district.unit("heat")
    on(heat, one, "heat", "acknowledge")
    on(heat, one, "heat", "arrive", {"who": f"张三{phone}"})
    on(heat, one, "heat", "result", {"result": f"已告知{phone}"})
    assert phone in str(show(district, one))
    for client in (heat, district.org("al-1"), district.org("po-heat")):
        assert phone not in str(show(district, one, client))
        assert phone not in str(events(district, one, client))


# ---- the called ----

def test_tasks_claims_polls_and_feed(fresh):
    heat = fresh.unit("heat")
    after = follow(heat).next
    one = issued(fresh)
    task = target(show(fresh, one))["task"]
    listed = [item for item in heat.items("/v1/tasks?state=assigned") if item["id"] == task]
    assert listed[0]["origin"] == {"kind": "whistle", "id": one} and listed[0]["no"] is None
    claimed = heat.post("/v1/claims", {"unit": "heat", "max": 100, "lease_s": 600}).json["items"]
    claim = next(item["claim"] for item in claimed if item["task"]["id"] == task)
    assert claimed[0]["task"]["urgency"] == "critical"
    on(heat, one, "heat", "acknowledge", status=409)
    on(heat, one, "heat", "acknowledge", {"claim": claim})

    def told(client, start=None):
        return [(event["move"], event["task"]) for event in follow(client, start)
                if event["origin"]["id"] == one]
    both = [("dispatch", task), ("acknowledge", task)]
    fresh.daemon.wait_for(lambda: told(heat, after) == both)
    fresh.daemon.wait_for(lambda: told(fresh.org("al-1"))[:2] == [("raise", None), ("approve", None)])
    for item in claimed:
        if item["task"]["id"] != task:
            heat.post("/v1/claims/release", {"task": item["task"]["id"], "claim": item["claim"]})


def test_a_street_does_not_answer_for_its_member(district):
    """heat joined al-1, whose key so reaches its tasks; the cafe has no other org than the street."""
    one = issued(district)
    on(district.org("al-1"), one, "heat", "acknowledge", status=403)
    on(district.org("po-heat"), one, "heat", "acknowledge")
    on(district.unit("bureau"), one, "heat", "note", {"text": "x"}, 404)
    on(district.unit("heat"), one, "law", "acknowledge", status=404)
    own = issued(district, targets=[{"unit": "cafe"}])
    for name, body in (("acknowledge", {}), ("arrive", {}), ("result", {"result": "好"})):
        on(district.org("al-1"), own, "cafe", name, body)
    on(district.org("al-1"), own, "cafe", "rate", {"score": 100}, 403)
    on(second(district), own, "cafe", "rate", {"score": 70})


def test_arrive_comes_before_the_result(district):
    one = issued(district)
    heat = district.unit("heat")
    on(heat, one, "heat", "acknowledge")
    answer = on(heat, one, "heat", "result", {"result": "好"}, 409)
    assert "arrive first" in answer["detail"]
    on(heat, one, "heat", "arrive", {"who": "一队", "how_many": 2})
    first = target(show(district, one))["arrived_at"]
    district.clock.move(minutes=5)
    on(heat, one, "heat", "arrive", {"how_many": 5})
    later = target(show(district, one))
    assert (later["who"], later["how_many"], later["arrived_at"]) == ("一队", 5, first)
    for body in ({}, {"result": ""}, {"result": "好", "solved": "yes"}):
        on(heat, one, "heat", "result", body, 422)
    on(heat, one, "heat", "arrive", {"how_many": 0}, 422)
    on(heat, one, "heat", "result", {"result": "好"})


# ---- refusals and ratings ----

@pytest.mark.parametrize("state", ["assigned", "signed"])
def test_refusal_goes_to_the_district(district, state):
    one, task = bring_target(district, state)
    on(district.unit("heat"), one, "heat", "refuse", {"reason": "不属本单位职责"})
    shown = target(show(district, one))
    assert (shown["state"], shown["level"], shown["refusal"]) == (
        "return_requested", "district", "不属本单位职责")
    conference = district.org("conf-district")
    assert task in [item["id"] for item in conference.items("/v1/tasks?pending=return")]
    for client in (district.org("al-1"), second(district), district.org("po-heat")):
        on(client, one, "heat", "refuse/approve", {}, 403)
    on(district.unit("heat"), one, "heat", "refuse/approve", {}, 403)
    on(conference, one, "heat", "refuse/reject", {"reason": "应当到场"})
    assert target(show(district, one))["state"] == state
    on(district.unit("heat"), one, "heat", "refuse", {"reason": "确非职责"})
    on(district.dispatcher, one, "heat", "refuse/approve", {})
    assert target(show(district, one))["state"] == "returned"
    assert district.unit("heat").get(f"/v1/whistles/{one}").status == 404
    move(second(district), one, "close")


def test_nobody_decides_on_a_refusal_of_their_own(district):
    assert district.admin.put("/v1/units/conference", {
        "name": "联席会议办公室", "kind": "department", "area": "140213", "org": "conf-district",
        "formation": "alone"}).status in (200, 201)
    one = issued(district, targets=[{"unit": "conference"}])
    on(district.unit("conference"), one, "conference", "refuse", {"reason": "x"})
    on(district.org("conf-district"), one, "conference", "refuse/approve", {}, 403)
    on(district.supervisor, one, "conference", "refuse/approve", {})


def test_both_sides_rate_once(district):
    one, _ = bring_target(district, "replied")
    heat = district.unit("heat")
    for score in (-1, 101, 50.5, "90", None):
        on(second(district), one, "heat", "rate", {"score": score}, 422)
    on(district.org("al-2"), one, "heat", "rate", {"score": 90}, 404)
    on(district.org("po-heat"), one, "heat", "rate", {"score": 90}, 403)
    on(heat, one, "heat", "rate", {"score": 60})
    assert target(show(district, one))["state"] == "replied"
    on(heat, one, "heat", "rate", {"score": 61}, 409)
    on(second(district), one, "heat", "rate", {"score": 90})
    on(second(district), one, "heat", "rate", {"score": 91}, 409)
    shown = target(show(district, one))
    assert (shown["state"], shown["rating"], shown["rating_back"]) == ("completed", 90, 60)


# ---- the score ----

def test_score_with_its_inputs(fresh):
    """heat solves it in time, bureau comes too late: it bears the whole failure."""
    assert "score" not in whistle(fresh)
    one = issued(fresh)
    finish(fresh, one, "heat", score=90, back=80)
    fresh.clock.move(minutes=11)
    finish(fresh, one, "bureau", score=50, back=100)
    score = show(fresh, one)["score"]
    heat, bureau = score["targets"]
    assert heat["timely"] == {"acknowledge": True, "arrive": True, "result": True}
    assert (heat["unit"], heat["outcome"], heat["in_time"], heat["rating"], heat["weight"]) == (
        "heat", 1, 1, 90, 2)
    assert heat["score"] == pytest.approx(0.5 + 0.3 + 0.2 * 0.9)
    assert heat["credit"] == pytest.approx(heat["score"] * 2 / 3)
    assert bureau["timely"] == {"acknowledge": False, "arrive": True, "result": True}
    assert (bureau["outcome"], bureau["in_time"], bureau["weight"]) == (0, 0, 1)
    assert bureau["score"] == pytest.approx(0.2 * 0.5)
    assert bureau["credit"] == pytest.approx(bureau["score"] / 3)
    street = score["street"]
    assert (street["outcome"], street["rating_back"]) == (1, 90)
    assert street["score"] == street["credit"] == pytest.approx((0.5 + 0.2 * 0.9) / 0.7)


def test_the_share_is_configured(fresh):
    preset = fresh.admin.get("/v1/policies/whistle.emergency").json
    rules = {"whistle": {"street_share": 0.4, "departments_share": 0.6, "outcome_weight": 1,
                         "timely_weight": 0, "rating_weight": 0}}
    before = issued(fresh, targets=[{"unit": "heat"}])
    changed = {name: value for name, value in preset.items() if name not in ("version", "revision")}
    assert fresh.admin.put("/v1/policies/whistle.emergency", {**changed, "rules": rules}).status == 200
    after = issued(fresh, targets=[{"unit": "heat"}])
    for one in (before, after):
        finish(fresh, one, "heat", score=0)
    assert fresh.admin.put("/v1/policies/whistle.emergency", changed).status == 200
    kept, shared = show(fresh, before)["score"], show(fresh, after)["score"]
    assert kept["street"]["credit"] == 1 and kept["targets"][0]["credit"] == pytest.approx(0.8)
    assert shared["street"]["credit"] == pytest.approx(0.4)
    assert shared["targets"][0]["credit"] == pytest.approx(0.6)


def test_a_refusal_that_was_right_is_left_out(fresh):
    one = issued(fresh)
    on(fresh.unit("bureau"), one, "bureau", "refuse", {"reason": "非职责"})
    on(fresh.org("conf-district"), one, "bureau", "refuse/approve")
    finish(fresh, one, "heat", score=100)
    score = show(fresh, one)["score"]
    assert [part["unit"] for part in score["targets"]] == ["heat"]
    assert score["targets"][0]["credit"] == pytest.approx(1)
    alone, _ = bring_target(fresh, "returned")
    assert show(fresh, alone)["score"]["street"]["score"] == 0
