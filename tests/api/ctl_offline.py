"""For tests of whistlectl against a fake server: runs the program, which is $WHISTLECTL, else
build/whistlectl, and has things to answer with."""

import os
import pathlib
import subprocess
import unicodedata

import pytest

from fake_server import FakeServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WHISTLECTL", str(ROOT / "build" / "whistlectl"))
KEY = "wk_SECRETSECRETSECRET"

needs_program = pytest.mark.skipif(not os.path.exists(PROGRAM), reason="whistlectl is not built")


@pytest.fixture
def server():
    fake = FakeServer()
    yield fake
    fake.stop()


@pytest.fixture
def run(server, tmp_path):
    """Runs whistlectl with the fake server's URL; the key never shows in what it writes."""

    def call(*words, stdin=None, env=None, url=server.url, check_key=True):
        values = {"PATH": os.environ["PATH"], "WHISTLED_KEY": KEY, "WHISTLED_URL": url,
                  "COLUMNS": "100", "LC_ALL": "C", **(env or {})}
        result = subprocess.run([PROGRAM, *map(str, words)], input=stdin, env=values, cwd=tmp_path,
                                capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert "Sanitizer" not in result.stderr, result.stderr
        assert not check_key or KEY not in result.stdout + result.stderr
        return result

    return call


def ticket(no="140213202511230000017", **more):
    return {
        "id": "1", "no": no, "state": "dispatched", "version": 1,
        "received_at": "2025-11-23T09:00:00+08:00",
        "route": {
            "basis": "inventory", "level": "district", "score": 0.91,
            "unit": {"code": "heat-east", "name": "东城热力"},
            "org": {"code": "po-heat", "name": "东城热力党支部", "kind": "branch"},
            "resource": {"code": "rs-1", "title": "集中供热受理", "kind": "duty"},
            "candidates": [
                {"unit": {"code": "heat-east", "name": "东城热力"}, "org": {"code": "po-heat"},
                 "resource": {"code": "rs-1", "title": "集中供热受理"}, "score": 0.91,
                 "terms": {"category": 1.0, "area": 0.75, "load": 0.5}},
                {"unit": {"code": "heat-west", "name": "西城热力"}, "org": None, "resource": None,
                 "score": 0.4, "terms": {"category": 0.5, "area": 0.25, "load": 1}},
            ],
        },
        "tasks": [{"id": "1-1", "state": "assigned", "unit": "heat-east", "org": "po-heat",
                   "resolve_due": "2025-11-28T17:30:00+08:00"}],
        **more,
    }


def columns(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else
               0 if unicodedata.combining(sign) else 1 for sign in text)


def overdue(**more):
    return {"no": "140213202511230000017", "task": "1-1", "unit": "heat-east", "org": "po-heat",
            "stage": "resolve", "due": "2025-11-23T09:00:00+08:00", "overdue_seconds": 97500,
            "level": "district", "category": "01.01.01", "area": "140213053002",
            "title": "暖气不热", **more}


TICKET = {"kind": "help", "category": "01.01.01", "area": "140213053002", "title": "暖气不热",
          "content": "室温只有14度"}
PROBLEM = {"type": "/problems/invalid", "title": "Invalid content", "status": 422,
           "detail": "two faults", "request_id": "req-9",
           "errors": [{"pointer": "/category", "detail": "unknown code"},
                      {"pointer": "/area", "detail": "missing"}]}
