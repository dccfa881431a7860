/* Moves on tasks. */
#include "domain/effects.h"

static struct event *to_state(const struct doing *doing, int state)
{
    return dossier_move_task(doing->dossier, doing->world, doing->task, doing->move->name, state,
                             doing->by);
}

static bool refuse(const struct doing *doing, const char *why)
{
    return dossier_refuse(doing->dossier, doing->task, doing->err, why);
}

bool effect_not_own(const struct doing *doing)
{
    const struct task *task = doing->task;
    bool own_org = doing->by->org != NULL && (text_equal(doing->by->org, task->asked_org) ||
                                              text_equal(doing->by->org, task->org));
    if (doing->by->key == task->asked_key || own_org)
        return error_set(doing->err, FAULT_DENIED, "nobody decides on a request of their own");
    return true;
}

static bool do_sign(const struct doing *doing)
{
    doing->task->met[STAGE_SIGN] = doing->world->now;
    to_state(doing, TASK_IS_SIGNED);
    return true;
}

static bool do_contact(const struct doing *doing)
{
    const struct move_body *body = doing->body;
    struct task *task = doing->task;
    if (instant_set(body->at) && doing->world->now.us < body->at.us)
        return error_add(doing->err, "/at", "lies in the future");
    if (!instant_set(task->met[STAGE_CONTACT]))
        task->met[STAGE_CONTACT] = doing->world->now;
    to_state(doing, task->state);
    return true;
}

bool effect_below(const struct doing *doing, const struct unit *unit, const struct org *org)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    struct names orgs = snapshot_orgs_below(snapshot, doing->by->org, doing->dossier->arena);
    if (unit == NULL)
        return names_have(&orgs, org->code) && !text_equal(org->code, doing->task->org);
    for (int i = 0; i < orgs.count; i++)
        if (names_have(&unit->joined, orgs.at[i]))
            return true;
    return unit->org != NULL && names_have(&orgs, unit->org);
}

static const struct org *find_delegate(const struct doing *doing, const struct unit **ret_unit)
{
    const struct move_body *body = doing->body;
    const struct unit *unit = NULL;
    const struct org *org = NULL;
    if ((body->unit == NULL) == (body->org == NULL))
        error_add(doing->err, "", "give a unit or an org");
    else if (body->unit != NULL)
        unit = effect_unit(doing, body->unit);
    else
        org = effect_org(doing, body->org);
    if (unit == NULL && org == NULL)
        return NULL;
    if (!effect_below(doing, unit, org)) {
        error_add(doing->err, unit != NULL ? "/unit" : "/org", "is not below the delegating org");
        return NULL;
    }
    if (unit != NULL)
        org = snapshot_target(doing->world->snapshot, unit, &doing->dossier->ticket.barred);
    if (org == NULL)
        error_add(doing->err, "/unit", "has no org that may take it");
    *ret_unit = unit;
    return org;
}

static bool do_delegate(const struct doing *doing)
{
    struct task *task = doing->task;
    const struct unit *unit = NULL;
    const struct org *org = find_delegate(doing, &unit);
    struct terms terms;
    if (org == NULL)
        return false;
    if (!task_terms(&doing->dossier->ticket, task, doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    if (!names_have(&task->seen_by, task->org))
        task->seen_by = names_with(doing->dossier->arena, &task->seen_by, task->org);
    task->unit = unit == NULL ? NULL : unit->code;
    task->org = org->code;
    task->arrived_at = doing->world->now;
    deadline_arrive(task, &terms, doing->world->now, ticket_has_contact(&doing->dossier->ticket));
    task->claim = NULL;
    struct event *event = to_state(doing, TASK_IS_ASSIGNED);
    event->data = arena_format(doing->dossier->arena, "{\"%s\":\"%s\",\"level\":\"%s\",%s}",
                               unit == NULL ? "org" : "unit", unit == NULL ? org->code : unit->code,
                               level_words[task->level], clocks_text(task, doing->dossier->arena));
    return true;
}

static bool do_assist(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    if (doing->task->role != ROLE_LEAD)
        return refuse(doing, "only the lead unit may ask for assistance");
    to_state(doing, doing->task->state);
    for (int i = 0; i < doing->body->units.count; i++) {
        const struct unit *unit = effect_unit(doing, doing->body->units.at[i]);
        const struct org *org =
            unit == NULL ? NULL
                         : snapshot_target(doing->world->snapshot, unit, &dossier->ticket.barred);
        struct assignment to = {ROLE_ASSIST, doing->task->round, unit, org, NULL, false, NULL};
        if (org == NULL)
            return error_add(doing->err, "/units", "'%s' cannot assist", doing->body->units.at[i]);
        if (!dossier_assign(dossier, doing->world, &to, doing->by, doing->err))
            return false;
    }
    return true;
}

static bool do_waive(const struct doing *doing)
{
    if (doing->task->role != ROLE_ASSIST)
        return refuse(doing, "only assist tasks can be waived");
    to_state(doing, TASK_IS_WITHDRAWN);
    return true;
}

static int count_returned(const struct dossier *dossier, const char *unit, const char *org)
{
    int count = 0;
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *task = &dossier->tasks[i];
        bool same =
            org == NULL || (unit != NULL ? text_equal(task->unit, unit)
                                         : task->unit == NULL && text_equal(task->org, org));
        count += task->state == TASK_IS_RETURNED && same;
    }
    return count;
}

/* Window and budgets of spec 6; the numbers are the policy's. */
static bool may_return(const struct doing *doing, const struct terms *terms)
{
    const struct task *task = doing->task;
    const struct rules *rules = &terms->policy->rules;
    if (task->designated)
        return refuse(doing, "a designated task cannot be returned");
    if (count_returned(doing->dossier, task->unit, task->org) >= (int)rules->returns_per_unit)
        return refuse(doing, "this unit or org has returned the ticket as often as it may");
    if (count_returned(doing->dossier, NULL, NULL) >= (int)rules->returns_per_ticket)
        return refuse(doing, "the ticket has been returned as often as it may be");
    if (terms->policy->return_window.amount > 0) {
        struct instant until = calendar_due(terms->calendar, task->arrived_at,
                                            terms->policy->return_window, terms->pauses, NULL);
        if (until.us < doing->world->now.us)
            return refuse(doing, "the window for returning has passed");
    }
    return true;
}

static bool do_return(const struct doing *doing)
{
    struct task *task = doing->task;
    const struct move_body *body = doing->body;
    struct terms terms;
    if (!task_terms(&doing->dossier->ticket, task, doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    if (!effect_reason(doing, &terms.policy->return_reasons) || !may_return(doing, &terms))
        return false;
    if (body->proposed_unit != NULL &&
        snapshot_unit(doing->world->snapshot, body->proposed_unit) == NULL)
        return error_add(doing->err, "/proposed_unit", "no unit has this code");
    task->prior = task->state;
    task->proposed_unit = body->proposed_unit;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    to_state(doing, TASK_IS_RETURN_REQUESTED);
    return true;
}

static bool do_return_approve(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = doing->task;
    struct terms terms;
    if (!effect_not_own(doing))
        return false;
    if (!task_terms(&doing->dossier->ticket, task, doing->world->snapshot, &terms))
        return error_set(doing->err, FAULT_CONFLICT,
                         "the task's policy is not registered any more");
    int role = task->role;
    const char *proposed = task->proposed_unit;
    to_state(doing, TASK_IS_RETURNED);
    if (role == ROLE_ASSIST)
        return true; /* the lead goes on without it, or asks for another */
    dossier->ticket.transfers++;
    bool designated =
        count_returned(dossier, NULL, NULL) >= (int)terms.policy->rules.returns_per_ticket;
    dossier->ticket.designated |= designated;
    return effect_send_again(doing, proposed, designated);
}

static bool do_return_reject(const struct doing *doing)
{
    if (!effect_not_own(doing))
        return false;
    to_state(doing, doing->task->prior);
    return true;
}

/* A reply ends an open contact clock too. If it is rejected, both count as not met: an equal
 * instant says that it was the reply that met the contact, so a contact made before is kept apart
 * by the least. */
static void meet_by_reply(struct task *task, struct instant now)
{
    struct instant *contact = &task->met[STAGE_CONTACT], *resolve = &task->met[STAGE_RESOLVE];
    *resolve = now;
    if (!instant_set(*contact))
        *contact = now;
    else if (contact->us == now.us)
        resolve->us++;
}

static bool do_reply(const struct doing *doing)
{
    struct task *task = doing->task;
    const struct ticket *ticket = &doing->dossier->ticket;
    const struct move_body *body = doing->body;
    if (instant_set(body->contacted_at) && doing->world->now.us < body->contacted_at.us)
        return error_add(doing->err, "/contacted_at", "lies in the future");
    bool contacted = instant_set(task->met[STAGE_CONTACT]) || instant_set(body->contacted_at);
    if (ticket->sent.kind == TICKET_COMPLAINT && ticket_shows_phone(ticket) && !contacted)
        return refuse(doing, "a complaint needs a contact first");
    meet_by_reply(task, doing->world->now);
    task->public_answer = body->public_answer;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    to_state(doing, TASK_IS_REPLIED);
    return true;
}

/* An org that passes or rejects is the street over the ticket's area. */
static bool may_review(const struct doing *doing)
{
    if (doing->by->role == CALLER_ORG) {
        const struct ticket *ticket = &doing->dossier->ticket;
        const struct org *street = snapshot_org_over(doing->world->snapshot, ORG_STREET_ALLIANCE,
                                                     ticket->sent.area, &ticket->barred);
        if (street == NULL || !text_equal(street->code, doing->by->org))
            return error_set(doing->err, FAULT_DENIED,
                             "only the street over the ticket's area or a dispatcher reviews");
    }
    return effect_not_own(doing);
}

static bool assists_done(const struct dossier *dossier)
{
    for (int i = 0; i < dossier->task_count; i++)
        if (dossier->tasks[i].role == ROLE_ASSIST && task_is_open(&dossier->tasks[i]))
            return false;
    return true;
}

static bool do_reply_pass(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = doing->task;
    if (!may_review(doing))
        return false;
    if (task->role == ROLE_LEAD && !assists_done(dossier))
        return refuse(doing, "assist tasks are still open: complete or waive them first");
    to_state(doing, TASK_IS_COMPLETED);
    if (task->role == ROLE_LEAD && task->public_answer != NULL)
        dossier->ticket.sent.public_answer = task->public_answer;
    if (task->unit != NULL) {
        struct instant met = task->met[STAGE_RESOLVE], due = task->due[STAGE_RESOLVE];
        dossier->record_unit = task->unit;
        dossier->record.handled++;
        dossier->record.on_time += !instant_set(due) || met.us <= due.us;
    }
    return true;
}

static bool do_reply_reject(const struct doing *doing)
{
    if (!may_review(doing))
        return false;
    struct instant *contact = &doing->task->met[STAGE_CONTACT];
    struct instant *resolve = &doing->task->met[STAGE_RESOLVE];
    if (contact->us == resolve->us)
        *contact = INSTANT_NONE; /* met by this reply only */
    *resolve = INSTANT_NONE;
    to_state(doing, TASK_IS_SIGNED);
    dossier_reclock(doing->dossier, doing->world, doing->task, "reply/reject", doing->by);
    return true;
}

static bool do_note(const struct doing *doing)
{
    to_state(doing, doing->task->state);
    return true;
}

static const struct {
    const char *name;
    effect_fn effect;
} effects[] = {
    {"sign",           do_sign              },
    {"contact",        do_contact           },
    {"delegate",       do_delegate          },
    {"assist",         do_assist            },
    {"waive",          do_waive             },
    {"return",         do_return            },
    {"return/approve", do_return_approve    },
    {"return/reject",  do_return_reject     },
    {"extend",         effect_extend        },
    {"extend/approve", effect_extend_approve},
    {"extend/reject",  effect_extend_reject },
    {"reply",          do_reply             },
    {"reply/pass",     do_reply_pass        },
    {"reply/reject",   do_reply_reject      },
    {"note",           do_note              },
};

effect_fn effect_on_task(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
