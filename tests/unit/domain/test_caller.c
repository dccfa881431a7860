/* Scopes: what a key of each role reaches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/caller.h"
#include "domain/ticket.h"
#include "support/registry_file.h"

static struct arena *arena;
static struct snapshot *snapshot;

static int begin(void **state)
{
    static const char text[] =
        "{\"orgs\":[{\"code\":\"conf\",\"kind\":\"district_conference\"},"
        "{\"code\":\"al\",\"kind\":\"street_alliance\",\"parent\":\"conf\"},"
        "{\"code\":\"cm\",\"kind\":\"community_committee\",\"parent\":\"al\"},"
        "{\"code\":\"al-2\",\"kind\":\"street_alliance\",\"parent\":\"conf\"},"
        "{\"code\":\"po\",\"kind\":\"branch\",\"parent\":\"conf\"}],"
        "\"units\":[{\"code\":\"u1\",\"kind\":\"school\",\"org\":\"po\",\"joined\":[\"al\",\"cm\"]}"
        ","
        "{\"code\":\"u2\",\"kind\":\"school\",\"joined\":[\"cm\"]},"
        "{\"code\":\"u3\",\"kind\":\"school\",\"joined\":[\"al-2\"]},"
        "{\"code\":\"u4\",\"kind\":\"school\",\"org\":\"po\"}]}";
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
    return 0;
}

static const char *joined(const struct names *names)
{
    return names->count == 0 ? "" : names_join(arena, names, " ");
}

static struct scope scope(int role, const char *areas, const char *unit, const char *org)
{
    const struct caller caller = {
        .role = role, .areas = names_split(arena, areas, ' '), .unit = unit, .org = org};
    return scope_of(&caller, snapshot, arena);
}

static void area_roles_reach_their_subtrees(void **state)
{
    (void)state;
    static const int roles[] = {CALLER_OPERATOR, CALLER_DISPATCHER, CALLER_SUPERVISOR};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        struct scope found = scope(roles[i], "140213 140214050", NULL, NULL);
        assert_true(scope_has_area(&found, "140213"));
        assert_true(scope_has_area(&found, "140213050001"));
        assert_true(scope_has_area(&found, "140214050"));
        assert_false(scope_has_area(&found, "140214"));
        assert_false(scope_has_area(&found, "1402"));
        assert_false(scope_has_area(&found, NULL));
        assert_int_equal(found.units.count + found.orgs.count + found.self.count, 0);
        assert_false(scope_has_holder(&found, "u1", "al", NULL));
    }
}

static void an_org_reaches_itself_those_below_and_those_that_joined(void **state)
{
    (void)state;
    struct scope found = scope(CALLER_ORG, NULL, NULL, "al");
    assert_string_equal(joined(&found.orgs), "al cm");
    assert_string_equal(joined(&found.units), "u1 u2");
    assert_string_equal(joined(&found.self), "al");
    assert_false(scope_has_area(&found, "140213"));
    assert_true(scope_has_holder(&found, "u1", "po", NULL));
    assert_true(scope_has_holder(&found, NULL, "cm", NULL));
    assert_false(scope_has_holder(&found, "u3", "al-2", NULL));
    assert_false(scope_has_holder(&found, NULL, NULL, NULL));
    found = scope(CALLER_ORG, NULL, NULL, "conf");
    assert_string_equal(joined(&found.orgs), "conf al al-2 po cm");
    assert_string_equal(joined(&found.units), "u1 u2 u3");
}

static void an_org_does_not_reach_units_that_are_merely_formed_in_it(void **state)
{
    (void)state;
    struct scope found = scope(CALLER_ORG, NULL, NULL, "po");
    assert_string_equal(joined(&found.orgs), "po");
    assert_string_equal(joined(&found.units), "");
    assert_true(scope_has_holder(&found, "u4", "po", NULL)); /* by the task's org */
    assert_false(scope_has_holder(&found, "u4", "al", NULL));
}

static void an_org_that_delegated_still_sees_it(void **state)
{
    (void)state;
    struct scope found = scope(CALLER_ORG, NULL, NULL, "al");
    struct names seen = names_split(arena, "al-2 cm", ' ');
    struct names others = names_split(arena, "al-2 po", ' ');
    assert_true(scope_has_holder(&found, "u9", "po", &seen));
    assert_false(scope_has_holder(&found, "u9", "po", &others));
    struct scope unit = scope(CALLER_UNIT, NULL, "u1", NULL);
    assert_false(scope_has_holder(&unit, "u9", "po", &seen));
}

static void a_unit_reaches_itself(void **state)
{
    (void)state;
    struct scope found = scope(CALLER_UNIT, NULL, "u1", NULL);
    assert_string_equal(joined(&found.units), "u1");
    assert_string_equal(joined(&found.self), "u1");
    assert_int_equal(found.orgs.count + found.areas.count, 0);
    assert_true(scope_has_holder(&found, "u1", "po", NULL));
    assert_false(scope_has_holder(&found, "u4", "po", NULL));
    assert_false(scope_has_holder(&found, NULL, "po", NULL));
}

static void admin_reaches_nothing(void **state)
{
    (void)state;
    struct scope found = scope(CALLER_ADMIN, "140213", "u1", "al");
    assert_int_equal(found.areas.count + found.units.count + found.orgs.count, 0);
    assert_false(scope_has_area(&found, "140213"));
    assert_false(scope_has_holder(&found, "u1", "al", NULL));
}

static void the_barred_are_known_by_their_own_code_only(void **state)
{
    (void)state;
    struct names barred = names_split(arena, "u1 po", ' '), none = {0};
    struct scope unit = scope(CALLER_UNIT, NULL, "u1", NULL);
    struct scope own = scope(CALLER_ORG, NULL, NULL, "po");
    struct scope alliance = scope(CALLER_ORG, NULL, NULL, "al"); /* u1 has joined it */
    struct scope area = scope(CALLER_SUPERVISOR, "14", NULL, NULL);
    assert_true(scope_barred(&unit, &barred));
    assert_true(scope_barred(&own, &barred));
    assert_false(scope_barred(&alliance, &barred));
    assert_false(scope_barred(&area, &barred));
    assert_false(scope_barred(&unit, &none));
}

static void roles_have_words(void **state)
{
    (void)state;
    for (int role = 0; role < CALLER_ROLE_COUNT; role++)
        assert_int_equal(word_find(caller_role_words, caller_role_words[role]), role);
    assert_null(caller_role_words[CALLER_ROLE_COUNT]);
    assert_int_equal(word_find(caller_role_words, "admin"), CALLER_ADMIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_roles_reach_their_subtrees),
        cmocka_unit_test(an_org_reaches_itself_those_below_and_those_that_joined),
        cmocka_unit_test(an_org_does_not_reach_units_that_are_merely_formed_in_it),
        cmocka_unit_test(an_org_that_delegated_still_sees_it),
        cmocka_unit_test(a_unit_reaches_itself),
        cmocka_unit_test(admin_reaches_nothing),
        cmocka_unit_test(the_barred_are_known_by_their_own_code_only),
        cmocka_unit_test(roles_have_words),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
