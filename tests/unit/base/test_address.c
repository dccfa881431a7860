/* Which addresses may be called, by the tables of tests/cases/address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"
#include "support/calendar_file.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_drop(&arena);
    return 0;
}

static bool read_list(const char *text, struct address_list *ret_list)
{
    struct error err = {.arena = arena};
    bool good = address_list_read(text, "/allow", arena, ret_list, &err);
    assert_int_equal(good, error_none(&err));
    if (!good)
        assert_string_equal(err.items[0].pointer, "/allow");
    return good;
}

static int check(const char *list, const json_t *texts, bool expected)
{
    struct address_list allow;
    const json_t *text;
    size_t i;
    int wrong = 0;
    assert_true(read_list(list, &allow));
    json_array_foreach (texts, i, text) {
        struct sockaddr_storage address;
        assert_true(address_parse(json_string_value(text), &address));
        if (address_reachable(&allow, (const struct sockaddr *)&address) == expected)
            continue;
        print_error("[%s] %s: not as expected\n", list, json_string_value(text));
        wrong++;
    }
    assert_true(i > 0);
    return wrong;
}

static void reachable(void **state)
{
    (void)state;
    json_t *lists = file_json(CASES_DIR "/address/reachable.json");
    const char *list;
    json_t *one;
    int wrong = 0;
    json_object_foreach (lists, list, one)
        wrong += check(list, json_object_get(one, "reachable"), true) +
                 check(list, json_object_get(one, "refused"), false);
    json_decref(lists);
    assert_int_equal(wrong, 0);
    assert_false(address_reachable(NULL, &(struct sockaddr){.sa_family = AF_UNIX}));
}

static void lists(void **state)
{
    (void)state;
    json_t *groups = file_json(CASES_DIR "/address/lists.json");
    const char *group;
    json_t *texts, *text;
    size_t i;
    int wrong = 0;
    json_object_foreach (groups, group, texts)
        json_array_foreach (texts, i, text) {
            struct address_list list;
            if (read_list(json_string_value(text), &list) == (strcmp(group, "good") == 0))
                continue;
            print_error("%s: not %s\n", json_string_value(text), group);
            wrong++;
        }
    json_decref(groups);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reachable), cmocka_unit_test(lists)};
    return cmocka_run_group_tests(tests, begin, end);
}
