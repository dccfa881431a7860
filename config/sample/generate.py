#!/usr/bin/python3
"""Makes the sample district: real areas, made-up everything else. See README.md.

    generate.py            writes the CSV files beside itself
    generate.py --out DIR  writes them, and copies of the two inputs, to DIR
    generate.py --check    writes nothing; exits 1 if a file differs from what would be written, or
                           if the district is not what README.md says it is

Inputs, kept by hand: areas.csv (official codes), tickets.jsonl (only checked) and tables.py.
The same inputs give the same bytes: chance comes from one seeded generator, nothing depends on
the clock or on the order of a set.
"""
import argparse
import csv
import datetime
import io
import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True
import tables as T  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DISTRICT = "140213"
RESOURCES = 1500
AGREEMENTS = 421
HISTORY = 600
TODAY = "2025-12-01"  # the day for which --check asks who is responsible

FIELDS = {
    "areas": "code name level",
    "categories": "code name parent",
    "orgs": "code name kind parent areas",
    "units": "code name kind area org formation joined aliases uscc contact.name contact.phone"
             " ledger.registration ledger.workforce ledger.party_members ledger.party_org"
             " ledger.person_in_charge status",
    "agreements": "code org unit signed_on valid_from valid_to duties tasks form content"
                  " categories",
    "resources": "code unit kind title categories areas capacity hours valid_from valid_to"
                 " agreement status",
    "history": "date category area unit",
}
ORG_KINDS = ("city_conference district_conference street_alliance community_committee committee"
             " general_branch branch joint_branch").split()
UNIT_KINDS = ("department street_office community school hospital utility state_enterprise"
              " private_enterprise social_organization institution").split()
FORMATIONS = "alone attached joint none".split()
RESOURCE_KINDS = ("duty venue volunteers expertise funds equipment education health culture"
                  " sports service_window jobs information").split()
STATUSES = "offered proposed suspended ended".split()
TICKET_FIELDS = ("source external_no kind urgency category area title content address lon lat"
                 " occurred_at channel petitioner accused needs unit tags then"
                 " public_answer").split()

_random = random.Random(12345)


def number(least, most):
    """A number from least to most, both included. Only random() is used: its sequence is fixed."""
    return least + int(_random.random() * (most - least + 1))


def pick(items):
    return items[number(0, len(items) - 1)]


def day(iso, days=0):
    return (datetime.date.fromisoformat(iso) + datetime.timedelta(days)).isoformat()


def uscc(prefix, serial):
    """An 18-character unified social credit code (GB 32100-2015) that nobody holds: its
    organization code reads XMPL. Both check characters are right."""
    body = f"XMPL{serial:04d}"
    total = sum(w * int(c, 36) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), body))
    body += "0123456789X0"[(11 - total % 11)]
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = prefix + DISTRICT + body
    total = sum(pow(3, i, 31) * alphabet.index(c) for i, c in enumerate(code))
    return code + alphabet[(31 - total % 31) % 31]


class District:
    """Everything, in lists of dicts by file name, and the look-ups that building it needs."""

    def __init__(self, areas):
        self.rows = {"areas": areas}
        self.names = {a["code"]: a["name"] for a in areas}
        self.streets = [a["code"] for a in areas if a["level"] == "street"]
        # Code, not name, says where a place lies: 水泊寺村 is not in 水泊寺街道.
        self.places = [a["code"] for a in areas if a["level"] == "community"]
        self.committee_of = {}  # community -> committee
        self.alliance_of = {s: "al-" + s[6:] for s in T.ALLIANCES}
        self.categories()
        self.alliances()
        self.units()
        self.agreements()
        self.resources()
        self.history()

    def add(self, file, **row):
        self.rows.setdefault(file, []).append(row)
        return row

    # ---- categories -------------------------------------------------------------------------

    def categories(self):
        self.code_of = {}       # name -> code, second and third level; the names are unique
        self.matters = []       # the third-level codes
        self.catalogue = []     # (second-level code, its name, {owner: [codes]})
        counters = [0, 0, 0]
        for line in T.CATALOGUE.strip("\n").split("\n"):
            level = (len(line) - len(line.lstrip())) // 2
            name, _, owner = line.strip().partition(" ")
            counters[level] += 1
            counters[level + 1:] = [0] * (2 - level)
            code = ".".join(f"{n:02d}" for n in counters[:level + 1])
            self.add("categories", code=code, name=name, parent=code[:-3])
            if level:
                assert name not in self.code_of, name
                self.code_of[name] = code
            if level == 1:
                default = owner
                self.catalogue.append((code, name, {default: [code]}))
            if level == 2:
                self.matters.append(code)
                self.catalogue[-1][2].setdefault(owner or default, []).append(code)

    def codes(self, names):
        return sorted(self.code_of[n] for n in names.split())

    # ---- conferences, alliances, committees -------------------------------------------------

    def alliances(self):
        self.add("orgs", code="conf-1402", name="大同市城市基层党建工作联席会议",
                 kind="city_conference", areas=["1402"])
        self.add("orgs", code="conf-140213", name="平城区城市基层党建工作联席会议",
                 kind="district_conference", parent="conf-1402", areas=[DISTRICT])
        self.covered = []
        for street in T.ALLIANCES:
            self.add("orgs", code=self.alliance_of[street], kind="street_alliance",
                     name=self.names[street] + "党建联盟", parent="conf-140213", areas=[street])
        for street, (without, twos, threes) in T.ALLIANCES.items():
            here = [p for p in self.places if p.startswith(street) and p[9] == "0"]
            here = here[:len(here) - without]
            self.covered += here
            sizes = [3] * threes + [2] * twos + [1] * (len(here) - 3 * threes - 2 * twos)
            for i, size in enumerate(sizes):
                part, here = here[:size], here[size:]
                code = f"cm-{street[6:]}-{i + 1:02d}"
                short = "、".join(self.names[p].removesuffix("社区居民委员会") for p in part)
                self.add("orgs", code=code, name=short + "社区大党委", kind="community_committee",
                         parent=self.alliance_of[street], areas=part)
                self.committee_of.update((p, code) for p in part)

    def above(self, place):
        """The alliance over a place, else the district conference."""
        return self.alliance_of.get(place[:9], "conf-140213")

    # ---- units ------------------------------------------------------------------------------

    def units(self):
        self.unit = {}
        self.group = {}
        self.serves = {}        # role -> [(unit, areas)]
        for role, parts in T.ROLES.items():
            self.serves[role] = [(u, [DISTRICT + s for s in streets.split()])
                                 for u, streets in parts.items()]
        for role in ("@street", "@community", "@property", "@clinic"):
            self.serves[role] = []
        self.outside = [p for p in self.places if p not in self.committee_of]
        self.addresses = 0

        self.listed("dept", "department", T.DEPARTMENTS)
        self.stations()
        self.offices()
        self.communities()
        self.listed("util", "utility", T.UTILITIES)
        self.listed("inst", "institution", T.INSTITUTIONS)
        self.listed("social", "social_organization", T.SOCIAL)
        for street in list(T.ALLIANCES) + [DISTRICT + "064"]:
            code = "clinic-" + street[6:]
            self.new_unit(code, self.names[street] + "社区卫生服务中心", "clinic", "hospital",
                          self.first_place(street))
            self.serves["@clinic"].append((code, [street]))
        self.firms()
        self.organizations()

    def new_unit(self, code, name, group, kind, area):
        self.group[code] = group
        self.unit[code] = self.add("units", code=code, name=name, kind=kind, area=area)

    def first_place(self, street):
        return next(p for p in self.places if p.startswith(street))

    def address(self, anywhere=True):
        """The next address: every 12th where there is no committee, the others where there is."""
        self.addresses += 1
        if anywhere and self.addresses % 12 == 11:
            return self.outside[self.addresses // 12 * 31 % len(self.outside)]
        return self.covered[self.addresses * 37 % len(self.covered)]

    def listed(self, group, kind, table):
        for line in table.strip().split("\n"):
            code, name = line.split(" ")
            place = DISTRICT if code in T.NO_STREET else self.address(group != "dept")
            self.new_unit(code, name, group, kind, place)

    def stations(self):
        for role, name in (("@police", "平城区公安分局{}派出所"),
                           ("@market", "平城区市场监督管理局{}市场监管所"),
                           ("@urban", "平城区城市管理局{}中队")):
            for code, areas in self.serves[role]:
                short = self.names[areas[0]].removesuffix("街道")
                self.new_unit(code, name.format(short), "station", "department",
                              self.first_place(areas[0]))

    def offices(self):
        for street in self.streets:
            code = "street-" + street[6:]
            self.new_unit(code, self.names[street] + "办事处", "office", "street_office", street)
            self.serves["@street"].append((code, [street]))

    def communities(self):
        """40 of the 202 communities and villages are units: 32 covered ones, 4 without a
        committee, 4 without an alliance."""
        bare = [p for p in self.outside if p[:9] in T.ALLIANCES and p[9] == "0"]
        free = [p for p in self.places if p[:9] not in T.ALLIANCES]
        chosen = self.covered[:1] + self.covered[1::4][:31] + bare[::4] + free[::10][:4]
        for place in sorted(chosen):
            code = "comm-" + place[6:]
            self.new_unit(code, self.names[place], "comm", "community", place)
            self.serves["@community"].append((code, [place]))

    def firms(self):
        n = 0
        for prefix, group, kind, count, patterns in T.PATTERNS:
            for i in range(count):
                n += 1
                name = patterns[i % len(patterns)].format(T.WORDS[n * 19 % len(T.WORDS)])
                self.new_unit(f"{prefix}-{i + 1:02d}", name, group, kind, self.address())
        # Four in five communities of the streets with alliances have a property company.
        managed = [p for i, p in enumerate(p for p in self.places if p[:9] in T.ALLIANCES
                                           and p[9] == "0") if i % 5 != 4]
        companies = [u for u in self.unit if self.group[u] == "prop"]
        for i, code in enumerate(companies):
            part = managed[i * len(managed) // len(companies):
                           (i + 1) * len(managed) // len(companies)]
            self.unit[code]["area"] = part[0]
            self.serves["@property"].append((code, part))

    def organizations(self):
        """Each unit's party organization, memberships, contact and ledger."""
        seen = {}
        for code, unit in self.unit.items():
            turn = seen[self.group[code]] = seen.get(self.group[code], -1) + 1
            ways = T.FORMATIONS[self.group[code]]
            unit["formation"] = ways[turn % len(ways)]
            unit["turn"] = turn
        shares = {}
        for unit in self.unit.values():
            if unit["formation"] == "joint":
                shares.setdefault(unit["area"][:9], []).append(unit)
        for street, members in shares.items():
            for unit in members:
                unit["formation"] = "joint" if len(members) > 1 else "alone"
        for code, unit in self.unit.items():
            if unit["formation"] == "alone":
                self.own_org(code, unit)
        for street in sorted(shares):
            if len(shares[street]) > 1:
                self.add("orgs", code="jb-" + street[6:], kind="joint_branch", areas=[],
                         name=self.names[street] + "两新组织联合党支部", parent=self.above(street))
        for i, (code, unit) in enumerate(self.unit.items()):
            place, group = unit["area"], self.group[code]
            if unit["formation"] == "joint":
                unit["org"] = "jb-" + place[6:9]
            elif unit["formation"] == "attached":
                unit["org"] = self.host(code, place)
            unit["joined"] = self.memberships(code, group, place, i)
            self.particulars(code, unit, i + 1)

    def own_org(self, code, unit):
        group, place = self.group[code], unit["area"]
        kinds = T.OWN_ORG.get(group, ["branch"])
        kind = kinds[unit["turn"] % len(kinds)]
        parent = self.above(place)
        if group in ("dept", "inst", "util"):
            parent = "conf-1402" if unit["name"].startswith("市") else "conf-140213"
        if group == "comm":
            parent = self.committee_of.get(place, parent)
        title = {"committee": "党委", "general_branch": "党总支", "branch": "党支部"}[kind]
        name = self.names[place] + "党工委" if group == "office" else unit["name"] + title
        unit["org"] = "po-" + code
        self.add("orgs", code="po-" + code, name=name, kind=kind, parent=parent, areas=[])

    def host(self, code, place):
        """To whose organization a unit is attached: its department's, or its community's if that
        is a unit, or its street office's."""
        station = {"police": "po-dept-police", "market": "po-dept-market",
                   "urban": "po-dept-urban"}.get(code.split("-")[0])
        if station:
            return station
        if self.group[code] == "inst":
            return "po-dept-culture"
        near = "po-comm-" + place[6:]
        return near if "comm-" + place[6:] in self.unit else "po-street-" + place[6:9]

    def memberships(self, code, group, place, i):
        """The alliances and committees that a unit has joined."""
        every = list(self.alliance_of.values())
        own = [self.alliance_of[place[:9]]] if place[:9] in self.alliance_of else []
        near = [self.committee_of[place]] if place in self.committee_of else []
        if group in ("station", "util"):
            served = [s for parts in self.serves.values() for u, areas in parts if u == code
                      for s in areas]
            own = [self.alliance_of[s] for s in served if s in self.alliance_of] or [
                every[(i + k) % 13] for k in (0, 4, 8)]
        elif group in ("dept", "inst"):
            own = own + [every[(i * 3 + k) % 13] for k in (0, 6)]
        elif not own and group in ("school", "hosp", "bank", "soe"):
            own = [every[i % 13]]  # paired with another street
        return sorted(set(own)) + near

    def particulars(self, code, unit, serial):
        group, formation = self.group[code], unit["formation"]
        unit["aliases"] = T.ALIASES.get(code, [])
        unit["status"] = "ended" if code in T.ENDED else "active"
        unit["contact.name"] = pick(T.SURNAMES) + pick(T.GIVEN)
        unit["contact.phone"] = f"0352-5550{serial:03d}"
        prefix = {"private_enterprise": "91", "state_enterprise": "91", "utility": "91",
                  "social_organization": "52"}.get(unit["kind"])
        unit["uscc"] = uscc(prefix, serial) if prefix else ""
        size = number(8, 60) if group in ("shop", "food", "firm", "comm") else number(30, 400)
        how = {"alone": "单独建", "attached": "挂靠建", "joint": "联合建",
               "none": "未建"}[formation]
        unit["ledger.registration"] = day("2005-01-04", number(0, 6500)) + " 登记"
        unit["ledger.workforce"] = size
        unit["ledger.party_members"] = (number(0, 2) if formation in ("none", "joint")
                                        else max(3, size * number(8, 25) // 100))
        unit["ledger.party_org"] = how
        unit["ledger.person_in_charge"] = pick(T.SURNAMES) + pick(T.GIVEN)
        # "Five clears" gaps: one private firm in seven lacks one of the five.
        five = [f for f in FIELDS["units"].split() if f.startswith("ledger.")]
        if unit["kind"] == "private_enterprise" and serial % 7 == 3:
            unit[five[serial // 7 % 5]] = ""

    # ---- agreements -------------------------------------------------------------------------

    def agreements(self):
        """421 of the (organization, unit) pairs: every unit's first, then every second..."""
        pairs = []
        for i, (code, unit) in enumerate(self.unit.items()):
            if self.group[code] in T.OFFERS:
                orgs = unit["joined"][::-1]  # the committee first
                pairs += [(turn, i, org, code) for turn, org in enumerate(orgs)]
        pairs = sorted((org, i, code) for _, i, org, code in sorted(pairs)[:AGREEMENTS])
        for n, (org, _, code) in enumerate(pairs):
            signed = day("2024-01-08", number(0, 690))
            years = 0 if n % 40 == 17 else number(2, 3)
            last = min(int(signed[:4]) + years, 2028)
            clause = T.CLAUSES[n % len(T.CLAUSES)]
            offers = T.OFFERS[self.group[code]]
            wanted = " ".join(o[2] for o in offers[n % 2:n % 2 + 2])
            self.add("agreements", code=f"ag-{n + 1:03d}", org=org, unit=code, signed_on=signed,
                     valid_from=signed, valid_to=f"{last}-12-31", duties=clause[0],
                     tasks=clause[1], form=clause[2], content=clause[3],
                     categories=sorted(set(self.codes(wanted))))

    # ---- resources --------------------------------------------------------------------------

    def resources(self):
        self.duties()
        for code in [u for u in self.unit if self.group[u] in ("office", "comm")]:
            self.resource("venue", code, "党群服务中心多功能厅",
                          self.codes("活动场地 文艺演出"), [self.unit[code]["area"]],
                          capacity=number(1, 3), hours="每日 08:30-20:30")
        areas_of = {o["code"]: o["areas"] for o in self.rows["orgs"]}
        turn = 0
        while True:  # every agreement's first offer, then every second...
            for n, agreement in enumerate(self.rows["agreements"]):
                unit = agreement["unit"]
                offers = T.OFFERS[self.group[unit]]
                if turn >= len(offers):
                    continue
                kind, title, names, least, most, hours = offers[(n + turn) % len(offers)]
                row = self.resource(kind, unit, title, self.codes(names),
                                    areas_of[agreement["org"]], agreement=agreement["code"],
                                    capacity=number(least, most) or "", hours=hours)
                self.vary(row, agreement)
                if len(self.rows["resources"]) == RESOURCES:
                    return
            turn += 1

    def resource(self, kind, unit, title, categories, areas, **more):
        code = f"rs-{len(self.rows.get('resources', [])) + 1:04d}"
        status = "ended" if unit in T.ENDED else "offered"
        return self.add("resources", **{"code": code, "kind": kind, "unit": unit, "title": title,
                                        "categories": categories, "areas": areas,
                                        "status": status, **more})

    def vary(self, row, agreement):
        """Some offers have a term, some of the terms are over, some are not offered."""
        n = int(row["code"][3:])
        if n % 4 == 0:
            row.update(valid_from=agreement["valid_from"], valid_to=agreement["valid_to"])
        if n % 37 == 3:
            row.update(valid_from="2024-01-01", valid_to="2024-12-31")
        for every, rest, status in ((29, 7, "proposed"), (41, 5, "suspended"), (53, 11, "ended")):
            if n % every == rest and row["status"] == "offered":
                row["status"] = status

    def duties(self):
        """The dispatch catalogue."""
        change = DISTRICT + "053"  # this street's heat changed hands on 2024-11-01
        for _, name, owners in self.catalogue:
            for owner, codes in owners.items():
                if owner.startswith("@"):
                    parts = self.serves[owner]
                else:
                    parts = [(owner, ["1402" if owner in T.CITY_WIDE else DISTRICT])]
                for unit, areas in parts:
                    hours = T.ANY if unit in self.unit and self.group[unit] == "util" else T.WEEK
                    areas = [a for a in areas if owner != "@heat" or a != change]
                    self.resource("duty", unit, name + "受理与处置", codes, areas, hours=hours)
                if owner == "@heat":
                    self.resource("duty", "heat-west", name + "受理与处置（原供热区）", codes,
                                  [change], hours=T.ANY, valid_to="2024-10-31")
                    self.resource("duty", "heat-centre", name + "受理与处置（新接供热区）", codes,
                                  [change], hours=T.ANY, valid_from="2024-11-01")
        for unit, names in T.REGULATORS.items():
            self.resource("duty", unit, "行业监管与协调", self.codes(names), [DISTRICT],
                          hours=T.WEEK)
        self.resource("duty", "dept-market", "停车收费投诉（已移交）", self.codes("停车收费"),
                      [DISTRICT], hours=T.WEEK, status="ended")

    def candidates(self, category, area, on):
        """The duties for a matter at a place on a day, best first."""
        found = []
        for r in self.duty_rows:
            if (r["status"] == "offered" and r.get("valid_from", "") <= on
                    and on <= (r.get("valid_to") or "9999")):
                depth = max((len(c) for c in r["categories"] if under(category, c)), default=0)
                near = max((len(a) for a in r["areas"] if area.startswith(a)), default=0)
                if depth and near:
                    found.append((-depth, -near, r["code"], r["unit"]))
        return [f[3] for f in sorted(found)]

    # ---- history ----------------------------------------------------------------------------

    def history(self):
        """Closed tickets of two years, most with the unit of the catalogue."""
        self.duty_rows = [r for r in self.rows["resources"] if r["kind"] == "duty"]
        common = [self.code_of[name] for name, (_, weight) in T.COMMONEST.items()
                  for _ in range(weight)]
        inside = [p for p in self.places if p[:9] in T.ALLIANCES]
        alias, _, term = T.ALIASES[T.HISTORY_ALIAS][0].partition("@")
        rows = []
        for _ in range(HISTORY):
            category = pick(common) if number(1, 100) <= 78 else pick(self.matters)
            area = pick(inside if number(1, 10) < 10 else self.places)
            on = day("2024-01-01", number(0, 730))
            if category.startswith("01.01") and "03" < on[5:7] < "11":
                on = on[:5] + pick(("01-15", "02-20", "03-05", "11-10", "12-18"))
            units = self.candidates(category, area, on) + ["street-" + area[6:9]]
            unit = units[0] if number(1, 100) <= 93 else units[number(0, len(units) - 1)]
            if unit == T.HISTORY_ALIAS and on <= term[-10:]:
                unit = alias
            rows.append((on, category, area, unit))
        for on, category, area, unit in sorted(rows):
            self.add("history", date=on, category=category, area=area, unit=unit)


def under(code, ancestor):
    return code == ancestor or code.startswith(ancestor + ".")


def text(file, rows):
    """A CSV file as bytes."""
    fields = FIELDS[file].split()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(fields)
    for row in rows:
        cells = (row.get(f, "") for f in fields)
        writer.writerow(";".join(c) if isinstance(c, list) else c for c in cells)
    return out.getvalue().encode("utf-8")


def faults(d, tickets):
    """What is wrong with the district, as a list of sentences."""
    bad = []

    def need(truth, *what):
        if not truth:
            bad.append(" ".join(str(w) for w in what))

    keys = {f: {r["code"]: r for r in rows} for f, rows in d.rows.items() if f != "history"}
    for file, rows in keys.items():
        need(len(rows) == len(d.rows[file]), file, "has a code twice")
        for code in rows:
            need(code.isascii() and all(c.isalnum() or c in ".-_" for c in code), "code", code)

    def refers(file, field, to, required=False):
        for row in d.rows[file]:
            values = row.get(field, "")
            values = values if isinstance(values, list) else [values] if values else []
            need(values or not required, file, row.get("code"), "lacks", field)
            for v in values:
                need(v in keys[to], file, row.get("code"), field, v, "is unknown")

    for file, field, to, required in (
            ("categories", "parent", "categories", False), ("orgs", "parent", "orgs", False),
            ("orgs", "areas", "areas", False), ("units", "area", "areas", True),
            ("units", "org", "orgs", False), ("units", "joined", "orgs", False),
            ("agreements", "org", "orgs", True), ("agreements", "unit", "units", True),
            ("agreements", "categories", "categories", True),
            ("resources", "unit", "units", True), ("resources", "areas", "areas", True),
            ("resources", "categories", "categories", True),
            ("resources", "agreement", "agreements", False),
            ("history", "category", "categories", True), ("history", "area", "areas", True)):
        refers(file, field, to, required)

    def count(file, field, value):
        return sum(r.get(field) == value for r in d.rows[file])

    need(count("orgs", "kind", "street_alliance") == 13, "not 13 alliances")
    need(count("orgs", "kind", "community_committee") == 88, "not 88 committees")
    need(len(d.committee_of) == 125, "not 125 covered communities")
    need(len(d.rows["units"]) == 343, "not 343 units")
    need(len(d.rows["agreements"]) == AGREEMENTS, "not", AGREEMENTS, "agreements")
    need(len({(a["org"], a["unit"]) for a in d.rows["agreements"]}) == AGREEMENTS,
         "a pair has two agreements")
    need(len(d.rows["resources"]) == RESOURCES, "not", RESOURCES, "resources")
    for file, field, values in (("orgs", "kind", ORG_KINDS), ("units", "kind", UNIT_KINDS),
                                ("units", "formation", FORMATIONS),
                                ("resources", "kind", RESOURCE_KINDS),
                                ("resources", "status", STATUSES),
                                ("units", "status", ["active", "ended"])):
        for v in values:
            need(count(file, field, v), file, "without", field, v)
        need({r[field] for r in d.rows[file]} <= set(values), file, "with a strange", field)
    for a in d.rows["agreements"]:
        need(a["org"] in d.unit[a["unit"]]["joined"], a["code"], "with an org not joined")
    signers = {a["org"] for a in d.rows["agreements"]}
    need(signers >= set(d.committee_of.values()) | set(d.alliance_of.values()),
         "an alliance or committee has no agreement")
    bare = [u for u in d.rows["units"] if u["formation"] == "none"]
    need(len(bare) >= 15, "fewer than 15 units without an organization")
    need(any(u["area"][:9] not in T.ALLIANCES for u in bare), "none of them without an alliance")
    for u in d.rows["units"]:
        need(bool(u.get("org")) == (u["formation"] != "none"), u["code"], "org and formation")
    for r in d.rows["resources"]:
        a = keys["agreements"].get(r.get("agreement"))
        need(a is None or a["unit"] == r["unit"], r["code"], "has another unit's agreement")
    for o in d.rows["orgs"]:
        users = [u for u in d.rows["units"] if u.get("org") == o["code"]]
        need(o["kind"] != "joint_branch" or len(users) > 1, o["code"], "is not shared")

    # The twenty commonest matters have one right unit wherever there is a committee, and nothing
    # but duties to choose from.
    others = [r for r in d.rows["resources"] if r["kind"] != "duty"]
    for name, (right, _) in T.COMMONEST.items():
        category = d.code_of[name]
        need(not any(under(category, c) for r in others for c in r["categories"]),
             name, "is also in a resource that is no duty")
        for place in d.committee_of:
            units = d.candidates(category, place, TODAY)
            need(units and units[0].startswith(tuple(right.split())), name, "at", place, units[:1])

    named = {a.partition("@")[0] for v in T.ALIASES.values() for a in v}
    for r in d.rows["history"]:
        need(r["unit"] in keys["units"] or r["unit"] in named, "history names", r["unit"])
    need(len(tickets) == 24, "not 24 tickets")
    for i, t in enumerate(tickets, 1):
        for f in "kind category area title content".split():
            need(t.get(f), "ticket", i, "lacks", f)
        need(set(t) <= set(TICKET_FIELDS), "ticket", i, "has an unknown field")
        need(t.get("category") in keys["categories"], "ticket", i, "category")
        need(t.get("area") in keys["areas"], "ticket", i, "area")
        need(t.get("unit", "bus") in d.unit, "ticket", i, "unit")
        need(t.get("accused", {}).get("unit", "bus") in d.unit, "ticket", i, "accused")
        need((t.get("then") == "answer") == ("public_answer" in t), "ticket", i, "public_answer")
    missing = {d.code_of[n] for n in T.COMMONEST} - {t["category"] for t in tickets}
    need(not missing, "no ticket for", sorted(missing))
    return bad


def main():
    parser = argparse.ArgumentParser(description="Makes the sample district.")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="compare and verify, write nothing")
    args = parser.parse_args()

    with open(HERE / "areas.csv", encoding="utf-8", newline="") as f:
        district = District(list(csv.DictReader(f)))
    raw = (HERE / "tickets.jsonl").read_bytes()
    tickets = [json.loads(line) for line in raw.decode("utf-8").splitlines()]
    files = {f + ".csv": text(f, rows) for f, rows in district.rows.items()}
    files["tickets.jsonl"] = raw

    bad = faults(district, tickets)
    if args.check:
        for name, data in files.items():
            path = args.out / name
            if not path.exists() or path.read_bytes() != data:
                bad.append(f"{name} differs from what would be written")
    for line in bad:
        print(line, file=sys.stderr)
    if bad:
        return 1
    for file, rows in district.rows.items():
        print(f"{file:<12}{len(rows):>6}")
    if not args.check:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (args.out / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
