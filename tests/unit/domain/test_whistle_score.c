/* How a whistle's outcome is shared (domain/whistle_score): cases worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/whistle.h"
#include "domain/whistle_score.h"

enum { NO_RATING = -1, TARGETS = 2 };

/* Clocks by stage: '+' met in time, '-' met late, '!' run out, '.' still running, ' ' none. */
struct called {
    int role, state;
    const char *clocks;
    int solved;
    int64_t rating, rating_back;
};

static const double NONE = NAN;

static const struct score_case {
    const char *what;
    struct called at[TARGETS];
    int count;
    double scores[TARGETS], credits[TARGETS];
    double outcome, rating_back, score; /* the street's */
} cases[] = {
    {"all well",                                               {{ROLE_LEAD, TASK_IS_COMPLETED, "+++", 1, 100, 100}}, 1, {1},         {1}, 1, 1,   1      },
    {"not solved, rated low",
     {{ROLE_LEAD, TASK_IS_COMPLETED, "+++", 0, 50, 60}},
     1,                                                                                                                 {0.4},
     {0.4},
     0,                                                                                                                                      0.6,
     0.12 / 0.7                                                                                                                                          },
    {"what nobody says is solved is not",
     {{ROLE_LEAD, TASK_IS_REPLIED, "+++", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {0.3 / 0.8},
     {0.3 / 0.8},
     0,                                                                                                                                      NAN,
     0                                                                                                                                                   },
    {"the lead weighs twice",
     {{ROLE_LEAD, TASK_IS_REPLIED, "+++", 1, NO_RATING, NO_RATING},
      {ROLE_ASSIST, TASK_IS_REPLIED, "+++", 0, NO_RATING, NO_RATING}},
     2,                                                                                                                 {1, 0.375},
     {2.0 / 3, 0.125},
     2.0 / 3,
     NAN,                                                                                                                                         2.0 / 3},
    {"a late result costs a third of being in time",
     {{ROLE_LEAD, TASK_IS_REPLIED, "++-", 1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {0.7 / 0.8},
     {0.7 / 0.8},
     1,                                                                                                                                      NAN,
     1                                                                                                                                                   },
    {"who comes late bears the whole failure, not the street",
     {{ROLE_LEAD, TASK_IS_COMPLETED, "+-+", 1, 100, NO_RATING},
      {ROLE_ASSIST, TASK_IS_COMPLETED, "+++", 1, 100, NO_RATING}},
     2,                                                                                                                 {0.2, 1},
     {0.4 / 3, 1.0 / 3},
     1,                                                                                                                                      NAN,
     1                                                                                                                                                   },
    {"who has not come when the time is over, too",
     {{ROLE_LEAD, TASK_IS_ASSIGNED, "!!.", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {0},
     {0},
     NAN,                                                                                                                                    NAN,
     NAN                                                                                                                                                 },
    {"nothing to judge yet",
     {{ROLE_LEAD, TASK_IS_ASSIGNED, "...", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {NAN},
     {NAN},
     NAN,                                                                                                                                    NAN,
     NAN                                                                                                                                                 },
    {"clocks that the policy does not have are not asked",
     {{ROLE_LEAD, TASK_IS_REPLIED, "+ +", 1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {1},
     {1},
     1,                                                                                                                                      NAN,
     1                                                                                                                                                   },
    {"a refusal that was approved is left out",
     {{ROLE_LEAD, TASK_IS_RETURNED, "!!!", -1, NO_RATING, NO_RATING},
      {ROLE_ASSIST, TASK_IS_COMPLETED, "+++", 1, 80, 90}},
     2,                                                                                                                 {NAN, 0.96},
     {NAN, 0.96},
     1,                                                                                                                                      0.9,
     0.68 / 0.7                                                                                                                                          },
    {"called for nothing, the street bears it alone",
     {{ROLE_LEAD, TASK_IS_RETURNED, "...", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {NAN},
     {NAN},
     0,                                                                                                                                      NAN,
     0                                                                                                                                                   },
    {"withdrawn: nobody has earned anything",
     {{ROLE_LEAD, TASK_IS_WITHDRAWN, "...", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {NAN},
     {NAN},
     NAN,                                                                                                                                    NAN,
     NAN                                                                                                                                                 },
    {"a refusal under way counts as not done yet",
     {{ROLE_LEAD, TASK_IS_RETURN_REQUESTED, "+..", -1, NO_RATING, NO_RATING}},
     1,                                                                                                                 {1},
     {1},
     NAN,                                                                                                                                    NAN,
     NAN                                                                                                                                                 },
};

static void same(double found, double expected, const char *what, const char *which)
{
    if (isnan(found) != isnan(expected) || fabs(found - expected) > 1e-9)
        fail_msg("%s: %s is %g, not %g", what, which, found, expected);
}

/* Now is 1000; clocks end at 900, or run until 1100. */
static void set_clocks(struct task *task, const char *clocks)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        char sign = clocks[stage];
        task->due[stage] = task->met[stage] = INSTANT_NONE;
        if (sign != ' ')
            task->due[stage].us = sign == '.' ? 1100 : 900;
        if (sign == '+' || sign == '-')
            task->met[stage].us = sign == '+' ? 900 : 901;
    }
}

static struct whistle_score judged(const struct score_case *one, const struct rules *rules,
                                   struct arena *arena)
{
    static const char *const units[TARGETS] = {"u1", "u2"};
    struct whistle *whistle = ARENA_NEW(arena, struct whistle);
    struct dossier *dossier = ARENA_NEW(arena, struct dossier);
    whistle->target_count = dossier->task_count = one->count;
    whistle->targets = ARENA_ARRAY(arena, struct whistle_target, one->count);
    dossier->tasks = ARENA_ARRAY(arena, struct task, one->count);
    dossier->ticket.whistle = whistle;
    for (int i = 0; i < one->count; i++) {
        const struct called *called = &one->at[i];
        whistle->targets[i] = (struct whistle_target){
            .unit = units[i], .role = called->role, .solved = called->solved};
        struct task *task = &dossier->tasks[i];
        *task = (struct task){.number = i + 1, .unit = units[i], .state = called->state};
        task->rating = called->rating;
        task->rating_back = called->rating_back;
        set_clocks(task, called->clocks);
    }
    return whistle_score(dossier, rules, (struct instant){1000}, arena);
}

static void test_cases(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct score_case *one = &cases[i];
        struct whistle_score score = judged(one, &rules_standard, arena);
        for (int t = 0; t < one->count; t++) {
            same(score.parts[t].score, one->scores[t], one->what, "score");
            same(score.parts[t].credit, one->credits[t], one->what, "credit");
        }
        same(score.outcome, one->outcome, one->what, "the street's outcome");
        same(score.rating_back, one->rating_back, one->what, "the street's rating");
        same(score.score, one->score, one->what, "the street's score");
        same(score.credit, one->score, one->what, "the street's credit");
    }
}

/* Shares divide what would else go to both in full; weights of 0 leave a term out. */
static void test_rules(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct rules rules = rules_standard;
    rules.whistle_street_share = 0.25;
    rules.whistle_departments_share = 0.75;
    rules.whistle_timely = rules.whistle_rating = 0;
    struct whistle_score score = judged(&cases[3], &rules, arena);
    same(score.parts[0].credit, 0.75 * 2 / 3, "shared", "lead's credit");
    same(score.parts[1].credit, 0, "shared", "assist's credit");
    same(score.credit, 0.25 * 2 / 3, "shared", "the street's credit");
    rules.whistle_lead = rules.whistle_assist = 0;
    score = judged(&cases[3], &rules, arena);
    same(score.parts[0].credit, NONE, "no weights", "lead's credit");
    same(score.score, NONE, "no weights", "the street's score");
    rules.whistle_outcome = 0;
    rules.whistle_lead = 1;
    score = judged(&cases[0], &rules, arena);
    same(score.parts[0].score, NONE, "no terms", "score");
}

/* What was never issued has no part in it. */
static void test_before_approval(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct whistle_target target = {.unit = "u1", .role = ROLE_LEAD, .solved = -1};
    struct whistle whistle = {.target_count = 1, .targets = &target};
    struct dossier dossier = {.ticket = {.whistle = &whistle}};
    struct whistle_score score =
        whistle_score(&dossier, &rules_standard, (struct instant){1000}, arena);
    assert_false(score.parts[0].counts);
    assert_null(score.parts[0].task);
    same(score.score, NONE, "raised", "the street's score");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_before_approval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
