/* Kinds, quiet hours and outcomes, by the tables of tests/cases/webhook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/webhook.h"
#include "support/calendar_file.h"

static const char *text_in(const json_t *one, const char *name)
{
    return json_string_value(json_object_get(one, name));
}

static int number_in(const json_t *one, const char *name, int standard)
{
    const json_t *number = json_object_get(one, name);
    return number == NULL ? standard : (int)json_integer_value(number);
}

static int word_of(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    fail_msg("no word %s", word);
    return -1;
}

static void kinds(void **state)
{
    (void)state;
    json_t *groups = file_json(CASES_DIR "/webhook/kinds.json");
    const char *group;
    json_t *moves, *move;
    size_t i;
    json_object_foreach (groups, group, moves)
        json_array_foreach (moves, i, move) {
            int kind = notice_kind(json_string_value(move));
            assert_string_equal(kind < 0 ? "none" : notice_words[kind], group);
        }
    json_decref(groups);
}

/* One case, with a wait that is cut as little, or as much, as can be. */
static void judge(const json_t *one, double dice, int place)
{
    static const struct waits waits = {
        3, {{5000000}, {300000000}, {1800000000}}
    };
    const struct outcome outcome = {
        .status = number_in(one, "status", 0),
        .code = number_in(one, "code", 0),
        .retry_after = number_in(one, "retry_after", -1),
        .unreachable = json_is_true(json_object_get(one, "unreachable")),
    };
    struct span wait = {-1};
    const struct adapter *adapter = &adapters[word_of(adapter_words, text_in(one, "adapter"))];
    assert_string_equal(adapter->name, text_in(one, "adapter"));
    int made = delivery_judge(&outcome, adapter, number_in(one, "tries", 1), &waits, dice, &wait);
    assert_string_equal(delivery_words[made], text_in(one, "becomes"));
    assert_int_equal(delivery_refused(&outcome), json_is_true(json_object_get(one, "refused")));
    const json_t *wanted = json_array_get(json_object_get(one, "wait"), (size_t)place);
    assert_int_equal(wait.us, wanted == NULL ? -1 : json_integer_value(wanted) * 1000000);
}

static void outcomes(void **state)
{
    (void)state;
    json_t *cases = file_json(CASES_DIR "/webhook/outcomes.json"), *one;
    size_t i;
    json_array_foreach (cases, i, one) {
        judge(one, 1, 0);
        judge(one, 0, 1);
    }
    json_decref(cases);
}

static void check_times(const char *quiet, const json_t *times, bool held)
{
    const json_t *time;
    size_t i;
    json_array_foreach (times, i, time) {
        int hour, minute;
        assert_int_equal(sscanf(json_string_value(time), "%d:%d", &hour, &minute), 2);
        assert_int_equal(quiet_holds(quiet, hour * 60 + minute), held);
    }
}

static void quiet_hours(void **state)
{
    (void)state;
    json_t *cases = file_json(CASES_DIR "/webhook/quiet.json"), *one, *bad;
    size_t i, j;
    int from, to;
    json_array_foreach (cases, i, one) {
        const char *quiet = text_in(one, "quiet");
        assert_true(quiet == NULL || quiet_parse(quiet, &from, &to));
        check_times(quiet, json_object_get(one, "held"), true);
        check_times(quiet, json_object_get(one, "free"), false);
        json_array_foreach (json_object_get(one, "bad"), j, bad)
            assert_false(quiet_parse(json_string_value(bad), &from, &to));
    }
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(outcomes),
                                       cmocka_unit_test(quiet_hours)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
