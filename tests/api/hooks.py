"""What tests of webhooks share: receivers and webhooks that are gone after the test, and the log."""

import socket
import urllib.parse

import pytest

from district import CITY
from receiver import Receiver


@pytest.fixture
def receiver():
    """Makes receivers."""
    made = []

    def make(reply=None):
        made.append(Receiver(reply))
        return made[-1]
    yield make
    for one in made:
        one.close()


@pytest.fixture
def register(district):
    """Registers webhooks at receivers or addresses; of the whole city if no scope is said."""
    made = []

    def make(receiver, status=201, **fields):
        body = {"name": "测试", "url": getattr(receiver, "url", receiver), **fields}
        if not {"areas", "unit", "org"} & set(fields):
            body["areas"] = [CITY]
        done = district.admin.post("/v1/webhooks", body)
        assert done.status == status, done
        if status == 201:
            made.append(done.json["id"])
            assert done.headers["Location"] == f"/v1/webhooks/{done.json['id']}"
        return done.json
    yield make
    for one in made:
        district.admin.delete(f"/v1/webhooks/{one}")


def log(district, webhook, **query):
    """A webhook's deliveries, newest first."""
    mark = "?" + urllib.parse.urlencode(query) if query else ""
    return district.admin.items(f"/v1/webhooks/{webhook['id']}/deliveries{mark}")


def settled(district, webhook, state, count=1):
    """Waits until that many deliveries are in a state; they."""
    found = []

    def look():
        found[:] = log(district, webhook, state=state)
        return len(found) >= count
    district.daemon.wait_for(look)
    return found


def tried(district, webhook, count=1):
    """Waits until its only delivery was tried that often; the delivery."""
    return district.daemon.wait_for(lambda: next(
        (one for one in log(district, webhook) if len(one["attempts"]) >= count), None))


def shown(district, webhook):
    return district.admin.get(f"/v1/webhooks/{webhook['id']}").json


def free_port():
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(port):
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
