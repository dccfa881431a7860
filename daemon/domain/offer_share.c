/* Moves on the share of one unit in a need or project. */
#include <string.h>

#include "domain/offer.h"

static struct event *to_state(const struct doing *doing, int state)
{
    return dossier_move_task(doing->dossier, doing->world, doing->task, doing->move->name, state,
                             doing->by);
}

/* By the unit that took it, or by an org over that unit. */
static bool holds(const struct doing *doing)
{
    const struct task *task = doing->task;
    if (doing->by->role == CALLER_UNIT)
        return text_equal(doing->by->unit, task->unit);
    const struct unit *unit = snapshot_unit(doing->world->snapshot, task->unit);
    return doing->by->role == CALLER_ORG && (text_equal(doing->by->org, task->org) ||
                                             (unit != NULL && effect_below(doing, unit, NULL)));
}

static bool owns(const struct doing *doing)
{
    return offer_owns(&doing->dossier->ticket, doing->world->snapshot, doing->by,
                      doing->dossier->arena);
}

static bool deny(const struct doing *doing, const char *why)
{
    return error_set(doing->err, FAULT_DENIED, "%s", why);
}

static bool do_sign(const struct doing *doing)
{
    if (!holds(doing))
        return deny(doing, "only the unit that has it may do this");
    doing->task->met[STAGE_SIGN] = doing->world->now;
    to_state(doing, TASK_IS_SIGNED);
    return true;
}

/* The owner too may take it back from a unit that does nothing. */
static bool do_release(const struct doing *doing)
{
    if (!holds(doing) && !owns(doing))
        return deny(doing, "only the unit that has it or the owner may do this");
    to_state(doing, TASK_IS_WITHDRAWN);
    offer_settle(doing);
    return true;
}

/* By its title, else by its number from 1. */
static struct milestone *find_milestone(const struct doing *doing)
{
    const struct offer *offer = doing->dossier->ticket.offer;
    const char *asked = doing->body->milestone;
    int64_t number;
    for (int i = 0; i < offer->milestone_count; i++)
        if (text_equal(offer->milestones[i].title, asked))
            return &offer->milestones[i];
    if (text_to_int(asked, 1, offer->milestone_count, &number))
        return &offer->milestones[number - 1];
    error_add(doing->err, "/milestone", "is neither the title of a milestone nor its number");
    return NULL;
}

bool offer_mark(const struct doing *doing)
{
    struct milestone *milestone = find_milestone(doing);
    if (milestone == NULL)
        return false;
    if (doing->body->note != NULL)
        milestone->note = doing->body->note;
    if (doing->body->done == 0)
        milestone->done_at = INSTANT_NONE;
    else if (doing->body->done == 1 && !instant_set(milestone->done_at))
        milestone->done_at = doing->world->now;
    return true;
}

static bool do_milestone(const struct doing *doing)
{
    if (!holds(doing) && !owns(doing))
        return deny(doing, "only a unit that takes part or the owner may do this");
    if (!offer_mark(doing))
        return false;
    to_state(doing, doing->task->state);
    return true;
}

static bool do_finish(const struct doing *doing)
{
    struct task *task = doing->task;
    struct share *share = offer_share(doing->dossier->ticket.offer, task->number);
    if (!holds(doing))
        return deny(doing, "only the unit that has it may do this");
    if (share != NULL)
        share->result = doing->body->result;
    task->met[STAGE_RESOLVE] = doing->world->now;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    to_state(doing, TASK_IS_REPLIED);
    return true;
}

/* The owner's rating completes the share; nobody rates what they have finished themselves. */
static bool rate_unit(const struct doing *doing, struct share *share)
{
    struct dossier *dossier = doing->dossier;
    struct task *task = doing->task;
    if (task->rating >= 0 || task->state != TASK_IS_REPLIED)
        return dossier_refuse(dossier, task, doing->err, "its work has been rated already");
    if (doing->by->key == task->asked_key ||
        (doing->by->org != NULL && text_equal(doing->by->org, task->asked_org)))
        return deny(doing, "nobody rates what they have finished themselves");
    task->rating = doing->body->score;
    if (share != NULL)
        share->note = doing->body->note;
    to_state(doing, TASK_IS_COMPLETED);
    struct instant met = task->met[STAGE_RESOLVE], due = task->due[STAGE_RESOLVE];
    dossier->record_unit = task->unit;
    dossier->record.handled++;
    dossier->record.on_time += !instant_set(due) || met.us <= due.us;
    dossier->record.rated++;
    dossier->record.rating_sum += (double)task->rating / OFFER_RATING;
    offer_settle(doing);
    return true;
}

static bool rate_owner(const struct doing *doing, struct share *share)
{
    struct task *task = doing->task;
    if (task->rating_back >= 0)
        return dossier_refuse(doing->dossier, task, doing->err,
                              "the unit has rated the owner already");
    task->rating_back = doing->body->score;
    if (share != NULL)
        share->note_back = doing->body->note;
    to_state(doing, task->state);
    return true;
}

static bool do_rate(const struct doing *doing)
{
    struct share *share = offer_share(doing->dossier->ticket.offer, doing->task->number);
    if (owns(doing))
        return rate_unit(doing, share);
    if (holds(doing))
        return rate_owner(doing, share);
    return deny(doing, "only the owner and the unit rate each other");
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
    {"sign",      do_sign     },
    {"release",   do_release  },
    {"milestone", do_milestone},
    {"finish",    do_finish   },
    {"rate",      do_rate     },
    {"note",      do_note     },
};

effect_fn effect_on_share(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
