/* The inside of a snapshot, for the sources that build and ask it (domain/snapshot*.c); all others
 * use domain/snapshot.h. */
#pragma once

#include "base/map.h"
#include "domain/snapshot.h"

/* A sorted list from texts to values: several values may have one key, and stay in the order in
 * which they were put in. Keys and values are borrowed. */
struct listing {
    size_t count;
    struct listing_entry {
        const char *key;
        const void *value;
        size_t place;
    } * at;
};

/* Values of one key, next to each other. */
struct listing_range {
    size_t count;
    const struct listing_entry *at;
};

struct snapshot {
    int references;
    int64_t revision;
    struct {
        size_t count;
        struct registry_row **at; /* in order of code */
        struct map *by_code;      /* to the row */
    } kinds[REGISTRY_COUNT];
    /* Every version of policies and calendars, in order of kind, code and version. */
    size_t version_count;
    struct registry_row **versions;
    struct arena *arena;         /* of the lists below */
    struct listing orgs_in;      /* area code -> active org, by kind and code */
    struct listing orgs_below;   /* org code -> org with that parent */
    struct listing units_joined; /* org code -> unit */
    struct listing units_named;  /* name in NFKC -> struct unit_name */
    struct topics *topics;
    struct inventory *inventory;
};

/* A name under which a unit is known; dates may be absent. */
struct unit_name {
    const struct unit *unit;
    struct date from;
    struct date to;
};

/* Fills the lists of a snapshot whose rows are complete. */
void snapshot_index(struct snapshot *snapshot);
