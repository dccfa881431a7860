/* NFKC and the spaces around a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <uchar.h>

#include <cmocka.h>

#include "base/unicode.h"

static void forms(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const struct {
        const char *text, *nfkc;
    } cases[] = {
        {"",                                  ""                                 },
        {"   ",                               ""                                 },
        {" \t abc \r\n",                      "abc"                              },
        {"a b",                               "a b"                              },
        {"大同市平城区",                "大同市平城区"               },
        {"　供电公司　",                "供电公司"                     },
        {"ＡＢＣ１２３（分公司）", "ABC123(分公司)"                },
        {"ﾊﾟ",                            "パ"                              },
        {"e\xcc\x81",                         "\xc3\xa9"                         },
        {"①",                               "1"                                },
        {"㈱",                               "(株)"                            },
        {"\xc2\xa0水务\xe2\x80\x83",        "水务"                           },
        {"𠮷野家",                        "𠮷野家"                       },
        {"豈",                               "豈"                              },
        {"ﷺ",                               "صلى الله عليه وسلم"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(unicode_nfkc(arena, cases[i].text), cases[i].nfkc);
    assert_null(unicode_nfkc(arena, NULL));
    assert_string_equal(unicode_nfkc(arena, "a\xff"), "a\xef\xbf\xbd");
    arena_free(arena);
}

/* The longest growth there is: one sign of three bytes becomes 18. */
static void growth(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *many = arena_take(arena, 3 * 5000 + 1);
    for (int i = 0; i < 5000; i++)
        memcpy(many + 3 * i, "ﷺ", 3);
    const char *grown = unicode_nfkc(arena, many);
    assert_int_equal(strlen(grown), 5000 * strlen("صلى الله عليه وسلم"));
    assert_string_equal(unicode_nfkc(arena, grown), grown);
    arena_free(arena);
}

static void folds(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const struct {
        const char *text;
        const char32_t *signs;
    } cases[] = {
        {NULL,                           U""                  },
        {"",                             U""                  },
        {" ，。！ ",                  U""                  },
        {"暖气，不热。",           U"暖气不热"      },
        {"３号楼Ａ座（东）",     U"3号楼a座东"    },
        {"“停暖”——第2次…", U"停暖第2次"     },
        {"①号楼 Ⅲ单元 ㎡",      U"1号楼iii单元m2"},
        {"Éa",                          U"éa"               },
        {"𠮷野家",                   U"𠮷野家"        },
        {"a\xff中",                     U"a中"              },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct signs signs = unicode_fold(arena, cases[i].text);
        int count = 0;
        for (; cases[i].signs[count] != 0 && count < signs.count; count++)
            assert_int_equal(signs.at[count], cases[i].signs[count]);
        assert_int_equal(cases[i].signs[count], 0);
        assert_int_equal(signs.count, count);
    }
    arena_free(arena);
}

/* Every sign of the short way, alone and beside one that sends the text the long way. */
static void short_way_is_the_long_way(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (unsigned sign = 1; sign < 0x10000; sign++) {
        if (sign >= 0xD800 && sign <= 0xDFFF)
            continue;
        const char bytes[] = {(char)(0xE0 | sign >> 12), (char)(0x80 | (sign >> 6 & 0x3F)),
                              (char)(0x80 | (sign & 0x3F)), 0};
        const char two[] = {(char)(0xC0 | sign >> 6), (char)(0x80 | (sign & 0x3F)), 0};
        const char one[] = {(char)sign, 0};
        const char *text = sign < 0x80 ? one : sign < 0x800 ? two : bytes;
        struct signs alone = unicode_fold(arena, text);
        struct signs beside = unicode_fold(arena, arena_format(arena, "ⅷ%s", text));
        const int more = 4; /* viii */
        assert_int_equal(alone.count, beside.count - more);
        assert_memory_equal(alone.at, beside.at + more, (size_t)alone.count * sizeof(*alone.at));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms), cmocka_unit_test(folds),
                                       cmocka_unit_test(short_way_is_the_long_way),
                                       cmocka_unit_test(growth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
