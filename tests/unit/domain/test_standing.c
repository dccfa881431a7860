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

/* A resource given back while the old numbers were on their way would else look full. */
static void a_load_does_not_undo_what_is_newer(void **state)
{
    (void)state;
    struct standing *standing = standing_new();
    standing_take(standing, "own", 1);
    standing_take(standing, "others", 1);
    standing_expect_load(standing);
    standing_take(standing, "own", -1);
    standing_set_taken(standing, "locked", 5);
    standing_forget_taken(standing);
    assert_int_equal(standing_taken(standing, code_hash("others")), 0);
    standing_load_taken(standing, "own", 1);
    standing_load_taken(standing, "others", 3);
    standing_load_taken(standing, "locked", 4);
    assert_int_equal(standing_taken(standing, code_hash("own")), 0);
    assert_int_equal(standing_taken(standing, code_hash("others")), 3);
    assert_int_equal(standing_taken(standing, code_hash("locked")), 5);
    /* The next load brings them all. */
    standing_expect_load(standing);
    standing_forget_taken(standing);
    standing_load_taken(standing, "own", 2);
    assert_int_equal(standing_taken(standing, code_hash("own")), 2);
    assert_int_equal(standing_taken(standing, code_hash("locked")), 0);
    standing_free(standing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(standing_counts),
                                       cmocka_unit_test(a_load_does_not_undo_what_is_newer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
