"""Starts the daemon and speaks to it: what every test over HTTP needs.

The program is $TEST_DAEMON, else $WHISTLED_BUILD/whistled, else build-san/whistled. PostgreSQL is the
one that $TEST_DATABASE (a conninfo of a superuser) reaches, else a throw-away one of tests/pg.sh. Each
daemon gets a database of its own, unless it is told to share one.
"""

import atexit
import http.client
import itertools
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "config" / "sample"
PROGRAM = os.environ.get("TEST_DAEMON") or str(
    pathlib.Path(os.environ.get("WHISTLED_BUILD", ROOT / "build-san")) / "whistled")
# In the order in which each may refer to those before it.
KINDS = ["areas", "categories", "orgs", "units", "agreements", "resources"]

_cluster = []


def conninfo():
    """A superuser's way to the PostgreSQL of the tests."""
    given = os.environ.get("TEST_DATABASE") or os.environ.get("WHISTLED_TEST_PG")
    if given:
        return given
    if not _cluster:
        folder = f"/tmp/whistled-api-{secrets.token_hex(4)}"
        subprocess.run([ROOT / "tests" / "pg.sh", "start", folder], check=True)
        atexit.register(subprocess.run, [ROOT / "tests" / "pg.sh", "stop", folder], check=False)
        _cluster.append(f"host={folder} user=postgres dbname=postgres")
    return _cluster[0]


def psql(statement, database=None):
    """Runs SQL; the rows as lists of texts. In a daemon's database its schema is searched."""
    url = conninfo() + (f" dbname={database} options='-c search_path=whistled'" if database else "")
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                           "-d", url, "-c", statement],
                          capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


class Answer:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def etag(self):
        return self.headers.get("ETag")

    @property
    def pointers(self):
        """The places that a problem names."""
        return [item["pointer"] for item in self.json.get("errors", [])]

    def __repr__(self):
        return f"<{self.status} {self.body[:600]!r}>"


class Client:
    """One key over one connection to a daemon, made again when it is lost."""

    def __init__(self, daemon, key=None):
        self.daemon, self.port, self.key, self.connection = daemon, daemon.port, key, None

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """Sends; `body` may be bytes, a text (CSV) or anything that becomes JSON."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if isinstance(body, str):
            sent["Content-Type"] = "text/csv"
            body = body.encode()
        elif body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body, ensure_ascii=False).encode()
        sent.update(headers or {})
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            target = urllib.parse.quote(path, safe="/?&=%:,;+")
            self.connection.request(method, target, body, sent)
            reply = self.connection.getresponse()
            answer = Answer(reply.status, reply.headers, reply.read())
        except Exception:
            self.close()
            raise
        if reply.will_close:
            self.close()
        if answer.status >= 400 and path.startswith("/v1/"):
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json["status"] == answer.status and answer.json["request_id"]
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.ask("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.ask("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.ask("DELETE", path, **more)

    def import_csv(self, kind, text, **more):
        return self.post(f"/v1/import/{kind}", text, **more)

    def items(self, path, limit=None):
        """All items of a list, page by page."""
        found, cursor = [], None
        mark = "&" if "?" in path else "?"
        while True:
            query = f"{mark}limit={limit or 500}" + (f"&cursor={cursor}" if cursor else "")
            page = self.get(path + query)
            assert page.status == 200, page
            found += page.json["items"]
            cursor = page.json["next"]
            if cursor is None:
                return found

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Daemon:
    """A running daemon. `beside` shares the database and the state directory of another one."""

    counts = itertools.count()

    def __init__(self, beside=None, wait=True, **settings):
        self.beside, self.settings = beside, settings
        self.clients, self.log = [], []
        self.process = self.reader = self.port = None
        if beside is None:
            self.state = tempfile.mkdtemp(prefix="whistled-state-")
            self.database = f"api_{os.getpid()}_{next(self.counts)}_{secrets.token_hex(3)}"
            psql(f"CREATE DATABASE {self.database}")
        else:
            self.state, self.database = beside.state, beside.database
        if wait:
            self.start()

    def start(self):
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C",
               "WHISTLED_HTTP_LISTEN": "127.0.0.1:0", "WHISTLED_STATE_DIRECTORY": self.state,
               "WHISTLED_DATABASE_URL": f"{conninfo()} dbname={self.database}"}
        env.update((name, value) for name, value in os.environ.items()
                   if name.startswith(("ASAN_", "UBSAN_", "LSAN_")))
        env.update((f"WHISTLED_{name.upper()}", str(value))
                   for name, value in self.settings.items())
        self.log = []
        self.process = subprocess.Popen([PROGRAM, "serve"], env=env, stderr=subprocess.PIPE,
                                        encoding="utf-8", errors="replace")
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        self.port = int(self.wait_log(r"event=listening .*port=(\d+)", 30).group(1))
        self.wait_for(lambda: self.client().get("/readyz").status == 200)

    def _read_log(self):
        log = self.log
        with self.process.stderr as lines:
            for line in lines:
                log.append(line.rstrip("\n"))

    def wait_log(self, pattern, seconds=10):
        """The first line of the log that matches, as soon as there is one."""
        def look():
            return next((hit for hit in map(re.compile(pattern).search, self.log) if hit), None)
        return self.wait_for(look, seconds)

    def wait_for(self, condition, seconds=20):
        """The condition's value once it is true; not the time but the condition ends it."""
        until = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            assert self.process.poll() is None, "\n".join(["it ended", *self.log[-20:]])
            assert time.monotonic() < until, "\n".join(["in vain", *self.log[-20:]])
            time.sleep(0.02)

    @property
    def admin(self):
        """A client with the key of the first start."""
        return self.client(pathlib.Path(self.state, "admin.key").read_text().strip())

    def client(self, key=None):
        client = Client(self, key)
        self.clients.append(client)
        return client

    def key(self, role, **scope):
        """A client with a new key of a role."""
        made = self.admin.post("/v1/keys", {"role": role, "name": f"{role} key", **scope})
        assert made.status == 201, made
        return self.client(made.json["key"])

    def import_sample(self, kinds=tuple(KINDS)):
        """The sample district, from the files that are shipped."""
        for kind in kinds:
            done = self.admin.import_csv(kind, (SAMPLE / f"{kind}.csv").read_text(encoding="utf-8"))
            assert done.status == 200, (kind, done)

    def psql(self, statement):
        return psql(statement, self.database)

    def settle(self):
        """Waits until the feed tells every event that is committed: it holds those back behind which
        an older transaction may still commit one, also one of the server's own housekeeping."""
        (last,), = self.psql("SELECT coalesce(max(position), 0) FROM event")
        horizon = (ROOT / "sql/stmt/event/horizon.sql").read_text(encoding="utf-8").replace(
            "$1", "(SELECT value FROM meta WHERE name = 'feed_offset')")
        self.wait_for(lambda: self.psql(f"SELECT ({horizon}) > {last}") == [["t"]])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def stop(self):
        """Ends it as systemd would; it must end well and have nothing to complain about."""
        for client in self.clients:
            client.close()
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.reader.join()
        log = "\n".join(self.log)
        if self.beside is None:
            psql(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            shutil.rmtree(self.state, ignore_errors=True)
        assert "Sanitizer" not in log and "runtime error" not in log, log[-8000:]
        assert code in (0, -signal.SIGKILL), log[-4000:]
