/* Deadlines under a whole life against the slow oracle of support/plain_life: random histories of
 * one ticket, once swept at every due and once now and then. A history that fails is made smaller
 * and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/life_run.h"

enum { CALENDARS = 40, HISTORIES = 30, APART = 1000 };
static uint64_t seed = 20260728;
static struct life_counts counts;

/* Drops actions for as long as the history still fails. */
static void make_smaller(struct random_life *history, bool timely, struct life *life)
{
    for (int i = history->action_count - 1; i > 0; i--) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct random_life less = *history;
        less.action_count--;
        for (int j = i; j < less.action_count; j++)
            less.actions[j] = less.actions[j + 1];
        if (life_run(&less, timely, life, NULL, arena) != NULL)
            *history = less;
    }
}

static void check(const struct random_life *history, struct life *life)
{
    for (int timely = 1; timely >= 0; timely--) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        if (life_run(history, timely == 1, life, &counts, arena) == NULL)
            continue;
        struct random_life small = *history;
        make_smaller(&small, timely == 1, life);
        const char *fault = life_run(&small, timely == 1, life, NULL, arena);
        random_life_show(&small, arena);
        print_error("%s: %s\n", timely == 1 ? "swept at every due" : "swept now and then", fault);
        fail();
    }
}

/* The runs in several zones each have histories of their own: no rule may look at the zone. */
static void seed_by_zone(void)
{
    const char *zone = getenv("TZ");
    for (; zone != NULL && *zone != '\0'; zone++)
        seed += (uint64_t)*zone * CALENDARS * APART;
}

static void lives(void **state)
{
    (void)state;
    seed_by_zone();
    struct arena *kept CLEANUP(arena_drop) = arena_new();
    const struct calendar *cn = calendar_shipped("cn", kept);
    struct life *life = ARENA_NEW(kept, struct life);
    for (int i = 0; i < CALENDARS; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        const struct random_calendars *calendars = random_calendars(seed + (uint64_t)i, cn, arena);
        for (int j = 0; j < HISTORIES; j++) {
            struct random_life history;
            random_life(seed + (uint64_t)(APART * (i + 1) + j), calendars, life, &history);
            check(&history, life);
        }
    }
    for (int i = 0; i < LIFE_ACT_COUNT; i++) {
        print_message("%s: %d done, %d refused\n", life_words[i], counts.done[i],
                      counts.refused[i]);
        assert_true(counts.done[i] > CALENDARS);
    }
    print_message("%d marks, %d lifted, %d reminders, %d escalations, %d reviews\n", counts.marks,
                  counts.lifted, counts.reminders, counts.escalations, counts.reviews);
    assert_true(counts.lifted > CALENDARS && counts.reviews > CALENDARS);
    assert_true(counts.reminders > HISTORIES * CALENDARS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
