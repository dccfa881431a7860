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

/* Reckons anew and tells what moved; `head` begins the event's data. */
static struct refreshed reclock(struct dossier *dossier, const struct world *world,
                                struct task *task, const char *head, const struct actor *by)
{
    struct refreshed result = {0};
    struct terms terms;
    if (!task_terms(&dossier->ticket, task, world->snapshot, &terms))
        return result;
    bool provisional = task->provisional;
    result = deadline_refresh(task, &terms, world->now, ticket_has_contact(&dossier->ticket));
    dossier_plan(dossier, world, task);
    if (!result.moved && provisional == task->provisional)
        return result;
    struct event *event = dossier_event(dossier, world, task, "clocks", by);
    event->from = event->to = task_state_words[task->state];
    event->data = arena_format(dossier->arena, "{%s,%s}", head, clocks_text(task, dossier->arena));
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if ((result.lifted & 1u << stage) == 0)
            continue;
        event = dossier_event(dossier, world, task, "overdue_lifted", by);
        event->from = event->to = task_state_words[task->state];
        event->data = arena_format(dossier->arena, "{\"stage\":\"%s\",\"due\":%s}",
                                   stage_word(dossier->ticket.origin, stage),
                                   quoted(dossier->arena, task->due[stage]));
    }
    return result;
}

bool dossier_reclock(struct dossier *dossier, const struct world *world, struct task *task,
                     const char *reason, const struct actor *by)
{
    const char *head = arena_format(dossier->arena, "\"reason\":\"%s\"", reason);
    bool provisional = task->provisional;
    return reclock(dossier, world, task, head, by).moved || provisional != task->provisional;
}

void dossier_reclock_all(struct dossier *dossier, const struct world *world, const char *reason,
                         const struct actor *by)
{
    for (int i = 0; i < dossier->task_count; i++)
        if (task_is_open(&dossier->tasks[i]))
            dossier_reclock(dossier, world, &dossier->tasks[i], reason, by);
}

static void note_changes(struct recalculation *sum, const struct dossier *dossier,
                         const struct task *before, const struct task *task)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (before->due[stage].us != task->due[stage].us && sum->count < RECALCULATION_SHOWN)
            sum->items[sum->count++] =
                (struct due_change){dossier->ticket.id, dossier->ticket.no,
                                    task->number,       stage_word(dossier->ticket.origin, stage),
                                    before->due[stage], task->due[stage]};
}

void dossier_recalculate(struct dossier *dossier, const struct world *world,
                         const struct calendar *calendar, const char *note, const struct actor *by,
                         struct recalculation *sum)
{
    const char *head =
        arena_format(dossier->arena, "\"reason\":\"recalculate\",%s%s%s\"calendar_version\":%lld",
                     note == NULL ? "" : "\"note\":", note == NULL ? "" : note,
                     note == NULL ? "" : ",", (long long)calendar->version);
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        if (!task_is_open(task) || !text_equal(task->calendar, calendar->code) ||
            task->calendar_version >= calendar->version)
            continue;
        dossier_catch_up(dossier, world, task); /* under the calendar that it had till now */
        struct task before = *task;
        task->calendar_version = calendar->version;
        task->dirty = true;
        struct refreshed result = reclock(dossier, world, task, head, by);
        sum->tasks++;
        sum->changed += result.moved || before.provisional != task->provisional;
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            sum->lifted += (result.lifted & 1u << stage) != 0;
        note_changes(sum, dossier, &before, task);
    }
}
