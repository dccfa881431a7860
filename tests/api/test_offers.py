"""Lists of the registry, who may read and write it, and how units' offers come to count."""

import pytest

from rows import DUTY, ORGS, UNITS, VENUE, code, district, keys, new_code

__all__ = ["code", "district", "keys"]  # the fixtures


# ---- lists ----


def test_list_goes_page_by_page(admin):
    codes = [f"page-{i:02d}" for i in range(7)]
    for code in codes:
        admin.put(f"/v1/resources/{code}", VENUE)
    first = admin.get("/v1/resources?prefix=page-&limit=3").json
    assert [row["code"] for row in first["items"]] == codes[:3] and first["next"]
    assert first["items"][0]["version"] == 1
    admin.put("/v1/resources/page-00a", VENUE)  # behind the cursor: does not shift the next page
    second = admin.get(f"/v1/resources?prefix=page-&limit=3&cursor={first['next']}").json
    assert [row["code"] for row in second["items"]] == codes[3:6]
    last = admin.get(f"/v1/resources?prefix=page-&limit=3&cursor={second['next']}").json
    assert ([row["code"] for row in last["items"]], last["next"]) == (codes[6:], None)
    exact = admin.get("/v1/resources?prefix=page-&limit=8").json
    assert len(exact["items"]) == 8 and exact["next"] is None
    assert admin.get("/v1/resources?prefix=nothing").json == {"items": [], "next": None}
    refused = admin.get(f"/v1/units?cursor={first['next']}")
    assert refused.status == 400 and refused.pointers == ["cursor"]


@pytest.mark.parametrize("query", [
    "limit=0", "limit=501", "limit=x", "limit=", "cursor=x", "cursor=AAAA", "status=open",
    "kind=spoon", "limit=1&limit=2"])
def test_list_refuses(admin, query):
    assert admin.get(f"/v1/resources?{query}").status == 400


def test_list_filters(admin):
    for code, more in {"f-1": {}, "f-2": {"kind": "funds", "categories": ["01.01.01"]},
                       "f-3": {"unit": "shop", "areas": ["140213058"], "status": "suspended"}
                       }.items():
        admin.put(f"/v1/resources/{code}", {**VENUE, **more})

    def codes(kind, query):
        return [row["code"] for row in admin.items(f"/v1/{kind}?{query}")]

    assert codes("resources", "prefix=f-") == ["f-1", "f-2", "f-3"]
    assert codes("resources", "prefix=f-&kind=funds") == ["f-2"]
    assert codes("resources", "prefix=f-&unit=shop") == ["f-3"]
    assert codes("resources", "prefix=f-&status=suspended") == ["f-3"]
    assert codes("resources", "prefix=f-&category=01") == ["f-2"]
    assert codes("resources", "prefix=f-&category=0") == []
    assert codes("resources", "prefix=f-&area=140213058") == ["f-3"]
    assert codes("resources", "prefix=f-&area=1402") == ["f-1", "f-2", "f-3"]
    assert codes("resources", "prefix=f-&area=140213057003&q=会议") == ["f-1", "f-2"]
    assert codes("orgs", "kind=street_alliance&parent=dist") == ["al-057", "al-058"]
    assert codes("orgs", "kind=street_alliance&area=140213058") == ["al-058"]
    assert codes("units", "area=140213057&q=东街&prefix=s") == ["school"]
    assert codes("units", "org=po-heat&prefix=heat") == ["heat"]
    assert codes("units", "joined=al-057&prefix=heat&kind=utility") == ["heat"]
    assert codes("areas", "level=street") == ["140213057", "140213058"]
    assert codes("categories", "parent=01.01") == ["01.01.01"]
    admin.put("/v1/agreements/ag", {"org": "al-057", "unit": "heat"})
    assert codes("agreements", "org=al-057&unit=heat") == ["ag"]
    assert codes("calendars", "prefix=cn") == ["cn"]


# ---- who may ----


def test_who_may_read_and_write(daemon, keys):
    for role, client in keys.items():
        for kind in ("areas", "orgs", "units", "resources", "categories"):
            assert client.get(f"/v1/{kind}").status == 200, (role, kind)
        for kind, code, body in (("areas", "14", {"name": "x"}), ("units", "heat", UNITS["heat"]),
                                 ("orgs", "conf", ORGS["conf"]),
                                 ("categories", "01", {"name": "x"}),
                                 ("calendars", "cn", {}), ("policies", "p", {}),
                                 ("agreements", "ag-x", {})):
            if role != "admin":
                assert client.put(f"/v1/{kind}/{code}", body).status == 403, (role, kind)
                assert client.patch(f"/v1/{kind}/{code}", {}).status == 403
                assert client.delete(f"/v1/{kind}/{code}").status == 403
        if role not in ("admin", "unit"):
            assert client.put("/v1/resources/who", VENUE).status == 403
    nobody = daemon.client()
    assert nobody.get("/v1/areas").status == 401
    assert daemon.client("wk_" + "0" * 32).put("/v1/areas/14", {"name": "x"}).status == 401


def test_contact_and_ledger_are_for_those_concerned(daemon, keys):
    def sees(client, code):
        row = client.get(f"/v1/units/{code}").json
        listed = {r["code"]: r for r in client.items("/v1/units")}[code]
        assert row == listed
        return "contact" in row or "ledger" in row

    for role in ("operator", "dispatcher", "supervisor", "admin"):
        assert all(sees(keys[role], code) for code in UNITS)
    assert [sees(keys["unit"], code) for code in UNITS] == [True, False, False]
    # al-057: `heat` joined it, `school` lies in its street, `shop` in another
    assert [sees(keys["org"], code) for code in UNITS] == [True, False, True]
    assert sees(daemon.key("org", org="al-058"), "shop")  # its routing target
    assert sees(daemon.key("org", org="dist"), "heat")  # above that
    assert sees(daemon.key("org", org="po-school"), "school")


# ---- units propose ----


def test_unit_proposes_and_org_offers(daemon, admin, keys, code):
    path, unit, org = f"/v1/resources/{code}", keys["unit"], keys["org"]
    made = unit.put(path, {**VENUE, "status": "offered"})
    assert (made.status, made.json["status"]) == (201, "proposed")
    assert unit.patch(path, {"status": "offered"}).status == 403
    assert unit.put(path, VENUE).etag == made.etag  # absent status: still proposed
    listed = org.items("/v1/resources?status=proposed&unit=heat")
    assert code in [row["code"] for row in listed]
    assert org.patch(path, {"status": "offered", "title": "改名"}).status == 403
    assert org.patch(path, {"title": "改名"}).status == 403
    assert org.patch(path, {"status": "ended"}).status == 403
    offered = org.patch(path, {"status": "offered"})
    assert (offered.status, offered.json["status"]) == (200, "offered")
    same = unit.put(path, offered.json)
    assert (same.json["status"], same.etag) == ("offered", offered.etag)
    edited = unit.patch(path, {"capacity": 9})
    assert (edited.json["status"], edited.json["capacity"]) == ("proposed", 9)
    assert admin.patch(path, {"status": "offered"}).json["status"] == "offered"
    assert unit.patch(path, {"status": "suspended"}).json["status"] == "suspended"
    assert unit.patch(path, {"status": "proposed"}).json["status"] == "proposed"
    assert unit.patch(path, {"status": "ended"}).json["status"] == "ended"
    assert org.patch(path, {"status": "offered"}).status == 403  # the unit took it back


def test_unit_proposes_only_its_own_and_no_duty(admin, keys, code):
    path, unit = f"/v1/resources/{code}", keys["unit"]
    assert unit.put(path, DUTY).status == 403
    assert unit.put(path, {**VENUE, "unit": "shop"}).status == 403
    assert admin.get(path).status == 404
    admin.put(path, {**VENUE, "unit": "shop"})
    assert unit.put(path, VENUE).status == 403  # it is another's
    assert unit.patch(path, {"unit": "heat"}).status == 403
    duty = "/v1/resources/" + new_code()
    admin.put(duty, DUTY)
    assert unit.patch(duty, {"title": "x"}).status == 403
    assert unit.put(duty, VENUE).status == 403
    assert keys["org"].patch(duty, {"status": "suspended"}).status == 403
    own = "/v1/resources/" + new_code()
    unit.put(own, VENUE)
    assert unit.patch(own, {"kind": "duty"}).status == 403
    assert unit.patch(own, {"unit": "shop"}).status == 403


def test_who_may_offer(daemon, admin, code):
    """The routing target's org, the street, what stands above, nobody else."""
    path = f"/v1/resources/{code}"
    for unit, may, may_not in (("heat", ["po-heat", "al-057", "dist", "conf"],
                                ["al-058", "po-school"]),
                               ("school", ["po-school", "al-057"], ["po-heat", "al-058"]),
                               ("shop", ["al-058", "dist"], ["al-057", "po-heat"])):
        admin.put(path, {**VENUE, "unit": unit, "status": "proposed"})
        for org in may_not:
            assert daemon.key("org", org=org).patch(path, {"status": "offered"}).status == 403
        for org in may:
            admin.patch(path, {"status": "proposed"})
            done = daemon.key("org", org=org).patch(path, {"status": "offered"})
            assert (done.status, done.json["status"]) == (200, "offered"), (unit, org)


def test_proposed_resources_do_not_count(daemon, admin, keys):
    ask = {"kind": "help", "category": "02", "area": "140213057", "title": "借用场地",
           "content": "x", "needs": [{"kind": "sports"}]}

    def routed():
        return keys["dispatcher"].post("/v1/route", ask).json["route"]["basis"]

    keys["unit"].put("/v1/resources/gym", {**VENUE, "kind": "sports"})
    assert routed() == "fallback"
    keys["org"].patch("/v1/resources/gym", {"status": "offered"})
    assert routed() == "inventory"
    keys["unit"].patch("/v1/resources/gym", {"title": "体育馆"})
    assert routed() == "fallback"
