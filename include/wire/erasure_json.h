/* What an event's data vouch for, and what is left of them when their texts are erased. */
#pragma once

#include "base/error.h"

/* The members "record" and "kept" of an event's data; NULL where they are not there. */
void vouched_read(const char *data, struct arena *arena, const char **ret_record,
                  const char **ret_kept);
/* `data` with texts added as further members behind it; those with a NULL value are left out. */
const char *vouched_write(const char *data, const char *record, const char *kept,
                          struct arena *arena);
/* What may stay of an event's data: numbers, flags, and under the names that figures are made from
 * codes, words and instants. All other texts go. */
const char *data_strip(const char *data, struct arena *arena);
