/* Time zones: offsets, clock changes in both directions, names that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/zone.h"

static struct instant at(const char *text)
{
    struct instant instant = INSTANT_NONE;
    assert_true(instant_parse(text, &instant));
    return instant;
}

static struct date on(const char *text)
{
    struct date date = DATE_NONE;
    assert_true(date_parse(text, &date));
    return date;
}

static const struct zone *known(const char *name)
{
    const struct zone *zone = zone_find(name);
    assert_non_null(zone);
    return zone;
}

static void names(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",      "Nowhere/X", "Etc/Unknown", "asia/shanghai", "CST", "Asia/Shanghai ",
        "GMT+8", "Asia/上海", "Asia",        "GMT+08:00",     "/"};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_null(zone_find(none[i]));
    assert_null(zone_find(NULL));
    char longer[200];
    memset(longer, '/', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_null(zone_find(longer));
    assert_ptr_equal(known("Asia/Shanghai"), known("Asia/Shanghai"));
    assert_int_equal(zone_offset(known("UTC"), at("2026-07-01T00:00:00Z")), 0);
}

static void offsets(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *at;
        int offset_s;
    } cases[] = {
        {"Asia/Shanghai",       "2026-07-01T00:00:00Z",        28800 },
        {"Asia/Shanghai",       "1988-07-01T00:00:00Z",        32400 },
        {"Asia/Kathmandu",      "2026-07-01T00:00:00Z",        20700 },
        {"America/New_York",    "2026-01-01T00:00:00Z",        -18000},
        {"America/New_York",    "2026-07-01T00:00:00Z",        -14400},
        {"America/New_York",    "2026-03-08T06:59:59.999999Z", -18000},
        {"America/New_York",    "2026-03-08T07:00:00Z",        -14400},
        {"America/New_York",    "2026-11-01T05:59:59Z",        -14400},
        {"America/New_York",    "2026-11-01T06:00:00Z",        -18000},
        {"America/New_York",    "2006-04-01T12:00:00Z",        -18000},
        {"America/New_York",    "2006-04-02T12:00:00Z",        -14400},
        {"America/New_York",    "2499-07-01T00:00:00Z",        -14400},
        {"America/New_York",    "2926-03-08T06:59:59Z",        -18000},
        {"America/New_York",    "9999-07-01T00:00:00Z",        -14400},
        {"Australia/Lord_Howe", "2026-01-01T00:00:00Z",        39600 },
        {"Australia/Lord_Howe", "2026-07-01T00:00:00Z",        37800 },
        {"Asia/Shanghai",       "9999-07-01T00:00:00Z",        28800 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(zone_offset(known(cases[i].zone), at(cases[i].at)), cases[i].offset_s);
}

static void local_dates(void **state)
{
    (void)state;
    const struct zone *zone = known("Asia/Shanghai");
    assert_int_equal(zone_date(zone, at("2026-11-22T15:59:59.999999Z")).day, on("2026-11-22").day);
    assert_int_equal(zone_date(zone, at("2026-11-22T16:00:00Z")).day, on("2026-11-23").day);
    assert_int_equal(zone_date(known("America/New_York"), at("1970-01-01T00:00:00Z")).day, -1);
}

/* Local times as instants; a gap gives its end, a time that comes twice gives the first. */
static void local_times(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *date;
        int minute;
        const char *at;
    } cases[] = {
        {"Asia/Shanghai",     "2026-11-23", 540,  "2026-11-23T01:00:00Z"},
        {"Asia/Shanghai",     "2026-11-23", 0,    "2026-11-22T16:00:00Z"},
        {"Asia/Shanghai",     "2026-11-23", 1440, "2026-11-23T16:00:00Z"},
        {"America/New_York",  "2026-03-08", 119,  "2026-03-08T06:59:00Z"},
        {"America/New_York",  "2026-03-08", 120,  "2026-03-08T07:00:00Z"},
        {"America/New_York",  "2026-03-08", 150,  "2026-03-08T07:00:00Z"},
        {"America/New_York",  "2026-03-08", 180,  "2026-03-08T07:00:00Z"},
        {"America/New_York",  "2026-03-08", 1440, "2026-03-09T04:00:00Z"},
        {"America/New_York",  "2026-11-01", 60,   "2026-11-01T05:00:00Z"},
        {"America/New_York",  "2026-11-01", 90,   "2026-11-01T05:30:00Z"},
        {"America/New_York",  "2026-11-01", 120,  "2026-11-01T07:00:00Z"},
        {"America/New_York",  "2026-11-01", 1440, "2026-11-02T05:00:00Z"},
        {"America/Sao_Paulo", "2018-11-04", 0,    "2018-11-04T03:00:00Z"}, /* midnight was skipped */
        {"America/Sao_Paulo", "2018-11-03", 1440, "2018-11-04T03:00:00Z"},
        {"Pacific/Apia",      "2011-12-30", 600,  "2011-12-30T10:00:00Z"}, /* so was the whole day */
        {"America/New_York",  "2926-07-01", 720,  "2926-07-01T16:00:00Z"},
        {"Asia/Shanghai",     "9999-12-31", 1440, "9999-12-31T16:00:00Z"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant made =
            zone_instant(known(cases[i].zone), on(cases[i].date), cases[i].minute);
        assert_int_equal(made.us, at(cases[i].at).us);
    }
}

/* Hour by hour: the local date and time of an instant lead back to it, or to its first coming. */
static void there_and_back(void **state)
{
    (void)state;
    static const char *const zones[] = {"Asia/Shanghai", "America/New_York", "Europe/Dublin",
                                        "Africa/Casablanca", "Australia/Lord_Howe"};
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        const struct zone *zone = known(zones[i]);
        struct instant now = at("2024-12-31T00:00:00Z"), end = at("2028-01-02T00:00:00Z");
        for (; instant_before(now, end); now = instant_add(now, SECONDS(1800))) {
            int64_t local_s = now.us / 1000000 + zone_offset(zone, now);
            struct date date = zone_date(zone, now);
            int minute = (int)((local_s - (int64_t)date.day * 86400) / 60);
            struct instant back = zone_instant(zone, date, minute);
            assert_true(back.us == now.us || (back.us < now.us && now.us - back.us <= 3600000000));
            assert_true(back.us == now.us || zone_offset(zone, back) != zone_offset(zone, now));
        }
    }
}

static int close_zones(void **state)
{
    (void)state;
    zone_close();
    zone_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),          cmocka_unit_test(offsets),
        cmocka_unit_test(local_dates),    cmocka_unit_test(local_times),
        cmocka_unit_test(there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, close_zones);
}
