/* What the tables of other tests do not reach: pointers, places, characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/reader.h"
#include "wire/utf8.h"

/* The examples of RFC 6901, section 5, and what else needs escaping. */
static void test_escapes(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(pointer_escape(arena, "foo"), "foo");
    assert_string_equal(pointer_escape(arena, ""), "");
    assert_string_equal(pointer_escape(arena, "a/b"), "a~1b");
    assert_string_equal(pointer_escape(arena, "c%d"), "c%d");
    assert_string_equal(pointer_escape(arena, "m~n"), "m~0n");
    assert_string_equal(pointer_escape(arena, " "), " ");
    assert_string_equal(pointer_escape(arena, "~1"), "~01");
    assert_string_equal(pointer_escape(arena, "/~/"), "~1~0~1");
    arena_free(arena);
}

static void test_places(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct reader reader = {.arena = arena, .err = &err};
    reader_enter(&reader, "a/b", 0);
    reader_enter(&reader, NULL, 3);
    reader_fault(&reader, "x");
    reader_fault_at(&reader, "~", "x");
    reader_leave(&reader);
    reader.line = 7;
    reader_fault(&reader, "x");
    reader_fault_at(&reader, "c", "x");
    assert_string_equal(faults_shown(&err, arena), "422 /a~1b/3 /a~1b/3/~0 /7/a~1b /7/a~1b.c");
    arena_free(arena);
}

static void test_characters(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a供😀"), 3);
    assert_true(utf8_blank(""));
    assert_true(utf8_blank(" \t\r\n\xC2\xA0\xE3\x80\x80"));
    assert_false(utf8_blank(" \xE3\x80\x81"));
    assert_int_equal(utf8_step("a", 1), 1);
    assert_int_equal(utf8_step("é", 2), 2);
    assert_int_equal(utf8_step("供", 3), 3);
    assert_int_equal(utf8_step("😀", 4), 4);
    assert_int_equal(utf8_step("供", 2), 0);
    assert_int_equal(utf8_step("\x80", 1), 0);
    assert_int_equal(utf8_step("\xC1\x80", 2), 0);
    assert_int_equal(utf8_step("\xF4\x8F\xBF\xBF", 4), 4);
    assert_int_equal(utf8_step("\xF5\x80\x80\x80", 4), 0);
}

static void test_codes(void **state)
{
    (void)state;
    char code[67] = {0};
    memset(code, 'a', 64);
    assert_true(code_valid(code));
    memset(code, 'a', 65);
    assert_false(code_valid(code));
    assert_true(code_valid("A-z_0.9"));
    assert_false(code_valid(""));
    assert_false(code_valid("a b"));
    assert_false(code_valid("供"));
    assert_true(area_valid("14") && area_valid("1402") && area_valid("140213"));
    assert_true(area_valid("140213050") && area_valid("140213050001"));
    assert_false(area_valid("") || area_valid("1") || area_valid("14021305") || area_valid("1a"));
}

struct thing {
    int64_t kept;
    const char *text;
};

/* On a fault the target stays as it was; members without a field stay always. */
static void test_target(void **state)
{
    static const struct field fields[] = {FIELD("text", TEXT, thing, text, .max = 2)};
    static const struct shape shape = SHAPE("Thing", fields, thing, NULL);
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct thing thing = {7, "before"};
    assert_false(
        reader_read((struct slice){"{\"text\":\"abc\"}", 14}, &shape, arena, &thing, &err));
    assert_string_equal(thing.text, "before");
    err = (struct error){.arena = arena};
    assert_true(
        reader_read((struct slice){"{\"text\":\"供热\"}", 17}, &shape, arena, &thing, &err));
    assert_string_equal(thing.text, "供热");
    assert_int_equal(thing.kept, 7);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),    cmocka_unit_test(test_places),
        cmocka_unit_test(test_characters), cmocka_unit_test(test_codes),
        cmocka_unit_test(test_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
