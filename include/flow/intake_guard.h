/* The guards of a batch: statements that lock or take what only the database can decide, asked
 * before anything is written. Inside the intake only. */
#pragma once

#include "flow/intake.h"

/* Where a guard's rows are among the results. */
struct guards {
    int keys, externals, capacities; /* -1: not asked */
};

struct batch {
    struct intake *intake;
    struct parcel *parcels;    /* a list by `next` */
    struct arrival **arrivals; /* of them those still good, in order */
    struct dossier **dossiers;
    int count;
    struct hints_batch *taken; /* what was decided, for the hints of others */
    bool standing;             /* their capacity is counted in the standing */
    struct guards guards;
    const char **districts, **days; /* blocks asked for */
    int64_t *block_sizes;
    int blocks;
};

/* Adds the guards' statements to the open transaction; false: there was nothing to ask. */
bool guards_ask(struct flow *flow, struct batch *batch);
/* Looks at what they said. False: someone is refused (its arrival or parcel says so), or the
 * standing has learned of less capacity, and the batch has to be decided again. */
bool guards_pass(struct flow *flow, struct batch *batch);
