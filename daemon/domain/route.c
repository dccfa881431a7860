/* The decision: who gets the ticket, by which right, and what it was based on. */
#include <assert.h>
#include <string.h>

#include "domain/match.h"

/* The level of an org: the ladder's rungs by kind, others by the area they cover; -1: cannot be
 * told. */
static int level_of_org(const struct org *org)
{
    static const int by_kind[] = {
        [ORG_CITY_CONFERENCE] = LEVEL_CITY,
        [ORG_DISTRICT_CONFERENCE] = LEVEL_DISTRICT,
        [ORG_STREET_ALLIANCE] = LEVEL_STREET,
        [ORG_COMMUNITY_COMMITTEE] = LEVEL_COMMUNITY,
    };
    if (org->kind <= ORG_COMMUNITY_COMMITTEE)
        return by_kind[org->kind];
    return org->areas.count > 0 ? area_level(org->areas.at[0]) : -1;
}

int level_of(const struct unit *unit, const struct org *org)
{
    int level = -1;
    if (unit != NULL && unit->kind == UNIT_COMMUNITY)
        return LEVEL_COMMUNITY;
    if (unit != NULL && unit->kind == UNIT_STREET_OFFICE)
        return LEVEL_STREET;
    if (org != NULL)
        level = level_of_org(org);
    /* A unit's area is its address, which says little: only one as wide as a city counts. */
    if (level < 0 && unit != NULL && unit->area != NULL && area_level(unit->area) <= LEVEL_CITY)
        return LEVEL_CITY;
    return level < 0 ? LEVEL_DISTRICT : level;
}

/* What goes directly to a community or a street, the district sees too. */
static bool copied_to_district(const struct route *route)
{
    if (route->unit != NULL)
        return route->unit->kind == UNIT_COMMUNITY || route->unit->kind == UNIT_STREET_OFFICE;
    return route->org != NULL &&
           (route->org->kind == ORG_COMMUNITY_COMMITTEE || route->org->kind == ORG_STREET_ALLIANCE);
}

/* Barred and excluded: on the way up both are passed over. */
static struct names apart_of(const struct demand *demand, struct arena *arena)
{
    struct names apart = demand->barred;
    for (int i = 0; i < demand->excluded.count; i++)
        apart = names_with(arena, &apart, demand->excluded.at[i]);
    return apart;
}

static void take_candidate(struct route *route, const struct candidate *candidate)
{
    route->unit = candidate->unit;
    route->org = candidate->org;
    route->resource = candidate->resource;
    route->score = candidate->score;
}

static const struct candidate *candidate_of(const struct candidates *candidates,
                                            const struct unit *unit)
{
    for (int i = 0; i < candidates->count; i++)
        if (candidates->at[i].unit == unit)
            return &candidates->at[i];
    return NULL;
}

/* The unit that the operator named, if it may have the ticket. */
static bool check_choice(const struct demand *demand, const struct snapshot *snapshot,
                         const struct unit **ret_unit, struct error *err)
{
    const struct unit *unit = snapshot_unit(snapshot, demand->unit);
    if (unit == NULL)
        return error_add(err, "/unit", "no unit has this code");
    if (unit->status != STATUS_ACTIVE)
        return error_add(err, "/unit", "this unit has ended");
    if (names_have(&demand->barred, unit->code))
        return error_add(err, "/unit", "this unit is the accused");
    if (unit->org != NULL && names_have(&demand->barred, unit->org))
        return error_add(err, "/unit", "this unit belongs to the accused's own organization");
    *ret_unit = unit;
    return true;
}

/* The named unit with its best resource, or without one. */
static void choose(const struct demand *demand, const struct snapshot *snapshot,
                   const struct candidates *candidates, const struct unit *unit,
                   struct route *route)
{
    const struct candidate *candidate = candidate_of(candidates, unit);
    route->basis = BASIS_MANUAL;
    route->unit = unit;
    route->org = snapshot_target(snapshot, unit, &demand->barred);
    if (candidate != NULL)
        take_candidate(route, candidate);
}

/* By the inventory, else by the ladder. */
static void find_target(const struct demand *demand, const struct snapshot *snapshot,
                        const struct candidates *candidates, struct arena *arena,
                        struct route *route)
{
    if (candidates->count == 0) {
        struct names apart = apart_of(demand, arena);
        route->basis = BASIS_FALLBACK;
        route->org = snapshot_ladder(snapshot, demand->area, &apart);
        return;
    }
    const struct candidate *best = &candidates->at[0];
    double threshold = demand->policy != NULL ? demand->policy->rules.review_threshold
                                              : rules_standard.review_threshold;
    route->basis = BASIS_INVENTORY;
    take_candidate(route, best);
    if (best->score < threshold) {
        route->basis = BASIS_REVIEW;
        route->unit = NULL;
        route->org = NULL;
        route->resource = NULL;
    }
}

bool route_find(const struct demand *demand, const struct snapshot *snapshot,
                const struct standing *standing, struct arena *arena, struct route *ret_route,
                struct error *err)
{
    struct route route = {.revision = snapshot_revision(snapshot)};
    struct demand asked = *demand;
    const struct unit *chosen = NULL;
    if (demand->unit != NULL) {
        if (!check_choice(demand, snapshot, &chosen, err))
            return false;
        asked.excluded = (struct names){0}; /* a person may send it back to who returned it */
    }
    struct candidates candidates = match(&asked, snapshot, standing, arena);
    if (chosen != NULL)
        choose(&asked, snapshot, &candidates, chosen, &route);
    else
        find_target(&asked, snapshot, &candidates, arena, &route);
    route.shown = candidates.count < CANDIDATES_KEPT ? candidates.count : CANDIDATES_KEPT;
    for (int i = 0; i < route.shown; i++)
        route.candidates[i] = candidates.at[i];
    route.level = route.unit == NULL && route.org == NULL ? -1 : level_of(route.unit, route.org);
    route.copy_to_district = copied_to_district(&route);
    if (demand->policy != NULL) {
        route.policy = demand->policy->code;
        route.policy_version = demand->policy->version;
    }
    *ret_route = route;
    return true;
}
