/* Whole files into the registry: all rows or none. */
#pragma once

#include "flow/flow.h"

extern const struct steps import_steps; /* POST /v1/import/{kind} */

struct import_counts {
    int rows, created, changed; /* the rest is as it was */
};
/* For the last two steps of a transaction, flow->answer made: keep it for the Idempotency-Key, and
 * commit. What `changes` nothing is rolled back, so that no revision of the registry is without
 * rows, and its answer kept alone. */
enum next import_keep(struct flow *flow, bool changes);
enum next import_commit(struct flow *flow, bool changes);
/* {"kind","rows","created","changed","unchanged"} */
struct slice import_counts_write(const char *kind, const struct import_counts *counts,
                                 struct arena *arena);
