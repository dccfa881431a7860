/* Histories by dice. */
#include "support/random_life.h"

#include <stdio.h>

#include "support/calendar_file.h"
#include "support/random_registry.h"

static const int64_t second = 1000000, minute = 60 * 1000000LL, day = 1440 * 60 * 1000000LL;

static bool chance(int of)
{
    return random_below(of) == 0;
}

/* low..high, both included. */
static int pick(int low, int high)
{
    return low + random_below(high - low + 1);
}

/* calendars */

static struct frames frames_of(struct arena *arena, const int *edges)
{
    struct frames frames = {0, ARENA_ARRAY(arena, struct frame, 4)};
    for (; edges[0] < edges[1]; edges += 2)
        frames.at[frames.count++] = (struct frame){edges[0], edges[1]};
    return frames;
}

/* New York's clocks show the hour from 60 twice in a night and skip the next: no edge lies there.
 */
static struct frames random_frames(struct arena *arena)
{
    static const int kinds[][6] = {
        {540, 720,  810,  1050, 0, 0},
        {497, 703,  811,  1033, 0, 0},
        {0,   1440, 0,    0,    0, 0},
        {0,   60,   1300, 1440, 0, 0},
        {840, 1440, 0,    0,    0, 0},
        {0,   480,  0,    0,    0, 0},
        {599, 600,  720,  723,  0, 0},
        {0,   1,    1439, 1440, 0, 0},
        {0,   0,    0,    0,    0, 0},
        {480, 720,  720,  1080, 0, 0},
        {1,   57,   900,  1439, 0, 0},
    };
    return frames_of(arena, kinds[random_below(COUNT_OF(kinds))]);
}

static void week_fill(struct calendar *calendar, struct arena *arena)
{
    static const int office[] = {540, 720, 810, 1050, 0, 0}, whole[] = {0, 1440, 0, 0};
    int kind = random_below(3);
    for (int i = 0; i < 7; i++) {
        if (kind == 0)
            calendar->week[i] = frames_of(arena, whole);
        else if (kind == 1)
            calendar->week[i] = random_frames(arena);
        else if (i < 5)
            calendar->week[i] = frames_of(arena, office);
    }
    calendar->week[2] = frames_of(arena, chance(2) ? office : whole); /* something to count */
}

/* Overrides around `today`: those of `cn`, if any, and some by dice. */
static void dated_fill(struct calendar *calendar, const struct calendar *cn, struct date today,
                       int rarity, struct arena *arena)
{
    enum { AROUND = 200 };
    int at = 0;
    calendar->overrides = ARENA_ARRAY(arena, struct override, 2 * AROUND);
    for (int32_t d = today.day - AROUND; d < today.day + AROUND; d++) {
        while (cn != NULL && at < cn->override_count && cn->overrides[at].date.day < d)
            at++;
        bool known = cn != NULL && at < cn->override_count && cn->overrides[at].date.day == d;
        struct override *override = &calendar->overrides[calendar->override_count];
        if (known)
            *override = cn->overrides[at];
        bool other = rarity > 0 && d > today.day - 9 && d < today.day + 40 && chance(rarity);
        if (other)
            *override = (struct override){.date = {d}, .kind = random_below(2)};
        if (other && chance(3)) {
            override->own_frames = true;
            override->frames = random_frames(arena);
        }
        calendar->override_count += known || other;
    }
}

static struct date random_today(void)
{
    struct date first, last;
    if (!date_make(2005, 6, 1, &first) || !date_make(2027, 10, 1, &last))
        return DATE_NONE;
    /* Around China's long holidays, New Year and changes of New York's clocks. */
    static const int months[] = {1, 2, 3, 5, 9, 10, 11, 12};
    struct date today = {pick(first.day, last.day)};
    int year, month, day_of_month;
    date_split(today, &year, &month, &day_of_month);
    if (!chance(4) && !date_make(year, months[random_below(8)], pick(1, 28), &today))
        return DATE_NONE;
    return today;
}

struct random_calendars *random_calendars(uint64_t seed, const struct calendar *cn,
                                          struct arena *arena)
{
    static const char *const zones[] = {"Asia/Shanghai", "UTC", "Asia/Kolkata", "America/New_York"};
    random_seed(seed);
    struct random_calendars *made = ARENA_NEW(arena, struct random_calendars);
    struct calendar base = {.code = "c", .name = "c", .status = STATUS_ACTIVE};
    bool shipped = !chance(3);
    made->today = random_today();
    if (shipped) {
        base.zone_name = cn->zone_name;
        for (int i = 0; i < 7; i++)
            base.week[i] = cn->week[i];
    } else {
        base.zone_name = zones[random_below(COUNT_OF(zones))];
        week_fill(&base, arena);
    }
    base.zone = zone_find(base.zone_name);
    for (int i = 0; i < 2; i++) {
        made->versions[i] = base;
        made->versions[i].version = i + 1;
        dated_fill(&made->versions[i], shipped ? cn : NULL, made->today, i == 0 && shipped ? 0 : 9,
                   arena);
        made->tables[i] = plain_table_new(&made->versions[i], arena);
    }
    return made;
}

/* policies */

static struct amount random_span(int scale)
{
    static const int most[] = {900, 60, 4, 12, 4};
    struct amount span = {0, random_below(SPAN_UNIT_COUNT)};
    span.amount = pick(1, most[span.unit] * scale);
    return span;
}

static void random_policy(struct policy *policy)
{
    static const double shares[] = {0.125, 0.25, 0.5, 0.75, 0.9375};
    *policy = (struct policy){.code = "p", .name = "p", .calendar = "c"};
    policy->status = STATUS_ACTIVE;
    policy->version = 1;
    policy->rules = rules_standard;
    policy->rules.returns_per_unit = policy->rules.returns_per_ticket = 100;
    policy->rules.rehandle_level_up_at = policy->rules.transfer_level_up_at = 100;
    policy->resolve = random_span(chance(2) ? 2 : 7);
    policy->sign = chance(5) ? (struct amount){0} : random_span(1);
    policy->contact = chance(5) ? (struct amount){0} : random_span(2);
    policy->rehandle = chance(5) ? (struct amount){0} : random_span(2);
    policy->reminder_count = random_below(6);
    for (int i = 0; i < policy->reminder_count; i++) {
        struct reminder *reminder = &policy->reminders[i];
        reminder->stage = random_below(STAGE_COUNT);
        if (chance(2))
            reminder->share = shares[random_below(COUNT_OF(shares))];
        else
            reminder->before = random_span(1);
    }
    policy->escalation_count = random_below(5);
    for (int i = 0; i < policy->escalation_count; i++) {
        policy->escalations[i].kind = random_below(ESCALATE_LEVEL_UP + 1);
        if (!chance(3))
            policy->escalations[i].after = random_span(1);
    }
    policy->extension_times = random_below(5);
    policy->extension_span = random_span(3);
    if (chance(2))
        policy->return_window = random_span(1);
}

/* instants */

/* A due or another step of some clock, absent if there is none ahead. */
static struct instant random_step(const struct life *life)
{
    if (life->task_count == 0)
        return INSTANT_NONE;
    const struct life_task *task = &life->tasks[random_below(life->task_count)];
    const struct life_clock *clock = &task->clocks[random_below(STAGE_COUNT)];
    struct instant at = clock->at[chance(2) ? 0 : random_below(LIFE_STEPS)];
    bool ahead = life_open(task) && instant_set(clock->due) && instant_set(at);
    return ahead && at.us - life->last.us < (chance(4) ? 40 : 4) * day ? at : INSTANT_NONE;
}

/* Where working time begins or ends next. */
static struct instant next_edge(struct plain_table *table, struct instant now)
{
    int64_t us = now.us - now.us % minute;
    bool works = plain_table_works(table, now);
    for (int i = 0; i < 6 * 1440 && plain_table_works(table, (struct instant){us}) == works; i++)
        us += minute;
    return (struct instant){us};
}

static struct instant random_instant(struct life *life)
{
    static const int64_t aside[] = {0, 0, 0, -1000000, 1000000, -60000000, 60000000, -1, 1};
    struct instant now = life->last, at = now;
    int way = random_below(10);
    if (way < 4)
        at = random_step(life);
    else if (way < 6)
        at = next_edge(life->tables[0], (struct instant){now.us + random_below(1440) * minute});
    else if (way < 7)
        at = plain_midnight(life->tables[0], (struct instant){now.us + pick(1, 2) * day});
    if (!instant_set(at))
        at = now;
    if (way == 7)
        at.us += pick(0, 2000) * minute + 59 * second * random_below(2);
    else if (way == 8)
        at.us += pick(0, 300) * minute;
    else if (way < 7)
        at.us += aside[random_below(COUNT_OF(aside))];
    return at.us < now.us ? now : at;
}

/* actions */

struct chances {
    int act, weight;
};

static int choose(const struct chances *list)
{
    int sum = 0, at = 0;
    while (list[at].weight > 0)
        sum += list[at++].weight;
    int left = random_below(sum);
    for (at = 0; left >= list[at].weight; at++)
        left -= list[at].weight;
    return list[at].act;
}

static int act_in_state(const struct life_task *task)
{
    static const struct chances assigned[] = {
        {LIFE_SIGN,       8},
        {LIFE_DELEGATE,   2},
        {LIFE_RETURN,     2},
        {LIFE_REDISPATCH, 1},
        {0,               0}
    };
    static const struct chances by_signed[] = {
        {LIFE_CONTACT,    3},
        {LIFE_DELEGATE,   2},
        {LIFE_RETURN,     2},
        {LIFE_ASSIST,     2},
        {LIFE_EXTEND,     6},
        {LIFE_HANG,       8},
        {LIFE_REPLY,      4},
        {LIFE_REDISPATCH, 1},
        {LIFE_NOTE,       1},
        {0,               0}
    };
    static const struct chances asked[] = {
        {LIFE_EXTEND_APPROVE, 6},
        {LIFE_EXTEND_REJECT,  2},
        {LIFE_HANG,           3},
        {LIFE_REPLY,          1},
        {LIFE_RETURN,         1},
        {0,                   0}
    };
    static const struct chances requested[] = {
        {LIFE_RETURN_APPROVE, 3},
        {LIFE_RETURN_REJECT,  4},
        {LIFE_HANG,           1},
        {0,                   0}
    };
    static const struct chances replied[] = {
        {LIFE_REPLY_REJECT, 5},
        {LIFE_REPLY_PASS,   3},
        {0,                 0}
    };
    switch (task->state) {
    case TASK_IS_ASSIGNED:
        return choose(assigned);
    case TASK_IS_SIGNED:
        return choose(task->asked.amount > 0 ? asked : by_signed);
    case TASK_IS_RETURN_REQUESTED:
        return choose(requested);
    case TASK_IS_REPLIED:
        return choose(replied);
    default:
        return task->state == TASK_IS_COMPLETED ? LIFE_CALLBACK : LIFE_NOTE;
    }
}

static bool is_on_ticket(int act)
{
    return act == LIFE_DISPATCH || act == LIFE_REDISPATCH || act == LIFE_HANG ||
           act == LIFE_UNHANG || act == LIFE_CALLBACK || act == LIFE_CALENDAR ||
           act == LIFE_RECALCULATE;
}

/* Extensions are mostly asked for in time, and granted before as well as after the due. */
static void steer(const struct life *life, const struct life_task *task, struct life_action *action)
{
    struct instant due = task->clocks[STAGE_RESOLVE].due;
    bool ahead = instant_set(due) && life->last.us < due.us;
    if (action->act == LIFE_EXTEND && !ahead && !chance(6))
        action->act = chance(2) ? LIFE_REPLY : LIFE_HANG;
    if (action->act == LIFE_EXTEND && !chance(6))
        action->at = life->last;
    bool later = ahead && due.us - life->last.us < 20 * day && chance(2);
    if (action->act == LIFE_EXTEND_APPROVE && later)
        action->at.us = due.us + random_below(3000) * minute;
}

static struct life_action random_action(struct life *life)
{
    struct life_action action = {.at = random_instant(life)};
    const struct life_task *task = life_lead(life);
    if (chance(4))
        task = &life->tasks[random_below(life->task_count)];
    if (chance(9))
        action.act = random_below(LIFE_ACT_COUNT);
    else if (chance(14))
        action.act = life->table == 0 ? LIFE_CALENDAR : LIFE_RECALCULATE;
    else if (life->hung)
        action.act = chance(6) ? LIFE_NOTE : LIFE_UNHANG;
    else
        action.act = act_in_state(task);
    steer(life, task, &action);
    action.task = is_on_ticket(action.act) ? 0 : task->number;
    if (action.act == LIFE_EXTEND || (action.act == LIFE_EXTEND_APPROVE && chance(3)))
        action.span = chance(3) ? random_span(2) : life->policy->extension_span;
    action.review.day = (int32_t)(action.at.us / day) + 2 + random_below(12);
    return action;
}

void random_life(uint64_t seed, const struct random_calendars *calendars, struct life *life,
                 struct random_life *ret)
{
    random_seed(seed);
    *ret = (struct random_life){.seed = seed, .calendars = calendars};
    random_policy(&ret->policy);
    ret->has_phone = !chance(4);
    life_begin(life, &ret->policy, calendars->tables[0], calendars->tables[1], ret->has_phone);
    life->last.us = ((int64_t)calendars->today.day * 1440 + random_below(1440)) * minute;
    life->last = random_instant(life);
    ret->actions[ret->action_count++] = (struct life_action){LIFE_DISPATCH, .at = life->last};
    life_do(life, &ret->actions[0]);
    for (int count = pick(5, RANDOM_ACTIONS); ret->action_count < count;) {
        struct life_action action = random_action(life);
        life_do(life, &action);
        ret->actions[ret->action_count++] = action;
    }
}

/* for people */

static void show_amount(const char *name, struct amount amount)
{
    if (amount.amount > 0)
        fprintf(stderr, "  %s %d %s\n", name, (int)amount.amount, span_unit_words[amount.unit]);
}

void random_life_show(const struct random_life *history, struct arena *arena)
{
    const struct policy *policy = &history->policy;
    const struct calendar *calendar = &history->calendars->versions[0];
    fprintf(stderr, "seed %llu, zone %s\n", (unsigned long long)history->seed, calendar->zone_name);
    show_amount("sign", policy->sign);
    if (history->has_phone)
        show_amount("contact", policy->contact);
    show_amount("resolve", policy->resolve);
    show_amount("rehandle", policy->rehandle);
    show_amount("return window", policy->return_window);
    show_amount("extension", policy->extension_span);
    for (int i = 0; i < policy->reminder_count; i++) {
        fprintf(stderr, "  remind of %s, share %g\n", stage_words[policy->reminders[i].stage],
                policy->reminders[i].share);
        show_amount("  before", policy->reminders[i].before);
    }
    for (int i = 0; i < policy->escalation_count; i++) {
        fprintf(stderr, "  %s\n", escalation_words[policy->escalations[i].kind]);
        show_amount("  after", policy->escalations[i].after);
    }
    for (int i = 0; i < history->action_count; i++) {
        const struct life_action *action = &history->actions[i];
        fprintf(stderr, "%s %s task %d\n", shown(calendar, action->at, arena),
                life_words[action->act], action->task);
        show_amount("by", action->span);
    }
}
