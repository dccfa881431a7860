/* Matching and routing by the tables of tests/cases/match and tests/cases/route. A file has a
 * registry and cases; a case has a ticket and what is expected, and only what it names is compared.
 * "candidates" are all of them, best first, by resource; "terms" and "scores" go by resource. The
 * rules of a case stand over those of its file, these over the standard ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/match.h"
#include "support/calendar_file.h"
#include "support/registry_file.h"

/* One case on its way. */
struct trial {
    const char *name;
    const json_t *json, *expect;
    const struct snapshot *snapshot;
    struct arena *arena;
    struct standing *standing;
    struct policy policy;
    struct demand demand;
};

static const json_t *member(const json_t *json, const char *name)
{
    return json_object_get(json, name);
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(member(json, name));
}

static struct names names_of(const json_t *list, struct arena *arena)
{
    struct names names = {0};
    for (size_t i = 0; i < json_array_size(list); i++)
        names = names_with(arena, &names, json_string_value(json_array_get(list, i)));
    return names;
}

static int word_of(const char *const *words, const char *word)
{
    int value = word_find(words, word);
    if (value < 0)
        fail_msg("unknown word %s", word);
    return value;
}

/* A word expected may be missing (not compared) or null (absent). */
static void same_text(const struct trial *trial, const char *name, const char *found)
{
    const json_t *wanted = member(trial->expect, name);
    if (wanted != NULL && !text_equal(json_string_value(wanted), found))
        fail_msg("%s: %s is %s, not %s", trial->name, name, found == NULL ? "absent" : found,
                 json_is_null(wanted) ? "absent" : json_string_value(wanted));
}

static void same_number(const struct trial *trial, const char *what, const json_t *wanted,
                        double found)
{
    if (wanted != NULL && fabs(json_number_value(wanted) - found) > 5e-7)
        fail_msg("%s: %s is %.6f, not %.6f", trial->name, what, found, json_number_value(wanted));
}

static struct standing *standing_of(const json_t *json)
{
    struct standing *standing = standing_new();
    const char *code;
    json_t *value;
    json_object_foreach (json_object_get(json, "taken"), code, value)
        standing_set_taken(standing, code, json_integer_value(value));
    json_object_foreach (json_object_get(json, "record"), code, value)
        standing_set_record(standing, code,
                            (struct unit_record){
                                .handled = json_integer_value(member(value, "handled")),
                                .on_time = json_integer_value(member(value, "on_time")),
                                .rated = json_integer_value(member(value, "rated")),
                                .rating_sum = json_number_value(member(value, "rating_sum")),
                            });
    return standing;
}

static void rules_set(struct rules *rules, const json_t *json)
{
    const char *path;
    json_t *value;
    json_object_foreach ((json_t *)json, path, value) {
        int found = 0;
        for (int i = 0; i < rule_field_count; i++)
            if (strcmp(rule_fields[i].path, path) == 0) {
                *(double *)(void *)((char *)rules + rule_fields[i].offset) =
                    json_number_value(value);
                found = 1;
            }
        if (!found)
            fail_msg("no rule %s", path);
    }
}

static void trial_begin(struct trial *trial, const json_t *file)
{
    const json_t *ticket = member(trial->json, "ticket"), *needs = member(ticket, "needs");
    const json_t *accused = member(ticket, "accused");
    const char *kind = text_of(ticket, "kind"), *today = text_of(trial->json, "today");
    struct demand *demand = &trial->demand;
    trial->policy = (struct policy){.code = "standard", .version = 3, .rules = rules_standard};
    rules_set(&trial->policy.rules, member(file, "rules"));
    rules_set(&trial->policy.rules, member(trial->json, "rules"));
    demand->policy = &trial->policy;
    demand->area = text_of(ticket, "area");
    demand->category = text_of(ticket, "category");
    demand->kind = kind == NULL ? TICKET_HELP : word_of(ticket_kind_words, kind);
    demand->unit = text_of(ticket, "unit");
    for (size_t i = 0; i < json_array_size(needs); i++)
        demand->needs |=
            1u << word_of(resource_kind_words, json_string_value(json_array_get(needs, i)));
    if (!date_parse(today != NULL ? today : text_of(file, "today"), &demand->today))
        fail_msg("%s: today is no date", trial->name);
    demand->excluded = names_of(member(trial->json, "excluded"), trial->arena);
    demand->barred = match_barred(text_of(accused, "unit"), text_of(accused, "name"),
                                  trial->snapshot, demand->today, trial->arena);
    trial->standing = standing_of(member(trial->json, "standing"));
}

static void compare_names(const struct trial *trial, const char *name, const struct names *found)
{
    const json_t *wanted = member(trial->expect, name);
    if (wanted == NULL)
        return;
    struct names names = names_of(wanted, trial->arena);
    const char *expected = names_join(trial->arena, &names, " ");
    const char *joined = names_join(trial->arena, found, " ");
    if (strcmp(expected, joined) != 0)
        fail_msg("%s: %s are [%s], not [%s]", trial->name, name, joined, expected);
}

static void compare_terms(const struct trial *trial, const struct candidate *candidate)
{
    const char *code = candidate->resource->code;
    const json_t *terms = member(member(trial->expect, "terms"), code);
#define X(field) same_number(trial, #field, member(terms, #field), candidate->terms.field);
    TERMS(X)
#undef X
    same_number(trial, code, member(member(trial->expect, "scores"), code), candidate->score);
    const json_t *targets = member(trial->expect, "targets");
    const char *target = candidate->org == NULL ? NULL : candidate->org->code;
    if (member(targets, code) != NULL && !text_equal(text_of(targets, code), target))
        fail_msg("%s: target of %s is %s", trial->name, code, target);
}

static void compare_candidates(const struct trial *trial)
{
    struct candidates found = match(&trial->demand, trial->snapshot, trial->standing, trial->arena);
    struct names codes = {0};
    for (int i = 0; i < found.count; i++) {
        codes = names_with(trial->arena, &codes, found.at[i].resource->code);
        compare_terms(trial, &found.at[i]);
    }
    compare_names(trial, "candidates", &codes);
    const char *code;
    json_t *value;
    json_object_foreach (json_object_get(trial->expect, "terms"), code, value)
        assert_true(names_have(&codes, code));
}

static void compare_route(const struct trial *trial, const struct route *route)
{
    same_text(trial, "basis", basis_words[route->basis]);
    same_text(trial, "unit", route->unit == NULL ? NULL : route->unit->code);
    same_text(trial, "org", route->org == NULL ? NULL : route->org->code);
    same_text(trial, "resource", route->resource == NULL ? NULL : route->resource->code);
    same_text(trial, "level", route->level < 0 ? NULL : level_words[route->level]);
    same_number(trial, "score", member(trial->expect, "score"), route->score);
    const json_t *copied = member(trial->expect, "copied");
    if (copied != NULL && json_is_true(copied) != route->copy_to_district)
        fail_msg("%s: copied is %d", trial->name, route->copy_to_district);
    const json_t *shown = member(trial->expect, "shown");
    if (shown != NULL)
        assert_int_equal(json_integer_value(shown), route->shown);
    assert_string_equal(route->policy, "standard");
    assert_int_equal(route->policy_version, 3);
    assert_int_equal(route->revision, 7);
}

static void run_trial(struct trial *trial)
{
    struct error err = {.arena = trial->arena};
    struct route route;
    compare_names(trial, "barred", &trial->demand.barred);
    bool routed =
        route_find(&trial->demand, trial->snapshot, trial->standing, trial->arena, &route, &err);
    const char *pointer = text_of(trial->expect, "error");
    if (routed != (pointer == NULL))
        fail_msg("%s: %s", trial->name, routed ? "was routed" : err.items[0].detail);
    if (!routed) {
        assert_int_equal(err.fault, FAULT_INVALID);
        assert_string_equal(err.items[0].pointer, pointer);
        return;
    }
    compare_route(trial, &route);
    compare_candidates(trial);
}

static size_t run_file(const char *path)
{
    json_t *file = file_json(path);
    const json_t *cases = member(file, "cases");
    struct snapshot *snapshot = snapshot_from_json(member(file, "registry"));
    for (size_t i = 0; i < json_array_size(cases); i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct trial trial = {.json = json_array_get(cases, i), .snapshot = snapshot};
        trial.arena = arena;
        trial.expect = member(trial.json, "expect");
        trial.name =
            arena_format(arena, "%s: %s", strrchr(path, '/') + 1, text_of(trial.json, "name"));
        trial_begin(&trial, file);
        run_trial(&trial);
        standing_free(trial.standing);
    }
    size_t count = json_array_size(cases);
    snapshot_free(snapshot);
    json_decref(file);
    return count;
}

static void run_folder(const char *folder, size_t at_least)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct names files = case_files(arena, folder);
    size_t count = 0;
    for (int i = 0; i < files.count; i++)
        count += run_file(files.at[i]);
    print_message("%s: %zu cases\n", folder, count);
    assert_true(count >= at_least);
}

static void matches_as_the_cases_say(void **state)
{
    (void)state;
    run_folder("match", 40);
}

static void routes_as_the_cases_say(void **state)
{
    (void)state;
    run_folder("route", 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_as_the_cases_say),
        cmocka_unit_test(routes_as_the_cases_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
