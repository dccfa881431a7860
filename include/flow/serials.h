/* Serial numbers for tickets, from blocks reserved in the database; what a process does not use is
 * a gap. */
#pragma once

#include "flow/flow.h"

struct serials;

enum { SERIAL_BLOCK = 500 }; /* at least this many are reserved at once */

struct serials *serials_new(void);
void serials_free(struct serials *serials);
/* How many are left for a district's day. */
int64_t serials_left(struct serials *serials, const char *district, const char *day);
/* The next one; some must be left. */
int64_t serials_take(struct serials *serials, const char *district, const char *day);
/* Adds the block [end - count, end). */
void serials_add(struct serials *serials, const char *district, const char *day, int64_t end,
                 int64_t count);
