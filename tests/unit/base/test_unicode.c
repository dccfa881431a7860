/* NFKC and the spaces around a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms), cmocka_unit_test(growth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
