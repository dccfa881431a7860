/* The sums of a task's clocks done slowly for tests: every minute of a calendar is written down as
 * working or not, and spans are walked minute by minute, cut where a pause begins or ends. Shares
 * nothing with domain/calendar but the data; the zones are those of plain_calendar. */
#pragma once

#include "domain/calendar.h"

struct plain_table;

/* An empty table; days are filled in as they are asked for. Lives in the arena. */
struct plain_table *plain_table_new(const struct calendar *calendar, struct arena *arena);
const struct calendar *plain_table_calendar(const struct plain_table *table);
/* The minute of `at` is working time. */
bool plain_table_works(struct plain_table *table, struct instant at);
/* Midnight of the local day of `at`; the first minute of it that exists. */
struct instant plain_midnight(struct plain_table *table, struct instant at);
/* The first working minute of a local day, its midnight where nobody works. */
struct instant plain_day_start(struct plain_table *table, struct date date);
/* The due of a span; absent while a pause without end stops it. `ret_provisional` is set where
 * the calendar is silent about a year, else left alone. */
struct instant plain_due(struct plain_table *table, struct instant from, struct amount amount,
                         const struct intervals *pauses, bool *ret_provisional);
/* The span counted back from `due`. */
struct instant plain_before(struct plain_table *table, struct instant due, struct amount amount);
/* Where a reminder goes, as calendar_reminder says. */
struct instant plain_remind(struct plain_table *table, struct instant at, struct instant dispatched,
                            struct instant due);
