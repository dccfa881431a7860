/* References and sense of rows beside a small registry: row in, pointers of its faults out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/registry_check.h"
#include "support/calendar_file.h"
#include "support/registry_file.h"

static struct arena *arena;
static struct snapshot *snapshot;

static int begin(void **state)
{
    static const char text[] =
        "{\"areas\":[{\"code\":\"140213\"},{\"code\":\"140213050\"}],"
        "\"orgs\":[{\"code\":\"conf\",\"kind\":\"district_conference\",\"areas\":[\"140213\"]},"
        "{\"code\":\"al\",\"kind\":\"street_alliance\",\"parent\":\"conf\"},"
        "{\"code\":\"cm\",\"kind\":\"community_committee\",\"parent\":\"al\"},"
        "{\"code\":\"gone\",\"kind\":\"branch\",\"status\":\"ended\"}],"
        "\"units\":[{\"code\":\"u\",\"kind\":\"school\"}],"
        "\"categories\":[{\"code\":\"01\"},{\"code\":\"01.02\"},{\"code\":\"heat\",\"parent\":"
        "\"01.02\"},{\"code\":\"a.b.c.d.e\"}],"
        "\"agreements\":[{\"code\":\"ag\",\"org\":\"al\",\"unit\":\"u\"}]}";
    (void)state;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    arena = arena_new();
    snapshot = snapshot_from_json(json);
    json_decref(json);
    return 0;
}

static int end(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    arena_drop(&arena);
    zone_close();
    return 0;
}

/* The pointers of the faults, blanks between them. */
static const char *faults_of(int kind, const void *value, const struct registry_context *context)
{
    struct error err = {.arena = arena};
    struct names pointers = {0};
    bool fine = registry_check(kind, value, context, &err);
    assert_true(fine == (err.count == 0));
    assert_true(fine == error_none(&err));
    for (int i = 0; i < err.count; i++)
        pointers = names_with(arena, &pointers, err.items[i].pointer);
    return fine ? "" : names_join(arena, &pointers, " ");
}

struct check {
    int kind;
    const char *row, *faults;
};

static void run(const struct check *checks, size_t count)
{
    const struct registry_context context = {.snapshot = snapshot};
    for (size_t i = 0; i < count; i++) {
        json_t *json = json_loads(checks[i].row, 0, NULL);
        if (json == NULL)
            fail_msg("no JSON: %s", checks[i].row);
        struct registry_row *row = registry_row_from_json(checks[i].kind, json);
        const char *found = faults_of(checks[i].kind, row->value, &context);
        if (strcmp(found, checks[i].faults) != 0)
            fail_msg("%s: [%s], not [%s]", checks[i].row, found, checks[i].faults);
        registry_row_free(row);
        json_decref(json);
    }
}

static void areas(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_AREA, "{\"code\":\"14\",\"level\":\"province\"}",            ""      },
        {REGISTRY_AREA, "{\"code\":\"1402\",\"level\":\"city\"}",              ""      },
        {REGISTRY_AREA, "{\"code\":\"330102\",\"level\":\"district\"}",        ""      },
        {REGISTRY_AREA, "{\"code\":\"330102003\",\"level\":\"street\"}",       ""      },
        {REGISTRY_AREA, "{\"code\":\"330102003004\",\"level\":\"community\"}", ""      },
        {REGISTRY_AREA, "{\"code\":\"330102003004\"}",                         ""      },
        {REGISTRY_AREA, "{\"code\":\"330102\",\"level\":\"street\"}",          "/level"},
    };
    run(checks, COUNT_OF(checks));
    static const char *const codes[] = {"140", "14021", "14a2", "1402130500011", ""};
    const struct registry_context context = {.snapshot = snapshot};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const struct area area = {.code = codes[i], .level = -1};
        assert_string_equal(faults_of(REGISTRY_AREA, &area, &context), "/code");
    }
}

static void orgs(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_ORG, "{\"code\":\"o\",\"kind\":\"branch\"}",                                 ""       },
        {REGISTRY_ORG, "{\"code\":\"o\",\"kind\":\"branch\",\"parent\":\"gone\"}",             ""       },
        {REGISTRY_ORG, "{\"code\":\"o\",\"kind\":\"branch\",\"parent\":\"nobody\"}",           "/parent"},
        {REGISTRY_ORG, "{\"code\":\"o\",\"kind\":\"branch\",\"parent\":\"o\"}",                "/parent"},
        {REGISTRY_ORG, "{\"code\":\"conf\",\"kind\":\"branch\",\"parent\":\"cm\"}",            "/parent"},
        {REGISTRY_ORG, "{\"code\":\"al\",\"kind\":\"branch\",\"parent\":\"cm\"}",              "/parent"},
        {REGISTRY_ORG, "{\"code\":\"cm\",\"kind\":\"branch\",\"parent\":\"conf\"}",            ""       },
        {REGISTRY_ORG, "{\"code\":\"o\",\"kind\":\"branch\",\"areas\":[\"140213\",\"3301\"]}",
         "/areas/1"                                                                                     },
    };
    run(checks, COUNT_OF(checks));
}

static void units(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_UNIT, "{\"code\":\"v\",\"kind\":\"school\"}",                                 ""                              },
        {REGISTRY_UNIT,
         "{\"code\":\"v\",\"kind\":\"school\",\"area\":\"140213050\",\"org\":\"al\",\"joined\":"
         "[\"cm\",\"conf\"]}",                                                                  ""                              },
        {REGISTRY_UNIT,
         "{\"code\":\"v\",\"kind\":\"school\",\"area\":\"3301\",\"org\":\"x\",\"joined\":[\"cm\","
         "\"y\",\"z\"]}",                                                                       "/area /org /joined/1 /joined/2"},
        {REGISTRY_UNIT, "{\"code\":\"v\",\"kind\":\"school\",\"formation\":\"joint\"}",         "/org"                          },
        {REGISTRY_UNIT,
         "{\"code\":\"v\",\"kind\":\"school\",\"formation\":\"none\",\"org\":\"al\"}",          "/org"                          },
        {REGISTRY_UNIT, "{\"code\":\"v\",\"kind\":\"school\",\"formation\":\"none\"}",          ""                              },
        {REGISTRY_UNIT, "{\"code\":\"v\",\"kind\":\"school\",\"uscc\":\"91350100M000100Y43\"}", ""                              },
        {REGISTRY_UNIT, "{\"code\":\"v\",\"kind\":\"school\",\"uscc\":\"91350100M000100Y44\"}",
         "/uscc"                                                                                                                },
    };
    run(checks, COUNT_OF(checks));
}

static void resources(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_RESOURCE,
         "{\"code\":\"r\",\"unit\":\"u\",\"kind\":\"duty\",\"categories\":[\"01\"],\"areas\":"
         "[\"140213\"],\"agreement\":\"ag\",\"capacity\":0}",       ""                                       },
        {REGISTRY_RESOURCE,
         "{\"code\":\"r\",\"unit\":\"x\",\"kind\":\"duty\",\"categories\":[\"01\",\"99\"],"
         "\"areas\":[\"3301\",\"140213\"],\"agreement\":\"none\"}", "/unit /categories/1 /areas/0 /agreement"},
    };
    run(checks, COUNT_OF(checks));
    const struct registry_context context = {.snapshot = snapshot};
    struct resource resource = {.code = "r", .capacity = -2};
    resource.valid_from.day = 2;
    resource.valid_to.day = 1;
    assert_string_equal(faults_of(REGISTRY_RESOURCE, &resource, &context),
                        "/unit /categories /areas /capacity /valid_to");
    const char *category = "01", *area = "140213";
    resource = (struct resource){.code = "r", .unit = "u", .capacity = -1};
    resource.categories = (struct names){1, &category};
    resource.areas = (struct names){1, &area};
    resource.valid_from.day = resource.valid_to.day = 1;
    assert_string_equal(faults_of(REGISTRY_RESOURCE, &resource, &context), "");
    resource.valid_to = DATE_NONE;
    assert_string_equal(faults_of(REGISTRY_RESOURCE, &resource, &context), "");
}

static void agreements(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_AGREEMENT,
         "{\"code\":\"b\",\"org\":\"al\",\"unit\":\"u\",\"categories\":[\"01\"],\"valid_from\":"
         "\"2026-01-01\",\"valid_to\":\"2026-01-01\"}",                                  ""                        },
        {REGISTRY_AGREEMENT,
         "{\"code\":\"b\",\"org\":\"x\",\"unit\":\"y\",\"categories\":[\"01\",\"99\"]}", "/org /unit /categories/1"},
    };
    run(checks, COUNT_OF(checks));
    const struct registry_context context = {.snapshot = snapshot};
    struct agreement agreement = {.code = "b"};
    agreement.valid_from.day = 2;
    assert_string_equal(faults_of(REGISTRY_AGREEMENT, &agreement, &context),
                        "/org /unit /valid_to");
}

static void aliases(void **state)
{
    (void)state;
    struct alias at[] = {
        {"A", {1},       {2}},
        {"B", {2},       {1}},
        {"C", DATE_NONE, {1}}
    };
    struct unit unit = {
        .code = "v", .formation = FORMATION_NONE, .aliases = {3, at}
    };
    const struct registry_context context = {.snapshot = snapshot};
    assert_string_equal(faults_of(REGISTRY_UNIT, &unit, &context), "/aliases/1/to");
}

static void categories(void **state)
{
    (void)state;
    static const struct check checks[] = {
        {REGISTRY_CATEGORY, "{\"code\":\"02\"}",                            ""       },
        {REGISTRY_CATEGORY, "{\"code\":\"02.01\"}",                         ""       },
        {REGISTRY_CATEGORY, "{\"code\":\"1.2.3.4.5\"}",                     ""       },
        {REGISTRY_CATEGORY, "{\"code\":\"1.2.3.4.5.6\"}",                   "/code"  },
        {REGISTRY_CATEGORY, "{\"code\":\"x\",\"parent\":\"heat\"}",         ""       },
        {REGISTRY_CATEGORY, "{\"code\":\"x\",\"parent\":\"nobody\"}",       "/parent"},
        {REGISTRY_CATEGORY, "{\"code\":\"x\",\"parent\":\"x\"}",            "/parent"},
        {REGISTRY_CATEGORY, "{\"code\":\"x\",\"parent\":\"a.b.c.d.e\"}",    "/parent"},
        {REGISTRY_CATEGORY, "{\"code\":\"01.02\",\"parent\":\"heat\"}",     "/parent"},
        {REGISTRY_CATEGORY, "{\"code\":\"01\",\"parent\":\"heat\"}",        "/parent"},
        {REGISTRY_CATEGORY, "{\"code\":\"1.2.3.4.5.6\",\"parent\":\"01\"}", ""       },
    };
    run(checks, COUNT_OF(checks));
}

static void policies(void **state)
{
    (void)state;
    const char *area_codes[] = {"140213", "3301"}, *category_codes[] = {"99"};
    struct policy policy = {
        .code = "p",
        .calendar = "cn",
        .areas = {true, {2, area_codes}    },
        .categories = {true, {1, category_codes}}
    };
    const struct registry_context context = {.snapshot = snapshot};
    assert_string_equal(faults_of(REGISTRY_POLICY, &policy, &context),
                        "/calendar /match/areas/1 /match/categories/0");
    struct calendar calendar = {.code = "cn"};
    struct map *fresh = map_new(1);
    map_put(fresh, "cn", &calendar);
    struct registry_context with = {.snapshot = snapshot, .fresh = {[REGISTRY_CALENDAR] = fresh}};
    policy.areas.names.count = 1;
    policy.categories.given = false;
    policy.categories.names.count = 0;
    assert_string_equal(faults_of(REGISTRY_POLICY, &policy, &with), "");
    policy.calendar = NULL;
    assert_string_equal(faults_of(REGISTRY_POLICY, &policy, &with), "/calendar");
    map_free(fresh);
}

static void calendars(void **state)
{
    (void)state;
    const struct registry_context context = {0};
    struct calendar *calendar = calendar_shipped("cn", arena);
    assert_string_equal(faults_of(REGISTRY_CALENDAR, calendar, &context), "");
    struct frame frame = {600, 500};
    calendar->week[0] = (struct frames){1, &frame};
    assert_true(strlen(faults_of(REGISTRY_CALENDAR, calendar, &context)) > 0);
}

/* Rows of one import refer to each other in any order, and may only together make a loop. */
static void rows_of_one_import_see_each_other(void **state)
{
    (void)state;
    const struct org a = {.code = "a", .kind = ORG_BRANCH, .parent = "b"};
    const struct org b = {.code = "b", .kind = ORG_BRANCH, .parent = "c"};
    struct org c = {.code = "c", .kind = ORG_BRANCH};
    const struct org d = {.code = "d", .kind = ORG_BRANCH, .parent = "a"};
    const struct org conf = {.code = "conf", .kind = ORG_BRANCH, .parent = "d"};
    struct map *fresh = map_new(8);
    map_put(fresh, "a", (void *)&a);
    map_put(fresh, "b", (void *)&b);
    map_put(fresh, "c", &c);
    map_put(fresh, "d", (void *)&d);
    map_put(fresh, "conf", (void *)&conf);
    const struct registry_context context = {.snapshot = snapshot,
                                             .fresh = {[REGISTRY_ORG] = fresh}};
    assert_string_equal(faults_of(REGISTRY_ORG, &a, &context), "");
    assert_string_equal(faults_of(REGISTRY_ORG, &conf, &context), "");
    c.parent = "a"; /* a -> b -> c -> a, and d hangs below */
    assert_string_equal(faults_of(REGISTRY_ORG, &a, &context), "/parent");
    assert_string_equal(faults_of(REGISTRY_ORG, &b, &context), "/parent");
    assert_string_equal(faults_of(REGISTRY_ORG, &c, &context), "/parent");
    assert_string_equal(faults_of(REGISTRY_ORG, &d, &context), "/parent");
    c.parent = "al"; /* al stands below conf, whose new row stands below d */
    assert_string_equal(faults_of(REGISTRY_ORG, &conf, &context), "/parent");
    map_free(fresh);
}

static void a_first_import_has_no_snapshot(void **state)
{
    (void)state;
    const struct registry_context context = {0};
    const struct org fine = {.code = "o", .kind = ORG_BRANCH};
    const struct org lost = {.code = "o", .kind = ORG_BRANCH, .parent = "p"};
    assert_string_equal(faults_of(REGISTRY_ORG, &fine, &context), "");
    assert_string_equal(faults_of(REGISTRY_ORG, &lost, &context), "/parent");
}

/* Codes from the standard and the public register. */
static void credit_codes(void **state)
{
    (void)state;
    static const char *const right[] = {"91350100M000100Y43", "91110000802100433B"};
    static const char *const wrong[] = {
        "91350100M000100Y42", "91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43", "",
        "91350100m000100Y43"};
    assert_true(uscc_valid(right[0]));
    assert_true(uscc_valid(right[1]));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(uscc_valid(wrong[i]));
    /* Each of the other characters at the end is wrong. */
    int valid = 0;
    for (const char *sign = "0123456789ABCDEFGHJKLMNPQRTUWXY"; *sign != '\0'; sign++) {
        char *code = arena_copy(arena, right[0]);
        code[17] = *sign;
        valid += uscc_valid(code);
    }
    assert_int_equal(valid, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas),
        cmocka_unit_test(orgs),
        cmocka_unit_test(units),
        cmocka_unit_test(resources),
        cmocka_unit_test(agreements),
        cmocka_unit_test(aliases),
        cmocka_unit_test(categories),
        cmocka_unit_test(policies),
        cmocka_unit_test(calendars),
        cmocka_unit_test(rows_of_one_import_see_each_other),
        cmocka_unit_test(a_first_import_has_no_snapshot),
        cmocka_unit_test(credit_codes),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
