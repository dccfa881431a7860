/* RFC 4180, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/csv.h"

/* "1:a|b;2:c!fault" for two records that begin on the lines 1 and 2. */
static const char *shown(struct slice file, struct arena *arena)
{
    struct csv csv = csv_open(file);
    struct csv_row row;
    struct text text CLEANUP(text_clear) = {0};
    text_add(&text, "");
    while (csv_next(&csv, arena, &row)) {
        text_format(&text, "%s%d:", text.size > 0 ? ";" : "", row.line);
        for (int i = 0; i < row.count; i++)
            text_format(&text, "%s%s", i > 0 ? "|" : "", row.cells[i]);
        if (row.fault != NULL)
            text_format(&text, "!%s", row.fault);
    }
    return arena_bytes(arena, text.at, text.size);
}

static void check(const char *file, const char *wanted)
{
    struct arena *arena = arena_new();
    assert_string_equal(shown((struct slice){file, strlen(file)}, arena), wanted);
    arena_free(arena);
}

static void test_rows(void **state)
{
    (void)state;
    check("", "");
    check("\n\r\n\n", "");
    check("a,b", "1:a|b");
    check("a,b\n", "1:a|b");
    check("a,b\r\nc,d\r\n", "1:a|b;2:c|d");
    check("a,b\n\n\nc", "1:a|b;4:c");
    check("\xEF\xBB\xBF"
          "a,b\n",
          "1:a|b");
    check(",\n,,\n", "1:|;2:||");
    check(" a , b \n", "1: a | b ");
    check("供热,\"暖气\"\n", "1:供热|暖气");
}

static void test_quotes(void **state)
{
    (void)state;
    check("\"a\",\"\"\n", "1:a|");
    check("\"a,b\",c\n", "1:a,b|c");
    check("\"a\"\"b\"\"\",\"\"\"\"\n", "1:a\"b\"|\"");
    check("\"a\r\nb\n\nc\",d\ne\n", "1:a\r\nb\n\nc|d;5:e");
    check("\"a\"", "1:a");
}

/* A bad line is told once and the next one is read. */
static void test_faults(void **state)
{
    (void)state;
    check("a\"b,c\nd\n", "1:!a quote inside a cell without quotes around it;2:d");
    check("a,\"b\"c,d\ne\n", "1:a!something behind the closing quote;2:e");
    check("a,\"b\n", "1:a!a quote that is not closed");
    check("a\rb\nc\n", "1:!a carriage return alone;2:c");
    check("a\r", "1:!a carriage return alone");
    check("a,\xff,b\nc\n", "1:a!not UTF-8, or NUL;2:c");
    check("\"\xed\xa0\x80\"\nc\n", "1:!not UTF-8, or NUL;2:c");
    check("a,\xe4\xb8", "1:a!not UTF-8, or NUL");
}

static void test_nul(void **state)
{
    static const char file[] = "a,b\0c,d\ne\0";
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(shown((struct slice){file, sizeof(file) - 1}, arena),
                        "1:a!not UTF-8, or NUL;2:!not UTF-8, or NUL");
    arena_free(arena);
}

static void test_many_cells(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct text text = {0};
    for (int i = 0; i < 1000; i++)
        text_format(&text, "%s%d", i > 0 ? "," : "", i);
    struct csv csv = csv_open((struct slice){text.at, text.size});
    struct csv_row row;
    assert_true(csv_next(&csv, arena, &row));
    assert_int_equal(row.count, 1000);
    assert_string_equal(row.cells[999], "999");
    assert_false(csv_next(&csv, arena, &row));
    text_clear(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),       cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_faults),     cmocka_unit_test(test_nul),
        cmocka_unit_test(test_many_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
