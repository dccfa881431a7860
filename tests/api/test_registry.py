"""Rows of the registry one by one: PUT, GET, PATCH, DELETE, their conditions and faults."""

import json
import signal
import threading

import pytest

from daemon import Daemon
from rows import DUTY, ORGS, UNITS, VENUE, code, district, fill, keys, new_code

__all__ = ["code", "district", "keys"]  # the fixtures


# ---- one row ----


def test_put_makes_then_replaces(admin, code):
    made = admin.put(f"/v1/resources/{code}", VENUE)
    assert made.status == 201
    assert made.headers["Location"] == f"/v1/resources/{code}"
    assert made.etag == '"1"' and made.json["version"] == 1
    assert made.json == {"code": code, **VENUE, "status": "offered", "version": 1}
    again = admin.put(f"/v1/resources/{code}", {**VENUE, "title": "大会议室"})
    assert (again.status, again.etag, again.json["version"]) == (200, '"2"', 2)
    assert again.headers["Location"] is None
    shown = admin.get(made.headers["Location"])
    assert (shown.status, shown.etag, shown.json) == (200, '"2"', again.json)


def test_put_that_changes_nothing_keeps_the_version(admin, code):
    path = f"/v1/resources/{code}"
    made = admin.put(path, VENUE)
    for body in (VENUE, made.json, {**VENUE, "status": "offered", "code": code, "version": 7}):
        same = admin.put(path, body)
        assert (same.status, same.etag, same.json) == (200, '"1"', made.json)


def test_put_of_what_get_showed_changes_nothing(admin):
    """For every kind, the shipped rules included."""
    paths = ["/v1/calendars/cn", "/v1/policies/five-working-days", "/v1/areas/140213",
             "/v1/orgs/al-057", "/v1/units/heat", "/v1/categories/01.01"]
    for path in paths:
        shown = admin.get(path)
        assert shown.status == 200, shown
        same = admin.put(path, shown.json)
        assert (same.status, same.etag) == (200, shown.etag), same


def test_absent_members_are_taken_away_by_put(admin, code):
    admin.put(f"/v1/resources/{code}", VENUE)
    less = admin.put(f"/v1/resources/{code}", {n: v for n, v in VENUE.items() if n != "capacity"})
    assert less.status == 200 and "capacity" not in less.json


def test_policy_and_calendar_are_written_as_they_are_shown(admin):
    calendar = {"zone": "Asia/Shanghai", "week": {"mon": ["09:00-12:00"]},
                "overrides": [{"date": "2026-10-01", "kind": "holiday", "name": "国庆"}]}
    made = admin.put("/v1/calendars/one", calendar)
    assert made.status == 201 and made.json["overrides"] == calendar["overrides"]
    policy = {"match": {"areas": ["140213"]}, "calendar": "one",
              "spans": {"resolve": {"amount": 3, "unit": "working_day"}}}
    made = admin.put("/v1/policies/mine", policy)
    assert made.status == 201, made
    assert made.json["spans"]["resolve"] == policy["spans"]["resolve"]
    refused = admin.put("/v1/policies/mine", {**policy, "calendar": "nowhere"})
    assert refused.status == 422 and refused.pointers == ["/calendar"]
    assert admin.delete("/v1/policies/mine").status == 204


def test_missing_rows_are_404(admin):
    for kind in ("areas", "orgs", "units", "resources", "agreements", "categories", "policies",
                 "calendars"):
        assert admin.get(f"/v1/{kind}/999999").status == 404
        assert admin.patch(f"/v1/{kind}/999999", {"name": "x"}).status == 404
        assert admin.delete(f"/v1/{kind}/999999").status == 404
    assert admin.get("/v1/spoons/1").status == 404


def test_get_with_if_none_match_is_304(admin):
    etag = admin.get("/v1/units/heat").etag
    same = admin.get("/v1/units/heat", headers={"If-None-Match": etag})
    assert (same.status, same.body) == (304, b"")
    assert admin.get("/v1/units/heat", headers={"If-None-Match": '"999"'}).status == 200


def test_head_is_get_without_body(admin):
    head = admin.ask("HEAD", "/v1/units/heat")
    assert (head.status, head.body) == (200, b"") and head.etag == admin.get("/v1/units/heat").etag


# ---- conditions ----


def test_if_match_is_honoured(admin, code):
    path = f"/v1/resources/{code}"
    assert admin.put(path, VENUE, headers={"If-Match": '"1"'}).status == 412  # is not there
    assert admin.put(path, VENUE, headers={"If-Match": "*"}).status == 412
    assert admin.get(path).status == 404
    admin.put(path, VENUE)
    wrong = {"headers": {"If-Match": '"9"'}}
    right = {"headers": {"If-Match": '"1"'}}
    assert admin.put(path, {**VENUE, "title": "a"}, **wrong).status == 412
    assert admin.patch(path, {"title": "a"}, **wrong).status == 412
    assert admin.delete(path, **wrong).status == 412
    assert admin.get(path).etag == '"1"'
    assert admin.patch(path, {"title": "a"}, **right).etag == '"2"'
    assert admin.patch(path, {"title": "b"}, **right).status == 412
    assert admin.put(path, {**VENUE, "title": "b"}, headers={"If-Match": "*"}).etag == '"3"'
    assert admin.delete(path, headers={"If-Match": '"3"'}).status == 204


def test_conditions_are_lists(admin, code):
    path = f"/v1/resources/{code}"
    admin.put(path, VENUE)
    for sent, status in (('"7", "1"', 200), ('"1","9"', 412), ('W/"2", "3"', 412), ('"12"', 412),
                         ('"2"', 200)):
        done = admin.patch(path, {"title": sent}, headers={"If-Match": sent})
        assert done.status == status, (sent, done)
    for known, status in (('"1", "3"', 304), ('W/"3"', 304), ("*", 304), ('"1", "33"', 200)):
        assert admin.get(path, headers={"If-None-Match": known}).status == status, known


def test_if_none_match_star_only_makes(admin, code):
    path = f"/v1/resources/{code}"
    only_new = {"headers": {"If-None-Match": "*"}}
    assert admin.put(path, VENUE, **only_new).status == 201
    refused = admin.put(path, {**VENUE, "title": "x"}, **only_new)
    assert refused.status == 412 and '"1"' in refused.json["detail"]
    assert admin.get(path).json["title"] == VENUE["title"]


# ---- merge patch ----


def test_patch_merges(admin):
    path = "/v1/units/" + new_code()
    admin.put(path, {**UNITS["heat"], "aliases": [{"name": "旧名", "to": "2020-01-01"}]})
    done = admin.patch(path, {"contact": {"phone": "110"}, "ledger": None, "joined": []})
    assert done.status == 200 and done.etag == '"2"'
    assert done.json["contact"] == {"name": "王五", "phone": "110"}
    assert "ledger" not in done.json and done.json.get("joined", []) == []
    assert done.json["aliases"] == [{"name": "旧名", "to": "2020-01-01"}]
    typed = admin.patch(path, json.dumps({"name": "新名"}).encode(),
                        headers={"Content-Type": "application/merge-patch+json"})
    assert typed.status == 200 and typed.json["name"] == "新名"
    assert admin.patch(path, {"name": "新名"}).etag == typed.etag  # nothing changed
    assert admin.patch(path, {}).etag == typed.etag
    assert admin.patch(path, b"<x/>", headers={"Content-Type": "text/xml"}).status == 415


def test_patch_is_validated_like_put(admin):
    path = "/v1/units/" + new_code()
    admin.put(path, UNITS["heat"])
    assert admin.patch(path, {"kind": None}).pointers == ["/kind"]
    assert admin.patch(path, {"area": "990000"}).pointers == ["/area"]
    assert admin.patch(path, {"colour": "red"}).pointers == ["/colour"]
    assert admin.patch(path, {"code": "other"}).pointers == ["/code"]
    assert admin.patch(path, [1]).status in (400, 422)
    assert admin.patch(path, b"").status == 400
    assert admin.get(path).etag == '"1"'


# ---- delete ----


def test_delete_ends_and_the_code_stays_readable(admin, code):
    path = f"/v1/resources/{code}"
    admin.put(path, VENUE)
    gone = admin.delete(path)
    assert (gone.status, gone.body) == (204, b"")
    shown = admin.get(path)
    assert (shown.status, shown.json["status"], shown.etag) == (200, "ended", '"2"')
    assert admin.delete(path).status == 204 and admin.get(path).etag == '"2"'  # twice is once
    assert admin.patch(path, {"status": "offered"}).json["status"] == "offered"


def test_delete_is_refused_while_open_tasks_name_the_row(daemon, admin, keys):
    assert admin.put("/v1/resources/hot", {**DUTY, "capacity": 5}).status == 201
    sent = keys["operator"].post("/v1/tickets", {
        "kind": "complaint", "category": "01.01.01", "area": "140213057003", "title": "暖气不热",
        "content": "三天了"})
    assert sent.status == 201 and sent.json["route"]["unit"]["code"] == "heat", sent
    named = ["units/heat", "orgs/po-heat", "resources/hot", "categories/01.01.01",
             "areas/140213057003", "policies/" + sent_policy(daemon), "calendars/cn"]
    for path in named:
        refused = admin.delete(f"/v1/{path}")
        assert refused.status == 409, (path, refused)
        assert admin.patch(f"/v1/{path}", {"status": "ended"}).status == 409
        assert admin.get(f"/v1/{path}").json["status"] != "ended"
    file = "code,name,kind,area,status\nheat,东街热力公司,utility,140213057003,ended\n"
    refused = admin.import_csv("units", file)
    assert refused.status == 409 and refused.pointers == ["/2/status"]
    assert admin.patch("/v1/resources/hot", {"title": "另名"}).status == 200  # a change is no end
    daemon.psql("UPDATE task SET state = 'completed'")
    for path in named[:3]:
        assert admin.delete(f"/v1/{path}").status == 204
    fill(admin)  # as it was


def sent_policy(daemon):
    return daemon.psql("SELECT policy FROM task LIMIT 1")[0][0]


# ---- bad input ----


def test_every_fault_is_named_at_once(admin, code):
    refused = admin.put(f"/v1/resources/{code}", {
        "unit": 7, "kind": "spoon", "categories": "01", "areas": ["14x"], "capacity": -3,
        "valid_from": "2025-02-30", "colour": "red"})
    assert refused.status == 422
    assert set(refused.pointers) == {"/unit", "/kind", "/title", "/categories", "/areas/0",
                                     "/capacity", "/valid_from", "/colour"}
    assert admin.get(f"/v1/resources/{code}").status == 404


def test_references_must_exist(admin, code):
    refused = admin.put(f"/v1/resources/{code}", {
        **VENUE, "unit": "nobody", "categories": ["02", "99"], "areas": ["140213057", "110101"],
        "agreement": "none"})
    assert refused.status == 422
    assert set(refused.pointers) == {"/unit", "/categories/1", "/areas/1", "/agreement"}
    refused = admin.put("/v1/agreements/" + code, {"org": "x", "unit": "y", "categories": ["z"]})
    assert set(refused.pointers) == {"/org", "/unit", "/categories/0"}
    refused = admin.put("/v1/orgs/" + code, {**ORGS["conf"], "parent": "x", "areas": ["99"]})
    assert set(refused.pointers) == {"/parent", "/areas/0"}


def test_loops_are_refused(admin):
    refused = admin.patch("/v1/orgs/conf", {"parent": "al-057"})
    assert refused.status == 422 and refused.pointers == ["/parent"]
    refused = admin.patch("/v1/orgs/conf", {"parent": "conf"})
    assert refused.status == 422 and refused.pointers == ["/parent"]
    refused = admin.patch("/v1/categories/01", {"parent": "01.01"})
    assert refused.status == 422 and refused.pointers == ["/parent"]


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{", 400), (b"[]", 422), (b'{"name":"a","name":"b"}', 400),
    (b'{"name":"\xff"}', 400), (b'{"name":"\\u0000"}', 400), (b'{"name":"\\ud800"}', 400),
    (b'{"name":' + b"[" * 200 + b"]" * 200 + b"}", 400), (b'{"name":1}', 422),
    (b'{"name":"' + b"x" * 300 + b'"}', 422), (b'{"name":"' + b"x" * 300000 + b'"}', 413),
    (b'{"code":"11","name":"x"}', 422), (b'{"name":"x","level":"street"}', 422),
])
def test_bad_bodies(admin, body, status):
    answer = admin.put("/v1/areas/15", body, headers={"Content-Type": "application/json"})
    assert answer.status == status, answer
    assert admin.get("/v1/areas/15").status == 404


def test_bad_codes_in_the_path(admin):
    for path in ("areas/123", "areas/abc", "units/a b", "units/%E4%B8%AD", "units/" + "x" * 65,
                 "categories/01..02", "categories/1.2.3.4.5.6"):
        kind, code = path.split("/")
        body = {"name": "x", **({"kind": "school"} if kind == "units" else {})}
        answer = admin.put(f"/v1/{kind}/{code}", body)
        assert answer.status == 422 and answer.pointers == ["/code"], (path, answer)
    assert admin.get("/v1/units/%FF").status == 400
    assert admin.get("/v1/units/a%00").status == 400


def test_wrong_type_method_and_query(admin):
    text = {"headers": {"Content-Type": "text/plain"}}
    assert admin.put("/v1/areas/15", b"x", **text).status == 415
    refused = admin.post("/v1/areas/15", {"name": "x"})
    assert refused.status == 405 and "PUT" in refused.headers["Allow"]
    assert admin.get("/v1/areas/14?colour=red").status == 400
    assert admin.get("/v1/areas?colour=red").status == 400
    assert admin.get("/v1/areas?parent=14").status == 400  # of orgs, not of areas


# ---- many at once ----


def test_concurrent_writers_lose_nothing(daemon, admin, code):
    path = f"/v1/resources/{code}"
    admin.put(path, VENUE)

    def count_up(client, times):
        for _ in range(times):
            while True:
                row = client.get(path)
                done = client.patch(path, {"capacity": row.json["capacity"] + 1},
                                    headers={"If-Match": row.etag})
                if done.status == 200:
                    break
                assert done.status == 412, done

    threads = [threading.Thread(target=count_up, args=(daemon.admin, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = admin.get(path)
    assert (row.json["capacity"], row.json["version"]) == (VENUE["capacity"] + 40, 41)
    kept = daemon.psql(f"SELECT count(*) FROM registry_version WHERE code = '{code}'")
    assert kept == [["41"]]


def test_capacity_follows_the_row(daemon, admin, code):
    def capacity():
        return daemon.psql(f"SELECT capacity, taken FROM capacity WHERE resource = '{code}'")

    admin.put(f"/v1/resources/{code}", VENUE)
    assert capacity() == [["2", "0"]]
    admin.patch(f"/v1/resources/{code}", {"capacity": 0})
    assert capacity() == [["0", "0"]]
    admin.patch(f"/v1/resources/{code}", {"capacity": None})
    assert capacity() == [["", "0"]]


def test_versions_say_who_and_what(daemon, admin, keys, code):
    keys["unit"].put(f"/v1/resources/{code}", VENUE)
    admin.patch(f"/v1/resources/{code}", {"status": "offered"})
    rows = daemon.psql("SELECT version, changed_by, body FROM registry_version "
                       f"WHERE code = '{code}' ORDER BY version")
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[0][1] != rows[1][1] == "1"
    assert [json.loads(row[2])["status"] for row in rows] == ["proposed", "offered"]


def test_another_instance_takes_changes_up(daemon):
    other = Daemon(beside=daemon)
    try:
        here, there = daemon.admin, other.admin
        for i in range(20):  # a row made here may be referred to there at once
            area, unit = f"1402130{60 + i}", f"far-{i}"
            assert here.put(f"/v1/areas/{area}", {"name": "x"}).status == 201
            made = there.put(f"/v1/units/{unit}", {"name": "x", "kind": "school", "area": area})
            assert made.status == 201, made
            assert here.get(f"/v1/units/{unit}").status == 200
            made = here.put(f"/v1/resources/far-{i}", {**VENUE, "unit": unit})
            assert made.status == 201, made
        assert there.get("/v1/resources/far-19").status == 200
        other.wait_for(lambda: any(row["code"] == "far-19" for row in
                                   there.items("/v1/resources?prefix=far-")), 1)
    finally:
        other.stop()


def test_rows_outlive_a_kill(daemon):
    mine = Daemon()
    try:
        fill(mine.admin)
        etag = mine.admin.put("/v1/resources/r", VENUE).etag
        mine.kill()
        mine.start()
        shown = mine.admin.get("/v1/resources/r")
        assert (shown.status, shown.etag) == (200, etag)
        assert [row["code"] for row in mine.admin.items("/v1/resources")] == ["r"]
    finally:
        mine.stop()


def test_shipped_rules_come_with_a_new_program_and_stay_as_changed(daemon):
    """A database of an older program gets the policies that it lacks; what was changed is left."""
    admin = daemon.admin
    changed = {"name": "自定", "match": {"kinds": ["emergency"]}, "calendar": "cn", "spans": {}}
    assert admin.put("/v1/policies/whistle.emergency", changed).status == 200
    daemon.psql("DELETE FROM registry WHERE code = 'offers'; "
                "DELETE FROM registry_version WHERE code = 'offers'")
    before = int(daemon.psql("SELECT value FROM counter WHERE name = 'registry'")[0][0])
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(30) == 0
    daemon.start()
    assert daemon.admin.get("/v1/policies/offers").json["status"] == "active"
    assert daemon.admin.get("/v1/policies/whistle.emergency").json["name"] == "自定"
    after = int(daemon.psql("SELECT value FROM counter WHERE name = 'registry'")[0][0])
    assert after == before + 1
