/* Points in time and calendar dates. UTC inside, RFC 3339 outside. Reads no clock (base/clock). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Microseconds since 1970-01-01T00:00:00Z. INSTANT_NONE = absent. */
struct instant {
    int64_t us;
};
#define INSTANT_NONE ((struct instant){INT64_MIN})

/* A length of time in microseconds. */
struct span {
    int64_t us;
};
#define SECONDS(n) ((struct span){(int64_t)(n)*1000000})

/* A day of the Gregorian calendar: days since 1970-01-01. DATE_NONE = absent. */
struct date {
    int32_t day;
};
#define DATE_NONE ((struct date){INT32_MIN})

static inline bool instant_set(struct instant at)
{
    return at.us != INT64_MIN;
}
static inline bool date_set(struct date date)
{
    return date.day != INT32_MIN;
}
static inline struct instant instant_add(struct instant at, struct span span)
{
    return (struct instant){at.us + span.us};
}
static inline struct span instant_since(struct instant at, struct instant earlier)
{
    return (struct span){at.us - earlier.us};
}
static inline bool instant_before(struct instant a, struct instant b)
{
    return a.us < b.us;
}
/* The earlier of two; an absent one counts as never. */
struct instant instant_first(struct instant a, struct instant b);

/* year 1..9999, month 1..12, day 1..31; the date must exist. */
bool date_make(int year, int month, int day, struct date *ret_date);
void date_split(struct date date, int *ret_year, int *ret_month, int *ret_day);
/* 0 = Monday .. 6 = Sunday. */
int date_weekday(struct date date);
/* "2026-11-23", exactly; the date must exist. */
bool date_parse(const char *text, struct date *ret_date);
const char *date_format(struct arena *arena, struct date date);

/* RFC 3339 with an offset ("2026-11-23T09:00:00+08:00", up to 6 fraction digits kept); years 1970
 * to 9999; a leap second is refused. */
bool instant_parse(const char *text, struct instant *ret_at);
/* RFC 3339 at an offset of `offset_s` seconds from UTC (whole minutes); fraction only if any. */
const char *instant_format(struct arena *arena, struct instant at, int offset_s);
