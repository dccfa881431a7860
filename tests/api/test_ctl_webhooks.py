"""whistlectl's commands for webhooks, against a running daemon."""

import json
import os
import pathlib
import subprocess

import pytest

from district import District
from hooks import log, receiver  # noqa: F401: fixtures
from receiver import answer, verify

PROGRAM = os.environ.get("TEST_CTL")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="TEST_CTL names no whistlectl")


@pytest.fixture
def district():
    made = District(webhooks_allow="127.0.0.0/8", webhooks_plain_http="yes")
    yield made
    made.stop()


@pytest.fixture
def run(district):
    def ask(*words, key=None, code=0):
        done = subprocess.run([PROGRAM, "--url", f"http://127.0.0.1:{district.daemon.port}", "--json", *words],
                              env={"WHISTLED_KEY": key or district.admin.key}, capture_output=True,
                              encoding="utf-8", timeout=30, check=False)
        assert done.returncode == code, (words, done)
        return [json.loads(line) for line in done.stdout.splitlines()]
    return ask


def test_a_webhooks_life(district, run, receiver, tmp_path):
    there = receiver(lambda post: answer(503 if post.json["type"].endswith("assigned") else 200))
    file = tmp_path / "secret"
    made, = run("webhook", "create", "供热公司", there.url, "--unit", "heat", "--kind", "assigned", "--kind",
                "overdue", "--quiet-hours", "22:00-07:00", "--per-minute", "600", "--out", str(file))
    ident, secret = made["id"], pathlib.Path(file).read_text(encoding="ascii").strip()
    assert "secret" not in made and made["kinds"] == ["assigned", "overdue"] and made["unit"] == "heat"
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("webhook", "list")[0]["items"][0]["id"] == ident
    run("webhook", "test", ident)
    district.daemon.wait_for(lambda: there.posts)
    assert verify(there.posts[0], secret)
    added, = run("webhook", "secret", ident)
    assert added["id"] == "2" and added["secret"].startswith("whsec_")
    run("webhook", "secret", ident, "--drop", "1")
    changed, = run("webhook", "change", ident, "--name", "热力", "--quiet-hours", "", "--digest", "yes")
    assert changed["name"] == "热力" and "quiet" not in changed and changed["digest"] is True
    run("webhook", "change", ident, code=2)
    no = district.submit()["no"]
    district.daemon.wait_for(lambda: any(one["attempts"] for one in log(district, made, state="waiting")))
    entry = run("webhook", "log", ident, "--state", "waiting")[0]["items"][0]
    assert entry["no"] == no and entry["attempts"][0]["status"] == 503
    there.reply = lambda post: answer(404)
    district.clock.move(seconds=5)
    district.daemon.wait_for(lambda: log(district, made, state="given_up"))
    supervisor = district.supervisor.key
    assert [one["id"] for one in run("undelivered", key=supervisor)[0]["items"]] == [entry["id"]]
    there.reply = lambda post: answer()
    assert run("undelivered", "replay", entry["id"], key=supervisor) == [{"replayed": 1}]
    district.daemon.wait_for(lambda: len(log(district, made, state="delivered")) == 2)
    assert run("webhook", "replay", ident, "--from", "2026-03-02T08:00:00+08:00", "--to",
               "2026-03-02T10:00:00+08:00") == [{"replayed": 2}]
    assert run("webhook", "show", ident)[0]["secrets"] == ["2"]
    run("webhook", "delete", ident)
    run("webhook", "show", ident, code=4)
