/* Slices, numbers, lists of names and the growing buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void growing(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < 1000; i++)
        text_format(&text, "%03d,", i);
    assert_int_equal(text.size, 4000);
    assert_memory_equal(text.at, "000,001,", 8);
    assert_string_equal(text.at + 3992, "998,999,");
    text_clear(&text);
    assert_null(text.at);
    text_add_bytes(&text, NULL, 0);
    assert_string_equal(text.at, "");
    text_add(&text, "a");
    text_add_bytes(&text, "b\0c", 3);
    assert_int_equal(text.size, 4);
    assert_memory_equal(text.at, "ab\0c", 5);
    text_clear(&text);
    text_clear(&text);
}

static void comparing(void **state)
{
    (void)state;
    assert_true(text_equal("a", "a") && text_equal(NULL, NULL));
    assert_false(text_equal("a", "b") || text_equal("a", NULL) || text_equal(NULL, ""));
    assert_true(text_starts("abc", "ab") && text_starts("abc", ""));
    assert_false(text_starts("ab", "abc"));
}

static void numbers(void **state)
{
    (void)state;
    static const char *const none[] = {
        "", "-", "+1", " 1", "1 ", "1x", "0x1", "1.0", "--1", "9223372036854775808", "101", "-11"};
    int64_t value = 7;
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(text_to_int(none[i], -10, 100, &value));
    assert_int_equal(value, 7);
    assert_true(text_to_int("100", -10, 100, &value) && value == 100);
    assert_true(text_to_int("-10", -10, 100, &value) && value == -10);
    assert_true(text_to_int("9223372036854775807", 0, INT64_MAX, &value) && value == INT64_MAX);
    assert_true(text_to_int("-9223372036854775808", INT64_MIN, 0, &value) && value == INT64_MIN);
}

static void lists(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct names names = names_split(arena, ";a;;bb;c", ';');
    assert_int_equal(names.count, 3);
    assert_string_equal(names_join(arena, &names, "/"), "a/bb/c");
    struct names more = names_with(arena, &names, "d");
    assert_true(names_have(&more, "d") && names_have(&more, "bb"));
    assert_false(names_have(&names, "d") || names_have(&names, "b"));
    assert_int_equal(names_split(arena, "", ';').count, 0);
    assert_int_equal(names_split(arena, ";;", ';').count, 0);
    assert_int_equal(names_split(arena, NULL, ';').count, 0);
    assert_string_equal(names_join(arena, &(struct names){0}, "/"), "");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(growing), cmocka_unit_test(comparing),
                                       cmocka_unit_test(numbers), cmocka_unit_test(lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
