/* A second, slow calendar for tests: it walks minute by minute and asks of each minute only whether
 * it lies in a frame of its local date. Shares nothing with domain/calendar but the data; knows the
 * zones Asia/Shanghai, Asia/Kolkata, UTC and America/New_York by rules of its own. Whole minutes
 * only; frames must not begin or end while a clock shows the same time twice. */
#pragma once

#include "domain/calendar.h"

/* The minute that begins at `at_s` (seconds since 1970) is working time. */
bool plain_works(const struct calendar *calendar, int64_t at_s);
/* The local day of that minute, counted from 1970. */
int64_t plain_day(const struct calendar *calendar, int64_t at_s);
/* calendar_reckon by minutes; false where there is nothing to count for two years. */
bool plain_reckon(const struct calendar *calendar, struct instant from, struct amount amount,
                  const struct intervals *pauses, struct arena *arena, struct reckoning *ret);
/* Working time between two instants (0 if to <= from). */
struct span plain_working_time(const struct calendar *calendar, struct instant from,
                               struct instant to);
/* calendar_reminder by minutes. */
struct instant plain_reminder(const struct calendar *calendar, struct instant at,
                              struct instant dispatched, struct instant due);
