"""A small district for tests of tickets: few areas and units, each there for one rule, keys of every
role, and a clock that a test sets."""

import datetime
import os
import pathlib
import threading

import pytest

from daemon import PROGRAM, Daemon

START = "2026-03-02T09:00:00+08:00"  # a Monday without holidays near it
CITY, DISTRICT, OTHER_DISTRICT = "1402", "140213", "140214"
STREET, STREET_2 = "140213001", "140213002"
HOME, NEXT_DOOR, FAR = "140213001001", "140213001002", "140213002001"

AREAS = """code,name,level
14,山西省,province
1402,大同市,city
140213,平城区,district
140214,云冈区,district
140214001,口泉街道,street
140213001,甲街道,street
140213002,乙街道,street
140213001001,甲一社区,community
140213001002,甲二社区,community
140213002001,乙一社区,community
"""
CATEGORIES = """code,name,parent
01,公用事业,
01.01,供热,01
01.01.01,暖气不热,01.01
02,城市管理,
02.01,噪音,02
03,劳动,
03.01,欠薪,03
04,教育,
05,生活,
06,社区,
07,维修,
08,法律,
09,其他,
"""
# cm-1 covers one of the first street's communities; the second street has no committee.
ORGS = """code,name,kind,parent,areas
conf-city,大同市联席会议,city_conference,,1402
conf-district,平城区联席会议,district_conference,conf-city,140213
al-1,甲街道党建联盟,street_alliance,conf-district,140213001
al-2,乙街道党建联盟,street_alliance,conf-district,140213002
cm-1,甲一社区大党委,community_committee,al-1,140213001001
po-heat,供热公司党委,committee,,
po-bureau,城管局党委,committee,,
po-edu,教育局党委,committee,,
po-joint,商圈联合党支部,joint_branch,,
po-law,律所党支部,branch,,
"""
UNITS = """code,name,kind,area,org,formation,joined,aliases
heat,平城供热公司,utility,140213001,po-heat,alone,al-1,东城热力@2019-01-01..2030-12-31
bureau,平城城管局,department,140213,po-bureau,alone,,
school,甲一小学,school,140213001001,po-edu,attached,cm-1,
shop,甲街商店,private_enterprise,140213001002,po-joint,joint,,
cafe,甲街咖啡馆,private_enterprise,140213001001,,none,,
law,平城律所,social_organization,140213,po-law,alone,,
home,甲一社区居委会,community,140213001001,cm-1,alone,,
"""
# 07 is what several can do, with little capacity; 09 is what nobody can do.
RESOURCES = """code,unit,kind,title,categories,areas,capacity
r-heat,heat,duty,供热维修,01.01,140213,
r-noise,bureau,duty,噪音执法,02.01;02,140213,
r-wage,bureau,duty,欠薪查处,03.01,140213,
r-school,school,education,课后托管,04,140213001,
r-venue,school,venue,操场,04;05,140213001,
r-shop,shop,health,义诊,05,140213001002,
r-cafe,cafe,culture,读书会,05,140213001001,
r-home,home,duty,社区事务,06,140213001001,
r-fix-1,heat,duty,维修一队,07,140213001001,1
r-fix-2,bureau,duty,维修二队,07,140213001,3
r-law,law,expertise,法律援助,08,140213,
"""
CSVS = {"areas": AREAS, "categories": CATEGORIES, "orgs": ORGS, "units": UNITS,
        "resources": RESOURCES}


class Clock:
    """The daemon's time: a file that is replaced whole."""

    def __init__(self, at=START):
        self.at = datetime.datetime.fromisoformat(at)
        self.path = f"/tmp/whistled-clock-{os.getpid()}-{id(self)}"
        self.set(at)

    def set(self, at):
        """To an instant: a text or a datetime."""
        self.at = datetime.datetime.fromisoformat(at) if isinstance(at, str) else at
        new = pathlib.Path(self.path + ".new")
        new.write_text(self.at.isoformat() + "\n", encoding="ascii")
        new.replace(self.path)

    def move(self, **spans):
        self.set(self.at + datetime.timedelta(**spans))


def instant(text):
    return datetime.datetime.fromisoformat(text)


class District:
    """A daemon with the district in it. `more` are settings; `keys` are made when first asked for."""

    def __init__(self, clock=None, **more):
        self.clock = clock or Clock()
        self.more = more
        self.daemon = Daemon(test_clock_file=self.clock.path, **more)
        self.keys, self.kept = {}, {}
        for kind, text in CSVS.items():
            done = self.admin.import_csv(kind, text)
            assert done.status == 200, (kind, done)
        self.second = None

    def beside(self):
        """A second daemon on the same database."""
        if self.second is None:
            self.second = Daemon(beside=self.daemon, test_clock_file=self.clock.path, **self.more)
        return self.second

    def client(self, role, daemon=None, **scope):
        """A new client with a key of that role; one key per role and scope."""
        name = (role, tuple(sorted((key, str(value)) for key, value in scope.items())))
        if name not in self.keys:
            if role in ("operator", "dispatcher", "supervisor") and "areas" not in scope:
                scope = {**scope, "areas": [CITY]}
            self.keys[name] = self.daemon.key(role, **scope).key
        return (daemon or self.daemon).client(self.keys[name])

    def _kept(self, role, daemon=None, **scope):
        """As client(), but the same one each time: for tests that ask one after the other."""
        name = (role, str(scope), (daemon or self.daemon).port)
        if name not in self.kept:
            self.kept[name] = self.client(role, daemon, **scope)
        return self.kept[name]

    @property
    def admin(self):
        """Made again after a restart, which changes the port."""
        port = self.daemon.port
        if port not in self.kept:
            self.kept[port] = self.daemon.admin
        return self.kept[port]

    @property
    def operator(self):
        return self._kept("operator")

    @property
    def dispatcher(self):
        return self._kept("dispatcher")

    @property
    def supervisor(self):
        return self._kept("supervisor")

    def unit(self, code, daemon=None):
        return self._kept("unit", daemon, unit=code)

    def org(self, code, daemon=None):
        return self._kept("org", daemon, org=code)

    def submit(self, client=None, **fields):
        """A ticket's answer; it must be taken."""
        made = (client or self.operator).post("/v1/tickets", ticket(**fields))
        assert made.status == 201, made
        return made.json

    def show(self, no):
        shown = self.supervisor.get(f"/v1/tickets/{no}")
        assert shown.status == 200, shown
        return shown.json

    def events(self, no, client=None):
        return (client or self.supervisor).items(f"/v1/tickets/{no}/events")

    def taken(self, resource):
        """How often a resource is taken, as the database knows it."""
        rows = self.daemon.psql(f"SELECT count(*) FROM task WHERE resource = '{resource}' "
                                "AND state NOT IN ('completed', 'returned', 'withdrawn')")
        return int(rows[0][0])

    def check_chains(self):
        """Whatever was done, every chain holds (spec 6)."""
        if self.daemon.process is None or self.daemon.process.poll() is not None:
            return
        cursor = None
        while True:
            page = self.daemon.admin.get("/v1/verify?limit=500" + (f"&cursor={cursor}" if cursor else ""))
            assert page.status == 200 and page.json["broken"] == [], page
            cursor = page.json["next"]
            if cursor is None:
                return

    def stop(self):
        self.check_chains()
        if self.second is not None:
            self.second.stop()
        self.daemon.stop()
        pathlib.Path(self.clock.path).unlink()


def ticket(**fields):
    """What an operator sends."""
    made = {"kind": "help", "category": "01.01.01", "area": HOME, "title": "暖气不热",
            "content": "三天没有暖气"}
    made.update(fields)
    return {name: value for name, value in made.items() if value is not None}


def do(client, path, move, body=None, status=200, **headers):
    """A move on a ticket (its number) or a task (its id); the answer."""
    kind = "tasks" if "-" in path else "tickets"
    done = client.post(f"/v1/{kind}/{path}/{move}", body if body is not None else {},
                       headers=headers)
    assert done.status == status, (move, done)
    return done.json


def follow(client, after=None):
    """All events that happened, from a place of the feed on; the place it ends at is its `next`."""
    client.daemon.settle()
    return read_feed(client, after)


def read_feed(client, after=None):
    """What the feed tells by now, from a place on."""
    found = Feed()
    while True:
        page = client.get("/v1/events?limit=500" + (f"&after={after}" if after else ""))
        assert page.status == 200 and page.json["next"], page
        found.next = after = page.json["next"]
        if not page.json["items"]:
            return found
        found += page.json["items"]


class Feed(list):
    """Events and the place behind the last of them."""

    next = None


def at_once(jobs):
    """Runs them in threads that start together; their results in order."""
    results, gate = [None] * len(jobs), threading.Barrier(len(jobs))

    def run(index, job):
        gate.wait()
        try:
            results[index] = job()
        except Exception as fault:  # the test sees it in the results
            results[index] = fault
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture(scope="module")
def district():
    """One district for the tests of a file."""
    if not os.path.exists(PROGRAM):
        pytest.skip(f"{PROGRAM} is not built")
    made = District()
    yield made
    made.stop()


@pytest.fixture
def fresh(district):
    """The district of the file, at the start of another Monday in a month without holidays."""
    weeks = ((district.clock.at - instant(START)).days // 7 + 1) % 4
    district.clock.set(instant(START) + datetime.timedelta(weeks=weeks))
    return district
