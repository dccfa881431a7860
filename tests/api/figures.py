"""Figures of supervision recomputed from the event feed alone, the plain way (spec 9): what outsiders
could do. `LOG` says the same of tickets in SQL."""

import collections
import datetime

from district import instant

COUNTERS = """tickets contact_clocks contacted contacted_by_reply solved unsolved satisfied_very
satisfied_yes satisfied_basic satisfied_no rehandled sign_clocks signed_on_time reply_clocks
replied_on_time dispatched returned""".split()
HOURS = [(datetime.time(9), datetime.time(12)), (datetime.time(13, 30), datetime.time(17, 30))]
RULES = {"satisfaction": {"very": 1, "yes": 1, "basic": 0.8, "no": 0},
         "rates": {"count_hung": 0, "count_excluded": 0, "reply_is_contact": 1},
         "score": {"response": 0.3, "resolution": 0.35, "satisfaction": 0.35}}


def working_time(begin, end, days_off, days_on):
    """Of China's frames; the sets are of dates."""
    total, day = datetime.timedelta(), begin.date()
    while day <= end.date():
        works = day in days_on or (day.weekday() < 5 and day not in days_off)
        for opens, closes in HOURS if works else []:
            first = max(begin, datetime.datetime.combine(day, opens, begin.tzinfo))
            last = min(end, datetime.datetime.combine(day, closes, begin.tzinfo))
            total += max(last - first, datetime.timedelta())
        day += datetime.timedelta(days=1)
    return total


def handling_minutes(begin, end, own, days_off, days_on):
    """Working minutes but for those while the ticket was hung."""
    total, since = datetime.timedelta(), begin
    for one in own:
        at = min(max(instant(one["at"]), begin), end)
        if one["move"] == "hang" and since is not None:
            total += working_time(since, at, days_off, days_on)
            since = None
        elif one["move"] == "unhang" and since is None:
            since = at
    if since is not None:
        total += working_time(since, end, days_off, days_on)
    return int(total.total_seconds() // 60)


class Lead:
    """One lead task's events."""

    def __init__(self, events):
        self.events = events
        self.holders = []
        for one in events:
            if one["move"] in ("dispatch", "delegate"):
                data = one["data"]
                holder = data.get("unit") or "@" + data["org"]
                self.holders.append((one["seq"], holder))
        self.arrived, self.holder = self.holders[-1]
        self.round = events[0]["data"]["round"]
        self.returned = any(one["move"] == "return/approve" for one in events)
        self.gone = self.returned or any(one["move"] == "withdraw" for one in events)
        self.passed = any(one["move"] == "reply/pass" for one in events)

    def last(self, *moves, since=0, stage=None):
        found = [one for one in self.events if one["move"] in moves and one["seq"] >= since
                 and (stage is None or one["data"]["stage"] == stage)]
        return found[-1] if found else None

    def reply(self):
        """The reply that stands."""
        last = self.last("reply", "reply/reject")
        return last if last and last["move"] == "reply" else None

    def met(self, stage):
        if stage == "sign":
            return self.last("sign", since=self.arrived)
        if stage == "resolve":
            return self.reply()
        contacts = [one for one in self.events
                    if one["move"] == "contact" and one["seq"] > self.arrived]
        return contacts[0] if contacts else self.reply()

    def clock(self, stage):
        """There was one; it was met; in time; it is marked overdue."""
        since = 0 if stage == "resolve" else self.arrived
        dues = [(one["seq"], one["data"].get(f"{stage}_due")) for one in self.events
                if one["move"] in ("dispatch", "delegate", "clocks") and one["seq"] >= since]
        met = self.met(stage)
        in_time = False
        if met:
            due = [due for seq, due in dues if seq < met["seq"]][-1]
            in_time = due is None or instant(met["at"]) <= instant(due)
        mark = self.last("overdue", "overdue_lifted", since=since, stage=stage)
        return (any(due for _, due in dues), met is not None, in_time,
                mark is not None and mark["move"] == "overdue")


class Ticket:
    """What one ticket adds; `rows` is empty if nothing."""

    def __init__(self, events, days_off, days_on):
        self.rows = {}
        moves = [one["move"] for one in events]
        own = [one for one in events if not one["task"]]
        dispatches = [one for one in events if one["move"] == "dispatch" and one["task"]]
        leads = [Lead([two for two in events if two["task"] == one["task"]])
                 for one in dispatches if one["data"]["role"] == "lead"]
        if moves[0] != "receive" or not leads or {"cancel", "merge", "invalid"} & set(moves):
            return
        changes = [one["data"] for one in own if one["move"] in ("receive", "amend")]
        self.area = [one["area"] for one in changes if one.get("area")][-1]
        self.category = [one["category"] for one in changes if one.get("category")][-1]
        excluded = [move for move in moves if move in ("exclude", "include")][-1:] == ["exclude"]
        hung = [move for move in moves if move in ("hang", "unhang")][-1:] == ["hang"]
        self.status = "excluded" if excluded else "hung" if hung else "counted"
        first = instant(dispatches[0]["at"])
        self.day = first.date().isoformat()
        last = ([one for one in leads if not one.gone] or leads)[-1]
        self.last, self.minutes = last.holder, None
        if last.passed:
            self.minutes = handling_minutes(first, instant(last.reply()["at"]), own, days_off, days_on)
        self.rows = {self.last: collections.Counter()}
        for one in leads:
            for place, (_, holder) in enumerate(one.holders):
                row = self.rows.setdefault(holder, collections.Counter())
                row["dispatched"] += 1
                row["returned"] += one.returned and place == len(one.holders) - 1
        self.count(self.rows[self.last], leads, own)

    def count(self, row, leads, own):
        row["tickets"] = 1
        row["rehandled"] = any(one.round > 1 for one in leads)
        reached = [one["data"] for one in own
                   if one["move"] == "callback" and one["data"]["reached"]]
        if reached:
            row["solved"] = reached[-1].get("solved") == "yes"
            row["unsolved"] = reached[-1].get("solved") == "no"
            if reached[-1].get("satisfied"):
                row["satisfied_" + reached[-1]["satisfied"]] = 1
        mine = [one for one in leads if one.holder == self.last]
        for one in mine:
            for stage, clocks, in_time in (("sign", "sign_clocks", "signed_on_time"),
                                           ("resolve", "reply_clocks", "replied_on_time")):
                ran, met, good, overdue = one.clock(stage)
                row[clocks] += ran and (met or overdue)
                row[in_time] += ran and met and good
        ran, met, good, _ = mine[0].clock("contact")
        row["contact_clocks"] = ran
        if ran and met and good:
            by_reply = mine[0].met("contact")["move"] == "reply"
            row["contacted_by_reply" if by_reply else "contacted"] = 1

    def code(self, group, holder):
        return {"unit": holder, "street": self.area[:9], "category": self.category}[group]


def tickets_of(events, days_off=frozenset(), days_on=frozenset()):
    """Of each ticket in the feed, what it adds."""
    by_no = collections.defaultdict(list)
    for one in events:
        by_no[one["no"]].append(one)
    return [Ticket(some, days_off, days_on) for some in by_no.values()]


def within(code, of):
    return of is None or code == of or code.startswith(of + ".")


def sums_of(tickets, group, days, areas=("",), unit=None, category=None):
    """{code: {status: Counter}} of [days[0], days[1])."""
    sums = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for one in tickets:
        if not one.rows or not days[0] <= one.day < days[1] or \
                not any(one.area.startswith(area) for area in areas) or \
                not within(one.category, category):
            continue
        for holder, row in one.rows.items():
            if unit in (None, holder) and any(row.values()):
                sums[one.code(group, holder)][one.status].update(row)
    return sums


def rate(n, of):
    return {"n": n, "of": of, "rate": n / of if of else None}


def figures(by_status, rules=None):
    """What an item says, but for its name, peer and rank."""
    rules = rules or RULES
    weights, rates = rules["satisfaction"], rules["rates"]
    row = collections.Counter(by_status.get("counted", {}))
    for status in ("excluded", "hung"):
        if rates[f"count_{status}"]:
            row.update(by_status.get(status, {}))
    contacted = row["contacted"] + (row["contacted_by_reply"] if rates["reply_is_contact"] else 0)
    answers = {word: row[f"satisfied_{word}"] for word in weights}
    made = {
        "response": rate(contacted, row["contact_clocks"]),
        "resolution": rate(row["solved"], row["solved"] + row["unsolved"]),
        "satisfaction": rate(round(sum(weights[word] * n for word, n in answers.items()), 6),
                             sum(answers.values())),
        "returned": rate(row["returned"], row["dispatched"]),
        "rehandled": rate(row["rehandled"], row["tickets"]),
        "signed_on_time": rate(row["signed_on_time"], row["sign_clocks"]),
        "replied_on_time": rate(row["replied_on_time"], row["reply_clocks"]),
    }
    told = [name for name in rules["score"] if made[name]["of"]]
    weight = sum(rules["score"][name] for name in told)
    made["score"] = sum(rules["score"][name] * made[name]["n"] / made[name]["of"]
                        for name in told) / weight if weight else None
    made["counted"] = row["tickets"]
    for status in ("excluded", "hung"):
        made[status] = by_status.get(status, {}).get("tickets", 0)
    made["parts"] = {name: row[name] for name in COUNTERS[2:4] + COUNTERS[6:10]}
    return made


def total(sums):
    """All codes together."""
    whole = collections.defaultdict(collections.Counter)
    for by_status in sums.values():
        for status, row in by_status.items():
            whole[status].update(row)
    return whole


def times(tickets, group, days, areas=("",)):
    """{code or None: (number, median, p90)}, discrete percentiles."""
    found = collections.defaultdict(list)
    for one in tickets:
        if one.rows and one.minutes is not None and days[0] <= one.day < days[1] and \
                one.status == "counted" and any(one.area.startswith(area) for area in areas):
            found[one.code(group, one.last)].append(one.minutes)
            found[None].append(one.minutes)

    def share(minutes, part):
        return sorted(minutes)[max(0, -int(-part * len(minutes) // 1) - 1)]
    return {code: (len(some), share(some, 0.5), share(some, 0.9)) for code, some in found.items()}


# What each ticket adds, as one query over the log: ticket, holder, last, day, area, category, status
# and the counters in the order of COUNTERS.
LOG = """SET enable_nestloop = off;
WITH log AS NOT MATERIALIZED (SELECT ticket_id, seq, task, move, at, data::json AS data FROM event),
own AS NOT MATERIALIZED (SELECT * FROM log WHERE task = 0),
came AS (SELECT ticket_id, task, seq, coalesce(data->>'unit', '@' || (data->>'org')) AS holder,
                lead(seq) OVER (PARTITION BY ticket_id, task ORDER BY seq) IS NULL AS final
         FROM log JOIN (SELECT ticket_id, task FROM log WHERE move = 'dispatch'
                        AND data->>'role' = 'lead' AND task > 0) AS led USING (ticket_id, task)
         WHERE move IN ('dispatch', 'delegate')),
told AS (SELECT ticket_id, task, count(*) FILTER (WHERE move = 'return/approve') > 0 AS returned,
                count(*) FILTER (WHERE move IN ('return/approve', 'withdraw')) > 0 AS gone,
                max(seq) FILTER (WHERE move = 'reply') AS replied,
                max(seq) FILTER (WHERE move = 'reply/reject') AS rejected
         FROM log WHERE task > 0 GROUP BY 1, 2),
lead AS (SELECT ticket_id, task, holder, seq AS arrived, gone, returned,
                CASE WHEN replied > coalesce(rejected, 0) THEN replied END AS reply
         FROM came JOIN told USING (ticket_id, task) WHERE final),
last AS (SELECT DISTINCT ON (ticket_id) ticket_id, holder FROM lead
         ORDER BY ticket_id, gone, task DESC),
mine AS (SELECT lead.*, row_number() OVER (PARTITION BY ticket_id ORDER BY task) AS place
         FROM lead JOIN last USING (ticket_id, holder)),
stage AS (SELECT mine.*, stage, CASE stage WHEN 'resolve' THEN 0 ELSE arrived END AS since
          FROM mine, unnest(ARRAY['sign', 'contact', 'resolve']) AS stages (stage)),
met AS (SELECT stage.*, CASE stage
            WHEN 'sign' THEN (SELECT max(seq) FROM log WHERE log.ticket_id = stage.ticket_id
                              AND log.task = stage.task AND move = 'sign' AND seq > since)
            WHEN 'resolve' THEN reply
            ELSE coalesce((SELECT min(seq) FROM log WHERE log.ticket_id = stage.ticket_id
                           AND log.task = stage.task AND move = 'contact' AND seq > since), reply)
        END AS met FROM stage),
clock AS (SELECT met.*,
            EXISTS (SELECT FROM log WHERE log.ticket_id = met.ticket_id AND log.task = met.task
                    AND move IN ('dispatch', 'delegate', 'clocks') AND seq >= since
                    AND data->>(stage || '_due') IS NOT NULL) AS ran,
            met IS NOT NULL AND (SELECT at FROM log WHERE log.ticket_id = met.ticket_id AND seq = met)
                <= coalesce((SELECT coalesce((data->>(stage || '_due'))::timestamptz, 'infinity')
                             FROM log WHERE log.ticket_id = met.ticket_id AND log.task = met.task
                             AND move IN ('dispatch', 'delegate', 'clocks') AND seq < met
                             ORDER BY seq DESC LIMIT 1)) AS good,
            coalesce((SELECT move = 'overdue' FROM log WHERE log.ticket_id = met.ticket_id
                      AND log.task = met.task AND move IN ('overdue', 'overdue_lifted')
                      AND data->>'stage' = stage AND seq >= since
                      ORDER BY seq DESC LIMIT 1), false) AS late,
            stage = 'contact' AND met IS NOT DISTINCT FROM reply AS by_reply
          FROM met),
clocks AS (SELECT ticket_id,
             count(*) FILTER (WHERE stage = 'contact' AND place = 1 AND ran) AS a,
             count(*) FILTER (WHERE stage = 'contact' AND place = 1 AND ran AND good
                              AND NOT by_reply) AS b,
             count(*) FILTER (WHERE stage = 'contact' AND place = 1 AND ran AND good
                              AND by_reply) AS c,
             count(*) FILTER (WHERE stage = 'sign' AND ran AND (met IS NOT NULL OR late)) AS d,
             count(*) FILTER (WHERE stage = 'sign' AND ran AND good) AS e,
             count(*) FILTER (WHERE stage = 'resolve' AND ran AND (met IS NOT NULL OR late)) AS f,
             count(*) FILTER (WHERE stage = 'resolve' AND ran AND good) AS g
           FROM clock GROUP BY 1),
answer AS (SELECT DISTINCT ON (ticket_id) ticket_id, data FROM own
           WHERE move = 'callback' AND (data->>'reached')::boolean ORDER BY ticket_id, seq DESC),
head AS (SELECT ticket_id,
           (SELECT min(at) FROM log AS d WHERE d.ticket_id = t.ticket_id AND move = 'dispatch'
            AND task > 0) AS first,
           (SELECT data->>'area' FROM own WHERE own.ticket_id = t.ticket_id
            AND move IN ('receive', 'amend') AND data->>'area' IS NOT NULL
            ORDER BY seq DESC LIMIT 1) AS area,
           (SELECT data->>'category' FROM own WHERE own.ticket_id = t.ticket_id
            AND move IN ('receive', 'amend') AND data->>'category' IS NOT NULL
            ORDER BY seq DESC LIMIT 1) AS category,
           (SELECT move FROM own WHERE own.ticket_id = t.ticket_id AND move IN ('exclude', 'include')
            ORDER BY seq DESC LIMIT 1) AS out,
           (SELECT move FROM own WHERE own.ticket_id = t.ticket_id AND move IN ('hang', 'unhang')
            ORDER BY seq DESC LIMIT 1) AS hung,
           EXISTS (SELECT FROM log AS d WHERE d.ticket_id = t.ticket_id AND move = 'dispatch'
                   AND task > 0 AND (data->>'round')::int > 1) AS again
         FROM (SELECT ticket_id FROM own GROUP BY 1
               HAVING count(*) FILTER (WHERE move IN ('cancel', 'merge', 'invalid')) = 0) AS t),
rows AS (SELECT ticket_id, came.holder, count(*) AS came, count(*) FILTER (WHERE final AND returned)
         AS returned FROM came JOIN told USING (ticket_id, task) GROUP BY 1, 2)
SELECT rows.ticket_id, rows.holder, rows.holder = last.holder AS last,
       (first AT TIME ZONE 'Asia/Shanghai')::date, area, category,
       CASE WHEN out = 'exclude' THEN 'excluded' WHEN hung = 'hang' THEN 'hung' ELSE 'counted' END,
       mine::int, mine * a, mine * b, mine * c, mine * coalesce((data->>'solved' = 'yes')::int, 0),
       mine * coalesce((data->>'solved' = 'no')::int, 0),
       mine * coalesce((data->>'satisfied' = 'very')::int, 0),
       mine * coalesce((data->>'satisfied' = 'yes')::int, 0),
       mine * coalesce((data->>'satisfied' = 'basic')::int, 0),
       mine * coalesce((data->>'satisfied' = 'no')::int, 0), mine * again::int, mine * d, mine * e,
       mine * f, mine * g, rows.came, rows.returned
FROM rows JOIN head USING (ticket_id) JOIN last USING (ticket_id) JOIN clocks USING (ticket_id)
     LEFT JOIN answer USING (ticket_id),
     LATERAL (SELECT (rows.holder = last.holder)::int AS mine) AS whose
ORDER BY rows.ticket_id, rows.holder
"""
KEPT = f"""SELECT ticket_id, holder, last, day, area, category, status, {", ".join(COUNTERS)}
FROM tally_ticket ORDER BY ticket_id, holder"""
SUMS = f"""
SELECT kind, period, area, code, status, {", ".join(f"sum({name})" for name in COUNTERS)}
FROM (SELECT kind, period, CASE kind WHEN 'unit' THEN holder WHEN 'street' THEN left(area, 9)
             ELSE category END AS code, tally_ticket.*
      FROM tally_ticket, unnest(ARRAY['unit', 'street', 'category']) AS kinds (kind),
           LATERAL (VALUES (day::text), (left(day::text, 7))) AS periods (period)) AS parts
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
KEPT_SUMS = f"""
SELECT kind, period, area, code, status, {", ".join(COUNTERS)} FROM tally
WHERE {" OR ".join(f"{name} <> 0" for name in COUNTERS)} ORDER BY 1, 2, 3, 4, 5"""
