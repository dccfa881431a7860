"""Erasure: texts and petitioner go for good, from every table; what figures are made from stays, and the
chain still holds. By hand, and by a policy's retention."""

import json
import os
import subprocess

import pytest

from daemon import conninfo
from district import District, do, district, follow, ticket
from moves import CLOSED, OPEN, SPAN, bring_ticket
from test_verify import check
from whistles import issued, move, on, second, show

__all__ = ["district"]
PHONE = "13912345678"
# Every text that somebody writes into a ticket, each of a kind found nowhere else.
WORDS = {name: f"机密{name}机密" for name in (
    "标题", "正文", "地址", "姓名", "被诉", "标签", "联系", "联记", "退由", "退据", "驳由", "延由",
    "结果", "公开", "回访", "批示", "督办", "剔由", "更正", "新文", "新址", "挂由", "附件", "办记",
    "审记", "重办", "销挂", "用途", "恢复", "催办", "同意")}
SENT = {"title": WORDS["标题"], "content": WORDS["正文"] + PHONE, "address": WORDS["地址"],
        "lon": 113.2951, "lat": 40.0763, "tags": [WORDS["标签"]], "source": "网格",
        "petitioner": {"name": WORDS["姓名"], "phone": PHONE, "secret": False},
        "accused": {"name": WORDS["被诉"]}, "occurred_at": "2026-03-02T08:00:00+08:00",
        "needs": [{"kind": "duty", "quantity": 1}]}
# Names under which a text may be left in an event's data.
CODES = {"kind", "urgency", "category", "area", "then", "unit", "org", "role", "resource", "level",
         "sign_due", "contact_due", "resolve_due", "policy", "calendar", "stage", "due", "solved",
         "satisfied", "into", "from", "review_on", "at", "contacted_at", "proposed_unit"}


def whole_life(district, **fields):
    """A ticket with every move in it that takes a text, closed: its number."""
    made = district.submit(**SENT, **fields)
    no = made["no"]
    heat, office, chief = district.unit("heat"), district.dispatcher, district.supervisor

    def lead():
        return [one for one in district.show(no)["tasks"] if one["role"] == "lead"][-1]["id"]
    claimed = heat.post("/v1/claims", {"unit": "heat", "max": 100},
                        headers={"Idempotency-Key": f"claim {no}"})
    assert made["tasks"][0]["id"] in [one["task"]["id"] for one in claimed.json["items"]]
    for one in claimed.json["items"]:
        heat.post("/v1/claims/release", {"task": one["task"]["id"], "claim": one["claim"]})
    do(heat, lead(), "sign")
    do(heat, lead(), "contact", {"how": WORDS["联系"], "note": WORDS["联记"]})
    do(heat, lead(), "return", {"reason": WORDS["退由"], "basis": WORDS["退据"],
                                "proposed_unit": "bureau"})
    do(office, lead(), "return/reject", {"reason": WORDS["驳由"]})
    do(heat, lead(), "extend", {"span": SPAN, "reason": WORDS["延由"]})
    do(office, lead(), "extend/approve", {"note": WORDS["同意"]})
    do(chief, no, "hang", {"reason": WORDS["挂由"], "review_on": "2031-01-06"})
    do(chief, no, "unhang", {"reason": WORDS["销挂"]})
    do(district.operator, no, "amend", {"content": WORDS["新文"], "address": WORDS["新址"],
                                        "reason": WORDS["更正"]})
    reply = {"result": WORDS["结果"], "public_answer": WORDS["公开"], "solved": True,
             "attachments": [{"name": WORDS["附件"], "sha256": "a" * 64}]}
    for last in (False, True):
        if last:
            do(heat, lead(), "sign")
        do(heat, lead(), "reply", reply)
        do(office, lead(), "reply/pass", {"note": WORDS["审记"]})
        if not last:
            do(district.operator, no, "rehandle", {"reason": WORDS["重办"]})
    do(chief, no, "exclude", {"reason": WORDS["剔由"]})
    do(chief, no, "include", {"reason": WORDS["恢复"]})
    do(chief, no, "urge", {"reason": WORDS["催办"]})
    do(chief, no, "supervise", {"note": WORDS["督办"]})
    do(heat, lead(), "note", {"text": WORDS["办记"]})
    do(chief, no, "note", {"text": WORDS["批示"], "kind": "instruction"},
       **{"Idempotency-Key": f"note {no}"})
    assert district.operator.get(f"/v1/tickets/{no}/identity?purpose={WORDS['用途']}").status == 200
    do(district.operator, no, "callback", {"reached": True, "contacted": True, "solved": "yes",
                                           "satisfied": "very", "note": WORDS["回访"]})
    assert district.show(no)["state"] == "closed"
    return no


def dump(district):
    """Every row of the database as text."""
    done = subprocess.run(["pg_dump", "--data-only", "-d",
                           f"{conninfo()} dbname={district.daemon.database}"],
                          capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def found(text):
    return {word for word in [*WORDS.values(), PHONE] if word in text}


def figures(events):
    """What is left of an event when its texts are left out."""
    def bare(value, name=None):
        if isinstance(value, dict):
            return {key: kept for key, kept in ((key, bare(one, key)) for key, one in value.items())
                    if kept is not None}
        if isinstance(value, list):
            return [bare(one, name) for one in value] if name == "units" else None
        return value if not isinstance(value, str) or name in CODES else None
    return [{**{key: one[key] for key in ("id", "no", "task", "seq", "move", "at", "by", "from",
                                          "to")}, "data": bare(one["data"])} for one in events]


def test_nothing_that_was_written_stays(district):
    no = whole_life(district)
    assert found(dump(district)) >= set(WORDS.values()) - {WORDS["姓名"]}
    before = figures(district.events(no))
    place = follow(district.supervisor).next
    shown = do(district.supervisor, no, "erase", {"reason": "当事人要求"})
    assert found(dump(district)) == set()
    assert shown["title"] == shown["content"] == "[erased]" and shown["erased_at"]
    assert not {"address", "tags", "lon", "lat", "public_answer"} & {
        name for name, value in shown.items() if value not in (None, [])}
    events = district.events(no)
    assert figures(events)[:-1] == before
    assert events[-1]["move"] == "erase" and events[-1]["data"]["reason"] == "当事人要求"
    assert [(one["move"], one["no"]) for one in follow(district.supervisor, place)] == [("erase", no)]
    assert check(district.supervisor, no) == []
    assert district.daemon.psql("SELECT count(*) FROM pause WHERE reason IS NOT NULL") == [["0"]]


WHISTLED = {"kind": "hard", "reason": "吹哨事由", "place": "吹哨地点", "targets": [{"unit": "heat"}]}


def whistled(district):
    """A closed ticket on which a whistle is open still: its number and the whistle."""
    no = bring_ticket(district, "completed")
    one = issued(district, no=no, **WHISTLED)
    do(district.operator, no, "callback", {"reached": True, "solved": "yes"})
    return no, one


def end_whistle(district, one):
    heat = district.unit("heat")
    on(heat, one, "heat", "acknowledge")
    on(heat, one, "heat", "arrive", {"who": "吹哨来人"})
    on(heat, one, "heat", "result", {"result": "吹哨结果", "solved": True})
    on(second(district), one, "heat", "rate", {"score": 80, "note": "吹哨评语"})
    move(second(district), one, "close", {"note": "吹哨附言"})


def test_the_whistles_on_it_go_too(district):
    no, one = whistled(district)
    refused = district.supervisor.post(f"/v1/tickets/{no}/erase", {"reason": "到期"})
    assert refused.status == 409 and "whistle" in refused.json["detail"]
    end_whistle(district, one)
    written = dump(district)
    for word in ("事由", "地点", "来人", "结果", "评语", "附言"):
        assert f"吹哨{word}" in written, word
    do(district.supervisor, no, "erase", {"reason": "到期"})
    assert "吹哨" not in dump(district)
    shown = show(district, one)
    assert (shown["reason"], shown["place"], shown["state"]) == ("[erased]", None, "closed")
    assert shown["targets"][0]["rating"] == 80
    assert check(district.supervisor, one) == check(district.supervisor, no) == []


def test_figures_lose_nothing(district):
    no = whole_life(district)
    do(district.supervisor, no, "erase", {"reason": "到期"})
    by_move = {}
    for one in district.events(no):
        by_move.setdefault(one["move"], []).append(one["data"])
    assert by_move["receive"] == [{"kind": "help", "urgency": "normal", "category": "01.01.01",
                                   "area": "140213001001", "then": "dispatch"}]
    assert by_move["dispatch"][0].items() >= {"unit": "heat", "org": "po-heat", "role": "lead",
                                              "round": 1, "resource": "r-heat"}.items()
    assert {"sign_due", "contact_due", "resolve_due", "policy", "policy_version", "calendar",
            "calendar_version", "level"} <= set(by_move["dispatch"][0])
    assert by_move["callback"] == [{"reached": True, "contacted": True, "solved": "yes",
                                    "satisfied": "very"}]
    assert by_move["extend"] == [{"span": SPAN}]
    assert by_move["hang"] == [{"review_on": "2031-01-06"}]
    assert by_move["return"] == [{"proposed_unit": "bureau"}]
    assert {"sign_due", "contact_due", "resolve_due"} == set(by_move["clocks"][0])
    assert by_move["amend"] == [{"old": {}}]


def test_who_may_and_when(district):
    for state in sorted(OPEN):
        no = bring_ticket(district, state)
        do(district.supervisor, no, "erase", {"reason": "x"}, status=409)
    for state in sorted(CLOSED):
        no = bring_ticket(district, state)
        do(district.supervisor, no, "erase", {}, status=422)
        for client in (district.operator, district.dispatcher, district.unit("heat"),
                       district.org("al-1"), district.admin):
            do(client, no, "erase", {"reason": "x"}, status=403)
        do(district.client("supervisor", areas=["140214"]), no, "erase", {"reason": "x"}, status=404)
        assert do(district.supervisor, no, "erase", {"reason": "x"})["state"] == state
        assert check(district.supervisor, no) == []


def test_the_identity_is_gone(district):
    phone = "13700001111"
    no = bring_ticket(district, "closed", petitioner={"name": "李四", "phone": phone})
    ask = {"phone": phone, "purpose": "回访"}
    assert [one["no"] for one in district.operator.post("/v1/callers", ask).json["items"]] == [no]
    do(district.supervisor, no, "erase", {"reason": "x"})
    gone = district.operator.get(f"/v1/tickets/{no}/identity?purpose=x")
    assert gone.status == 404 and "erased" in gone.json["detail"]
    assert district.operator.post("/v1/callers", ask).json["items"] == []
    code = district.submit()["receipt_code"]
    assert code  # of another: those of erased tickets still tell the state
    assert district.events(no)[-1]["move"] == "erase"


def test_a_receipt_still_tells_the_state(district):
    made = district.submit(then="answer", public_answer=WORDS["公开"])
    ask = {"no": made["no"], "code": made["receipt_code"]}
    assert district.daemon.client().post("/v1/receipts", ask).json["public_answer"] == WORDS["公开"]
    do(district.supervisor, made["no"], "erase", {"reason": "x"})
    told = district.daemon.client().post("/v1/receipts", ask).json
    assert (told["state"], told["public_answer"]) == ("answered", None)


def test_again_and_what_may_follow(district):
    no = bring_ticket(district, "closed")
    do(district.supervisor, no, "erase", {"reason": WORDS["退由"]})
    do(district.supervisor, no, "reopen", {"reason": "x"}, status=409)
    do(district.supervisor, no, "note", {"text": WORDS["批示"]})
    assert check(district.supervisor, no) == []
    first = district.show(no)["erased_at"]
    district.clock.move(hours=1)
    assert do(district.supervisor, no, "erase", {"reason": "y"})["erased_at"] > first
    assert check(district.supervisor, no) == []
    assert found(dump(district)) & {WORDS["批示"], WORDS["退由"]} == set()


def test_a_second_number_from_outside_is_still_refused(district):
    no = bring_ticket(district, "cancelled", source="网格", external_no="e-1")
    do(district.supervisor, no, "erase", {"reason": "x"})
    again = district.operator.post("/v1/tickets", ticket(source="网格", external_no="e-1"))
    assert again.status == 409 and again.json["no"] == no


# Whoever changes what is left is found out too.
TAMPERED = {
    "data": ("data = replace(data, '\"very\"', '\"no\"')", "move = 'callback'"),
    "data of the first": ("data = '{}'", "seq = 1"),
    "data of a task's": ("data = replace(data, 'heat', 'shop')", "seq = 2"),
    "a new salt": ("salt = decode('00112233445566778899aabbccddeeff', 'hex')", "seq = 3"),
    "the word of it": ("data = replace(data, 'kept', 'kep')", "move = 'erase'"),
    "no salt with it": ("salt = ''", "move = 'erase'"),
}


@pytest.mark.parametrize("case", sorted(TAMPERED))
def test_what_is_left_is_covered(district, case):
    change, where = TAMPERED[case]
    no = bring_ticket(district, "completed")
    do(district.operator, no, "callback",
       {"reached": True, "solved": "yes", "satisfied": "very"})
    do(district.supervisor, no, "erase", {"reason": "x"})
    ident = district.show(no)["id"]
    assert check(district.supervisor, no) == []
    old = district.daemon.psql(f"SELECT seq, data, encode(salt, 'hex') FROM event "
                               f"WHERE ticket_id = {ident} AND {where}")
    district.daemon.psql(f"UPDATE event SET {change} WHERE ticket_id = {ident} AND {where}")
    broken = check(district.supervisor, no)
    assert [one[2] for one in broken] == ["digest"], broken
    for seq, data, salt in old:
        district.daemon.psql(f"UPDATE event SET data = '{data}', salt = decode('{salt}', 'hex') "
                             f"WHERE ticket_id = {ident} AND seq = {seq}")
    assert check(district.supervisor, no) == []


def test_texts_taken_out_without_the_move(district):
    """An empty salt alone excuses nothing."""
    no = bring_ticket(district, "closed")
    ident = district.show(no)["id"]
    where = f"ticket_id = {ident} AND seq = 2"
    old = district.daemon.psql(f"SELECT data, encode(salt, 'hex') FROM event WHERE {where}")[0]
    district.daemon.psql(f"UPDATE event SET salt = '', data = '{{}}' WHERE {where}")
    assert check(district.supervisor, no) == [(no, 2, "digest")]
    district.daemon.psql(f"UPDATE event SET data = '{old[0]}', salt = decode('{old[1]}', 'hex') "
                         f"WHERE {where}")


def test_more_events_than_one_piece(district):
    no = bring_ticket(district, "closed")
    for _ in range(600):
        do(district.supervisor, no, "note", {"text": WORDS["批示"]})
    do(district.supervisor, no, "erase", {"reason": "x"})
    assert WORDS["批示"] not in dump(district)
    assert check(district.supervisor, no) == []


def test_from_the_command_line(district):
    no = bring_ticket(district, "closed")
    env = {"PATH": os.environ["PATH"], "WHISTLED_KEY": district.supervisor.key,
           "WHISTLED_URL": f"http://127.0.0.1:{district.daemon.port}"}
    done = subprocess.run([os.environ["TEST_CTL"], "erase", no, "--reason", "x"], env=env,
                          capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert district.show(no)["title"] == "[erased]"


# ---- retention ----

def keep_for(district, code, days, **match):
    """A policy that lets texts go after some days (0: never)."""
    policy = {**district.admin.get("/v1/policies/five-working-days").json, "code": code,
              "match": match, "rules": {"retention": {"days": days}}}
    for name in ("version", "status"):
        policy.pop(name, None)
    done = district.admin.put(f"/v1/policies/{code}", policy)
    assert done.status in (200, 201), done


@pytest.fixture
def archive():
    """A district of its own: nothing else may be let go."""
    made = District()
    yield made
    made.stop()


def texts_of(district, *numbers):
    return [district.show(no)["title"] for no in numbers]


def test_retention_follows_each_ticket_s_own_policy(archive):
    kept = bring_ticket(archive, "cancelled", category="02")
    gone = [bring_ticket(archive, "closed"), bring_ticket(archive, "cancelled"),
            bring_ticket(archive, "answered"), bring_ticket(archive, "merged")]
    still = [bring_ticket(archive, "handling"), bring_ticket(archive, "completed")]
    keep_for(archive, "five-working-days", 30)
    keep_for(archive, "long", 90, categories=["02"])
    keep_for(archive, "never", 0, categories=["02.01"])
    for_ever = bring_ticket(archive, "answered", category="02.01")
    archive.clock.move(days=29)
    late = bring_ticket(archive, "answered")
    archive.clock.move(hours=23)
    bring_ticket(archive, "handling")  # meanwhile the daemon looks, and finds nothing
    archive.clock.move(hours=2)
    archive.daemon.wait_for(lambda: texts_of(archive, *gone) == ["[erased]"] * 4)
    assert "[erased]" not in texts_of(archive, kept, late, for_ever, *still)
    assert {archive.show(no)["erased_at"] for no in gone} == {archive.clock.at.isoformat()}
    last = archive.events(gone[0])[-1]
    assert last["move"] == "erase" and last["by"]["role"] == "daemon"
    assert last["data"].items() >= {"reason": "retention"}.items()
    archive.clock.move(days=61)
    archive.daemon.wait_for(lambda: texts_of(archive, kept, late) == ["[erased]"] * 2)
    assert "[erased]" not in texts_of(archive, for_ever, *still)
    assert check(archive.supervisor) == []
    # a shorter term goes for what ended before it
    keep_for(archive, "never", 1, categories=["02.01"])
    archive.daemon.wait_for(lambda: texts_of(archive, for_ever) == ["[erased]"])
    assert all(one["move"] != "erase" for no in still for one in archive.events(no))


def test_retention_waits_for_a_whistle_and_takes_it_too(archive):
    keep_for(archive, "five-working-days", 30)
    (no, one), other = whistled(archive), bring_ticket(archive, "cancelled")
    archive.clock.move(days=31)
    archive.daemon.wait_for(lambda: texts_of(archive, other) == ["[erased]"])
    assert texts_of(archive, no) != ["[erased]"] and show(archive, one)["reason"] == WHISTLED["reason"]
    end_whistle(archive, one)
    archive.clock.move(hours=2)
    archive.daemon.wait_for(lambda: texts_of(archive, no) == ["[erased]"])
    assert show(archive, one)["reason"] == "[erased]" and "吹哨" not in dump(archive)
    assert check(archive.supervisor, one) == check(archive.supervisor, no) == []


def test_many_at_once_by_two_daemons(archive):
    numbers = [archive.submit(then="answer", public_answer="好")["no"] for _ in range(90)]
    other = archive.beside()
    keep_for(archive, "five-working-days", 30)
    archive.clock.move(days=31)
    archive.daemon.wait_for(lambda: archive.daemon.psql(
        "SELECT count(*) FROM ticket WHERE erased_at IS NULL") == [["0"]])
    for no in numbers:
        assert [one["move"] for one in archive.events(no)] == ["receive", "answer", "erase"]
    assert check(archive.supervisor) == []
    assert other.process.poll() is None


def test_what_never_goes_holds_up_nothing(archive):
    """Hundreds that stay are passed by on the way to one that goes."""
    keep_for(archive, "never", 0, categories=["02"])
    batch = {"tickets": [ticket(then="answer", public_answer="好", category="02")] * 500}
    for _ in range(3):
        assert archive.operator.post("/v1/tickets/batch", batch).status == 207
    no = archive.submit(then="answer", public_answer="好")["no"]
    keep_for(archive, "five-working-days", 30)
    archive.clock.move(days=31)
    archive.daemon.wait_for(lambda: texts_of(archive, no) == ["[erased]"])
    assert archive.daemon.psql("SELECT count(*) FROM ticket WHERE erased_at IS NOT NULL") == [["1"]]
