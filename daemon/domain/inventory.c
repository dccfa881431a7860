/* Offers in buckets by (category, area). A bucket is found by one number that holds both, so a
 * lookup builds no text and compares none; its content is a run of places in one common array. The
 * buckets are filled in two passes: count, then place. */
#include "domain/inventory.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"

/* `key` is the number of the topic above the key of the area; never 0, since area keys are not. */
struct bucket {
    uint64_t key; /* 0 = free */
    uint32_t from;
    uint32_t count;
};

enum { MEMBER_LIMIT = (1 << 22) - 1 };

struct inventory {
    struct member *members;
    struct map *by_unit; /* to the member */
    struct pact *pacts;
    struct offer *offers;
    uint32_t offer_count;
    struct bucket *buckets; /* open addressing, at most two thirds full */
    size_t bucket_room;     /* a power of two */
    size_t bucket_count;
    uint32_t *places;
};

/* One pair of category and area of an offer. */
struct pair {
    uint64_t key;
    uint32_t place;
};

struct pairs {
    struct pair *at;
    size_t count;
    size_t room;
};

bool date_within(struct date today, struct date from, struct date to)
{
    return (!date_set(from) || from.day <= today.day) && (!date_set(to) || today.day <= to.day);
}

static uint64_t bucket_key(const struct topic *topic, uint64_t area)
{
    return (uint64_t)topic->number << AREA_KEY_BITS | area;
}

/* Where the search for a key begins. */
static size_t bucket_home(const struct inventory *inventory, uint64_t key)
{
    uint64_t hash = key * 0x9e3779b97f4a7c15u;
    return (hash ^ (hash >> 32)) & (inventory->bucket_room - 1);
}

static struct bucket *bucket_find(const struct inventory *inventory, uint64_t key)
{
    size_t mask = inventory->bucket_room - 1, at = bucket_home(inventory, key);
    while (inventory->buckets[at].key != 0 && inventory->buckets[at].key != key)
        at = (at + 1) & mask;
    return &inventory->buckets[at];
}

static void buckets_grow(struct inventory *inventory)
{
    struct inventory larger = *inventory;
    larger.bucket_room = inventory->bucket_room * 2;
    larger.buckets = mem_zero(larger.bucket_room * sizeof(*larger.buckets));
    for (size_t i = 0; i < inventory->bucket_room; i++)
        if (inventory->buckets[i].key != 0)
            *bucket_find(&larger, inventory->buckets[i].key) = inventory->buckets[i];
    mem_free(inventory->buckets);
    *inventory = larger;
}

static void pair_add(struct inventory *inventory, struct pairs *pairs, struct pair pair)
{
    if (pairs->count == pairs->room) {
        pairs->room = pairs->room * 2 + 1024;
        pairs->at = mem_grow(pairs->at, pairs->room * sizeof(*pairs->at));
    }
    pairs->at[pairs->count++] = pair;
    struct bucket *bucket = bucket_find(inventory, pair.key);
    if (bucket->key == 0) {
        bucket->key = pair.key;
        inventory->bucket_count++;
    }
    bucket->count++;
    if (inventory->bucket_count * 3 > inventory->bucket_room * 2)
        buckets_grow(inventory);
}

/* Adds every pair of the offer's categories and areas. */
static void pairs_of(struct inventory *inventory, struct pairs *pairs, const struct topics *topics,
                     uint32_t place)
{
    const struct resource *resource = inventory->offers[place].resource;
    for (int i = 0; i < resource->categories.count; i++) {
        const struct topic *topic = topics_find(topics, resource->categories.at[i]);
        for (int j = 0; topic != NULL && j < resource->areas.count; j++) {
            const char *area = resource->areas.at[j];
            uint64_t key = area_key(area, strlen(area));
            if (key != 0)
                pair_add(inventory, pairs, (struct pair){bucket_key(topic, key), place});
        }
    }
}

/* The second pass: each bucket gets its run of places. */
static void places_fill(struct inventory *inventory, const struct pairs *pairs)
{
    inventory->places = mem_zero(pairs->count * sizeof(*inventory->places));
    uint32_t from = 0;
    for (size_t i = 0; i < inventory->bucket_room; i++) {
        inventory->buckets[i].from = from;
        from += inventory->buckets[i].count;
        inventory->buckets[i].count = 0;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        struct bucket *bucket = bucket_find(inventory, pairs->at[i].key);
        inventory->places[bucket->from + bucket->count++] = pairs->at[i].place;
    }
}

static void buckets_build(struct inventory *inventory, const struct topics *topics)
{
    struct pairs pairs = {0};
    inventory->bucket_room = 64;
    while (inventory->bucket_room < inventory->offer_count)
        inventory->bucket_room *= 2;
    inventory->buckets = mem_zero(inventory->bucket_room * sizeof(*inventory->buckets));
    for (uint32_t place = 0; place < inventory->offer_count; place++)
        pairs_of(inventory, &pairs, topics, place);
    places_fill(inventory, &pairs);
    mem_free(pairs.at);
}

static void members_build(struct inventory *inventory, const struct snapshot *snapshot)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_UNIT, &count);
    inventory->members = mem_zero(count * sizeof(*inventory->members));
    inventory->by_unit = map_new(count);
    assert(count <= MEMBER_LIMIT);
    uint32_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = rows[i]->value;
        if (unit->status != STATUS_ACTIVE)
            continue;
        struct member *member = &inventory->members[kept];
        *member = (struct member){.unit = unit,
                                  .target = snapshot_target(snapshot, unit, NULL),
                                  .hash = code_hash(unit->code)};
        kept++;
        map_put(inventory->by_unit, unit->code, member);
    }
}

/* The member and org of an agreement that can be in force; false if there is none. */
static bool parties(const struct inventory *inventory, const struct snapshot *snapshot,
                    const struct agreement *agreement, struct member **ret_member,
                    const struct org **ret_org)
{
    struct member *member = map_get(inventory->by_unit, agreement->unit);
    const struct org *org = snapshot_org(snapshot, agreement->org);
    if (agreement->status != STATUS_ACTIVE || member == NULL || org == NULL ||
        org->status != STATUS_ACTIVE)
        return false;
    *ret_member = member;
    *ret_org = org;
    return true;
}

/* Puts one pact per area of the org into the member's run. */
static void pacts_add(struct inventory *inventory, struct member *member, const struct org *org,
                      const struct agreement *agreement)
{
    struct pact *run = inventory->pacts + (member->pacts - inventory->pacts);
    for (int i = 0; i < org->areas.count; i++) {
        const char *area = org->areas.at[i];
        struct pact pact = {area_key(area, strlen(area)), area_level(area), agreement->valid_from,
                            agreement->valid_to};
        if (pact.area != 0 && pact.level >= 0)
            run[member->pact_count++] = pact;
    }
}

/* Pacts grouped by member: count, give each member its run, fill the runs. */
static void pacts_build(struct inventory *inventory, const struct snapshot *snapshot)
{
    size_t count, total = 0;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_AGREEMENT, &count);
    struct member *member;
    const struct org *org;
    for (size_t i = 0; i < count; i++)
        if (parties(inventory, snapshot, rows[i]->value, &member, &org)) {
            member->pact_count += (uint32_t)org->areas.count;
            total += (size_t)org->areas.count;
        }
    inventory->pacts = mem_zero(total * sizeof(*inventory->pacts));
    const struct pact *next = inventory->pacts;
    for (size_t i = 0; i < map_count(inventory->by_unit); i++) {
        inventory->members[i].pacts = next;
        next += inventory->members[i].pact_count;
        inventory->members[i].pact_count = 0;
    }
    for (size_t i = 0; i < count; i++)
        if (parties(inventory, snapshot, rows[i]->value, &member, &org))
            pacts_add(inventory, member, org, rows[i]->value);
}

static struct offer offer_of(const struct inventory *inventory, const struct resource *resource,
                             const struct member *member)
{
    bool fits = resource->capacity >= 0 && resource->capacity <= INT32_MAX;
    return (struct offer){
        .resource = resource,
        .hash = code_hash(resource->code),
        .from = resource->valid_from,
        .to = date_set(resource->valid_to) ? resource->valid_to : (struct date){INT32_MAX},
        .capacity = fits ? (int32_t)resource->capacity : -1,
        .member = (unsigned)(member - inventory->members) & MEMBER_LIMIT,
        .kind = (unsigned)resource->kind & 0xff,
        .alone = resource->categories.count == 1 && resource->areas.count == 1,
        .learned = resource->confidence >= 0,
    };
}

static void offers_build(struct inventory *inventory, const struct snapshot *snapshot)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_RESOURCE, &count);
    inventory->offers = mem_zero(count * sizeof(*inventory->offers));
    for (size_t i = 0; i < count; i++) {
        const struct resource *resource = rows[i]->value;
        const struct member *member = inventory_member(inventory, resource->unit);
        if (resource->status != STATUS_OFFERED || member == NULL)
            continue;
        inventory->offers[inventory->offer_count++] = offer_of(inventory, resource, member);
    }
}

struct inventory *inventory_new(const struct snapshot *snapshot)
{
    struct inventory *inventory = mem_zero(sizeof(*inventory));
    members_build(inventory, snapshot);
    pacts_build(inventory, snapshot);
    offers_build(inventory, snapshot);
    buckets_build(inventory, snapshot_topics(snapshot));
    return inventory;
}

void inventory_free(struct inventory *inventory)
{
    if (inventory == NULL)
        return;
    map_free(inventory->by_unit);
    mem_free(inventory->members);
    mem_free(inventory->pacts);
    mem_free(inventory->offers);
    mem_free(inventory->buckets);
    mem_free(inventory->places);
    mem_free(inventory);
}

struct offer_list inventory_find(const struct inventory *inventory, const struct topic *topic,
                                 uint64_t area)
{
    if (area == 0)
        return (struct offer_list){0};
    const struct bucket *bucket = bucket_find(inventory, bucket_key(topic, area));
    return (struct offer_list){bucket->count, inventory->places + bucket->from};
}

void inventory_expect(const struct inventory *inventory, const struct topic *topic, uint64_t area)
{
    if (area != 0)
        __builtin_prefetch(&inventory->buckets[bucket_home(inventory, bucket_key(topic, area))]);
}

const struct member *inventory_members(const struct inventory *inventory)
{
    return inventory->members;
}

const struct offer *inventory_offers(const struct inventory *inventory)
{
    return inventory->offers;
}

const struct member *inventory_member(const struct inventory *inventory, const char *unit)
{
    return map_get(inventory->by_unit, unit);
}

bool member_agreed(const struct member *member, const struct area_chain *area, struct date today)
{
    for (uint32_t i = 0; i < member->pact_count; i++) {
        const struct pact *pact = &member->pacts[i];
        if (area->keys[pact->level] == pact->area && date_within(today, pact->from, pact->to))
            return true;
    }
    return false;
}
