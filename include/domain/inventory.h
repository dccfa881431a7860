/* The resources as matching needs them: by category and area, with everything that depends neither
 * on the ticket nor on the day worked out beforehand. Part of a snapshot, immutable. */
#pragma once

#include "domain/code_hash.h"
#include "domain/snapshot.h"
#include "domain/topic.h"

/* An agreement of a unit with an org over an area; one for each area of the org. */
struct pact {
    uint64_t area; /* area_key */
    int level;
    struct date from, to;
};

/* An active unit. */
struct member {
    uint64_t hash; /* code_hash of the unit's code */
    const struct pact *pacts;
    uint32_t pact_count;
    const struct org *target; /* snapshot_target with nobody barred; NULL: none */
    const struct unit *unit;
};

/* A resource that is offered by an active unit. The dates are not looked at yet. A match reads
 * offers from all over memory, so they are kept small: two to a cache line. */
struct offer {
    const struct resource *resource;
    uint64_t hash;        /* code_hash of the resource's code */
    struct date from, to; /* absent ones lie at the ends of time */
    int32_t capacity;     /* -1 = unlimited, or more than fits */
    unsigned member : 22; /* index in inventory_members */
    unsigned kind : 8;    /* enum resource_kind */
    unsigned alone : 1;   /* one category and one area: found in one place only */
    unsigned learned : 1; /* has a confidence */
};

/* Places of offers, in the order of resource codes. */
struct offer_list {
    uint32_t count;
    const uint32_t *at;
};

struct inventory;

struct inventory *inventory_new(const struct snapshot *snapshot);
void inventory_free(struct inventory *inventory); /* NULL is fine */
/* The offers whose categories hold exactly this topic and whose areas hold exactly this area. */
struct offer_list inventory_find(const struct inventory *inventory, const struct topic *topic,
                                 uint64_t area);
/* Begins to fetch what inventory_find will look at; a hint, nothing depends on it. */
void inventory_expect(const struct inventory *inventory, const struct topic *topic, uint64_t area);
/* All offers; a place in an offer_list is an index here. Places grow with the resource's code. */
const struct offer *inventory_offers(const struct inventory *inventory);
/* All active units, in order of code. */
const struct member *inventory_members(const struct inventory *inventory);
/* The active unit of that code; NULL if there is none. */
const struct member *inventory_member(const struct inventory *inventory, const char *unit);
/* One of the unit's agreements is in force on `today` with an org over the area. */
bool member_agreed(const struct member *member, const struct area_chain *area, struct date today);
/* `today` is in from..to, inclusive; an absent end is open. */
bool date_within(struct date today, struct date from, struct date to);
