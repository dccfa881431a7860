/* The hash table against a plain array, through growth and replacement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/map.h"

enum { KEYS = 2000 };

static void few(void **state)
{
    (void)state;
    int one, two;
    struct map *map = map_new(0);
    assert_null(map_get(map, "a"));
    assert_null(map_get(map, NULL));
    map_put(map, "a", &one);
    map_put(map, "a", &two);
    assert_int_equal(map_count(map), 1);
    assert_ptr_equal(map_get(map, "a"), &two);
    map_free(map);
    map_free(NULL);
}

/* Puts in an order that is far from the keys'; after each round all keys are asked. */
static void many(void **state)
{
    (void)state;
    static char keys[KEYS][8];
    static bool in[KEYS];
    static void *values[KEYS];
    struct arena *arena = arena_new();
    struct map *map = map_new(4);
    size_t count = 0;
    for (int i = 0; i < KEYS; i++)
        memcpy(keys[i], arena_format(arena, "k%04d", i), 6);
    for (unsigned step = 0, at = 1; step < 5 * KEYS; step++) {
        at = (at * 1103515245u + 12345u) & 0x7fffffffu;
        int i = (int)(at / 16 % KEYS);
        values[i] = &in[(i + (int)(at / 65536)) % KEYS];
        map_put(map, keys[i], values[i]);
        count += !in[i];
        in[i] = true;
        assert_int_equal(map_count(map), count);
        if (step % KEYS != 0)
            continue;
        for (int j = 0; j < KEYS; j++)
            assert_ptr_equal(map_get(map, keys[j]), values[j]);
    }
    size_t position = 0, seen = 0;
    const char *key;
    for (void *value; (value = map_next(map, &position, &key)) != NULL; seen++)
        assert_ptr_equal(map_get(map, key), value);
    assert_int_equal(seen, count);
    map_free(map);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(few), cmocka_unit_test(many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
