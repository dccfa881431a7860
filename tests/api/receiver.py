"""A receiver of webhooks on loopback that does what a test tells it, and checks signatures on its own:
written from the text of Standard Webhooks 1.0, not from the daemon's code.
"""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
import time


class Post:
    """A request that came: headers in small letters, and the body."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]


def verify(post, secret, now=None, tolerance=300):
    """What a receiver does (standard-webhooks.com): the body's JSON, or an AssertionError."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret[len("whsec_"):])
    stamp = post.headers["webhook-timestamp"]
    if now is not None:
        assert abs(now - int(stamp)) <= tolerance, "too old or too new"
    signed = f"{post.headers['webhook-id']}.{stamp}.".encode() + post.body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    versions = [part.split(",", 1) for part in post.headers["webhook-signature"].split(" ")]
    assert any(version == "v1" and hmac.compare_digest(given, wanted)
               for version, given in versions), "no signature fits"
    return json.loads(post.body)


def answer(status=200, headers=None, body=b""):
    """Bytes of a whole answer."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines + ["", ""]).encode() + body


class Receiver:
    """Listens; `reply` is called with each Post and gives the bytes to answer, or one of HANG, RESET,
    ENDLESS. What came stands in `posts`."""

    HANG, RESET, ENDLESS = "hang", "reset", "endless"

    def __init__(self, reply=None, tls=None):
        """`tls` is a file with a certificate and its key; then the address begins with https."""
        self.tls = None
        if tls is not None:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(tls)
        self.reply = reply or (lambda post: answer())
        self.posts, self.open, self.most_open = [], 0, 0
        self.connections = 0
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.server.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            client = client if self.tls is None else self.tls.wrap_socket(client, server_side=True)
        except OSError:  # the other side does not trust us
            client.close()
            return
        with client, client.makefile("rb") as lines:
            try:
                while self._one(client, lines):
                    pass
            except OSError:
                pass

    def _one(self, client, lines):
        head = lines.readline().decode().split(" ")
        if len(head) < 3:
            return False
        headers = {}
        for line in iter(lines.readline, b"\r\n"):
            name, value = line.decode().rstrip("\r\n").split(": ", 1)
            assert name.lower() not in headers, f"{name} came twice"
            headers[name.lower()] = value
        post = Post(head[1], headers, lines.read(int(headers["content-length"])))
        with self.lock:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            self.posts.append(post)
        said = self.reply(post)
        with self.lock:
            self.open -= 1
        return self._say(client, said)

    def _say(self, client, said):
        if said == self.HANG:
            self.ending.wait(60)
            return False
        if said == self.RESET:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if said == self.ENDLESS:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while not self.ending.is_set():
                client.sendall(b"x" * 65536)
            return False
        client.sendall(said)
        return True

    def close(self):
        self.ending.set()
        self.server.close()
