"""Figures about a month's end, published months, and the five clears (spec 2, 9)."""

import pytest

from district import CITY, DISTRICT, FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, STREET, Clock, District
from district import district, do, follow
from story import position_of

__all__ = ["district"]


@pytest.fixture(scope="module")
def made():
    """Late on the last evening of March."""
    one = District(Clock("2026-03-31T23:59:00+08:00"))
    yield one
    one.stop()


def get(client, path, status=200):
    answer = client.get(path)
    assert answer.status == status, answer
    return answer.json


def followed(district, no):
    """The figures have the ticket's last event."""
    last = district.events(no)[-1]["id"]

    def look():
        as_of = get(district.supervisor, "/v1/stats/rates")["as_of"]
        events = follow(district.supervisor)
        return as_of and position_of(events, as_of) >= position_of(events, last)
    district.daemon.wait_for(look)


def counted(district, query, client=None):
    return get(client or district.supervisor, f"/v1/stats/rates?{query}")["total"]["counted"]


MARCH, APRIL = "from=2026-03-01&to=2026-04-01", "from=2026-04-01&to=2026-05-01"


def test_a_ticket_counts_in_the_month_of_its_first_dispatch(made):
    march = made.submit()
    waits = made.submit(then="triage")["no"]
    made.clock.set("2026-04-01T00:00:00+08:00")
    april = made.submit()
    do(made.dispatcher, waits, "dispatch", {"accept": True})
    followed(made, waits)
    assert (counted(made, MARCH), counted(made, APRIL)) == (1, 2)
    assert counted(made, "from=2026-03-31&to=2026-04-01") == 1
    assert counted(made, "from=2026-03-30&to=2026-03-31") == 0
    assert counted(made, "from=2026-02-01&to=2026-04-02") == 3
    # It goes to another unit, is handled, called back: all in April, and counts for March.
    made.clock.set("2026-04-07T09:30:00+08:00")
    do(made.dispatcher, march["no"], "redispatch", {"unit": "bureau", "reason": "改"})
    task = made.show(march["no"])["tasks"][-1]["id"]
    bureau = made.unit("bureau")
    do(bureau, task, "sign")
    do(bureau, task, "reply", {"result": "好"})
    do(made.dispatcher, task, "reply/pass")
    do(made.operator, march["no"], "callback", {"reached": True, "solved": "yes", "satisfied": "basic"})
    followed(made, march["no"])
    items = {one["code"]: one for one in
             get(made.supervisor, f"/v1/stats/rates?{MARCH}&group=unit")["items"]}
    assert set(items) == {"bureau", "heat"}
    assert items["bureau"]["counted"] == 1 and items["heat"]["counted"] == 0
    assert items["bureau"]["resolution"] == {"n": 1, "of": 1, "rate": 1}
    assert items["bureau"]["satisfaction"] == {"n": 0.8, "of": 1, "rate": 0.8}
    assert items["heat"]["returned"] == {"n": 0, "of": 1, "rate": 0}
    # April 1 to 3 and 7, to 09:30: the festival of April 6 has no working time.
    assert get(made.supervisor, f"/v1/stats/times?{MARCH}")["total"]["median_minutes"] == 3 * 420 + 30
    # Cancelled: in no month any more.
    do(made.operator, april["no"], "cancel", {"reason": "撤"})
    followed(made, april["no"])
    assert (counted(made, MARCH), counted(made, APRIL)) == (1, 1)


def test_a_published_month_is_frozen(made):
    supervisor, path = made.supervisor, "/v1/stats/months/2026-03"
    early = supervisor.post("/v1/stats/months/2026-04/publish", {})
    assert early.status == 409 and "not over" in early.json["detail"]
    get(supervisor, path, 404)
    live = {group: get(supervisor, f"/v1/stats/rates?{MARCH}&group={group}")
            for group in ("unit", "street", "category")}
    times = {group: get(supervisor, f"/v1/stats/times?{MARCH}&group={group}") for group in live}
    get(supervisor, f"{path}/times", 404)
    done = supervisor.post(f"{path}/publish", {}, headers={"Idempotency-Key": "march"})
    assert done.status == 201 and done.headers["Location"] == path, done
    assert done.json["areas"] == [CITY] and done.json["as_of"] == live["unit"]["as_of"]
    again = supervisor.post(f"{path}/publish", {}, headers={"Idempotency-Key": "march"})
    assert again.status == 201 and again.json == done.json
    assert supervisor.post(f"{path}/publish", {}).status == 409
    # The bureau's ticket is excluded; another comes to it; the rules change.
    no = made.supervisor.items("/v1/tickets?unit=bureau")[0]["no"]
    do(supervisor, no, "exclude", {"reason": "不合理诉求"})
    assert made.admin.patch("/v1/policies/five-working-days",
                            {"rules": {"satisfaction": {"basic": 0.1}}}).status == 200
    followed(made, no)
    assert counted(made, MARCH) == 0
    for group, before in live.items():
        frozen = get(supervisor, f"{path}?group={group}")
        for name in ("items", "total", "as_of", "rules", "from", "to", "group"):
            assert frozen[name] == before[name], name
        assert frozen["month"] == "2026-03" and frozen["published_at"] == done.json["published_at"]
    assert get(supervisor, f"/v1/stats/times?{MARCH}")["total"]["tickets"] == 0
    for group, before in times.items():
        assert before["total"]["tickets"] == 1 and before["total"]["p90_minutes"] == 3 * 420 + 30
        frozen = get(supervisor, f"{path}/times?group={group}")
        for name in ("items", "total", "as_of", "rules", "from", "to", "group"):
            assert frozen[name] == before[name], name
        assert frozen["month"] == "2026-03" and frozen["published_at"] == done.json["published_at"]


def test_a_publication_is_shown_in_parts_and_no_further(made):
    path = "/v1/stats/months/2026-03"
    street = made.client("supervisor", areas=[STREET])
    assert get(street, path)["total"]["counted"] == 1
    assert get(street, f"{path}/times")["total"]["tickets"] == 1
    assert get(made.supervisor, f"{path}/times?area={FAR}")["total"] == {
        "tickets": 0, "median_minutes": None, "p90_minutes": None}
    assert get(made.supervisor, f"{path}/times?area={HOME}")["total"]["tickets"] == 1
    assert get(made.client("supervisor", areas=[OTHER_DISTRICT]), path)["total"]["counted"] == 0
    assert get(made.supervisor, f"{path}?area={FAR}")["total"]["counted"] == 0
    assert get(made.supervisor, f"{path}?area={HOME}")["total"]["counted"] == 1
    get(made.supervisor, f"{path}?area=11", 404)
    # The street may publish for itself too; its own is what it sees from then on.
    assert street.post(f"{path}/publish", {}).status == 201
    assert get(street, path)["total"]["counted"] == 0
    assert get(made.supervisor, path)["total"]["counted"] == 1
    assert get(street, f"{path}/times")["total"]["tickets"] == 0
    assert get(made.supervisor, f"{path}/times")["total"]["tickets"] == 1
    two = made.client("supervisor", areas=[STREET, OTHER_DISTRICT])
    get(two, path, 409)
    get(two, f"{path}/times", 409)
    assert get(two, f"{path}?area={STREET}")["total"]["counted"] == 0
    # A month that only a part has published.
    feb = "/v1/stats/months/2026-02"
    assert street.post(f"{feb}/publish", {}).status == 201
    assert get(street, feb)["items"] == []
    get(made.supervisor, feb, 404)
    get(two, feb, 404)
    for wrong in ("2026-13", "2026-3", "march"):
        get(made.supervisor, f"/v1/stats/months/{wrong}", 404)
        assert made.supervisor.post(f"/v1/stats/months/{wrong}/publish", {}).status == 404


LEDGER = {"registration": "已登记", "workforce": 20, "party_members": 3, "party_org": "支部",
          "person_in_charge": "王某"}


def test_five_clears(made):
    before = get(made.supervisor, "/v1/stats/five-clears?limit=500")
    assert {one["code"] for one in before["items"]} == {"heat", "bureau", "school", "shop", "cafe",
                                                        "law", "home"}
    assert before["total"]["units"] == 7 and before["total"]["clear"] == 0
    assert before["items"][0]["missing"] == list(LEDGER)
    for code, less in (("shop", []), ("cafe", ["party_org"]), ("law", ["workforce", "party_members"])):
        ledger = {name: value for name, value in LEDGER.items() if name not in less}
        assert made.admin.patch(f"/v1/units/{code}", {"ledger": ledger}).status == 200
    assert made.admin.patch("/v1/units/cafe", {"ledger": {"workforce": 0}}).status == 200
    after = get(made.supervisor, "/v1/stats/five-clears?limit=500")
    missing = {one["code"]: one["missing"] for one in after["items"]}
    assert "shop" not in missing and missing["cafe"] == ["party_org"]
    assert missing["law"] == ["workforce", "party_members"]
    assert after["total"]["clear"] == 1 and after["total"]["missing"]["party_org"] == 5
    assert [one["code"] for one in
            get(made.supervisor, "/v1/stats/five-clears?kind=private_enterprise")["items"]] == ["cafe"]
    inside = made.client("supervisor", areas=[NEXT_DOOR])
    assert get(inside, "/v1/stats/five-clears")["items"] == []
    assert get(inside, "/v1/stats/five-clears")["total"]["units"] == 1
    assert {one["code"] for one in
            get(made.supervisor, f"/v1/stats/five-clears?area={HOME}")["items"]} == \
        {"school", "cafe", "home"}
    assert made.supervisor.items("/v1/stats/five-clears", limit=2) == after["items"]
    assert get(made.supervisor, "/v1/stats/five-clears?kind=x", 400)
