/* The registry as CSV: the same rows as JSON, every bad row by line and column. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/faults.h"
#include "wire/registry_csv.h"
#include "wire/registry_json.h"

/* "2:<code> 3:<code>" or the faults. */
static const char *rows_shown(int kind, const char *file, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct csv_rows rows;
    struct text text CLEANUP(text_clear) = {0};
    if (!registry_csv_read(kind, (struct slice){file, strlen(file)}, arena, &rows, &err))
        return faults_shown(&err, arena);
    text_add(&text, "");
    for (int i = 0; i < rows.count; i++)
        text_format(&text, "%s%d:%s", i > 0 ? " " : "", rows.lines[i],
                    registry_code(kind, rows.values[i]));
    return arena_bytes(arena, text.at, text.size);
}

static void check(int kind, const char *file, const char *wanted)
{
    struct arena *arena = arena_new();
    assert_string_equal(rows_shown(kind, file, arena), wanted);
    arena_free(arena);
}

static void test_header(void **state)
{
    (void)state;
    check(REGISTRY_AREA, "code,name,level\n14,x,province\n", "2:14");
    check(REGISTRY_AREA, "\xEF\xBB\xBFname,code\r\nx,14\r\n\r\ny,1402\r\n", "2:14 4:1402");
    check(REGISTRY_AREA, "code,name\n", "");
    check(REGISTRY_AREA, "", "422 /1");
    check(REGISTRY_AREA, "code\n14\n", "422 /1/name");
    check(REGISTRY_AREA, "name,name,mayor, code\n", "422 /1/name /1/mayor /1/ code /1/code");
    check(REGISTRY_UNIT, "code,name,kind,contact,contact.fax,ledger.workforce.x,version\n",
          "422 /1/contact /1/contact.fax /1/ledger.workforce.x /1/version");
    check(REGISTRY_AREA, "co\"de,name\n", "422 /1");
}

static void test_faults(void **state)
{
    (void)state;
    check(REGISTRY_AREA, "code,name\n14,x,y\n15\n16,z\n", "422 /2 /3");
    check(REGISTRY_AREA, "code,name\n14,x\n1402,y\n14,z\n", "422 /4/code");
    check(REGISTRY_AREA, "code,name\n,x\n14,\nab,z\n", "422 /2/code /3/name /4/code");
    check(REGISTRY_AREA, "code,name\n14,\"x\ny\"\n15,\xff\n16,\"z", "422 /4/name /5/name");
    check(REGISTRY_UNIT,
          "code,name,kind,joined,aliases,ledger.workforce,contact.phone\n"
          "u,x,club,a b;c,n@2020-13-01..,-1,1\n"
          "v,x,school,,n@..2020-01-01;@2020-01-01,1.5,\n"
          "w,x,school,,,many,\n",
          "422 /2/kind /2/joined /2/aliases /2/ledger.workforce /3/aliases /3/ledger.workforce "
          "/4/ledger.workforce");
    check(REGISTRY_RESOURCE, "code,unit,kind,title,categories,areas\nr,u,duty,t,;,14\n",
          "422 /2/categories");
}

static void test_values(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct csv_rows rows;
    const char *file = "ledger.workforce,code,name,kind,joined,aliases,contact.phone,status,org\n"
                       "12,u,\"a \"\"b\"\"\",school,\" o1 ;o2;\",old@2019-03-01..2024-09-30;"
                       "x@..2020-01-01;y@2020-01-01..;z,110,ended,\n";
    assert_true(
        registry_csv_read(REGISTRY_UNIT, (struct slice){file, strlen(file)}, arena, &rows, &err));
    assert_json(
        registry_json_write(REGISTRY_UNIT, rows.values[0], arena),
        "{\"code\":\"u\",\"name\":\"a \\\"b\\\"\",\"kind\":\"school\",\"formation\":\"none\","
        "\"joined\":[\"o1\",\"o2\"],\"aliases\":[{\"name\":\"old\",\"from\":\"2019-03-01\","
        "\"to\":\"2024-09-30\"},{\"name\":\"x\",\"to\":\"2020-01-01\"},{\"name\":\"y\","
        "\"from\":\"2020-01-01\"},{\"name\":\"z\"}],\"contact\":{\"phone\":\"110\"},"
        "\"ledger\":{\"workforce\":12},\"status\":\"ended\"}");
    arena_free(arena);
}

static void test_sample(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int kind = REGISTRY_AREA; kind <= REGISTRY_CATEGORY; kind++) {
        struct error err = {.arena = arena};
        struct csv_rows rows;
        const char *path =
            arena_format(arena, "%s/sample/%s.csv", CONFIG_DIR, registry_plurals[kind]);
        const char *file = file_read(arena, path);
        if (!registry_csv_read(kind, (struct slice){file, strlen(file)}, arena, &rows, &err))
            fail_msg("%s: %s %s", path, faults_shown(&err, arena), err.items[0].detail);
        assert_true(rows.count > 200);
        for (int i = 0; i < rows.count; i++) {
            const void *again;
            struct slice text = registry_json_write(kind, rows.values[i], arena);
            assert_true(registry_json_read(kind, text, NULL, arena, &again, &err));
            assert_string_equal(registry_json_write(kind, again, arena).at, text.at);
        }
    }
    arena_free(arena);
}

enum { ROWS = 100000 };

/* Memory follows the rows' values, not the nodes on the way to them. */
static void test_100000_rows(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "code,unit,kind,title,categories,areas,capacity,valid_from\n");
    for (int i = 0; i < ROWS; i++)
        text_format(&text,
                    "rs-%06d,heat,duty,集中供热受理,01.01;01.02,140213057;140213063,3,2024-01-01\n",
                    i);
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct csv_rows rows;
    struct mallinfo2 before = mallinfo2();
    assert_true(registry_csv_read(REGISTRY_RESOURCE, (struct slice){text.at, text.size}, arena,
                                  &rows, &err));
    struct mallinfo2 after = mallinfo2();
    assert_int_equal(rows.count, ROWS);
    assert_int_equal(rows.lines[ROWS - 1], ROWS + 1);
    assert_string_equal(registry_code(REGISTRY_RESOURCE, rows.values[ROWS - 1]), "rs-099999");
    size_t used = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    if (after.uordblks > before.uordblks) /* not told under some sanitizers */
        assert_true(used < (size_t)ROWS * 1000);
    text_clear(&text);
    arena_free(arena);
}

/* More faults than are kept are counted. */
static void test_many_faults(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "code,name\n");
    for (int i = 0; i < ROWS; i++)
        text_format(&text, "x%d,y\n", i);
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct csv_rows rows;
    assert_false(
        registry_csv_read(REGISTRY_AREA, (struct slice){text.at, text.size}, arena, &rows, &err));
    assert_true(err.count >= ROWS);
    text_clear(&text);
    arena_free(arena);
}

static const char *overrides_shown(const char *file, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct override *overrides;
    int count;
    if (!overrides_csv_read((struct slice){file, strlen(file)}, arena, &overrides, &count, &err))
        return faults_shown(&err, arena);
    struct text text CLEANUP(text_clear) = {0};
    text_add(&text, "");
    for (int i = 0; i < count; i++)
        text_format(&text, "%s%s %d %s", i > 0 ? ";" : "", date_format(arena, overrides[i].date),
                    overrides[i].kind, overrides[i].name == NULL ? "-" : overrides[i].name);
    return arena_bytes(arena, text.at, text.size);
}

static void test_overrides(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(overrides_shown("date,kind,name\n2026-10-01,holiday,国庆节\n"
                                        "2026-10-10,workday,\n",
                                        arena),
                        "2026-10-01 0 国庆节;2026-10-10 1 -");
    assert_string_equal(overrides_shown("kind,date\nholiday,2026-10-01\n", arena),
                        "2026-10-01 0 -");
    assert_string_equal(overrides_shown("date,kind\n2026-02-30,feast\n2026-10-01,holiday\n"
                                        "2026-10-01,workday\n,holiday\n",
                                        arena),
                        "422 /2/date /2/kind /4/date /5/date");
    assert_string_equal(overrides_shown("date,frames\n", arena), "422 /1/frames /1/kind");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),      cmocka_unit_test(test_faults),
        cmocka_unit_test(test_values),      cmocka_unit_test(test_sample),
        cmocka_unit_test(test_100000_rows), cmocka_unit_test(test_many_faults),
        cmocka_unit_test(test_overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
