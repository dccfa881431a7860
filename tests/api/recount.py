"""A second bookkeeper: rebuilds from the event feed alone what tickets and tasks, their clocks and lists
must be (spec 5, 6, 12), and says which event could not have been written. It shares nothing with the
daemon and knows nothing of who drove it."""

from reckon import LEVELS, STAGES, Terms, choose, instant

STEPS = ["remind", "overdue", "urge", "supervise", "level_up"]
FINAL = {"answer": "answered", "cancel": "cancelled", "merge": "merged", "invalid": "invalid",
         "close": "closed"}
OPEN_TASKS = ("assigned", "signed", "replied", "return_requested")
RUNNING = ("assigned", "signed", "return_requested")
# Moves before which whatever is due on the task has happened already.
CATCHES_UP = {"sign", "contact", "delegate", "assist", "waive", "return", "return/approve", "return/reject",
              "extend", "extend/approve", "extend/reject", "reply", "reply/pass", "reply/reject", "note",
              "withdraw"}


class Registry:
    """What figures and feeds go by: units, orgs, resources; policies and calendars of every version."""

    def __init__(self, units, orgs, resources):
        self.units = {one["code"]: one for one in units}
        self.orgs = {one["code"]: one for one in orgs}
        self.resources = {one["code"]: one for one in resources}
        self.policies, self.calendars, self.present = {}, {}, []

    def learn(self, policies, calendar):
        """What holds from now on."""
        self.present = policies
        self.policies.update({(one["code"], one["version"]): one for one in policies})
        self.calendars[calendar.version] = calendar

    def org_over(self, level, area, barred):
        kind = {"city": "city_conference", "district": "district_conference", "street": "street_alliance",
                "community": "community_committee"}[level]
        found = [(max(len(code) for code in one["areas"] if area.startswith(code)), one["code"])
                 for one in self.orgs.values() if one["kind"] == kind and one["code"] not in barred
                 and any(area.startswith(code) for code in one["areas"])]
        return max(found)[1] if found else None

    def below(self, org):
        """Orgs and units that an org's key reaches."""
        orgs = {org}
        while True:
            more = {one["code"] for one in self.orgs.values() if one.get("parent") in orgs} - orgs
            if not more:
                return orgs, {one["code"] for one in self.units.values()
                              if orgs & set(one.get("joined", []))}
            orgs |= more


class Task:
    def __init__(self, ticket, event):
        data = event["data"]
        self.ticket, self.id, self.state, self.prior = ticket, event["task"], None, None
        self.role, self.round, self.unit, self.org = (data[name] for name in ("role", "round", "unit", "org"))
        self.resource, self.level, self.seen_by = data["resource"], data["level"], []
        self.dispatched = self.arrived = instant(event["at"])
        self.start, self.granted, self.asked = self.arrived, [], None
        self.met, self.by_reply, self.fired, self.overdue = {}, False, {}, set()
        self.contact, self.version, self.dues = data["contact_due"] is not None, 0, {}
        self.policy = (data["policy"], data["policy_version"])
        self.calendar = data["calendar_version"]
        self.ended = None

    def terms(self):
        registry = self.ticket.registry
        return Terms(registry.policies[self.policy], registry.calendars[self.calendar], self.ticket.pauses)

    def reckon(self):
        return self.terms().dues(self.arrived, self.start, self.round, self.granted, self.contact)

    def open(self, stage):
        return self.dues.get(stage) is not None and stage not in self.met and (
            self.state in RUNNING)

    def started(self, stage):
        return self.start if stage == "resolve" else self.arrived

    def steps(self, stage):
        """All steps of a stage under its present due, kept until the due moves: no reminder of one
        that was before the task came."""
        key = (stage, self.dues[stage], self.started(stage), tuple(self.ticket.pauses), self.arrived)
        if self.kept_steps.get(stage, (None,))[0] != key:
            steps = self.terms().steps(stage, key[2], key[1])
            self.kept_steps[stage] = (key, {one: at for one, at in steps.items()
                                            if one[0] != "remind" or self.arrived < self.dues[stage]})
        return self.kept_steps[stage][1]

    @property
    def kept_steps(self):
        return self.__dict__.setdefault("steps_of", {})

    def missing(self, now):
        """Steps that should have happened by now."""
        return [(stage, step, at) for stage in STAGES if self.open(stage)
                for step, at in self.steps(stage).items()
                if at <= now and step not in self.fired.get(stage, ())]

    def refresh(self, now):
        """After pauses or spans changed: the dues that moved, the marks that fell."""
        fresh, moved, lifted = self.reckon(), False, []
        for stage in STAGES:
            if stage in self.met or fresh[stage] == self.dues[stage]:
                continue
            self.dues[stage], moved = fresh[stage], True
            if fresh[stage] is None:
                continue
            steps = self.steps(stage)
            self.fired[stage] = {one for one in self.fired.get(stage, ()) if steps.get(one, now) <= now
                                 and one in steps}
            if stage in self.overdue and now < fresh[stage]:
                self.overdue.discard(stage)
                lifted.append(stage)
        return moved, lifted

    def told(self):
        return {f"{stage}_due": self.dues[stage] for stage in STAGES}


class Ticket:
    def __init__(self, registry, event):
        self.registry, self.no, self.id = registry, event["no"], event["origin"]["id"]
        self.kind, self.urgency, self.category, self.area = (
            event["data"][name] for name in ("kind", "urgency", "category", "area"))
        self.received, self.final, self.hung, self.excluded = instant(event["at"]), None, False, False
        self.tasks, self.pauses, self.version, self.at = {}, [], 0, instant(event["at"])
        self.transfers, self.unreached, self.due_events, self.review = 0, 0, [], None
        self.copied, self.barred, self.callbacks, self.ended = False, [], [], None
        self.first = []  # what was dispatched with the receipt
        self.rehandling, self.last_lead = False, None

    def lead(self):
        leads = [one for one in self.tasks.values()
                 if one.role == "lead" and one.state not in ("returned", "withdrawn")]
        return leads[-1] if leads else None

    def state(self):
        """Derived, the first that holds (spec 6)."""
        lead = self.lead()
        if self.final:
            return self.final
        if self.hung:
            return "hung"
        if lead is None:
            return "triage"
        state = lead.prior if lead.state == "return_requested" else lead.state
        if state in ("completed", "replied"):
            return state
        if lead.round > 1:
            return "rehandling"
        return {"signed": "handling", "assigned": "dispatched"}[state]


class Recount:
    """Folds events; `wrong` says what could not have happened."""

    def __init__(self, registry):
        self.registry, self.tickets, self.by_id, self.wrong = registry, {}, {}, []
        self.taken, self.most, self.counts = {}, {}, {}
        self.visible = []  # per event: the task's unit, org, seen_by, the district's copy

    def fault(self, event, why):
        self.wrong.append((why, event))

    def check(self, event, right, why):
        if not right:
            self.fault(event, why)

    def add(self, event):
        ticket = self.by_id.get(event["origin"]["id"])
        if event["move"] == "receive":
            self.check(event, ticket is None, "received twice")
            ticket = self.tickets[event["no"]] = self.by_id[event["origin"]["id"]] = Ticket(
                self.registry, event)
        at = instant(event["at"])
        self.counts[event["move"]] = self.counts.get(event["move"], 0) + 1
        self.check(event, event["no"] == ticket.no and event["seq"] == ticket.version + 1, "out of order")
        # A sweep that began before the clock was set, but came after a move, tells the time it began at.
        swept = event["by"]["role"] == "daemon" and event["move"] in (*STEPS, "review")
        self.check(event, at >= ticket.at or swept, "back in time")
        ticket.version, ticket.at = event["seq"], max(at, ticket.at)
        if ticket.due_events:
            self.check(event, self.same(ticket.due_events.pop(0), event), "clocks moved otherwise")
        task = ticket.tasks.get(event["task"])
        if event["task"] and task is None:
            self.check(event, event["move"] == "dispatch", "a task from nowhere")
            task = ticket.tasks[event["task"]] = Task(ticket, event)
        if task is None:
            self.on_ticket(ticket, event, at)
        else:
            self.on_task(ticket, task, event, at)
        self.see(ticket, task, event)

    @staticmethod
    def same(expected, event):
        task, move, data = expected
        found = {name: instant(value) if name.endswith("due") else value
                 for name, value in event["data"].items() if name in data}
        return (event["task"], event["move"], found) == (task.id, move, data)

    # ---- tickets ----

    def on_ticket(self, ticket, event, at):
        move, data = event["move"], event["data"]
        if move != "receive":
            self.check(event, event["from"] == ticket.state(), "from another state")
        if move in FINAL:
            ticket.final, ticket.ended = FINAL[move], at
            self.check(event, event["to"] == ticket.final, "to another state")
        elif move == "reopen":
            ticket.final = ticket.ended = None
        elif move in ("hang", "unhang"):
            self.on_hang(ticket, event, at)
        elif move in ("exclude", "include"):
            self.check(event, ticket.excluded != (move == "exclude"), "twice")
            ticket.excluded = move == "exclude"
        elif move == "amend":
            self.check(event, all(data["old"][name] == getattr(ticket, name) for name in
                                  ("category", "area") if name in data["old"]), "another old value")
            ticket.category = data.get("category", ticket.category)
            ticket.area = data.get("area", ticket.area)
            ticket.transfers += bool(data.get("reroute")) and ticket.lead() is not None
        elif move == "redispatch":
            ticket.transfers += 1
        elif move == "callback":
            ticket.unreached = 0 if data["reached"] else ticket.unreached + 1
            ticket.callbacks.append((at, ticket.lead(), data))
        if move == "rehandle":
            ticket.last_lead = ticket.lead()
        ticket.rehandling = move == "rehandle"

    def on_hang(self, ticket, event, at):
        ticket.hung = event["move"] == "hang"
        if ticket.hung:
            ticket.pauses.append((at, None))
            self.plan_review(ticket, event, at)
        else:
            ticket.pauses[-1] = (ticket.pauses[-1][0], at)
            self.check(event, ticket.review is None or ticket.review > at, "no review before")
            ticket.review = None
        for task in ticket.tasks.values():
            if task.state in OPEN_TASKS:
                self.expect_clocks(ticket, task, event["move"], at)

    def plan_review(self, ticket, event, at):
        lead = ticket.lead()
        calendar = lead.terms().calendar
        days = lead.terms().policy.get("rules", {}).get("hang", {}).get("review_days", 30)
        text = event["data"].get("review_on")
        today = calendar.date(at)
        day = today.fromisoformat(text) if text else today.fromordinal(today.toordinal() + int(days))
        frames = calendar.frames(day)
        ticket.review = frames[0][0] if frames else calendar.at(day, "00:00")

    def expect_clocks(self, ticket, task, reason, at):
        moved, lifted = task.refresh(at)
        if moved:
            ticket.due_events.append((task, "clocks", {"reason": reason, **task.told()}))
        for stage in lifted:
            ticket.due_events.append((task, "overdue_lifted", {"stage": stage, "due": task.dues[stage]}))

    # ---- tasks ----

    def on_task(self, ticket, task, event, at):
        move, data = event["move"], event["data"]
        task.version += 1
        self.check(event, event["from"] == task.state, "from another state")
        if move in CATCHES_UP:
            self.check(event, not task.missing(at), f"came before {task.missing(at)}")
        if event["by"]["role"] == "daemon" and "stage" in data and move in STEPS:
            self.on_step(ticket, task, event, at)
        elif move == "level_up":
            self.raise_level(task, event)
        elif move == "review":
            self.check(event, ticket.hung and ticket.review is not None and ticket.review <= at
                       and task is ticket.lead(), "a review that was not due")
            ticket.review = None
        was_open = task.state in OPEN_TASKS
        if move == "return":
            task.prior = task.state
        if move == "return/reject":
            self.check(event, event["to"] == task.prior, "not the state before")
        task.state = event["to"]
        getattr(self, f"on_{move.replace('/', '_')}", lambda *_: None)(ticket, task, event, at)
        if task.state not in ("signed", "return_requested"):
            task.asked = None
        if was_open and task.state not in OPEN_TASKS:
            task.ended = at
            if task.resource:
                self.take(task.resource, -1)

    def take(self, resource, more):
        self.taken[resource] = self.taken.get(resource, 0) + more
        self.most[resource] = max(self.most.get(resource, 0), self.taken[resource])

    def on_dispatch(self, ticket, task, event, at):
        leads = [one for one in ticket.tasks.values()
                 if one.role == "lead" and one.round == task.round and one is not task]
        if leads:
            task.start, task.granted = leads[0].start, list(leads[-1].granted)
        elif task.role == "lead" and task.round > 1:
            task.seen_by = list(ticket.last_lead.seen_by)  # handled again: who oversaw it still does
        chosen = choose(self.registry.present, area=ticket.area, category=ticket.category,
                        urgency=ticket.urgency, kind=ticket.kind, level=task.level)
        self.check(event, (chosen["code"], chosen["version"]) == task.policy, "under another policy")
        if event["seq"] == len(ticket.first) + 2:
            ticket.first.append(event["data"])
        task.dues = task.reckon()
        told = {f"{stage}_due": instant(event["data"][f"{stage}_due"]) for stage in STAGES}
        self.check(event, told == task.told(), f"other dues than {task.told()}")
        if task.resource:
            self.check(event, self.registry.resources[task.resource]["unit"] == task.unit,
                       "another's resource")
            self.take(task.resource, 1)
        self.check(event, task.unit not in ticket.barred and task.org not in ticket.barred, "the accused")
        unit, org = self.registry.units.get(task.unit), self.registry.orgs[task.org]
        if task.role == "lead" and not (ticket.rehandling and task.round > 1):
            ticket.copied |= unit["kind"] in ("community", "street_office") if unit else \
                org["kind"] in ("community_committee", "street_alliance")
        ticket.rehandling = False

    def on_delegate(self, ticket, task, event, at):
        data = event["data"]
        if task.org not in task.seen_by:
            task.seen_by.append(task.org)
        task.unit, task.org = data.get("unit"), data.get("org") or self.target(ticket, data["unit"])
        task.arrived = at
        for stage in ("sign", "contact"):
            task.met.pop(stage, None)
            task.fired.pop(stage, None)
            task.overdue.discard(stage)
        dues = task.reckon()
        task.dues.update({stage: dues[stage] for stage in ("sign", "contact")})
        told = {f"{stage}_due": instant(data[f"{stage}_due"]) for stage in STAGES}
        self.check(event, told == task.told(), f"other dues than {task.told()}")

    def target(self, ticket, unit):
        """The routing target of a unit: its org, or the street of its address (spec 2)."""
        found = self.registry.units[unit]
        if found["formation"] != "none":
            return found["org"]
        for level in ("street", "district", "city"):
            org = self.registry.org_over(level, found["area"], ticket.barred)
            if org:
                return org
        return None

    def on_sign(self, ticket, task, event, at):
        task.met["sign"] = at

    def on_contact(self, ticket, task, event, at):
        if "contact" not in task.met:
            task.met["contact"] = at

    def on_reply(self, ticket, task, event, at):
        task.met["resolve"], task.by_reply = at, "contact" not in task.met
        if task.by_reply:
            task.met["contact"] = at

    def on_reply_reject(self, ticket, task, event, at):
        del task.met["resolve"]
        if task.by_reply:
            del task.met["contact"]
        self.expect_clocks(ticket, task, "reply/reject", at)

    def on_extend(self, ticket, task, event, at):
        self.check(event, task.asked is None and task.dues["resolve"] > at, "asked too late or twice")
        task.asked = event["data"]["span"]

    def on_extend_approve(self, ticket, task, event, at):
        self.check(event, task.asked is not None, "nobody had asked")
        task.granted.append(event["data"].get("span") or task.asked)
        task.asked = None
        self.expect_clocks(ticket, task, "extend", at)

    def on_extend_reject(self, ticket, task, event, at):
        self.check(event, task.asked is not None, "nobody had asked")
        task.asked = None

    def on_return_approve(self, ticket, task, event, at):
        ticket.transfers += task.role == "lead"

    # ---- what the daemon does by itself ----

    def on_step(self, ticket, task, event, at):
        move, stage = event["move"], event["data"]["stage"]
        self.check(event, not ticket.hung, "while hung")
        if not task.open(stage):
            return self.fault(event, "the clock does not run")
        steps, fired = task.steps(stage), task.fired.setdefault(stage, set())
        self.check(event, instant(event["data"]["due"]) == task.dues[stage], "another due")
        left = sorted((when, step) for step, when in steps.items()
                      if step[0] == move and step not in fired)
        if not left:
            return self.fault(event, "once too often")
        when, step = left[0]
        self.check(event, when <= at, f"before {when}")
        earlier = [one for one, then in steps.items() if then < when and one not in fired]
        self.check(event, not earlier, f"before {earlier}")
        if move == "remind":
            calendar = task.terms().calendar
            self.check(event, calendar.works(when) or when == task.started(stage)
                       or any(when == end for _, end in calendar.frames(calendar.date(when))),
                       "a reminder in closed time")
        fired.add(step)
        if move == "overdue":
            task.overdue.add(stage)
        if move == "level_up":
            self.raise_level(task, event)
        return None

    def raise_level(self, task, event):
        if task.level == "city":
            return self.check(event, "level" not in event["data"], "above the city")
        task.level = LEVELS[LEVELS.index(task.level) - 1]
        self.check(event, event["data"].get("level") == task.level, "another level")
        org = self.registry.org_over(task.level, task.ticket.area, task.ticket.barred)
        if org and org != task.org and org not in task.seen_by:
            task.seen_by.append(org)
        return None

    # ---- who sees it ----

    def see(self, ticket, task, event):
        copy = self.registry.org_over("district", ticket.area, ticket.barred) if ticket.copied else None
        self.visible.append((event["id"], ticket, task and task.unit, task and task.org,
                             tuple(task.seen_by) if task else (), copy))

    def seen(self, units, orgs, own):
        """Ids of the events that a unit's or org's key gets."""
        return [event for event, ticket, unit, org, seen_by, copy in self.visible
                if own not in ticket.barred and (unit in units or org in orgs or copy in orgs
                                                 or orgs & set(seen_by))]
