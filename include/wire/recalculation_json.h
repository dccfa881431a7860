/* Body and answer of a recalculation under a calendar's present version. */
#pragma once

#include "base/error.h"
#include "domain/dossier.h"

struct recalculation_ask {
    bool dry_run;
    const char *reason; /* NULL only with dry_run */
};
/* {"dry_run","reason"}; a reason is required of what writes. */
MUST_CHECK bool recalculation_read(struct slice body, struct arena *arena,
                                   struct recalculation_ask *ret_ask, struct error *err);
/* {"calendar","version","tasks","changed","lifted","items":[{"task","no","stage","old","new"}]} */
struct slice recalculation_write(const struct calendar *calendar, const struct recalculation *sum,
                                 int offset_s, struct arena *arena);
/* A text as JSON. */
const char *recalculation_note(const char *reason, struct arena *arena);
