/* The arithmetic of calendar.h: spans counted forwards and backwards over days, frames and pauses.
 * Everything walks from day to day; a walk ends after RECKON_YEARS. */
#include <stdlib.h>

#include "domain/calendar.h"

static const int64_t forever = INT64_MAX / 4; /* differences of two instants must not overflow */
static const int64_t minute_us = 60000000;
static const int64_t hour_us = 60 * minute_us;
static const int64_t day_us = 24 * hour_us;
static const int64_t limit_us = RECKON_DAYS * day_us;

/* One sum under way. */
struct sum {
    const struct calendar *calendar;
    struct instant from;
    struct intervals pauses; /* sorted, apart; one without end has `to` = forever */
    int pause;               /* the first that ends after what was looked at so far */
    struct intervals counted;
    struct instant end; /* of what was counted */
    int room;
    struct arena *arena;
    struct date last; /* the last local date that was looked at */
};

static int pause_order(const void *a, const void *b)
{
    const struct interval *one = a, *other = b;
    return one->from.us < other->from.us ? -1 : one->from.us > other->from.us;
}

/* Drops empty ones, sorts, joins those that overlap or meet. */
static struct intervals pauses_unite(const struct intervals *pauses, struct arena *arena)
{
    struct intervals united = {0};
    if (pauses == NULL || pauses->count == 0)
        return united;
    united.at = ARENA_ARRAY(arena, struct interval, pauses->count);
    int count = 0;
    for (int i = 0; i < pauses->count; i++) {
        struct interval pause = pauses->at[i];
        if (!instant_set(pause.to))
            pause.to.us = forever;
        if (pause.from.us < pause.to.us)
            united.at[count++] = pause;
    }
    qsort(united.at, (size_t)count, sizeof(struct interval), pause_order);
    for (int i = 0; i < count; i++) {
        struct interval *end = united.count > 0 ? &united.at[united.count - 1] : NULL;
        if (end == NULL || end->to.us < united.at[i].from.us)
            united.at[united.count++] = united.at[i];
        else if (end->to.us < united.at[i].to.us)
            end->to = united.at[i].to;
    }
    return united;
}

static void sum_add(struct sum *sum, int64_t from_us, int64_t to_us)
{
    struct intervals *counted = &sum->counted;
    sum->end.us = to_us;
    if (counted->count > 0 && counted->at[counted->count - 1].to.us == from_us) {
        counted->at[counted->count - 1].to.us = to_us;
        return;
    }
    if (counted->count == sum->room) {
        sum->room = sum->room > 0 ? sum->room * 2 : 8;
        counted->at = arena_grow(sum->arena, counted->at, (size_t)counted->count, (size_t)sum->room,
                                 sizeof(*counted->at));
    }
    counted->at[counted->count++] = (struct interval){{from_us}, {to_us}};
}

/* The first pause that ends after `us`; NULL if there is none. `us` must not go back. */
static const struct interval *sum_pause(struct sum *sum, int64_t us)
{
    while (sum->pause < sum->pauses.count && sum->pauses.at[sum->pause].to.us <= us)
        sum->pause++;
    return sum->pause < sum->pauses.count ? &sum->pauses.at[sum->pause] : NULL;
}

/* The clock stands at `us` and will never run again. */
static bool sum_stopped(struct sum *sum, int64_t us)
{
    const struct interval *pause = sum_pause(sum, us);
    return pause != NULL && pause->to.us == forever && pause->from.us <= us;
}

/* Counts what is not paused of from..to, at most `left`; returns what is left then. */
static int64_t sum_count(struct sum *sum, int64_t from_us, int64_t to_us, int64_t left)
{
    while (left > 0 && from_us < to_us) {
        const struct interval *pause = sum_pause(sum, from_us);
        if (pause != NULL && pause->from.us <= from_us) {
            from_us = pause->to.us;
            continue;
        }
        int64_t end_us = pause != NULL && pause->from.us < to_us ? pause->from.us : to_us;
        if (end_us - from_us > left)
            end_us = from_us + left;
        sum_add(sum, from_us, end_us);
        left -= end_us - from_us;
        from_us = end_us;
    }
    return left;
}

/* The three ways to sum: false when the due is not reached within the limit. *ret_stopped: a pause
 * without end came first. */
static bool sum_elapsed(struct sum *sum, int64_t left, bool *ret_stopped)
{
    *ret_stopped = sum_count(sum, sum->from.us, forever, left) > 0;
    return true;
}

static bool sum_hours(struct sum *sum, int64_t left, bool *ret_stopped)
{
    struct date first = sum->last;
    for (; sum->last.day <= first.day + RECKON_DAYS; sum->last.day++) {
        const struct frames *day = calendar_day(sum->calendar, sum->last);
        for (int i = 0; i < day->count; i++) {
            struct interval piece = calendar_piece(sum->calendar, sum->last, day->at[i]);
            if (piece.from.us < sum->from.us)
                piece.from = sum->from;
            *ret_stopped = piece.from.us < piece.to.us && sum_stopped(sum, piece.from.us);
            if (*ret_stopped)
                return true;
            left = sum_count(sum, piece.from.us, piece.to.us, left);
            if (left == 0)
                return true;
        }
    }
    return false;
}

enum day_kind { DAY_OFF, DAY_WORKED, DAY_PAUSED, DAY_STOPPED };

static enum day_kind day_look(struct sum *sum, const struct intervals *pieces)
{
    for (int i = 0; i < pieces->count; i++) {
        const struct interval *pause = sum_pause(sum, pieces->at[i].from.us);
        if (pause != NULL && pause->from.us < pieces->at[i].to.us)
            return pause->to.us == forever ? DAY_STOPPED : DAY_PAUSED;
    }
    return pieces->count > 0 ? DAY_WORKED : DAY_OFF;
}

static bool sum_days(struct sum *sum, int64_t left, bool *ret_stopped)
{
    struct date first = sum->last;
    while (left > 0 && sum->last.day <= first.day + RECKON_DAYS) {
        sum->last.day++;
        struct intervals pieces = calendar_frames(sum->calendar, sum->last, sum->arena);
        enum day_kind kind = day_look(sum, &pieces);
        *ret_stopped = kind == DAY_STOPPED;
        if (*ret_stopped)
            return true;
        if (kind != DAY_WORKED)
            continue;
        for (int i = 0; i < pieces.count; i++)
            sum_add(sum, pieces.at[i].from.us, pieces.at[i].to.us);
        left--;
    }
    return left == 0;
}

static bool years_covered(const struct calendar *calendar, struct date from, struct date to)
{
    int first, last, month, day;
    date_split(from, &first, &month, &day);
    date_split(to, &last, &month, &day);
    for (int year = first; year <= last; year++)
        if (!calendar_covers(calendar, year))
            return false;
    return true;
}

/* One unit in microseconds; a working day counts as a day, for the limit only. */
static int64_t unit_us(int unit)
{
    if (unit == SPAN_MINUTE)
        return minute_us;
    return unit == SPAN_HOUR || unit == SPAN_WORKING_HOUR ? hour_us : day_us;
}

static bool fail_far(struct error *err)
{
    return error_add(err, "/span/amount", "is due more than %d years ahead", RECKON_YEARS);
}

static bool sum_run(struct sum *sum, struct amount amount, bool *ret_stopped)
{
    if (amount.unit == SPAN_WORKING_DAY)
        return sum_days(sum, amount.amount, ret_stopped);
    int64_t left = amount.amount * unit_us(amount.unit);
    if (amount.unit == SPAN_WORKING_HOUR)
        return sum_hours(sum, left, ret_stopped);
    return sum_elapsed(sum, left, ret_stopped);
}

bool calendar_reckon(const struct calendar *calendar, struct instant from, struct amount amount,
                     const struct intervals *pauses, struct reckoning *ret_reckoning,
                     struct error *err)
{
    bool working = amount.unit == SPAN_WORKING_HOUR || amount.unit == SPAN_WORKING_DAY;
    if (amount.amount < 1)
        return error_add(err, "/span/amount", "must be 1 or more");
    if (amount.amount > limit_us / unit_us(amount.unit))
        return fail_far(err);
    struct date first = zone_date(calendar->zone, from);
    struct sum sum = {.calendar = calendar, .from = from, .arena = err->arena, .last = first};
    bool stopped = false;
    sum.pauses = pauses_unite(pauses, err->arena);
    if (!sum_run(&sum, amount, &stopped)) {
        if (sum.counted.count > 0)
            return fail_far(err);
        return error_add(err, "/span/amount", "the calendar has no working time to count");
    }
    if (!stopped && sum.end.us - from.us > limit_us)
        return fail_far(err);
    ret_reckoning->due = stopped ? INSTANT_NONE : sum.end;
    ret_reckoning->counted = sum.counted;
    ret_reckoning->provisional = working && !years_covered(calendar, first, sum.last);
    return true;
}

struct instant calendar_due(const struct calendar *calendar, struct instant from,
                            struct amount amount, const struct intervals *pauses,
                            bool *ret_provisional)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct reckoning reckoning = {.due = from};
    bool done = calendar_reckon(calendar, from, amount, pauses, &reckoning, &err);
    if (ret_provisional != NULL)
        *ret_provisional = done && reckoning.provisional;
    return reckoning.due;
}

static struct instant before_hours(const struct calendar *calendar, struct instant due,
                                   int64_t left)
{
    /* Where a clock is set back over midnight, the next day's frames may have begun already. */
    struct date date = {zone_date(calendar->zone, due).day + 1};
    for (int i = 0; i <= RECKON_DAYS; i++, date.day--) {
        const struct frames *day = calendar_day(calendar, date);
        for (int j = day->count - 1; j >= 0; j--) {
            struct interval piece = calendar_piece(calendar, date, day->at[j]);
            if (due.us < piece.to.us)
                piece.to = due;
            if (piece.to.us <= piece.from.us)
                continue;
            if (piece.to.us - piece.from.us >= left)
                return (struct instant){piece.to.us - left};
            left -= piece.to.us - piece.from.us;
        }
    }
    return due;
}

static struct instant before_days(const struct calendar *calendar, struct instant due, int64_t left)
{
    /* A due at 24:00 belongs to the day that it ends. */
    struct date date = zone_date(calendar->zone, (struct instant){due.us - 1});
    for (int i = 0; i <= RECKON_DAYS; i++) {
        date.day--;
        const struct frames *day = calendar_day(calendar, date);
        left -= day->count > 0;
        if (left == 0)
            return zone_instant(calendar->zone, date, day->at[0].from);
    }
    return due;
}

struct instant calendar_before(const struct calendar *calendar, struct instant due,
                               struct amount amount)
{
    if (amount.amount < 1 || amount.amount > limit_us / unit_us(amount.unit))
        return due;
    if (amount.unit == SPAN_WORKING_DAY)
        return before_days(calendar, due, amount.amount);
    int64_t left = amount.amount * unit_us(amount.unit);
    if (amount.unit == SPAN_WORKING_HOUR)
        return before_hours(calendar, due, left);
    return (struct instant){due.us - left};
}

/* The first piece of working time that ends after `at` and begins before `due`. */
static bool piece_next(const struct calendar *calendar, struct instant at, struct instant due,
                       struct interval *ret_piece)
{
    struct date date = zone_date(calendar->zone, at);
    for (int i = 0; i <= RECKON_DAYS; i++, date.day++) {
        if (zone_instant(calendar->zone, date, 0).us >= due.us)
            return false;
        const struct frames *day = calendar_day(calendar, date);
        for (int j = 0; j < day->count; j++) {
            struct interval piece = calendar_piece(calendar, date, day->at[j]);
            if (piece.to.us <= at.us || piece.to.us <= piece.from.us)
                continue;
            *ret_piece = piece;
            return piece.from.us < due.us;
        }
    }
    return false;
}

/* The end of the last piece of working time before `at`, which lies in closed time; `floor` if that
 * ends later. */
static struct instant piece_end_before(const struct calendar *calendar, struct instant at,
                                       struct instant floor)
{
    struct date date = {zone_date(calendar->zone, at).day + 1};
    for (int i = 0; i <= RECKON_DAYS; i++, date.day--) {
        if (zone_instant(calendar->zone, date, 1440).us <= floor.us)
            return floor;
        const struct frames *day = calendar_day(calendar, date);
        for (int j = day->count - 1; j >= 0; j--) {
            struct interval piece = calendar_piece(calendar, date, day->at[j]);
            if (piece.from.us < piece.to.us && piece.to.us <= at.us)
                return piece.to.us < floor.us ? floor : piece.to;
        }
    }
    return floor;
}

struct instant calendar_reminder(const struct calendar *calendar, struct instant at,
                                 struct instant dispatched, struct instant due)
{
    struct interval piece;
    if (at.us < dispatched.us)
        at = dispatched;
    if (!piece_next(calendar, at, due, &piece))
        return piece_end_before(calendar, at, dispatched);
    return piece.from.us < at.us ? at : piece.from;
}

struct span calendar_working_time(const struct calendar *calendar, struct instant from,
                                  struct instant to)
{
    struct span sum = {0};
    if (to.us <= from.us)
        return sum;
    /* A day early and a day late: a clock set back over midnight puts frames across it. */
    int32_t last = zone_date(calendar->zone, to).day + 1;
    for (struct date date = {zone_date(calendar->zone, from).day - 1}; date.day <= last;
         date.day++) {
        const struct frames *day = calendar_day(calendar, date);
        for (int i = 0; i < day->count; i++) {
            struct interval piece = calendar_piece(calendar, date, day->at[i]);
            if (piece.from.us < from.us)
                piece.from = from;
            if (piece.to.us > to.us)
                piece.to = to;
            if (piece.from.us < piece.to.us) {
                sum.us += piece.to.us - piece.from.us;
                from = piece.to; /* nothing counts twice */
            }
        }
    }
    return sum;
}
