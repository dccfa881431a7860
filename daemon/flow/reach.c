/* Scope of loaded rows, and the views that most flows answer with. */
#include "flow/reach.h"

#include <string.h>

#include "domain/number.h"
#include "flow/head.h"
#include "flow/privacy.h"
#include "store/dossier_store.h"
#include "wire/ticket_json.h"

bool task_id_parse(const char *text, int64_t *ret_ticket, int *ret_task)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const char *dash = strchr(text, '-');
    int64_t ticket, task;
    if (dash == NULL ||
        !text_to_int(arena_bytes(arena, text, (size_t)(dash - text)), 1, INT64_MAX, &ticket) ||
        !text_to_int(dash + 1, 1, INT32_MAX, &task))
        return false;
    *ret_ticket = ticket;
    *ret_task = (int)task;
    return true;
}

void dossier_restore(struct dossier *dossier, struct arena *arena)
{
    const struct head *head = head_of_origin(dossier->ticket.origin);
    if (head == NULL)
        submission_restore(dossier->details, arena, &dossier->ticket.sent);
    else
        head->restore(dossier->details, arena, &dossier->ticket);
}

void dossier_keep(struct dossier *dossier, struct arena *arena)
{
    const struct head *head = head_of_origin(dossier->ticket.origin);
    dossier->details = head == NULL ? submission_write(&dossier->ticket.sent, arena)
                                    : head->keep(&dossier->ticket, arena);
}

bool sees_task(const struct flow *flow, const struct dossier *dossier, const struct task *task)
{
    const struct scope *scope = &flow->scope;
    if (scope_barred(scope, &dossier->ticket.barred))
        return false;
    return scope_has_area(scope, dossier->ticket.sent.area) || head_is_own(flow, dossier) ||
           scope_has_holder(scope, task->unit, task->org, &task->seen_by);
}

bool sees_dossier(const struct flow *flow, const struct dossier *dossier)
{
    const struct head *head = head_of_origin(dossier->ticket.origin);
    return head == NULL ? sees_ticket(flow, dossier) : head->sees(flow, dossier);
}

bool sees_ticket(const struct flow *flow, const struct dossier *dossier)
{
    const struct scope *scope = &flow->scope;
    if (scope_barred(scope, &dossier->ticket.barred))
        return false;
    if (scope_has_area(scope, dossier->ticket.sent.area))
        return true;
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *task = &dossier->tasks[i];
        if (task->state != TASK_IS_RETURNED && task->state != TASK_IS_WITHDRAWN &&
            scope_has_holder(scope, task->unit, task->org, &task->seen_by))
            return true;
    }
    return false;
}

struct slice ticket_body(const struct flow *flow, const struct dossier *dossier)
{
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    struct ticket_view view = {.ticket = &shown,
                               .tasks = dossier->tasks,
                               .task_count = dossier->task_count,
                               .sent_fields = true,
                               .offset_s = context_offset(flow->context, flow->now)};
    return ticket_write(&view, flow->arena);
}

struct slice task_body(const struct flow *flow, const struct dossier *dossier,
                       const struct task *task)
{
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    return task_write(&shown, task, context_offset(flow->context, flow->now), flow->arena);
}

enum next ticket_load(struct flow *flow, const char *no)
{
    if (!number_valid(no))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no ticket has this number");
    dossier_store_load(flow_work(flow), NULL, 0, &(struct names){1, &no});
    return WAIT;
}

int dossiers_changed(struct dossier **dossiers, int count)
{
    int changed = 1;
    for (int i = 1; i < count; i++)
        if (dossiers[i]->event_count > 0)
            dossiers[changed++] = dossiers[i];
    return changed;
}
