/* The public number of a ticket (spec 3). */
#pragma once

#include "base/instant.h"

enum { NUMBER_SERIAL = 6 }; /* digits of the serial at least */

/* District code of an area: its first six digits, shorter areas filled with 0. */
const char *number_district(struct arena *arena, const char *area);
/* "YYYYMMDD". */
const char *number_day(struct arena *arena, struct date date);
/* District (6) + day (8) + serial (6 or more) + check digit (ISO 7064 MOD 11,10). */
const char *number_make(struct arena *arena, const char *district, const char *day, int64_t serial);
/* Only digits, long enough, and the check digit is right. */
bool number_valid(const char *number);
