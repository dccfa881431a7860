/* Moves on needs and projects: published, taken, closed. What is done with one taker's share alone
 * stands in offer_share.c. */
#include "domain/calendar.h"
#include "domain/offer.h"

enum { HOUR_S = 3600, DAY_MINUTES = 1440 };

static bool refuse(const struct doing *doing, const char *why)
{
    return dossier_refuse(doing->dossier, NULL, doing->err, why);
}

/* The head's event; `to` may be the state it is in. */
static struct event *begin(const struct doing *doing, const char *move, int to,
                           const struct actor *by)
{
    struct ticket *ticket = &doing->dossier->ticket;
    struct event *event = dossier_event(doing->dossier, doing->world, NULL, move, by);
    event->from = offer_state_words[ticket->state];
    event->to = offer_state_words[to];
    ticket->state = to;
    return event;
}

static bool owns(const struct doing *doing)
{
    return offer_owns(&doing->dossier->ticket, doing->world->snapshot, doing->by,
                      doing->dossier->arena) ||
           error_set(doing->err, FAULT_DENIED, "only the owner may do this");
}

static bool takes_part(const struct task *task)
{
    return task->state != TASK_IS_WITHDRAWN && task->state != TASK_IS_RETURNED;
}

static int count_shares(const struct dossier *dossier)
{
    int count = 0;
    for (int i = 0; i < dossier->task_count; i++)
        count += takes_part(&dossier->tasks[i]);
    return count;
}

/* --- the needs of a project --- */

/* A need's own event that follows from what its project did. */
static void move_need(const struct doing *doing, struct dossier *need, const char *move, int to)
{
    struct event *event = dossier_event(need, doing->world, NULL, move, doing->by);
    event->from = offer_state_words[need->ticket.state];
    event->to = offer_state_words[to];
    event->data = arena_format(need->arena, "{\"project\":\"%s\"}", doing->dossier->ticket.no);
    need->ticket.state = to;
}

static struct dossier *find_need(const struct doing *doing, const char *no)
{
    for (int i = 0; i < doing->other_count; i++)
        if (doing->others[i]->ticket.origin == ORIGIN_NEED &&
            text_equal(doing->others[i]->ticket.no, no))
            return doing->others[i];
    return NULL;
}

static bool is_free(const struct doing *doing, const struct dossier *need)
{
    int state = need->ticket.state;
    return (state == OFFER_IS_DRAFT || state == OFFER_IS_PUBLISHED) &&
           need->ticket.offer->project == NULL &&
           offer_owns(&need->ticket, doing->world->snapshot, doing->by, doing->dossier->arena);
}

static bool take_up_needs(const struct doing *doing)
{
    const struct names *needs = &doing->dossier->ticket.offer->needs;
    for (int i = 0; i < needs->count; i++) {
        const struct dossier *need = find_need(doing, needs->at[i]);
        if (need == NULL || !is_free(doing, need))
            return refuse(doing, arena_format(doing->err->arena,
                                              "need %s cannot be taken up: it is not in reach, "
                                              "taken already or over",
                                              needs->at[i]));
    }
    for (int i = 0; i < needs->count; i++) {
        struct dossier *need = find_need(doing, needs->at[i]);
        need->ticket.offer->project = doing->dossier->ticket.no;
        move_need(doing, need, "taken_up", OFFER_IS_TAKEN);
    }
    return true;
}

/* Done with the project, or free again. */
static void let_needs_go(const struct doing *doing, bool done)
{
    const struct ticket *ticket = &doing->dossier->ticket;
    for (int i = 0; i < ticket->offer->needs.count; i++) {
        struct dossier *need = find_need(doing, ticket->offer->needs.at[i]);
        if (need == NULL || !text_equal(need->ticket.offer->project, ticket->no))
            continue;
        if (done) {
            move_need(doing, need, "finish", OFFER_IS_FINISHED);
            need->ticket.final_state = offer_state_words[OFFER_IS_FINISHED];
        } else {
            bool published = instant_set(need->ticket.offer->published_at);
            need->ticket.offer->project = NULL;
            move_need(doing, need, "given_back", published ? OFFER_IS_PUBLISHED : OFFER_IS_DRAFT);
        }
        dossier_settle(need, doing->world);
    }
}

/* --- moves --- */

static struct instant end_of(const struct calendar *calendar, struct date day)
{
    return calendar_piece(calendar, day, (struct frame){0, DAY_MINUTES}).to;
}

static bool do_publish(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct offer *offer = dossier->ticket.offer;
    const struct world *world = doing->world;
    const struct org *owner = snapshot_org(world->snapshot, dossier->ticket.head_org);
    struct terms terms;
    if (!owns(doing))
        return false;
    if (owner == NULL || owner->status != STATUS_ACTIVE)
        return refuse(doing, "the org that owns it is not registered any more");
    if (!dossier_terms(dossier, world, level_of(NULL, owner), &terms, doing->err) ||
        !take_up_needs(doing))
        return false;
    struct date today = zone_date(terms.calendar->zone, world->now);
    int64_t hours = (int64_t)terms.policy->rules.offers_paired_hours;
    offer->paired = offer_paired(&dossier->ticket, world->snapshot, today, dossier->arena);
    offer->published_at = world->now;
    offer->open_at =
        offer->paired.count == 0 ? world->now : instant_add(world->now, SECONDS(hours * HOUR_S));
    offer->finish_by = INSTANT_NONE;
    for (int i = 0; i < offer->milestone_count; i++) {
        if (!date_set(offer->milestones[i].due))
            continue;
        struct instant end = end_of(terms.calendar, offer->milestones[i].due);
        if (!instant_set(offer->finish_by) || offer->finish_by.us < end.us)
            offer->finish_by = end;
    }
    dossier->offered = true;
    begin(doing, doing->move->name, OFFER_IS_PUBLISHED, doing->by);
    return true;
}

/* The unit that takes it: the key's own, or one below the org that takes it for the unit. */
static const struct unit *find_taker(const struct doing *doing)
{
    const char *asked = doing->body->unit;
    if (doing->by->role == CALLER_UNIT) {
        if (asked == NULL || text_equal(asked, doing->by->unit))
            return effect_unit(doing, doing->by->unit);
        error_add(doing->err, "/unit", "is not this key's own");
        return NULL;
    }
    if (asked == NULL) {
        error_add(doing->err, "/unit", "missing: an org takes it for a unit below it");
        return NULL;
    }
    const struct unit *unit = effect_unit(doing, asked);
    if (unit == NULL || effect_below(doing, unit, NULL))
        return unit;
    error_add(doing->err, "/unit", "is not below this org");
    return NULL;
}

/* Offered to this unit now, and room for one more. */
static bool may_take(const struct doing *doing, const struct unit *unit, const struct terms *terms)
{
    const struct dossier *dossier = doing->dossier;
    const struct offer *offer = dossier->ticket.offer;
    struct instant now = doing->world->now;
    if (offer->project != NULL)
        return refuse(
            doing, arena_format(doing->err->arena, "project %s has taken it up", offer->project));
    for (int i = 0; i < dossier->task_count; i++)
        if (takes_part(&dossier->tasks[i]) && text_equal(dossier->tasks[i].unit, unit->code))
            return refuse(doing, "this unit has taken it already");
    if (!offer_is_open(offer, now) && !names_have(&offer->paired, unit->code))
        return refuse(doing, arena_format(doing->err->arena,
                                          "it is offered to the paired units first; to all from %s",
                                          instant_format(doing->err->arena, offer->open_at,
                                                         zone_offset(terms->calendar->zone, now))));
    if (count_shares(dossier) >= (int)terms->policy->rules.offers_joint_limit)
        return refuse(doing, "as many units as may take it jointly have taken it");
    return true;
}

/* The unit's own key has accepted by taking; what its org took for it, it has to sign for. */
static void accept(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = &dossier->tasks[dossier->task_count - 1];
    struct offer *offer = dossier->ticket.offer;
    offer->shares = arena_grow(dossier->arena, offer->shares, (size_t)offer->share_count,
                               (size_t)offer->share_count + 1, sizeof(*offer->shares));
    offer->shares[offer->share_count++] = (struct share){.task = task->number};
    if (doing->by->role != CALLER_UNIT)
        return;
    task->met[STAGE_SIGN] = doing->world->now;
    dossier_move_task(dossier, doing->world, task, "sign", TASK_IS_SIGNED, doing->by);
}

static bool do_take(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    const struct names none = {0};
    const struct unit *unit = find_taker(doing);
    struct terms terms;
    if (unit == NULL)
        return false;
    const struct org *org = snapshot_target(doing->world->snapshot, unit, &none);
    if (org == NULL)
        return error_add(doing->err, "/unit", "has no org that may take it");
    if (!dossier_terms(dossier, doing->world, level_of(unit, org), &terms, doing->err) ||
        !may_take(doing, unit, &terms))
        return false;
    int role = dossier_lead(dossier) == NULL ? ROLE_LEAD : ROLE_ASSIST;
    struct event *event = begin(doing, doing->move->name, OFFER_IS_TAKEN, doing->by);
    event->data = arena_format(dossier->arena, "{\"unit\":\"%s\",\"role\":\"%s\"}", unit->code,
                               task_role_words[role]);
    struct assignment to = {role, 1, unit, org, NULL, false, NULL};
    if (!dossier_assign(dossier, doing->world, &to, doing->by, doing->err))
        return false;
    accept(doing);
    return true;
}

static bool do_close(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    const struct offer *offer = dossier->ticket.offer;
    if (!owns(doing))
        return false;
    if (offer->project != NULL)
        return refuse(
            doing, arena_format(doing->err->arena, "project %s has taken it up", offer->project));
    begin(doing, doing->move->name, OFFER_IS_CLOSED, doing->by);
    dossier_withdraw(dossier, doing->world, doing->by);
    dossier->ticket.final_state = offer_state_words[OFFER_IS_CLOSED];
    let_needs_go(doing, false);
    return true;
}

static bool do_note(const struct doing *doing)
{
    begin(doing, doing->move->name, doing->dossier->ticket.state, doing->by);
    return true;
}

/* Without a lead, the first of the others leads. */
static void name_lead(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    if (dossier_lead(dossier) != NULL)
        return;
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        if (!takes_part(task))
            continue;
        task->role = ROLE_LEAD;
        struct event *event = dossier_event(dossier, doing->world, task, "lead", &actor_daemon);
        event->from = event->to = task_state_words[task->state];
        return;
    }
}

void offer_settle(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    int shares = count_shares(dossier), open = 0;
    if (dossier->ticket.final_state != NULL || dossier->ticket.state != OFFER_IS_TAKEN)
        return;
    for (int i = 0; i < dossier->task_count; i++)
        open += task_is_open(&dossier->tasks[i]);
    if (shares == 0) {
        begin(doing, "offer", OFFER_IS_PUBLISHED, &actor_daemon);
        return;
    }
    name_lead(doing);
    if (open > 0)
        return;
    begin(doing, "finish", OFFER_IS_FINISHED, &actor_daemon);
    dossier->ticket.final_state = offer_state_words[OFFER_IS_FINISHED];
    let_needs_go(doing, true);
}

/* --- moves on a share by the path of its head --- */

/* Its unit need not be named for the move: what the owner rates has a result and no rating. */
static bool is_candidate(const struct move *move, const struct task *task)
{
    if (text_equal(move->name, "rate"))
        return task->state == TASK_IS_REPLIED;
    return takes_part(task) && (move->from & 1u << task->state) != 0;
}

/* The share of the unit named, of the key's own, else the only one that the move could be for. */
static struct task *find_share(const struct doing *doing, const struct move *move)
{
    struct dossier *dossier = doing->dossier;
    const char *unit = doing->body->unit;
    struct task *found = NULL;
    int count = 0;
    if (doing->by->role == CALLER_UNIT) {
        if (unit != NULL && !text_equal(unit, doing->by->unit)) {
            error_add(doing->err, "/unit", "is not this key's own");
            return NULL;
        }
        unit = doing->by->unit;
    }
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        if (unit == NULL ? is_candidate(move, task)
                         : takes_part(task) && text_equal(task->unit, unit)) {
            found = task;
            count++;
        }
    }
    if (count > 1)
        error_add(doing->err, "/unit", "missing: several units have taken it");
    else if (count == 0 && unit != NULL)
        error_add(doing->err, "/unit", "has not taken it");
    else if (count == 0)
        refuse(doing, "no unit's share allows it");
    return count == 1 ? found : NULL;
}

static bool on_share(const struct doing *doing)
{
    const struct move *move = move_find(ON_SHARE, doing->move->name);
    struct task *task = find_share(doing, move);
    if (task == NULL)
        return false;
    if ((move->from & 1u << task->state) == 0)
        return dossier_refuse(
            doing->dossier, task, doing->err,
            arena_format(doing->err->arena, "this state does not allow '%s'", move->name));
    if (doing->by->role == CALLER_UNIT && task->claim != NULL &&
        doing->world->now.us < task->lease_until.us)
        return dossier_refuse(doing->dossier, task, doing->err,
                              "the task is claimed: move it by its own path, with the claim");
    struct doing on = *doing;
    on.task = task;
    on.move = move;
    dossier_catch_up(doing->dossier, doing->world, task);
    return effect_on_share(move->name)(&on);
}

/* Of a milestone the owner may tell as well as those who took it. */
static bool do_milestone(const struct doing *doing)
{
    if (!offer_owns(&doing->dossier->ticket, doing->world->snapshot, doing->by,
                    doing->dossier->arena))
        return on_share(doing);
    if (!offer_mark(doing))
        return false;
    return do_note(doing);
}

static const struct {
    const char *name;
    effect_fn effect;
} effects[] = {
    {"publish",   do_publish  },
    {"take",      do_take     },
    {"release",   on_share    },
    {"milestone", do_milestone},
    {"finish",    on_share    },
    {"rate",      on_share    },
    {"close",     do_close    },
    {"note",      do_note     },
};

effect_fn effect_on_offer(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
