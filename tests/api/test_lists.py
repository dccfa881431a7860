"""Needs and projects (spec 8): drafted by their owner, offered to the paired units first and then to all, taken
alone or jointly, rated both ways."""

import datetime

import pytest

from district import HOME, NEXT_DOOR, STREET_2, at_once, district, do, follow, fresh, instant
from lists import (HOURS, NEED, PROJECT, agreed, draft, ids, limited, move, published, rules, show, taken,
                   task_of)
from moves import ROLES


# Drafts


def test_a_draft_is_the_owners(fresh):
    made = draft(fresh.org("cm-1"))
    assert made["state"] == "draft" and made["org"] == "cm-1" and made["takers"] == []
    assert made["quantity"] == 3 and made["kind"] == "volunteers" and made["category"] is None
    assert not made["open_to_all"] and made["open_at"] is None and made["paired"] == []
    for seer in (fresh.org("cm-1"), fresh.org("al-1"), fresh.dispatcher, fresh.supervisor):
        assert show(seer, made) == made
    for blind in (fresh.unit("school"), fresh.unit("law"), fresh.org("al-2"), fresh.org("po-edu")):
        show(blind, made, status=404)
        assert made["id"] not in ids(blind)
    assert fresh.operator.get(f"/v1/needs/{made['id']}").status == 403
    assert fresh.supervisor.get(f"/v1/projects/{made['id']}").status == 404
    assert fresh.supervisor.get(f"/v1/tickets/{made['id']}").status == 404


def test_who_owns_what_is_drafted(fresh):
    assert draft(fresh.org("al-1"))["org"] == "al-1"
    assert draft(fresh.org("al-1"), org="cm-1")["org"] == "cm-1"
    assert draft(fresh.dispatcher)["org"] == "cm-1"
    assert draft(fresh.dispatcher, area=NEXT_DOOR)["org"] == "al-1"
    assert draft(fresh.dispatcher, org="al-1")["org"] == "al-1"
    project = draft(fresh.org("cm-1"), "projects")
    assert project["area"] == HOME and project["secretary"] == "王书记"
    assert [one["title"] for one in project["milestones"]] == ["摸底", "上门", "总结"]


@pytest.mark.parametrize("owner, what, fields, pointer", [
    ("cm-1", "needs", {"area": NEXT_DOOR}, "/area"),
    ("cm-1", "needs", {"area": "140299"}, "/area"),
    ("cm-1", "needs", {"category": "88"}, "/category"),
    ("cm-1", "needs", {"kind": "gold"}, "/kind"),
    ("cm-1", "needs", {"quantity": 0}, "/quantity"),
    ("cm-1", "needs", {"title": None}, "/title"),
    ("cm-1", "needs", {"org": "al-1"}, "/org"),
    ("al-1", "needs", {"org": "po-edu"}, "/org"),
    ("cm-1", "needs", {"secretary": "x"}, "/secretary"),
    ("cm-1", "projects", {"secretary": None}, "/secretary"),
    ("cm-1", "projects", {"resources": ["r-none"]}, "/resources/0"),
    ("cm-1", "projects", {"needs": ["12345"]}, "/needs/0"),
    ("cm-1", "projects", {"milestones": [{"title": "一"}, {"title": "一"}]}, "/milestones/1/title"),
    ("cm-1", "projects", {"milestones": [{"due": "2026-13-01"}]}, "/milestones/0/due"),
])
def test_a_bad_draft(fresh, owner, what, fields, pointer):
    body = {**(NEED if what == "needs" else PROJECT), **fields}
    refused = fresh.org(owner).post(f"/v1/{what}", body)
    assert refused.status == 422 and pointer in refused.pointers, refused


def test_who_may_draft(fresh):
    for role, wanted in (("operator", 403), ("supervisor", 403), ("admin", 403)):
        client = fresh.admin if role == "admin" else getattr(fresh, role)
        assert client.post("/v1/needs", NEED).status == wanted
    assert fresh.unit("school").post("/v1/needs", NEED).status == 403
    assert fresh.org("po-edu").post("/v1/needs", NEED).status == 403
    elsewhere = fresh.client("dispatcher", areas=[STREET_2])
    refused = elsewhere.post("/v1/needs", NEED)
    assert refused.status == 422 and refused.pointers == ["/area"]
    assert elsewhere.post("/v1/projects", PROJECT).pointers == ["/area"]


def test_the_same_draft_twice(fresh):
    head = {"Idempotency-Key": "need-1"}
    first = fresh.org("cm-1").post("/v1/needs", NEED, headers=head)
    again = fresh.org("cm-1").post("/v1/needs", NEED, headers=head)
    assert first.status == again.status == 201 and first.json == again.json
    made = first.json
    move(fresh.org("cm-1"), made, "publish", **{"Idempotency-Key": "p"})
    move(fresh.org("cm-1"), made, "publish", **{"Idempotency-Key": "p"})
    move(fresh.org("cm-1"), made, "publish", status=409)
    stale = fresh.unit("school").post(f"/v1/needs/{made['id']}/take", {}, headers={"If-Match": '"1"'})
    assert stale.status == 412


# States, moves, roles: the table by hand

HEAD_STATES = ["draft", "published", "taken", "finished", "closed"]
OPEN = {"draft", "published", "taken"}
MOVES = {
    "publish": ({"draft"}, "dispatcher org", {}),
    "take": ({"published", "taken"}, "unit org", {}),
    "release": ({"taken"}, "unit org dispatcher", {"reason": "人手不足"}),
    "milestone": ({"published", "taken"}, "unit org dispatcher", {"milestone": "1", "done": True}),
    "finish": ({"taken"}, "unit org", {"result": "已办"}),
    "rate": ({"taken", "finished", "closed"}, "unit org dispatcher", {"score": 90}),
    "close": (OPEN, "dispatcher org", {"reason": "不再需要"}),
    "note": (set(HEAD_STATES), "dispatcher unit org supervisor", {"text": "记一笔"}),
}


def bring(district, state, what="needs"):
    if state == "draft":
        return draft(district.org("cm-1"), what)
    made = published(district, what)
    if state in ("taken", "finished"):
        move(district.unit("school"), made, "take", what=what)
    if state == "finished":
        move(district.unit("school"), made, "finish", {"result": "已办"}, what=what)
        move(district.org("cm-1"), made, "rate", {"score": 80}, what=what)
    if state == "closed":
        move(district.org("cm-1"), made, "close", {"reason": "测试"}, what=what)
    shown = show(district.supervisor, made, what)
    assert shown["state"] == state
    return shown


@pytest.mark.parametrize("what", ["needs", "projects"])
@pytest.mark.parametrize("state", HEAD_STATES)
def test_states(fresh, state, what):
    """From a state that does not allow it, a move is 409 and names those that are allowed."""
    made = bring(fresh, state, what)
    wanted = {name for name, (states, _, _) in MOVES.items() if state in states}
    for name, (states, roles, body) in MOVES.items():
        if state in states:
            continue
        client = fresh.dispatcher if "dispatcher" in roles else fresh.unit("school")
        answer = client.post(f"/v1/{what}/{made['id']}/{name}", body)
        if answer.status == 404:  # over or not yet offered: the unit does not see it
            assert not roles.count("dispatcher") and state in ("draft", "closed", "finished")
            answer = fresh.org("cm-1").post(f"/v1/{what}/{made['id']}/{name}",
                                            {**body, "unit": "school"})
        assert answer.status == 409, (state, name, answer)
        assert answer.json["state"] == state and set(answer.json["moves"]) == wanted
    assert show(fresh.supervisor, made, what) == made


@pytest.mark.parametrize("name", list(MOVES))
def test_roles(fresh, name):
    _, roles, body = MOVES[name]
    made = taken(fresh)
    for role in ROLES:
        client = {"unit": fresh.unit("school"), "org": fresh.org("cm-1"),
                  "admin": fresh.admin}.get(role) or getattr(fresh, role)
        if role not in roles.split():
            assert client.post(f"/v1/needs/{made['id']}/{name}", body).status == 403, role
    answer = fresh.org("al-2").post(f"/v1/needs/{made['id']}/{name}", body)
    assert answer.status == 404, answer


def test_only_the_owner(fresh):
    """Who sees it may not therefore decide on it."""
    made = taken(fresh)
    fresh.clock.move(hours=HOURS)
    for client in (fresh.org("po-edu"), fresh.org("al-2")):
        move(client, made, "close", {"reason": "越权"}, 403)
    move(fresh.org("po-edu"), made, "publish", status=409)
    other = taken(fresh, owner="cm-1")
    move(fresh.org("al-1"), other, "close", {"reason": "街道关闭"})


# First the paired, then all


def test_paired_units(fresh):
    made = published(fresh)
    assert made["paired"] == ["cafe", "law", "school"]
    assert instant(made["published_at"]) == fresh.clock.at
    assert instant(made["open_at"]) == fresh.clock.at + datetime.timedelta(hours=HOURS)
    assert published(fresh, owner="al-1", area=NEXT_DOOR)["paired"] == ["heat", "law"]
    assert published(fresh, owner="al-1")["paired"] == ["cafe", "heat", "law"]
    alone = published(fresh, owner="al-2", area=STREET_2)
    assert alone["paired"] == ["shop"]


def test_paired_first_then_all(fresh):
    made = published(fresh)
    assert show(fresh.unit("law"), made)["state"] == "published"
    assert made["id"] in ids(fresh.unit("law")) and made["id"] in ids(fresh.org("po-law"))
    show(fresh.unit("shop"), made, status=404)
    assert made["id"] not in ids(fresh.unit("shop"))
    move(fresh.unit("shop"), made, "take", status=404)
    # The street sees it, but takes for its members only as they are paired.
    refused = move(fresh.org("al-1"), made, "take", {"unit": "home"}, 409)
    assert made["open_at"][:19] in refused["detail"]
    fresh.clock.set(instant(made["open_at"]) - datetime.timedelta(seconds=1))
    move(fresh.unit("shop"), made, "take", status=404)
    assert not show(fresh.unit("law"), made)["open_to_all"]
    fresh.clock.move(seconds=1)
    assert made["id"] in ids(fresh.unit("shop"))
    assert show(fresh.unit("shop"), made)["open_to_all"]
    assert move(fresh.unit("shop"), made, "take")["takers"][0]["unit"] == "shop"


def test_pairing_is_fixed_at_publishing(fresh):
    made = published(fresh)
    changed = fresh.admin.patch("/v1/agreements/ag-cafe", {"valid_to": "2026-01-31"})
    assert changed.status == 200
    assert published(fresh)["paired"] == ["law", "school"]
    move(fresh.unit("cafe"), made, "take")
    assert fresh.admin.patch("/v1/agreements/ag-cafe", {"valid_to": "2027-12-31"}).status == 200


def test_open_at_once(limited):
    rules(limited, paired_hours=0)
    made = published(limited)
    assert made["open_to_all"] and made["open_at"] == made["published_at"]
    move(limited.unit("shop"), made, "take")


# Taking


def test_take(fresh):
    made = published(fresh)
    shown = move(fresh.unit("school"), made, "take")
    assert shown["state"] == "taken"
    taker = shown["takers"][0]
    assert (taker["unit"], taker["role"], taker["state"]) == ("school", "lead", "signed")
    move(fresh.unit("school"), made, "take", status=409)
    task = fresh.unit("school").get(f"/v1/tasks/{taker['task']}").json
    assert task["origin"] == {"kind": "need", "id": made["id"]} and task["no"] is None
    assert task["title"] == NEED["title"] and task["due"] is None
    second = move(fresh.unit("law"), made, "take")["takers"]
    assert [one["role"] for one in second] == ["lead", "assist"]
    assert "task" not in second[0] and second[1]["task"]  # the other's work is not shown
    move(fresh.unit("school"), made, "take", {"unit": "law"}, 422)


def test_an_org_takes_for_a_unit(fresh):
    made = published(fresh)
    move(fresh.org("po-law"), made, "take", {}, 422)
    move(fresh.org("po-law"), made, "take", {"unit": "school"}, 422)
    shown = move(fresh.org("po-law"), made, "take", {"unit": "law"})
    assert shown["takers"][0]["state"] == "assigned"
    move(fresh.unit("law"), made, "finish", {"result": "早"}, 409)
    do(fresh.unit("law"), task_of(shown, "law"), "sign")
    move(fresh.unit("law"), made, "finish", {"result": "讲座办了"})


def test_joint_limit_and_the_last_place(limited):
    rules(limited, joint_limit=2)
    for _ in range(4):
        made = published(limited)
        clients = [limited.client("unit", unit=unit) for unit in ("school", "law", "cafe")]
        done = at_once([lambda client=client: client.post(f"/v1/needs/{made['id']}/take", {})
                        for client in clients])
        assert sorted(one.status for one in done) == [200, 200, 409]
        shown = show(limited.supervisor, made)
        assert sorted(one["role"] for one in shown["takers"]) == ["assist", "lead"]
        gone = shown["takers"][0]["unit"]
        move(limited.unit(gone), made, "release", {"reason": "让出"})
        late = {"school", "law", "cafe"} - {one["unit"] for one in shown["takers"]}
        move(limited.unit(late.pop()), made, "take")


def test_release(fresh):
    made = taken(fresh)
    move(fresh.unit("law"), made, "take")
    task = task_of(show(fresh.supervisor, made), "school")
    move(fresh.unit("school"), made, "release", {}, 422)
    move(fresh.unit("cafe"), made, "release", {"reason": "不是我的"}, 422)
    shown = move(fresh.unit("school"), made, "release", {"reason": "人手不足"})
    assert shown["state"] == "taken"
    assert [(one["unit"], one["role"], one["state"]) for one in shown["takers"]] == [
        ("school", "lead", "withdrawn"), ("law", "lead", "signed")]
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["state"] == "withdrawn"
    shown = do(fresh.org("cm-1"), task_of(show(fresh.supervisor, made), "law"), "release",
               {"reason": "久无进展"})
    assert shown["state"] == "withdrawn"
    shown = show(fresh.supervisor, made)
    assert shown["state"] == "published" and shown["open_at"] == made["open_at"]
    assert move(fresh.unit("school"), made, "take")["takers"][-1]["role"] == "lead"


# Done and rated


def test_both_ratings(fresh):
    made = taken(fresh)
    move(fresh.unit("school"), made, "rate", {"score": 50}, 409)
    move(fresh.unit("school"), made, "finish", {"result": "陪护三次"})
    shown = show(fresh.supervisor, made)
    assert shown["state"] == "taken" and shown["takers"][0]["result"] == "陪护三次"
    for score in (-1, 101):
        move(fresh.org("cm-1"), made, "rate", {"score": score}, 422)
    shown = move(fresh.org("cm-1"), made, "rate", {"score": 95, "note": "很好"})
    assert shown["state"] == "finished" and shown["ended_at"]
    taker = shown["takers"][0]
    assert (taker["state"], taker["rating"], taker["rating_back"]) == ("completed", 95, None)
    move(fresh.org("cm-1"), made, "rate", {"score": 10}, 409)
    done = do(fresh.unit("school"), taker["task"], "rate", {"score": 70, "note": "配合一般"})
    assert done["state"] == "completed"
    do(fresh.unit("school"), taker["task"], "rate", {"score": 71}, 409)
    taker = show(fresh.org("cm-1"), made)["takers"][0]
    assert (taker["rating"], taker["rating_back"]) == (95, 70)
    assert (taker["rating_note"], taker["rating_back_note"]) == ("很好", "配合一般")
    assert show(fresh.unit("school"), made)["state"] == "finished"


def test_all_have_to_be_rated(fresh):
    made = taken(fresh)
    for unit in ("law", "cafe"):
        move(fresh.unit(unit), made, "take")
    for unit in ("school", "law"):
        move(fresh.unit(unit), made, "finish", {"result": "完成"})
    move(fresh.org("cm-1"), made, "rate", {"score": 80}, 422)  # whose?
    move(fresh.org("cm-1"), made, "rate", {"score": 80, "unit": "cafe"}, 409)
    assert move(fresh.org("cm-1"), made, "rate", {"score": 80, "unit": "law"})["state"] == "taken"
    assert move(fresh.dispatcher, made, "rate", {"score": 60})["state"] == "taken"
    # The last one gives up: what is left is done.
    assert move(fresh.unit("cafe"), made, "release", {"reason": "撤"})["state"] == "finished"
    events = [one for one in follow(fresh.supervisor) if one["task"] is None
              and one["data"].get("unit") in (None, "school", "law", "cafe")]
    assert events


def test_nobody_rates_their_own_work(fresh):
    made = published(fresh, owner="cm-1")
    fresh.clock.move(hours=HOURS)
    shown = move(fresh.org("cm-1"), made, "take", {"unit": "home"})
    do(fresh.org("cm-1"), task_of(shown, "home"), "sign")
    move(fresh.org("cm-1"), made, "finish", {"result": "自办"})
    move(fresh.org("cm-1"), made, "rate", {"score": 100}, 403)
    assert move(fresh.org("al-1"), made, "rate", {"score": 75})["state"] == "finished"


def test_closing_withdraws(fresh):
    made = taken(fresh)
    task = task_of(show(fresh.supervisor, made), "school")
    shown = move(fresh.org("cm-1"), made, "close", {"reason": "老人住院"})
    assert shown["state"] == "closed" and shown["ended_at"]
    assert fresh.supervisor.get(f"/v1/tasks/{task}").json["state"] == "withdrawn"
    assert made["id"] not in ids(fresh.unit("law"))
