/* Arena memory: zeroed, aligned, apart, kept until the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static bool all(const char *bytes, char value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static void pieces(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    struct arena *arena = arena_new();
    char *taken[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = i * i % 9973;
        taken[i] = arena_take(arena, size);
        assert_int_equal((uintptr_t)taken[i] % 16, 0);
        assert_true(all(taken[i], 0, size));
        memset(taken[i], (char)(i % 100 + 1), size);
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_true(all(taken[i], (char)(i % 100 + 1), i * i % 9973));
    char *large = arena_take(arena, 1000000);
    assert_true(all(large, 0, 1000000));
    arena_free(arena);
}

static void texts(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    assert_null(arena_copy(arena, NULL));
    assert_string_equal(arena_copy(arena, "发声"), "发声");
    assert_string_equal(arena_bytes(arena, "abc", 2), "ab");
    assert_string_equal(arena_bytes(arena, NULL, 0), "");
    assert_string_equal(arena_format(arena, "%d-%s", 7, "x"), "7-x");
    assert_int_equal(strlen(arena_format(arena, "%5000d", 1)), 5000);
    int *numbers = ARENA_ARRAY(arena, int, 2);
    numbers[0] = 1, numbers[1] = 2;
    numbers = arena_grow(arena, numbers, 2, 4, sizeof(*numbers));
    assert_int_equal(numbers[0] + numbers[1], 3);
    assert_int_equal(numbers[2] + numbers[3], 0);
    assert_non_null(arena_grow(arena, NULL, 0, 4, 8));
    struct arena *none = NULL;
    arena_free(none);
    arena_drop(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pieces), cmocka_unit_test(texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
