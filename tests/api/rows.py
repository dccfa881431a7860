"""A small district, row by row, for the tests of the registry."""

import itertools

import pytest

AREAS = {"14": "山西省", "1402": "大同市", "140213": "平城区", "140213057": "东街街道",
         "140213057003": "东街社区", "140213058": "西街街道"}
CATEGORIES = {"01": "公用事业", "01.01": "集中供热", "01.01.01": "温度不达标", "02": "市容"}
ORGS = {
    "conf": {"name": "市联席会议", "kind": "city_conference", "areas": ["1402"]},
    "dist": {"name": "区联席会议", "kind": "district_conference", "parent": "conf",
             "areas": ["140213"]},
    "al-057": {"name": "东街党建联盟", "kind": "street_alliance", "parent": "dist",
               "areas": ["140213057"]},
    "al-058": {"name": "西街党建联盟", "kind": "street_alliance", "parent": "dist",
               "areas": ["140213058"]},
    "po-heat": {"name": "热力公司党支部", "kind": "branch"},
    "po-school": {"name": "小学党支部", "kind": "branch"},
}
PRIVATE = {"contact": {"name": "王五", "phone": "0352-5550001"},
           "ledger": {"registration": "已登记", "workforce": 12, "person_in_charge": "王五"}}
UNITS = {
    "heat": {"name": "东街热力公司", "kind": "utility", "area": "140213057003", "org": "po-heat",
             "formation": "alone", "joined": ["al-057"], **PRIVATE},
    "shop": {"name": "西街便民店", "kind": "private_enterprise", "area": "140213058",
             "formation": "none", **PRIVATE},
    "school": {"name": "东街小学", "kind": "school", "area": "140213057", "org": "po-school",
               **PRIVATE},
}
VENUE = {"unit": "heat", "kind": "venue", "title": "会议室", "categories": ["02"],
         "areas": ["140213057"], "capacity": 2}
DUTY = {"unit": "heat", "kind": "duty", "title": "供热投诉受理", "categories": ["01.01"],
        "areas": ["140213"]}


def fill(admin):
    """A small district; every reference is registered before it is used."""
    for code, name in AREAS.items():
        assert admin.put(f"/v1/areas/{code}", {"name": name}).status in (200, 201)
    for code, name in CATEGORIES.items():
        assert admin.put(f"/v1/categories/{code}", {"name": name}).status in (200, 201)
    for kind, rows in (("orgs", ORGS), ("units", UNITS)):
        for code, row in rows.items():
            done = admin.put(f"/v1/{kind}/{code}", row)
            assert done.status in (200, 201), done


@pytest.fixture(scope="module", autouse=True)
def district(daemon):
    fill(daemon.admin)


@pytest.fixture(scope="module")
def keys(daemon):
    """A client per role."""
    area = {"areas": ["140213"]}
    return {
        "operator": daemon.key("operator", **area), "dispatcher": daemon.key("dispatcher", **area),
        "supervisor": daemon.key("supervisor", **area), "unit": daemon.key("unit", unit="heat"),
        "org": daemon.key("org", org="al-057"), "admin": daemon.admin,
    }


_count = itertools.count(1)


def new_code():
    """A code that no other test uses."""
    return f"t-{next(_count):04d}"


@pytest.fixture
def code():
    return new_code()
