/* Working calendars: the cases of tests/cases/deadline, looking at single days, counting back,
 * reminders, checking, and what is shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"

static struct arena *arena;
static const struct calendar *cn;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    cn = calendar_shipped("cn", arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_drop(&arena);
    zone_close();
    return 0;
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

static int unit_of(const char *word)
{
    for (int unit = 0; unit < SPAN_UNIT_COUNT; unit++)
        if (text_equal(span_unit_words[unit], word))
            return unit;
    fail_msg("no unit %s", word);
    return -1;
}

static struct intervals intervals_of(const json_t *list)
{
    size_t count = json_array_size(list);
    struct intervals intervals = {(int)count, ARENA_ARRAY(arena, struct interval, count)};
    for (size_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, i);
        const char *to = text_of(json, "to");
        intervals.at[i].from = at(text_of(json, "from"));
        intervals.at[i].to = to == NULL ? INSTANT_NONE : at(to);
    }
    return intervals;
}

static const char *listed(const struct calendar *calendar, const struct intervals *intervals)
{
    struct text text CLEANUP(text_clear) = {0};
    for (int i = 0; i < intervals->count; i++)
        text_format(&text, "%s/%s ", shown(calendar, intervals->at[i].from, arena),
                    shown(calendar, intervals->at[i].to, arena));
    return arena_bytes(arena, text.at, text.size);
}

static const struct calendar *calendar_of(const json_t *file, const char *name)
{
    if (text_equal(name, "cn"))
        return cn;
    const json_t *json = json_object_get(json_object_get(file, "calendars"), name);
    assert_non_null(json);
    return calendar_from_json(json, arena);
}

static void case_faulty(const json_t *json, bool done, const struct error *err)
{
    assert_false(done);
    assert_int_equal(err->fault, FAULT_INVALID);
    assert_int_equal(err->count, 1);
    assert_string_equal(err->items[0].pointer, text_of(json, "fault"));
}

static void case_run(const json_t *file, const json_t *json)
{
    const struct calendar *calendar = calendar_of(file, text_of(json, "calendar"));
    const json_t *span = json_object_get(json, "span");
    struct amount amount = {json_integer_value(json_object_get(span, "amount")),
                            unit_of(text_of(span, "unit"))};
    struct intervals pauses = intervals_of(json_object_get(json, "pauses"));
    struct intervals counted = intervals_of(json_object_get(json, "counted"));
    struct instant from = at(text_of(json, "dispatched_at")), due;
    struct error err = {.arena = arena};
    struct reckoning made = {.due = {7}};
    bool provisional = true;
    print_message("  %s\n", text_of(json, "name"));
    bool done = calendar_reckon(calendar, from, amount, &pauses, &made, &err);
    due = calendar_due(calendar, from, amount, &pauses, &provisional);
    if (json_object_get(json, "fault") != NULL) {
        assert_int_equal(made.due.us, 7);
        assert_true(due.us == from.us && !provisional);
        case_faulty(json, done, &err);
        return;
    }
    assert_true(done);
    assert_true(error_none(&err));
    const char *wanted = text_of(json, "due");
    assert_string_equal(shown(calendar, made.due, arena), wanted == NULL ? "-" : wanted);
    assert_string_equal(listed(calendar, &made.counted), listed(calendar, &counted));
    assert_int_equal(made.provisional, json_is_true(json_object_get(json, "provisional")));
    assert_int_equal(due.us, made.due.us);
    assert_int_equal(provisional, made.provisional);
}

static void cases(void **state)
{
    (void)state;
    static const char *const names[] = {"frames", "holidays", "pauses", "years", "zones", "faults"};
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        json_t *file = file_json(arena_format(arena, CASES_DIR "/deadline/%s.json", names[i]));
        const json_t *list = json_object_get(file, "cases");
        for (size_t j = 0; j < json_array_size(list); j++, count++)
            case_run(file, json_array_get(list, j));
        json_decref(file);
    }
    assert_true(count >= 40);
}

static struct date on(const char *text)
{
    struct date date = DATE_NONE;
    assert_true(date_parse(text, &date));
    return date;
}

static void days(void **state)
{
    (void)state;
    static const struct {
        const char *date, *frames;
    } wanted[] = {
        {"2026-11-23", "2026-11-23T09:00:00+08:00/2026-11-23T12:00:00+08:00 "
                       "2026-11-23T13:30:00+08:00/2026-11-23T17:30:00+08:00 "},
        {"2026-11-22", ""                                                                          },
        {"2026-10-01", ""                                                                          },
        {"2026-10-10", "2026-10-10T09:00:00+08:00/2026-10-10T12:00:00+08:00 "
                       "2026-10-10T13:30:00+08:00/2026-10-10T17:30:00+08:00 "},
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct intervals frames = calendar_frames(cn, on(wanted[i].date), arena);
        assert_string_equal(listed(cn, &frames), wanted[i].frames);
        assert_int_equal(calendar_day(cn, on(wanted[i].date))->count, frames.count);
    }
}

/* The time that a clock skips is in no frame. */
static void skipped_time(void **state)
{
    (void)state;
    struct frame frames[] = {
        {60,  120},
        {135, 165},
        {180, 240}
    };
    struct calendar calendar = {.zone = zone_find("America/New_York")};
    calendar.week[6] = (struct frames){COUNT_OF(frames), frames};
    struct intervals made = calendar_frames(&calendar, on("2026-03-08"), arena);
    assert_string_equal(listed(&calendar, &made),
                        "2026-03-08T01:00:00-05:00/2026-03-08T03:00:00-04:00 "
                        "2026-03-08T03:00:00-04:00/2026-03-08T04:00:00-04:00 ");
}

static void years(void **state)
{
    (void)state;
    for (int year = 2004; year <= 2026; year++)
        assert_true(calendar_covers(cn, year));
    assert_false(calendar_covers(cn, 2003) || calendar_covers(cn, 2027));
    assert_false(calendar_covers(cn, 0) || calendar_covers(cn, 10000));
    assert_false(calendar_covers(&(struct calendar){0}, 2026));
}

static void counted_back(void **state)
{
    (void)state;
    static const struct {
        const char *due;
        struct amount amount;
        const char *before;
    } wanted[] = {
        {"2026-11-24T17:30:00+08:00", {1, SPAN_WORKING_DAY},  "2026-11-23T09:00:00+08:00"},
        {"2026-11-23T17:30:00+08:00", {1, SPAN_WORKING_DAY},  "2026-11-20T09:00:00+08:00"},
        {"2026-11-22T10:00:00+08:00", {2, SPAN_WORKING_DAY},  "2026-11-19T09:00:00+08:00"},
        {"2026-02-24T17:30:00+08:00", {1, SPAN_WORKING_DAY},  "2026-02-14T09:00:00+08:00"},
        {"2026-11-25T00:00:00+08:00", {1, SPAN_WORKING_DAY},  "2026-11-23T09:00:00+08:00"},
        {"2026-11-24T17:30:00+08:00", {2, SPAN_WORKING_HOUR}, "2026-11-24T15:30:00+08:00"},
        {"2026-11-24T17:30:00+08:00", {4, SPAN_WORKING_HOUR}, "2026-11-24T13:30:00+08:00"},
        {"2026-11-24T17:30:00+08:00", {5, SPAN_WORKING_HOUR}, "2026-11-24T11:00:00+08:00"},
        {"2026-11-24T14:00:00+08:00", {4, SPAN_WORKING_HOUR}, "2026-11-23T17:00:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {1, SPAN_WORKING_HOUR}, "2026-11-20T16:30:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {90, SPAN_MINUTE},      "2026-11-23T07:30:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {3, SPAN_HOUR},         "2026-11-23T06:00:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {3, SPAN_DAY},          "2026-11-20T09:00:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {0, SPAN_DAY},          "2026-11-23T09:00:00+08:00"},
        {"2026-11-23T09:00:00+08:00", {INT64_MAX, SPAN_DAY},  "2026-11-23T09:00:00+08:00"},
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct instant made = calendar_before(cn, at(wanted[i].due), wanted[i].amount);
        assert_string_equal(shown(cn, made, arena), wanted[i].before);
    }
    struct calendar empty = {.zone = cn->zone};
    struct instant due = at("2026-11-23T09:00:00+08:00");
    for (int unit = SPAN_WORKING_HOUR; unit <= SPAN_WORKING_DAY; unit++)
        assert_int_equal(calendar_before(&empty, due, (struct amount){1, unit}).us, due.us);
}

static void reminders(void **state)
{
    (void)state;
    static const struct {
        const char *wish, *dispatched, *due, *made;
    } wanted[] = {
  /* inside a frame */
        {"2026-11-24T10:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-25T17:30:00+08:00",
         "2026-11-24T10:00:00+08:00"                                                                                       },
        {"2026-11-24T09:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-25T17:30:00+08:00",
         "2026-11-24T09:00:00+08:00"                                                                                       },
 /* at noon and in the night: the next frame */
        {"2026-11-24T12:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-25T17:30:00+08:00",
         "2026-11-24T13:30:00+08:00"                                                                                       },
        {"2026-11-23T23:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-25T17:30:00+08:00",
         "2026-11-24T09:00:00+08:00"                                                                                       },
        {"2026-02-16T10:00:00+08:00", "2026-02-13T10:00:00+08:00", "2026-02-25T17:30:00+08:00",
         "2026-02-24T09:00:00+08:00"                                                                                       },
 /* which is not before due: the frame before */
        {"2026-11-24T03:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-24T08:00:00+08:00",
         "2026-11-23T17:30:00+08:00"                                                                                       },
        {"2026-11-24T03:00:00+08:00", "2026-11-23T10:00:00+08:00", "2026-11-24T09:00:00+08:00",
         "2026-11-23T17:30:00+08:00"                                                                                       },
        {"2026-11-24T03:00:00+08:00", "2026-11-23T10:00:00+08:00",
         "2026-11-24T09:00:00.000001+08:00",                                                    "2026-11-24T09:00:00+08:00"},
 /* never before dispatch */
        {"2026-11-24T03:00:00+08:00", "2026-11-23T22:00:00+08:00", "2026-11-24T04:00:00+08:00",
         "2026-11-23T22:00:00+08:00"                                                                                       },
        {"2026-11-23T10:00:00+08:00", "2026-11-23T22:00:00+08:00", "2026-11-24T14:00:00+08:00",
         "2026-11-24T09:00:00+08:00"                                                                                       },
        {"2026-11-23T10:00:00+08:00", "2026-11-23T11:00:00+08:00", "2026-11-24T14:00:00+08:00",
         "2026-11-23T11:00:00+08:00"                                                                                       },
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct instant made =
            calendar_reminder(cn, at(wanted[i].wish), at(wanted[i].dispatched), at(wanted[i].due));
        assert_string_equal(shown(cn, made, arena), wanted[i].made);
    }
    struct calendar empty = {.zone = cn->zone};
    struct instant from = at("2026-11-23T09:00:00+08:00"), due = at("2026-11-25T09:00:00+08:00");
    struct instant wish = at("2026-11-24T09:00:00+08:00");
    assert_int_equal(calendar_reminder(&empty, wish, from, due).us, from.us);
}

/* Fractions of a second are kept. */
static void fractions(void **state)
{
    (void)state;
    struct instant due = calendar_due(cn, at("2026-11-23T11:30:00.25+08:00"),
                                      (struct amount){1, SPAN_WORKING_HOUR}, NULL, NULL);
    assert_string_equal(shown(cn, due, arena), "2026-11-23T14:00:00.25+08:00");
}

static void faults_found(void **state)
{
    (void)state;
    struct frame monday[] = {
        {540, 720 },
        {719, 800 },
        {800, 800 },
        {-1,  5   },
        {900, 1441}
    };
    struct frame own[] = {
        {600, 540}
    };
    struct override overrides[] = {
        {.date = {20000},     .name = "b"       },
        {.date = {19999},     .name = "a",        .own_frames = true, .frames = {1, own}},
        {.date = {20000}, .name = "c"                  },
        {.date = {19998},        .name = "d",        .frames = {1, own}},
        {.date = {20000}, .name = "e"},
    };
    struct calendar calendar = {.overrides = overrides, .override_count = COUNT_OF(overrides)};
    calendar.week[0] = (struct frames){COUNT_OF(monday), monday};
    struct error err = {.arena = arena};
    static const char *const wanted[] = {
        "/zone",       "/week/mon/1",           "/week/mon/2",       "/week/mon/3",
        "/week/mon/4", "/overrides/1/frames/0", "/overrides/2/date", "/overrides/4/date",
    };
    assert_false(calendar_check(&calendar, &err));
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_int_equal(err.count, COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(err.items[i].pointer, wanted[i]);
    static const char order[] = "dabce";
    for (int i = 0; i < calendar.override_count; i++)
        assert_int_equal(calendar.overrides[i].name[0], order[i]);
}

static void none_found(void **state)
{
    (void)state;
    struct frame frames[] = {
        {0,   600 },
        {600, 1440}
    };
    struct calendar calendar = {.zone = cn->zone};
    struct error err = {.arena = arena};
    calendar.week[6] = (struct frames){COUNT_OF(frames), frames};
    assert_true(calendar_check(&calendar, &err));
    assert_true(error_none(&err));
}

/* Sums of the yearly notices: days off that would have been weekdays, less days made up. */
static void shipped(void **state)
{
    (void)state;
    static const struct {
        int year, working_days;
    } wanted[] = {
        {2014, 250},
        {2020, 249},
        {2024, 251},
        {2025, 248},
        {2026, 248}
    };
    assert_int_equal(cn->override_count, 769);
    assert_string_equal(cn->zone_name, "Asia/Shanghai");
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct date date, last;
        int count = 0;
        assert_true(date_make(wanted[i].year, 1, 1, &date));
        assert_true(date_make(wanted[i].year, 12, 31, &last));
        for (; date.day <= last.day; date.day++)
            count += calendar_day(cn, date)->count > 0;
        assert_int_equal(count, wanted[i].working_days);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),     cmocka_unit_test(days),         cmocka_unit_test(skipped_time),
        cmocka_unit_test(years),     cmocka_unit_test(counted_back), cmocka_unit_test(reminders),
        cmocka_unit_test(fractions), cmocka_unit_test(faults_found), cmocka_unit_test(none_found),
        cmocka_unit_test(shipped),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
