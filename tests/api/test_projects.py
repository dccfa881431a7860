"""Projects with their needs and milestones; one poll for the tasks of all lists; who is shown what (spec 8)."""

import json

from district import DISTRICT, HOME, NEXT_DOOR, STREET, STREET_2, at_once, district, do, follow, fresh, instant
from lists import (HOURS, agreed, draft, ids, limited, move, published, rules, show, taken, task_of, until)


# Projects


def test_milestones(fresh):
    made = taken(fresh, what="projects")
    assert made["due"] == "2026-04-11T00:00:00+08:00"
    shown = move(fresh.unit("school"), made, "milestone",
                 {"milestone": "摸底", "done": True, "note": "走访四十户"}, what="projects")
    first = shown["milestones"][0]
    assert instant(first["done_at"]) == fresh.clock.at and first["note"] == "走访四十户"
    move(fresh.org("cm-1"), made, "milestone", {"milestone": "2", "note": "催一下"}, what="projects")
    assert show(fresh.unit("school"), made, "projects")["milestones"][1]["note"] == "催一下"
    task = task_of(shown, "school")
    do(fresh.unit("school"), task, "milestone", {"milestone": "1", "done": False})
    assert show(fresh.unit("school"), made, "projects")["milestones"][0]["done_at"] is None
    for wrong in ("4", "0", "扫尾"):
        refused = fresh.unit("school").post(f"/v1/tasks/{task}/milestone", {"milestone": wrong})
        assert refused.status == 422 and refused.pointers == ["/milestone"]
    fresh.clock.set("2026-03-20T23:59:59+08:00")
    assert not show(fresh.supervisor, made, "projects")["milestones"][0]["overdue"]
    fresh.clock.set("2026-03-21T00:00:00+08:00")
    assert [one["overdue"] for one in show(fresh.supervisor, made, "projects")["milestones"]] == [
        True, False, False]


def test_the_last_milestone_is_the_due(fresh):
    made = taken(fresh, what="projects")
    task = task_of(made, "school")
    shown = fresh.unit("school").get(f"/v1/tasks/{task}").json
    assert shown["resolve_due"] == shown["due"] == "2026-04-11T00:00:00+08:00"
    assert shown["origin"] == {"kind": "project", "id": made["id"]}
    due = fresh.supervisor.items("/v1/due?within=60d")
    assert task in {one["task"] for one in due}
    fresh.clock.set("2026-04-11T00:00:01+08:00")
    until(lambda: task in {
        one["task"] for one in fresh.supervisor.items("/v1/overdue")})
    move(fresh.unit("school"), made, "finish", {"result": "迟"}, what="projects")
    events = fresh.daemon.psql(
        f"SELECT move FROM event WHERE ticket_id = {made['id']} ORDER BY seq")
    assert ["overdue"] in events


def test_a_project_takes_needs_up(fresh):
    cm = fresh.org("cm-1")
    one, two = draft(cm), published(fresh)
    made = draft(cm, "projects", needs=[one["id"], two["id"]], resources=["r-venue"])
    assert show(cm, one)["state"] == "draft"
    move(cm, made, "publish", what="projects")
    for need in (one, two):
        shown = show(cm, need)
        assert shown["state"] == "taken" and shown["project"] == made["id"]
        assert made["id"] in move(cm, need, "close", {"reason": "x"}, 409)["detail"]
    assert made["id"] in move(fresh.unit("law"), two, "take", status=409)["detail"]
    rival = draft(cm, "projects", needs=[two["id"]])
    assert two["id"] in move(cm, rival, "publish", status=409, what="projects")["detail"]
    for unit in ("school", "law"):
        shown = move(fresh.unit(unit), made, "take", what="projects")
        move(fresh.unit(unit), made, "finish", {"result": "完成"}, what="projects")
    move(cm, made, "rate", {"score": 80, "unit": "school"}, what="projects")
    assert show(cm, one)["state"] == "taken"
    shown = move(cm, made, "rate", {"score": 85}, what="projects")
    assert shown["state"] == "finished"
    assert {show(cm, need)["state"] for need in (one, two)} == {"finished"}
    moves = fresh.daemon.psql(f"SELECT move, from_state, to_state FROM event "
                              f"WHERE ticket_id = {two['id']} ORDER BY seq")
    assert moves == [["draft", "", "draft"], ["publish", "draft", "published"],
                     ["taken_up", "published", "taken"], ["finish", "taken", "finished"]]


def test_a_closed_project_gives_needs_back(fresh):
    cm = fresh.org("cm-1")
    one, two = draft(cm), published(fresh)
    made = published(fresh, "projects", needs=[one["id"], two["id"]])
    move(fresh.unit("school"), made, "take", what="projects")
    move(cm, made, "close", {"reason": "经费未到"}, what="projects")
    assert show(cm, one)["state"] == "draft" and show(cm, two)["state"] == "published"
    assert show(cm, two)["project"] is None
    move(fresh.unit("law"), two, "take")


def test_two_projects_race_for_a_need(fresh):
    need = published(fresh)
    rivals = [draft(fresh.org("cm-1"), "projects", needs=[need["id"]]) for _ in range(3)]
    clients = [fresh.client("org", org="cm-1") for _ in rivals]
    done = at_once([lambda pair=pair: pair[0].post(f"/v1/projects/{pair[1]['id']}/publish", {})
                    for pair in zip(clients, rivals)])
    assert sorted(one.status for one in done) == [200, 409, 409]


def test_needs_of_others_stay_theirs(fresh):
    need = published(fresh, owner="al-1", area=NEXT_DOOR)
    fresh.clock.move(hours=HOURS)  # cm-1 sees it now, but it is not its own
    made = draft(fresh.org("cm-1"), "projects", needs=[need["id"]])
    move(fresh.org("cm-1"), made, "publish", status=409, what="projects")
    assert move(fresh.org("al-1"), made, "publish", what="projects")["state"] == "published"


# One poll for all


def test_one_poll(fresh):
    school = fresh.unit("school")
    ticket = fresh.submit(category="04", area=HOME)
    need, project = taken(fresh), taken(fresh, what="projects")
    wanted = {("ticket", ticket["id"]), ("need", need["id"]), ("project", project["id"])}
    found = {(one["origin"]["kind"], one["origin"]["id"]) for one in school.items("/v1/tasks")}
    assert wanted <= found
    head = published(fresh)
    tag = school.get("/v1/tasks").etag
    held = at_once([lambda: fresh.client("unit", unit="school").get(
        "/v1/tasks", headers={"Prefer": "wait=20", "If-None-Match": tag}),
        lambda: move(fresh.org("po-edu"), head, "take", {"unit": "school"})])
    assert held[0].status == 200, held[0]
    assert held[0].json["items"][0]["origin"] == {"kind": "need", "id": head["id"]}


def test_claims_hand_out_shares(fresh):
    head = published(fresh)
    shown = move(fresh.org("po-edu"), head, "take", {"unit": "school"})
    task = task_of(shown, "school")
    school = fresh.unit("school")
    claims = school.post("/v1/claims", {"unit": "school", "max": 100, "lease_s": 600}).json["items"]
    mine = [one for one in claims if one["task"]["id"] == task]
    assert len(mine) == 1 and mine[0]["task"]["origin"]["kind"] == "need"
    do(school, task, "sign", {}, 409)
    do(school, task, "sign", {"claim": mine[0]["claim"]})
    assert "claim" in move(school, head, "finish", {"result": "x"}, 409)["detail"]
    do(school, task, "finish", {"result": "x", "claim": mine[0]["claim"]})


def test_the_moves_of_a_share(fresh):
    task = task_of(taken(fresh, "law"), "law")
    for name in ("contact", "reply", "return", "arrive"):
        answer = fresh.unit("law").post(f"/v1/tasks/{task}/{name}", {})
        assert answer.status == 409, answer
        assert set(answer.json["moves"]) == {"release", "milestone", "finish", "note"}
    do(fresh.unit("school"), task, "finish", {"result": "x"}, 404)
    do(fresh.org("cm-1"), task, "finish", {"result": "x"}, 403)
    do(fresh.org("po-law"), task, "finish", {"result": "党委代报"})


# Who is shown what


def test_lists(fresh):
    one = published(fresh, kind="health")
    two = published(fresh, owner="al-1", area=NEXT_DOOR, kind="venue")
    move(fresh.unit("school"), one, "take")
    boss = fresh.supervisor
    assert {one["id"], two["id"]} <= ids(boss) and one["id"] in ids(boss, state="taken")
    assert two["id"] not in ids(boss, area=HOME) and two["id"] in ids(boss, area=STREET)
    assert one["id"] in ids(boss, kind="health") and one["id"] not in ids(boss, kind="venue")
    assert one["id"] in ids(boss, unit="school") and two["id"] in ids(boss, org="al-1")
    assert ids(boss, org="al-1", area=HOME).isdisjoint({one["id"], two["id"]})
    assert one["id"] in ids(fresh.unit("school"), mine="true")
    assert one["id"] in ids(fresh.unit("law")) and one["id"] not in ids(fresh.unit("law"), mine="true")
    assert one["id"] in ids(fresh.org("cm-1"), mine="true")
    assert {one["id"], two["id"]} <= ids(fresh.org("al-1"), mine="true")
    assert ids(fresh.client("supervisor", areas=[STREET_2])).isdisjoint({one["id"], two["id"]})
    assert boss.get("/v1/needs?state=signed").status == 400
    assert boss.get("/v1/needs?mine=maybe").status == 400
    pages, cursor = [], ""
    while cursor is not None:
        page = boss.get("/v1/needs?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        pages += [need["id"] for need in page["items"]]
        cursor = page["next"]
    assert pages == sorted(pages, key=int, reverse=True) and set(pages) == ids(boss)
    assert boss.get(f"/v1/projects?cursor={boss.get('/v1/needs?limit=1').json['next']}").status == 400


def test_personal_numbers_are_masked(fresh):
    phone = "13912345678"
    made = taken(fresh, title=f"找{phone}", content=f"电话{phone}")
    move(fresh.unit("school"), made, "finish", {"result": f"已联系{phone}"})
    move(fresh.org("cm-1"), made, "rate", {"score": 90, "note": phone})
    for outside in (fresh.unit("school"), fresh.org("cm-1"), fresh.org("al-1")):
        assert phone not in json.dumps(show(outside, made), ensure_ascii=False)
        assert phone not in outside.get("/v1/needs?mine=true").body.decode()
        assert phone not in json.dumps(outside.items("/v1/tasks"), ensure_ascii=False)
        assert phone not in json.dumps(follow(outside), ensure_ascii=False)
    assert phone in show(fresh.supervisor, made)["content"]
    assert show(fresh.supervisor, made)["takers"][0]["result"] == f"已联系{phone}"


def test_the_feed_tells_the_owner_and_the_takers(fresh):
    starts = {name: follow(client).next for name, client in
              (("cm", fresh.org("cm-1")), ("school", fresh.unit("school")),
               ("law", fresh.unit("law")))}
    made = taken(fresh)
    move(fresh.unit("school"), made, "finish", {"result": "好"})
    move(fresh.org("cm-1"), made, "rate", {"score": 90})

    def told(client, start):
        return [(one["move"], one["from"], one["to"]) for one in follow(client, start)
                if one.get("id") and (one["id"].startswith(made["id"]))]
    wanted = [("draft", None, "draft"), ("publish", "draft", "published"),
              ("take", "published", "taken"), ("dispatch", None, "assigned"),
              ("sign", "assigned", "signed"), ("finish", "signed", "replied"),
              ("rate", "replied", "completed"), ("finish", "taken", "finished")]
    until(lambda: told(fresh.org("cm-1"), starts["cm"]) == wanted)
    assert told(fresh.unit("school"), starts["school"]) == [one for one in wanted
                                                           if one[0] in ("dispatch", "sign", "rate")
                                                           or one[1] == "signed"]
    assert told(fresh.unit("law"), starts["law"]) == []


def test_the_chain_holds(fresh):
    made = taken(fresh, what="projects", needs=[draft(fresh.org("cm-1"))["id"]])
    move(fresh.unit("school"), made, "release", {"reason": "x"}, what="projects")
    page = fresh.supervisor.get("/v1/verify?limit=500").json
    assert page["broken"] == []


def test_rules_are_per_district(limited):
    assert limited.supervisor.get(f"/v1/needs?area={DISTRICT}").status == 200
    rules(limited, paired_hours=1)
    made = published(limited)
    limited.clock.move(hours=1)
    move(limited.unit("shop"), made, "take")
