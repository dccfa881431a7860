/* Moves on tickets. */
#include "domain/whistle.h"

/* The move's event, from the present state; `to` is filled in once the state is derived. */
static struct event *begin(const struct doing *doing, int to)
{
    struct event *event =
        dossier_event(doing->dossier, doing->world, NULL, doing->move->name, doing->by);
    event->from = ticket_state_words[doing->dossier->ticket.state];
    event->to = ticket_state_words[to];
    return event;
}

static bool do_answer(const struct doing *doing)
{
    begin(doing, TICKET_IS_ANSWERED);
    doing->dossier->ticket.sent.public_answer = doing->body->public_answer;
    doing->dossier->ticket.final_state = ticket_state_words[TICKET_IS_ANSWERED];
    return true;
}

static bool do_dispatch(const struct doing *doing)
{
    const struct move_body *body = doing->body;
    if ((body->unit != NULL) + (body->org != NULL) + (body->accept == 1) != 1)
        return error_add(doing->err, "", "give a unit, an org, or \"accept\": true");
    begin(doing, TICKET_IS_DISPATCHED);
    return effect_send_again(doing, NULL, false);
}

static bool do_redispatch(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    begin(doing, TICKET_IS_DISPATCHED);
    dossier_withdraw(dossier, doing->world, doing->by);
    dossier->ticket.transfers++;
    return effect_send_again(doing, NULL, false);
}

static bool end(const struct doing *doing, int state)
{
    struct dossier *dossier = doing->dossier;
    begin(doing, state);
    dossier_withdraw(dossier, doing->world, doing->by);
    dossier->ticket.final_state = ticket_state_words[state];
    return true;
}

static bool do_cancel(const struct doing *doing)
{
    return end(doing, TICKET_IS_CANCELLED);
}

static bool do_invalid(const struct doing *doing)
{
    return end(doing, TICKET_IS_INVALID);
}

static bool do_close(const struct doing *doing)
{
    return end(doing, TICKET_IS_CLOSED);
}

static bool do_reopen(const struct doing *doing)
{
    if (instant_set(doing->dossier->ticket.erased_at))
        return dossier_refuse(doing->dossier, NULL, doing->err,
                              "its texts have been erased: there is nothing left to work on");
    begin(doing, TICKET_IS_COMPLETED);
    doing->dossier->ticket.final_state = NULL;
    return true;
}

/* Recorded and noticed; nothing changes. */
static bool do_record(const struct doing *doing)
{
    begin(doing, doing->dossier->ticket.state);
    return true;
}

bool dossier_rehandle(struct dossier *dossier, const struct world *world, const struct actor *by,
                      struct error *err)
{
    const struct task *last = dossier_lead(dossier);
    struct terms terms;
    const struct unit *unit = snapshot_unit(world->snapshot, last->unit);
    const struct org *org = snapshot_org(world->snapshot, last->org);
    if (org == NULL || !task_terms(&dossier->ticket, last, world->snapshot, &terms))
        return error_set(err, FAULT_CONFLICT, "the unit's org is not registered any more");
    int round = last->round + 1;
    struct assignment to = {ROLE_LEAD, round, unit, org, NULL, last->designated, last};
    if (!dossier_assign(dossier, world, &to, by, err))
        return false;
    struct task *task = dossier_lead(dossier);
    if (round - 1 >= (int)terms.policy->rules.rehandle_level_up_at)
        dossier_level_up(dossier, world, task, "rehandled");
    if (round - 1 == (int)terms.policy->rules.whistle_at_rehandling)
        whistle_by_rule(dossier, world, task,
                        arena_format(dossier->arena, "按规则吹哨：第%d次重办", round - 1),
                        arena_format(dossier->arena, "\"rehandling\":%d", round - 1));
    return true;
}

static bool do_rehandle(const struct doing *doing)
{
    begin(doing, TICKET_IS_REHANDLING);
    return dossier_rehandle(doing->dossier, doing->world, doing->by, doing->err);
}

/* The unit's record counts an answer by the same weights as the rates. */
static void note_rating(struct dossier *dossier, const struct task *lead, const struct rules *rules,
                        int satisfied)
{
    const double worth[] = {rules->satisfaction_no, rules->satisfaction_basic,
                            rules->satisfaction_yes, rules->satisfaction_very};
    if (lead->unit == NULL || satisfied < 0)
        return;
    dossier->record_unit = lead->unit;
    dossier->record.rated++;
    dossier->record.rating_sum += worth[satisfied];
}

static void close_by_rule(const struct doing *doing, const struct rules *rules, const char *reason)
{
    struct dossier *dossier = doing->dossier;
    if (rules->close_after_callback == 0)
        return;
    struct event *event = dossier_event(dossier, doing->world, NULL, "close", &actor_daemon);
    event->from = ticket_state_words[TICKET_IS_COMPLETED];
    event->to = dossier->ticket.final_state = ticket_state_words[TICKET_IS_CLOSED];
    event->data = arena_format(dossier->arena, "{\"reason\":\"%s\"}", reason);
}

static bool do_callback(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    const struct move_body *body = doing->body;
    const struct task *lead = dossier_lead(dossier);
    struct terms terms;
    if (body->reached == 1 && body->solved < 0)
        return error_add(doing->err, "/solved", "is required when the petitioner was reached");
    if (body->reached != 1 && (body->solved >= 0 || body->satisfied >= 0))
        return error_add(doing->err, "/reached", "nobody was reached, so nobody was asked");
    begin(doing, TICKET_IS_COMPLETED);
    bool has_terms = task_terms(&dossier->ticket, lead, doing->world->snapshot, &terms);
    dossier->ticket.unreached = body->reached == 1 ? 0 : dossier->ticket.unreached + 1;
    if (body->reached != 1) {
        if (has_terms && dossier->ticket.unreached >= (int)terms.policy->rules.callback_attempts)
            close_by_rule(doing, &terms.policy->rules, "not reached");
        return true;
    }
    note_rating(dossier, lead, has_terms ? &terms.policy->rules : &rules_standard, body->satisfied);
    if (body->solved == 0) {
        struct event *event = dossier_event(dossier, doing->world, NULL, "rehandle", &actor_daemon);
        event->from = ticket_state_words[TICKET_IS_COMPLETED];
        event->to = ticket_state_words[TICKET_IS_REHANDLING];
        event->data = "{\"reason\":\"not solved\"}";
        return dossier_rehandle(dossier, doing->world, &actor_daemon, doing->err);
    }
    if (has_terms)
        close_by_rule(doing, &terms.policy->rules, "solved");
    return true;
}

/* Both records stay; the citizen's answer comes with the other one. */
static bool do_merge(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier, *other = doing->other;
    if (other == NULL || other->ticket.id == dossier->ticket.id)
        return error_add(doing->err, "/into", "must be the number of another ticket in reach");
    if (other->ticket.state < TICKET_OPEN_FROM)
        return error_add(doing->err, "/into", "this ticket is not open");
    if (!end(doing, TICKET_IS_MERGED))
        return false;
    struct event *event = dossier_event(other, doing->world, NULL, "merged_from", doing->by);
    event->from = event->to = ticket_state_words[other->ticket.state];
    event->data = arena_format(other->arena, "{\"from\":\"%s\"}", dossier->ticket.no);
    return true;
}

/* Where it would go now, without sending it. */
static bool propose_again(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    dossier->routed = true;
    return dossier_route(dossier, doing->world, &dossier->route, doing->err);
}

static bool reroute(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    int state = dossier->ticket.state;
    if (state == TICKET_IS_TRIAGE)
        return propose_again(doing);
    if (state != TICKET_IS_DISPATCHED && state != TICKET_IS_HANDLING)
        return dossier_refuse(dossier, NULL, doing->err, "it cannot be routed again in this state");
    dossier_withdraw(dossier, doing->world, doing->by);
    dossier->ticket.transfers++;
    return effect_send_again(doing, NULL, false);
}

static bool amend_codes(const struct doing *doing)
{
    const struct move_body *body = doing->body;
    const struct snapshot *snapshot = doing->world->snapshot;
    if (body->category == NULL && body->area == NULL && body->content == NULL &&
        body->address == NULL)
        return error_add(doing->err, "", "give category, area, content or address");
    if (body->category != NULL && snapshot_category(snapshot, body->category) == NULL)
        error_add(doing->err, "/category", "no category has this code");
    if (body->area != NULL && snapshot_area(snapshot, body->area) == NULL)
        error_add(doing->err, "/area", "no area has this code");
    return error_none(doing->err);
}

static bool do_amend(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct submission *sent = &dossier->ticket.sent;
    const struct move_body *body = doing->body;
    if (!amend_codes(doing))
        return false;
    begin(doing, dossier->ticket.state);
    dossier->amended = true;
    dossier->before = *sent;
    sent->category = body->category != NULL ? body->category : sent->category;
    sent->area = body->area != NULL ? body->area : sent->area;
    sent->content = body->content != NULL ? body->content : sent->content;
    sent->address = body->address != NULL ? body->address : sent->address;
    for (int i = 0; i < dossier->task_count; i++)
        dossier->tasks[i].dirty = true; /* lists of tasks go by category and area */
    return body->reroute != 1 || reroute(doing);
}

static bool count(const struct doing *doing, bool excluded)
{
    struct ticket *ticket = &doing->dossier->ticket;
    if (ticket->excluded == excluded)
        return dossier_refuse(doing->dossier, NULL, doing->err,
                              excluded ? "it is left out already" : "it is counted already");
    begin(doing, ticket->state);
    ticket->excluded = excluded;
    return true;
}

static bool do_exclude(const struct doing *doing)
{
    struct demand demand = dossier_demand(doing->dossier, doing->world);
    if (demand.policy != NULL && !effect_reason(doing, &demand.policy->exclude_reasons))
        return false;
    return count(doing, true);
}

static bool do_include(const struct doing *doing)
{
    return count(doing, false);
}

/* The whistles on it tell of the same matter: they go with it. */
static bool do_erase(const struct doing *doing)
{
    for (int i = 0; i < doing->other_count; i++)
        if (!instant_set(doing->others[i]->ticket.ended_at))
            return dossier_refuse(doing->dossier, NULL, doing->err,
                                  "a whistle on it is open: it must be closed or withdrawn first");
    dossier_erase(doing->dossier, doing->world, doing->body->data, doing->by);
    for (int i = 0; i < doing->other_count; i++)
        dossier_erase(doing->others[i], doing->world, doing->body->data, doing->by);
    return true;
}

static const struct {
    const char *name;
    effect_fn effect;
} effects[] = {
    {"answer",     do_answer    },
    {"dispatch",   do_dispatch  },
    {"redispatch", do_redispatch},
    {"callback",   do_callback  },
    {"rehandle",   do_rehandle  },
    {"close",      do_close     },
    {"reopen",     do_reopen    },
    {"hang",       effect_hang  },
    {"unhang",     effect_unhang},
    {"merge",      do_merge     },
    {"amend",      do_amend     },
    {"exclude",    do_exclude   },
    {"include",    do_include   },
    {"erase",      do_erase     },
    {"urge",       do_record    },
    {"supervise",  do_record    },
    {"cancel",     do_cancel    },
    {"invalid",    do_invalid   },
    {"note",       do_record    },
};

effect_fn effect_on_ticket(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
