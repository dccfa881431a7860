"""The real events of ../shared/data/pingshan as a registry, a history and tickets.

Area codes are made up but valid: 440310 is the district's own, streets and communities are numbered
in the order of their ids. A unit is one dispose_unit_id, which the data keeps over renamings.
"""

import collections
import csv
import html
import re
import unicodedata

DISTRICT = "440310"
NO_UNIT = "-"
KINDS = {"投诉": "complaint", "咨询": "consult", "建议": "suggest", "求决": "help",
         "感谢": "praise", "其他": "help"}
CHANNELS = {"12345": "phone", "12319": "phone", "固话投诉": "phone", "政府信箱": "mail",
            "@坪山": "wechat", "美丽深圳": "app"}


def clean(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", html.unescape(text)))


class Event:
    """One row: where, what, who really handled it, and whether in time."""

    def __init__(self, row, areas):
        self.number = row["rec_id"]
        self.date = row["create_time"]
        self.category = "%02d.%03d.%03d" % tuple(
            int(row[x]) for x in ("event_type_id", "main_type_id", "sub_type_id"))
        self.words = [clean(row[x]) for x in ("event_type", "main_type", "sub_type")]
        self.street = row["street"]
        self.community = row["community"]
        self.area = areas[row["street_id"], row["community_id"]]
        self.unit_name = clean(row["dispose_unit"])
        self.unit = NO_UNIT if row["dispose_unit"] == "-" else "u-" + row["dispose_unit_id"]
        self.kind = KINDS[row["property"]]
        self.channel = CHANNELS.get(row["source"], "web")
        self.overtime = row["achieve"] == "overtime"

    def ticket(self):
        place = "坪山区" if self.area == DISTRICT else self.street + self.community
        matter = self.words[2]
        return {
            "source": "pingshan", "external_no": self.number, "kind": self.kind,
            "channel": self.channel, "category": self.category, "area": self.area,
            "title": "%s：%s" % (place, matter),
            "content": "来电反映%s%s（%s，%s）的问题，请核实处理。" % (
                place, matter, self.words[0], self.words[1]),
            "occurred_at": self.date + "T09:00:00+08:00", "tags": ["replay"],
        }


def load(folder):
    """Events in order of date, and rows (code, name, level) of areas."""
    with open(folder / "events.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    areas, listed = {("-", "-"): DISTRICT}, [
        ("44", "广东省", "province"), ("4403", "深圳市", "city"), (DISTRICT, "坪山区", "district")]
    places = sorted({(x["street_id"], x["street"], x["community_id"], x["community"])
                     for x in rows if x["street_id"] != "-"})
    for street_id in sorted({x[0] for x in places}):
        inside = [x for x in places if x[0] == street_id]
        street = "%s%03d" % (DISTRICT, int(street_id) - 99)
        listed.append((street, inside[0][1], "street"))
        for i, (_, _, community_id, name) in enumerate(inside, 1):
            areas[street_id, community_id] = "%s%03d" % (street, i)
            listed.append((areas[street_id, community_id], name, "community"))
    events = [Event(row, areas) for row in rows]
    return sorted(events, key=lambda event: event.date), listed


def categories(events):
    """Rows (code, name, parent) of all three levels; a renamed matter has its latest name."""
    names = {}
    for event in events:
        for level in range(3):
            code = event.category.split(".")[:level + 1]
            names[".".join(code)] = (event.words[level], ".".join(code[:-1]))
    return [(code, name, parent) for code, (name, parent) in sorted(names.items())]


def bare(name):
    return re.sub(r"\([^()]*\)$", "", name)


def kind_of(name):
    for word, kind in (("公司", "state_enterprise"), ("社区", "community"), ("办事处", "street_office"),
                       ("街道", "street_office"), ("医院", "hospital"), ("中心", "institution")):
        if word in bare(name):
            return kind
    return "department"


def home(places):
    """The least area that has nine tenths of a unit's cases."""
    for size in (12, 9):
        area, cases = collections.Counter(x[:size] for x in places).most_common(1)[0]
        if cases >= 0.9 * len(places) and len(area) == size:
            return area
    return DISTRICT


def units(known, later):
    """Rows (code, name, kind, area, aliases): what a city would know at the end of `known`, the
    events before the replay. Former names are listed only where they differ in more than a bracket:
    to find those is for `whistlectl learn`. Of units that come up `later`, only the name is taken.
    """
    seen = collections.defaultdict(list)
    for event in known:
        seen[event.unit].append(event)
    for event in later:
        if event.unit not in seen:
            seen[event.unit] = [event]
    seen.pop(NO_UNIT, None)
    rows = []
    for code, own in sorted(seen.items()):
        name = own[-1].unit_name
        former = sorted({x.unit_name for x in own if bare(x.unit_name) != bare(name)})
        rows.append((code, name, kind_of(name), home([x.area for x in own]), former))
    return rows


def orgs(areas, unit_rows):
    """Rows (code, name, kind, parent, areas): conferences, an alliance per street, a committee per
    community, and each unit's own organization."""
    rows = [("conf-4403", "深圳市党建联席会议", "city_conference", "", "4403"),
            ("conf-440310", "坪山区党建联席会议", "district_conference", "conf-4403", DISTRICT)]
    for code, name, level in areas:
        if level == "street":
            rows.append(("al-" + code, name + "党建联盟", "street_alliance", "conf-440310", code))
    for code, name, level in areas:
        if level == "community":
            rows.append(("cm-" + code, name + "大党委", "community_committee", "al-" + code[:9],
                         code))
    for code, name, *_ in unit_rows:
        rows.append(("o-" + code, name + "党组织", "committee", "conf-440310", ""))
    return rows


def majority(known):
    """The plain rule: the units that handled most, by matter and street, else by matter, else by the
    matter above, else of all."""
    counts = collections.defaultdict(collections.Counter)

    def keys(event):
        return ((event.category, event.area[:9]), event.category, event.category[:6], "")

    for event in known:
        for key in keys(event):
            counts[key][event.unit] += event.unit != NO_UNIT

    def rank(event):
        own = next(counts[key] for key in keys(event) if counts.get(key))
        return [unit for unit, _ in sorted(own.items(), key=lambda x: (-x[1], x[0]))[:3]]

    return rank
