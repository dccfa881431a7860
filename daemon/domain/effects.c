/* Finds a move's effect and checks what all moves have in common. */
#include "domain/effects.h"

#include "domain/offer.h"
#include "domain/whistle.h"

/* The body's data go with the move's own event, the first of its name since `first`. */
static void add_data(struct dossier *dossier, int first, const char *move, const char *data)
{
    for (int i = first; i < dossier->event_count; i++) {
        struct event *event = &dossier->events[i];
        if (!text_equal(event->move, move))
            continue;
        if (event->data == NULL)
            event->data = data;
        return;
    }
}

static effect_fn effect_find(int on, const char *name)
{
    if (on == ON_WHISTLE)
        return effect_on_whistle(name);
    if (on == ON_TARGET)
        return effect_on_target(name);
    if (on == ON_OFFER)
        return effect_on_offer(name);
    if (on == ON_SHARE)
        return effect_on_share(name);
    return on == ON_TASK ? effect_on_task(name) : effect_on_ticket(name);
}

bool dossier_move(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = doing->task;
    const char *name = doing->move->name;
    int state = task == NULL ? dossier->ticket.state : task->state;
    if ((doing->move->from & 1u << state) == 0)
        return dossier_refuse(
            dossier, task, doing->err,
            arena_format(doing->err->arena, "this state does not allow '%s'", name));
    if (task != NULL && dossier->ticket.hung_reason != NULL && !text_equal(name, "note"))
        return dossier_refuse(dossier, task, doing->err, "the ticket is hung: its clocks stand");
    effect_fn effect = effect_find(doing->move->on, name);
    if (task != NULL)
        dossier_catch_up(dossier, doing->world, task);
    int first = dossier->event_count;
    if (!effect(doing))
        return false;
    add_data(dossier, first, name, doing->body->data);
    dossier_settle(dossier, doing->world);
    return true;
}

const struct unit *effect_unit(const struct doing *doing, const char *code)
{
    const struct unit *unit = snapshot_unit(doing->world->snapshot, code);
    if (unit == NULL || unit->status != STATUS_ACTIVE)
        error_add(doing->err, "/unit", "no active unit has this code");
    else if (names_have(&doing->dossier->ticket.barred, code))
        error_add(doing->err, "/unit", "this unit is accused in the ticket");
    else
        return unit;
    return NULL;
}

const struct org *effect_org(const struct doing *doing, const char *code)
{
    const struct org *org = snapshot_org(doing->world->snapshot, code);
    if (org == NULL || org->status != STATUS_ACTIVE)
        error_add(doing->err, "/org", "no active org has this code");
    else if (names_have(&doing->dossier->ticket.barred, code))
        error_add(doing->err, "/org", "this org belongs to a unit that is accused in the ticket");
    else
        return org;
    return NULL;
}

/* Who gave it back already: units, and orgs that had it without a unit. */
static struct names returned_by(const struct dossier *dossier)
{
    struct names names = {0};
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *task = &dossier->tasks[i];
        if (task->state == TASK_IS_RETURNED)
            names = names_with(dossier->arena, &names, task->unit == NULL ? task->org : task->unit);
    }
    return names;
}

static bool route_to_org(const struct doing *doing, struct route *route)
{
    const struct org *org = effect_org(doing, doing->body->org);
    if (org == NULL)
        return false;
    *route = (struct route){.basis = BASIS_MANUAL, .org = org, .level = level_of(NULL, org)};
    route->revision = snapshot_revision(doing->world->snapshot);
    route->copy_to_district = route->level >= LEVEL_STREET;
    return true;
}

bool effect_reason(const struct doing *doing, const struct selector *catalogue)
{
    return !catalogue->given || names_have(&catalogue->names, doing->body->reason) ||
           error_add(doing->err, "/reason", "is not in the policy's catalogue: %s",
                     names_join(doing->err->arena, &catalogue->names, ", "));
}

/* A -> B -> A: the unit that gets it had it before, and others had it between. */
static bool is_bounce(const struct dossier *dossier, const struct task *lead)
{
    bool between = false;
    for (int i = dossier->task_count - 2; i >= 0 && lead->unit != NULL; i--) {
        const struct task *task = &dossier->tasks[i];
        if (task->role != ROLE_LEAD || task->unit == NULL)
            continue;
        if (text_equal(task->unit, lead->unit))
            return between;
        between = true;
    }
    return false;
}

/* What too many transfers bring: a level up, and a word about going in circles. */
static void notice_transfers(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct task *lead = dossier_lead(dossier);
    struct terms terms;
    if (lead == NULL || !task_terms(&dossier->ticket, lead, doing->world->snapshot, &terms))
        return;
    if (is_bounce(dossier, lead)) {
        struct event *event = dossier_event(dossier, doing->world, lead, "bounce", &actor_daemon);
        event->from = event->to = task_state_words[lead->state];
        event->data = arena_format(dossier->arena, "{\"unit\":\"%s\",\"transfers\":%d}", lead->unit,
                                   dossier->ticket.transfers);
    }
    if (dossier->ticket.transfers >= (int)terms.policy->rules.transfer_level_up_at)
        dossier_level_up(dossier, doing->world, lead, "transferred");
}

bool effect_send_again(const struct doing *doing, const char *proposed, bool designated)
{
    struct dossier *dossier = doing->dossier;
    const struct world *world = doing->world;
    const struct move_body *body = doing->body;
    if (body->unit != NULL && body->org != NULL)
        return error_add(doing->err, "/org", "give a unit or an org, not both");
    if (body->org != NULL) {
        if (!route_to_org(doing, &dossier->route))
            return false;
    } else {
        struct demand demand = dossier_demand(dossier, world);
        struct policy lenient; /* a person decides: the review threshold is not asked */
        if (demand.policy != NULL) {
            lenient = *demand.policy;
            lenient.rules.review_threshold = 0;
            demand.policy = &lenient;
        }
        demand.unit = body->unit != NULL ? body->unit : proposed;
        demand.excluded = returned_by(dossier);
        if (!route_find(&demand, world->snapshot, world->standing, dossier->arena, &dossier->route,
                        doing->err))
            return false;
    }
    if (dossier->route.org == NULL)
        return error_set(doing->err, FAULT_CONFLICT, "nobody is registered over this place");
    if (!dossier_send(dossier, world, doing->by, designated, doing->err))
        return false;
    notice_transfers(doing);
    return true;
}
