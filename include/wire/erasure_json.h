/* What an event's data vouch for. */
#pragma once

#include "base/error.h"

/* The members "record" and "kept" of an event's data; NULL where they are not there. */
void vouched_read(const char *data, struct arena *arena, const char **ret_record,
                  const char **ret_kept);
/* `data` with texts added as further members behind it; those with a NULL value are left out. */
const char *vouched_write(const char *data, const char *record, const char *kept,
                          struct arena *arena);
