/* Whistles that rules raise: the daemon calls the street's attention, the street decides. */
#include "domain/whistle.h"

static bool has_target(const struct whistle *whistle, const char *unit)
{
    return whistle_target(whistle, unit) != NULL;
}

/* A unit that can be called, once. */
static void call(struct whistle *whistle, const struct dossier *dossier, const struct world *world,
                 const struct task *task)
{
    const struct unit *unit =
        task->unit == NULL ? NULL : snapshot_unit(world->snapshot, task->unit);
    if (unit == NULL || unit->status != STATUS_ACTIVE || has_target(whistle, unit->code) ||
        whistle->target_count == WHISTLE_TARGETS ||
        snapshot_target(world->snapshot, unit, &dossier->ticket.barred) == NULL)
        return;
    whistle->targets[whistle->target_count] = (struct whistle_target){
        .unit = unit->code,
        .role = whistle->target_count == 0 ? ROLE_LEAD : ROLE_ASSIST,
        .solved = -1,
    };
    whistle->target_count++;
}

/* The task's unit leads, the units of the other open tasks assist; none: the task has no unit that
 * can be called. */
static void call_all(struct whistle *whistle, const struct dossier *dossier,
                     const struct world *world, const struct task *task)
{
    whistle->targets = ARENA_ARRAY(dossier->arena, struct whistle_target, WHISTLE_TARGETS);
    call(whistle, dossier, world, task);
    for (int i = 0; whistle->target_count > 0 && i < dossier->task_count; i++)
        if (task_is_open(&dossier->tasks[i]))
            call(whistle, dossier, world, &dossier->tasks[i]);
}

static struct dossier *make(const struct dossier *dossier, const struct world *world,
                            struct whistle *whistle, const struct org *street, const char *data)
{
    const struct submission none = {.kind = WHISTLE_HARD,
                                    .category = dossier->ticket.sent.category};
    struct dossier *made = dossier_new(dossier->arena, &none, 0, "");
    struct ticket *ticket = &made->ticket;
    ticket->origin = ORIGIN_WHISTLE;
    ticket->state = WHISTLE_IS_RAISED;
    ticket->head_org = street->code;
    ticket->parent = dossier->ticket.id;
    ticket->barred = dossier->ticket.barred;
    ticket->received_at = world->now;
    ticket->sent.area = dossier->ticket.sent.area;
    ticket->sent.title = ticket->sent.content = whistle->reason;
    ticket->whistle = whistle;
    struct event *event = dossier_event(made, world, NULL, "raise", &actor_daemon);
    event->to = whistle_state_words[WHISTLE_IS_RAISED];
    event->data =
        arena_format(made->arena, "{\"kind\":\"hard\",\"no\":\"%s\",%s}", dossier->ticket.no, data);
    return made;
}

/* The clocks of one ticket's tasks run out together: one whistle calls all of their units. */
static bool is_called_already(const struct dossier *dossier, const struct task *task)
{
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *other = &dossier->tasks[i];
        if (other != task && other->round == task->round && task_is_open(other) &&
            (other->fired & (uint64_t)1 << TASK_WHISTLED_BIT) != 0)
            return true;
    }
    return false;
}

void whistle_by_rule(struct dossier *dossier, const struct world *world, struct task *task,
                     const char *why, const char *data)
{
    const uint64_t bit = (uint64_t)1 << TASK_WHISTLED_BIT;
    const struct ticket *ticket = &dossier->ticket;
    if ((task->fired & bit) != 0)
        return;
    task->fired |= bit;
    const struct org *street =
        snapshot_org_over(world->snapshot, ORG_STREET_ALLIANCE, ticket->sent.area, &ticket->barred);
    struct whistle *whistle = ARENA_NEW(dossier->arena, struct whistle);
    *whistle = (struct whistle){.kind = WHISTLE_HARD, .no = ticket->no, .reason = why};
    call_all(whistle, dossier, world, task);
    const char *missing = ticket->origin != ORIGIN_TICKET ? "it is not about a ticket"
                          : is_called_already(dossier, task)
                              ? "another task of the ticket has whistled"
                          : street == NULL             ? "no street lies over the place"
                          : whistle->target_count == 0 ? "the task has no unit to call"
                                                       : NULL;
    struct event *event = dossier_event(dossier, world, task, "whistle", &actor_daemon);
    event->from = event->to = task_state_words[task->state];
    event->data = missing == NULL
                      ? arena_format(dossier->arena, "{%s}", data)
                      : arena_format(dossier->arena, "{%s,\"reason\":\"%s\"}", data, missing);
    if (missing != NULL)
        return;
    dossier->raised = arena_grow(dossier->arena, dossier->raised, (size_t)dossier->raised_count,
                                 (size_t)dossier->raised_count + 1, sizeof(*dossier->raised));
    dossier->raised[dossier->raised_count++] =
        (struct raised){make(dossier, world, whistle, street, data), dossier->event_count - 1};
}
