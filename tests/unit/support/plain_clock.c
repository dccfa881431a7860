/* Deliberately simple; see the header. */
#include "support/plain_clock.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/plain_calendar.h"

enum { DAY_MINUTES = 1440, DAYS = 40000, YEARS = 2200, GIVE_UP_DAYS = 4000 };
static const int64_t minute_us = 60000000, day_us = (int64_t)DAY_MINUTES * 60000000;

struct minute {
    int32_t day; /* local, since 1970 */
    bool works;
};

struct plain_table {
    const struct calendar *calendar;
    struct minute *days[DAYS]; /* by UTC day */
    bool known[YEARS];         /* years with an override */
    struct arena *arena;
};

struct plain_table *plain_table_new(const struct calendar *calendar, struct arena *arena)
{
    struct plain_table *table = ARENA_NEW(arena, struct plain_table);
    table->calendar = calendar;
    table->arena = arena;
    for (int i = 0; i < calendar->override_count; i++) {
        int year, month, day;
        date_split(calendar->overrides[i].date, &year, &month, &day);
        table->known[year] = true;
    }
    return table;
}

const struct calendar *plain_table_calendar(const struct plain_table *table)
{
    return table->calendar;
}

static const struct minute *minute_at(struct plain_table *table, int64_t us)
{
    int64_t day = us / day_us;
    if (table->days[day] == NULL) {
        struct minute *minutes = ARENA_ARRAY(table->arena, struct minute, DAY_MINUTES);
        for (int i = 0; i < DAY_MINUTES; i++) {
            int64_t at_s = (day * DAY_MINUTES + i) * 60;
            minutes[i].day = (int32_t)plain_day(table->calendar, at_s);
            minutes[i].works = plain_works(table->calendar, at_s);
        }
        table->days[day] = minutes;
    }
    return &table->days[day][us % day_us / minute_us];
}

static bool works(struct plain_table *table, int64_t us)
{
    return minute_at(table, us)->works;
}

static int32_t day_of(struct plain_table *table, int64_t us)
{
    return minute_at(table, us)->day;
}

bool plain_table_works(struct plain_table *table, struct instant at)
{
    return works(table, at.us);
}

struct instant plain_midnight(struct plain_table *table, struct instant at)
{
    int64_t us = at.us - at.us % minute_us;
    while (day_of(table, us - minute_us) == day_of(table, at.us))
        us -= minute_us;
    return (struct instant){us};
}

struct instant plain_day_start(struct plain_table *table, struct date date)
{
    int64_t us = (date.day - 1) * day_us;
    while (day_of(table, us) < date.day)
        us += minute_us;
    struct instant midnight = {us};
    for (; day_of(table, us) == date.day; us += minute_us)
        if (works(table, us))
            return (struct instant){us};
    return midnight;
}

static void give_up(int64_t from_us, int64_t us)
{
    if (us - from_us < GIVE_UP_DAYS * day_us && from_us - us < GIVE_UP_DAYS * day_us)
        return;
    fprintf(stderr, "plain_clock: nothing to count\n");
    abort();
}

/* Where the piece that begins at `us` ends: within it nothing changes. */
static int64_t piece_end(const struct intervals *pauses, int64_t us)
{
    int64_t end = us - us % minute_us + minute_us;
    for (int i = 0; i < pauses->count; i++) {
        const struct interval *pause = &pauses->at[i];
        if (pause->from.us > us && pause->from.us < end)
            end = pause->from.us;
        if (instant_set(pause->to) && pause->to.us > us && pause->to.us < end)
            end = pause->to.us;
    }
    return end;
}

/* Some pause has an instant in common with from..to; *ret_ever: one without end has. */
static bool paused(const struct intervals *pauses, int64_t from_us, int64_t to_us, bool *ret_ever)
{
    bool any = false;
    for (int i = 0; i < pauses->count; i++) {
        const struct interval *pause = &pauses->at[i];
        bool open = !instant_set(pause->to);
        if (pause->from.us >= to_us || (!open && pause->to.us <= from_us))
            continue;
        if (!open && pause->to.us <= pause->from.us)
            continue;
        any = true;
        *ret_ever = *ret_ever || open;
    }
    return any;
}

static struct instant due_pieces(struct plain_table *table, int64_t from_us, int64_t left_us,
                                 bool working, const struct intervals *pauses)
{
    int64_t us = from_us;
    while (left_us > 0) {
        int64_t end = piece_end(pauses, us);
        bool ever = false;
        if (!working || works(table, us)) {
            bool stands = paused(pauses, us, end, &ever);
            if (ever)
                return INSTANT_NONE;
            if (!stands && end - us > left_us)
                end = us + left_us;
            if (!stands)
                left_us -= end - us;
        }
        us = end;
        give_up(from_us, us);
    }
    return (struct instant){us};
}

/* Walks one local day that begins at *us, and to its end. False: nobody works on it. */
static bool day_walk(struct plain_table *table, int64_t *us, const struct intervals *pauses,
                     bool *ret_paused, bool *ret_ever, int64_t *ret_end)
{
    bool any = false;
    *ret_paused = *ret_ever = false;
    for (int32_t day = day_of(table, *us); day_of(table, *us) == day; *us += minute_us) {
        if (!works(table, *us))
            continue;
        any = true;
        *ret_end = *us + minute_us;
        *ret_paused = paused(pauses, *us, *ret_end, ret_ever) || *ret_paused;
    }
    return any;
}

static struct instant due_days(struct plain_table *table, int64_t from_us, int64_t left,
                               const struct intervals *pauses)
{
    int64_t us = from_us - from_us % minute_us, end = from_us;
    for (int32_t today = day_of(table, us); day_of(table, us) == today;)
        us += minute_us;
    while (left > 0) {
        bool stands, ever;
        if (day_walk(table, &us, pauses, &stands, &ever, &end) && !stands)
            left--;
        if (ever)
            return INSTANT_NONE;
        give_up(from_us, us);
    }
    return (struct instant){end};
}

struct instant plain_due(struct plain_table *table, struct instant from, struct amount amount,
                         const struct intervals *pauses, bool *ret_provisional)
{
    static const int unit_minutes[] = {1, 60, DAY_MINUTES, 60, 0};
    bool working = amount.unit == SPAN_WORKING_HOUR;
    int64_t left_us = amount.amount * unit_minutes[amount.unit] * minute_us;
    struct instant due = amount.unit == SPAN_WORKING_DAY
                             ? due_days(table, from.us, amount.amount, pauses)
                             : due_pieces(table, from.us, left_us, working, pauses);
    if (!instant_set(due) || (!working && amount.unit != SPAN_WORKING_DAY))
        return due;
    int year, last, month, day;
    date_split((struct date){day_of(table, from.us)}, &year, &month, &day);
    date_split((struct date){day_of(table, due.us - 1)}, &last, &month, &day);
    for (; year <= last; year++)
        *ret_provisional = *ret_provisional || !table->known[year];
    return due;
}

static struct instant before_hours(struct plain_table *table, int64_t due_us, int64_t left_us)
{
    int64_t us = due_us;
    while (left_us > 0) {
        int64_t begin = (us - 1) - (us - 1) % minute_us;
        if (works(table, begin) && us - begin > left_us)
            begin = us - left_us;
        if (works(table, begin))
            left_us -= us - begin;
        us = begin;
        give_up(due_us, us);
    }
    return (struct instant){us};
}

static struct instant before_days(struct plain_table *table, int64_t due_us, int64_t left)
{
    int64_t us = (due_us - 1) - (due_us - 1) % minute_us, first = due_us;
    for (int32_t day = day_of(table, us); day_of(table, us) == day;)
        us -= minute_us;
    while (left > 0) {
        bool any = false;
        for (int32_t day = day_of(table, us); day_of(table, us) == day; us -= minute_us) {
            if (!works(table, us))
                continue;
            any = true;
            first = us;
        }
        left -= any;
        give_up(due_us, us);
    }
    return (struct instant){first};
}

struct instant plain_before(struct plain_table *table, struct instant due, struct amount amount)
{
    switch (amount.unit) {
    case SPAN_MINUTE:
        return (struct instant){due.us - amount.amount * minute_us};
    case SPAN_HOUR:
        return (struct instant){due.us - amount.amount * 60 * minute_us};
    case SPAN_DAY:
        return (struct instant){due.us - amount.amount * day_us};
    case SPAN_WORKING_HOUR:
        return before_hours(table, due.us, amount.amount * 60 * minute_us);
    default:
        return before_days(table, due.us, amount.amount);
    }
}

struct instant plain_remind(struct plain_table *table, struct instant at, struct instant dispatched,
                            struct instant due)
{
    int64_t us = at.us > dispatched.us ? at.us : dispatched.us;
    if (us < due.us && works(table, us))
        return (struct instant){us};
    int64_t minute = us - us % minute_us;
    for (int64_t next = minute + minute_us; next < due.us; next += minute_us)
        if (works(table, next))
            return (struct instant){next};
    for (int64_t last = minute - minute_us; last >= dispatched.us - minute_us; last -= minute_us)
        if (works(table, last) && last + minute_us > dispatched.us)
            return (struct instant){last + minute_us};
    return dispatched;
}
