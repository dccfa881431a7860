"""Files into the registry: all rows or none, every bad row named, twice changes nothing."""

import threading

import pytest

from daemon import KINDS, SAMPLE, Daemon

HEAD = "code,unit,kind,title,categories,areas,capacity\n"


def sample(kind):
    return (SAMPLE / f"{kind}.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def first(daemon):
    """What the first import of the sample files answered, by kind."""
    return {kind: daemon.admin.import_csv(kind, sample(kind)) for kind in KINDS}


def counts(kind, rows, created=0, changed=0):
    return {"kind": kind, "rows": rows, "created": created, "changed": changed,
            "unchanged": rows - created - changed}


def registry(daemon):
    return daemon.psql("SELECT kind, code, version, md5(body) FROM registry ORDER BY 1, 2")


# ---- the sample district ----


def test_sample_files_twice(daemon, admin, first):
    for kind in KINDS:
        rows = first[kind].json["rows"]
        assert first[kind].status == 200 and rows > 200
        assert first[kind].json == counts(kind, rows, created=rows)
        assert len(admin.items(f"/v1/{kind}")) == rows
    before = registry(daemon)
    revision = daemon.psql("SELECT value FROM counter WHERE name = 'registry'")
    for kind in KINDS:
        again = admin.import_csv(kind, sample(kind))
        assert again.json == counts(kind, first[kind].json["rows"])
    assert registry(daemon) == before
    assert daemon.psql("SELECT value FROM counter WHERE name = 'registry'") == revision
    assert daemon.psql("SELECT count(*) FROM capacity")[0][0] == str(first["resources"].json["rows"])


def test_sample_rows_read_as_put_would(admin, first):
    """What a file made is what PUT of the same members makes."""
    for kind, code in (("units", "dept-urban"), ("resources", "rs-0001"), ("agreements", "ag-001")):
        shown = admin.get(f"/v1/{kind}/{code}")
        assert admin.put(f"/v1/{kind}/{code}", shown.json).etag == shown.etag == '"1"'
    unit = admin.get("/v1/units/dept-urban").json
    assert unit["aliases"] == [{"name": "平城区城市管理综合行政执法局", "from": "2019-03-01",
                                "to": "2024-09-30"}]
    assert unit["ledger"]["workforce"] == 190 and unit["contact"]["name"] == "陈秀兰"
    assert len(unit["joined"]) == 4


# ---- what changes ----


def rows_of(codes, **more):
    member = {"unit": "dept-urban", "kind": "venue", "title": "会议室", "categories": "01.01;02",
              "areas": "140213", "capacity": "", **more}
    return "".join(",".join([code, *member.values()]) + "\n" for code in codes)


def test_only_changed_rows_get_a_version(daemon, admin, first):
    codes = [f"im-{i}" for i in range(10)]
    made = admin.import_csv("resources", HEAD + rows_of(codes))
    assert made.json == counts("resources", 10, created=10)
    mixed = (HEAD + rows_of(codes[:4]) + rows_of(codes[4:7], title="大会议室") +
             rows_of(["im-new"], capacity="3"))
    done = admin.import_csv("resources", mixed)
    assert done.json == counts("resources", 8, created=1, changed=3)
    versions = {row["code"]: row["version"] for row in admin.items("/v1/resources?prefix=im-")}
    assert versions == {**dict.fromkeys(codes, 1), **dict.fromkeys(codes[4:7], 2), "im-new": 1}
    kept = daemon.psql("SELECT version FROM registry_version WHERE code = 'im-5' ORDER BY 1")
    assert kept == [["1"], ["2"]]
    admin.import_csv("resources", HEAD + rows_of(["im-new"], capacity="7"))
    capacities = daemon.psql("SELECT resource, capacity FROM capacity "
                             "WHERE resource IN ('im-new', 'im-1') ORDER BY 1")
    assert capacities == [["im-1", ""], ["im-new", "7"]]


def test_import_is_in_force_when_it_is_answered(daemon, admin, first):
    operator = daemon.key("dispatcher", areas=["140213"])
    ask = {"kind": "help", "category": "02", "area": "140213", "title": "x", "content": "x",
           "needs": [{"kind": "jobs"}]}
    admin.import_csv("resources", HEAD + rows_of(["im-force"], kind="jobs"))
    candidates = operator.post("/v1/route", ask).json["route"]["candidates"]
    assert "im-force" in [row["resource"]["code"] for row in candidates if row["resource"]]


def test_references_to_rows_of_the_same_file(admin, first):
    text = "code,name,parent\nzz.1.1,c,zz.1\nzz.1,b,zz\nzz,a,\n"
    assert admin.import_csv("categories", text).json == counts("categories", 3, created=3)
    text = "code,name,kind,parent\nog-b,b,branch,og-a\nog-a,a,committee,\n"
    assert admin.import_csv("orgs", text).json == counts("orgs", 2, created=2)
    refused = admin.import_csv("orgs", "code,name,kind,parent\nog-c,c,branch,og-d\n"
                                       "og-d,d,branch,og-c\n")
    assert refused.status == 422 and refused.pointers == ["/2/parent", "/3/parent"]
    assert admin.get("/v1/orgs/og-c").status == 404


# ---- all or none ----


def test_every_bad_row_is_named_and_nothing_written(daemon, admin, first):
    before = registry(daemon)
    text = (HEAD + rows_of(["bad-1"]) + rows_of(["bad-2"], kind="spoon") +
            rows_of(["bad-3"], capacity="-1", title="") + "bad-4,dept-urban\n" +
            rows_of(["bad-1"]) + rows_of([""]) + rows_of(["b d"]))
    refused = admin.import_csv("resources", text)
    assert refused.status == 422
    assert set(refused.pointers) >= {"/3/kind", "/4/capacity", "/4/title", "/6/code", "/7/code",
                                     "/8/code"}
    assert any(pointer.startswith("/5") for pointer in refused.pointers)
    assert all(item["detail"] for item in refused.json["errors"])
    text = (HEAD + rows_of(["bad-1"]) + rows_of(["bad-2"], unit="nobody") +
            rows_of(["bad-3"], categories="02;no.such", areas="140213;990000"))
    refused = admin.import_csv("resources", text)
    assert refused.status == 422
    assert refused.pointers == ["/3/unit", "/4/categories/1", "/4/areas/1"]
    assert registry(daemon) == before


def test_many_bad_rows_are_counted(admin, first):
    refused = admin.import_csv("resources", HEAD + rows_of([f"b-{i}" for i in range(150)],
                                                           kind="spoon"))
    assert refused.status == 422 and "150" in refused.json["detail"]
    assert len(refused.pointers) >= 100


@pytest.mark.parametrize("text", [
    "", "\n\n", "name\nx\n", "code,name,level,level\n140299,x,street,street\n",
    "code,name,colour\n140299,x,red\n", "code,name\n\"140299,x\n", "code,name\n140299,\"x\"y\n",
    "code,name\n140299,x,y\n", "code,name\n140299\n", "code,name\n140299,x\n140299,y\n",
    "code;name\n140299;x\n", "<html>", "{\"code\": \"140299\"}"])
def test_files_that_are_no_files(admin, text):
    refused = admin.import_csv("areas", text)
    assert refused.status in (400, 422), refused
    assert admin.get("/v1/areas/140299").status == 404


@pytest.mark.parametrize("text", [b"code,name\n140299,\xff\xfe\n", b"code,name\n140299,a\0b\n",
                                  b"\xff\xfec\0o\0d\0e\0"])
def test_files_that_are_not_utf8(admin, text):
    refused = admin.post("/v1/import/areas", text, headers={"Content-Type": "text/csv"})
    assert refused.status in (400, 422), refused
    assert admin.get("/v1/areas/140299").status == 404


def test_forms_that_are_allowed(admin):
    text = "\ufeffname,code,level\r\n\"太原市, \"\"龙城\"\"\",1401,city\r\n\r\n迎泽区,140106,\r\n"
    done = admin.import_csv("areas", text)
    assert done.json == counts("areas", 2, created=2)
    assert admin.get("/v1/areas/1401").json["name"] == '太原市, "龙城"'
    assert admin.get("/v1/areas/140106").json["level"] == "district"
    assert admin.import_csv("areas", "code,name\n").json == counts("areas", 0)
    typed = admin.post("/v1/import/areas", text.encode(),
                       headers={"Content-Type": "text/csv; charset=utf-8"})
    assert typed.json == counts("areas", 2)


def test_who_what_and_where(daemon, admin, first):
    for role, scope in (("operator", {"areas": ["140213"]}), ("unit", {"unit": "dept-urban"}),
                        ("org", {"org": "al-050"}), ("supervisor", {"areas": ["140213"]})):
        assert daemon.key(role, **scope).import_csv("areas", "code,name\n").status == 403
    assert daemon.client().import_csv("areas", "code,name\n").status == 401
    assert admin.post("/v1/import/areas", {"code": "14"}).status == 415
    for kind in ("policies", "calendars", "spoons", "AREAS"):
        assert admin.import_csv(kind, "code,name\n").status == 404
    assert admin.get("/v1/import/areas").status == 405


def test_idempotency_key(admin, first):
    key = {"headers": {"Idempotency-Key": "import-1"}}
    made = admin.import_csv("areas", "code,name\n140301,矿区\n", **key)
    assert made.json == counts("areas", 1, created=1)
    assert admin.import_csv("areas", "code,name\n140301,矿区\n", **key).json == made.json
    assert admin.import_csv("areas", "code,name\n140301,别名\n", **key).status == 422
    assert admin.get("/v1/areas/140301").json["name"] == "矿区"
    same = {"headers": {"Idempotency-Key": "import-2"}}
    for _ in range(2):  # an answer is kept even when the file changes nothing
        done = admin.import_csv("areas", "code,name\n140301,矿区\n", **same)
        assert done.json == counts("areas", 1)
    assert admin.import_csv("areas", "code,name\n", **same).status == 422
    assert admin.put("/v1/areas/140302", {"name": "城区"}).status == 201  # goes on


def test_imports_at_once_do_not_mix(daemon, first):
    """Two files over the same rows: one after the other, each whole."""
    codes = [f"at-once-{i}" for i in range(300)]
    answers = []

    def send(title):
        for _ in range(3):
            text = HEAD + rows_of(codes, title=title)
            answers.append(daemon.admin.import_csv("resources", text))

    threads = [threading.Thread(target=send, args=(title,)) for title in ("甲", "乙", "丙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} == {200}
    rows = daemon.admin.items("/v1/resources?prefix=at-once-")
    assert len({(row["title"], row["version"]) for row in rows}) == 1
    assert sum(answer.json["created"] for answer in answers) == 300


def test_many_rows(daemon, first):
    """More than one chunk, while others are served."""
    codes = [f"many-{i:06d}" for i in range(12000)]
    text = HEAD + rows_of(codes, capacity="2")
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(daemon.admin.import_csv("resources", text)))
    thread.start()
    client, served = daemon.admin, 0
    while thread.is_alive():
        assert client.get("/v1/units/dept-urban").status == 200
        served += 1
    thread.join()
    assert answers[0].json == counts("resources", 12000, created=12000) and served > 0
    again = client.import_csv("resources", text)
    assert again.json == counts("resources", 12000)
    assert len(client.items("/v1/resources?prefix=many-")) == 12000
    assert daemon.psql("SELECT count(*) FROM capacity WHERE capacity = 2 AND "
                       "starts_with(resource, 'many-')") == [["12000"]]
    text = text.replace(",会议室,", ",礼堂,")
    assert client.import_csv("resources", text).json == counts("resources", 12000, changed=12000)


def test_too_large(daemon):
    mine = Daemon(http_import_limit="1MB")
    try:
        refused = mine.admin.import_csv("areas", "code,name\n" + "x" * 1_100_000)
        assert refused.status == 413
        assert mine.admin.import_csv("areas", "code,name\n14,山西\n").status == 200
    finally:
        mine.stop()


def test_killed_in_the_middle():
    """Nothing of a file is there unless all of it is."""
    mine = Daemon()
    try:
        for kind in ("areas", "categories", "orgs", "units"):
            mine.admin.import_csv(kind, sample(kind))
        text = HEAD + rows_of([f"k-{i}" for i in range(12000)])

        def send():
            try:
                mine.admin.import_csv("resources", text)
            except OSError:
                pass
            except Exception as problem:  # http.client's own
                assert "Remote" in type(problem).__name__ or "Incomplete" in type(problem).__name__

        thread = threading.Thread(target=send)
        thread.start()
        mine.wait_for(lambda: not thread.is_alive() or mine.psql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND state <> 'idle' AND pid <> pg_backend_pid() AND query ILIKE '%registry%'"))
        mine.kill()
        thread.join()
        mine.start()
        assert mine.psql("SELECT count(*) FROM registry WHERE kind = 'resources'")[0][0] in (
            "0", "12000")
        done = mine.admin.import_csv("resources", text)
        assert done.status == 200 and done.json["rows"] == 12000
    finally:
        mine.stop()


# ---- a calendar's overrides ----


def overrides(admin, text, code="cn", **more):
    return admin.post(f"/v1/calendars/{code}/overrides", text, **more)


def by_date(admin, code="cn"):
    return {row["date"]: row for row in admin.get(f"/v1/calendars/{code}").json["overrides"]}


def test_overrides_are_added_and_replaced(admin):
    before = by_date(admin)
    text = "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,workday,调休\n"
    done = overrides(admin, text)
    assert done.json == counts("overrides", 2, created=2) and done.etag == '"2"'
    after = by_date(admin)
    assert len(after) == len(before) + 2
    assert after["2027-01-01"] == {"date": "2027-01-01", "kind": "holiday", "name": "元旦"}
    again = overrides(admin, text)
    assert again.json == counts("overrides", 2) and again.etag == '"2"'
    swapped = overrides(admin, "kind,date\nholiday,2027-01-02\nholiday,2027-01-03\n")
    assert swapped.json == counts("overrides", 2, created=1, changed=1) and swapped.etag == '"3"'
    assert by_date(admin)["2027-01-02"] == {"date": "2027-01-02", "kind": "holiday"}
    assert admin.get("/v1/calendars/cn").etag == '"3"'
    assert sorted(by_date(admin)) == [row["date"] for row in
                                      admin.get("/v1/calendars/cn").json["overrides"]]


def test_own_frames_stay(admin):
    admin.put("/v1/calendars/own", {
        "zone": "Asia/Shanghai", "week": {"mon": ["09:00-17:00"]},
        "overrides": [{"date": "2027-02-06", "kind": "workday", "frames": ["10:00-12:00"]}]})
    overrides(admin, "date,kind,name\n2027-02-06,workday,调休\n", "own")
    assert by_date(admin, "own")["2027-02-06"]["frames"] == ["10:00-12:00"]
    overrides(admin, "date,kind,name\n2027-02-06,holiday,春节\n", "own")
    assert "frames" not in by_date(admin, "own")["2027-02-06"]


def test_deadlines_follow_overrides(admin):
    ask = {"calendar": "cn", "dispatched_at": "2026-11-23T10:00:00+08:00",
           "span": {"amount": 1, "unit": "working_day"}}
    assert admin.post("/v1/deadlines", ask).json["due"] == "2026-11-24T17:30:00+08:00"
    overrides(admin, "date,kind,name\n2026-11-24,holiday,试\n")
    assert admin.post("/v1/deadlines", ask).json["due"] == "2026-11-25T17:30:00+08:00"


@pytest.mark.parametrize("text, pointer", [
    ("date,kind\n2026-02-30,holiday\n", "/2/date"), ("date,kind\n2026-02-03,feast\n", "/2/kind"),
    ("date,kind\n,holiday\n", "/2/date"), ("kind\nholiday\n", "/1/date"),
    ("date,kind\n2026-02-03,holiday\n2026-02-03,workday\n", "/3/date"),
    ("date,kind,frames\n2026-02-03,holiday,x\n", "/1/frames"), ("", "/1")])
def test_bad_overrides(admin, text, pointer):
    before = admin.get("/v1/calendars/cn").etag
    refused = overrides(admin, text)
    assert refused.status == 422 and pointer in refused.pointers, refused
    assert admin.get("/v1/calendars/cn").etag == before


def test_overrides_of_what_and_by_whom(daemon, admin, first):
    text = "date,kind,name\n2027-05-01,holiday,劳动节\n"
    assert overrides(admin, text, "nowhere").status == 404
    assert overrides(daemon.key("unit", unit="dept-urban"), text).status == 403
    assert overrides(daemon.client(), text).status == 401
    assert overrides(admin, {"date": "2027-05-01"}).status == 415
    key = {"headers": {"Idempotency-Key": "o-1"}}
    made = overrides(admin, text, **key)
    assert made.json == counts("overrides", 1, created=1)
    assert overrides(admin, text, **key).json == made.json
