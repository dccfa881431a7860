/* Cells as they are written: quoting, the guard against formulas, numbers; lines of an export. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/csv.h"
#include "wire/csv_write.h"
#include "wire/export_csv.h"

static const struct {
    const char *value, *written;
} texts[] = {
    {NULL,            ""                 },
    {"",              ""                 },
    {"暖气不热",  "暖气不热"     },
    {"a b",           "a b"              },
    {" a",            "\" a\""           },
    {"a ",            "\"a \""           },
    {" ",             "\" \""            },
    {"a,b",           "\"a,b\""          },
    {"a;b",           "\"a;b\""          },
    {"a\tb",          "\"a\tb\""         },
    {"a\nb",          "\"a\nb\""         },
    {"a\r\nb",        "\"a\r\nb\""       },
    {"\"",            "\"\"\"\""         },
    {"a\"b\"",        "\"a\"\"b\"\"\""   },
    {"'a",            "'a"               },
    {"1",             "1"                },
    {"=1+1",          "'=1+1"            },
    {"+86 10",        "'+86 10"          },
    {"-1",            "'-1"              },
    {"@SUM(A1)",      "'@SUM(A1)"        },
    {"\t=1",          "\"'\t=1\""        },
    {"\r=1",          "\"'\r=1\""        },
    {"\n=1",          "\"'\n=1\""        },
    {"＝1",          "'＝1"            },
    {"＋1",          "'＋1"            },
    {"－1",          "'－1"            },
    {"＠a",          "'＠a"            },
    {"  =1",          "\"'  =1\""        },
    {"=1,\"x\"",      "\"'=1,\"\"x\"\"\""},
    {"a=1",           "a=1"              },
    {"2026-03-02",    "2026-03-02"       },
    {"\xEF\xBB\xBF=", "\xEF\xBB\xBF="    },
    {"，",           "，"              },
};

static const struct {
    const char *value, *written;
} numbers[] = {
    {"",      ""       },
    {"0",     "0"      },
    {"-1",    "-1"     },
    {"-1.5",  "-1.5"   },
    {"1e-07", "1e-07"  },
    {"=1",    "'=1"    },
    {"-1+a",  "'-1+a"  },
    {"1,2",   "\"1,2\""},
};

static void check_cell(void (*write)(struct csv_line *line, const char *value), const char *value,
                       const char *written)
{
    struct text text CLEANUP(text_clear) = {0}, wanted CLEANUP(text_clear) = {0};
    struct csv_line line = {.text = &text};
    text_format(&wanted, "x,%s,y\r\n", written);
    csv_text(&line, "x");
    write(&line, value);
    csv_text(&line, "y");
    csv_end(&line);
    assert_string_equal(text.at, wanted.at);
}

static void cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        check_cell(csv_text, texts[i].value, texts[i].written);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        check_cell(csv_number, numbers[i].value, numbers[i].written);
}

static void lines(void **state)
{
    (void)state;
    struct text text CLEANUP(text_clear) = {0};
    struct csv_line line = {.text = &text};
    csv_mark(&text);
    csv_text(&line, "");
    csv_text(&line, "");
    csv_end(&line);
    csv_text(&line, "");
    csv_end(&line);
    csv_text(&line, "a");
    csv_end(&line);
    assert_string_equal(text.at, "\xEF\xBB\xBF,\r\n\"\"\r\na\r\n");
}

/* Our own reader gets back what was written. */
static void read_again(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    struct csv_line line = {.text = &text};
    struct csv_row row;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        csv_text(&line, "x");
        csv_text(&line, texts[i].value);
        csv_end(&line);
    }
    struct csv csv = csv_open((struct slice){text.at, text.size});
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_true(csv_next(&csv, arena, &row) && row.fault == NULL && row.count == 2);
        const char *value = texts[i].value != NULL ? texts[i].value : "";
        bool guarded = strlen(row.cells[1]) == strlen(value) + 1 && row.cells[1][0] == '\'';
        assert_string_equal(row.cells[1] + guarded, value);
    }
    assert_false(csv_next(&csv, arena, &row));
}

static void exports(void **state)
{
    (void)state;
    struct text text CLEANUP(text_clear) = {0};
    static const char item[] =
        "{\"no\":\"5\",\"task\":\"1-1\",\"unit\":null,\"org\":\"po\",\"stage\":\"sign\",\"due\":"
        "\"2026-03-02T09:00:00+08:00\",\"overdue_seconds\":-60,\"level\":\"street\",\"category\":"
        "\"01\",\"title\":\"=1;\\\"\",\"more\":{\"title\":\"no\"}}";
    export_line(&text, EXPORT_OVERDUE, (struct slice){item, strlen(item)});
    assert_string_equal(text.at, "5,1-1,,po,sign,2026-03-02T09:00:00+08:00,-60,street,01,,"
                                 "\"'=1;\"\"\"\r\n");
    text_clear(&text);
    static const char nested[] =
        "{\"id\":\"1-1\",\"origin\":{\"kind\":\"ticket\",\"id\":\"1\"},\"round\":2,\"overdue\":"
        "[\"sign\",\"contact\"],\"provisional\":false,\"version\":3}";
    export_line(&text, EXPORT_TASKS, (struct slice){nested, strlen(nested)});
    assert_string_equal(text.at, "1-1,,ticket,1,,2,,,,,,,,,,,,\"sign;contact\",,,,,false,,3\r\n");
    text_clear(&text);
    static const char lists[] = "{\"needs\":[{\"kind\":\"venue\",\"quantity\":2},{\"quantity\":-1}]"
                                ",\"route\":null,\"lat\":-2.5}";
    export_line(&text, EXPORT_TICKETS, (struct slice){lists, strlen(lists)});
    assert_non_null(strstr(text.at, ",-2.5,"));
    assert_non_null(strstr(text.at, ",\"venue;\",\"2;-1\","));
    for (int kind = 0; kind < EXPORT_COUNT; kind++) {
        text_clear(&text);
        export_names(&text, kind);
        assert_true(text_starts(text.at, "\xEF\xBB\xBF") && strchr(text.at, '"') == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells),
        cmocka_unit_test(lines),
        cmocka_unit_test(read_again),
        cmocka_unit_test(exports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
