"""Every row of the route table with each role: those that may, those that may not (403), and no key,
a wrong, an expired and a revoked one (401). The table is copied from the specification by hand; moves
have theirs in test_moves.py."""

import datetime
import re

import pytest

from district import DISTRICT, HOME, district, ticket

ROLES = ["operator", "dispatcher", "unit", "org", "supervisor", "admin"]
ALL = set(ROLES)
WORKERS = ALL - {"admin"}
HOLDERS = {"unit", "org", "dispatcher", "supervisor"}
DRY = {"operator", "dispatcher", "supervisor", "admin"}
ADMIN = {"admin"}
SPAN = {"calendar": "cn", "dispatched_at": "2026-03-02T09:00:00+08:00",
        "span": {"amount": 1, "unit": "hour"}}
# method, path, who, body, good statuses; {no}, {task}, {key} are filled in. A good body is needed only
# where a role may: the others are refused before it is read.
ROWS = [
    ("POST", "/v1/tickets", {"operator"}, ticket(), {201}),
    ("POST", "/v1/tickets/batch", {"operator"}, {"tickets": [ticket()]}, {207}),
    ("GET", "/v1/tickets", WORKERS, None, {200}),
    ("GET", "/v1/tickets/{no}", WORKERS, None, {200}),
    ("GET", "/v1/tickets/{no}/events", WORKERS, None, {200}),
    ("GET", "/v1/tickets/{no}/identity?purpose=x", WORKERS, None, {200}),
    ("POST", "/v1/route", DRY, ticket(), {200}),
    ("POST", "/v1/deadlines", DRY, SPAN, {200}),
    ("POST", "/v1/callers", {"operator"}, {"phone": "13800000000", "purpose": "x"}, {200}),
    ("GET", "/v1/tasks", HOLDERS, None, {200}),
    ("GET", "/v1/tasks/{task}", WORKERS, None, {200}),
    ("GET", "/v1/tasks/{task}/deadlines", WORKERS, None, {200}),
    ("POST", "/v1/claims", {"unit"}, {"unit": "heat"}, {200}),
    ("POST", "/v1/claims/renew", {"unit"}, {"task": "{task}", "claim": "x"}, {409}),
    ("POST", "/v1/claims/release", {"unit"}, {"task": "{task}", "claim": "x"}, {409}),
    ("GET", "/v1/events", WORKERS, None, {200}),
    ("GET", "/v1/overdue", {"supervisor"}, None, {200}),
    ("GET", "/v1/due", {"supervisor"}, None, {200}),
    ("GET", "/v1/shortages", {"supervisor"}, None, {200}),
    ("POST", "/v1/whistles", {"org"}, {}, {422}),
    ("GET", "/v1/whistles", HOLDERS, None, {200}),
    ("GET", "/v1/whistles/{id}", HOLDERS, None, {404}),
    ("GET", "/v1/whistles/{id}/events", HOLDERS, None, {404}),
    ("POST", "/v1/needs", {"org", "dispatcher"}, {}, {422}),
    ("GET", "/v1/needs", HOLDERS, None, {200}),
    ("GET", "/v1/needs/{id}", HOLDERS, None, {404}),
    ("POST", "/v1/projects", {"org", "dispatcher"}, {}, {422}),
    ("GET", "/v1/projects", HOLDERS, None, {200}),
    ("GET", "/v1/projects/{id}", HOLDERS, None, {404}),
    ("GET", "/v1/verify", {"supervisor", "admin"}, None, {200}),
    ("GET", "/v1/export/tickets", {"supervisor", "dispatcher"}, None, {200}),
    ("GET", "/v1/export/tasks", {"supervisor", "dispatcher"}, None, {200}),
    ("GET", "/v1/export/overdue", {"supervisor"}, None, {200}),
    ("GET", "/v1/export/due", {"supervisor"}, None, {200}),
    ("GET", "/v1/export/shortages", {"supervisor"}, None, {200}),
    ("GET", "/v1/export/rates", {"supervisor"}, None, {200}),
    ("GET", "/v1/stats/rates", {"supervisor"}, None, {200}),
    ("GET", "/v1/stats/times", {"supervisor"}, None, {200}),
    ("GET", "/v1/stats/whistles", {"supervisor"}, None, {200}),
    ("GET", "/v1/export/whistles", {"supervisor"}, None, {200}),
    ("GET", "/v1/stats/agreements", {"supervisor"}, None, {200}),
    ("GET", "/v1/export/agreements", {"supervisor"}, None, {200}),
    ("GET", "/v1/stats/five-clears", {"supervisor"}, None, {200}),
    ("POST", "/v1/stats/months/2026-01/publish", {"supervisor"}, {}, {201, 409}),
    ("GET", "/v1/stats/months/2020-01", {"supervisor"}, None, {404}),
    ("GET", "/v1/stats/months/2020-01/times", {"supervisor"}, None, {404}),
    ("POST", "/v1/import/areas", ADMIN, "code,name\n", {200}),
    ("POST", "/v1/calendars/cn/overrides", ADMIN, "date,kind,name\n", {200}),
    ("POST", "/v1/calendars/cn/recalculate", ADMIN, {"dry_run": True}, {200}),
    ("POST", "/v1/keys", ADMIN, {"role": "admin", "name": "x"}, {201}),
    ("GET", "/v1/keys", ADMIN, None, {200}),
    ("GET", "/v1/keys/{key}", ADMIN, None, {200}),
    ("DELETE", "/v1/keys/999", ADMIN, None, {404}),
    ("POST", "/v1/webhooks", ADMIN, {}, {422}),
    ("GET", "/v1/webhooks", ADMIN, None, {200}),
    ("GET", "/v1/webhooks/{id}", ADMIN, None, {404}),
    ("PATCH", "/v1/webhooks/{id}", ADMIN, {}, {404}),
    ("DELETE", "/v1/webhooks/{id}", ADMIN, None, {404}),
    ("POST", "/v1/webhooks/{id}/secrets", ADMIN, {}, {404}),
    ("DELETE", "/v1/webhooks/{id}/secrets/{id}", ADMIN, None, {404}),
    ("GET", "/v1/webhooks/{id}/deliveries", ADMIN, None, {404}),
    ("POST", "/v1/webhooks/{id}/replay", ADMIN, {}, {404}),
    ("POST", "/v1/webhooks/{id}/test", ADMIN, None, {404}),
    ("GET", "/v1/undelivered", {"supervisor"}, None, {200}),
    ("POST", "/v1/undelivered/{id}/replay", {"supervisor"}, None, {404}),
]
REGISTRY = {
    "areas": ("140213001", {"name": "甲街道", "level": "street"}),
    "orgs": ("po-law", {"name": "律所党支部", "kind": "branch"}),
    "units": ("law", {"name": "平城律所", "kind": "social_organization", "org": "po-law",
                      "formation": "alone", "area": "140213"}),
    "resources": ("r-law", {"unit": "law", "kind": "expertise", "title": "法律援助",
                            "categories": ["08"], "areas": ["140213"]}),
    "agreements": ("ag-1", {"org": "al-1", "unit": "law"}),
    "categories": ("08", {"name": "法律"}),
    "policies": ("extra", {"calendar": "cn", "match": {"categories": ["08"]}, "spans": {}}),
    "calendars": ("extra", {"zone": "Asia/Shanghai", "week": {"mon": ["09:00-12:00"]}}),
}
for plural, (code, body) in REGISTRY.items():
    row = f"/v1/{plural}/{code}"
    ROWS += [("GET", f"/v1/{plural}", ALL, None, {200}),
             ("PUT", row, ADMIN, body, {200, 201}), ("GET", row, ALL, None, {200}),
             ("DELETE", f"/v1/{plural}/999999", ADMIN, None, {404})]
    if plural != "resources":
        ROWS.append(("PATCH", row, ADMIN, {}, {200}))
OPEN = ["/livez", "/readyz", "/metrics", "/openapi.json"]


@pytest.fixture(scope="module")
def made(district):
    """A ticket with a task that all may see, and a client for each role."""
    one = district.submit(petitioner={"phone": "13800000000"})
    clients = {"operator": district.operator, "dispatcher": district.dispatcher,
               "supervisor": district.supervisor, "admin": district.admin,
               "unit": district.unit("heat"), "org": district.org("po-heat")}
    keys = district.admin.items("/v1/keys")
    return {"no": one["no"], "task": one["tasks"][0]["id"], "key": keys[0]["id"], "clients": clients}


def fill(value, made):
    if isinstance(value, dict):
        return {name: fill(one, made) for name, one in value.items()}
    if isinstance(value, str):
        for name in ("no", "task", "key"):
            value = value.replace("{" + name + "}", made[name])
    return value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_row_by_role(district, made, row):
    method, path, who, body, good = row
    path = fill(path, made)
    for role in ROLES:
        done = made["clients"][role].ask(method, path, fill(body, made))
        if role in who:
            assert done.status in good, (role, done)
        else:
            assert done.status == 403, (role, done)
            assert done.json["status"] == 403 and role in done.json["detail"]
    for key in (None, "x", "0" * 52):
        done = district.daemon.client(key).ask(method, path, fill(body, made))
        assert done.status == 401, (key, done)
        assert done.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_resources_a_unit_proposes(district, made):
    body = {"unit": "heat", "kind": "venue", "title": "会议室", "categories": ["05"],
            "areas": [HOME], "status": "proposed"}
    for role in ROLES:
        done = made["clients"][role].put(f"/v1/resources/own-{role}", body)
        assert done.status in ({200, 201} if role in ("unit", "admin") else {403}), (role, done)
    heat = made["clients"]["unit"]
    for change in ({"unit": "law"}, {"kind": "duty"}):
        done = heat.put("/v1/resources/own-unit-2", {**body, **change})
        assert done.status in (403, 404, 422), (change, done)
    done = heat.put("/v1/resources/own-unit-3", {**body, "status": "offered"})
    assert done.status in (403, 422) or done.json["status"] == "proposed", done
    assert heat.patch("/v1/resources/own-unit", {"status": "offered"}).status in (403, 422)
    assert heat.patch("/v1/resources/r-law", {"title": "x"}).status in (403, 404)
    assert heat.delete("/v1/resources/own-unit").status == 403
    # its routing target's org or the street offers it
    assert district.org("po-law").patch("/v1/resources/own-unit", {"status": "offered"}).status \
        in (403, 404)
    done = made["clients"]["org"].patch("/v1/resources/own-unit", {"status": "offered"})
    assert done.status == 200 and done.json["status"] == "offered"
    for role in ("operator", "dispatcher", "supervisor"):
        assert made["clients"][role].patch("/v1/resources/own-unit", {}).status == 403


@pytest.mark.parametrize("path", OPEN)
def test_without_a_key(district, path):
    client = district.daemon.client()
    assert client.get(path).status == 200
    assert client.post(path, {}).status == 405
    assert district.daemon.client("wrong").get(path).status == 200


def test_receipts_need_no_key(district):
    one = district.submit()
    ask = {"no": one["no"], "code": one["receipt_code"]}
    assert district.daemon.client().post("/v1/receipts", ask).status == 200
    assert district.operator.post("/v1/receipts", ask).status == 200


def test_expired_key(district):
    end = district.clock.at + datetime.timedelta(minutes=10)
    client = district.daemon.key("operator", areas=[DISTRICT], expires_at=end.isoformat())
    start = district.clock.at
    assert client.get("/v1/tickets").status == 200
    district.clock.set(end - datetime.timedelta(seconds=1))
    assert client.get("/v1/tickets").status == 200
    district.clock.set(end)
    assert client.get("/v1/tickets").status == 401
    assert client.post("/v1/tickets", ticket()).status == 401
    district.clock.set(start)


def test_revoked_key(district):
    made = district.admin.post("/v1/keys", {"role": "operator", "name": "x", "areas": [DISTRICT]}).json
    client = district.daemon.client(made["key"])
    second = district.beside().client(made["key"])
    assert client.get("/v1/tickets").status == second.get("/v1/tickets").status == 200
    assert district.admin.delete(f"/v1/keys/{made['id']}").status == 204
    assert client.get("/v1/tickets").status == 401
    district.daemon.wait_for(lambda: second.get("/v1/tickets").status == 401, 3)


def test_a_new_key_counts_everywhere_at_once(district):
    made = district.admin.post("/v1/keys", {"role": "operator", "name": "y", "areas": [DISTRICT]}).json
    assert district.beside().client(made["key"]).get("/v1/tickets").status == 200


def test_admin_has_no_tickets_and_no_identity(district, made):
    for path in ("tickets", "tickets/{no}", "tickets/{no}/identity?purpose=x", "tasks",
                 "tasks/{task}", "events", "overdue"):
        assert district.admin.get(fill(f"/v1/{path}", made)).status == 403


def test_methods_that_a_path_does_not_take(district):
    for path, allowed in {"/v1/tickets": {"GET", "POST"}, "/v1/claims": {"POST"},
                          "/v1/areas/14": {"GET", "PUT", "PATCH", "DELETE"},
                          "/v1/overdue": {"GET"}, "/v1/route": {"POST"}}.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            done = district.admin.ask(method, path)
            assert done.status == 405, (method, path, done)
            assert set(re.split(r",\s*", done.headers["Allow"])) >= allowed


def test_the_document_lists_every_row(district):
    """Roles in the description are those of the tables here; no row is left untested."""
    paths = district.daemon.client().get("/openapi.json").json["paths"]
    known = {(method, re.sub(r"\{\w+\}", "{}", path.split("?")[0])): who
             for method, path, who, _, _ in ROWS}
    for plural, (code, _) in REGISTRY.items():
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            who = ALL if method == "GET" else ADMIN
            if plural == "resources" and method in ("PUT", "PATCH"):
                who = {"admin", "unit"} | ({"org"} if method == "PATCH" else set())
            known[(method, f"/v1/{plural}/{{}}")] = who
    month = "/v1/stats/months/{}"
    for row in (("POST", f"{month}/publish"), ("GET", month), ("GET", f"{month}/times")):
        known[row] = {"supervisor"}
    known[("POST", "/v1/import/{}")] = known[("POST", "/v1/calendars/{}/overrides")] = ADMIN
    known[("POST", "/v1/calendars/{}/recalculate")] = ADMIN
    known[("DELETE", "/v1/keys/{}")] = ADMIN
    for path, operations in paths.items():
        for method, operation in operations.items():
            row = (method.upper(), re.sub(r"\{\w+\}", "{}", path))
            if path in OPEN or path == "/v1/receipts":
                assert operation["security"] == []
            elif re.match(r"/v1/(tickets|tasks|whistles|needs|projects)/\{\w+\}/", path) and method == "post":
                continue  # a move
            else:
                assert row in known, row
                roles = set(re.search(r"Roles: ([\w, ]+)\.", operation["description"])
                            .group(1).split(", "))
                assert roles == known[row], row
