/* Whether a row makes sense beside the others: what it refers to exists, dates are in order, no
 * loop is made. Forms of single fields are wire's job. Pure. */
#pragma once

#include "base/error.h"
#include "base/map.h"
#include "domain/snapshot.h"

/* What a row may refer to: the snapshot (may be NULL) and the rows of the same import, by kind from
 * code to value (struct area ...); those stand before the snapshot's. A map may be NULL. */
struct registry_context {
    const struct snapshot *snapshot;
    const struct map *fresh[REGISTRY_COUNT];
};

/* Every fault of the row, with its pointer. A calendar's overrides are sorted on the way. */
MUST_CHECK bool registry_check(int kind, const void *value, const struct registry_context *context,
                               struct error *err);
/* The check character of an 18-character unified social credit code is right (GB 32100-2015). */
bool uscc_valid(const char *code);
