/* match and route_find against the slow matcher of support/plain_match, over random registries of
 * fixed seeds. Each registry is put together in several steps, so that replaced rows and rebuilt
 * indexes are part of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/match.h"
#include "support/plain_match.h"
#include "support/random_registry.h"

enum { REGISTRIES = 24, TICKETS = 60, STEPS = 4, BATCH = 150, UNITS = 60 };

static struct snapshot *random_snapshot(void)
{
    static const int kinds[] = {REGISTRY_RESOURCE, REGISTRY_RESOURCE, REGISTRY_RESOURCE,
                                REGISTRY_UNIT,     REGISTRY_ORG,      REGISTRY_AGREEMENT};
    struct registry_row *categories[RANDOM_CATEGORIES];
    for (int i = 0; i < RANDOM_CATEGORIES; i++)
        categories[i] = random_category_row(i);
    struct snapshot *snapshot = snapshot_new(NULL, categories, RANDOM_CATEGORIES, 1);
    for (int step = 0; step < STEPS; step++) {
        struct registry_row *rows[BATCH];
        for (int i = 0; i < BATCH; i++)
            rows[i] = random_row(kinds[random_below(COUNT_OF(kinds))], step);
        struct snapshot *next = snapshot_new(snapshot, rows, BATCH, step);
        snapshot_free(snapshot);
        snapshot = next;
    }
    return snapshot;
}

static struct standing *random_standing(struct arena *arena)
{
    struct standing *standing = standing_new();
    for (int i = 0; i < 200; i++)
        standing_take(standing, random_code(arena, "r", 400), random_below(4));
    for (int i = 0; i < 40; i++) {
        int handled = random_below(30), rated = random_below(10);
        standing_set_record(
            standing, random_code(arena, "u", UNITS),
            (struct unit_record){handled, random_below(handled + 1), rated, rated * 0.7});
    }
    return standing;
}

static void random_demand(struct demand *demand, const struct snapshot *snapshot,
                          struct arena *arena)
{
    const struct names none = {0};
    demand->area = random_area(arena);
    demand->category = random_category(arena);
    demand->kind = random_below(TICKET_KIND_COUNT);
    demand->today = random_day();
    if (random_below(3) == 0)
        demand->needs = 1u << random_below(RESOURCE_KIND_COUNT) | 1u << RESOURCE_DUTY;
    if (random_below(3) == 0) {
        const char *accused = random_code(arena, "u", UNITS);
        demand->barred = match_barred(accused, NULL, snapshot, demand->today, arena);
        struct names plain = plain_barred(snapshot, accused, arena);
        assert_string_equal(names_join(arena, &demand->barred, " "),
                            names_join(arena, &plain, " "));
    }
    if (random_below(4) == 0)
        demand->excluded = names_with(arena, &none, random_code(arena, "u", UNITS));
    if (random_below(6) == 0)
        demand->excluded = names_with(arena, &demand->excluded, random_code(arena, "o", 40));
}

static void compare(const struct candidates *found, const struct candidates *plain)
{
    assert_int_equal(found->count, plain->count);
    for (int i = 0; i < found->count; i++) {
        const struct candidate *a = &found->at[i], *b = &plain->at[i];
        assert_string_equal(a->resource->code, b->resource->code);
        assert_ptr_equal(a->unit, b->unit);
        assert_ptr_equal(a->org, b->org);
        assert_true(memcmp(&a->score, &b->score, sizeof(a->score)) == 0);
        assert_true(memcmp(&a->terms, &b->terms, sizeof(a->terms)) == 0);
    }
}

/* What route_find says must follow from the candidates and the plain ladder. */
static void check_route(const struct demand *demand, const struct snapshot *snapshot,
                        const struct standing *standing, const struct candidates *plain,
                        struct arena *arena)
{
    struct error err = {.arena = arena};
    struct route route;
    assert_true(route_find(demand, snapshot, standing, arena, &route, &err));
    if (plain->count > 0) {
        assert_int_equal(route.basis, BASIS_INVENTORY);
        assert_ptr_equal(route.unit, plain->at[0].unit);
        assert_ptr_equal(route.resource, plain->at[0].resource);
        assert_ptr_equal(route.org, plain->at[0].org);
        return;
    }
    struct names apart = demand->barred;
    for (int i = 0; i < demand->excluded.count; i++)
        apart = names_with(arena, &apart, demand->excluded.at[i]);
    assert_int_equal(route.basis, BASIS_FALLBACK);
    assert_ptr_equal(route.org, plain_ladder(snapshot, demand->area, &apart));
}

static void agrees_with_reading_every_row(void **state)
{
    (void)state;
    struct policy policy = {.code = "p", .rules = rules_standard};
    int candidates = 0, empty = 0;
    for (int registry = 0; registry < REGISTRIES; registry++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        random_seed((uint64_t)registry + 12345);
        struct snapshot *snapshot = random_snapshot();
        struct standing *standing = random_standing(arena);
        for (int ticket = 0; ticket < TICKETS; ticket++) {
            struct demand demand = {.policy = &policy};
            random_demand(&demand, snapshot, arena);
            struct candidates found = match(&demand, snapshot, standing, arena);
            struct candidates plain = plain_match(&demand, snapshot, standing, arena);
            compare(&found, &plain);
            check_route(&demand, snapshot, standing, &plain, arena);
            candidates += found.count;
            empty += found.count == 0;
        }
        standing_free(standing);
        snapshot_free(snapshot);
    }
    print_message("%d tickets, %d candidates, %d without\n", REGISTRIES * TICKETS, candidates,
                  empty);
    assert_true(candidates > REGISTRIES * TICKETS && empty > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_reading_every_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
