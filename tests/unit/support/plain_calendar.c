/* Deliberately simple; see the header. */
#include "support/plain_calendar.h"

#include <stdlib.h>
#include <string.h>

static const int64_t day_s = 86400;
static const int64_t give_up_s = (int64_t)731 * 86400;

/* Year and day of the year, counted up from 1970. */
static int year_of(int64_t day, int *ret_first_day)
{
    int year = 1970, first = 0;
    for (;;) {
        int length = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 366 : 365;
        if (day < first + length)
            break;
        first += length;
        year++;
    }
    *ret_first_day = first;
    return year;
}

static int weekday_of(int64_t day)
{
    return (int)((day + 3) % 7); /* 0 = Monday */
}

static int64_t sunday_from(int64_t day)
{
    while (weekday_of(day) != 6)
        day++;
    return day;
}

/* The Energy Policy Act's dates since 2007, the Uniform Time Act's before. */
static int new_york_s(int64_t at_s)
{
    static int64_t known_day = -1, on_s, off_s;
    if (at_s / day_s != known_day) {
        int first;
        known_day = at_s / day_s;
        int year = year_of(known_day, &first);
        int leap = year % 4 == 0;
        int64_t march = first + 59 + leap, april = first + 90 + leap, november = first + 304 + leap;
        on_s = (year >= 2007 ? sunday_from(march + 7) : sunday_from(april)) * day_s + 7 * 3600;
        off_s = (year >= 2007 ? sunday_from(november) : sunday_from(november - 7)) * day_s;
        off_s += 6 * 3600;
    }
    return at_s >= on_s && at_s < off_s ? -4 * 3600 : -5 * 3600;
}

static int64_t local_s(const struct calendar *calendar, int64_t at_s)
{
    if (strcmp(calendar->zone_name, "Asia/Shanghai") == 0)
        return at_s + 8 * 3600;
    if (strcmp(calendar->zone_name, "Asia/Kolkata") == 0)
        return at_s + 5 * 3600 + 1800;
    if (strcmp(calendar->zone_name, "America/New_York") == 0)
        return at_s + new_york_s(at_s);
    return at_s;
}

static int64_t local_day(const struct calendar *calendar, int64_t at_s)
{
    return local_s(calendar, at_s) / day_s;
}

static const struct frames *day_frames(const struct calendar *calendar, int64_t day)
{
    static const struct frames none;
    for (int i = 0; i < calendar->override_count; i++) {
        const struct override *override = &calendar->overrides[i];
        if (override->date.day != day)
            continue;
        if (override->own_frames)
            return &override->frames;
        return override->kind == OVERRIDE_HOLIDAY ? &none : &calendar->week[0];
    }
    return &calendar->week[weekday_of(day)];
}

/* The day that was asked for last; forgotten at every call from outside. */
static const struct calendar *known;
static int64_t known_day;

static bool works(const struct calendar *calendar, int64_t at_s)
{
    static const struct frames *frames;
    int64_t local = local_s(calendar, at_s), day = local / day_s;
    if (known != calendar || known_day != day) {
        known = calendar;
        known_day = day;
        frames = day_frames(calendar, day);
    }
    int64_t minute = local % day_s / 60;
    for (int i = 0; i < frames->count; i++)
        if (minute >= frames->at[i].from && minute < frames->at[i].to)
            return true;
    return false;
}

static bool paused(const struct intervals *pauses, int64_t at_s, bool *ret_for_ever)
{
    bool in = false;
    *ret_for_ever = false;
    for (int i = 0; i < pauses->count; i++) {
        int64_t at_us = at_s * 1000000;
        const struct interval *pause = &pauses->at[i];
        if (at_us < pause->from.us || (instant_set(pause->to) && at_us >= pause->to.us))
            continue;
        in = true;
        *ret_for_ever = *ret_for_ever || !instant_set(pause->to);
    }
    return in;
}

bool plain_works(const struct calendar *calendar, int64_t at_s)
{
    known = NULL;
    return works(calendar, at_s);
}

int64_t plain_day(const struct calendar *calendar, int64_t at_s)
{
    return local_day(calendar, at_s);
}

static void mark(struct reckoning *made, int64_t at_s)
{
    struct intervals *counted = &made->counted;
    if (counted->count == 0 || counted->at[counted->count - 1].to.us != at_s * 1000000)
        counted->at[counted->count++] = (struct interval){{at_s * 1000000}, {at_s * 1000000}};
    counted->at[counted->count - 1].to.us += 60000000;
    made->due = counted->at[counted->count - 1].to;
}

/* Minutes, hours and days, and working hours with `working`. */
static bool reckon_minutes(const struct calendar *calendar, int64_t at_s, int64_t minutes,
                           bool working, const struct intervals *pauses, struct reckoning *made)
{
    int64_t end_s = at_s + give_up_s;
    for (; minutes > 0 && at_s < end_s; at_s += 60) {
        bool for_ever, stopped = paused(pauses, at_s, &for_ever);
        if (for_ever) {
            made->due = INSTANT_NONE;
            return true;
        }
        if (stopped || (working && !works(calendar, at_s)))
            continue;
        mark(made, at_s);
        minutes--;
    }
    return minutes == 0;
}

/* One local day, which begins at *at_s; leaves the next day's begin there. */
static bool day_walk(const struct calendar *calendar, int64_t *at_s, const struct intervals *pauses,
                     bool *ret_touched, bool *ret_for_ever)
{
    bool any = false;
    int64_t day = local_day(calendar, *at_s);
    *ret_touched = *ret_for_ever = false;
    for (; local_day(calendar, *at_s) == day; *at_s += 60) {
        bool for_ever;
        if (!works(calendar, *at_s))
            continue;
        any = true;
        *ret_touched = paused(pauses, *at_s, &for_ever) || *ret_touched;
        *ret_for_ever = for_ever || *ret_for_ever;
    }
    return any;
}

static bool reckon_days(const struct calendar *calendar, int64_t at_s, int64_t days,
                        const struct intervals *pauses, struct reckoning *made)
{
    int64_t end_s = at_s + give_up_s, today = local_day(calendar, at_s);
    while (local_day(calendar, at_s) == today)
        at_s += 60;
    while (days > 0 && at_s < end_s) {
        int64_t begin_s = at_s;
        bool touched, for_ever, any = day_walk(calendar, &at_s, pauses, &touched, &for_ever);
        if (for_ever) {
            made->due = INSTANT_NONE;
            return true;
        }
        if (!any || touched)
            continue;
        for (int64_t s = begin_s; s < at_s; s += 60)
            if (works(calendar, s))
                mark(made, s);
        days--;
    }
    return days == 0;
}

static bool year_known(const struct calendar *calendar, int year)
{
    int first;
    for (int i = 0; i < calendar->override_count; i++)
        if (year_of(calendar->overrides[i].date.day, &first) == year)
            return true;
    return false;
}

bool plain_reckon(const struct calendar *calendar, struct instant from, struct amount amount,
                  const struct intervals *pauses, struct arena *arena, struct reckoning *ret)
{
    static const int unit_minutes[] = {1, 60, 1440, 60, 0};
    known = NULL;
    int64_t from_s = from.us / 1000000, minutes = amount.amount * unit_minutes[amount.unit];
    bool working = amount.unit == SPAN_WORKING_HOUR, done;
    *ret = (struct reckoning){.due = INSTANT_NONE};
    ret->counted.at = ARENA_ARRAY(arena, struct interval, 4096);
    if (amount.unit == SPAN_WORKING_DAY)
        done = reckon_days(calendar, from_s, amount.amount, pauses, ret);
    else
        done = reckon_minutes(calendar, from_s, minutes, working, pauses, ret);
    if (!done || !instant_set(ret->due) || (!working && amount.unit != SPAN_WORKING_DAY))
        return done;
    int first_day;
    int year = year_of(local_day(calendar, from_s), &first_day);
    int last = year_of(local_day(calendar, ret->due.us / 1000000 - 60), &first_day);
    for (; year <= last; year++)
        ret->provisional = ret->provisional || !year_known(calendar, year);
    return done;
}

struct span plain_working_time(const struct calendar *calendar, struct instant from,
                               struct instant to)
{
    struct span sum = {0};
    known = NULL;
    for (int64_t s = from.us / 1000000; s < to.us / 1000000; s += 60)
        sum.us += works(calendar, s) ? 60000000 : 0;
    return sum;
}

struct instant plain_reminder(const struct calendar *calendar, struct instant at,
                              struct instant dispatched, struct instant due)
{
    known = NULL;
    int64_t at_s = (at.us > dispatched.us ? at.us : dispatched.us) / 1000000;
    for (int64_t s = at_s; s < due.us / 1000000; s += 60)
        if (works(calendar, s))
            return (struct instant){s * 1000000};
    for (int64_t s = at_s - 60; s >= dispatched.us / 1000000; s -= 60)
        if (works(calendar, s))
            return (struct instant){(s + 60) * 1000000};
    return dispatched;
}
