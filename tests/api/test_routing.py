"""Where tickets go, and who never gets or sees them (spec 4)."""

import copy

import pytest

from district import (CITY, DISTRICT, FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, STREET_2,
                      district, do, follow, fresh, ticket)


def brief(made):
    """What the decision says: basis, level, unit, org, resource."""
    route = made["route"]
    return (route["basis"], route["level"], route["unit"] and route["unit"]["code"],
            route["org"] and route["org"]["code"],
            route["resource"] and route["resource"]["code"])


def leads(made):
    return [(one["unit"], one["org"]) for one in made["tasks"] if one["role"] == "lead"]


# ---- bases, levels, formations ----

@pytest.mark.parametrize("fields,expected", [
    # by the inventory, in the four formations
    ({"category": "01.01.01"}, ("inventory", "heat", "po-heat", "r-heat")),
    ({"category": "04"}, ("inventory", "school", "po-edu", "r-school")),
    ({"category": "05", "area": NEXT_DOOR, "needs": [{"kind": "health"}]},
     ("inventory", "shop", "po-joint", "r-shop")),
    ({"category": "05", "needs": [{"kind": "culture"}]}, ("inventory", "cafe", "al-1", "r-cafe")),
    # by an ancestor of the category, and of the area
    ({"category": "02.01", "area": FAR}, ("inventory", "bureau", "po-bureau", "r-noise")),
    ({"category": "06"}, ("inventory", "home", "cm-1", "r-home")),
    # the operator's choice, with and without a resource of it
    ({"unit": "bureau"}, ("manual", "bureau", "po-bureau", None)),
    ({"unit": "heat"}, ("manual", "heat", "po-heat", "r-heat")),
    ({"unit": "cafe"}, ("manual", "cafe", "al-1", None)),
    # the ladder
    ({"category": "09"}, ("fallback", None, "cm-1", None)),
    ({"category": "09", "area": NEXT_DOOR}, ("fallback", None, "al-1", None)),
    ({"category": "09", "area": STREET_2}, ("fallback", None, "al-2", None)),
    ({"category": "09", "area": DISTRICT}, ("fallback", None, "conf-district", None)),
    ({"category": "09", "area": OTHER_DISTRICT}, ("fallback", None, "conf-city", None)),
    ({"category": "09", "area": CITY}, ("fallback", None, "conf-city", None)),
])
def test_who_gets_it(district, fields, expected):
    sent = ticket(**fields)
    dry = district.dispatcher.post("/v1/route", sent)
    assert dry.status == 200 and set(dry.json) - {"hints"} == {"route"}
    made = district.submit(**fields)
    basis, _, unit, org, resource = brief(made)
    assert (basis, unit, org, resource) == expected
    assert leads(made) == [(unit, org)]
    assert made["tasks"][0]["level"] == made["route"]["level"]
    assert dry.json["route"] == made["route"] == district.show(made["no"])["route"]


@pytest.mark.parametrize("fields,level", [
    ({"category": "06"}, "community"), ({"category": "09"}, "community"),
    ({"category": "09", "area": NEXT_DOOR}, "street"), ({"category": "01.01"}, "district"),
    ({"category": "09", "area": DISTRICT}, "district"), ({"category": "09", "area": CITY}, "city"),
])
def test_level(district, fields, level):
    assert district.submit(**fields)["route"]["level"] == level


def test_dry_route_stores_nothing(district):
    before = district.daemon.psql("SELECT count(*) FROM ticket UNION ALL SELECT count(*) FROM event")
    for role in ("operator", "dispatcher", "supervisor"):
        assert getattr(district, role).post("/v1/route", ticket(category="07")).status == 200
    assert district.admin.post("/v1/route", ticket()).status == 200
    assert district.taken("r-fix-1") == 0
    assert district.daemon.psql(
        "SELECT count(*) FROM ticket UNION ALL SELECT count(*) FROM event") == before
    wrong = district.dispatcher.post("/v1/route", {"area": "1"})
    assert wrong.status == 422 and "/category" in wrong.pointers


def test_same_on_every_instance(district):
    second = district.client("dispatcher", district.beside())
    for category in ("01.01", "02.01", "04", "05", "08", "09"):
        sent = ticket(category=category)
        assert second.post("/v1/route", sent).json == \
            district.dispatcher.post("/v1/route", sent).json


def test_at_most_five_candidates_best_first(district):
    units = "code,name,kind,area,org,formation\n" + "".join(
        f"law-{index},律所 {index},social_organization,140213,po-law,attached\n"
        for index in range(7))
    rows = "code,unit,kind,title,categories,areas\n" + "".join(
        f"r-law-{index},law-{index},expertise,法律援助,08,140213\n" for index in range(7))
    assert district.admin.import_csv("units", units).status == 200
    assert district.admin.import_csv("resources", rows).status == 200
    found = district.dispatcher.post("/v1/route", ticket(category="08")).json["route"]["candidates"]
    assert len(found) == 5
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    codes = [one["resource"]["code"] for one in found]
    assert codes == sorted(codes)  # they tie


def test_manual_choice_is_checked(district):
    done = district.operator.post("/v1/tickets", ticket(unit="nobody"))
    assert done.status == 422 and done.pointers == ["/unit"]
    assert district.admin.put("/v1/units/gone", {
        "name": "旧单位", "kind": "institution", "org": "po-law", "area": DISTRICT}).status < 300
    assert district.admin.delete("/v1/units/gone").status == 204
    done = district.operator.post("/v1/tickets", ticket(unit="gone"))
    assert done.status == 422 and done.pointers == ["/unit"]
    dry = district.operator.post("/v1/route", ticket(unit="gone"))
    assert dry.status == 422 and dry.pointers == ["/unit"]


# ---- the accused ----

ACCUSED = [{"unit": "heat"}, {"name": "平城供热公司"}, {"name": "东城热力"},
           {"name": "  平城供热公司 "}, {"name": "平城供热公司", "unit": "heat"}]


@pytest.mark.parametrize("accused", ACCUSED)
def test_accused_is_barred_from_getting_it(district, accused):
    made = district.submit(accused=accused, kind="complaint")
    assert brief(made)[2:4] != ("heat", "po-heat") and leads(made) == [(None, "cm-1")]
    assert all(one["unit"]["code"] != "heat" for one in made["route"]["candidates"])
    done = district.operator.post("/v1/tickets", ticket(accused=accused, unit="heat"))
    assert done.status == 422 and done.pointers == ["/unit"]


def test_accused_is_barred_from_moves(district):
    no = district.submit(accused={"unit": "heat"}, kind="complaint")["no"]
    task = district.show(no)["tasks"][0]["id"]
    for body in ({"unit": "heat"}, {"org": "po-heat"}):
        done = district.dispatcher.post(f"/v1/tickets/{no}/redispatch", {**body, "reason": "x"})
        assert done.status == 422, done
        done = district.org("al-1").post(f"/v1/tasks/{task}/delegate", body)
        assert done.status in (404, 422), done
        done = district.org("cm-1").post(f"/v1/tasks/{task}/delegate", body)
        assert done.status == 422, done
    do(district.org("cm-1"), task, "delegate", {"unit": "home"})
    do(district.unit("home"), task, "sign")
    done = district.unit("home").post(f"/v1/tasks/{task}/assist", {"units": ["heat"]})
    assert done.status == 422
    assert len(district.show(no)["tasks"]) == 1
    waiting = district.submit(accused={"unit": "heat"}, then="triage")["no"]
    done = district.dispatcher.post(f"/v1/tickets/{waiting}/dispatch", {"unit": "heat"})
    assert done.status == 422
    assert district.show(waiting)["state"] == "triage"


def test_accused_sees_nothing(district):
    made = district.submit(accused={"name": "东城热力"}, kind="report", category="01.01")
    no, task = made["no"], made["tasks"][0]["id"]
    # al-1 lists heat as a member, but merely so: it still sees what is its own
    assert district.org("al-1").get(f"/v1/tickets/{no}").status == 200
    for key in (district.unit("heat"), district.org("po-heat")):
        for path in (f"/v1/tickets/{no}", f"/v1/tickets/{no}/events", f"/v1/tasks/{task}",
                     f"/v1/tasks/{task}/deadlines", f"/v1/tickets/{no}/identity?purpose=x"):
            assert key.get(path).status == 404, path
        assert key.post(f"/v1/tickets/{no}/note", {"text": "?"}).status == 404
        assert key.post(f"/v1/tasks/{task}/sign", {}).status == 404
        assert no not in [one["no"] for one in key.items("/v1/tickets")]
        assert no not in [one["no"] for one in key.items("/v1/tasks")]
        assert no not in [one["no"] for one in follow(key)]
    # An accused that had it already: the needs of others never show it either.
    own = district.submit(category="01.01")
    assert own["no"] in [one["no"] for one in district.unit("heat").items("/v1/tickets")]


def test_accused_org_is_skipped_by_the_ladder(district):
    """A community committee accused by its unit: the street answers."""
    made = district.submit(category="09", accused={"unit": "home"})
    assert leads(made)[0][1] in ("al-1", "cm-1")
    made = district.submit(category="06", accused={"unit": "home"})
    assert leads(made)[0][0] is None


# ---- needs, assists, shortages ----

def test_further_needs_make_assists_and_shortages(district):
    made = district.submit(category="05", needs=[
        {"kind": "culture"}, {"kind": "venue", "quantity": 3}, {"kind": "funds"}])
    lead = [one for one in made["tasks"] if one["role"] == "lead"]
    assists = [one for one in made["tasks"] if one["role"] == "assist"]
    assert len(lead) == 1 and len(assists) == 1
    assert {lead[0]["unit"], assists[0]["unit"]} == {"cafe", "school"}
    found = district.supervisor.items("/v1/shortages")
    funds = [one for one in found if one.get("need") == "funds" or one.get("kind") == "funds"]
    assert len(funds) == 1 and funds[0]["category"] == "05" and funds[0]["area"] == HOME, found
    local = district.client("supervisor", areas=[STREET_2])
    assert all(one["area"].startswith(STREET_2) for one in local.items("/v1/shortages"))


def test_shortages_page_by_page(fresh):
    """The largest first; what comes in between pages makes none appear twice or not at all."""
    for category, kinds in (("05", ["funds"]), ("05", ["funds", "jobs"]), ("04", ["jobs"]),
                            ("04", ["funds"]), ("02.01", ["funds"])):
        fresh.submit(category=category, needs=[{"kind": kind} for kind in kinds])
    fresh.clock.move(minutes=1)
    whole = fresh.supervisor.items("/v1/shortages")
    keys = [(-one["tickets"], one["category"], one["area"], one["need"]) for one in whole]
    assert keys == sorted(keys)
    assert len(keys) >= 4 and keys[0][0] < -1
    assert keys[-1][0] == -1, "one that can overtake"
    for limit in (1, 2, 3, len(whole), len(whole) + 1):
        assert fresh.supervisor.items("/v1/shortages", limit=limit) == whole
    assert fresh.supervisor.get(f"/v1/shortages?limit={len(whole)}").json["next"] is None
    found, path = [], "/v1/shortages?limit=1"
    while path:
        page = fresh.supervisor.get(path).json
        found += page["items"]
        path = page["next"] and "/v1/shortages?limit=1&cursor=" + page["next"]
        fresh.clock.move(minutes=1)
        # one that is still to come overtakes those that were told
        fresh.submit(category="05", needs=[{"kind": "jobs"}])
    assert found == whole
    assert fresh.supervisor.get("/v1/shortages?cursor=made-up").status == 400


def test_nothing_for_the_need_is_the_ladder(district):
    made = district.submit(category="04", needs=[{"kind": "jobs"}])
    assert brief(made)[:2] == ("fallback", "community")


# ---- the copy to the district ----

@pytest.mark.parametrize("fields,copied", [
    ({"category": "06"}, True), ({"category": "09"}, True),
    ({"category": "09", "area": NEXT_DOOR}, True), ({"category": "03.01"}, False)])
def test_copy_to_the_districts_feed(district, fields, copied):
    conference = district.org("conf-district")
    start = follow(conference).next
    made = district.submit(**fields)
    do(district.operator, made["no"], "cancel", {"reason": "撤回"})
    found = [one["move"] for one in follow(conference, start) if one["no"] == made["no"]]
    assert ("dispatch" in found) == copied, found


# ---- the review threshold ----

def test_review_threshold_leaves_it_to_a_dispatcher(district):
    shown = district.admin.get("/v1/policies/five-working-days").json
    policy = copy.deepcopy(shown)
    for name in ("code", "version", "status"):
        policy.pop(name, None)
    policy["match"] = {"categories": ["02"]}
    policy["rules"] = {"review_threshold": 500}
    assert district.admin.put("/v1/policies/careful", policy).status in (200, 201)
    made = district.submit(category="02.01")
    assert made["state"] == "triage" and made["tasks"] == []
    assert brief(made)[0] == "review" and made["route"]["unit"] is None
    assert made["route"]["candidates"][0]["unit"]["code"] == "bureau"
    assert district.dispatcher.post("/v1/route", ticket(category="02.01")).json["route"]["basis"] \
        == "review"
    shown = do(district.dispatcher, made["no"], "dispatch", {"accept": True})
    assert shown["state"] == "dispatched" and leads(shown) == [("bureau", "po-bureau")]
    assert shown["route"]["basis"] == "inventory"
    other = district.submit(category="02.01")
    shown = do(district.dispatcher, other["no"], "dispatch", {"org": "al-1"})
    assert leads(shown) == [(None, "al-1")]
    third = district.submit(category="02.01")
    shown = do(district.dispatcher, third["no"], "dispatch", {"unit": "law"})
    assert leads(shown) == [("law", "po-law")] and shown["route"]["basis"] == "manual"
    for body in ({}, {"unit": "law", "accept": True}, {"accept": False}, {"unit": "nobody"},
                 {"org": "nobody"}):
        again = district.submit(category="02.01")
        done = district.dispatcher.post(f"/v1/tickets/{again['no']}/dispatch", body)
        assert done.status == 422, (body, done)
        assert district.show(again["no"])["state"] == "triage"
    assert district.submit(category="01.01")["state"] == "dispatched"


def test_registry_changes_count_at_once(district):
    assert district.admin.put("/v1/resources/r-new", {
        "unit": "law", "kind": "duty", "title": "新职责", "categories": ["09"],
        "areas": [HOME]}).status in (200, 201)
    assert brief(district.submit(category="09"))[2] == "law"
    second = district.client("operator", district.beside())
    assert district.admin.delete("/v1/resources/r-new").status in (204, 409)
    assert district.admin.patch("/v1/resources/r-new", {"status": "suspended"}).status == 200
    assert brief(district.submit(category="09"))[2] is None
    district.daemon.wait_for(lambda: second.post(
        "/v1/route", ticket(category="09")).json["route"]["basis"] == "fallback", 1.5)
