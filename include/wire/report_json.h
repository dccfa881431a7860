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

/* What was found wrong with an event, by a word. */
struct break_row {
    const char *no;
    int64_t seq;
    const char *what;
};
struct verify_report {
    int64_t tickets, events; /* gone through */
    const struct break_row *broken;
    int broken_count;
    const char *next; /* cursor of the next page; NULL: none */
};
/* {"tickets","events","broken":[{"no","seq","what"}],"next"} */
struct slice verify_write(const struct verify_report *report, struct arena *arena);
