"""The rules of clocks in plain Python, written from the specification (5 and 12): calendars, spans,
pauses, which policy applies, when reminders and escalations come."""

import datetime
import zoneinfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
UTC = datetime.timezone.utc
ONE = {"minute": datetime.timedelta(minutes=1), "hour": datetime.timedelta(hours=1),
       "day": datetime.timedelta(days=1), "working_hour": datetime.timedelta(hours=1)}
LEVELS = ["province", "city", "district", "street", "community"]
STAGES = ["sign", "contact", "resolve"]


def instant(text):
    """An RFC 3339 text as UTC, None stays None."""
    return None if text is None else datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).astimezone(UTC)


class Calendar:
    """What GET /v1/calendars/{code} shows."""

    def __init__(self, body):
        self.zone = zoneinfo.ZoneInfo(body["zone"])
        self.week, self.dated = body["week"], {one["date"]: one for one in body["overrides"]}
        self.version, self.kept = body["version"], {}

    def frames(self, date):
        """The working time of a local date as pairs of instants."""
        if date not in self.kept:
            texts, dated = self.week.get(DAYS[date.weekday()], []), self.dated.get(date.isoformat())
            if dated is not None and dated["kind"] == "holiday":
                texts = []
            elif dated is not None:
                texts = dated.get("frames") or self.week["mon"]
            self.kept[date] = [tuple(self.at(date, part) for part in text.split("-")) for text in texts]
        return self.kept[date]

    def at(self, date, time):
        hour, minute = map(int, time.split(":"))
        local = datetime.datetime(date.year, date.month, date.day, tzinfo=self.zone)
        return (local + datetime.timedelta(hours=hour, minutes=minute)).astimezone(UTC)

    def date(self, at):
        return at.astimezone(self.zone).date()

    def days(self, date, step=1):
        while True:
            yield date
            date += datetime.timedelta(days=step)

    def works(self, at):
        return any(begin <= at < end for begin, end in self.frames(self.date(at)))

    def due(self, start, span, pauses=()):
        """The due instant and what was counted; every pause has an end."""
        if span["unit"] == "working_day":
            return self.due_day(start, span["amount"], pauses)
        pieces = [(start, None)] if span["unit"] != "working_hour" else (
            (max(begin, start), end) for date in self.days(self.date(start))
            for begin, end in self.frames(date) if end > start)
        left, counted = span["amount"] * ONE[span["unit"]], []
        for begin, end in pieces:
            for since, to in unpaused(begin, end, pauses):
                to = since + left if to is None else min(to, since + left)
                merge(counted, since, to)
                left -= to - since
                if not left:
                    return to, counted

    def due_day(self, start, amount, pauses):
        counted, left = [], amount
        for date in self.days(self.date(start) + datetime.timedelta(days=1)):
            frames = self.frames(date)
            if not frames or any(since < end and begin < to and since != to
                                 for begin, end in frames for since, to in pauses):
                continue
            for begin, end in frames:
                merge(counted, begin, end)
            left -= 1
            if left == 0:
                return frames[-1][1], counted

    def before(self, due, span):
        """As much before due as a reminder says; a working day before is the start of that day."""
        if span["unit"] in ("minute", "hour", "day"):
            return due - span["amount"] * ONE[span["unit"]]
        date = self.date(due - datetime.timedelta(microseconds=1))
        left = span["amount"]
        if span["unit"] == "working_day":
            for date in self.days(date - datetime.timedelta(days=1), -1):
                left -= bool(self.frames(date))
                if not left:
                    return self.frames(date)[0][0]
        left *= ONE["hour"]
        for date in self.days(date, -1):
            for begin, end in reversed(self.frames(date)):
                end = min(end, due)
                if begin < end:
                    if end - begin >= left:
                        return end - left
                    left -= end - begin
        return None

    def in_time(self, at, start, due):
        """A reminder in closed time moves to the next frame's start or, if that is not before due, to
        the end of the frame before it, never before the start."""
        at = max(at, start)
        if self.works(at):
            return at
        for date in self.days(self.date(at)):
            for begin, end in self.frames(date):
                if begin > at:
                    return begin if begin < due else max(start, self.ended(at))
        return None

    def ended(self, at):
        for date in self.days(self.date(at), -1):
            for _, end in reversed(self.frames(date)):
                if end <= at:
                    return end
        return None


def merge(counted, begin, end):
    if counted and counted[-1][1] == begin:
        counted[-1] = (counted[-1][0], end)
    elif begin != end:
        counted.append((begin, end))


def unpaused(begin, end, pauses):
    """The parts of begin..end (None: no end) that no pause covers."""
    for since, to in sorted(pauses):
        if to <= begin or since == to:
            continue
        if end is not None and since >= end:
            break
        if since > begin:
            yield begin, since
        begin = max(begin, to)
        if end is not None and begin >= end:
            return
    yield begin, end


def applies(policy, area, category, urgency, kind, level):
    """How closely a policy fits, to be compared; None: not at all."""
    match = policy.get("match", {})
    areas = [len(code) for code in match.get("areas", [""]) if area.startswith(code)]
    categories = [len(code) for code in match.get("categories", [""])
                  if not code or category == code or category.startswith(code + ".")]
    exact = [name not in match or value in match[name] for name, value in
             (("urgencies", urgency), ("kinds", kind), ("levels", level))]
    if not areas or not categories or not all(exact):
        return None
    return (max(areas), max(categories), *(name in match for name in ("urgencies", "kinds", "levels")))


def choose(policies, **ticket):
    """The policy that applies: the closest, then the first by code."""
    fits = [(applies(one, **ticket), one) for one in sorted(policies, key=lambda one: one["code"])
            if one.get("status", "active") == "active"]
    return max(((rank, one) for rank, one in fits if rank is not None), key=lambda pair: pair[0])[1]


class Terms:
    """What one task runs under: its policy, its calendar, the pauses of its ticket."""

    def __init__(self, policy, calendar, pauses):
        self.policy, self.calendar, self.pauses = policy, calendar, pauses

    def span(self, stage, round_no):
        spans = self.policy["spans"]
        return spans.get("rehandle") or spans["resolve"] if stage == "resolve" and round_no > 1 \
            else spans.get(stage)

    def dues(self, arrived, start, round_no, granted, contact):
        """The three dues; sign and contact end no later than resolve."""
        if any(to is None for _, to in self.pauses):
            return dict.fromkeys(STAGES)
        resolve, _ = self.calendar.due(start, self.span("resolve", round_no), self.pauses)
        for span in granted:
            resolve, _ = self.calendar.due(resolve, span, self.pauses)
        found = {"resolve": resolve, "contact": None}
        for stage in ("sign", "contact") if contact else ("sign",):
            found[stage] = min(self.calendar.due(arrived, self.span(stage, round_no), self.pauses)[0],
                               resolve)
        return found

    def steps(self, stage, start, due):
        """All of a clock's steps: {(word, index): instant}."""
        found = {("overdue", 0): due}
        for index, one in enumerate(self.policy.get("reminders", [])):
            if one["stage"] != stage:
                continue
            at = start + one["share"] * (due - start) if one.get("share") else \
                self.calendar.before(due, one["before"])
            for since, to in sorted(self.pauses):
                at = to if since <= at < to else at
            if at < due:
                at = self.calendar.in_time(at, start, due)
            if at < due:
                found["remind", index] = at
        for index, one in enumerate(self.policy.get("escalation", [])):
            later = due if one["after"]["amount"] == 0 else \
                self.calendar.due(due, one["after"], self.pauses)[0]
            found[one["do"], index] = later
        return found
