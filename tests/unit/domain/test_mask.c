/* Personal numbers in free text, by the tables of tests/cases/mask: what is masked, with how it is
 * shown, and what is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "domain/mask.h"
#include "domain/number.h"
#include "support/calendar_file.h"

enum { LONG = 20000, SERIALS = 2000, MOST_MS = 1000 };

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

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* `shown` is what becomes of it, alone and between other words; NULL: nothing. */
static int check(const char *group, const char *text, const char *shown)
{
    const char *made = mask_text(arena, text);
    bool same = shown == NULL ? made == text : strcmp(made, shown) == 0;
    const char *around = arena_format(arena, "他说%s，急", text);
    const char *expected = shown == NULL ? around : arena_format(arena, "他说%s，急", shown);
    const char *second = mask_text(arena, around);
    if (same && strcmp(second, expected) == 0 && characters(made) == characters(text))
        return 0;
    print_error("%s: %s became %s and %s\n", group, text, made, second);
    return 1;
}

static void masked(void **state)
{
    (void)state;
    json_t *groups = file_json(CASES_DIR "/mask/masked.json");
    const char *group;
    json_t *list, *pair;
    size_t i;
    int wrong = 0;
    json_object_foreach (groups, group, list)
        json_array_foreach (list, i, pair) {
            const char *shown = json_string_value(json_array_get(pair, 1));
            wrong += check(group, json_string_value(json_array_get(pair, 0)), shown);
            wrong += check(group, shown, NULL); /* once is enough */
        }
    json_decref(groups);
    assert_int_equal(wrong, 0);
}

static void kept(void **state)
{
    (void)state;
    json_t *groups = file_json(CASES_DIR "/mask/kept.json");
    const char *group;
    json_t *list, *text;
    size_t i;
    int wrong = 0;
    json_object_foreach (groups, group, list)
        json_array_foreach (list, i, text)
            wrong += check(group, json_string_value(text), NULL);
    json_decref(groups);
    assert_int_equal(wrong, 0);
    assert_null(mask_text(arena, NULL));
}

/* No number that the daemon gives is taken for a person's. */
static void own_numbers(void **state)
{
    (void)state;
    int wrong = 0;
    for (int64_t i = 1; i < SERIALS; i++) {
        const char *no = number_make(arena, "140213", "20260302", i * 499);
        const char *id =
            arena_format(arena, "%lld", (long long)(7434072273715200000 + i * 1234577));
        wrong += check("number", no, NULL);
        wrong += check("id", id, NULL);
        wrong += check("task", arena_format(arena, "%s-%lld", id, (long long)(i % 12 + 1)), NULL);
    }
    assert_int_equal(wrong, 0);
}

/* Nothing that goes on for long takes long, whatever it is made of. */
static void long_texts(void **state)
{
    static const char *const pieces[] = {"1",     "13812345678", "1 ",      "一",       "1一",
                                         "138-",  "0352-",       "@",       "a@",       "a.",
                                         "6222 ", "１",          "1  -",    "电话2",    "E1",
                                         "暖气",  "\xEF",        "a@b.cn ", "138.1234."};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct text text CLEANUP(text_clear) = {0};
        for (size_t signs = 0; signs < LONG; signs += characters(pieces[i]) + 1)
            text_add(&text, pieces[i]);
        int64_t from = clock_steady().us;
        const char *made = mask_text(arena, text.at);
        int64_t took = (clock_steady().us - from) / 1000;
        assert_int_equal(characters(made), characters(text.at));
        if (took > MOST_MS)
            fail_msg("'%s' took %lld ms", pieces[i], (long long)took);
    }
}

/* Bytes that are not UTF-8, and texts that end in the middle of one, are walked over. */
static void any_bytes(void **state)
{
    static const char *const texts[] = {"\xE4",     "\xE4\xB8",  "\xF0\x9F", "13812345678\xE4",
                                        "\xFF\xEF", "1\xEF\xBC", "@\xEF",    "138\2001234"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_non_null(mask_text(arena, texts[i]));
    assert_string_equal(mask_text(arena, "\xE4"
                                         "13812345678\xF0"),
                        "\xE4"
                        "138****5678\xF0");
}

static void submissions(void **state)
{
    (void)state;
    const char *tags[] = {"13812345678", "供暖"};
    struct submission sent = {
        .title = "回电13812345678",
        .content = "没有",
        .address = NULL,
        .external_no = "13812345678",
        .accused_name = "王13812345678",
        .public_answer = "请打0352-5023456",
        .tags = {2, tags}
    };
    mask_submission(&sent, arena);
    assert_string_equal(sent.title, "回电138****5678");
    assert_string_equal(sent.content, "没有");
    assert_null(sent.address);
    assert_string_equal(sent.external_no, "13812345678");
    assert_string_equal(sent.accused_name, "王138****5678");
    assert_string_equal(sent.public_answer, "请打0352-*****56");
    assert_string_equal(sent.tags.at[0], "138****5678");
    assert_string_equal(sent.tags.at[1], "供暖");
    assert_string_equal(tags[0], "13812345678"); /* the original's list is not touched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked),     cmocka_unit_test(kept),      cmocka_unit_test(own_numbers),
        cmocka_unit_test(long_texts), cmocka_unit_test(any_bytes), cmocka_unit_test(submissions),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
