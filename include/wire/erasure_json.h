/* What an event's data vouch for, and what is left of them when their texts are erased. */
#pragma once

#include "base/error.h"
#include "domain/record.h"

/* The members "record", "kept" and "sign_due", "contact_due", "resolve_due", "stage" of an
 * event's data. */
struct vouched vouched_read(const char *data, struct arena *arena);
/* `data` with texts added as further members behind it; those with a NULL value are left out. */
const char *vouched_write(const char *data, const char *record, const char *kept,
                          struct arena *arena);
/* What may stay of an event's data: numbers, flags, and under the names that figures are made from
 * codes, words and instants. All other texts go. */
const char *data_strip(const char *data, struct arena *arena);
