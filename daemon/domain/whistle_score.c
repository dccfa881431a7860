/* The formulas stand in the header. */
#include "domain/whistle_score.h"

#include <math.h>

#include "domain/whistle.h"

/* A weighted mean of the terms that are there. */
struct mean {
    double sum, weights;
};

static void mean_add(struct mean *mean, double weight, double term)
{
    if (isnan(term))
        return;
    mean->sum += weight * term;
    mean->weights += weight;
}

static double mean_of(const struct mean *mean)
{
    return mean->weights > 0 ? mean->sum / mean->weights : NAN;
}

static const struct task *task_of(const struct dossier *dossier, const char *unit)
{
    const struct task *found = NULL;
    for (int i = 0; i < dossier->task_count; i++)
        if (text_equal(dossier->tasks[i].unit, unit))
            found = &dossier->tasks[i];
    return found;
}

static int in_time(const struct task *task, int stage, struct instant now)
{
    struct instant due = task->due[stage], met = task->met[stage];
    if (!instant_set(due))
        return -1;
    if (instant_set(met))
        return met.us <= due.us;
    return now.us < due.us ? -1 : 0;
}

static double share(int64_t rating)
{
    return rating < 0 ? NAN : (double)rating / 100;
}

static struct whistle_part judge(const struct whistle_target *target, const struct task *task,
                                 const struct rules *rules, struct instant now)
{
    struct whistle_part part = {.task = task, .outcome = NAN, .rating = NAN, .score = NAN};
    struct mean timely = {0}, score = {0};
    part.counts =
        task != NULL && task->state != TASK_IS_RETURNED && task->state != TASK_IS_WITHDRAWN;
    part.weight = target->role == ROLE_LEAD ? rules->whistle_lead : rules->whistle_assist;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        part.in_time[stage] = task == NULL ? -1 : in_time(task, stage, now);
        mean_add(&timely, 1, part.in_time[stage] < 0 ? NAN : (double)part.in_time[stage]);
    }
    part.came = part.in_time[STAGE_SIGN] != 0 && part.in_time[STAGE_CONTACT] != 0;
    part.timely = part.came ? mean_of(&timely) : 0;
    if (!part.counts)
        return part;
    if (!part.came)
        part.outcome = 0;
    else if (instant_set(task->met[STAGE_RESOLVE]))
        part.outcome = target->solved == 1 ? 1 : 0;
    part.rating = share(task->rating);
    mean_add(&score, rules->whistle_outcome, part.outcome);
    mean_add(&score, rules->whistle_timely, part.timely);
    mean_add(&score, rules->whistle_rating, part.rating);
    part.score = mean_of(&score);
    return part;
}

/* Called for nothing: every target that was issued refused, and rightly. */
static bool all_refused(const struct whistle_score *score)
{
    int refused = 0;
    for (int i = 0; i < score->count; i++) {
        const struct task *task = score->parts[i].task;
        if (score->parts[i].counts)
            return false;
        refused += task != NULL && task->state == TASK_IS_RETURNED;
    }
    return refused > 0;
}

static void judge_street(struct whistle_score *score, const struct rules *rules)
{
    struct mean outcome = {0}, rating = {0}, all = {0};
    for (int i = 0; i < score->count; i++) {
        const struct whistle_part *part = &score->parts[i];
        if (!part->counts)
            continue;
        mean_add(&outcome, part->weight, part->came ? part->outcome : NAN);
        mean_add(&rating, 1, share(part->task->rating_back));
    }
    score->outcome = all_refused(score) ? 0 : mean_of(&outcome);
    score->rating_back = mean_of(&rating);
    mean_add(&all, rules->whistle_outcome, score->outcome);
    mean_add(&all, rules->whistle_rating, score->rating_back);
    score->score = mean_of(&all);
    score->credit = rules->whistle_street_share * score->score;
}

struct whistle_score whistle_score(const struct dossier *dossier, const struct rules *rules,
                                   struct instant now, struct arena *arena)
{
    const struct whistle *whistle = dossier->ticket.whistle;
    struct whistle_score score = {.count = whistle->target_count};
    double weights = 0;
    score.parts = ARENA_ARRAY(arena, struct whistle_part, score.count);
    for (int i = 0; i < score.count; i++) {
        const struct whistle_target *target = &whistle->targets[i];
        score.parts[i] = judge(target, task_of(dossier, target->unit), rules, now);
        weights += score.parts[i].counts ? score.parts[i].weight : 0;
    }
    for (int i = 0; i < score.count; i++) {
        struct whistle_part *part = &score.parts[i];
        double portion = part->counts && weights > 0 ? part->weight / weights : NAN;
        part->credit = rules->whistle_departments_share * portion * part->score;
    }
    judge_street(&score, rules);
    return score;
}
