/* What a unit that was called does, and who decides when it will not come. */
#include "domain/whistle.h"

static struct event *to_state(const struct doing *doing, int state)
{
    return dossier_move_task(doing->dossier, doing->world, doing->task, doing->move->name, state,
                             doing->by);
}

static bool refuse(const struct doing *doing, const char *why)
{
    return dossier_refuse(doing->dossier, doing->task, doing->err, why);
}

/* What the whistle says of the task's unit; of a damaged one nothing, and nothing is kept. */
static struct whistle_target *target_of(const struct doing *doing)
{
    struct whistle_target *target =
        whistle_target(doing->dossier->ticket.whistle, doing->task->unit);
    return target != NULL ? target : ARENA_NEW(doing->dossier->arena, struct whistle_target);
}

/* The unit is reached by the org: below it by `parent`, or a member of it. */
static bool org_reaches(const struct doing *doing, const char *org)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    struct names orgs = snapshot_orgs_below(snapshot, org, doing->dossier->arena);
    const struct unit *unit = snapshot_unit(snapshot, doing->task->unit);
    if (names_have(&orgs, doing->task->org))
        return true;
    for (int i = 0; unit != NULL && i < orgs.count; i++)
        if (names_have(&unit->joined, orgs.at[i]))
            return true;
    return false;
}

/* The unit itself or its org; a street does not answer its own call for its members, unless the
 * unit has no other org. */
static bool is_called(const struct doing *doing)
{
    const struct actor *by = doing->by;
    const struct task *task = doing->task;
    bool own =
        by->role == CALLER_UNIT ? text_equal(by->unit, task->unit) : text_equal(by->org, task->org);
    if (!own && by->role == CALLER_ORG && !text_equal(by->org, doing->dossier->ticket.head_org))
        own = org_reaches(doing, by->org);
    return own || error_set(doing->err, FAULT_DENIED, "only the unit that was called does this");
}

static bool do_acknowledge(const struct doing *doing)
{
    if (!is_called(doing))
        return false;
    doing->task->met[STAGE_SIGN] = doing->world->now;
    to_state(doing, TASK_IS_SIGNED);
    return true;
}

/* Those who come later are told by a further arrival; the first one meets the clock. */
static bool do_arrive(const struct doing *doing)
{
    struct whistle_target *target = target_of(doing);
    if (!is_called(doing))
        return false;
    if (!instant_set(doing->task->met[STAGE_CONTACT]))
        doing->task->met[STAGE_CONTACT] = doing->world->now;
    target->who = doing->body->who != NULL ? doing->body->who : target->who;
    target->how_many = doing->body->how_many > 0 ? doing->body->how_many : target->how_many;
    to_state(doing, doing->task->state);
    return true;
}

static bool do_result(const struct doing *doing)
{
    struct task *task = doing->task;
    struct whistle_target *target = target_of(doing);
    if (!is_called(doing))
        return false;
    if (instant_set(task->due[STAGE_CONTACT]) && !instant_set(task->met[STAGE_CONTACT]))
        return refuse(doing, "arrive first: this whistle has a clock for it");
    task->met[STAGE_RESOLVE] = doing->world->now;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    target->result = doing->body->result;
    target->solved = doing->body->solved;
    to_state(doing, TASK_IS_REPLIED);
    return true;
}

/* The district over the place is told and decides; its level is the district's at least. */
static void call_district(const struct doing *doing)
{
    struct task *task = doing->task;
    const struct ticket *ticket = &doing->dossier->ticket;
    const struct org *district = snapshot_org_over(doing->world->snapshot, ORG_DISTRICT_CONFERENCE,
                                                   ticket->sent.area, &ticket->barred);
    if (task->level > LEVEL_DISTRICT)
        task->level = LEVEL_DISTRICT;
    if (district != NULL && !text_equal(district->code, task->org) &&
        !names_have(&task->seen_by, district->code))
        task->seen_by = names_with(doing->dossier->arena, &task->seen_by, district->code);
}

static bool do_refuse(const struct doing *doing)
{
    struct task *task = doing->task;
    if (!is_called(doing))
        return false;
    target_of(doing)->refusal = doing->body->reason;
    task->prior = task->state;
    task->asked_key = doing->by->key;
    task->asked_org = doing->by->org;
    call_district(doing);
    to_state(doing, TASK_IS_RETURN_REQUESTED);
    return true;
}

/* An org that decides on a refusal is the district conference over the place. */
static bool may_decide(const struct doing *doing)
{
    if (doing->by->role == CALLER_ORG) {
        const struct ticket *ticket = &doing->dossier->ticket;
        const struct org *district = snapshot_org_over(
            doing->world->snapshot, ORG_DISTRICT_CONFERENCE, ticket->sent.area, &ticket->barred);
        if (district == NULL || !text_equal(district->code, doing->by->org))
            return error_set(doing->err, FAULT_DENIED, "a refusal is decided by the district");
    }
    return effect_not_own(doing);
}

static bool do_refuse_approve(const struct doing *doing)
{
    if (!may_decide(doing))
        return false;
    to_state(doing, TASK_IS_RETURNED);
    return true;
}

/* It has to come: the clocks never stood. */
static bool do_refuse_reject(const struct doing *doing)
{
    if (!may_decide(doing))
        return false;
    to_state(doing, doing->task->prior);
    return true;
}

/* The unit's word about the street that called it. */
static bool rate_street(const struct doing *doing)
{
    struct task *task = doing->task;
    if (!text_equal(doing->by->unit, task->unit))
        return error_set(doing->err, FAULT_DENIED, "only the unit that was called rates it");
    if (task->rating_back >= 0)
        return refuse(doing, "the unit has rated the street already");
    task->rating_back = doing->body->score;
    to_state(doing, task->state);
    return true;
}

static bool do_rate(const struct doing *doing)
{
    struct task *task = doing->task;
    if (doing->by->role == CALLER_UNIT)
        return rate_street(doing);
    if (!text_equal(doing->by->org, doing->dossier->ticket.head_org))
        return error_set(doing->err, FAULT_DENIED, "only the street that called rates a result");
    if (task->state != TASK_IS_REPLIED)
        return refuse(doing, "the street has rated this already");
    if (doing->by->key == task->asked_key)
        return error_set(doing->err, FAULT_DENIED, "nobody rates a result of their own");
    task->rating = doing->body->score;
    to_state(doing, TASK_IS_COMPLETED);
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
    {"acknowledge",    do_acknowledge   },
    {"arrive",         do_arrive        },
    {"result",         do_result        },
    {"refuse",         do_refuse        },
    {"refuse/approve", do_refuse_approve},
    {"refuse/reject",  do_refuse_reject },
    {"rate",           do_rate          },
    {"note",           do_note          },
};

effect_fn effect_on_target(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
