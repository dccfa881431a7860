/* Time zones by IANA name, independent of the host's TZ (the rules are ICU's). */
#pragma once

#include "base/instant.h"

struct zone;

/* The zone of an IANA name such as "Asia/Shanghai" (one with a slash, or "UTC"); NULL if there is
 * none. Zones are kept for the life of the process and shared: asking again for the same name is
 * cheap. */
const struct zone *zone_find(const char *name);
/* Seconds that local time is ahead of UTC at `at`. */
int zone_offset(const struct zone *zone, struct instant at);
/* The local calendar date at `at`. */
struct date zone_date(const struct zone *zone, struct instant at);
/* The instant of `minute` (0..1440) after local midnight of `date`. A local time that a clock
 * change skips means the first instant after the gap; one that comes twice means the first. */
struct instant zone_instant(const struct zone *zone, struct date date, int minute);
/* Frees all zones and what ICU keeps, at exit. */
void zone_close(void);
