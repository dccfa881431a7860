/* Query values and cursors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/policy.h"
#include "support/faults.h"
#include "wire/query.h"

static int64_t count_of(const char *value)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    int64_t count = -1;
    if (!query_count(value, "limit", 100, 1, 500, &count, &err))
        assert_string_equal(faults_shown(&err, arena), "400 limit");
    arena_free(arena);
    return count;
}

static void test_count(void **state)
{
    static const char *const bad[] = {
        "", "0", "501", "1x", " 1", "1.0", "-1", "+1", "99999999999999999999"};
    (void)state;
    assert_int_equal(count_of(NULL), 100);
    assert_int_equal(count_of("1"), 1);
    assert_int_equal(count_of("500"), 500);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(count_of(bad[i]), -1);
}

static int64_t instant_of(const char *value)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct instant at = {-1};
    if (!query_instant(value, "from", 28800, &at, &err))
        assert_string_equal(faults_shown(&err, arena), "400 from");
    arena_free(arena);
    return at.us;
}

static void test_instant(void **state)
{
    (void)state;
    assert_false(instant_set((struct instant){instant_of(NULL)}));
    assert_int_equal(instant_of("1970-01-02"), INT64_C(57600000000));
    assert_int_equal(instant_of("1970-01-01T08:00:01+08:00"), 1000000);
    assert_int_equal(instant_of("1970-01-01T08:00:01 08:00"), 1000000);
    assert_int_equal(instant_of("1970-01-01T00:00:01Z"), 1000000);
    assert_int_equal(instant_of("1970-01-01T00:00:01"), -1);
    assert_int_equal(instant_of("1970-02-30"), -1);
    assert_int_equal(instant_of(""), -1);
    assert_int_equal(instant_of("1970-01-01T00:00:01Z1970-01-01T00:00:01Z1970-01-01"), -1);
}

static int64_t span_of(const char *value)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct span span = {-1};
    if (!query_span(value, "within", SECONDS(7), &span, &err))
        assert_string_equal(faults_shown(&err, arena), "400 within");
    arena_free(arena);
    return span.us < 0 ? span.us : span.us / 1000000;
}

static void test_span(void **state)
{
    static const char *const bad[] = {"",     "h",   "0h",   "48",   "48x",
                                      "48hh", "-1h", "1.5h", "367d", "99999999999999999999d"};
    (void)state;
    assert_int_equal(span_of(NULL), 7);
    assert_int_equal(span_of("48h"), 172800);
    assert_int_equal(span_of("90m"), 5400);
    assert_int_equal(span_of("2d"), 172800);
    assert_int_equal(span_of("30s"), 30);
    assert_int_equal(span_of("366d"), 366 * 86400);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(span_of(bad[i]), -1);
}

static void test_word(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    int word;
    assert_true(query_word(NULL, "stage", stage_words, &word, &err));
    assert_int_equal(word, -1);
    assert_true(query_word("contact", "stage", stage_words, &word, &err));
    assert_int_equal(word, STAGE_CONTACT);
    assert_false(query_word("Contact", "stage", stage_words, &word, &err));
    assert_string_equal(faults_shown(&err, arena), "400 stage");
    arena_free(arena);
}

static bool read_cursor(const char *text, const char *kind, struct cursor *cursor,
                        struct arena *arena)
{
    struct error err = {.arena = arena};
    bool read = cursor_read(text, kind, arena, cursor, &err);
    assert_string_equal(faults_shown(&err, arena), read ? "" : "400 cursor");
    return read;
}

static void test_cursor(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct cursor read, cursors[5] = {0};
    cursors[1].text = "";
    cursors[2].text = "rs-0001";
    cursors[3] = (struct cursor){.count = 1, .number = {INT64_MIN}};
    cursors[4] = (struct cursor){
        .count = 4, .number = {1, -1, INT64_MAX, 0},
             .text = "中"
    };
    for (size_t i = 0; i < COUNT_OF(cursors); i++) {
        const char *text = cursor_write(&cursors[i], "tasks", arena);
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234567"
                                      "89-_"),
                         strlen(text));
        assert_true(read_cursor(text, "tasks", &read, arena));
        assert_int_equal(read.count, cursors[i].count);
        assert_memory_equal(read.number, cursors[i].number, sizeof(read.number));
        assert_true(text_equal(read.text, cursors[i].text));
        assert_false(read_cursor(text, "tickets", &read, arena));
    }
    assert_true(read_cursor(NULL, "tasks", &read, arena));
    assert_int_equal(read.count, 0);
    arena_free(arena);
}

/* Any one character changed, added or taken away is noticed. */
static void test_cursor_tampering(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct cursor cursor =
                      {
                          .count = 2, .number = {12345, 67},
                               .text = "u1"
    },
                  read;
    const char *good = cursor_write(&cursor, "tasks", arena);
    for (size_t i = 0; i < strlen(good); i++)
        for (const char *sign = "ABab01-_=+/ "; *sign != '\0'; sign++) {
            char *bad = arena_copy(arena, good);
            bad[i] = *sign;
            if (strcmp(bad, good) != 0)
                assert_false(read_cursor(bad, "tasks", &read, arena));
        }
    for (size_t size = 0; size < strlen(good); size++)
        assert_false(read_cursor(arena_bytes(arena, good, size), "tasks", &read, arena));
    assert_false(read_cursor(arena_format(arena, "%sA", good), "tasks", &read, arena));
    assert_false(read_cursor(arena_format(arena, "%s=", good), "tasks", &read, arena));
    assert_false(read_cursor("1", "tasks", &read, arena));
    assert_false(read_cursor("offset:100", "tasks", &read, arena));
    char *huge = arena_take(arena, 100000);
    memset(huge, 'A', 99999);
    assert_false(read_cursor(huge, "tasks", &read, arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),  cmocka_unit_test(test_instant),
        cmocka_unit_test(test_span),   cmocka_unit_test(test_word),
        cmocka_unit_test(test_cursor), cmocka_unit_test(test_cursor_tampering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
