"""API keys: made once, shown once, revoked at once, scoped by role."""

import datetime
import json

import pytest

from daemon import Daemon

AREA = {"areas": ["140213"]}
SCOPES = {"operator": AREA, "dispatcher": AREA, "supervisor": AREA, "unit": {"unit": "heat"},
          "org": {"org": "al-057"}, "admin": {}}


@pytest.fixture(scope="module", autouse=True)
def district(daemon):
    admin = daemon.admin
    admin.put("/v1/areas/140213", {"name": "平城区"})
    admin.put("/v1/orgs/al-057", {"name": "东街党建联盟", "kind": "street_alliance",
                                  "areas": ["140213"]})
    admin.put("/v1/units/heat", {"name": "热力公司", "kind": "utility", "area": "140213"})


def from_now(**span):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**span)
    return at.isoformat(timespec="seconds")


@pytest.mark.parametrize("role", SCOPES)
def test_make_show_use_revoke(daemon, admin, role):
    asked = {"role": role, "name": f"我的 {role}", **SCOPES[role], "expires_at": from_now(days=1)}
    made = admin.post("/v1/keys", asked)
    assert made.status == 201 and made.headers["Location"] == f"/v1/keys/{made.json['id']}"
    secret = made.json["key"]
    assert secret.startswith("wk_") and len(secret) == 35
    row = {n: v for n, v in made.json.items() if n != "key"}
    assert set(row) == {"id", "role", "name", "areas", "unit", "org", "expires_at", "created_at",
                        "revoked_at"}
    assert row["role"] == role and row["name"] == asked["name"] and row["revoked_at"] is None
    assert datetime.datetime.fromisoformat(row["expires_at"]) == datetime.datetime.fromisoformat(
        asked["expires_at"])
    shown = admin.get(made.headers["Location"])
    assert shown.status == 200 and shown.json == row  # without the secret
    assert row in admin.items("/v1/keys", limit=2)
    client = daemon.client(secret)
    assert client.get("/v1/areas").status == 200
    assert (client.get("/v1/keys").status == 200) == (role == "admin")
    assert admin.delete(made.headers["Location"]).status == 204
    assert client.get("/v1/areas").status == 401  # at once
    assert admin.get(made.headers["Location"]).json["revoked_at"] is not None
    assert admin.delete(made.headers["Location"]).status == 204  # twice is once


def test_secrets_are_not_kept(daemon, admin):
    secret = admin.post("/v1/keys", {"role": "admin", "name": "x"}).json["key"]
    stored = json.dumps(daemon.psql("SELECT api_key::text FROM api_key"))
    assert secret not in stored and secret[3:] not in stored
    assert secret not in "\n".join(daemon.log)
    assert daemon.psql("SELECT bool_and(length(hash) = 32) FROM api_key") == [["t"]]


def test_several_keys_per_client(daemon, admin):
    one, two = daemon.key("unit", unit="heat"), daemon.key("unit", unit="heat")
    assert one.key != two.key
    assert [client.get("/v1/tasks").status for client in (one, two)] == [200, 200]


@pytest.mark.parametrize("body, pointers", [
    ({}, {"/role", "/name"}),
    ({"role": "king", "name": "x"}, {"/role"}),
    ({"role": "operator", "name": "x"}, {"/areas"}),
    ({"role": "dispatcher", "name": "x", "areas": []}, {"/areas"}),
    ({"role": "supervisor", "name": "x", "unit": "heat"}, {"/areas", "/unit"}),
    ({"role": "unit", "name": "x"}, {"/unit"}),
    ({"role": "unit", "name": "x", "unit": "heat", **AREA}, {"/areas"}),
    ({"role": "org", "name": "x", "unit": "heat"}, {"/unit", "/org"}),
    ({"role": "admin", "name": "x", "org": "al-057"}, {"/org"}),
    ({"role": "unit", "name": "x", "unit": "nobody"}, {"/unit"}),
    ({"role": "org", "name": "x", "org": "nobody"}, {"/org"}),
    ({"role": "operator", "name": "x", "areas": ["140213", "110101"]}, {"/areas/1"}),
    ({"role": "operator", "name": "x", "areas": ["140213", "14021"]}, {"/areas/1"}),
    ({"role": "admin", "name": ""}, {"/name"}),
    ({"role": "admin", "name": "x" * 101}, {"/name"}),
    ({"role": "admin", "name": 5}, {"/name"}),
    ({"role": "admin", "name": "x", "colour": "red"}, {"/colour"}),
    ({"role": "admin", "name": "x", "expires_at": "2020-01-01T00:00:00+08:00"}, {"/expires_at"}),
    ({"role": "admin", "name": "x", "expires_at": "2027-02-30T00:00:00Z"}, {"/expires_at"}),
    ({"role": "admin", "name": "x", "expires_at": "tomorrow"}, {"/expires_at"}),
])
def test_bad_keys_are_refused(admin, body, pointers):
    before = len(admin.items("/v1/keys"))
    refused = admin.post("/v1/keys", body)
    assert refused.status == 422 and set(refused.pointers) == pointers, refused
    assert len(admin.items("/v1/keys")) == before


def test_bad_bodies_and_ids(admin):
    for body in (b"", b"{", b"null x", b'{"role":"admin","role":"admin"}'):
        sent = {"headers": {"Content-Type": "application/json"}}
        assert admin.post("/v1/keys", body, **sent).status == 400
    assert admin.post("/v1/keys", b"[]").status == 422
    for id_ in ("0", "-1", "x", "7", "99999999999999999999", "1e3", "0x1"):
        assert admin.get(f"/v1/keys/{id_}").status == 404
        assert admin.delete(f"/v1/keys/{id_}").status == 404
    assert admin.put("/v1/keys/1", {}).status == 405
    for query in ("limit=0", "limit=x", "cursor=x", "role=admin"):
        assert admin.get(f"/v1/keys?{query}").status == 400


def test_no_idempotency_key_for_a_secret(admin):
    before = len(admin.items("/v1/keys"))
    refused = admin.post("/v1/keys", {"role": "admin", "name": "x"},
                         headers={"Idempotency-Key": "k-1"})
    assert refused.status == 400 and len(admin.items("/v1/keys")) == before


def test_only_admins(daemon):
    for role, scope in SCOPES.items():
        client = daemon.key(role, **scope)
        allowed = role == "admin"
        made = client.post("/v1/keys", {"role": "admin", "name": "x"})
        assert made.status == (201 if allowed else 403), role
        assert client.get("/v1/keys").status == (200 if allowed else 403)
        assert client.get("/v1/keys/1").status == (200 if allowed else 403)
        other = made.json["id"] if allowed else "1"
        assert client.delete(f"/v1/keys/{other}").status == (204 if allowed else 403)
    assert daemon.client().get("/v1/keys").status == 401
    assert daemon.admin.get("/v1/keys").status == 200


def test_list_newest_first_page_by_page(daemon, admin):
    ids = [admin.post("/v1/keys", {"role": "admin", "name": f"n{i}"}).json["id"] for i in range(5)]
    page = admin.get("/v1/keys?limit=3").json
    assert [row["id"] for row in page["items"]] == ids[:1:-1]
    rest = admin.get(f"/v1/keys?limit=2&cursor={page['next']}").json
    assert [row["id"] for row in rest["items"]] == ids[1::-1]
    everything = admin.items("/v1/keys", limit=3)
    assert len(everything) == int(daemon.psql("SELECT count(*) FROM api_key")[0][0])
    assert everything[-1]["id"] == "1" and everything[-1]["name"] == "first admin"
    assert all("key" not in row for row in everything)


def test_a_key_ends_when_it_expires(daemon, admin):
    made = admin.post("/v1/keys", {"role": "admin", "name": "x", "expires_at": from_now(seconds=2)})
    client = daemon.client(made.json["key"])
    assert client.get("/v1/keys").status == 200
    daemon.wait_for(lambda: client.get("/v1/keys").status == 401, 5)


def test_the_last_admin_key_stays():
    mine = Daemon()
    try:
        admin = mine.admin
        assert admin.delete("/v1/keys/1").status == 409
        short = admin.post("/v1/keys", {"role": "admin", "name": "x",
                                        "expires_at": from_now(seconds=2)})
        short = mine.client(short.json["key"])
        mine.wait_for(lambda: short.get("/v1/keys").status == 401, 5)
        assert admin.delete("/v1/keys/1").status == 409  # the other one has expired
        second = admin.post("/v1/keys", {"role": "admin", "name": "x"})
        assert admin.delete("/v1/keys/1").status == 204  # one's own, with another one left
        assert admin.get("/v1/keys").status == 401
        heir = mine.client(second.json["key"])
        assert heir.delete(second.headers["Location"]).status == 409
        assert heir.get("/v1/keys/1").json["revoked_at"] is not None
        mine.kill()  # no second first key is made
        mine.start()
        assert mine.client(second.json["key"]).get("/v1/keys").status == 200
        assert mine.admin.get("/v1/keys").status == 401
    finally:
        mine.stop()


def test_other_instances_within_a_second(daemon, admin):
    other = Daemon(beside=daemon)
    try:
        made = admin.post("/v1/keys", {"role": "admin", "name": "x"})
        client = other.client(made.json["key"])
        assert client.get("/v1/keys").status == 200  # at once: looked up
        assert admin.delete(made.headers["Location"]).status == 204
        other.wait_for(lambda: client.get("/v1/keys").status == 401, 1)
    finally:
        other.stop()
