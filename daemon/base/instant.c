/* Civil dates by the days-from-civil method (proleptic Gregorian, 400-year eras). */
#include "base/instant.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400, ERA_DAYS = 146097, EPOCH_SHIFT = 719468 };

struct instant instant_first(struct instant a, struct instant b)
{
    if (!instant_set(a))
        return b;
    if (!instant_set(b))
        return a;
    return a.us < b.us ? a : b;
}

static int32_t days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400;
    int of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT;
}

void date_split(struct date date, int *ret_year, int *ret_month, int *ret_day)
{
    int shifted = date.day + EPOCH_SHIFT;
    int era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
    int of_era = shifted - era * ERA_DAYS;
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int shifted_month = (5 * of_year + 2) / 153;
    *ret_day = of_year - (153 * shifted_month + 2) / 5 + 1;
    *ret_month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *ret_year = year + era * 400 + (*ret_month <= 2);
}

bool date_make(int year, int month, int day, struct date *ret_date)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct date date = {days_from_civil(year, month, day)};
    int y, m, d;
    date_split(date, &y, &m, &d);
    if (y != year || m != month || d != day)
        return false;
    *ret_date = date;
    return true;
}

int date_weekday(struct date date)
{
    int weekday = (date.day + 3) % 7; /* 1970-01-01 was a Thursday */
    return weekday < 0 ? weekday + 7 : weekday;
}

/* `count` digits at *at; moves behind them; -1 if there are none. */
static int digits(const char **at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    *at += count;
    return value;
}

static bool skip(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

static bool read_date(const char **at, struct date *ret_date)
{
    int year = digits(at, 4);
    if (year < 0 || !skip(at, '-'))
        return false;
    int month = digits(at, 2);
    if (month < 0 || !skip(at, '-'))
        return false;
    int day = digits(at, 2);
    return day >= 0 && date_make(year, month, day, ret_date);
}

bool date_parse(const char *text, struct date *ret_date)
{
    struct date date;
    if (!read_date(&text, &date) || *text != '\0')
        return false;
    *ret_date = date;
    return true;
}

const char *date_format(struct arena *arena, struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return arena_format(arena, "%04d-%02d-%02d", year, month, day);
}

static bool read_fraction(const char **at, int64_t *ret_us)
{
    *ret_us = 0;
    if (**at != '.')
        return true;
    (*at)++;
    int64_t unit = 100000;
    int count = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++, count++, unit /= 10)
        *ret_us += (**at - '0') * unit;
    return count > 0 && count <= 9;
}

static bool read_offset(const char **at, int *ret_s)
{
    *ret_s = 0;
    if (skip(at, 'Z') || skip(at, 'z'))
        return true;
    int sign = **at == '-' ? -1 : 1;
    if (!skip(at, '+') && !skip(at, '-'))
        return false;
    int hours = digits(at, 2);
    if (hours < 0 || hours > 23 || !skip(at, ':'))
        return false;
    int minutes = digits(at, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool read_time(const char **at, int *ret_s)
{
    int hour = digits(at, 2);
    if (hour < 0 || hour > 23 || !skip(at, ':'))
        return false;
    int minute = digits(at, 2);
    if (minute < 0 || minute > 59 || !skip(at, ':'))
        return false;
    int second = digits(at, 2);
    if (second < 0 || second > 59)
        return false;
    *ret_s = hour * 3600 + minute * 60 + second;
    return true;
}

bool instant_parse(const char *text, struct instant *ret_at)
{
    struct date date;
    int of_day, offset;
    int64_t fraction;
    if (!read_date(&text, &date) || (!skip(&text, 'T') && !skip(&text, 't')))
        return false;
    if (!read_time(&text, &of_day) || !read_fraction(&text, &fraction))
        return false;
    if (!read_offset(&text, &offset) || *text != '\0' || date.day < 0)
        return false;
    *ret_at = (struct instant){((int64_t)date.day * DAY_S + of_day - offset) * 1000000 + fraction};
    return true;
}

const char *instant_format(struct arena *arena, struct instant at, int offset_s)
{
    int64_t local = at.us + (int64_t)offset_s * 1000000;
    int64_t us = local % 1000000, s = local / 1000000;
    if (us < 0) {
        us += 1000000;
        s--;
    }
    int64_t day = s / DAY_S, of_day = s % DAY_S;
    if (of_day < 0) {
        of_day += DAY_S;
        day--;
    }
    char fraction[8] = "";
    if (us > 0) {
        snprintf(fraction, sizeof(fraction), ".%06d", (int)us);
        for (size_t end = strlen(fraction); fraction[end - 1] == '0'; end--)
            fraction[end - 1] = '\0';
    }
    char zone[16] = "Z";
    int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    if (offset_s != 0)
        snprintf(zone, sizeof(zone), "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60 % 24,
                 minutes % 60);
    return arena_format(arena, "%sT%02d:%02d:%02d%s%s",
                        date_format(arena, (struct date){(int32_t)day}), (int)(of_day / 3600),
                        (int)(of_day / 60 % 60), (int)(of_day % 60), fraction, zone);
}
