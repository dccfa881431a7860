/* Snapshots: rows replaced and shared, versions kept, and every way of asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/inventory.h"
#include "domain/match.h"
#include "domain/ticket.h"
#include "domain/topic.h"
#include "support/registry_file.h"

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

static struct snapshot *registry(const char *text)
{
    json_error_t where;
    json_t *json = json_loads(text, 0, &where);
    if (json == NULL)
        fail_msg("%s at %d", where.text, where.position);
    struct snapshot *snapshot = snapshot_from_json(json);
    json_decref(json);
    return snapshot;
}

static struct registry_row *unit_row(const char *code, const char *name, int64_t version)
{
    const struct unit unit = {.code = code, .name = name, .status = STATUS_ACTIVE};
    return registry_row_of(REGISTRY_UNIT, &unit, sizeof(unit), version);
}

static struct registry_row *policy_row(const struct policy *policy)
{
    return registry_row_of(REGISTRY_POLICY, policy, sizeof(*policy), policy->version);
}

/* A snapshot of one row more; gives the old one back. */
static struct snapshot *with_row(struct snapshot *snapshot, struct registry_row *row)
{
    struct snapshot *next = snapshot_new(snapshot, &row, 1, 0);
    snapshot_free(snapshot);
    return next;
}

static void an_empty_one_answers_everything(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new(NULL, NULL, 0, 3);
    size_t count = 9;
    int named = 9;
    struct date today = DATE_NONE;
    assert_int_equal(snapshot_revision(snapshot), 3);
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        assert_null(snapshot_row(snapshot, kind, "x"));
        snapshot_rows(snapshot, kind, &count);
        assert_int_equal(count, 0);
    }
    assert_null(snapshot_unit(snapshot, NULL));
    assert_null(snapshot_ladder(snapshot, "140213050001", NULL));
    assert_null(topics_near(snapshot_topics(snapshot), "01.02"));
    assert_null(snapshot_policy_at(snapshot, "p", 1));
    assert_null(snapshot_policy_for(snapshot, &(struct policy_key){"14", "01", 0, 0, -1, 0}));
    assert_null(inventory_member(snapshot_inventory(snapshot), "u"));
    snapshot_units_named(snapshot, "x", today, arena, &named);
    assert_int_equal(named, 0);
    assert_int_equal(snapshot_orgs_below(snapshot, "o", arena).count, 1);
    assert_int_equal(snapshot_units_joined(snapshot, "o", arena).count, 0);
    snapshot_free(snapshot);
    snapshot_free(NULL);
}

static void rows_are_replaced_and_shared(void **state)
{
    (void)state;
    struct registry_row *rows[] = {unit_row("b", "old", 1), unit_row("a", "kept", 1),
                                   unit_row("c", "kept", 1)};
    struct registry_row *kept = registry_row_hold(rows[1]);
    struct snapshot *old = snapshot_new(NULL, rows, 3, 1);
    struct registry_row *fresh[] = {unit_row("d", "new", 1), unit_row("b", "new", 2)};
    struct snapshot *next = snapshot_new(old, fresh, 2, 2);
    size_t count;
    const struct registry_row *const *all = snapshot_rows(next, REGISTRY_UNIT, &count);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(all[i]->code, ((const char *[]){"a", "b", "c", "d"})[i]);
    assert_string_equal(snapshot_unit(next, "b")->name, "new");
    assert_string_equal(snapshot_unit(old, "b")->name, "old");
    assert_null(snapshot_unit(old, "d"));
    assert_ptr_equal(snapshot_row(old, REGISTRY_UNIT, "a"), kept);
    assert_ptr_equal(snapshot_row(next, REGISTRY_UNIT, "a"), kept);
    assert_int_equal(kept->references, 3);
    snapshot_free(old);
    assert_int_equal(kept->references, 2);
    assert_ptr_equal(snapshot_hold(next), next);
    snapshot_free(next);
    assert_string_equal(snapshot_unit(next, "a")->name, "kept");
    snapshot_free(next);
    assert_int_equal(kept->references, 1);
    registry_row_free(kept);
    registry_row_free(NULL);
}

static void an_older_version_does_not_replace(void **state)
{
    (void)state;
    struct snapshot *snapshot = with_row(NULL, unit_row("a", "five", 5));
    snapshot = with_row(snapshot, unit_row("a", "four", 4));
    assert_string_equal(snapshot_unit(snapshot, "a")->name, "five");
    snapshot = with_row(snapshot, unit_row("a", "five again", 5));
    assert_string_equal(snapshot_unit(snapshot, "a")->name, "five again");
    struct registry_row *rows[] = {unit_row("a", "eight", 8), unit_row("a", "seven", 7),
                                   unit_row("a", "eight again", 8)};
    struct snapshot *next = snapshot_new(snapshot, rows, 3, 9);
    assert_string_equal(snapshot_unit(next, "a")->name, "eight again");
    snapshot_free(snapshot);
    snapshot_free(next);
}

static struct policy named_policy(const char *code, const char *name, int64_t version)
{
    return (struct policy){.code = code, .name = name, .status = STATUS_ACTIVE, .version = version};
}

static void every_version_of_a_policy_stays(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    static const char *names[] = {"", "one", "two", "three"};
    static const int64_t order[] = {2, 1, 3, 2};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct policy policy = named_policy("p", names[order[i]], order[i]);
        snapshot = with_row(snapshot, policy_row(&policy));
    }
    struct policy other = named_policy("q", "other", 2);
    snapshot = with_row(snapshot, policy_row(&other));
    for (int version = 1; version <= 3; version++)
        assert_string_equal(snapshot_policy_at(snapshot, "p", version)->name, names[version]);
    assert_string_equal(snapshot_policy_at(snapshot, "p", 77)->name, "three");
    assert_null(snapshot_policy_at(snapshot, "nobody", 1));
    assert_null(snapshot_policy_at(snapshot, NULL, 1));
    size_t count;
    snapshot_rows(snapshot, REGISTRY_POLICY, &count);
    assert_int_equal(count, 2);
    snapshot_free(snapshot);
}

static void every_version_of_a_calendar_stays(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    for (int64_t version = 1; version <= 2; version++) {
        const struct calendar calendar = {.code = "cn", .version = version};
        snapshot = with_row(
            snapshot, registry_row_of(REGISTRY_CALENDAR, &calendar, sizeof(calendar), version));
    }
    assert_int_equal(snapshot_calendar(snapshot, "cn")->version, 2);
    assert_int_equal(snapshot_calendar_at(snapshot, "cn", 1)->version, 1);
    assert_int_equal(snapshot_calendar_at(snapshot, "cn", 9)->version, 2);
    snapshot_free(snapshot);
}

/* The category above; above an unknown code the longest known part of it before a dot. */
static const char *above(const struct snapshot *snapshot, const char *code)
{
    const struct topic *topic = topics_near(snapshot_topics(snapshot), code);
    if (topic != NULL && strcmp(topic->code, code) == 0)
        topic = topic->above;
    return topic == NULL ? NULL : topic->code;
}

static void categories_know_what_is_above(void **state)
{
    (void)state;
    struct snapshot *snapshot =
        registry("{\"categories\":[{\"code\":\"01\"},{\"code\":\"01.02\"},{\"code\":\"heat\","
                 "\"parent\":\"01.02\"},{\"code\":\"05.01.01\"}]}");
    assert_null(above(snapshot, "01"));
    assert_string_equal(above(snapshot, "01.02"), "01");
    assert_string_equal(above(snapshot, "heat"), "01.02");
    assert_string_equal(above(snapshot, "05.01.01"), "05.01");
    assert_string_equal(above(snapshot, "05.01"), "05");
    assert_null(above(snapshot, "05"));
    assert_string_equal(above(snapshot, "01.02.09.09"), "01.02");
    assert_null(above(snapshot, "77.01"));
    assert_int_equal(topics_find(snapshot_topics(snapshot), "05.01.01")->depth, 3);
    assert_int_equal(topics_find(snapshot_topics(snapshot), "heat")->depth, 3);
    assert_null(topics_find(snapshot_topics(snapshot), "01.02.09"));
    snapshot_free(snapshot);
}

/* Rows as a database would never hold them, but must not hang on. */
static void loops_end(void **state)
{
    (void)state;
    const struct category a = {.code = "a", .name = "a", .parent = "b", .status = STATUS_ACTIVE};
    const struct category b = {.code = "b", .name = "b", .parent = "a", .status = STATUS_ACTIVE};
    const struct org o = {.code = "o", .name = "o", .parent = "p", .status = STATUS_ACTIVE};
    const struct org p = {.code = "p", .name = "p", .parent = "o", .status = STATUS_ACTIVE};
    struct registry_row *rows[] = {registry_row_of(REGISTRY_CATEGORY, &a, sizeof(a), 1),
                                   registry_row_of(REGISTRY_CATEGORY, &b, sizeof(b), 1),
                                   registry_row_of(REGISTRY_ORG, &o, sizeof(o), 1),
                                   registry_row_of(REGISTRY_ORG, &p, sizeof(p), 1)};
    struct snapshot *snapshot = snapshot_new(NULL, rows, COUNT_OF(rows), 1);
    struct standing *standing = standing_new();
    assert_int_equal(snapshot_orgs_below(snapshot, "o", arena).count, 2);
    const struct demand demand = {.area = "14", .category = "a"};
    assert_int_equal(match(&demand, snapshot, standing, arena).count, 0);
    standing_free(standing);
    snapshot_free(snapshot);
}

static void orgs_below_and_units_joined(void **state)
{
    (void)state;
    struct snapshot *snapshot =
        registry("{\"orgs\":[{\"code\":\"top\",\"kind\":\"city_conference\"},"
                 "{\"code\":\"m2\",\"kind\":\"committee\",\"parent\":\"top\"},"
                 "{\"code\":\"m1\",\"kind\":\"committee\",\"parent\":\"top\"},"
                 "{\"code\":\"leaf\",\"kind\":\"branch\",\"parent\":\"m2\",\"status\":\"ended\"},"
                 "{\"code\":\"topmost\",\"kind\":\"branch\"}],"
                 "\"units\":[{\"code\":\"u2\",\"kind\":\"school\",\"joined\":[\"m1\",\"leaf\"]},"
                 "{\"code\":\"u1\",\"kind\":\"school\",\"joined\":[\"m1\"]}]}");
    struct names below = snapshot_orgs_below(snapshot, "top", arena);
    assert_string_equal(names_join(arena, &below, " "), "top m1 m2 leaf");
    below = snapshot_orgs_below(snapshot, "leaf", arena);
    assert_string_equal(names_join(arena, &below, " "), "leaf");
    struct names joined = snapshot_units_joined(snapshot, "m1", arena);
    assert_string_equal(names_join(arena, &joined, " "), "u1 u2");
    assert_int_equal(snapshot_units_joined(snapshot, "m", arena).count, 0);
    snapshot_free(snapshot);
}

static void units_by_name(void **state)
{
    (void)state;
    struct snapshot *snapshot =
        registry("{\"units\":[{\"code\":\"u1\",\"name\":\"u1\",\"kind\":\"school\",\"aliases\":"
                 "[{\"name\":\"A\",\"to\":\"2025-12-31\"},{\"name\":\"Ａ\",\"from\":\"2026-06-01\"}"
                 "]},{\"code\":\"u2\",\"name\":\"A\",\"kind\":\"school\",\"status\":\"ended\"}]}");
    const struct {
        const char *name, *day, *codes;
    } asked[] = {
        {"u1",    "2026-01-01", "u1"   },
        {"A",     "2026-01-01", "u2"   },
        {"A",     "2025-12-31", "u1 u2"},
        {" Ａ ", "2026-06-01", "u1 u2"},
        {"a",     "2026-06-01", ""     },
        {"",      "2026-06-01", ""     },
    };
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        struct date day;
        int count;
        struct names codes = {0};
        assert_true(date_parse(asked[i].day, &day));
        const struct unit *const *units =
            snapshot_units_named(snapshot, asked[i].name, day, arena, &count);
        for (int j = 0; j < count; j++)
            codes = names_with(arena, &codes, units[j]->code);
        assert_string_equal(codes.count == 0 ? "" : names_join(arena, &codes, " "), asked[i].codes);
    }
    snapshot_free(snapshot);
}

static bool agreed(const struct snapshot *snapshot, const char *unit, const char *area,
                   struct date today)
{
    const struct member *member = inventory_member(snapshot_inventory(snapshot), unit);
    const struct area_chain chain = area_chain(area);
    return member != NULL && member_agreed(member, &chain, today);
}

static void agreements_in_force(void **state)
{
    (void)state;
    struct snapshot *snapshot =
        registry("{\"areas\":[{\"code\":\"140213050\"}],\"orgs\":[{\"code\":\"al\",\"kind\":"
                 "\"street_alliance\",\"areas\":[\"140213050\"]}],\"units\":[{\"code\":\"u\","
                 "\"kind\":\"school\"},{\"code\":\"gone\",\"kind\":\"school\",\"status\":"
                 "\"ended\"}],\"agreements\":[{\"code\":\"a\",\"org\":\"al\",\"unit\":\"u\","
                 "\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-01-31\"},{\"code\":\"b\","
                 "\"org\":\"al\",\"unit\":\"gone\"}]}");
    struct date day;
    assert_true(date_parse("2026-01-31", &day));
    assert_true(agreed(snapshot, "u", "140213050001", day));
    assert_false(agreed(snapshot, "u", "140213", day));
    assert_false(agreed(snapshot, "u", "140213051", day));
    assert_false(agreed(snapshot, "nobody", "140213050", day));
    assert_false(agreed(snapshot, "gone", "140213050", day));
    day.day++;
    assert_false(agreed(snapshot, "u", "140213050", day));
    snapshot_free(snapshot);
}

static void areas_by_their_codes(void **state)
{
    (void)state;
    assert_string_equal(area_above(arena, "140213050001"), "140213050");
    assert_string_equal(area_above(arena, "140213050"), "140213");
    assert_string_equal(area_above(arena, "140213"), "1402");
    assert_string_equal(area_above(arena, "1402"), "14");
    assert_null(area_above(arena, "14"));
    assert_true(area_contains("1402", "140213"));
    assert_true(area_contains("140213", "140213"));
    assert_false(area_contains("140213", "1402"));
    assert_false(area_contains("140213051", "140213050001"));
    assert_int_equal(area_level("14"), LEVEL_PROVINCE);
    assert_int_equal(area_level("140213050001"), LEVEL_COMMUNITY);
    assert_int_equal(area_level("14021"), -1);
    assert_int_equal(area_level(""), -1);
    assert_true(area_key("02", 2) != area_key("2", 1));
    assert_true(area_key("999999999999", 12) < (uint64_t)1 << AREA_KEY_BITS);
    assert_int_equal(area_key("14x2", 4), 0);
    assert_int_equal(area_key("1402130500011", 13), 0);
    assert_int_equal(area_key("", 0), 0);
}

static void matching_needs_no_policy(void **state)
{
    (void)state;
    struct snapshot *snapshot =
        registry("{\"areas\":[{\"code\":\"14\"}],\"units\":[{\"code\":\"u\",\"kind\":\"school\","
                 "\"area\":\"14\"}],\"categories\":[{\"code\":\"01\"}],\"resources\":[{\"code\":"
                 "\"r\",\"unit\":\"u\",\"kind\":\"duty\",\"categories\":[\"01\"],\"areas\":[\"14\"]"
                 "}]}");
    struct standing *standing = standing_new();
    struct error err = {.arena = arena};
    struct route route;
    const struct demand demand = {.area = "14", .category = "01"};
    assert_true(route_find(&demand, snapshot, standing, arena, &route, &err));
    assert_int_equal(route.basis, BASIS_INVENTORY);
    assert_string_equal(route.unit->code, "u");
    assert_null(route.policy);
    standing_free(standing);
    snapshot_free(snapshot);
}

static void words_are_found(void **state)
{
    (void)state;
    assert_int_equal(word_find(ticket_kind_words, "praise"), TICKET_PRAISE);
    assert_int_equal(word_find(registry_plurals, "calendars"), REGISTRY_CALENDAR);
    assert_int_equal(word_find(task_state_words, "withdrawn"), TASK_IS_WITHDRAWN);
    assert_int_equal(word_find(level_words, "street"), LEVEL_STREET);
    assert_int_equal(word_find(level_words, "Street"), -1);
    assert_int_equal(word_find(level_words, ""), -1);
    assert_int_equal(word_find(level_words, NULL), -1);
    assert_null(resource_kind_words[RESOURCE_KIND_COUNT]);
    assert_null(ticket_state_words[TICKET_STATE_COUNT]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_answers_everything),
        cmocka_unit_test(rows_are_replaced_and_shared),
        cmocka_unit_test(an_older_version_does_not_replace),
        cmocka_unit_test(every_version_of_a_policy_stays),
        cmocka_unit_test(every_version_of_a_calendar_stays),
        cmocka_unit_test(categories_know_what_is_above),
        cmocka_unit_test(loops_end),
        cmocka_unit_test(orgs_below_and_units_joined),
        cmocka_unit_test(units_by_name),
        cmocka_unit_test(agreements_in_force),
        cmocka_unit_test(areas_by_their_codes),
        cmocka_unit_test(matching_needs_no_policy),
        cmocka_unit_test(words_are_found),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
