/* What is taken and what units have done, through the growth of both tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/match.h"

static void standing_counts(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct standing *standing = standing_new();
    assert_int_equal(standing_taken(standing, code_hash("r1")), 0);
    for (int i = 0; i < 1000; i++)
        standing_take(standing, arena_format(arena, "r%d", i), i);
    for (int i = 0; i < 1000; i++)
        standing_set_record(standing, arena_format(arena, "u%d", i),
                            (struct unit_record){i, 1, 2, 3});
    standing_take(standing, "r7", -2);
    standing_set_taken(standing, "r8", 100);
    for (int i = 9; i < 1000; i++) {
        uint64_t resource = code_hash(arena_format(arena, "r%d", i));
        assert_int_equal(standing_taken(standing, resource), i);
        uint64_t unit = code_hash(arena_format(arena, "u%d", i));
        assert_int_equal(standing_record(standing, unit)->handled, i);
    }
    assert_int_equal(standing_taken(standing, code_hash("r7")), 5);
    assert_int_equal(standing_taken(standing, code_hash("r8")), 100);
    assert_int_equal(standing_record(standing, code_hash("nobody"))->handled, 0);
    standing_free(standing);
    standing_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(standing_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
