/* Moves that stop, start or move clocks: hang and unhang, extensions (spec 5, 6). */
#include "domain/effects.h"

static bool refuse(const struct doing *doing, const char *why)
{
    return dossier_refuse(doing->dossier, doing->task, doing->err, why);
}

/* The ticket's event, before its tasks' own. */
static void record(const struct doing *doing, int to)
{
    struct event *event =
        dossier_event(doing->dossier, doing->world, NULL, doing->move->name, doing->by);
    event->from = ticket_state_words[doing->dossier->ticket.state];
    event->to = ticket_state_words[to];
}

/* The first working instant of the day, at midnight where nobody works. */
static struct instant start_of(const struct calendar *calendar, struct date day,
                               struct arena *arena)
{
    struct intervals frames = calendar_frames(calendar, day, arena);
    return frames.count > 0 ? frames.at[0].from
                            : calendar_piece(calendar, day, (struct frame){0, 1440}).from;
}

static bool plan_review(const struct doing *doing, const struct terms *terms)
{
    struct ticket *ticket = &doing->dossier->ticket;
    struct date today = zone_date(terms->calendar->zone, doing->world->now);
    struct date day = doing->body->review_on;
    if (!date_set(day))
        day.day = today.day + (int32_t)terms->policy->rules.hang_review_days;
    if (day.day <= today.day)
        return error_add(doing->err, "/review_on", "must be a day after today");
    ticket->review_at = start_of(terms->calendar, day, doing->dossier->arena);
    return true;
}

bool effect_hang(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct ticket *ticket = &dossier->ticket;
    struct terms terms;
    if (!task_terms(ticket, dossier_lead(dossier), doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    if (!effect_reason(doing, &terms.policy->hang_reasons) || !plan_review(doing, &terms))
        return false;
    dossier_sweep(dossier, doing->world);
    record(doing, TICKET_IS_HUNG);
    ticket->hung_reason = doing->body->reason;
    dossier_pause(dossier, doing->world->now);
    dossier_reclock_all(dossier, doing->world, "hang", doing->by);
    return true;
}

bool effect_unhang(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    dossier_sweep(dossier, doing->world);
    record(doing, TICKET_IS_HANDLING);
    dossier->ticket.hung_reason = NULL;
    dossier->ticket.review_at = INSTANT_NONE;
    dossier_pause(dossier, doing->world->now);
    dossier_reclock_all(dossier, doing->world, "unhang", doing->by);
    return true;
}

/* No more than the policy grants: measured from the old due, so that units may differ. */
static bool check_span(const struct doing *doing, const struct terms *terms, struct amount span)
{
    struct instant due = doing->task->due[STAGE_RESOLVE];
    struct reckoning asked;
    if (!calendar_reckon(terms->calendar, due, span, terms->pauses, &asked, doing->err))
        return false;
    struct instant most =
        calendar_due(terms->calendar, due, terms->policy->extension_span, terms->pauses, NULL);
    return asked.due.us <= most.us ||
           error_add(doing->err, "/span", "is longer than the policy grants");
}

bool effect_extend(const struct doing *doing)
{
    struct task *task = doing->task;
    struct terms terms;
    if (!task_terms(&doing->dossier->ticket, task, doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    if (task->asked.amount > 0)
        return refuse(doing, "a request to extend waits for a decision already");
    if (task->granted.count >= terms.policy->extension_times)
        return refuse(doing, "the task has been extended as often as it may be");
    struct instant due = task->due[STAGE_RESOLVE];
    if (!instant_set(due))
        return refuse(doing, "the task has no term that could be extended");
    if (due.us <= doing->world->now.us)
        return refuse(doing, "more time can only be asked for before the term has ended");
    if (!check_span(doing, &terms, doing->body->span))
        return false;
    task->asked = doing->body->span;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    dossier_move_task(doing->dossier, doing->world, task, doing->move->name, task->state,
                      doing->by);
    return true;
}

static bool decide(const struct doing *doing, struct amount *ret_asked)
{
    struct task *task = doing->task;
    if (task->asked.amount == 0)
        return refuse(doing, "nobody has asked for more time");
    if (!effect_not_own(doing))
        return false;
    *ret_asked = task->asked;
    task->asked.amount = 0;
    return true;
}

bool effect_extend_approve(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = doing->task;
    struct amount span = {0};
    struct terms terms;
    if (!decide(doing, &span))
        return false;
    if (!task_terms(&dossier->ticket, task, doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    if (doing->body->span.amount > 0)
        span = doing->body->span;
    if (!check_span(doing, &terms, span))
        return false;
    struct amounts *granted = &task->granted;
    granted->at = arena_grow(dossier->arena, granted->at, (size_t)granted->count,
                             (size_t)granted->count + 1, sizeof(*granted->at));
    granted->at[granted->count++] = span;
    dossier_move_task(dossier, doing->world, task, doing->move->name, task->state, doing->by);
    dossier_reclock(dossier, doing->world, task, "extend", doing->by);
    return true;
}

bool effect_extend_reject(const struct doing *doing)
{
    struct task *task = doing->task;
    struct amount span;
    if (!decide(doing, &span))
        return false;
    dossier_move_task(doing->dossier, doing->world, task, doing->move->name, task->state,
                      doing->by);
    return true;
}
