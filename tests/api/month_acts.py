"""What people do with the tickets of a month, by the state they find them in."""

import datetime

from month_model import LISTS
from month_wrong import Refusals, some
from reckon import instant

REDO = [("01.01", 1), ("02.01", 1), ("05", 1), ("09", 1)]


class Acts(Refusals):
    """Mixed into the month: needs its dice, keys, world, ask(), refuse(), look()."""

    def key(self, role, ticket):
        """One of the keys of a role that reach the ticket."""
        return self.dice.choice([key for key in self.keys.of(role) if self.world.reaches(key, ticket)])

    def holder(self, ticket, task):
        """Somebody who may act for a task's unit or org; None: only barred ones could."""
        keys = [key for key in self.keys.of("unit", "org") if self.world.reaches(key, ticket, task)
                and self.world.holds(key, task)]
        first = [key for key in keys if (key.unit == task.unit if task.unit else key.org == task.org)]
        if first and self.dice.random() < 0.85:
            return self.dice.choice(first)
        return self.dice.choice(keys) if keys else None

    # ---- making a move and telling the model ----

    def ticket_move(self, key, ticket, move, body=None):
        """Done, and told to the model by `apply`; the answer must be what it then expects."""
        answer = self.ask(key, ticket.no, move, body)
        self.apply_ticket(key, ticket, move, body or {}, answer.json)
        self.compare(ticket, answer.json)

    def apply_ticket(self, key, ticket, move, body, shown):
        lead = ticket.lead()
        if move != "note":
            for task in ticket.tasks.values():
                task.claim = task.claim if move in ("urge", "supervise", "exclude", "include", "callback",
                                                    "close", "reopen", "rehandle") else None
        if move in ("cancel", "invalid", "merge", "close", "answer"):
            ticket.withdraw()
            ticket.final = {"cancel": "cancelled", "merge": "merged", "close": "closed",
                            "answer": "answered"}.get(move, move)
        elif move == "reopen":
            ticket.final = None
        elif move in ("hang", "unhang"):
            ticket.hung = move == "hang"
            if ticket.hung:
                ticket.pauses.append((self.now, None))
            else:
                ticket.pauses[-1] = (ticket.pauses[-1][0], self.now)
        elif move in ("exclude", "include"):
            ticket.excluded = move == "exclude"
        elif move == "callback":
            self.apply_callback(ticket, body, shown)
        elif move == "rehandle":
            self.expect_lead(ticket, shown, lead.round + 1, lead.unit, lead.org)
        elif move in ("dispatch", "redispatch"):
            ticket.withdraw()
            self.expect_lead(ticket, shown, lead.round if lead else self.round(ticket), body.get("unit"),
                             body.get("org"), designated=False)
        elif move == "amend":
            ticket.category = body.get("category", ticket.category)
            ticket.area = body.get("area", ticket.area)
            if body.get("reroute") and lead is not None:
                ticket.withdraw()
                self.expect_lead(ticket, shown, lead.round, None, None)

    def round(self, ticket):
        return max([one.round for one in ticket.leads()], default=1)

    def apply_callback(self, ticket, body, shown):
        lead = ticket.lead()
        if not body["reached"]:
            ticket.unreached += 1
            ticket.final = "closed" if ticket.unreached >= 3 else None
            return
        ticket.unreached = 0
        if body["solved"] == "yes":
            ticket.final = "closed"
        else:
            self.expect_lead(ticket, shown, lead.round + 1, lead.unit, lead.org)

    def expect_lead(self, ticket, shown, round_no, unit, org, designated=None):
        """The answer must show exactly one more lead, assigned; whom no one named is not known."""
        before = ticket.lead()
        fresh = [one for one in shown["tasks"] if one["id"] not in ticket.tasks]
        assert [(one["role"], one["round"], one["state"]) for one in fresh] == [
            ("lead", round_no, "assigned")], (shown, self.trace[-6:])
        [new] = fresh
        assert unit is None or new["unit"] == unit, new
        assert org is None or unit is not None or (new["unit"], new["org"]) == (None, org), new
        assert new["unit"] not in ticket.barred and new["org"] not in ticket.barred
        if unit is None and org is None:
            assert (new["unit"] or new["org"]) not in ticket.returners(), new
        ticket.adopt(fresh, self.now)
        task = ticket.tasks[new["id"]]
        self.settle_terms(ticket, task)
        if round_no > 1 and before is not None and before.round < round_no:
            task.designated = before.designated
        if designated is not None:
            task.designated = designated

    def task_move(self, key, ticket, task, move, body=None):
        body = dict(body or {})
        if key.role == "unit" and task.claimed(self.now):
            if self.dice.random() < 0.1:
                self.ask(key, task.id, move, {**body, **self.dice.choice([{}, {"claim": "no-such"}])}, 409)
            body["claim"] = task.claim[0]
        answer = self.ask(key, task.id, move, body)
        self.apply_task(key, ticket, task, move, body, answer.json)
        self.compare_task(task, answer.json)
        if key.role != "unit" and move != "note":
            task.claim = None
        if move in ("assist", "return/approve") or self.dice.random() < 0.1:
            self.look(ticket)

    def apply_task(self, key, ticket, task, move, body, shown):
        after = {"sign": "signed", "delegate": "assigned", "waive": "withdrawn", "reply": "replied",
                 "return": "return_requested", "reply/pass": "completed", "reply/reject": "signed",
                 "return/approve": "returned"}
        if move == "return":
            task.prior = task.state
        if move in ("return", "reply"):
            task.asked_org = key.org
        state, task.state = task.state, after.get(move, task.state)
        if move == "return/reject":
            task.state = task.prior
        if task.state not in ("signed", "return_requested"):
            task.asked = False
        if move == "contact" or (move == "reply" and not task.contacted):
            task.contacted, task.by_reply = True, move == "reply"
        elif move == "reply/reject" and task.by_reply:
            task.contacted = task.by_reply = False
        elif move == "extend":
            task.asked, task.asked_org = True, key.org
        elif move in ("extend/approve", "extend/reject"):
            task.asked = False
            task.granted += move == "extend/approve"
        elif move == "delegate":
            assert (shown["unit"], shown["org"]) == (body.get("unit"), body.get("org") or shown["org"])
            task.unit, task.org, task.arrived = shown["unit"], shown["org"], self.now
            task.claim, task.contacted, task.by_reply = None, False, False
            ticket.orgs.add(task.org)
        elif move == "assist":
            self.expect_assists(ticket, task, body["units"])
        elif move == "return/approve":
            self.returned(ticket, task, body)
        assert state != task.state or move in ("contact", "extend", "extend/approve", "extend/reject",
                                               "assist", "note", "delegate")

    def fetch(self, ticket):
        return self.keys.supervisor.client.get(f"/v1/tickets/{ticket.no}").json

    def expect_assists(self, ticket, task, units):
        fresh = [one for one in self.fetch(ticket)["tasks"] if one["id"] not in ticket.tasks]
        assert [(one["role"], one["round"], one["unit"], one["state"]) for one in fresh] == [
            ("assist", task.round, unit, "assigned") for unit in units]
        ticket.adopt(fresh, self.now)
        for one in fresh:
            self.settle_terms(ticket, ticket.tasks[one["id"]])

    def returned(self, ticket, task, body):
        task.claim = None
        if task.role == "assist":
            return
        self.expect_lead(ticket, self.fetch(ticket), task.round, body.get("unit") or task.proposed, None,
                         designated=ticket.returned() >= 2)

    # ---- what is due to be done ----

    def act(self, ticket):
        getattr(self, f"in_{ticket.state}", self.in_closed)(ticket)

    def any_time(self, ticket):
        """What goes in every open state."""
        move = some(self.dice, note=4, urge=3, supervise=2, amend=3, exclude=2, cancel=2, invalid=1, merge=1)
        if move == "note":
            return self.note(ticket)
        if move in ("urge", "supervise"):
            return self.ticket_move(self.key("supervisor", ticket), ticket, move, {"reason": "久拖"})
        if move == "amend":
            return self.amend(ticket)
        if move == "exclude":
            return self.exclude(ticket)
        if move == "merge":
            return self.merge(ticket)
        role = self.dice.choice(["operator", "dispatcher"])
        return self.ticket_move(self.key(role, ticket), ticket, move, {"reason": "来电人要求"})

    def note(self, ticket):
        tasks = [one for one in ticket.tasks.values() if one.state not in ("returned", "withdrawn")]
        body = {"text": "记一笔", "kind": self.dice.choice(["note", "instruction"])}
        if tasks and self.dice.random() < 0.6:
            task = self.dice.choice(tasks)
            key = self.holder(ticket, task)
            if key is not None:
                return self.task_move(key, ticket, task, "note", body)
        role = self.dice.choice(["operator", "dispatcher", "supervisor"])
        return self.ticket_move(self.key(role, ticket), ticket, "note", body)

    def exclude(self, ticket):
        key, move = self.key("supervisor", ticket), "include" if ticket.excluded else "exclude"
        if self.dice.random() < 0.3:
            self.refuse(key, ticket, None, "exclude" if ticket.excluded else "include", {"reason": "再议"})
        self.ticket_move(key, ticket, move, {"reason": "不合理诉求"})

    def amend(self, ticket):
        dice = self.dice
        body = {"reason": "听错", **dice.choice([{"category": dice.choice(REDO)[0]}, {"content": "补充内容"},
                                                {"area": ticket.area, "address": "二号楼"}])}
        if dice.random() < 0.5:
            body["reroute"] = True
        key = self.keys.city[dice.choice(["operator", "dispatcher"])]
        if body.get("reroute") and ticket.state not in ("triage", "dispatched", "handling"):
            return self.refuse(key, ticket, None, "amend", body)
        return self.ticket_move(key, ticket, "amend", body)

    def merge(self, ticket):
        key = self.keys.city["dispatcher"]
        others = [no for no, one in self.tickets.items() if not one.ended and one is not ticket]
        self.ask(key, ticket.no, "merge", {"into": ticket.no}, 422)
        if others:
            self.ticket_move(key, ticket, "merge", {"into": self.dice.choice(others)})

    def in_triage(self, ticket):
        move = some(self.dice, accept=45, unit=20, org=10, answer=12, any_time=13)
        key = self.key("dispatcher", ticket)
        if move == "any_time":
            return self.any_time(ticket)
        if move == "answer":
            return self.ticket_move(key, ticket, "answer", {"public_answer": "已答复", "note": "电话"})
        if ticket.barred and self.dice.random() < 0.4:
            self.ask(key, ticket.no, "dispatch", {"unit": ticket.barred[0]}, 422)
        return self.ticket_move(key, ticket, "dispatch", self.to(ticket, move))

    def to(self, ticket, what):
        """A unit or org by the dispatcher's choice, or what the daemon proposes."""
        if what == "unit":
            return {"unit": self.unit_for(ticket)}
        if what == "org":
            orgs = [code for code, one in sorted(self.registry.orgs.items())
                    if one["kind"] in LISTS and code not in ticket.barred]
            return {"org": self.dice.choice(orgs)}
        return {"accept": True}

    def unit_for(self, ticket, but=()):
        """Any that is not accused: nor its own org, which could not route to it."""
        return self.dice.choice([code for code, one in sorted(self.registry.units.items())
                                 if code not in ticket.barred and one.get("org") not in ticket.barred
                                 and code not in but])

    def in_dispatched(self, ticket):
        lead = ticket.lead()
        if lead.state == "return_requested":
            return self.decide_return(ticket, lead)
        if self.dice.random() < 0.12:
            return self.any_time(ticket)
        if self.dice.random() < 0.06:
            body = {**self.to(ticket, self.dice.choice(["unit", "org"])), "reason": "改派"}
            return self.ticket_move(self.key("dispatcher", ticket), ticket, "redispatch", body)
        return self.assigned(ticket, lead)

    def assigned(self, ticket, task):
        if task.unit is None and self.dice.random() < 0.8:
            return self.delegate(ticket, task)
        if self.dice.random() < 0.12:
            return self.give_back(ticket, task)
        if task.unit and self.dice.random() < 0.2:
            self.claim(task.unit)
        key = self.holder(ticket, task)
        return key and self.task_move(key, ticket, task, "sign")

    def delegate(self, ticket, task):
        """To a unit or org below; others are refused."""
        keys = [key for key in self.keys.of("org") if self.world.holds(key, task)
                and self.world.reaches(key, ticket, task)]
        if not keys:
            return None
        key = self.dice.choice(keys)
        orgs, units = self.world.reached[key.org]
        units = sorted(units | {code for code, one in self.registry.units.items() if one.get("org") in orgs})
        if ticket.barred and self.dice.random() < 0.3:
            self.ask(key, task.id, "delegate", {"unit": ticket.barred[0]}, 422)
        units = [one for one in units if one not in ticket.barred
                 and self.registry.units[one].get("org") not in ticket.barred]
        others = [one for one in sorted(orgs) if one not in (task.org, *ticket.barred)]
        if others and self.dice.random() < 0.15:
            return self.task_move(key, ticket, task, "delegate", {"org": self.dice.choice(others)})
        return units and self.task_move(key, ticket, task, "delegate", {"unit": self.dice.choice(units)})

    def give_back(self, ticket, task):
        """Within the window, the budgets, and never once designated."""
        key = self.holder(ticket, task)
        if key is None:
            return
        until, _ = self.calendar.due(task.arrived, task.policy["return_window"], ticket.pauses)
        body = {"reason": "not_mine", "basis": "职责清单"}
        task.proposed = None
        if self.dice.random() < 0.3:
            body["proposed_unit"] = task.proposed = self.unit_for(ticket, (task.unit,))
        refused = task.designated or ticket.returned(task.unit, task.org) >= 1 or ticket.returned() >= 2 \
            or until < self.now
        if not refused:
            self.task_move(key, ticket, task, "return", body)
        elif key.role == "unit" and task.claimed(self.now):
            self.ask(key, task.id, "return", body, 409)
        else:
            self.refuse(key, ticket, task, "return", body)

    def decide_return(self, ticket, task):
        key = self.key("dispatcher", ticket)
        if self.dice.random() < 0.4:
            return self.task_move(key, ticket, task, "return/reject", {"reason": "属职责范围"})
        body = {"unit": self.unit_for(ticket, (task.unit,))} if self.dice.random() < 0.5 else {}
        return self.task_move(key, ticket, task, "return/approve", body)

    def in_handling(self, ticket):
        lead = ticket.lead()
        if lead.state == "return_requested":
            return self.decide_return(ticket, lead)
        what = some(self.dice, work=75, any_time=7, hang=5, redispatch=2, assist=7, back=2, down=2)
        if what == "any_time":
            return self.any_time(ticket)
        if what == "hang" and ticket.state == "handling":
            body = {"reason": "等材料"}
            if self.dice.random() < 0.8:
                day = self.calendar.date(self.now) + datetime.timedelta(days=self.dice.randint(1, 9))
                body["review_on"] = day.isoformat()
            return self.ticket_move(self.key("supervisor", ticket), ticket, "hang", body)
        if what == "redispatch" and ticket.state == "handling":
            return self.ticket_move(self.key("dispatcher", ticket), ticket, "redispatch",
                                    {"unit": self.unit_for(ticket), "reason": "改派"})
        if what == "assist" and len(ticket.assists()) < 2:
            return self.call_in(ticket, lead)
        if what == "back":
            return self.give_back(ticket, lead)
        if what == "down":
            return self.delegate(ticket, lead)
        if any(one.open for one in ticket.assists()) and self.dice.random() < 0.5:
            return self.on_assist(ticket)
        return self.work(ticket, lead)

    def call_in(self, ticket, lead):
        units = [self.unit_for(ticket, (lead.unit,))]
        key = self.key("dispatcher", ticket)
        if lead.unit and self.dice.random() < 0.7:
            key = next(one for one in self.keys.of("unit") if one.unit == lead.unit)
        return self.task_move(key, ticket, lead, "assist", {"units": units})

    def work(self, ticket, task):
        """Contact, more time, the reply."""
        dice = self.dice
        if task.state != "signed":
            return {"return_requested": self.decide_return, "replied": self.review}.get(
                task.state, self.assigned)(ticket, task)
        if task.asked and dice.random() < 0.7:
            return self.decide_extension(ticket, task)
        key = self.holder(ticket, task)
        if key is None:
            return None
        if not task.contacted and dice.random() < 0.6:
            return self.task_move(key, ticket, task, "contact", {"how": "电话"})
        if dice.random() < 0.15:
            return self.extend(ticket, task, key)
        body = {"result": "已办结", "solved": dice.random() < 0.8}
        if dice.random() < 0.7:
            body["public_answer"] = "已处理"
        if dice.random() < 0.2:
            body["attachments"] = [{"name": "照片.jpg", "sha256": "ab" * 32}]
        if ticket.sent["kind"] == "complaint" and ticket.phone and (
                not task.contacted or task.by_reply):
            if not task.claimed(self.now):
                self.refuse(key, ticket, task, "reply", body)
            body["contacted_at"] = self.now.isoformat()
        return self.task_move(key, ticket, task, "reply", body)

    def extend(self, ticket, task, key):
        most, unit = (task.policy["extension"]["span"][name] for name in ("amount", "unit"))
        body = {"span": {"amount": self.dice.randint(1, most), "unit": unit}, "reason": "等配件"}
        late = instant(task.resolve_due) <= self.now
        if not (task.asked or late or task.granted >= task.policy["extension"]["times"]):
            if not task.claimed(self.now):
                self.ask(key, task.id, "extend", {**body, "span": {"amount": most + 1, "unit": unit}}, 422)
            return self.task_move(key, ticket, task, "extend", body)
        if not task.claimed(self.now):
            self.refuse(key, ticket, task, "extend", body)
        return None

    def decide_extension(self, ticket, task):
        key = self.key("dispatcher", ticket)
        if self.dice.random() < 0.3:
            return self.task_move(key, ticket, task, "extend/reject", {"reason": "时间足够"})
        span = {"span": {"amount": 1, "unit": task.policy["extension"]["span"]["unit"]}}
        return self.task_move(key, ticket, task, "extend/approve",
                              span if self.dice.random() < 0.3 else {"note": "同意"})

    def on_assist(self, ticket):
        task = self.dice.choice([one for one in ticket.assists() if one.open])
        if self.dice.random() < 0.1:
            return self.task_move(self.key("dispatcher", ticket), ticket, task, "waive", {"reason": "不需要"})
        return self.work(ticket, task)

    def review(self, ticket, task):
        """A dispatcher or the street decides; nobody on a reply of their own."""
        dice, pass_on = self.dice, self.dice.random() < 0.8
        move = "reply/pass" if pass_on else "reply/reject"
        body = {} if pass_on else {"reason": "不完整"}
        key, street = self.key("dispatcher", ticket), self.world.street(ticket)
        if street and dice.random() < 0.4:
            key = next(one for one in self.keys.of("org") if one.org == street)
            if key.org in (task.org, task.asked_org):
                return self.ask(key, task.id, move, body, 403)
        if pass_on and task.role == "lead" and any(one.open for one in ticket.assists()):
            self.refuse(key, ticket, task, move, body)
            return self.on_assist(ticket)
        return self.task_move(key, ticket, task, move, body)

    def in_rehandling(self, ticket):
        lead = ticket.lead()
        return self.in_handling(ticket) if lead.state == "signed" else self.work(ticket, lead)

    def in_replied(self, ticket):
        if any(one.open for one in ticket.assists()) and self.dice.random() < 0.7:
            return self.on_assist(ticket)
        if self.dice.random() < 0.06:
            return self.any_time(ticket)
        return self.review(ticket, ticket.lead())

    def in_completed(self, ticket):
        move = some(self.dice, yes=55, no=14, unreached=18, rehandle=5, close=5, any_time=3)
        operator = self.key("operator", ticket)
        if move in ("yes", "no"):
            body = {"reached": True, "contacted": True, "solved": move,
                    "satisfied": self.dice.choice(["very", "yes", "basic", "no"])}
            return self.ticket_move(operator, ticket, "callback", body)
        if move == "unreached":
            return self.ticket_move(operator, ticket, "callback", {"reached": False, "note": "无人接听"})
        if move == "rehandle":
            return self.ticket_move(operator, ticket, "rehandle", {"reason": "未办好"})
        if move == "close":
            return self.ticket_move(self.key("supervisor", ticket), ticket, "close", {"reason": "结案"})
        return self.any_time(ticket)

    def in_hung(self, ticket):
        if self.dice.random() < 0.3:
            return self.wrong_state(ticket) or self.note(ticket)
        if self.dice.random() < 0.1:
            return self.any_time(ticket)
        return self.ticket_move(self.key("supervisor", ticket), ticket, "unhang", {"note": "材料已到"})

    def in_closed(self, ticket):
        move = some(self.dice, reopen=3, exclude=3, note=4)
        if move == "reopen" and ticket.state == "closed":
            return self.ticket_move(self.key("supervisor", ticket), ticket, "reopen", {"reason": "来电反映"})
        return self.exclude(ticket) if move == "exclude" else self.note(ticket)
