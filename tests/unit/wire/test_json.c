/* Merge patch by the examples of RFC 7396's appendix, lists and problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/json.h"

static void check_merge(const char *target, const char *patch, const char *merged)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct slice result;
    if (!json_merge((struct slice){target, strlen(target)}, (struct slice){patch, strlen(patch)},
                    arena, &result, &err))
        fail_msg("%s with %s: %s", target, patch, faults_shown(&err, arena));
    assert_json(result, merged);
    arena_free(arena);
}

static void test_merge(void **state)
{
    (void)state;
    check_merge("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    check_merge("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
    check_merge("{\"a\":\"b\"}", "{\"a\":null}", "{}");
    check_merge("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
    check_merge("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    check_merge("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
    check_merge("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
                "{\"a\":{\"b\":\"d\"}}");
    check_merge("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
    check_merge("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
    check_merge("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}");
    check_merge("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}");
    check_merge(
        "{\"title\":\"Goodbye!\",\"author\":{\"givenName\":\"John\",\"familyName\":\"Doe\"},"
        "\"tags\":[\"example\",\"sample\"],\"content\":\"This will be unchanged\"}",
        "{\"title\":\"Hello!\",\"phoneNumber\":\"+01-123-456-7890\",\"author\":{"
        "\"familyName\":null},\"tags\":[\"example\"]}",
        "{\"title\":\"Hello!\",\"author\":{\"givenName\":\"John\"},\"tags\":[\"example\"],"
        "\"content\":\"This will be unchanged\",\"phoneNumber\":\"+01-123-456-7890\"}");
    check_merge("{\"a\":1,\"b\":2,\"c\":3}", "{\"b\":null,\"c\":null,\"a\":{\"x\":1}}",
                "{\"a\":{\"x\":1}}");
}

static void test_merge_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *const patches[] = {"[\"c\"]", "null", "\"bar\"", "{", ""};
    for (size_t i = 0; i < COUNT_OF(patches); i++) {
        struct error err = {.arena = arena};
        struct slice result;
        assert_false(json_merge((struct slice){"{}", 2},
                                (struct slice){patches[i], strlen(patches[i])}, arena, &result,
                                &err));
        assert_string_equal(faults_shown(&err, arena), i < 3 ? "422 " : "400 ");
    }
    arena_free(arena);
}

static void test_list(void **state)
{
    static const struct slice items[] = {
        {"{\"a\":1}", 7},
        {"2",         1}
    };
    (void)state;
    struct arena *arena = arena_new();
    assert_json(json_list(items, 2, "abc", arena), "{\"items\":[{\"a\":1},2],\"next\":\"abc\"}");
    assert_json(json_list(NULL, 0, NULL, arena), "{\"items\":[],\"next\":null}");
    arena_free(arena);
}

static void test_problem(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    error_add(&err, "/title", "missing");
    assert_json(problem_write(&err, "r1", arena),
                "{\"type\":\"/problems/invalid\",\"title\":\"Invalid content\",\"status\":422,"
                "\"detail\":\"/title: missing\",\"errors\":[{\"pointer\":\"/title\",\"detail\":"
                "\"missing\"}],\"request_id\":\"r1\"}");
    error_add(&err, "", "too \"odd\"\n\xff");
    struct slice text = problem_write(&err, NULL, arena);
    assert_non_null(strstr(text.at, "/title: missing (2 faults in all)"));
    assert_non_null(strstr(text.at, "too \\\"odd\\\"\\n\\ufffd"));
    err = (struct error){.arena = arena, .state = "hung", .no = "7"};
    error_set(&err, FAULT_CONFLICT, "the ticket is hung");
    err.moves = names_with(arena, &err.moves, "unhang");
    assert_json(problem_write(&err, NULL, arena),
                "{\"type\":\"/problems/conflict\",\"title\":\"Conflict with the present state\","
                "\"status\":409,\"detail\":\"the ticket is hung\",\"state\":\"hung\",\"moves\":["
                "\"unhang\"],\"no\":\"7\"}");
    err = (struct error){.arena = arena};
    error_set(&err, FAULT_UNKNOWN_CALLER, "no key");
    assert_non_null(strstr(problem_write(&err, NULL, arena).at, "/problems/unknown-caller"));
    for (int i = 0; i < ERROR_ITEMS + 50; i++)
        error_add(&err, "/x", "many");
    assert_int_equal(err.count, ERROR_ITEMS + 50);
    text = problem_write(&err, NULL, arena);
    json_t *json = json_loadb(text.at, text.size, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json, "errors")), ERROR_ITEMS);
    json_decref(json);
    arena_free(arena);
}

static void test_statuses(void **state)
{
    (void)state;
    assert_int_equal(problem_status(FAULT_MALFORMED), 400);
    assert_int_equal(problem_status(FAULT_INVALID), 422);
    assert_int_equal(problem_status(FAULT_UNAVAILABLE), 503);
    assert_int_equal(problem_status(FAULT_NONE), 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge),    cmocka_unit_test(test_merge_refused),
        cmocka_unit_test(test_list),     cmocka_unit_test(test_problem),
        cmocka_unit_test(test_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
