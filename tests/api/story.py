"""Random histories of tickets under a set clock: what operators, units, streets and dispatchers do, and
what they leave undone."""

import collections
import random

from district import CITY, FAR, HOME, NEXT_DOOR, OTHER_DISTRICT, STREET, do
from moves import SPAN, lead

CATEGORIES = ["01.01.01", "02.01", "02", "03.01", "05", "06", "07", "08", "09"]
AREAS = [HOME, HOME, NEXT_DOOR, FAR, STREET, "140213", OTHER_DISTRICT, "140214001"]
UNITS = ["heat", "bureau", "home", "cafe", "shop"]
PAUSES = [0, 0, 1, 7, 30, 90, 200, 600, 1500]  # minutes


class Story:
    def __init__(self, district, seed):
        self.district, self.random = district, random.Random(seed)
        self.tickets, self.done = [], collections.Counter()
        self.asked = set()  # tasks with a request for more time, by now or before
        self.city = district.client("supervisor", areas=[CITY])

    def submit(self):
        pick = self.random.choice
        more = {"petitioner": {"phone": "13800000000"}} if self.random.random() < 0.7 else {}
        then = "triage" if self.random.random() < 0.1 else "dispatch"
        made = self.district.submit(kind=pick(["help", "complaint", "report"]), then=then,
                                    category=pick(CATEGORIES), area=pick(AREAS),
                                    urgency=pick(["normal", "normal", "critical"]), **more)
        self.tickets.append(made["no"])

    def holder(self, task):
        if task["unit"]:
            return self.district.unit(task["unit"])
        return self.district.org(task["org"])

    def on_task(self, task, state):
        """Moves that may be made on a lead task: (client, path, move, body)."""
        pick, path, dispatcher = self.random.choice, task["id"], self.district.dispatcher
        holder = self.holder(task)
        found = []
        if state == "assigned":
            found = [(holder, "sign", {})] * 4 + [(holder, "return", {"reason": "not_mine"})]
        elif state == "signed":
            found = [(holder, "contact", {"how": "电话"})] * 2 + [
                (holder, "reply", {"result": "已办", "contacted_at": self.now()})] * 3 + [
                (holder, "return", {"reason": "not_mine"}),
                (holder, "extend", {"span": SPAN, "reason": "等"})]
            if path in self.asked:
                found += [(dispatcher, pick(["extend/approve", "extend/reject"]), {})] * 9
        elif state == "replied":
            found = [(dispatcher, "reply/pass", {})] * 3 + [
                (dispatcher, "reply/reject", {"reason": "不全"})]
        elif state == "return_requested":
            found = [(dispatcher, "return/approve", {"unit": pick(UNITS)}),
                     (dispatcher, "return/approve", {}), (dispatcher, "return/reject", {})]
        if state in ("assigned", "signed") and not task["unit"]:
            found += [(self.district.org(task["org"]), "delegate", {"unit": pick(UNITS)})] * 3
            found += [(self.district.org("al-1"), "delegate", {"org": "cm-1"})]
        return [(client, f"/v1/tasks/{path}/{move}", body) for client, move, body in found]

    def on_ticket(self, no, state):
        pick, district = self.random.choice, self.district
        operator, dispatcher, supervisor = (district.operator, district.dispatcher,
                                            district.supervisor)
        found = [(supervisor, pick(["exclude", "include"]), {"reason": "不合理诉求"})]
        if state == "triage":
            found += [(dispatcher, "dispatch", {"unit": pick(UNITS)})] * 4
            found += [(dispatcher, "dispatch", {"accept": True})] * 4
        if state in ("dispatched", "handling"):
            found += [(dispatcher, "redispatch", {"unit": pick(UNITS), "reason": "改"}),
                      (dispatcher, "redispatch", {"reason": "改"}),
                      (dispatcher, "amend", {"category": pick(CATEGORIES), "reason": "更正"}),
                      (operator, "amend", {"area": pick(AREAS), "reason": "更正"}),
                      (operator, "cancel", {"reason": "撤"}), (operator, "invalid", {"reason": "空"}),
                      (dispatcher, "merge", {"into": pick(self.tickets), "reason": "同"})]
        if state == "handling":
            found += [(supervisor, "hang", {"reason": "管网改造"})] * 3
        if state == "hung":
            found += [(supervisor, "unhang", {"reason": "可办"})] * 3
        if state == "completed":
            answer = {"reached": True, "solved": pick(["yes", "yes", "no"])}
            if self.random.random() < 0.8:
                answer["satisfied"] = pick(["very", "yes", "basic", "no"])
            found += [(operator, "callback", answer)] * 8 + [
                (operator, "callback", {"reached": False}), (supervisor, "close", {}),
                (operator, "rehandle", {"reason": "未办好"})]
        if state == "closed":
            found += [(supervisor, pick(["reopen", "erase"]), {"reason": "有误"})]
        return [(client, f"/v1/tickets/{no}/{move}", body) for client, move, body in found]

    def now(self):
        return self.district.clock.at.isoformat()

    def move(self):
        lately = self.tickets[-8:] if self.random.random() < 0.8 else self.tickets
        no = self.random.choice(lately)
        shown = self.district.show(no)
        found = []
        if self.random.random() < 0.8 and any(one["role"] == "lead" for one in shown["tasks"]):
            task = lead(shown)
            found = self.on_task(task, task["state"])
        client, path, body = self.random.choice(found or self.on_ticket(no, shown["state"]))
        done = client.post(path, body)
        assert done.status in (200, 403, 404, 409, 422), (path, body, done)
        if done.status == 200 and path.endswith("/extend"):
            self.asked.add(path.split("/")[3])
        if done.status == 200:
            self.done[path.partition("/v1/")[2].split("/", 2)[2]] += 1

    def extend_late(self):
        """One that is asked for in time and granted only when it is overdue."""
        made = self.district.submit(category="02.01")
        task, bureau = made["tasks"][0]["id"], self.district.unit("bureau")
        do(bureau, task, "sign")
        do(bureau, task, "extend", {"span": SPAN, "reason": "等"})
        self.district.clock.set(made["tasks"][0]["resolve_due"])
        self.district.clock.move(minutes=1)
        self.district.daemon.wait_for(
            lambda: "resolve" in bureau.get(f"/v1/tasks/{task}").json["overdue"])
        do(self.district.dispatcher, task, "extend/approve")
        self.tickets.append(made["no"])

    def hang_between(self):
        """One that is hung over working hours, twice, before it is answered."""
        made = self.district.submit(category="02.01")
        task, bureau = made["tasks"][0]["id"], self.district.unit("bureau")
        do(bureau, task, "sign")
        for _ in range(2):
            do(self.district.supervisor, made["no"], "hang", {"reason": "管网改造"})
            self.district.clock.move(hours=29)
            do(self.district.supervisor, made["no"], "unhang", {"reason": "可办"})
            self.district.clock.move(hours=24)
        do(bureau, task, "reply", {"result": "已办", "contacted_at": self.now()})
        do(self.district.dispatcher, task, "reply/pass")
        self.tickets.append(made["no"])

    def go_on(self, steps):
        for _ in range(steps):
            if len(self.tickets) < 3 or self.random.random() < 0.12:
                self.submit()
            else:
                self.move()
            if self.random.random() < 0.4:
                self.district.clock.move(minutes=self.random.choice(PAUSES))


def position_of(events, event_id):
    """How many events there are up to and with that one."""
    return next(place for place, one in enumerate(events, 1) if one["id"] == event_id)
