/* Deliberately simple; see the header. */
#include "support/plain_life.h"

#include <stdlib.h>
#include <string.h>

#define X(name, word) word,
const char *const life_words[] = {LIFE_ACTS(X) NULL};
#undef X

enum { STEP_LIFTED = -1, STEP_REVIEW = -2, FIRST_ESCALATION = 1 + POLICY_REMINDERS };

void life_begin(struct life *life, const struct policy *policy, struct plain_table *first,
                struct plain_table *second, bool has_phone)
{
    memset(life, 0, sizeof(*life));
    life->policy = policy;
    life->tables[0] = first;
    life->tables[1] = second;
    life->has_phone = has_phone;
    life->review = INSTANT_NONE;
    life->last = (struct instant){0};
    life->pauses.at = life->pause_list;
}

bool life_open(const struct life_task *task)
{
    return task->state == TASK_IS_ASSIGNED || task->state == TASK_IS_SIGNED ||
           task->state == TASK_IS_REPLIED || task->state == TASK_IS_RETURN_REQUESTED;
}

bool life_runs(const struct life_task *task, int stage)
{
    return life_open(task) && task->state != TASK_IS_REPLIED && !task->clocks[stage].met &&
           instant_set(task->clocks[stage].due);
}

struct life_task *life_lead(struct life *life)
{
    struct life_task *lead = NULL;
    for (int i = 0; i < life->task_count; i++) {
        struct life_task *task = &life->tasks[i];
        if (task->role == ROLE_LEAD && task->state != TASK_IS_RETURNED &&
            task->state != TASK_IS_WITHDRAWN)
            lead = task;
    }
    return lead;
}

static struct instant span_due(struct life *life, struct life_task *task, struct instant from,
                               struct amount span, bool *provisional)
{
    if (span.amount == 0 || !instant_set(from))
        return INSTANT_NONE;
    return plain_due(task->table, from, span, &life->pauses, provisional);
}

static void dues_walk(struct life *life, struct life_task *task, struct instant dues[STAGE_COUNT])
{
    const struct policy *policy = life->policy;
    bool again = task->round > 1 && policy->rehandle.amount > 0, provisional = false;
    struct instant end = span_due(life, task, task->dispatched,
                                  again ? policy->rehandle : policy->resolve, &provisional);
    for (int i = 0; i < task->grant_count; i++)
        end = span_due(life, task, end, task->granted[i], &provisional);
    dues[STAGE_RESOLVE] = end;
    dues[STAGE_SIGN] = span_due(life, task, task->arrived, policy->sign, &provisional);
    dues[STAGE_CONTACT] = INSTANT_NONE;
    if (life->has_phone)
        dues[STAGE_CONTACT] = span_due(life, task, task->arrived, policy->contact, &provisional);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        bool late = instant_set(dues[stage]) && instant_set(end) && dues[stage].us > end.us;
        if (late)
            dues[stage] = end;
        if (life->hung)
            dues[stage] = INSTANT_NONE;
    }
    task->provisional = provisional;
}

static struct instant out_of_pauses(const struct life *life, struct instant at)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < life->pauses.count; i++) {
            const struct interval *pause = &life->pauses.at[i];
            if (pause->from.us <= at.us && at.us < pause->to.us) {
                at = pause->to;
                moved = true;
            }
        }
    }
    return at;
}

static struct instant remind_at(struct life *life, struct life_task *task, int stage, int index)
{
    const struct reminder *reminder = &life->policy->reminders[index];
    struct instant due = task->clocks[stage].due, at;
    struct instant start = stage == STAGE_RESOLVE ? task->dispatched : task->arrived;
    if (index >= life->policy->reminder_count || reminder->stage != stage)
        return INSTANT_NONE;
    if (task->arrived.us >= due.us)
        return INSTANT_NONE; /* too late before it began */
    if (reminder->share > 0)
        at.us = start.us + (int64_t)(reminder->share * (double)(due.us - start.us));
    else
        at = plain_before(task->table, due, reminder->before);
    at = out_of_pauses(life, at);
    if (at.us < due.us)
        at = plain_remind(task->table, at, start, due);
    return at.us < due.us ? at : INSTANT_NONE;
}

static struct instant escalate_at(struct life *life, struct life_task *task, int stage, int index)
{
    bool provisional = false;
    if (index >= life->policy->escalation_count)
        return INSTANT_NONE;
    struct amount after = life->policy->escalations[index].after;
    struct instant due = task->clocks[stage].due;
    return after.amount == 0 ? due : span_due(life, task, due, after, &provisional);
}

static void log_add(struct life *life, int task, int stage, int step, struct instant at,
                    struct instant due)
{
    if (life->log_count == LIFE_LOG)
        abort();
    struct instant when = at.us > life->last.us ? at : life->last;
    life->log[life->log_count++] = (struct life_event){task, stage, step, due, at, when};
}

/* The due of a clock is `due` now: what fired and lies ahead again has not fired. */
static void clock_move(struct life *life, struct life_task *task, int stage, struct instant due)
{
    struct life_clock *clock = &task->clocks[stage];
    bool moved = clock->due.us != due.us;
    clock->due = due;
    for (int step = 0; step < LIFE_STEPS; step++) {
        struct instant at = due;
        if (step >= FIRST_ESCALATION && instant_set(due))
            at = escalate_at(life, task, stage, step - FIRST_ESCALATION);
        else if (step > 0 && instant_set(due))
            at = remind_at(life, task, stage, step - 1);
        clock->at[step] = at;
        if (!moved || !instant_set(due))
            continue;
        bool ahead = !instant_set(at) || at.us > life->last.us;
        if (step == 0 && clock->fired[0] && ahead)
            log_add(life, task->number, stage, STEP_LIFTED, life->last, due);
        clock->fired[step] = clock->fired[step] && !ahead;
    }
}

/* Every clock of every open task that was not met, from the start. */
static void clocks_walk(struct life *life)
{
    struct instant dues[STAGE_COUNT];
    for (int i = 0; i < life->task_count; i++) {
        struct life_task *task = &life->tasks[i];
        if (!life_open(task))
            continue;
        dues_walk(life, task, dues);
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            if (!task->clocks[stage].met)
                clock_move(life, task, stage, dues[stage]);
    }
}

/* The earliest that has not fired; of several at one instant the first. */
static bool task_next(const struct life_task *task, struct instant now, int *ret_stage,
                      int *ret_step)
{
    struct instant best = {now.us + 1};
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        static const int order[] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16};
        const struct life_clock *clock = &task->clocks[stage];
        for (int i = 0; i < LIFE_STEPS && life_runs(task, stage); i++) {
            int step = order[i];
            if (clock->fired[step] || !instant_set(clock->at[step]) ||
                clock->at[step].us >= best.us)
                continue;
            best = clock->at[step];
            *ret_stage = stage;
            *ret_step = step;
        }
    }
    return best.us <= now.us;
}

void life_until(struct life *life, struct instant now)
{
    int stage = 0, step = 0;
    if (life->hung && instant_set(life->review) && life->review.us <= now.us) {
        log_add(life, life_lead(life)->number, 0, STEP_REVIEW, life->review, INSTANT_NONE);
        life->review = INSTANT_NONE;
    }
    for (int i = 0; i < life->task_count; i++) {
        struct life_task *task = &life->tasks[i];
        while (task_next(task, now, &stage, &step)) {
            struct life_clock *clock = &task->clocks[stage];
            clock->fired[step] = true;
            log_add(life, task->number, stage, step, clock->at[step], clock->due);
        }
    }
}

static struct instant round_start(struct life *life, int round, struct instant now)
{
    for (int i = 0; i < life->task_count; i++)
        if (life->tasks[i].role == ROLE_LEAD && life->tasks[i].round == round)
            return life->tasks[i].dispatched;
    return now;
}

/* A task for somebody new. What was granted to the lead of its round goes with it. */
static void task_add(struct life *life, int role, int round, struct instant now,
                     const struct life_task *heir_of)
{
    if (life->task_count == LIFE_TASKS)
        abort();
    struct instant start = round_start(life, round, now);
    struct life_task *task = &life->tasks[life->task_count++];
    memset(task, 0, sizeof(*task));
    task->number = life->task_count;
    task->role = role;
    task->round = round;
    task->state = TASK_IS_ASSIGNED;
    task->dispatched = start;
    task->arrived = now;
    task->table = life->tables[life->table];
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        task->clocks[stage].due = INSTANT_NONE;
    if (heir_of != NULL && heir_of->round == round) {
        memcpy(task->granted, heir_of->granted, sizeof(task->granted));
        task->grant_count = heir_of->grant_count;
    }
}

static void task_arrive(struct life_task *task, struct instant now)
{
    task->arrived = now;
    task->state = TASK_IS_ASSIGNED;
    task->delegated = true;
    task->asked.amount = 0;
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (stage != STAGE_RESOLVE)
            task->clocks[stage] = (struct life_clock){.due = INSTANT_NONE};
}

static void task_reply(struct life_task *task)
{
    task->state = TASK_IS_REPLIED;
    task->asked.amount = 0;
    task->contact_by_reply = !task->clocks[STAGE_CONTACT].met;
    task->clocks[STAGE_CONTACT].met = task->clocks[STAGE_RESOLVE].met = true;
}

static void task_reject_reply(struct life_task *task)
{
    task->state = TASK_IS_SIGNED;
    task->clocks[STAGE_RESOLVE].met = false;
    if (task->contact_by_reply)
        task->clocks[STAGE_CONTACT].met = false;
}

static bool lead_in(struct life *life, unsigned states)
{
    const struct life_task *lead = life_lead(life);
    if (lead == NULL)
        return false;
    int state = lead->state == TASK_IS_RETURN_REQUESTED ? lead->prior : lead->state;
    return (states & 1u << state) != 0;
}

/* No longer than the policy's longest, both counted from the old due. */
static bool span_fits(struct life *life, struct life_task *task, struct amount span)
{
    bool provisional = false;
    struct instant due = task->clocks[STAGE_RESOLVE].due;
    if (life->policy->extension_span.amount == 0)
        return false;
    return span_due(life, task, due, span, &provisional).us <=
           span_due(life, task, due, life->policy->extension_span, &provisional).us;
}

static bool window_open(struct life *life, struct life_task *task, struct instant now)
{
    bool provisional = false;
    struct amount window = life->policy->return_window;
    return window.amount == 0 ||
           now.us <= span_due(life, task, task->arrived, window, &provisional).us;
}

static bool assists_done(const struct life *life)
{
    for (int i = 0; i < life->task_count; i++)
        if (life->tasks[i].role == ROLE_ASSIST && life_open(&life->tasks[i]))
            return false;
    return true;
}

static bool may_extend(struct life *life, struct life_task *task, struct instant now,
                       struct amount span)
{
    struct instant due = task->clocks[STAGE_RESOLVE].due;
    return task->asked.amount == 0 && task->grant_count < life->policy->extension_times &&
           instant_set(due) && now.us < due.us && span_fits(life, task, span);
}

static bool on_task_allowed(struct life *life, const struct life_action *action,
                            struct life_task *task)
{
    bool assigned = task->state == TASK_IS_ASSIGNED, signed_ = task->state == TASK_IS_SIGNED;
    struct amount span = action->span.amount > 0 ? action->span : task->asked;
    if (action->act == LIFE_NOTE)
        return true;
    if (life->hung)
        return false;
    switch (action->act) {
    case LIFE_SIGN:
        return assigned;
    case LIFE_DELEGATE:
        return assigned || signed_;
    case LIFE_RETURN:
        return (assigned || signed_) && window_open(life, task, action->at);
    case LIFE_RETURN_APPROVE:
    case LIFE_RETURN_REJECT:
        return task->state == TASK_IS_RETURN_REQUESTED;
    case LIFE_ASSIST:
        return signed_ && task->role == ROLE_LEAD;
    case LIFE_EXTEND:
        return signed_ && may_extend(life, task, action->at, action->span);
    case LIFE_EXTEND_APPROVE:
        return signed_ && task->asked.amount > 0 && span_fits(life, task, span);
    case LIFE_EXTEND_REJECT:
        return signed_ && task->asked.amount > 0;
    case LIFE_REPLY_PASS:
        return task->state == TASK_IS_REPLIED && (task->role == ROLE_ASSIST || assists_done(life));
    case LIFE_REPLY_REJECT:
        return task->state == TASK_IS_REPLIED;
    default:
        return signed_; /* contact, reply */
    }
}

static bool on_ticket_allowed(struct life *life, const struct life_action *action)
{
    const struct life_task *lead = life_lead(life);
    bool first = lead != NULL && lead->round == 1 && !life->hung;
    switch (action->act) {
    case LIFE_DISPATCH:
        return life->task_count == 0;
    case LIFE_REDISPATCH:
        return first && lead_in(life, 1u << TASK_IS_ASSIGNED | 1u << TASK_IS_SIGNED);
    case LIFE_HANG:
        return first && lead_in(life, 1u << TASK_IS_SIGNED);
    case LIFE_UNHANG:
        return life->hung;
    case LIFE_CALLBACK:
        return lead_in(life, 1u << TASK_IS_COMPLETED);
    case LIFE_CALENDAR:
        return life->table == 0;
    default:
        return life->task_count > 0; /* recalculate */
    }
}

static void on_task(struct life *life, const struct life_action *action, struct life_task *task)
{
    switch (action->act) {
    case LIFE_SIGN:
        task->state = TASK_IS_SIGNED;
        task->clocks[STAGE_SIGN].met = true;
        break;
    case LIFE_CONTACT:
        task->clocks[STAGE_CONTACT].met = true;
        break;
    case LIFE_DELEGATE:
        task_arrive(task, action->at);
        break;
    case LIFE_ASSIST:
        task_add(life, ROLE_ASSIST, task->round, action->at, task);
        break;
    case LIFE_RETURN:
        task->prior = task->state;
        task->state = TASK_IS_RETURN_REQUESTED;
        break;
    case LIFE_RETURN_REJECT:
        task->state = task->prior;
        break;
    case LIFE_RETURN_APPROVE:
        task->state = TASK_IS_RETURNED;
        if (task->role == ROLE_LEAD)
            task_add(life, ROLE_LEAD, task->round, action->at, task);
        break;
    case LIFE_EXTEND:
        task->asked = action->span;
        break;
    case LIFE_EXTEND_APPROVE:
        task->granted[task->grant_count++] = action->span.amount > 0 ? action->span : task->asked;
        task->asked.amount = 0;
        break;
    case LIFE_EXTEND_REJECT:
        task->asked.amount = 0;
        break;
    case LIFE_REPLY:
        task_reply(task);
        break;
    case LIFE_REPLY_PASS:
        task->state = TASK_IS_COMPLETED;
        break;
    case LIFE_REPLY_REJECT:
        task_reject_reply(task);
        break;
    default:
        break; /* a note */
    }
}

static void hang(struct life *life, const struct life_action *action)
{
    if (life->pauses.count == LIFE_PAUSES)
        abort();
    life->hung = true;
    life->pauses.at[life->pauses.count++] = (struct interval){action->at, INSTANT_NONE};
    life->review = plain_day_start(life_lead(life)->table, action->review);
}

static void redispatch(struct life *life, struct instant now)
{
    const struct life_task *lead = life_lead(life);
    for (int i = 0; i < life->task_count; i++)
        if (life_open(&life->tasks[i]))
            life->tasks[i].state = TASK_IS_WITHDRAWN;
    task_add(life, ROLE_LEAD, 1, now, lead);
}

static void on_ticket(struct life *life, const struct life_action *action)
{
    switch (action->act) {
    case LIFE_DISPATCH:
        task_add(life, ROLE_LEAD, 1, action->at, NULL);
        break;
    case LIFE_REDISPATCH:
        redispatch(life, action->at);
        break;
    case LIFE_HANG:
        hang(life, action);
        break;
    case LIFE_UNHANG:
        life->hung = false;
        life->review = INSTANT_NONE;
        life->pauses.at[life->pauses.count - 1].to = action->at;
        break;
    case LIFE_CALLBACK:
        task_add(life, ROLE_LEAD, life_lead(life)->round + 1, action->at, NULL);
        break;
    case LIFE_CALENDAR:
        life->table = 1;
        break;
    default: /* recalculate */
        for (int i = 0; i < life->task_count; i++)
            if (life_open(&life->tasks[i]))
                life->tasks[i].table = life->tables[life->table];
    }
}

/* Actions that move no clock leave all as they are; walking would only cost time. */
static bool moves_clocks(int act)
{
    return act != LIFE_SIGN && act != LIFE_CONTACT && act != LIFE_RETURN &&
           act != LIFE_RETURN_REJECT && act != LIFE_EXTEND && act != LIFE_EXTEND_REJECT &&
           act != LIFE_REPLY && act != LIFE_REPLY_PASS && act != LIFE_NOTE && act != LIFE_CALENDAR;
}

bool life_do(struct life *life, const struct life_action *action)
{
    struct life_task *task = action->task > 0 && action->task <= life->task_count
                                 ? &life->tasks[action->task - 1]
                                 : NULL;
    if (action->task > 0 && task == NULL)
        return false;
    life_until(life, action->at);
    life->last = action->at;
    if (task != NULL ? !on_task_allowed(life, action, task) : !on_ticket_allowed(life, action))
        return false;
    if (task != NULL)
        on_task(life, action, task);
    else
        on_ticket(life, action);
    if (moves_clocks(action->act))
        clocks_walk(life);
    life_until(life, action->at);
    return true;
}
