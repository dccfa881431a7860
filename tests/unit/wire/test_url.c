/* Addresses that may be registered, by the table of tests/cases/webhook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "wire/url.h"

static int check(const json_t *texts, bool plain_http, bool expected)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const json_t *text;
    size_t i;
    int wrong = 0;
    json_array_foreach (texts, i, text) {
        struct error err = {.arena = arena};
        bool good = url_check(json_string_value(text), plain_http, NULL, "/url", &err);
        assert_int_equal(good, error_none(&err));
        if (good == expected)
            continue;
        print_error("%s: not as expected\n", json_string_value(text));
        wrong++;
    }
    assert_true(i > 0);
    return wrong;
}

static void urls(void **state)
{
    (void)state;
    json_t *groups = file_json(CASES_DIR "/webhook/urls.json"), *group;
    const char *name;
    int wrong = 0;
    json_object_foreach (groups, name, group) {
        bool plain = strcmp(name, "http") == 0;
        wrong += check(json_object_get(group, "good"), plain, true);
        wrong += check(json_object_get(group, "bad"), plain, false);
    }
    json_decref(groups);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(urls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
