/* Matching and routing (spec 4): which unit and party organization a ticket goes to, and why. Pure:
 * the same ticket, snapshot, standing and time give the same answer on every machine. */
#pragma once

#include "domain/code_hash.h"
#include "domain/snapshot.h"
#include "domain/ticket.h"

/* What the registry does not say: load, record and rating, as last read. Missing entries: nothing
 * taken, no record. */
struct standing;

struct standing *standing_new(void);
void standing_free(struct standing *standing);
/* Tasks that hold the resource now; asked by the code_hash of its code, which the matcher has at
 * hand. */
int64_t standing_taken(const struct standing *standing, uint64_t resource);
void standing_set_taken(struct standing *standing, const char *resource, int64_t count);
void standing_take(struct standing *standing, const char *resource, int64_t more);
/* What is taken is about to be read; what changes from now on is newer than what will be read. */
void standing_expect_load(struct standing *standing);
/* It was read: nothing is taken any more, except where that has changed since; what is taken is
 * loaded afterwards, which leaves those alone too. */
void standing_forget_taken(struct standing *standing);
void standing_load_taken(struct standing *standing, const char *resource, int64_t count);
/* A unit's closed cases: `on_time` of `handled`, and the sum of `rated` ratings, each 0..1. */
struct unit_record {
    int64_t handled, on_time, rated;
    double rating_sum;
};
void standing_set_record(struct standing *standing, const char *unit, struct unit_record record);
/* By the code_hash of the unit's code; borrowed until the next change, never NULL. */
const struct unit_record *standing_record(const struct standing *standing, uint64_t unit);

/* The questions asked of the inventory. */
struct demand {
    const char *area, *category;
    int kind, urgency;           /* of the ticket */
    unsigned needs;              /* 1 << enum resource_kind each; 0 = any kind */
    const char *unit;            /* manual choice; NULL */
    struct names barred;         /* units and orgs of the accused */
    struct names excluded;       /* units and orgs that returned it */
    struct date today;           /* in the zone of the policy's calendar */
    const struct policy *policy; /* its rules are used */
};

/* All candidates, best first: of each unit its best qualifying resource; ties by resource code. In
 * the arena. */
struct candidates {
    int count;
    struct candidate *at;
};
struct candidates match(const struct demand *demand, const struct snapshot *snapshot,
                        const struct standing *standing, struct arena *arena);

/* Finds the unit and org. Order: manual, inventory, fallback; a best score below the policy's
 * review threshold gives basis `review` (no target; candidates shown). Nobody over the place: basis
 * `fallback` without org. Fails (FAULT_INVALID, /unit) when the manual choice is unknown, not
 * active or barred. */
MUST_CHECK bool route_find(const struct demand *demand, const struct snapshot *snapshot,
                           const struct standing *standing, struct arena *arena,
                           struct route *ret_route, struct error *err);
/* Codes barred by an accused: the unit found by code, else all named so today (if none, all who
 * ever were), and each one's own org unless that is an alliance, committee of a community or
 * conference.
 */
struct names match_barred(const char *accused_unit, const char *accused_name,
                          const struct snapshot *snapshot, struct date today, struct arena *arena);
/* The level of a target: a community or street office by its kind; else by the org (its kind, else
 * its areas); a unit as wide as a city: city; otherwise district. */
int level_of(const struct unit *unit, const struct org *org);
