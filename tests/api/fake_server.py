"""A stand-in for the daemon: answers what a test tells it to, and remembers what it was asked.

Only for tests of whistlectl itself; everything about the daemon is tested against the daemon.
"""

import http.server
import json
import threading


class Asked:
    """One request as it arrived."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    def json(self):
        return json.loads(self.body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        asked = Asked(self.command, self.path, self.headers, body)
        self.server.asked.append(asked)
        reply = self.server.reply(asked)
        if reply is None:  # the connection is lost after the request has arrived
            self.close_connection = True
            return
        status, content, headers = (*reply, {})[:3]
        if not isinstance(content, bytes):
            content = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Type" not in headers:
            kind = "problem+json" if status >= 400 else "json"
            self.send_header("Content-Type", f"application/{kind}")
        self.send_header("X-Request-Id", "req-7")
        if "Content-Length" not in headers:
            self.send_header("Content-Length", "0" if status in (204, 304) else str(len(content)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(content)
        if "Content-Length" in headers:  # a test's own, which is not kept
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = answer


class FakeServer(http.server.ThreadingHTTPServer):
    """`replies` are given one after the other, the last one again and again; a reply is
    (status, content[, headers]), a function of the request, or None for a lost connection. A
    Content-Length among the headers is sent as it is, and the connection ends."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.replies = [], [(200, {})]
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, asked):
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(asked) if callable(reply) else reply

    def stop(self):
        self.shutdown()
        self.server_close()
