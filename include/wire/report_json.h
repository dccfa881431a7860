/* What the daemon says of itself and of the whole: health, shortages. */
#pragma once

#include "base/error.h"
#include "base/instant.h"

/* {"status":"ready" or "not ready","reasons":[],"warnings":[]} */
struct slice ready_write(const struct names *reasons, const struct names *warnings,
                         struct arena *arena);

/* Needs of one kind that nobody met, in one category and area. */
struct shortage {
    const char *category, *area, *need; /* need: a resource kind, or "any" */
    int64_t tickets;
    struct instant first_at, last_at;
};
/* {"category","area","need","tickets","first_at","last_at"} */
struct slice shortage_write(const struct shortage *shortage, int offset_s, struct arena *arena);
