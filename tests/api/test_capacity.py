"""The last one is never taken twice (spec 2, 4)."""

import pytest

from district import HOME, STREET, at_once, district, do, ticket

THREADS = 40


def lead(made):
    [task] = [one for one in made["tasks"] if one["role"] == "lead"]
    return task


def resource_of(made):
    return made["route"]["resource"] and made["route"]["resource"]["code"]


def counted(district, resource):
    """What the row that guards the capacity says."""
    rows = district.daemon.psql(f"SELECT taken FROM capacity WHERE resource = '{resource}'")
    return int(rows[0][0]) if rows else 0


@pytest.fixture(autouse=True)
def all_given_back(district):
    """Each test starts and ends with nothing taken."""
    yield
    for row in district.daemon.psql("SELECT no FROM ticket WHERE final_state IS NULL"):
        do(district.dispatcher, row[0], "cancel", {"reason": "测试结束"})
    for resource in ("r-fix-1", "r-fix-2"):
        assert counted(district, resource) == district.taken(resource) == 0


def storm(district, daemons, **fields):
    clients = [district.client("operator", daemons[index % len(daemons)])
               for index in range(THREADS)]
    made = at_once([lambda c=c: c.post("/v1/tickets", ticket(category="07", **fields))
                    for c in clients])
    assert all(answer.status == 201 for answer in made), made
    return [answer.json for answer in made]


@pytest.mark.parametrize("instances", [1, 2])
@pytest.mark.parametrize("round", [1, 2, 3])
def test_never_oversold_next_candidate_then_fallback(district, instances, round):
    daemons = [district.daemon, district.beside()][:instances]
    made = storm(district, daemons)
    chosen = [resource_of(one) for one in made]
    assert chosen.count("r-fix-1") == 1
    assert chosen.count("r-fix-2") == 3
    rest = [one for one in made if resource_of(one) is None]
    assert len(rest) == THREADS - 4
    for one in rest:
        assert one["route"]["basis"] == "fallback"
        assert lead(one)["org"] == "cm-1" and lead(one)["unit"] is None
    for one in made:
        task = lead(one)
        assert district.show(one["no"])["route"]["unit"] == one["route"]["unit"]
        if resource_of(one):
            assert task["unit"] == one["route"]["unit"]["code"]
    assert counted(district, "r-fix-1") == district.taken("r-fix-1") == 1
    assert counted(district, "r-fix-2") == district.taken("r-fix-2") == 3


def test_never_oversold_within_one_batch(district):
    done = district.operator.post("/v1/tickets/batch", {"tickets": [ticket(category="07")] * 10})
    chosen = [resource_of(one["ticket"]) for one in done.json["results"]]
    assert chosen == ["r-fix-1"] + ["r-fix-2"] * 3 + [None] * 6


def test_manual_choice_without_capacity_has_no_resource(district):
    first = district.submit(category="07", unit="heat")
    assert resource_of(first) == "r-fix-1"
    second = district.submit(category="07", unit="heat")
    assert resource_of(second) is None and lead(second)["unit"] == "heat"
    assert second["route"]["basis"] == "manual"


def test_given_back_when_completed(district):
    made = district.submit(category="07")
    task = lead(made)["id"]
    heat = district.unit("heat")
    do(heat, task, "sign")
    assert district.taken("r-fix-1") == 1
    do(heat, task, "reply", {"result": "修好了", "solved": True})
    assert counted(district, "r-fix-1") == 1
    do(district.dispatcher, task, "reply/pass")
    assert counted(district, "r-fix-1") == 0
    assert resource_of(district.submit(category="07")) == "r-fix-1"


def test_given_back_when_returned(district):
    task = lead(district.submit(category="07"))["id"]
    do(district.unit("heat"), task, "return", {"reason": "not_mine"})
    assert counted(district, "r-fix-1") == 1
    do(district.dispatcher, task, "return/approve")
    assert counted(district, "r-fix-1") == 0
    assert counted(district, "r-fix-2") == 1


def test_given_back_when_withdrawn(district):
    made = district.submit(category="07")
    do(district.dispatcher, made["no"], "redispatch", {"unit": "law", "reason": "改派"})
    assert counted(district, "r-fix-1") == 0
    again = district.submit(category="07")
    assert resource_of(again) == "r-fix-1"
    do(district.operator, again["no"], "cancel", {"reason": "撤回"})
    assert counted(district, "r-fix-1") == 0


@pytest.mark.parametrize("instances", [1, 2])
def test_redispatches_do_not_oversell(district, instances):
    daemons = [district.daemon, district.beside()][:instances]
    made = [district.submit(category="01.01") for _ in range(12)]
    clients = [district.client("dispatcher", daemons[index % instances]) for index in range(12)]
    body = {"unit": "bureau", "reason": "改派"}
    done = at_once([lambda c=c, n=one["no"]: c.post(f"/v1/tickets/{n}/redispatch", body)
                    for c, one in zip(clients, made)])
    assert all(answer.status == 200 for answer in done), done
    assert district.taken("r-fix-2") <= 3
    other = [district.submit(category="07", area=STREET, then="triage") for _ in range(12)]
    done = at_once([lambda c=c, n=one["no"]: c.post(f"/v1/tickets/{n}/dispatch", {"accept": True})
                    for c, one in zip(clients, other)])
    assert all(answer.status == 200 for answer in done), done
    assert [resource_of(answer.json) for answer in done].count("r-fix-2") == 3
    assert counted(district, "r-fix-2") == 3


def test_lowered_below_taken(district):
    """Nothing more is taken until it falls."""
    admin = district.admin
    tasks = [lead(district.submit(category="07", area=STREET))["id"] for _ in range(3)]
    assert counted(district, "r-fix-2") == 3
    assert admin.patch("/v1/resources/r-fix-2", {"capacity": 1}).status == 200
    try:
        for index, task in enumerate(tasks):
            assert resource_of(district.submit(category="07", area=STREET)) is None
            assert counted(district, "r-fix-2") == 3 - index
            do(district.unit("bureau"), task, "return", {"reason": "not_mine"})
            do(district.dispatcher, task, "return/approve", {"unit": "law"})
        assert counted(district, "r-fix-2") == 0
        assert resource_of(district.submit(category="07", area=STREET)) == "r-fix-2"
        assert resource_of(district.submit(category="07", area=STREET)) is None
        # Raised again, it takes more; without a capacity it takes all.
        assert admin.patch("/v1/resources/r-fix-2", {"capacity": 2}).status == 200
        assert resource_of(district.submit(category="07", area=STREET)) == "r-fix-2"
        assert resource_of(district.submit(category="07", area=STREET)) is None
        assert admin.patch("/v1/resources/r-fix-2", {"capacity": None}).status == 200
        assert resource_of(district.submit(category="07", area=STREET)) == "r-fix-2"
    finally:
        assert admin.patch("/v1/resources/r-fix-2", {"capacity": 3}).status == 200


def test_load_of_the_other_instance_is_seen(district):
    """The standing lags, the commit does not: another instance's taking is met at once. What it
    gives back is seen within a second or two."""
    second = district.client("operator", district.beside())
    free = {"category": "07", "area": HOME}

    def seen(client=second):
        route = client.post("/v1/route", ticket(**free)).json["route"]
        return route["revision"], {one["resource"]["code"]: one["terms"]["load"]
                                   for one in route["candidates"]}
    empty = {"r-fix-1": 1, "r-fix-2": 1}
    district.daemon.wait_for(lambda: seen() == seen(district.operator) and seen()[1] == empty, 5)
    made = district.submit(**free)
    assert resource_of(made) == "r-fix-1"
    others = [district.submit(second, **free) for _ in range(4)]
    assert [resource_of(one) for one in others] == ["r-fix-2"] * 3 + [None]
    do(district.operator, made["no"], "cancel", {"reason": "撤回"})
    district.daemon.wait_for(lambda: "r-fix-1" in seen()[1], 5)
    assert resource_of(district.submit(second, **free)) == "r-fix-1"


def test_ended_resource_takes_nothing(district):
    admin = district.admin
    assert admin.patch("/v1/resources/r-fix-1", {"status": "suspended"}).status == 200
    try:
        assert resource_of(district.submit(category="07", area=HOME)) == "r-fix-2"
    finally:
        assert admin.patch("/v1/resources/r-fix-1", {"status": "offered"}).status == 200
