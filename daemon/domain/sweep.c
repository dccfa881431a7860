/* What the daemon does by itself when a clock says so (spec 5). */
#include "domain/whistle.h"

enum { STEPS_AT_ONCE = 64 /* more than a schedule can hold */, RETRY_S = 60 };

/* The step that whistles has an event of its own. */
static void blow(struct dossier *dossier, const struct world *world, struct task *task, int stage)
{
    static const char *const names[STAGE_COUNT] = {"签收", "先行联系", "办结"};
    const char *due = instant_format(dossier->arena, task->due[stage], 0);
    whistle_by_rule(dossier, world, task,
                    arena_format(dossier->arena, "按规则吹哨：%s时限 %s 已过", names[stage], due),
                    arena_format(dossier->arena, "\"stage\":\"%s\",\"due\":\"%s\"",
                                 stage_word(dossier->ticket.origin, stage), due));
}

static void carry_out(struct dossier *dossier, const struct world *world, struct task *task,
                      const struct step *step)
{
    const char *move = step->kind == STEP_REMIND    ? "remind"
                       : step->kind == STEP_OVERDUE ? "overdue"
                                                    : escalation_words[step->action];
    deadline_fire(task, step);
    if (step->kind == STEP_ESCALATE && step->action == ESCALATE_WHISTLE) {
        blow(dossier, world, task, step->stage);
        return;
    }
    bool raised = step->kind == STEP_ESCALATE && step->action == ESCALATE_LEVEL_UP &&
                  task_raise(dossier, world, task);
    struct event *event = dossier_event(dossier, world, task, move, &actor_daemon);
    event->from = event->to = task_state_words[task->state];
    event->data = arena_format(dossier->arena, "{\"stage\":\"%s\",\"due\":\"%s\"%s%s%s}",
                               stage_word(dossier->ticket.origin, step->stage),
                               instant_format(dossier->arena, task->due[step->stage], 0),
                               raised ? ",\"level\":\"" : "",
                               raised ? level_words[task->level] : "", raised ? "\"" : "");
}

/* The day on which somebody looks at a hung ticket again has come. */
static int review(struct dossier *dossier, const struct world *world, struct task *task)
{
    dossier->ticket.review_at = INSTANT_NONE;
    dossier_plan(dossier, world, task);
    struct event *event = dossier_event(dossier, world, task, "review", &actor_daemon);
    event->from = event->to = task_state_words[task->state];
    return 1;
}

static int sweep_task(struct dossier *dossier, const struct world *world, struct task *task)
{
    struct terms terms;
    struct step step;
    int count = 0;
    if (dossier->ticket.hung_reason != NULL)
        return review(dossier, world, task);
    if (!task_terms(&dossier->ticket, task, world->snapshot, &terms)) {
        task->next_at = instant_add(world->now, SECONDS(RETRY_S)); /* until its policy is back */
        task->dirty = true;
        return 0;
    }
    while (count < STEPS_AT_ONCE && deadline_next(task, &terms, &step) &&
           step.at.us <= world->now.us) {
        carry_out(dossier, world, task, &step);
        count++;
    }
    dossier_plan(dossier, world, task);
    task->dirty = true;
    return count;
}

int dossier_catch_up(struct dossier *dossier, const struct world *world, struct task *task)
{
    if (!instant_set(task->next_at) || world->now.us < task->next_at.us)
        return 0;
    return sweep_task(dossier, world, task);
}

int dossier_sweep(struct dossier *dossier, const struct world *world)
{
    int count = 0;
    for (int i = 0; i < dossier->task_count; i++)
        count += dossier_catch_up(dossier, world, &dossier->tasks[i]);
    return count;
}
