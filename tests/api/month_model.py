"""A small model of the state machine of tickets and tasks, written from the specification (6, 10): what a
driver knows of the tickets it has made, so that it can tell what every move must be answered with."""

from moves import CLOSED, TASK, TASKS_OPEN, TICKET, allowed

LISTS = ("city_conference", "district_conference", "street_alliance", "community_committee")


class Task:
    """One share of a ticket, as a client of the API sees it."""

    def __init__(self, shown, now):
        self.id, self.role, self.round = shown["id"], shown["role"], shown["round"]
        self.unit, self.org, self.state = shown["unit"], shown["org"], shown["state"]
        self.resolve_due, self.arrived, self.prior = shown["resolve_due"], now, None
        self.level = shown["level"]
        self.claim = None  # token, until
        self.asked, self.granted, self.designated = False, 0, False
        self.contacted, self.by_reply, self.asked_org = False, False, None
        self.policy, self.proposed = None, None

    @property
    def open(self):
        return self.state in TASKS_OPEN

    def claimed(self, now):
        return self.claim is not None and now < self.claim[1]


class Ticket:
    def __init__(self, sent, shown, barred, now):
        self.sent, self.no, self.barred, self.made = sent, shown["no"], barred, now
        self.area, self.category = sent["area"], sent["category"]
        who = sent.get("petitioner") or {}
        self.phone = bool(who.get("phone")) and sent["kind"] != "report" and not who.get("secret")
        self.final, self.hung, self.excluded, self.unreached = None, False, False, 0
        self.tasks, self.version = {}, shown["version"]
        self.pauses, self.orgs = [], set()  # orgs: all that ever had a task
        if shown["state"] == "answered":
            self.final = "answered"
        self.adopt(shown["tasks"], now)

    def adopt(self, shown, now):
        for one in shown:
            if one["id"] not in self.tasks:
                self.tasks[one["id"]] = Task(one, now)
                self.orgs.add(one["org"])

    def leads(self):
        return [one for one in self.tasks.values() if one.role == "lead"]

    def lead(self):
        found = [one for one in self.leads() if one.state not in ("returned", "withdrawn")]
        return found[-1] if found else None

    def assists(self):
        return [one for one in self.tasks.values() if one.role == "assist"]

    @property
    def state(self):
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
        return "handling" if state == "signed" else "dispatched"

    def moves(self, task=None):
        """What the answer 409 must list."""
        if task is None:
            return allowed(TICKET, self.state)
        return {"note"} if self.hung else allowed(TASK, task.state)

    def allows(self, move, task=None):
        return move in self.moves(task)

    def withdraw(self):
        for task in self.tasks.values():
            if task.open:
                task.state, task.asked = "withdrawn", False

    def returned(self, unit=None, org=None):
        """How often tasks of the ticket were returned: by a unit, by an org without one, in all."""
        back = [one for one in self.tasks.values() if one.state == "returned"]
        if unit is None and org is None:
            return len(back)
        return sum(one.unit == unit if unit else one.unit is None and one.org == org for one in back)

    def returners(self):
        return {one.unit or one.org for one in self.tasks.values() if one.state == "returned"}

    @property
    def ended(self):
        return self.state in CLOSED


class World:
    """Who reaches what (spec 10)."""

    def __init__(self, registry):
        self.registry = registry
        self.reached = {code: registry.below(code) for code in registry.orgs}

    def barred(self, unit):
        """The accused and its own org, unless that merely lists members."""
        if unit is None:
            return []
        org = self.registry.units[unit].get("org")
        own = org and self.registry.orgs[org]["kind"] not in LISTS
        return [unit, org] if own else [unit]

    def street(self, ticket):
        return self.registry.org_over("street", ticket.area, ticket.barred)

    def holds(self, key, task):
        """The task is the key's own to move, not only to see."""
        if key.role == "unit":
            return task.unit == key.unit
        orgs, units = self.reached[key.org]
        return task.unit in units or task.org in orgs

    def reaches(self, key, ticket, task=None):
        """The key sees the ticket or task, apart from orgs that still see what they passed on."""
        if key.role in ("operator", "dispatcher", "supervisor"):
            return any(ticket.area.startswith(area) for area in key.areas)
        if (key.unit or key.org) in ticket.barred:
            return False
        tasks = [task] if task else [one for one in ticket.tasks.values()
                                     if one.state not in ("returned", "withdrawn")]
        return any(self.holds(key, one) for one in tasks)
