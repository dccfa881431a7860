/* Working calendars and the arithmetic of spans over them (spec 5 and 12). Pure. */
#pragma once

#include "base/error.h"
#include "base/zone.h"

/* X(NAME, "word") */
#define SPAN_UNITS(X)                                                                              \
    X(MINUTE, "minute")                                                                            \
    X(HOUR, "hour")                                                                                \
    X(DAY, "day")                                                                                  \
    X(WORKING_HOUR, "working_hour")                                                                \
    X(WORKING_DAY, "working_day")
#define X(name, word) SPAN_##name,
enum span_unit { SPAN_UNITS(X) SPAN_UNIT_COUNT };
#undef X
extern const char *const span_unit_words[];

/* A length as a rule gives it: `amount` whole units, >= 1; 0 = no such span. */
struct amount {
    int64_t amount;
    int unit; /* enum span_unit */
};

/* A piece of a working day, minutes after local midnight: 0 <= from < to <= 1440. */
struct frame {
    int from;
    int to;
};

struct frames {
    int count;
    struct frame *at; /* sorted, not overlapping */
};

enum override_kind { OVERRIDE_HOLIDAY, OVERRIDE_WORKDAY };

/* A dated exception: a holiday, or a weekend day that works (调休). */
struct override {
    struct date date;
    int kind; /* enum override_kind */
    const char *name;
    bool own_frames; /* `frames` is given; else a make-up day has a Monday's */
    struct frames frames;
};

struct calendar {
    const char *code;
    const char *name;
    const struct zone *zone;
    const char *zone_name;
    struct frames week[7]; /* 0 = Monday */
    int override_count;
    struct override *overrides; /* sorted by date, one per date */
    int status;
    int64_t version;
};

/* Half-open [from, to). In a pause `to` may be absent: it has no end yet. */
struct interval {
    struct instant from;
    struct instant to;
};

struct intervals {
    int count;
    struct interval *at;
};

struct reckoning {
    struct instant due;       /* INSTANT_NONE while a pause has no end */
    struct intervals counted; /* sorted and merged */
    bool provisional;         /* it touches a year for which the calendar has no override at all */
};

/* The longest reckoning; as days, 366 in every fourth year. */
enum { RECKON_YEARS = 20, RECKON_DAYS = RECKON_YEARS * 1461 / 4 };

/* The due instant of `amount` from `from` (spec 12): minute, hour and day run through; working_hour
 * counts inside frames only, from the instant; working_day N ends with the last frame of the Nth
 * working day after the day of `from`. Pauses (any order, may overlap) do not count; a working day
 * counts only if no pause touches its frames. A pause without end leaves the due absent, unless it
 * begins at the due instant or later: then no pause matters. `pauses` may be NULL. Fails with
 * FAULT_INVALID (pointer /span/amount) when the amount is below 1, the due lies more than
 * RECKON_YEARS years ahead or the calendar has no working time to count. Results live in the
 * error's arena. */
MUST_CHECK bool calendar_reckon(const struct calendar *calendar, struct instant from,
                                struct amount amount, const struct intervals *pauses,
                                struct reckoning *ret_reckoning, struct error *err);
/* As calendar_reckon, the due only, for callers whose rules were checked when they were stored:
 * INSTANT_NONE while paused without end. What cannot be reckoned is due at `from`.
 * `ret_provisional` may be NULL. */
struct instant calendar_due(const struct calendar *calendar, struct instant from,
                            struct amount amount, const struct intervals *pauses,
                            bool *ret_provisional);
/* The frames that count on one local day, overrides applied; none on a day off. Borrowed from the
 * calendar. */
const struct frames *calendar_day(const struct calendar *calendar, struct date date);
/* One frame of a local day as instants; empty where a clock change skips all of it. */
struct interval calendar_piece(const struct calendar *calendar, struct date date,
                               struct frame frame);
/* The frames of one local day as instants, overrides applied; none on a day off. */
struct intervals calendar_frames(const struct calendar *calendar, struct date date,
                                 struct arena *arena);
/* Working time in [from, to): the frames between the two instants; none where `to` is not later. */
struct span calendar_working_time(const struct calendar *calendar, struct instant from,
                                  struct instant to);
/* The span counted back from `due`, by the same units (a reminder "before" due); working units
 * count backwards through frames: working_day N = the start of the first frame of the Nth working
 * day before due's day (a due at 24:00 belongs to the day that it ends). What cannot be reckoned is
 * `due` itself. */
struct instant calendar_before(const struct calendar *calendar, struct instant due,
                               struct amount amount);
/* Where a reminder for `at` goes: `at` itself inside a frame; in closed time the next frame's start
 * or, if that is not before `due`, the end of the frame before `at`; never before `dispatched` (an
 * earlier `at` counts as `dispatched`). */
struct instant calendar_reminder(const struct calendar *calendar, struct instant at,
                                 struct instant dispatched, struct instant due);
/* The calendar has at least one override dated in that year. */
bool calendar_covers(const struct calendar *calendar, int year);
/* Checks frames (order, range), overrides (one per date, order), zone: every fault with its
 * pointer. Sorts overrides. */
MUST_CHECK bool calendar_check(struct calendar *calendar, struct error *err);
