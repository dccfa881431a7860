/* Dates and instants: what RFC 3339 allows, what it does not, and what comes out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

static struct arena *arena;

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int arena_end(void **state)
{
    (void)state;
    arena_drop(&arena);
    return 0;
}

static void dates_that_exist(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t day;
        int weekday;
    } cases[] = {
        {"1970-01-01", 0,       3},
        {"1969-12-31", -1,      2},
        {"2000-02-29", 11016,   1},
        {"2004-02-29", 12477,   6},
        {"2026-11-23", 20780,   0},
        {"2100-03-01", 47541,   0},
        {"0001-01-01", -719162, 0},
        {"9999-12-31", 2932896, 4},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct date date = DATE_NONE;
        assert_true(date_parse(cases[i].text, &date));
        assert_int_equal(date.day, cases[i].day);
        assert_int_equal(date_weekday(date), cases[i].weekday);
        assert_string_equal(date_format(arena, date), cases[i].text);
    }
}

static void dates_that_do_not(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",           "2100-02-29",  "2026-02-29",  "2026-02-30",  "2026-04-31", "2026-13-01",
        "2026-00-10", "2026-01-00",  "2026-01-32",  "0000-01-01",  "26-01-01",   "2026-1-01",
        "2026-01-1",  "2026-01-01 ", " 2026-01-01", "2026-01-01T", "2026/01/01", "+026-01-01",
        "-026-01-01", "2026-01",     "2026-01-0x",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct date date = {7};
        assert_false(date_parse(cases[i], &date));
        assert_int_equal(date.day, 7);
    }
}

/* Every day of four centuries and some: split and made again, one weekday after the other. */
static void dates_one_by_one(void **state)
{
    (void)state;
    struct date first, last, made;
    assert_true(date_make(1899, 12, 31, &first) && date_make(2401, 1, 1, &last));
    for (struct date date = first; date.day <= last.day; date.day++) {
        int year, month, day;
        date_split(date, &year, &month, &day);
        assert_true(date_make(year, month, day, &made));
        assert_int_equal(made.day, date.day);
        made.day--;
        assert_int_equal((date_weekday(made) + 1) % 7, date_weekday(date));
    }
}

static void instants_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z",           0                 },
        {"1970-01-01T00:00:00+08:00",      -28800000000      },
        {"2026-11-23T09:00:00+08:00",      1795395600000000  },
        {"2026-11-23T01:00:00Z",           1795395600000000  },
        {"2026-11-23t01:00:00z",           1795395600000000  },
        {"2026-11-22T20:00:00-05:00",      1795395600000000  },
        {"2026-11-23T06:45:00+05:45",      1795395600000000  },
        {"2026-11-23T01:00:00-00:00",      1795395600000000  },
        {"2026-11-23T01:00:00.5Z",         1795395600500000  },
        {"2026-11-23T01:00:00.000001Z",    1795395600000001  },
        {"2026-11-23T01:00:00.123456789Z", 1795395600123456  },
        {"2000-02-29T23:59:59Z",           951868799000000   },
        {"9999-12-31T23:59:59Z",           253402300799000000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant at = INSTANT_NONE;
        assert_true(instant_parse(cases[i].text, &at));
        assert_int_equal(at.us, cases[i].us);
    }
}

static void instants_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026-11-23",
        "2026-11-23T09:00:00",
        "2026-11-23 09:00:00Z",
        "2026-11-23T09:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T09:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-23T09:00:00.Z",
        "2026-11-23T09:00:00.1234567890Z",
        "2026-11-23T09:00:00,5Z",
        "2026-11-23T09:00:00+0800",
        "2026-11-23T09:00:00+24:00",
        "2026-11-23T09:00:00+08:60",
        "2026-11-23T09:00:00+08",
        "2026-11-23T09:00:00Z ",
        "2026-11-23T09:00:00ZZ",
        "2100-02-29T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-23T-9:00:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant at = {7};
        assert_false(instant_parse(cases[i], &at));
        assert_int_equal(at.us, 7);
    }
}

static void instants_shown(void **state)
{
    (void)state;
    struct instant at = {1795395600000000};
    assert_string_equal(instant_format(arena, at, 28800), "2026-11-23T09:00:00+08:00");
    assert_string_equal(instant_format(arena, at, -18000), "2026-11-22T20:00:00-05:00");
    assert_string_equal(instant_format(arena, at, 20700), "2026-11-23T06:45:00+05:45");
    assert_string_equal(instant_format(arena, at, 0), "2026-11-23T01:00:00Z");
    at.us += 120;
    assert_string_equal(instant_format(arena, at, 0), "2026-11-23T01:00:00.00012Z");
    at.us = -1;
    assert_string_equal(instant_format(arena, at, 0), "1969-12-31T23:59:59.999999Z");
}

static void instants_compared(void **state)
{
    (void)state;
    struct instant none = INSTANT_NONE, one = {1}, two = {2};
    assert_int_equal(instant_first(one, two).us, 1);
    assert_int_equal(instant_first(two, one).us, 1);
    assert_int_equal(instant_first(none, two).us, 2);
    assert_int_equal(instant_first(two, none).us, 2);
    assert_false(instant_set(instant_first(none, none)));
    assert_int_equal(instant_add(one, SECONDS(2)).us, 2000001);
    assert_int_equal(instant_since(two, one).us, 1);
    assert_false(date_set(DATE_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_that_exist),  cmocka_unit_test(dates_that_do_not),
        cmocka_unit_test(dates_one_by_one),  cmocka_unit_test(instants_read),
        cmocka_unit_test(instants_refused),  cmocka_unit_test(instants_shown),
        cmocka_unit_test(instants_compared),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
