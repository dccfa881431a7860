/* Strict JSON: what is refused and where, and that the quick scanner agrees with jansson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/node.h"

static void read_node(const json_t *one, struct slice body, struct arena *arena, struct error *err)
{
    struct node *root;
    (void)one;
    bool read = node_parse(body, arena, &root, err);
    assert_int_equal(read, error_none(err));
}

static void test_cases(void **state)
{
    (void)state;
    faults_check("wire/node.json", read_node);
}

/* A tree written by node_write is the text that jansson would make of it. */
static void check_same(const char *text, bool quick)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct text written = {0};
    struct node *root;
    struct slice body = {text, strlen(text)};
    assert_int_equal(node_scan(body, arena) != NULL, quick);
    assert_true(node_parse(body, arena, &root, &err));
    node_write(root, NULL, &written);
    assert_json((struct slice){written.at, written.size}, text);
    text_clear(&written);
    arena_free(arena);
}

static void test_scanner(void **state)
{
    (void)state;
    check_same("{}", true);
    check_same("[]", true);
    check_same("[[],{},[{}]]", true);
    check_same(" { \"a\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\" , \"b\":[ 1 , -2 , 3.25 ] } ", true);
    check_same("{\"\":null,\"x\":true,\"y\":false}", true);
    check_same("{\"t\":\"来电人反映😀\"}", true);
    check_same("[123456789012345678]", true);
    check_same("[1234567890123456789]", false);
    check_same("[0.1234567890123456789012345]", false);
    check_same("[1.5e-3]", false);
    check_same("[\"\\u4e2d\"]", false);
}

static void test_members_are_limited(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct text text = {0};
    struct node *root;
    for (int i = 0; i < 1000; i++)
        text_format(&text, "%s\"k%d\":%d", i == 0 ? "{" : ",", i, i);
    text_add(&text, "}");
    assert_null(node_scan((struct slice){text.at, text.size}, arena));
    assert_true(node_parse((struct slice){text.at, text.size}, arena, &root, &err));
    assert_int_equal(root->count, 1000);
    assert_int_equal(node_member(root, "k999")->number, 999);
    assert_null(node_member(root, "k1000"));
    text_clear(&text);
    arena_free(arena);
}

static void test_values_are_limited(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct text text = {0};
    struct node *root;
    text_add(&text, "[0");
    for (int i = 0; i < NODE_LIMIT; i++)
        text_add_bytes(&text, ",0", 2);
    text_add(&text, "]");
    assert_false(node_parse((struct slice){text.at, text.size}, arena, &root, &err));
    assert_string_equal(faults_shown(&err, arena), "400 ");
    text_clear(&text);
    arena_free(arena);
}

static void test_skip(void **state)
{
    (void)state;
    static const char body[] = "{\"a\":1,\"claim\":\"x\",\"b\":{\"claim\":2}}";
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct text text = {0};
    struct node *root;
    assert_true(node_parse((struct slice){body, strlen(body)}, arena, &root, &err));
    node_write(root, "claim", &text);
    assert_string_equal(text.at, "{\"a\":1,\"b\":{\"claim\":2}}");
    text_clear(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_scanner),
        cmocka_unit_test(test_members_are_limited),
        cmocka_unit_test(test_values_are_limited),
        cmocka_unit_test(test_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
