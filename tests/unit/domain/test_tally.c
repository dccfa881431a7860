/* What one ticket's events add to the figures, by the table tests/cases/tally/tickets.json (times
 * are of 2026 in Shanghai), and the sums that they go into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/rates.h"
#include "support/calendar_file.h"
#include "wire/tally_json.h"

static struct arena *arena;
static const struct calendar *cn;
static json_t *cases;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    cn = calendar_shipped("cn", arena);
    cases = file_json(CASES_DIR "/tally/tickets.json");
    return 0;
}

static int end(void **state)
{
    (void)state;
    json_decref(cases);
    arena_free(arena);
    return 0;
}

static const char *in_2026(const char *text)
{
    return arena_format(arena, "2026-%s:00+08:00", text);
}

static const char *data_of(json_t *data)
{
    static const char *const dues[] = {"sign_due", "contact_due", "resolve_due"};
    for (size_t i = 0; i < COUNT_OF(dues); i++)
        if (json_is_string(json_object_get(data, dues[i])))
            json_object_set_new(
                data, dues[i],
                json_string(in_2026(json_string_value(json_object_get(data, dues[i])))));
    char *text = json_dumps(data, 0);
    const char *kept = arena_copy(arena, text);
    free(text);
    return kept;
}

static struct tally fold_case(const json_t *one)
{
    const json_t *events = json_object_get(one, "events");
    size_t count = json_array_size(events);
    struct fact *facts = ARENA_ARRAY(arena, struct fact, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(events, i);
        struct event event = {.move = json_string_value(json_array_get(row, 0))};
        event.task = (int)json_integer_value(json_array_get(row, 1));
        event.at = at(in_2026(json_string_value(json_array_get(row, 2))));
        json_t *data = json_deep_copy(json_array_get(row, 3));
        event.data = data_of(data);
        json_decref(data);
        facts[i] = fact_read(&event, arena);
    }
    struct tally tally = tally_fold(1, facts, (int)count, arena);
    tally_time(&tally, tally.calendar == NULL ? NULL : cn, zone_find("UTC"));
    return tally;
}

static int64_t wanted_int(const json_t *object, const char *key, int64_t absent)
{
    const json_t *value = json_object_get(object, key);
    return value == NULL ? absent : json_integer_value(value);
}

static bool same_text(const json_t *object, const char *key, const char *made)
{
    return text_equal(json_string_value(json_object_get(object, key)), made);
}

static int check_rows(const json_t *wanted, const struct tally *tally)
{
    int wrong = json_object_size(wanted) != (size_t)tally->row_count;
    for (int i = 0; i < tally->row_count; i++) {
        const struct tally_row *row = &tally->rows[i];
        const json_t *one = json_object_get(wanted, row->holder);
        wrong += one == NULL || row->last != (json_object_get(one, "last") != NULL);
        for (int counter = 0; counter < TALLY_COUNTER_COUNT; counter++) {
            int64_t count = wanted_int(one, tally_counter_words[counter], 0);
            if (count != row->counts.at[counter])
                print_error("%s: %s is %d, not %d\n", row->holder, tally_counter_words[counter],
                            (int)row->counts.at[counter], (int)count);
            wrong += count != row->counts.at[counter];
        }
    }
    return wrong;
}

static int check(const json_t *wanted, const struct tally *tally)
{
    if (json_is_null(wanted) || !tally->counts)
        return json_is_null(wanted) == tally->counts;
    int wrong = !same_text(wanted, "status", tally_status_words[tally->status]);
    wrong += !same_text(wanted, "area", tally->area);
    wrong += !same_text(wanted, "category", tally->category);
    wrong += !same_text(wanted, "day", date_format(arena, tally->day));
    wrong += wanted_int(wanted, "minutes", -1) != tally->minutes;
    return wrong + check_rows(json_object_get(wanted, "rows"), tally);
}

static void folded(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        struct tally tally = fold_case(one);
        if (check(json_object_get(one, "expect"), &tally) == 0)
            continue;
        print_error("wrong: %s (%s, %s, %d minutes)\n",
                    json_string_value(json_object_get(one, "name")),
                    tally.counts ? tally_status_words[tally.status] : "nothing",
                    tally.counts ? date_format(arena, tally.day) : "", (int)tally.minutes);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_true(json_array_size(cases) > 50);
}

/* Every ticket of the table in the sums, and away again; each twice, in another order. */
static void summed(void **state)
{
    (void)state;
    int count = (int)json_array_size(cases), sum_count;
    struct tally *all = ARENA_ARRAY(arena, struct tally, count);
    struct tally_sums sums = {.arena = arena};
    int64_t tickets = 0, dispatched = 0;
    for (int i = 0; i < count; i++) {
        all[i] = fold_case(json_array_get(cases, (size_t)i));
        tally_sums_add(&sums, &all[i], 1);
        tickets += all[i].counts;
        for (int j = 0; j < all[i].row_count; j++)
            dispatched += all[i].rows[j].counts.at[TALLY_DISPATCHED];
    }
    struct tally_sum **list = tally_sums_list(&sums, &sum_count);
    int64_t found[TALLY_GROUP_COUNT][2] = {0}, came[TALLY_GROUP_COUNT][2] = {0};
    for (int i = 0; i < sum_count; i++) {
        bool month = strlen(list[i]->period) == strlen("2026-03");
        found[list[i]->group][month] += list[i]->counts.at[TALLY_TICKETS];
        came[list[i]->group][month] += list[i]->counts.at[TALLY_DISPATCHED];
    }
    for (int group = 0; group < TALLY_GROUP_COUNT; group++) {
        for (int month = 0; month < 2; month++) {
            assert_int_equal(found[group][month], tickets);
            assert_int_equal(came[group][month], dispatched);
        }
    }
    for (int i = count - 1; i >= 0; i--)
        tally_sums_add(&sums, &all[i], -1);
    tally_sums_list(&sums, &sum_count);
    assert_int_equal(sum_count, 0);
    tally_sums_end(&sums);
}

static void compared(void **state)
{
    (void)state;
    int count = (int)json_array_size(cases);
    struct tally *all = ARENA_ARRAY(arena, struct tally, count);
    for (int i = 0; i < count; i++)
        all[i] = fold_case(json_array_get(cases, (size_t)i));
    for (int i = 0; i < count; i++) {
        struct tally again = fold_case(json_array_get(cases, (size_t)i));
        assert_true(tally_same(&all[i], &again));
        if (!again.counts)
            continue;
        again.rows[again.row_count - 1].counts.at[TALLY_RETURNED]++;
        assert_false(tally_same(&all[i], &again));
        again = all[i];
        again.minutes++;
        assert_false(tally_same(&all[i], &again));
    }
}

static void periods(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *wanted;
    } rows[] = {
        {"2026-03-01", "2026-04-01", "2026-03"                                 },
        {"2026-02-27", "2026-04-02", "2026-02-27 2026-02-28 2026-03 2026-04-01"},
        {"2025-12-31", "2026-03-01", "2025-12-31 2026-01 2026-02"              },
        {"2026-03-02", "2026-03-04", "2026-03-02 2026-03-03"                   },
        {"2026-03-02", "2026-03-02", ""                                        },
        {"2024-02-01", "2024-02-29", NULL                                      },
        {"2024-02-01", "2024-03-01", "2024-02"                                 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct days days;
        assert_true(date_parse(rows[i].from, &days.from) && date_parse(rows[i].to, &days.to));
        struct names made = days_periods(days, arena);
        if (rows[i].wanted == NULL)
            assert_int_equal(made.count, 28);
        else
            assert_string_equal(names_join(arena, &made, " "), rows[i].wanted);
    }
    struct days december;
    assert_true(days_of_month("2026-12", &december));
    assert_string_equal(date_format(arena, december.to), "2027-01-01");
    static const char *const wrong[] = {"2026-13", "2026-1", "2026-03-01",
                                        "2026/03", "",       "march  "};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(days_of_month(wrong[i], &december));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded),
        cmocka_unit_test(summed),
        cmocka_unit_test(compared),
        cmocka_unit_test(periods),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
