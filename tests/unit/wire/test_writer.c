/* Writing JSON: always valid, whatever the texts hold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/writer.h"

static void test_commas(void **state)
{
    (void)state;
    struct text text = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "a", "x");
    put_begin(&text, "b", '[');
    put_int(&text, NULL, 1);
    put_begin(&text, NULL, '{');
    put_end(&text, '}');
    put_begin(&text, NULL, '[');
    put_end(&text, ']');
    put_flag(&text, NULL, true);
    put_end(&text, ']');
    put_null(&text, "c");
    put_given(&text, "d", NULL);
    put_raw(&text, "e", (struct slice){"[1]", 3});
    put_raw(&text, "f", (struct slice){NULL, 0});
    put_end(&text, '}');
    assert_string_equal(text.at,
                        "{\"a\":\"x\",\"b\":[1,{},[],true],\"c\":null,\"e\":[1],\"f\":null}");
    text_clear(&text);
}

static const char *written(struct text *text, const char *value)
{
    text_clear(text);
    put_text(text, NULL, value);
    return text->at;
}

static void test_texts(void **state)
{
    (void)state;
    struct text text = {0};
    assert_string_equal(written(&text, ""), "\"\"");
    assert_string_equal(written(&text, NULL), "null");
    assert_string_equal(written(&text, "暖气😀"), "\"暖气😀\"");
    assert_string_equal(written(&text, "\"\\/\n\r\t\x01\x1f\x7f"),
                        "\"\\\"\\\\/\\n\\r\\t\\u0001\\u001f\x7f\"");
    assert_string_equal(written(&text, "a\xff"
                                       "b\xe4\xb8"),
                        "\"a\\ufffdb\\ufffd\\ufffd\"");
    text_clear(&text);
}

static void test_reals(void **state)
{
    static const double values[] = {0,     0.1,    1.0 / 3, -113.25,
                                    1e300, 5e-324, 40.0768, 123456789012345678.0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct text text = {0};
        put_real(&text, NULL, values[i]);
        assert_true(strtod(text.at, NULL) == values[i]);
        text_clear(&text);
    }
    struct text text = {0};
    put_begin(&text, NULL, '[');
    put_real(&text, NULL, NAN);
    put_real(&text, NULL, INFINITY);
    put_real(&text, NULL, 0.1);
    put_end(&text, ']');
    assert_string_equal(text.at, "[null,null,0.1]");
    text_clear(&text);
}

static void test_times(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct instant_form form = {arena, 8 * 3600};
    struct text text = {0};
    put_begin(&text, NULL, '[');
    put_instant(&text, NULL, (struct instant){0}, &form);
    put_instant(&text, NULL, INSTANT_NONE, &form);
    put_end(&text, ']');
    assert_string_equal(text.at, "[\"1970-01-01T08:00:00+08:00\",null]");
    text_clear(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_reals),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
