"""The keys of a district's month: who acts, with which scope, over which connection."""

from district import CITY, DISTRICT, OTHER_DISTRICT, STREET

AREAS = {"operator": [[CITY], [CITY], [STREET], [OTHER_DISTRICT]],
         "dispatcher": [[CITY], [DISTRICT], [OTHER_DISTRICT]],
         "supervisor": [[CITY], [DISTRICT], [OTHER_DISTRICT]]}


class Key:
    def __init__(self, client, role, areas=(), unit=None, org=None):
        self.client, self.role, self.areas, self.unit, self.org = client, role, areas, unit, org

    def __repr__(self):
        return f"{self.role} {self.unit or self.org or self.areas}"


class Keys:
    """Several keys of every role; each keeps its connection."""

    def __init__(self, daemon, registry):
        self.all = []
        for role, scopes in AREAS.items():
            for areas in scopes:
                self.add(daemon, role, areas=areas)
        for unit in sorted(registry.units):
            self.add(daemon, "unit", unit=unit)
            if unit == "heat":
                self.add(daemon, "unit", unit=unit)
        for org in sorted(registry.orgs):
            self.add(daemon, "org", org=org)
        self.city = {role: next(key for key in self.all if key.role == role) for role in AREAS}
        self.operator, self.supervisor = self.city["operator"], self.city["supervisor"]

    def add(self, daemon, role, **scope):
        self.all.append(Key(daemon.key(role, **scope), role, **scope))

    def of(self, *roles):
        return [key for key in self.all if key.role in roles]
