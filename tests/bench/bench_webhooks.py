"""What webhooks cost the intake, and how fast notices leave.

bench_webhooks.py [ROUNDS [SECONDS]]: $TEST_DAEMON should be a release build; needs wrk. Sends single
tickets onto the sample district over 64 connections, by turns with no webhook, with 20 (the city's, and
streets') that take all at once, and with 20 that never answer; prints tickets a second of each turn, and how
many notices a second the good ones took meanwhile and afterwards, until all were there.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

from bench_hints import codes, send, write_bodies  # noqa: E402
from daemon import Daemon  # noqa: E402

HOOKS = 20
# A receiver that does nothing but count, in a process of its own.
RECEIVER = """
import socketserver, sys, threading
hang = sys.argv[1] == "hang"
class Hook(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            size = 0
            for line in self.rfile:
                if line == b"\\r\\n":
                    break
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            else:
                return
            self.rfile.read(size)
            if hang:
                threading.Event().wait()
            self.wfile.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
socketserver.ThreadingTCPServer.request_queue_size = 512
socketserver.ThreadingTCPServer.daemon_threads = True
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hook)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def listen(what):
    program = subprocess.Popen(["/usr/bin/python3", "-c", RECEIVER, what], stdout=subprocess.PIPE,
                               encoding="ascii")
    return program, int(program.stdout.readline())


def register(daemon, port):
    """One for the whole city, the others for a street each."""
    areas = ["1402"] + codes("areas", lambda code: len(code) == 9)
    for area in areas[:HOOKS]:
        made = daemon.admin.post("/v1/webhooks", {"name": area, "areas": [area],
                                                  "url": f"http://127.0.0.1:{port}/"})
        assert made.status == 201, made


def end_all(daemon):
    for one in daemon.admin.items("/v1/webhooks"):
        assert daemon.admin.delete(f"/v1/webhooks/{one['id']}").status == 204


def count(daemon, state):
    return int(daemon.psql(f"SELECT count(*) FROM delivery WHERE state = '{state}'")[0][0])


def turn(daemon, key, file, seconds, port):
    """Tickets a second, and notices a second until all have left."""
    if port is not None:
        register(daemon, port)
    before, begun = count(daemon, "delivered"), time.monotonic()
    rate = send(daemon, key, file, seconds)
    if port is None:
        return rate, 0
    daemon.settle()
    until = time.monotonic() + 60
    while count(daemon, "waiting") > 0 and time.monotonic() < until and port == good_port[0]:
        time.sleep(0.2)
    taken = (count(daemon, "delivered") - before) / (time.monotonic() - begun)
    end_all(daemon)
    return rate, taken


good_port = [None]


def main():
    rounds, seconds = (int(given) for given in sys.argv[1:] + ["5", "4"][len(sys.argv) - 1:])
    good, good_port[0] = listen("good")
    dead, dead_port = listen("hang")
    daemon = Daemon(webhooks_allow="127.0.0.0/8", webhooks_plain_http="yes")
    try:
        daemon.import_sample()
        key = daemon.key("operator", areas=["1402"]).key
        with tempfile.NamedTemporaryFile() as file:
            write_bodies(file.name)
            send(daemon, key, file.name, 1)
            turns = {"none": None, "good": good_port[0], "dead": dead_port}
            told = {what: [] for what in turns}
            for _ in range(rounds):
                for what, port in turns.items():
                    told[what].append(turn(daemon, key, file.name, seconds, port))
            base = statistics.median(rate for rate, _ in told["none"])
            for what, some in told.items():
                rate, taken = (statistics.median(column) for column in zip(*some))
                print(f"{what}: {rate:.0f} tickets/s ({rate / base:.2f}), {taken:.0f} notices/s; each "
                      + " ".join(f"{one:.0f}" for one, _ in some))
    finally:
        good.kill()
        dead.kill()
        daemon.stop()


if __name__ == "__main__":
    main()
