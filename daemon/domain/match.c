/* The matcher. A ticket's category and area have few ancestors, so all that can qualify lies in a
 * few dozen buckets of the inventory; what is found there is filtered, scored, reduced to the best
 * of each unit, and sorted. A score is kept as a whole number of millionths: equal means equal, on
 * every machine, and the order never depends on where things lie in memory. */
#include "domain/match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "domain/inventory.h"

enum { BUCKETS = TOPIC_DEPTH_LIMIT * LEVEL_COUNT, PLACE_BITS = 24, SCORE_BITS = 40, FEW = 64 };

#define MICROS      1e6
#define SCORE_LIMIT (((uint64_t)1 << SCORE_BITS) - 1)

/* A bucket with something in it, and what agreeing there is worth. */
struct find {
    struct offer_list offers;
    double category, area;
};

/* An offer that qualifies, and where it was found. */
struct hit {
    const struct find *find;
    const struct offer *offer;
    int64_t taken;
    const struct unit_record *record;
};

/* A draft with its order, smaller is better: score and place of the resource in one number. */
struct ranked {
    uint64_t order;
    uint32_t draft;
    uint32_t unit; /* number of the member */
};

/* What one search needs at every step. */
struct search {
    const struct demand *demand;
    const struct snapshot *snapshot;
    const struct standing *standing;
    const struct rules *rules;
    struct area_chain area;
    struct names apart; /* barred and excluded */
    const struct offer *offers;
    const struct member *members;
    struct find *finds;
    int find_count;
    uint32_t total;    /* entries in all finds */
    uint32_t mask;     /* of the two tables: an index or place plus 1, 0 = free */
    uint32_t *seen;    /* places of offers that may come again */
    uint32_t *by_unit; /* in `ranked` */
    struct hit *hits;
    uint32_t hit_count;
    uint32_t count; /* of drafts, and of ranked */
    struct candidate *drafts;
    struct ranked *ranked;
};

static double area_term(const struct rules *rules, int level)
{
    const double terms[LEVEL_COUNT] = {
        [LEVEL_PROVINCE] = rules->area_province,   [LEVEL_CITY] = rules->area_city,
        [LEVEL_DISTRICT] = rules->area_district,   [LEVEL_STREET] = rules->area_street,
        [LEVEL_COMMUNITY] = rules->area_community,
    };
    return terms[level];
}

/* Asks for memory ahead: the lookups of a search are many, and none waits for another. */
static void search_expect(const struct search *search, const struct topic *topic)
{
    const struct inventory *inventory = snapshot_inventory(search->snapshot);
    for (int steps = 0; topic != NULL && steps < TOPIC_DEPTH_LIMIT; topic = topic->above, steps++)
        for (int level = LEVEL_COMMUNITY; level >= LEVEL_PROVINCE; level--)
            inventory_expect(inventory, topic, search->area.keys[level]);
}

/* Looks up all pairs of the ticket's category or one above with its area or one above, the nearest
 * first: an offer that comes again has its best terms already. */
static void search_look(struct search *search)
{
    const struct inventory *inventory = snapshot_inventory(search->snapshot);
    const char *code = search->demand->category;
    const struct topic *topic = topics_near(snapshot_topics(search->snapshot), code);
    if (topic == NULL)
        return;
    search_expect(search, topic);
    /* An unknown category is one step below the nearest that is known. */
    double depth = topic->depth + (strcmp(topic->code, code) != 0);
    for (int steps = 0; topic != NULL && steps < TOPIC_DEPTH_LIMIT; topic = topic->above, steps++)
        for (int level = LEVEL_COMMUNITY; level >= LEVEL_PROVINCE; level--) {
            struct offer_list offers = inventory_find(inventory, topic, search->area.keys[level]);
            if (offers.count == 0)
                continue;
            search->finds[search->find_count++] =
                (struct find){offers, topic->depth / depth, area_term(search->rules, level)};
            search->total += offers.count;
        }
}

static uint32_t spread(uint32_t number)
{
    return (number * 0x9e3779b1u) >> 7;
}

static bool seen_before(struct search *search, uint32_t place)
{
    uint32_t at = spread(place) & search->mask;
    while (search->seen[at] != 0 && search->seen[at] != place + 1)
        at = (at + 1) & search->mask;
    bool before = search->seen[at] != 0;
    search->seen[at] = place + 1;
    return before;
}

/* The unit may not have it: it, or its own org, is the accused's or returned it. */
static bool kept_apart(const struct search *search, const struct unit *unit)
{
    if (search->apart.count == 0)
        return false;
    return names_have(&search->apart, unit->code) ||
           (unit->org != NULL && names_have(&search->apart, unit->org));
}

/* Offered today, of the kind asked for, with capacity left, by someone who may have it. */
static bool qualifies(const struct search *search, const struct offer *offer, int64_t *ret_taken)
{
    const struct demand *demand = search->demand;
    if (demand->needs != 0 && (demand->needs & 1u << offer->kind) == 0)
        return false;
    if (demand->today.day < offer->from.day || demand->today.day > offer->to.day)
        return false;
    if (offer->capacity >= 0) {
        *ret_taken = standing_taken(search->standing, offer->hash);
        if (*ret_taken >= offer->capacity)
            return false;
    }
    return !kept_apart(search, search->members[offer->member].unit);
}

/* The kinds of ticket for which a duty counts. */
static bool serious(int kind)
{
    return kind == TICKET_COMPLAINT || kind == TICKET_REPORT;
}

/* `sum` of `count`, drawn towards what is usual while the count is small. */
static double share_of(double sum, int64_t count, double prior_share, double prior_weight)
{
    double weight = (double)count + prior_weight;
    return weight > 0 ? (sum + prior_weight * prior_share) / weight : prior_share;
}

static void fill_terms(const struct search *search, const struct hit *hit,
                       struct candidate *candidate)
{
    const struct offer *offer = hit->offer;
    const struct rules *rules = search->rules;
    const struct member *member = &search->members[offer->member];
    const struct unit_record *record = hit->record;
    candidate->terms.category = hit->find->category;
    candidate->terms.area = hit->find->area;
    candidate->terms.duty = offer->kind == RESOURCE_DUTY && serious(search->demand->kind);
    candidate->terms.agreement = member_agreed(member, &search->area, search->demand->today);
    candidate->terms.load =
        offer->capacity < 0 ? 1 : (double)(offer->capacity - hit->taken) / (double)offer->capacity;
    candidate->terms.record = share_of((double)record->on_time, record->handled,
                                       rules->record_prior_share, rules->record_prior_weight);
    candidate->terms.rating = share_of(record->rating_sum, record->rated, rules->rating_prior_share,
                                       rules->rating_prior_weight);
    /* What the district itself registered as a duty is certain. */
    candidate->terms.history = offer->learned                 ? offer->resource->confidence
                               : offer->kind == RESOURCE_DUTY ? 1
                                                              : 0;
}

/* The weighted sum in millionths, rounded; always added in the order of TERMS. */
static uint64_t score_of(const struct rules *rules, const struct candidate *candidate)
{
    double sum = 0;
#define X(field) sum += rules->weight_##field * candidate->terms.field;
    TERMS(X)
#undef X
    uint64_t score = (uint64_t)(sum * MICROS + 0.5);
    return score < SCORE_LIMIT ? score : SCORE_LIMIT;
}

/* Ranks the newest draft if it is its unit's best so far; else it is given up. */
static void rank_draft(struct search *search, uint32_t unit, uint64_t order)
{
    struct ranked ranked = {order, search->count, unit};
    uint32_t at = spread(unit) & search->mask;
    while (search->by_unit[at] != 0 && search->ranked[search->by_unit[at] - 1].unit != unit)
        at = (at + 1) & search->mask;
    if (search->by_unit[at] == 0) {
        search->ranked[search->count++] = ranked;
        search->by_unit[at] = search->count;
        return;
    }
    struct ranked *best = &search->ranked[search->by_unit[at] - 1];
    if (order < best->order) {
        best->order = order;
        search->drafts[best->draft] = search->drafts[search->count];
    }
}

/* All that qualify, each once. A loop of its own: it waits for memory, not for arithmetic. */
static void search_sieve(struct search *search)
{
    for (int i = 0; i < search->find_count; i++)
        for (uint32_t j = 0; j < search->finds[i].offers.count; j++)
            __builtin_prefetch(&search->offers[search->finds[i].offers.at[j]]);
    for (int i = 0; i < search->find_count; i++) {
        const struct find *find = &search->finds[i];
        for (uint32_t j = 0; j < find->offers.count; j++) {
            uint32_t place = find->offers.at[j];
            struct hit hit = {.find = find, .offer = &search->offers[place]};
            if (!qualifies(search, hit.offer, &hit.taken) ||
                (!hit.offer->alone && seen_before(search, place)))
                continue;
            hit.record = standing_record(search->standing, search->members[hit.offer->member].hash);
            search->hits[search->hit_count++] = hit;
        }
    }
}

static void consider(struct search *search, const struct hit *hit)
{
    const struct offer *offer = hit->offer;
    const struct member *member = &search->members[offer->member];
    struct candidate *draft = &search->drafts[search->count];
    fill_terms(search, hit, draft);
    uint64_t score = score_of(search->rules, draft);
    draft->score = (double)score / MICROS;
    draft->unit = member->unit;
    draft->resource = offer->resource;
    draft->org = search->apart.count == 0
                     ? member->target
                     : snapshot_target(search->snapshot, member->unit, &search->apart);
    uint64_t place = (uint64_t)(offer - search->offers);
    rank_draft(search, offer->member, (SCORE_LIMIT - score) << PLACE_BITS | place);
}

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

/* Orders are all different: each holds its resource's place. */
static void sort_ranked(struct ranked *ranked, uint32_t count)
{
    if (count > FEW) {
        qsort(ranked, count, sizeof(*ranked), compare_ranked);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct ranked moved = ranked[i];
        uint32_t at = i;
        for (; at > 0 && ranked[at - 1].order > moved.order; at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = moved;
    }
}

/* Room for all that was found, in one piece. */
static void search_room(struct search *search, struct arena *arena)
{
    assert(search->total < (uint32_t)1 << PLACE_BITS);
    uint32_t room = 16;
    while (room < search->total * 2)
        room *= 2;
    search->mask = room - 1;
    search->seen = ARENA_ARRAY(arena, uint32_t, room);
    search->by_unit = ARENA_ARRAY(arena, uint32_t, room);
    search->hits = ARENA_ARRAY(arena, struct hit, search->total);
    search->drafts = ARENA_ARRAY(arena, struct candidate, search->total);
    search->ranked = ARENA_ARRAY(arena, struct ranked, search->total);
}

static struct candidates search_run(struct search *search, struct arena *arena)
{
    search_room(search, arena);
    search_sieve(search);
    for (uint32_t i = 0; i < search->hit_count; i++)
        consider(search, &search->hits[i]);
    sort_ranked(search->ranked, search->count);
    struct candidates candidates = {(int)search->count,
                                    ARENA_ARRAY(arena, struct candidate, search->count)};
    for (uint32_t i = 0; i < search->count; i++)
        candidates.at[i] = search->drafts[search->ranked[i].draft];
    return candidates;
}

static struct names names_both(const struct names *a, const struct names *b, struct arena *arena)
{
    struct names both = {0};
    if (a->count + b->count == 0)
        return both;
    both.at = ARENA_ARRAY(arena, const char *, a->count + b->count);
    for (int i = 0; i < a->count; i++)
        both.at[both.count++] = a->at[i];
    for (int i = 0; i < b->count; i++)
        both.at[both.count++] = b->at[i];
    return both;
}

struct candidates match(const struct demand *demand, const struct snapshot *snapshot,
                        const struct standing *standing, struct arena *arena)
{
    const struct inventory *inventory = snapshot_inventory(snapshot);
    struct find finds[BUCKETS];
    struct search search = {
        .demand = demand,
        .snapshot = snapshot,
        .standing = standing,
        .rules = demand->policy != NULL ? &demand->policy->rules : &rules_standard,
        .area = area_chain(demand->area),
        .apart = names_both(&demand->barred, &demand->excluded, arena),
        .offers = inventory_offers(inventory),
        .members = inventory_members(inventory),
        .finds = finds,
    };
    search_look(&search);
    if (search.total == 0)
        return (struct candidates){0};
    return search_run(&search, arena);
}

/* An org that stands over many units: it lists them, and is not theirs. */
static bool lists_units(const struct org *org)
{
    return org->kind <= ORG_COMMUNITY_COMMITTEE;
}

/* Adds the unit and its own org, each once. */
static void bar(const struct unit *unit, const struct snapshot *snapshot, struct arena *arena,
                struct names *barred)
{
    if (!names_have(barred, unit->code))
        *barred = names_with(arena, barred, unit->code);
    const struct org *org = snapshot_org(snapshot, unit->org);
    if (org != NULL && !lists_units(org) && !names_have(barred, org->code))
        *barred = names_with(arena, barred, org->code);
}

/* Bars all who bear the name today or, if nobody does, all who ever did: people go on using a
 * firm's old name, and a complaint must not end up with the one it is about. */
static void bar_named(const char *name, const struct snapshot *snapshot, struct date today,
                      struct arena *arena, struct names *barred)
{
    int count;
    const struct unit *const *units = snapshot_units_named(snapshot, name, today, arena, &count);
    if (count == 0)
        units = snapshot_units_named(snapshot, name, DATE_NONE, arena, &count);
    for (int i = 0; i < count; i++)
        bar(units[i], snapshot, arena, barred);
}

struct names match_barred(const char *accused_unit, const char *accused_name,
                          const struct snapshot *snapshot, struct date today, struct arena *arena)
{
    struct names barred = {0};
    const struct unit *unit = snapshot_unit(snapshot, accused_unit);
    if (unit != NULL) {
        bar(unit, snapshot, arena, &barred);
        return barred;
    }
    if (accused_unit != NULL)
        bar_named(accused_unit, snapshot, today, arena, &barred);
    if (accused_name != NULL)
        bar_named(accused_name, snapshot, today, arena, &barred);
    return barred;
}
