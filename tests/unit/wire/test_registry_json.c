/* Registry rows as JSON: every fault by its pointer, and write -> read -> write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/faults.h"
#include "wire/registry_json.h"

/* What was read is written, read and written again; both texts are the same. */
static void check_again(int kind, const void *value, struct arena *arena)
{
    struct error err = {.arena = arena};
    const void *again;
    struct slice text = registry_json_write(kind, value, arena);
    assert_true(registry_json_read(kind, text, registry_code(kind, value), arena, &again, &err));
    struct slice second = registry_json_write(kind, again, arena);
    assert_string_equal(text.at, second.at);
}

static void read_row(const json_t *one, struct slice body, struct arena *arena, struct error *err)
{
    int kind = 0;
    const void *value;
    const char *plural = json_string_value(json_object_get(one, "kind"));
    while (strcmp(registry_plurals[kind], plural) != 0)
        kind++;
    if (registry_json_read(kind, body, json_string_value(json_object_get(one, "code")), arena,
                           &value, err))
        check_again(kind, value, arena);
}

static void test_cases(void **state)
{
    (void)state;
    faults_check("wire/registry.json", read_row);
}

static const void *row(int kind, const char *text, struct arena *arena)
{
    struct error err = {.arena = arena};
    const void *value = NULL;
    if (!registry_json_read(kind, (struct slice){text, strlen(text)}, NULL, arena, &value, &err))
        fail_msg("%s: %s", text, faults_shown(&err, arena));
    return value;
}

static void test_defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct unit *unit =
        row(REGISTRY_UNIT, "{\"code\":\"u\",\"name\":\"x\",\"kind\":\"school\"}", arena);
    assert_int_equal(unit->formation, FORMATION_NONE);
    assert_int_equal(unit->status, STATUS_ACTIVE);
    assert_int_equal(unit->ledger.workforce, -1);
    assert_null(unit->area);
    assert_int_equal(unit->aliases.count, 0);
    unit = row(REGISTRY_UNIT, "{\"code\":\"u\",\"name\":\"x\",\"kind\":\"school\",\"org\":\"o\"}",
               arena);
    assert_int_equal(unit->formation, FORMATION_ALONE);
    const struct resource *resource = row(
        REGISTRY_RESOURCE,
        "{\"code\":\"r\",\"unit\":\"u\",\"kind\":\"jobs\",\"title\":\"t\",\"categories\":[\"1\"],"
        "\"areas\":[\"14\"]}",
        arena);
    assert_int_equal(resource->status, STATUS_OFFERED);
    assert_int_equal(resource->capacity, -1);
    assert_true(resource->confidence < 0);
    assert_int_equal(resource->support, -1);
    assert_false(date_set(resource->valid_from));
    const struct area *area = row(REGISTRY_AREA, "{\"code\":\"140213050\",\"name\":\"x\"}", arena);
    assert_int_equal(area->level, LEVEL_STREET);
    arena_free(arena);
}

static void test_values(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct unit *unit = row(
        REGISTRY_UNIT,
        "{\"kind\":\"hospital\",\"name\":\"市\\u4e00医院\",\"code\":\"u\",\"formation\":\"joint\","
        "\"org\":\"o\",\"joined\":[\"a\",\"b\"],\"aliases\":[{\"name\":\"x\",\"to\":"
        "\"2024-02-29\"}],\"contact\":{\"phone\":\"12\"},\"ledger\":{\"party_members\":4}}",
        arena);
    assert_string_equal(unit->name, "市一医院");
    assert_int_equal(unit->kind, UNIT_HOSPITAL);
    assert_int_equal(unit->joined.count, 2);
    assert_string_equal(unit->joined.at[1], "b");
    assert_int_equal(unit->aliases.count, 1);
    assert_string_equal(date_format(arena, unit->aliases.at[0].to), "2024-02-29");
    assert_false(date_set(unit->aliases.at[0].from));
    assert_string_equal(unit->contact.phone, "12");
    assert_int_equal(unit->ledger.party_members, 4);
    assert_string_equal(registry_code(REGISTRY_UNIT, unit), "u");
    arena_free(arena);
}

static void test_status(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unit unit = *(const struct unit *)row(
        REGISTRY_UNIT, "{\"code\":\"u\",\"name\":\"x\",\"kind\":\"school\"}", arena);
    assert_int_equal(registry_status(REGISTRY_UNIT, &unit), STATUS_ACTIVE);
    unit.status = STATUS_ENDED;
    assert_int_equal(registry_status(REGISTRY_UNIT, &unit), STATUS_ENDED);
    assert_json(registry_json_write(REGISTRY_UNIT, &unit, arena),
                "{\"code\":\"u\",\"name\":\"x\",\"kind\":\"school\",\"formation\":\"none\","
                "\"status\":\"ended\"}");
    arena_free(arena);
}

static void test_show(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_json(registry_json_show((struct slice){"{\"code\":\"u\"}\n", 13}, 7, arena),
                "{\"code\":\"u\",\"version\":7}");
    assert_json(registry_json_show((struct slice){"{}", 2}, 7, arena), "{\"version\":7}");
    arena_free(arena);
}

static void test_policy(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct policy *policy =
        row(REGISTRY_POLICY,
            "{\"code\":\"p\",\"calendar\":\"cn\",\"spans\":{\"sign\":{\"amount\":2,\"unit\":"
            "\"working_hour\"}},\"match\":{\"areas\":[]},\"rules\":{\"weights\":{\"load\":0.7},"
            "\"callback\":{\"attempts\":5}},\"reminders\":[{\"stage\":\"contact\",\"share\":0.5}]}",
            arena);
    assert_true(policy->areas.given);
    assert_int_equal(policy->areas.names.count, 0);
    assert_false(policy->kinds.given);
    assert_int_equal(policy->sign.unit, SPAN_WORKING_HOUR);
    assert_int_equal(policy->resolve.amount, 0);
    assert_true(policy->rules.weight_load == 0.7);
    assert_true(policy->rules.callback_attempts == 5);
    assert_true(policy->rules.weight_area == rules_standard.weight_area);
    assert_int_equal(policy->reminders[0].stage, STAGE_CONTACT);
    struct slice text = registry_json_write(REGISTRY_POLICY, policy, arena);
    assert_non_null(strstr(text.at, "\"match\":{\"areas\":[]}"));
    assert_non_null(strstr(text.at, "\"rules\":{\"weights\":{\"category\":"));
    assert_null(strstr(text.at, "resolve"));
    arena_free(arena);
}

static void test_calendar(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct calendar *calendar =
        row(REGISTRY_CALENDAR,
            "{\"code\":\"c\",\"zone\":\"Asia/Shanghai\",\"week\":{\"tue\":[\"08:30-24:00\"]},"
            "\"overrides\":[{\"date\":\"2026-10-10\",\"kind\":\"workday\",\"frames\":[]},{\"date\":"
            "\"2026-10-01\",\"kind\":\"holiday\",\"name\":\"国庆节\"}]}",
            arena);
    assert_ptr_equal(calendar->zone, zone_find("Asia/Shanghai"));
    assert_int_equal(calendar->week[1].at[0].from, 510);
    assert_int_equal(calendar->week[1].at[0].to, 1440);
    assert_int_equal(calendar->week[0].count, 0);
    assert_int_equal(calendar->override_count, 2);
    assert_int_equal(calendar->overrides[0].kind, OVERRIDE_HOLIDAY);
    assert_true(calendar->overrides[1].own_frames);
    assert_false(calendar->overrides[0].own_frames);
    arena_free(arena);
    zone_close();
}

/* The shipped rules can be read as they are. */
static void test_presets(void **state)
{
    static const char *const names[] = {"policy_five-working-days", "policy_four-level",
                                        "policy_four-level.24h",    "policy_four-level.7d",
                                        "policy_four-level.15d",    "calendar_cn"};
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *path = arena_format(arena, "%s/presets/%s.json", CONFIG_DIR, names[i]);
        int kind = text_starts(names[i], "policy") ? REGISTRY_POLICY : REGISTRY_CALENDAR;
        check_again(kind, row(kind, file_read(arena, path), arena), arena);
    }
    arena_free(arena);
    zone_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),    cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),   cmocka_unit_test(test_status),
        cmocka_unit_test(test_show),     cmocka_unit_test(test_policy),
        cmocka_unit_test(test_calendar), cmocka_unit_test(test_presets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
