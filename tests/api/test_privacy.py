"""Who is shown what (spec 3, 4, 10): every member of every answer by role, the ways into a ticket by
who the caller is to it, and the identity of the petitioner. A member is shown as it was sent, masked
(the numbers in it are starred), or absent; a way is 200, 403 or 404."""

import itertools
import json

import pytest

from district import FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, district, do, follow, fresh
from moves import bring_task

PHONE, ID_CARD, MAIL = "13812345678", "14021319900101002X", "zhangsan@163.com"
TEXT = f"请回电{PHONE}，身份证{ID_CARD}，邮箱{MAIL}"
MASKED = "请回电138****5678，身份证140*************2X，邮箱zha*****@163.com"
NUMBERS = (PHONE, ID_CARD, MAIL)
PETITIONER = {"name": "欧阳保密", "phone": "139-0000-7777"}
HASH = PHONE + "a" * 53
INSIDE = ["operator", "dispatcher", "supervisor"]
# What each role is shown of a member: `shown` to all, `text` masked to units and orgs, `absent` to all.
TICKET = {
    "shown": "no id state version received_at source external_no kind urgency category area lon lat "
             "occurred_at channel needs unit then route tasks",
    "text": "title content address tags public_answer",
    "absent": "petitioner receipt_code",
}
TASK = {
    "shown": "id no origin role round unit org state urgency category area sign_due contact_due "
             "resolve_due due overdue provisional level version",
    "text": "title",
    "absent": "petitioner content address claim lease_until",
}
EVENT = "id no origin task seq move at by from to data".split()
OVERDUE = "no task unit org stage due overdue_seconds level category area title".split()
# Ways into a ticket. Cases: `plain` heat leads, school assists; `report`, `secret` the same of such a
# ticket; `accused` heat is accused, the committee cm-1 has it; `delegated` the street al-1 gave it to
# the unit home of the org cm-1; `returned`, `withdrawn` heat had it, bureau has it; `completed` by
# heat. al-1 lists heat and home as members, po-heat is heat's own org. Lead: the task that heat (or
# home, or cm-1) has or had.
WAYS = """
case       viewer      ticket lead events identity
plain      operator    200    200  200    200
plain      dispatcher  200    200  200    200
plain      supervisor  200    200  200    200
plain      admin       403    403  403    403
plain      elsewhere   404    404  404    404
plain      heat        200    200  200    200
plain      school      200    404  200    200
plain      po-heat     200    200  200    200
plain      al-1        200    200  200    403
plain      conf-city   200    200  200    403
plain      al-2        404    404  404    404
plain      po-law      404    404  404    404
plain      bureau      404    404  404    404
report     operator    200    200  200    200
report     supervisor  200    200  200    200
report     heat        200    200  200    403
report     school      200    404  200    403
report     po-heat     200    200  200    403
report     al-1        200    200  200    403
report     bureau      404    404  404    404
secret     operator    200    200  200    200
secret     dispatcher  200    200  200    200
secret     heat        200    200  200    403
secret     school      200    404  200    403
secret     po-heat     200    200  200    403
secret     al-1        200    200  200    403
accused    operator    200    200  200    200
accused    heat        404    404  404    404
accused    po-heat     404    404  404    404
accused    cm-1        200    200  200    200
accused    al-1        200    200  200    403
accused    bureau      404    404  404    404
delegated  operator    200    200  200    200
delegated  home        200    200  200    200
delegated  cm-1        200    200  200    200
delegated  al-1        200    200  200    403
delegated  heat        404    404  404    404
returned   operator    200    200  200    200
returned   heat        404    200  404    404
returned   po-heat     404    200  404    404
returned   bureau      200    404  200    200
withdrawn  heat        404    200  404    404
withdrawn  po-heat     404    200  404    404
withdrawn  bureau      200    404  200    200
completed  operator    200    200  200    200
completed  heat        200    200  200    403
completed  po-heat     200    200  200    403
completed  al-1        200    200  200    403
completed  bureau      404    404  404    404
"""


def viewer(district, name):
    """The client of a viewer: a role, a unit or an org."""
    if name in (*INSIDE, "admin"):
        return getattr(district, name)
    if name == "elsewhere":
        return district.client("operator", areas=[OTHER_DISTRICT])
    org = name.startswith(("po-", "al-", "cm-", "conf-"))
    return district.org(name) if org else district.unit(name)


counts = itertools.count(1)


def texts(**fields):
    """A ticket with every member that does not steer it, and numbers in all its texts."""
    return {"title": TEXT, "content": TEXT, "address": TEXT, "tags": [TEXT, "供暖"],
            "public_answer": TEXT, "accused": {"name": TEXT}, "petitioner": PETITIONER,
            "source": "市平台", "external_no": f"1381234{next(counts):04}", "lon": 113.3, "lat": 40.1,
            "occurred_at": "2026-03-01T20:00:00+08:00", "channel": "web", **fields}


def assisted(district, **fields):
    made = district.submit(**texts(**fields))
    do(district.unit("heat"), made["tasks"][0]["id"], "sign")
    do(district.unit("heat"), made["tasks"][0]["id"], "assist", {"units": ["school"]})
    return made["no"], made["tasks"][0]["id"]


def bring(district, case):
    """A ticket for a case: its number and its lead task."""
    if case in ("returned", "withdrawn", "completed"):
        no, task = bring_task(district, "replied" if case == "completed" else case, **texts())
        if case == "completed":  # once more, with numbers in the answer
            do(district.dispatcher, task, "reply/reject", {"reason": TEXT})
            do(district.unit("heat"), task, "reply",
               {"result": TEXT, "public_answer": TEXT, "solved": True})
            do(district.dispatcher, task, "reply/pass")
        return no, task
    if case == "accused":
        made = district.submit(**texts(kind="complaint", accused={"unit": "heat", "name": TEXT}))
        assert made["tasks"][0]["org"] == "cm-1"
    elif case == "delegated":
        made = district.submit(**texts(category="09", area=NEXT_DOOR))
        done = do(district.org("al-1"), made["tasks"][0]["id"], "delegate", {"unit": "home"})
        assert done["unit"] == "home" and done["org"] == "cm-1"
    else:
        secret = {"report": {"kind": "report"},
                  "secret": {"petitioner": {**PETITIONER, "secret": True}}}
        return assisted(district, **secret.get(case, {}))
    return made["no"], made["tasks"][0]["id"]


@pytest.fixture(scope="module")
def made(district):
    """One ticket for each case, made when it is first asked for."""
    known = {}

    def find(case):
        if case not in known:
            known[case] = bring(district, case)
        return known[case]
    return find


ROWS = [line.split() for line in WAYS.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:2]))
def test_ways(district, made, row):
    case, name, ticket, lead, events, identity = row
    no, task = made(case)
    client = viewer(district, name)
    paths = {f"/v1/tickets/{no}": ticket, f"/v1/tasks/{task}": lead,
             f"/v1/tasks/{task}/deadlines": lead, f"/v1/tickets/{no}/events": events,
             f"/v1/tickets/{no}/identity?purpose=x": identity}
    found = {path: str(client.get(path).status) for path in paths}
    assert found == paths
    if name == "admin":
        return
    listed = {one["no"] for one in client.items("/v1/tickets")}
    assert (no in listed) == (ticket == "200")
    if name not in ("operator", "elsewhere"):
        assert (task in {one["id"] for one in client.items("/v1/tasks")}) == (lead == "200")
    if identity == "200":
        read = client.get(f"/v1/tickets/{no}/identity?purpose=x").json
        assert set(read) == {"no", "name", "phone"} and read["name"] == PETITIONER["name"]


def values(thing):
    """All texts in a JSON value."""
    if isinstance(thing, dict):
        return [text for one in thing.values() for text in values(one)]
    if isinstance(thing, list):
        return [text for one in thing for text in values(one)]
    return [thing] if isinstance(thing, str) else []


def check_masked(thing, expect=True):
    """No number stands anywhere in it, nor a name of the petitioner; something is starred."""
    text = json.dumps(thing, ensure_ascii=False)
    for number in (*NUMBERS, PETITIONER["name"], "0000-7777", "13900007777"):
        assert number not in text.replace(HASH, ""), text
    assert not expect or "138****5678" in text, text


def check_members(shown, table, original, masked):
    """Each member of the table as it is to be shown; no member that the table does not know."""
    known = {name: how for how, names in table.items() for name in names.split()}
    for name, how in known.items():
        if how == "absent":
            assert name not in shown, name
        elif how == "shown" and name != "tasks":
            assert shown[name] == original[name], name
        elif how == "text":
            assert set(values(shown[name])) - {"供暖"} == {MASKED if masked else TEXT}, name
    return set(shown) - set(known)


VIEWERS = {"plain": ["operator", "dispatcher", "supervisor", "heat", "school", "po-heat", "al-1"],
           "report": ["operator", "heat", "al-1"], "secret": ["supervisor", "heat", "po-heat"],
           "accused": ["dispatcher", "cm-1", "al-1"], "delegated": ["operator", "home", "al-1"],
           "completed": ["operator", "heat"], "returned": ["supervisor", "bureau"]}


@pytest.mark.parametrize("case,name", [(case, one) for case, all in VIEWERS.items() for one in all])
def test_members_of_a_ticket(district, made, case, name):
    no, _ = made(case)
    client, masked = viewer(district, name), name not in INSIDE
    original = district.show(no)
    listed = [one for one in client.items("/v1/tickets") if one["no"] == no]
    for shown in [client.get(f"/v1/tickets/{no}").json, *listed]:
        table = {**TICKET, "shown": " ".join(set(TICKET["shown"].split()) - {"needs", "unit"})}
        assert check_members(shown, table, original, masked) == {"accused"}
        assert shown["accused"]["name"] == (MASKED if masked else TEXT)
        assert shown["accused"].get("unit") == original["accused"].get("unit")
        for task, whole in zip(shown["tasks"], original["tasks"]):
            assert check_members(task, TASK, whole, masked) == set()
        if masked:
            check_masked(shown)
    assert listed


@pytest.mark.parametrize("case,name", [(case, one) for case, all in VIEWERS.items() for one in all
                                       if one not in ("operator", "school")])
def test_members_of_a_task(district, made, case, name):
    no, _ = made(case)
    client, masked = viewer(district, name), name not in INSIDE
    found = [one for one in client.items("/v1/tasks") if one["no"] == no]
    assert found
    for listed in found:
        whole = district.supervisor.get(f"/v1/tasks/{listed['id']}").json
        for shown in (listed, client.get(f"/v1/tasks/{listed['id']}").json):
            assert check_members(shown, TASK, whole, masked) == set()
            assert not masked or not check_masked(shown)


# ---- moves and their events ----

MOVES = [("sign", {}, "signed"),
         ("contact", {"how": PHONE, "note": TEXT}, "signed"),
         ("note", {"text": TEXT}, "signed"),
         ("return", {"reason": TEXT, "basis": TEXT}, "return_requested")]


def test_answers_and_events_of_moves(fresh):
    heat, made = fresh.unit("heat"), fresh.submit(**texts())
    no, task = made["no"], made["tasks"][0]["id"]
    start = follow(heat).next
    for move, body, state in MOVES:
        done = do(heat, task, move, body)
        check_masked(done)
        assert done["title"] == MASKED and done["state"] == state
    assert do(fresh.dispatcher, task, "return/reject", {"reason": TEXT})["title"] == TEXT
    reply = {"result": TEXT, "public_answer": TEXT, "solved": True,
             "attachments": [{"name": f"{PHONE}.jpg", "sha256": HASH}]}
    check_masked(do(heat, task, "reply", reply))
    note = heat.post(f"/v1/tickets/{no}/note", {"text": TEXT}).json
    assert note["title"] == MASKED and not check_masked(note)
    fed = [one for one in follow(heat, start) if one["no"] == no]
    listed = fresh.events(no, heat)
    for events in (fed, [one for one in listed if one["move"] != "dispatch"]):
        check_masked(events)
        seen = {one["move"]: one["data"] for one in events}
        assert seen["contact"] == {"how": "138****5678", "note": MASKED}
        assert seen["return"] == {"reason": MASKED, "basis": MASKED}
        assert seen["return/reject"] == {"reason": MASKED}
        assert seen["reply"] == {"result": MASKED, "public_answer": MASKED, "solved": True,
                                 "attachments": [{"name": "138****5678.jpg", "sha256": HASH}]}
    for one in fresh.events(no):
        assert set(one) == set(EVENT)
        if one["move"] in ("contact", "return", "reply", "note"):
            assert TEXT in values(one["data"]), one
    whole = {one["id"]: one for one in fresh.events(no)}
    for one in (*fed, *listed):  # but for its data the same event
        assert {**one, "data": None} == {**whole[one["id"]], "data": None}
        assert set(one["data"]) == set(whole[one["id"]]["data"])


def test_events_that_are_not_its_own(fresh):
    no, _ = bring_task(fresh, "returned", **texts())
    heat = {one["move"] for one in follow(fresh.unit("heat")) if one["no"] == no}
    bureau = {one["move"] for one in follow(fresh.unit("bureau")) if one["no"] == no}
    fresh.operator.get(f"/v1/tickets/{no}/identity?purpose=x")
    assert {"dispatch", "return"} <= heat and "return" not in bureau and "dispatch" in bureau
    for name in ("heat", "bureau", "po-heat", "al-1"):
        moves = {one["move"] for one in follow(viewer(fresh, name)) if one["no"] == no}
        assert not moves & {"receive", "identity_read"}
    assert {"receive", "identity_read"} <= {one["move"] for one in fresh.events(no)}


def test_the_accused_is_fed_nothing(fresh):
    made = fresh.submit(**texts(kind="complaint", accused={"unit": "heat"}))
    for name, way in (("heat", 0), ("po-heat", 0), ("cm-1", 1), ("al-1", 1)):
        found = [one for one in follow(viewer(fresh, name)) if one["no"] == made["no"]]
        assert bool(found) == bool(way), name
    named = fresh.submit(**texts(kind="complaint", accused={"name": "东城热力"}))
    for name in ("heat", "po-heat"):
        assert viewer(fresh, name).get(f"/v1/tickets/{named['no']}").status == 404
        assert named["no"] not in json.dumps(follow(viewer(fresh, name)))


def test_claims_and_polls(fresh):
    law = fresh.unit("law")
    fresh.submit(**texts(category="08"))
    polled = law.get("/v1/tasks?state=assigned", headers={"Prefer": "wait=5"}).json["items"]
    assert {one["title"] for one in polled} == {MASKED}
    key = {"Idempotency-Key": "once"}
    first = law.post("/v1/claims", {"unit": "law", "max": 5}, headers=key)
    held = first.json["items"][0]
    assert set(held) == {"task", "claim", "lease_until"} and held["task"]["title"] == MASKED
    check_masked(first.json)
    assert law.post("/v1/claims", {"unit": "law", "max": 5}, headers=key).body == first.body


# ---- a search must not tell what is masked ----

def test_search(fresh):
    heat, number = fresh.unit("heat"), "15912340000"
    found = [fresh.submit(title=f"暖气 {number}", content=f"邮箱lisi@163.com {one}")["no"]
             for one in range(3)]
    hidden = [number, "1234", "5912", "91234", "isi", "lisi@", "34000"]
    for q in hidden:
        seen = {one["no"] for one in heat.items(f"/v1/tickets?q={q}")}
        assert not seen & set(found), q
        page = heat.get(f"/v1/tickets?limit=1&q={q}").json
        assert page == {"items": [], "next": None} or not found[0] in json.dumps(page), q
        inside = {one["no"] for one in fresh.operator.items(f"/v1/tickets?q={q}")}
        assert set(found) <= inside, q
    for q in ("暖气 159", "159****0000", "lis*@163.com", "暖气 159****"):
        assert [one["no"] for one in heat.items(f"/v1/tickets?q={q}", limit=2)] == found[::-1], q
    assert [one["no"] for one in heat.items(f"/v1/tickets?q={found[0]}")] == [found[0]]


# ---- who asks from elsewhere ----

def test_receipt(fresh):
    made = fresh.submit(**texts(then="answer"))
    ask = {"no": made["no"], "code": made["receipt_code"]}
    shown = fresh.daemon.client().post("/v1/receipts", ask)
    assert shown.status == 200 and set(shown.json) == {"no", "state", "received_at", "public_answer"}
    assert shown.json["public_answer"] == TEXT  # what the seat wrote to the citizen
    assert fresh.daemon.client().post("/v1/receipts", {**ask, "code": "x" * 12}).status == 404


def test_callers(fresh):
    made = fresh.submit(**texts(petitioner={"phone": "13700001234"}))
    ask = {"phone": "13700001234", "purpose": "x"}
    shown = fresh.operator.post("/v1/callers", ask).json["items"]
    assert [one["no"] for one in shown] == [made["no"]] and shown[0]["content"] == TEXT
    assert "petitioner" not in shown[0] and "13700001234" not in json.dumps(shown)
    for name in ("dispatcher", "supervisor", "admin", "heat", "al-1"):
        assert viewer(fresh, name).post("/v1/callers", ask).status == 403
    assert viewer(fresh, "elsewhere").post("/v1/callers", ask).json["items"] == []


def test_overdue_and_due(fresh):
    made = fresh.submit(**texts())
    for path in ("/v1/overdue", "/v1/due?within=2400h"):
        rows = [one for one in fresh.supervisor.items(path) if one["no"] == made["no"]]
        for row in rows:
            assert set(row) == set(OVERDUE) and row["title"] == TEXT
        assert rows or path == "/v1/overdue"
        for name in ("operator", "dispatcher", "admin", "heat", "al-1"):
            assert viewer(fresh, name).get(path).status == 403


def test_logs_and_measures(fresh):
    made = fresh.submit(**texts(area=FAR))
    fresh.operator.get(f"/v1/tickets/{made['no']}/identity?purpose=x")
    fresh.operator.post("/v1/callers", {"phone": PETITIONER["phone"], "purpose": "x"})
    log = "\n".join(fresh.daemon.log) + fresh.daemon.client().get("/metrics").body.decode()
    for number in (*NUMBERS, PETITIONER["name"], "0000-7777", "13900007777", "请回电"):
        assert number not in log


def test_refusals_name_no_one(fresh):
    heat = fresh.unit("heat")
    made = fresh.submit(**texts())
    task = made["tasks"][0]["id"]
    for path, body in ((f"/v1/tasks/{task}/reply", {"result": TEXT}),
                       (f"/v1/tasks/{task}/sign", {"claim": "x"}),
                       (f"/v1/tasks/{task}/note", {"text": "x" * 20001})):
        check_masked(heat.post(path, body).json, expect=False)


def test_what_is_kept_is_the_original(fresh):
    made = fresh.submit(**texts(area=HOME))
    do(fresh.unit("heat"), made["tasks"][0]["id"], "sign")
    shown = fresh.show(made["no"])
    for name in ("title", "content", "address", "public_answer"):
        assert shown[name] == TEXT
    assert fresh.daemon.psql(f"SELECT title FROM ticket WHERE no = '{made['no']}'") == [[TEXT]]
