/* Schedules are not kept: every step is worked out anew from the task's starts and dues, and a bit
 * per step says that it has happened. So a moved due moves its steps, and none comes twice. */
#include "domain/deadline.h"

/* Bits of task->fired, for each stage: the due instant, reminders, escalations. */
enum {
    BIT_OVERDUE = 0,
    BIT_REMINDER = 1,
    BIT_ESCALATION = BIT_REMINDER + POLICY_REMINDERS,
    BITS_USED = BIT_ESCALATION + POLICY_ESCALATIONS,
    BITS_STAGE = 20
};
_Static_assert(BITS_USED <= BITS_STAGE && BITS_STAGE * STAGE_COUNT <= TASK_WHISTLED_BIT,
               "task->fired has room");

static uint64_t stage_bits(int stage)
{
    return (((uint64_t)1 << BITS_STAGE) - 1) << (stage * BITS_STAGE);
}

static uint64_t step_bit(const struct step *step)
{
    int bit = BIT_OVERDUE;
    if (step->kind == STEP_REMIND)
        bit = BIT_REMINDER + step->index;
    else if (step->kind == STEP_ESCALATE)
        bit = BIT_ESCALATION + step->index;
    return (uint64_t)1 << (step->stage * BITS_STAGE + bit);
}

struct instant deadline_start(const struct task *task, int stage)
{
    return stage == STAGE_RESOLVE ? task->dispatched_at : task->arrived_at;
}

/* The due of one clock; absent without a span or a start. */
static struct instant clock_due(const struct terms *terms, struct instant start,
                                struct amount amount, bool *provisional)
{
    bool assumed = false;
    if (amount.amount < 1 || !instant_set(start))
        return INSTANT_NONE;
    struct instant due = calendar_due(terms->calendar, start, amount, terms->pauses, &assumed);
    *provisional = *provisional || assumed;
    return due;
}

/* Sign and contact, which end no later than `resolve`. */
static void arrival_set(struct task *task, const struct terms *terms, bool has_contact)
{
    const struct policy *policy = terms->policy;
    struct instant end = task->due[STAGE_RESOLVE];
    struct instant sign = clock_due(terms, task->arrived_at, policy->sign, &task->provisional);
    struct instant contact = INSTANT_NONE;
    if (has_contact)
        contact = clock_due(terms, task->arrived_at, policy->contact, &task->provisional);
    task->due[STAGE_SIGN] = instant_set(sign) ? instant_first(sign, end) : sign;
    task->due[STAGE_CONTACT] = instant_set(contact) ? instant_first(contact, end) : contact;
}

struct amount deadline_span(const struct task *task, const struct policy *policy, int stage)
{
    if (stage == STAGE_SIGN)
        return policy->sign;
    if (stage == STAGE_CONTACT)
        return policy->contact;
    return task->round > 1 && policy->rehandle.amount > 0 ? policy->rehandle : policy->resolve;
}

void deadline_set(struct task *task, const struct terms *terms, bool has_contact)
{
    struct amount span = deadline_span(task, terms->policy, STAGE_RESOLVE);
    task->provisional = false;
    struct instant due = clock_due(terms, task->dispatched_at, span, &task->provisional);
    if (terms->finish_by != NULL)
        due = *terms->finish_by;
    for (int i = 0; i < task->granted.count; i++)
        due = clock_due(terms, due, task->granted.at[i], &task->provisional);
    task->due[STAGE_RESOLVE] = due;
    arrival_set(task, terms, has_contact);
}

void deadline_arrive(struct task *task, const struct terms *terms, struct instant now,
                     bool has_contact)
{
    task->arrived_at = now;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (stage == STAGE_RESOLVE)
            continue;
        task->met[stage] = INSTANT_NONE;
        task->overdue &= ~(1u << stage);
        task->fired &= ~stage_bits(stage);
    }
    arrival_set(task, terms, has_contact);
}

bool deadline_open(const struct task *task, int stage)
{
    if (!instant_set(task->due[stage]) || instant_set(task->met[stage]))
        return false;
    if (task->state == TASK_IS_REPLIED)
        return stage == STAGE_RESOLVE;
    return task->state == TASK_IS_ASSIGNED || task->state == TASK_IS_SIGNED ||
           task->state == TASK_IS_RETURN_REQUESTED;
}

struct instant deadline_due(const struct task *task)
{
    struct instant due = INSTANT_NONE;
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (deadline_open(task, stage))
            due = instant_first(due, task->due[stage]);
    return due;
}

/* An instant inside a pause moves to its end. */
static struct instant behind_pauses(const struct intervals *pauses, struct instant at)
{
    for (int i = 0; pauses != NULL && i < pauses->count; i++)
        if (pauses->at[i].from.us <= at.us && at.us < pauses->at[i].to.us)
            at = pauses->at[i].to;
    return at;
}

/* When a reminder comes; absent when it would not come before due, or the task came no earlier. */
static struct instant reminder_at(const struct task *task, const struct terms *terms, int stage,
                                  const struct reminder *reminder)
{
    struct instant start = deadline_start(task, stage), due = task->due[stage], at;
    if (!instant_before(task->arrived_at, due))
        return INSTANT_NONE;
    if (reminder->share > 0)
        at.us = start.us + (int64_t)(reminder->share * (double)(due.us - start.us));
    else
        at = calendar_before(terms->calendar, due, reminder->before);
    at = behind_pauses(terms->pauses, at);
    if (instant_before(at, due))
        at = calendar_reminder(terms->calendar, at, start, due);
    return instant_before(at, due) ? at : INSTANT_NONE;
}

static struct instant escalation_at(const struct terms *terms, struct instant due,
                                    const struct escalation *escalation)
{
    if (escalation->after.amount < 1)
        return due;
    return calendar_due(terms->calendar, due, escalation->after, terms->pauses, NULL);
}

/* Takes `step` for `*best` if it has not fired and comes earlier; at one instant the first stays.
 */
static void step_offer(const struct task *task, const struct step *step, struct step *best)
{
    if ((task->fired & step_bit(step)) != 0 || !instant_set(step->at))
        return;
    if (!instant_set(best->at) || instant_before(step->at, best->at))
        *best = *step;
}

static void stage_offer(const struct task *task, const struct terms *terms, int stage,
                        struct step *best)
{
    const struct policy *policy = terms->policy;
    struct instant due = task->due[stage];
    for (int i = 0; i < policy->reminder_count; i++) {
        struct step step = {.stage = stage, .kind = STEP_REMIND, .index = i};
        if (policy->reminders[i].stage != stage || (task->fired & step_bit(&step)) != 0)
            continue;
        step.at = reminder_at(task, terms, stage, &policy->reminders[i]);
        step_offer(task, &step, best);
    }
    step_offer(task, &(struct step){.stage = stage, .kind = STEP_OVERDUE, .at = due}, best);
    for (int i = 0; i < policy->escalation_count; i++) {
        struct step step = {.stage = stage, .kind = STEP_ESCALATE, .index = i};
        if (instant_set(best->at) && instant_before(best->at, due))
            break;
        step.action = policy->escalations[i].kind;
        step.at = escalation_at(terms, due, &policy->escalations[i]);
        step_offer(task, &step, best);
    }
}

/* After the due of a stage moved: what fired and now lies ahead has not fired; true when the
 * overdue mark fell. */
static bool put_right(struct task *task, const struct terms *terms, int stage, struct instant now)
{
    struct task past = *task; /* as if nothing had fired, then all that lies behind */
    past.fired &= ~stage_bits(stage);
    struct step step = {.at = INSTANT_NONE};
    for (stage_offer(&past, terms, stage, &step); instant_set(step.at) && step.at.us <= now.us;
         stage_offer(&past, terms, stage, &step)) {
        past.fired |= step_bit(&step);
        step.at = INSTANT_NONE;
    }
    task->fired &= past.fired | ~stage_bits(stage);
    bool lifted = (task->overdue & 1u << stage) != 0 && now.us < task->due[stage].us;
    if (lifted)
        task->overdue &= ~(1u << stage);
    return lifted;
}

/* A ticket that is hung: its last pause has no end. */
static bool paused(const struct terms *terms)
{
    const struct intervals *pauses = terms->pauses;
    return pauses != NULL && pauses->count > 0 && !instant_set(pauses->at[pauses->count - 1].to);
}

struct refreshed deadline_refresh(struct task *task, const struct terms *terms, struct instant now,
                                  bool has_contact)
{
    struct task fresh = *task;
    struct refreshed result = {0};
    deadline_set(&fresh, terms, has_contact);
    task->provisional = fresh.provisional;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        struct instant due = paused(terms) ? INSTANT_NONE : fresh.due[stage];
        if (instant_set(task->met[stage]) || due.us == task->due[stage].us)
            continue;
        task->due[stage] = due;
        result.moved = true;
        if (instant_set(due) && put_right(task, terms, stage, now))
            result.lifted |= 1u << stage;
    }
    return result;
}

bool deadline_next(const struct task *task, const struct terms *terms, struct step *ret_step)
{
    struct step best = {.at = INSTANT_NONE};
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (deadline_open(task, stage))
            stage_offer(task, terms, stage, &best);
    if (!instant_set(best.at))
        return false;
    *ret_step = best;
    return true;
}

void deadline_fire(struct task *task, const struct step *step)
{
    task->fired |= step_bit(step);
    if (step->kind == STEP_OVERDUE)
        task->overdue |= 1u << step->stage;
}

void deadline_plan(struct task *task, const struct terms *terms)
{
    struct step step;
    task->next_at = deadline_next(task, terms, &step) ? step.at : INSTANT_NONE;
}
