"""Claims, and what a month's people are refused: wrong roles, wrong scopes, wrong states."""

from month_model import LISTS
from moves import ROLES, TASK, TICKET
from reckon import instant


def some(dice, **weights):
    return dice.choices(list(weights), list(weights.values()))[0]


class Refusals:
    """Mixed into the month: needs its dice, keys, world, ask(), refuse()."""

    def table(self, task):
        return TASK if task else TICKET

    # ---- claims ----

    def claim(self, unit):
        """The most urgent first, then the earliest due; only assigned tasks that nobody holds."""
        key = next(one for one in self.keys.of("unit") if one.unit == unit)
        self.settle()  # a task that is being swept is passed over
        answer = key.client.post("/v1/claims", {"unit": unit, "max": self.dice.randint(1, 3),
                                                "lease_s": self.dice.randint(60, 3600)})
        assert answer.status == 200, answer
        self.asked["claim", 200] += 1
        tasks = {id: (ticket, task) for ticket in self.tickets.values() for id, task in ticket.tasks.items()
                 if task.unit == unit and task.state == "assigned" and not task.claimed(self.now)
                 and not ticket.hung}
        items = answer.json["items"]
        rank = {"critical": 0, "urgent": 1, "normal": 2}
        order = [(rank[one["task"]["urgency"]], instant(one["task"]["due"])) for one in items]
        assert order == sorted(order) and (items or not tasks)
        best = sorted(rank[ticket.sent["urgency"]] for ticket, _ in tasks.values())
        assert [one for one, _ in order] == best[:len(items)]
        for one in items:
            task = tasks[one["task"]["id"]][1]
            task.claim = (one["claim"], instant(one["lease_until"]))
        if items and self.dice.random() < 0.3:
            self.lease(key, tasks[items[0]["task"]["id"]][1])

    def lease(self, key, task):
        """Renewed, then released; a token that does not live is refused."""
        body = {"task": task.id, "claim": task.claim[0]}
        renewed = key.client.post("/v1/claims/renew", {**body, "lease_s": 600})
        assert renewed.status == 200, renewed
        task.claim = (task.claim[0], instant(renewed.json["lease_until"]))
        if self.dice.random() < 0.5:
            assert key.client.post("/v1/claims/release", body).status == 200
            task.claim = None
            assert key.client.post("/v1/claims/renew", {**body, "lease_s": 600}).status == 409

    # ---- what is refused ----

    def wrong(self, ticket):
        {"role": self.wrong_role, "scope": self.wrong_scope, "state": self.wrong_state}[
            some(self.dice, role=3, scope=3, state=4)](ticket)

    def body(self, move, task, ticket):
        body = self.table(task)[move][2]
        return {**body, "into": ticket.no} if move == "merge" else body

    def some_task(self, ticket):
        tasks = list(ticket.tasks.values())
        return self.dice.choice(tasks) if tasks and self.dice.random() < 0.6 else None

    def wrong_role(self, ticket):
        task = self.some_task(ticket)
        move = self.dice.choice(list(self.table(task)))
        roles = [role for role in ROLES if role not in self.table(task)[move][1].split() and role != "admin"]
        if roles:
            key = self.dice.choice(self.keys.of(self.dice.choice(roles)))
            self.ask(key, task.id if task else ticket.no, move, self.body(move, task, ticket), 403)

    def wrong_scope(self, ticket):
        task = self.some_task(ticket)
        move = self.dice.choice(list(self.table(task)))
        street = self.world.street(ticket)
        keys = [key for key in self.keys.of(*self.table(task)[move][1].split())
                if not self.sees(key, ticket, task) and not (move.startswith("reply/") and key.org == street)]
        if keys:
            self.ask(self.dice.choice(keys), task.id if task else ticket.no, move,
                     self.body(move, task, ticket), 404)

    def sees(self, key, ticket, task):
        """Also those that may see what they passed on, or what was raised to them: not judged here."""
        if self.world.reaches(key, ticket, task):
            return True
        return key.role == "org" and key.org not in ticket.barred and (
            key.org in ticket.orgs or self.registry.orgs[key.org]["kind"] in LISTS)

    def wrong_state(self, ticket):
        task = self.some_task(ticket)
        moves = [move for move in self.table(task) if move not in ticket.moves(task)]
        if not moves:
            return False
        move = self.dice.choice(moves)
        roles = self.table(task)[move][1].split()
        keys = [key for key in self.keys.of(*roles) if self.world.reaches(key, ticket, task)
                and not (key.role == "unit" and task and task.claimed(self.now))]
        if keys:
            self.refuse(self.dice.choice(keys), ticket, task, move, self.body(move, task, ticket))
        return bool(keys)
