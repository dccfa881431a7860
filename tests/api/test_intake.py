"""Tickets in: what is answered, what is refused, and that nothing comes twice (spec 3, 10, 12)."""

import pytest

from district import (DISTRICT, FAR, HOME, OTHER_DISTRICT, START, STREET, at_once, district, do,
                      instant, ticket)

ANSWER = {"no", "id", "state", "version", "received_at", "receipt_code", "route", "tasks"}
TASK = {"id", "no", "origin", "role", "round", "unit", "org", "state", "urgency", "category",
        "area", "title", "sign_due", "contact_due", "resolve_due", "due", "overdue", "provisional",
        "level", "version"}
ROUTE = {"basis", "level", "score", "unit", "org", "resource", "candidates"}
EVERYTHING = {
    "source": "12345-app", "external_no": "A-1", "kind": "complaint", "urgency": "urgent",
    "category": "01.01.01", "area": HOME, "title": "暖气不热", "content": "三天没有暖气",
    "address": "甲一社区 3 号楼", "lon": 113.3, "lat": 40.08,
    "occurred_at": "2026-03-01T20:00:00+08:00", "channel": "app",
    "petitioner": {"name": "张三", "phone": "13800001111", "secret": False},
    "accused": {"name": "无此单位"}, "needs": [{"kind": "duty", "quantity": 2}], "unit": "heat",
    "tags": ["供热", "重复"], "then": "dispatch",
}


def check_digit(digits):
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def count_tickets(district):
    return int(district.daemon.psql("SELECT count(*) FROM ticket")[0][0])


# ---- the answer ----

def test_every_field_of_the_answer(district):
    made = district.operator.post("/v1/tickets", EVERYTHING)
    assert made.status == 201
    body = made.json
    assert ANSWER <= set(body)
    assert made.headers["Location"] == f"/v1/tickets/{body['no']}"
    assert made.etag == f'"{body["version"]}"'
    assert body["state"] == "dispatched"
    assert instant(body["received_at"]) == district.clock.at
    assert body["received_at"].endswith("+08:00")
    assert ROUTE <= set(body["route"])
    assert body["route"]["basis"] == "manual"
    assert body["route"]["unit"] == {"code": "heat", "name": "平城供热公司"}
    assert body["route"]["org"] == {"code": "po-heat", "name": "供热公司党委", "kind": "committee"}
    assert body["route"]["resource"] == {"code": "r-heat", "title": "供热维修", "kind": "duty"}
    [task] = body["tasks"]
    assert set(task) >= TASK
    assert task["no"] == body["no"] and task["id"].startswith(body["id"] + "-")
    assert task["origin"] == {"kind": "ticket", "id": body["id"]}
    assert (task["role"], task["round"], task["state"]) == ("lead", 1, "assigned")
    assert (task["unit"], task["org"]) == ("heat", "po-heat")
    assert (task["urgency"], task["category"]) == ("urgent", "01.01.01")
    assert (task["area"], task["title"]) == (HOME, "暖气不热")
    # Monday 09:00: two working hours, the next working day, the fifth one after today
    assert task["sign_due"] == "2026-03-02T11:00:00+08:00"
    assert task["contact_due"] == "2026-03-03T17:30:00+08:00"
    assert task["resolve_due"] == "2026-03-09T17:30:00+08:00"
    assert task["due"] == task["sign_due"]
    assert task["overdue"] == [] and task["provisional"] is False
    assert "petitioner" not in body and "13800001111" not in made.body.decode()


def test_shown_as_sent_without_petitioner(district):
    sent = {**EVERYTHING, "external_no": "A-2"}
    made = district.submit(**sent)
    shown = district.operator.get(f"/v1/tickets/{made['no']}")
    assert shown.status == 200 and shown.etag == f'"{made["version"]}"'
    body = shown.json
    for name, value in sent.items():
        if name == "petitioner":
            assert name not in body
        elif name == "occurred_at":
            assert instant(body[name]) == instant(value)
        else:
            assert body[name] == value, name
    assert "receipt_code" not in body
    for name in ANSWER - {"receipt_code"}:
        assert body[name] == made[name], name
    text = shown.body.decode()
    assert "张三" not in text and "13800001111" not in text


def test_candidates_show_every_term(district):
    route = district.submit()["route"]
    assert route["basis"] == "inventory"
    best = route["candidates"][0]
    assert set(best) >= {"unit", "org", "resource", "score", "terms"}
    assert {"category", "area", "duty", "agreement", "load", "record", "rating"} <= \
        set(best["terms"])
    assert all(0 <= term <= 1 for term in best["terms"].values())
    assert route["score"] == best["score"]


def test_number_has_district_day_serial_and_check_digit(district):
    numbers = [district.submit()["no"] for _ in range(3)]
    for no in numbers:
        assert no[:14] == DISTRICT + "20260302" and no.isdigit() and len(no) >= 21
        assert no[-1] == check_digit(no[:-1])
    assert len(set(numbers)) == 3
    city = district.submit(area="1402")["no"]
    assert city.startswith("140200" + "20260302")


def test_number_takes_the_day_of_the_calendar_zone(district):
    district.clock.set("2026-03-02T23:59:59+08:00")
    assert district.submit()["no"][6:14] == "20260302"
    district.clock.set("2026-03-02T16:00:00Z")  # midnight in Shanghai
    assert district.submit()["no"][6:14] == "20260303"
    district.clock.set(START)


# ---- receipts ----

def test_receipt_shows_state_and_public_answer_only(district):
    made = district.submit(then="answer", public_answer="已经恢复供热", petitioner={"name": "李四"})
    citizen = district.daemon.client()
    shown = citizen.post("/v1/receipts", {"no": made["no"], "code": made["receipt_code"]})
    assert shown.status == 200
    assert shown.json["state"] == "answered" and shown.json["public_answer"] == "已经恢复供热"
    assert "李四" not in shown.body.decode()
    open_one = district.submit()
    shown = citizen.post("/v1/receipts", {"no": open_one["no"], "code": open_one["receipt_code"]})
    assert shown.json["state"] == "dispatched" and shown.json["public_answer"] is None
    assert open_one["receipt_code"] != made["receipt_code"]
    assert len(made["receipt_code"]) * 5 >= 50  # base 32
    rows = district.daemon.psql(
        f"SELECT count(*) FROM ticket t WHERE t::text LIKE '%{made['receipt_code']}%'")
    assert rows == [["0"]]


def test_receipt_tries_are_limited(district):
    made = district.submit()
    other = district.submit()
    citizen = district.daemon.client()
    wrong = {"no": made["no"], "code": other["receipt_code"]}
    statuses = [citizen.post("/v1/receipts", wrong).status for _ in range(15)]
    assert statuses[0] == 404 and statuses[-1] == 429
    answer = citizen.post("/v1/receipts", wrong)
    assert int(answer.headers["Retry-After"]) > 0
    right = {"no": made["no"], "code": made["receipt_code"]}  # else trying on would find it
    assert citizen.post("/v1/receipts", right).status == 429
    unknown = citizen.post("/v1/receipts", {"no": "140213202603029999991", "code": "A" * 16})
    assert unknown.status in (404, 429)


# ---- then ----

def test_then_triage_takes_nothing(district):
    made = district.submit(then="triage", category="07")
    assert made["state"] == "triage" and made["tasks"] == []
    assert district.taken("r-fix-1") == 0
    assert made["route"]["candidates"][0]["resource"]["code"] == "r-fix-1"


def test_then_answer_is_closed_at_the_seat(district):
    made = district.submit(then="answer", public_answer="请拨打 110", kind="consult")
    assert made["state"] == "answered" and made["tasks"] == []
    shown = district.show(made["no"])
    assert shown["public_answer"] == "请拨打 110" and shown["state"] == "answered"
    refused = district.operator.post("/v1/tickets", ticket(then="answer"))
    assert refused.status == 422 and refused.pointers == ["/public_answer"]


# ---- batches ----

def test_batch_keeps_order_and_fails_alone(district):
    before = count_tickets(district)
    items = [ticket(title=f"第 {index} 件") for index in range(30)]
    items[3] = ticket(category="99.99")
    items[7] = {"title": 5}
    items[11] = "no object"
    items[29] = ticket(area="999999")
    done = district.operator.post("/v1/tickets/batch", {"tickets": items})
    assert done.status == 207
    results = done.json["results"]
    assert [one["status"] for one in results] == \
        [201 if index not in (3, 7, 11, 29) else 422 for index in range(30)]
    for index, one in enumerate(results):
        if one["status"] == 201:
            assert ANSWER <= set(one["ticket"])
            assert one["ticket"]["tasks"][0]["title"] == f"第 {index} 件"
        else:
            assert one["problem"]["status"] == 422 and one["problem"]["errors"]
    assert [e["pointer"] for e in results[3]["problem"]["errors"]] == ["/category"]
    assert {"/kind", "/category", "/area", "/title", "/content"} == \
        {e["pointer"] for e in results[7]["problem"]["errors"]}
    assert count_tickets(district) == before + 26


@pytest.mark.parametrize("body", [
    {"tickets": []}, {}, {"tickets": {}}, {"tickets": [ticket()] * 501}, [ticket()],
    {"tickets": [ticket()], "more": 1}])
def test_batch_as_a_whole_refused(district, body):
    before = count_tickets(district)
    done = district.operator.post("/v1/tickets/batch", body)
    assert done.status == 422, done
    assert count_tickets(district) == before


def test_batch_of_500(district):
    done = district.operator.post("/v1/tickets/batch", {"tickets": [ticket()] * 500})
    assert done.status == 207
    numbers = {one["ticket"]["no"] for one in done.json["results"]}
    assert len(numbers) == 500


# ---- Idempotency-Key ----

def test_same_key_same_answer(district):
    operator = district.operator
    before = count_tickets(district)
    first = operator.post("/v1/tickets", ticket(), headers={"Idempotency-Key": "one"})
    again = operator.post("/v1/tickets", ticket(), headers={"Idempotency-Key": "one"})
    assert first.status == again.status == 201
    assert again.json == first.json and again.json["receipt_code"]
    assert again.headers["Location"] == first.headers["Location"] and again.etag == first.etag
    other = operator.post("/v1/tickets", ticket(title="别的"), headers={"Idempotency-Key": "one"})
    assert other.status == 422
    assert count_tickets(district) == before + 1


def test_key_counts_per_api_key_and_path(district):
    headers = {"Idempotency-Key": "shared"}
    mine = district.operator.post("/v1/tickets", ticket(), headers=headers)
    others = district.client("operator", areas=[DISTRICT]).post("/v1/tickets", ticket(),
                                                               headers=headers)
    assert others.status == 201 and others.json["no"] != mine.json["no"]
    batch = district.operator.post("/v1/tickets/batch", {"tickets": [ticket()]}, headers=headers)
    assert batch.status == 207 and batch.json["results"][0]["status"] == 201
    again = district.operator.post("/v1/tickets/batch", {"tickets": [ticket()]}, headers=headers)
    assert again.json == batch.json


def test_a_refusal_does_not_use_the_key_up(district):
    headers = {"Idempotency-Key": "mended"}
    assert district.operator.post("/v1/tickets", ticket(area="1"), headers=headers).status == 422
    assert district.operator.post("/v1/tickets", ticket(), headers=headers).status == 201


def test_key_is_kept_seven_days_and_forgotten_then(district):
    headers = {"Idempotency-Key": "week"}
    first = district.operator.post("/v1/tickets", ticket(), headers=headers).json
    district.clock.move(days=6, hours=23)
    assert district.operator.post("/v1/tickets", ticket(), headers=headers).json == first
    district.clock.move(hours=2)
    later = district.operator.post("/v1/tickets", ticket(), headers=headers)
    assert later.status == 201 and later.json["no"] != first["no"]
    district.clock.set(START)


def test_concurrent_duplicates_make_one_ticket(district):
    before = count_tickets(district)
    clients = [district.client("operator") for _ in range(20)]
    for number in range(5):
        headers = {"Idempotency-Key": f"race {number}"}
        made = at_once([lambda c=c: c.post("/v1/tickets", ticket(), headers=headers)
                        for c in clients])
        assert {answer.status for answer in made} == {201}, made
        assert len({answer.body for answer in made}) == 1
    assert count_tickets(district) == before + 5
    bodies = [ticket(title=f"第 {index % 2} 种") for index in range(20)]
    headers = {"Idempotency-Key": "race of two bodies"}
    made = at_once([lambda c=c, b=b: c.post("/v1/tickets", b, headers=headers)
                    for c, b in zip(clients, bodies)])
    assert sorted(answer.status for answer in made) == [201] * 10 + [422] * 10, made


def test_stored_answer_survives_kill_and_restart(district):
    headers = {"Idempotency-Key": "restart"}
    first = district.operator.post("/v1/tickets", ticket(), headers=headers)
    district.daemon.kill()
    district.daemon.start()
    again = district.operator.post("/v1/tickets", ticket(), headers=headers)
    assert again.status == 201 and again.json == first.json
    receipt = district.daemon.client().post(
        "/v1/receipts", {"no": first.json["no"], "code": again.json["receipt_code"]})
    assert receipt.status == 200


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_key_of_wrong_size(district, key):
    done = district.operator.post("/v1/tickets", ticket(), headers={"Idempotency-Key": key})
    assert done.status == 400


# ---- source and external_no ----

def test_external_number_counts_once(district):
    mark = {"source": "province", "external_no": "P-1"}
    first = district.submit(**mark)
    again = district.operator.post("/v1/tickets", ticket(**mark, title="改过的"))
    assert again.status == 409 and again.json["no"] == first["no"]
    district.submit(source="city", external_no="P-1")
    district.submit(source="province", external_no="P-2")


def test_external_number_twice_in_one_batch(district):
    mark = {"source": "province", "external_no": "P-3"}
    done = district.operator.post(
        "/v1/tickets/batch", {"tickets": [ticket(**mark), ticket(), ticket(**mark)]})
    first, other, twin = done.json["results"]
    assert (first["status"], other["status"], twin["status"]) == (201, 201, 409)
    assert twin["problem"]["no"] == first["ticket"]["no"]


def test_external_number_concurrently(district):
    mark = {"source": "province", "external_no": "P-4"}
    second = district.beside()
    clients = [district.client("operator", daemon)
               for daemon in [district.daemon, second] for _ in range(6)]
    made = at_once([lambda c=c: c.post("/v1/tickets", ticket(**mark)) for c in clients])
    assert sorted(answer.status for answer in made) == [201] + [409] * 11, made
    assert len({answer.json["no"] for answer in made}) == 1


def test_external_number_needs_its_source(district):
    done = district.operator.post("/v1/tickets", ticket(external_no="alone"))
    assert done.status == 422 and done.pointers == ["/source"]


# ---- validation: every fault by its pointer ----

@pytest.mark.parametrize("field,value", [
    ("kind", "urgent"), ("kind", 3), ("urgency", "high"), ("category", "77"), ("category", ""),
    ("category", 1), ("area", "14021"), ("area", "140299"), ("area", 140213), ("title", ""),
    ("title", "字" * 201), ("title", []), ("content", "字" * 20001),
    ("content", None), ("content", ""), ("source", "x" * 101), ("external_no", 5),
    ("address", "x" * 501), ("occurred_at", "2026-02-30T10:00:00+08:00"),
    ("occurred_at", "2026-02-03"), ("occurred_at", "2026-02-03T10:00:00"), ("channel", "pigeon"),
    ("petitioner", "me"), ("accused", []), ("needs", {}), ("tags", "one"), ("tags", ["x"] * 21),
    ("then", "later"), ("public_answer", 1), ("unit", "nobody"), ("colour", "red"),
])
def test_one_wrong_field(district, field, value):
    sent = {**ticket(), field: value}
    if field == "external_no":
        sent["source"] = "x"
    done = district.operator.post("/v1/tickets", sent)
    assert done.status == 422, done
    assert len(done.pointers) == 1 and done.pointers[0].startswith(f"/{field}"), done
    assert done.json["errors"][0]["detail"] and done.json["request_id"]


@pytest.mark.parametrize("field", ["kind", "category", "area", "title", "content"])
def test_required_fields(district, field):
    sent = ticket()
    del sent[field]
    done = district.operator.post("/v1/tickets", sent)
    assert done.status == 422 and done.pointers == [f"/{field}"]


@pytest.mark.parametrize("field,value,pointer", [
    ("petitioner", {"phone": "abc"}, "/petitioner/phone"),
    ("petitioner", {"name": "x" * 101}, "/petitioner/name"),
    ("petitioner", {"secret": "yes"}, "/petitioner/secret"),
    ("petitioner", {"age": 4}, "/petitioner/age"),
    ("accused", {"unit": "nobody"}, "/accused/unit"),
    ("accused", {"name": 4}, "/accused/name"),
    ("needs", [{"quantity": 1}], "/needs/0/kind"),
    ("needs", [{"kind": "duty"}, {"kind": "magic"}], "/needs/1/kind"),
    ("needs", [{"kind": "duty", "quantity": 0}], "/needs/0/quantity"),
    ("needs", [{"kind": "duty", "quantity": 1.5}], "/needs/0/quantity"),
    ("tags", ["a", 4], "/tags/1"),
    ("lon", 180.5, "/lon"), ("lat", -91, "/lat"), ("lon", "113", "/lon"),
])
def test_wrong_deeper_down(district, field, value, pointer):
    sent = ticket(lon=113.3, lat=40.1)
    sent[field] = value
    done = district.operator.post("/v1/tickets", sent)
    assert done.status == 422 and done.pointers == [pointer], done


def test_lon_and_lat_come_together(district):
    done = district.operator.post("/v1/tickets", ticket(lon=113.3))
    assert done.status == 422 and done.pointers == ["/lat"]


def test_all_faults_at_once(district):
    done = district.operator.post("/v1/tickets", {
        "kind": "x", "area": "1", "title": "", "needs": [{"kind": "y"}], "a~/b": 1,
        "petitioner": {"secret": 3}})
    assert done.status == 422
    assert set(done.pointers) == {"/kind", "/category", "/area", "/title", "/content",
                                  "/needs/0/kind", "/a~0~1b", "/petitioner/secret"}


def test_unknown_codes_beside_wrong_shapes(district):
    """One answer names both, of one ticket, of a batch's and of a dry run."""
    wrong = ticket(kind="lament", category="99", area="999999", title="", unit="nobody",
                   accused={"unit": "nobody"}, extra=1)
    places = {"/kind", "/category", "/area", "/title", "/unit", "/accused/unit", "/extra"}
    for path in ("/v1/tickets", "/v1/route"):
        refused = district.operator.post(path, wrong)
        assert refused.status == 422 and set(refused.pointers) == places, refused
    [result] = district.operator.post("/v1/tickets/batch", {"tickets": [wrong]}).json["results"]
    assert {fault["pointer"] for fault in result["problem"]["errors"]} == places


def test_unknown_codes_at_once(district):
    done = district.operator.post("/v1/tickets", ticket(
        category="88", area="999999", accused={"unit": "nobody"}))
    assert set(done.pointers) == {"/category", "/area", "/accused/unit"}


def test_limits_are_just_reached(district):
    made = district.submit(title="字" * 200, content="字" * 20000, address="x" * 500,
                           source="s" * 100, external_no="n" * 100, tags=["t"] * 20)
    shown = district.show(made["no"])
    assert shown["title"] == "字" * 200 and shown["content"] == "字" * 20000


def test_ended_codes_are_refused(district):
    admin = district.admin
    assert admin.put("/v1/categories/66", {"name": "旧", "parent": None}).status in (200, 201)
    assert admin.delete("/v1/categories/66").status == 204
    done = district.operator.post("/v1/tickets", ticket(category="66"))
    assert done.status == 422 and done.pointers == ["/category"]


def test_body_limit(district):
    done = district.operator.post("/v1/tickets", ticket(content="x" * 300_000))
    assert done.status == 413
    district.submit()


# ---- scope ----

def test_area_out_of_scope(district):
    before = count_tickets(district)
    local = district.client("operator", areas=[STREET])
    assert local.post("/v1/tickets", ticket()).status == 201
    for area in (FAR, OTHER_DISTRICT, DISTRICT):
        assert local.post("/v1/tickets", ticket(area=area)).status == 404
    done = local.post("/v1/tickets/batch", {"tickets": [ticket(area=FAR), ticket()]})
    assert [one["status"] for one in done.json["results"]] == [404, 201]
    assert count_tickets(district) == before + 2
    far = district.submit(area=FAR)
    assert local.get(f"/v1/tickets/{far['no']}").status == 404
    assert far["no"] not in [one["no"] for one in local.items("/v1/tickets")]


# ---- the petitioner ----

def test_identity_is_sealed_and_read_for_a_purpose(district):
    made = district.submit(petitioner={"name": "王五", "phone": "+86 138-0000-2222"})
    no = made["no"]
    dump = district.daemon.psql("SELECT t::text FROM ticket t UNION ALL SELECT e::text FROM event e "
                                "UNION ALL SELECT i::text FROM identity i "
                                "UNION ALL SELECT k::text FROM idempotency k")
    text = "\n".join("\t".join(row) for row in dump)
    assert "王五" not in text and "0000-2222" not in text and "13800002222" not in text
    assert district.operator.get(f"/v1/tickets/{no}/identity").status in (400, 422)
    read = district.operator.get(f"/v1/tickets/{no}/identity?purpose=callback")
    assert read.status == 200 and read.json["name"] == "王五"
    last = district.events(no)[-1]
    assert last["move"] == "identity_read" and last["data"]["purpose"] == "callback"
    assert last["by"]["role"] == "operator"


def test_identity_only_on_the_units_own_open_task(district):
    made = district.submit(petitioner={"name": "王五", "phone": "13800003333"})
    path = f"/v1/tickets/{made['no']}/identity?purpose=contact"
    heat = district.unit("heat")
    assert heat.get(path).status == 200
    assert district.unit("bureau").get(path).status == 404
    do(district.dispatcher, made["no"], "redispatch", {"unit": "bureau", "reason": "错派"})
    assert heat.get(path).status in (403, 404)
    assert district.unit("bureau").get(path).status == 200
    for hidden in ({"kind": "report"}, {"petitioner": {"phone": "13800003333", "secret": True}}):
        one = district.submit(**{"petitioner": {"phone": "13800003333"}, **hidden})
        assert one["tasks"][0]["contact_due"] is None
        assert heat.get(f"/v1/tickets/{one['no']}/identity?purpose=x").status == 403


def test_callers_finds_by_phone_however_written(district):
    made = district.submit(petitioner={"phone": "138 0000 4444"})
    found = district.operator.post("/v1/callers", {"phone": "13800004444", "purpose": "来电"})
    assert found.status == 200
    assert [one["no"] for one in found.json["items"]] == [made["no"]]
    local = district.client("operator", areas=[OTHER_DISTRICT])
    assert local.post("/v1/callers", {"phone": "13800004444", "purpose": "x"}).json["items"] == []
