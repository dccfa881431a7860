/* The clocks of a dossier's tasks: reckoned anew when something moved them, told in events. */
#include "domain/dossier.h"

static const char *quoted(struct arena *arena, struct instant at)
{
    return instant_set(at) ? arena_format(arena, "\"%s\"", instant_format(arena, at, 0)) : "null";
}

const char *clocks_text(const struct task *task, struct arena *arena)
{
    return arena_format(arena, "\"sign_due\":%s,\"contact_due\":%s,\"resolve_due\":%s",
                        quoted(arena, task->due[STAGE_SIGN]),
                        quoted(arena, task->due[STAGE_CONTACT]),
                        quoted(arena, task->due[STAGE_RESOLVE]));
}

void dossier_plan(struct dossier *dossier, const struct world *world, struct task *task)
{
    const struct ticket *ticket = &dossier->ticket;
    struct terms terms;
    if (task_terms(ticket, task, world->snapshot, &terms))
        deadline_plan(task, &terms);
    if (ticket->hung_reason != NULL && task == dossier_lead(dossier))
        task->next_at = ticket->review_at;
}

bool dossier_reclock(struct dossier *dossier, const struct world *world, struct task *task,
                     const char *reason, const struct actor *by)
{
    struct terms terms;
    if (!task_terms(&dossier->ticket, task, world->snapshot, &terms))
        return false;
    bool provisional = task->provisional;
    struct refreshed result =
        deadline_refresh(task, &terms, world->now, ticket_has_contact(&dossier->ticket));
    dossier_plan(dossier, world, task);
    if (!result.moved && provisional == task->provisional)
        return false;
    struct event *event = dossier_event(dossier, world, task, "clocks", by);
    event->from = event->to = task_state_words[task->state];
    event->data = arena_format(dossier->arena, "{\"reason\":\"%s\",%s}", reason,
                               clocks_text(task, dossier->arena));
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if ((result.lifted & 1u << stage) == 0)
            continue;
        event = dossier_event(dossier, world, task, "overdue_lifted", by);
        event->from = event->to = task_state_words[task->state];
        event->data = arena_format(dossier->arena, "{\"stage\":\"%s\",\"due\":%s}",
                                   stage_word(dossier->ticket.origin, stage),
                                   quoted(dossier->arena, task->due[stage]));
    }
    return true;
}

void dossier_reclock_all(struct dossier *dossier, const struct world *world, const char *reason,
                         const struct actor *by)
{
    for (int i = 0; i < dossier->task_count; i++)
        if (task_is_open(&dossier->tasks[i]))
            dossier_reclock(dossier, world, &dossier->tasks[i], reason, by);
}
