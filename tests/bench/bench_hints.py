"""What hints cost the intake.

bench_hints.py [TICKETS [ROUNDS [SECONDS]]]: $TEST_DAEMON should be a release build; needs wrk. Onto the
sample district, with about TICKETS in the database (at first 0), sends single tickets over 64
connections, by turns with hints as shipped, with twice as many tickets looked at and with hints off
(`hints.days` 0), and prints for each
turn tickets a second and microseconds of processor a ticket, of the daemon and of its connections'
backends: those hold on a machine that others use too. About a fifth of the callers have called before; texts have a median of
about 220 characters; categories follow a power law, communities are all alike.
"""

import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from daemon import SAMPLE, Daemon  # noqa: E402

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases" / "likeness" / "tickets.json"
BODIES = 40000
SCRIPT = """
local bodies, at = {{}}, 0
for line in io.lines("{file}") do bodies[#bodies + 1] = line end
local seed = tonumber("{seed}")
math.randomseed(seed)
request = function()
  at = (at + 7919) % #bodies
  local phone = math.random(5) == 1 and math.random(0, 9999) or math.random(10000, 999999999)
  local body = bodies[(at + seed) % #bodies + 1]:gsub("PHONE", string.format("13%09d", phone), 1)
  return wrk.format("POST", "/v1/tickets", {{["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer {key}"}}, body)
end
"""


def codes(kind, size):
    rows = (SAMPLE / f"{kind}.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [row.split(",")[0] for row in rows if size(row.split(",")[0])]


def texts():
    """Sentences of the cases, to be put together anew."""
    found = set()
    for topic in json.loads(CASES.read_text(encoding="utf-8"))["topics"]:
        for one in topic["tickets"]:
            found.update(part for part in re.split("[，。；：]", one["content"]) if part)
    return sorted(found)


def write_bodies(file):
    chance, parts = random.Random(12345), texts()
    areas = codes("areas", lambda code: len(code) == 12)
    categories = codes("categories", lambda code: code.count(".") == 2)
    weights = [1 / (rank + 1) for rank in range(len(categories))]
    with open(file, "w", encoding="utf-8") as out:
        for _ in range(BODIES):
            sent = {
                "kind": "help", "category": chance.choices(categories, weights)[0],
                "area": chance.choice(areas), "title": "，".join(chance.sample(parts, 2))[:30],
                "content": "，".join(chance.sample(parts, chance.choice([6, 12, 18, 30]))),
                "address": "样板路 1 号", "channel": "phone",
                "petitioner": {"name": "样某", "phone": "PHONE"}}
            if chance.random() < 0.5:
                sent.update(lon=113 + chance.random() / 2, lat=40 + chance.random() / 5)
            out.write(json.dumps(sent, ensure_ascii=False) + "\n")


def send(daemon, key, file, seconds):
    """Tickets a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(file=file, key=key, seed=random.randrange(BODIES)))
        script.flush()
        done = subprocess.run(["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script.name,
                               f"http://127.0.0.1:{daemon.port}/"],
                              capture_output=True, encoding="utf-8", check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    return float(re.search(r"Requests/sec: +([\d.]+)", done.stdout).group(1))


def set_rules(daemon, **hints):
    admin = daemon.admin
    for policy in admin.items("/v1/policies"):
        kept = {name: value for name, value in policy.items()
                if name not in ("code", "version", "updated_at")}
        kept["rules"] = {**kept.get("rules", {}), "hints": hints}
        done = admin.put(f"/v1/policies/{policy['code']}", kept)
        assert done.status == 200, done
    admin.close()


def count(daemon):
    return int(daemon.psql("SELECT count(*) FROM ticket")[0][0])


def used(daemon):
    """Microseconds of processor so far: the daemon's, its backends'."""
    ticks = os.sysconf("SC_CLK_TCK")

    def of(pid):
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()
        except FileNotFoundError:
            return 0
        return (int(fields[13]) + int(fields[14])) * 1e6 / ticks
    backends = daemon.psql("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                           "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
    return of(daemon.process.pid), sum(of(pid) for pid, in backends)


def compare(daemon, key, file, rounds, seconds):
    turns = {"off": {"days": 0}, "on": {}, "20": {"looked_at": 20}}
    rates = {what: [] for what in turns}
    for _ in range(rounds):
        for what, hints in random.sample(sorted(turns.items()), len(turns)):
            set_rules(daemon, **hints)
            tickets, before = count(daemon), used(daemon)
            rate = send(daemon, key, file, seconds)
            tickets, after = count(daemon) - tickets, used(daemon)
            rates[what].append((rate, *((b - a) / tickets for a, b in zip(before, after))))
    off = None
    for what, some in rates.items():
        print(f"  {what:4}", " ".join(f"{rate:.0f}/s {own:.0f}+{base:.0f} us" for rate, own, base in some))
        rate, own, base = (statistics.median(column) for column in zip(*some))
        off = off or (rate, own + base)
        print(f"       medians {rate:.0f}/s ({100 * (rate / off[0] - 1):+.1f} %), {own:.0f} us of the "
              f"daemon + {base:.0f} us of the database ({100 * ((own + base) / off[1] - 1):+.1f} %)",
              flush=True)


def main():
    goal, rounds, seconds = (int(given) for given in
                             sys.argv[1:] + ["200000", "5", "4"][len(sys.argv) - 1:])
    daemon = Daemon()
    try:
        daemon.import_sample()
        key = daemon.key("operator", areas=["1402"]).key
        with tempfile.NamedTemporaryFile() as file:
            write_bodies(file.name)
            send(daemon, key, file.name, 1)
            daemon.psql("TRUNCATE ticket CASCADE")
            print("from no tickets on")
            compare(daemon, key, file.name, 2, seconds)
            set_rules(daemon)
            while count(daemon) < goal:
                send(daemon, key, file.name, 5)
            daemon.psql("VACUUM ANALYZE")
            print(f"from {count(daemon)} tickets on")
            compare(daemon, key, file.name, rounds, seconds)
            print(f"to {count(daemon)}; with hints:",
                  daemon.psql("SELECT count(*) FROM event WHERE data LIKE '%\"hints\"%'")[0][0])
    finally:
        daemon.stop()


if __name__ == "__main__":
    main()
