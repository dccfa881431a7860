/* Writing one row of the registry. Answered when this process works by the new row. */
#pragma once

#include "flow/flow.h"

/* PUT, PATCH (a merge patch, RFC 7396) and DELETE (ends the row) of /v1/{kind}/{code}. */
extern const struct steps registry_save_steps;

/* For the flows that write the registry, behind a fault found by looking at the snapshot while the
 * counter of revisions is held: when others have written since, waits for what they wrote and goes
 * on at the step `again`, which returns REDO. */
enum next registry_stale(struct flow *flow, int64_t revision, int again);
/* The stored form of a row as this version of the daemon writes it; the value too, if wanted. What
 * cannot be read any more is as it was, and the value NULL. */
struct slice registry_canonical(int kind, const char *code, struct slice stored,
                                struct arena *arena, const void **ret_value);
