"""whistlectl learn: the files it reads and writes. The rules themselves are tests of the domain."""

import csv
import io
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "config" / "sample"
CTL = os.environ["TEST_CTL"]

HISTORY = "date,category,area,unit\n" + "".join(
    "2026-%02d-%02d,01.%02d,140213%03d,%s\n" % (1 + i % 9, 1 + i % 28, i % 3, 50 + i % 2, name)
    for i, name in enumerate(["squad-1", "squad-2"] * 60))


def learn(*words, stdin=""):
    return subprocess.run([CTL, "learn", *map(str, words)], input=stdin.encode(),
                          capture_output=True, timeout=60)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_report():
    done = learn("-", "--json", stdin=HISTORY)
    report = json.loads(done.stdout)
    assert done.returncode == 0 and done.stderr == b""
    assert report["cases"] == 120 and report["units"] == 2 and report["bad_rows"] == 0
    assert report["from"] == "2026-01-01"
    assert report["trial"]["cases"] == 24 and report["trial"]["first"]["n"] == 24
    strongest = report["strongest"][0]
    assert strongest["support"] == 60 and strongest["confidence"] == 0.98
    assert strongest["areas"] in ("140213050", "140213051")


def test_resources_file(tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert learn("-", "--out", first, stdin=HISTORY).returncode == 0
    lines = HISTORY.splitlines(keepends=True)
    shuffled = lines[0] + "".join(sorted(lines[1:], key=lambda line: line[::-1]))
    assert learn("-", "--out", second, stdin=shuffled).returncode == 0
    assert first.read_bytes() == second.read_bytes(), "the order of the history has no say"
    rows = rows_of(first)
    assert list(rows[0]) == ["code", "unit", "kind", "title", "categories", "areas", "confidence",
                             "support", "status"]
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        assert row["kind"] == "duty" and row["status"] == "proposed"
        assert row["code"].startswith("learn-" + row["unit"] + "-") and len(row["code"]) <= 64
        assert 0 < float(row["confidence"]) <= 1 and int(row["support"]) >= 0


def test_offer_and_min_support(tmp_path):
    out = tmp_path / "out.csv"
    assert learn("-", "--out", out, "--offer", "--min-support", 5, stdin=HISTORY).returncode == 0
    rows = rows_of(out)
    assert rows and all(row["status"] == "offered" for row in rows)
    assert all(int(row["support"]) >= 5 for row in rows)


def test_long_unit_code(tmp_path):
    out, unit = tmp_path / "out.csv", "u" * 64
    assert learn("-", "--out", out, stdin=HISTORY.replace("squad-1", unit)).returncode == 0
    codes = [row["code"] for row in rows_of(out) if row["unit"] == unit]
    assert codes and all(len(code) <= 64 for code in codes)


def test_bad_rows_are_named(tmp_path):
    out = tmp_path / "out.csv"
    text = ("unit,date,more,area,category\n"
            "a,2026-02-30,,140213,01\n"
            "a,2026-02-03 10:20:30,,140213,01\n"
            "a,2026-02-03,,14021,01\n"
            "a,2026-02-03,,140213,01..02\n"
            "a,2026-02-03,,140213,01.02.03.04.05.06\n"
            "a,2026-02-03\n")
    done = learn("-", "--out", out, stdin=text)
    said = done.stderr.decode()
    assert done.returncode == 2 and not out.exists()
    for line, word in ((2, "date"), (4, "area"), (5, "category"), (6, "category"), (7, "cells")):
        assert "-:%d: " % line in said and word in said.split("-:%d: " % line)[1].split("\n")[0]
    assert "-:3:" not in said, "a time behind the date is fine"
    done = learn("-", "--out", out, "--skip-bad", "--json", stdin=text)
    assert done.returncode == 0 and json.loads(done.stdout)["bad_rows"] == 5
    assert [row["unit"] for row in rows_of(out)] == ["a"]


def test_columns():
    for text, word in (("", "header"), ("date,category,area\n", "unit is missing"),
                       ("date,date,category,area,unit\n", "date comes twice")):
        done = learn("-", stdin=text)
        assert done.returncode == 2 and word in done.stderr.decode()
    done = learn("-", "--json", stdin="unit,area,category,date\r\na,14,01,2026-01-01\r\n")
    assert done.returncode == 0 and json.loads(done.stdout)["cases"] == 1
    done = learn("-", "--json", stdin="date,category,area,unit\n")
    assert done.returncode == 0 and json.loads(done.stdout)["proposals"] == 0


def test_units_and_aliases(tmp_path):
    units, aliases, out = tmp_path / "u.csv", tmp_path / "a.csv", tmp_path / "o.csv"
    units.write_text("code,name,kind,aliases,status\n"
                     'squad,"执法队",street_office,旧队@2020-01-01..2021-12-31,active\n'
                     "gone,甲站,department,,ended\n", encoding="utf-8")
    text = "date,category,area,unit\n"
    for day in range(1, 21):
        text += "2026-01-%02d,01,140213%03d,执法队\n" % (day, 50 + day % 2)
        text += "2026-02-%02d,01,140213%03d,执法队（永泰）\n" % (day, 50 + day % 2)
        text += "2026-02-%02d,02,140213,甲站\n2026-02-%02d,02,140213,某处\n" % (day, day)
    done = learn("-", "--units", units, "--aliases", aliases, "--out", out, "--json", stdin=text)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert {row["unit"] for row in rows_of(out)} == {"squad"}
    assert {row["unit"] for row in report["unknown_units"]} == {"gone", "某处"}
    assert "某处" in done.stderr.decode()
    changed = rows_of(aliases)
    assert [row["code"] for row in changed] == ["squad"]
    assert changed[0]["aliases"] == "旧队@2020-01-01..2021-12-31;执法队(永泰)@2026-02-01.."
    assert changed[0]["status"] == "active" and changed[0]["kind"] == "street_office"


def test_wrong_options(tmp_path):
    for words in (["--floor", "2"], ["--half-life", "x"], ["--aliases", "x"], ["--show", "-1"],
                  ["--units", tmp_path / "none.csv"], ["--out", tmp_path / "no" / "out.csv"]):
        assert learn("-", *words, stdin=HISTORY).returncode == 2


def test_sample(tmp_path):
    out = tmp_path / "out.csv"
    done = learn(SAMPLE / "history.csv", "--units", SAMPLE / "units.csv", "--categories",
                 SAMPLE / "categories.csv", "--out", out, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["cases"] == 600 and report["unknown_units"] == []
    with open(SAMPLE / "units.csv", encoding="utf-8") as file:
        known = {row["code"] for row in csv.DictReader(io.StringIO(file.read()))}
    assert {row["unit"] for row in rows_of(out)} <= known
