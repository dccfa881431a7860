/* Drives histories through dossier_move and dossier_sweep. */
#include "support/life_run.h"

#include <stdlib.h>
#include <string.h>

#include "domain/dossier.h"
#include "support/calendar_file.h"
#include "support/random_registry.h"
#include "support/registry_file.h"

enum { UNITS = 4 };
static const struct actor dispatcher = {.key = 1, .role = CALLER_DISPATCHER};
static const struct actor holder = {.key = 2, .role = CALLER_UNIT};
static const struct actor street = {.key = 3, .role = CALLER_ORG, .org = "street"};

/* One history through the real thing, and the oracle beside it. */
struct run {
    const struct random_life *history;
    bool timely; /* swept at every due, else now and then */
    struct snapshot *snapshot;
    struct standing *standing;
    struct dossier *dossier;
    struct life *life;
    struct instant swept;
    struct arena *arena;
    const char *fault; /* what differs; NULL: nothing so far */
    struct life_counts *counts;
};

static const char *const unit_codes[UNITS] = {"u0", "u1", "u2", "u3"};

static struct snapshot *registry(const struct random_life *history)
{
    static const char *areas[] = {"140213050"}, *joined[] = {"street"};
    const struct org org = {
        .code = "street",
        .name = "street",
        .kind = ORG_STREET_ALLIANCE,
        .areas = {1, areas},
        .status = STATUS_ACTIVE
    };
    struct registry_row *rows[3 + UNITS];
    size_t count = 0;
    rows[count++] = registry_row_of(REGISTRY_ORG, &org, sizeof(org), 1);
    for (int i = 0; i < UNITS; i++) {
        const struct unit unit = {
            .code = unit_codes[i],
            .name = unit_codes[i],
            .area = areas[0],
            .org = "street",
            .formation = FORMATION_ALONE,
            .joined = {1, joined},
            .status = STATUS_ACTIVE
        };
        rows[count++] = registry_row_of(REGISTRY_UNIT, &unit, sizeof(unit), 1);
    }
    const struct calendar *calendar = &history->calendars->versions[0];
    rows[count++] = registry_row_of(REGISTRY_POLICY, &history->policy, sizeof(struct policy), 1);
    rows[count++] = registry_row_of(REGISTRY_CALENDAR, calendar, sizeof(*calendar), 1);
    return snapshot_new(NULL, rows, count, 1);
}

static struct world world_at(const struct run *run, struct instant now)
{
    return (struct world){run->snapshot, run->standing, now, run->arena};
}

static void differ(struct run *run, const char *what, const struct life_task *task)
{
    if (run->fault == NULL)
        run->fault =
            task == NULL ? what : arena_format(run->arena, "task %d: %s", task->number, what);
}

/* Sweeps at every due up to `now`. */
static void sweep_until(struct run *run, struct instant now)
{
    for (int guard = 0; guard < LIFE_LOG; guard++) {
        struct instant next = INSTANT_NONE;
        for (int i = 0; i < run->dossier->task_count; i++)
            next = instant_first(next, run->dossier->tasks[i].next_at);
        if (!instant_set(next) || next.us > now.us)
            return;
        if (next.us > run->swept.us)
            run->swept = next;
        struct world world = world_at(run, run->swept);
        dossier_sweep(run->dossier, &world);
    }
    differ(run, "the sweep finds no end", NULL);
}

/* Now and then, never early. */
static void sweep_some(struct run *run, struct instant now)
{
    int64_t room = (now.us - run->swept.us) / 1000000;
    if (room < 1 || random_below(2) == 0)
        return;
    if (room > 1000000)
        room = 1000000;
    run->swept.us += (int64_t)random_below((int)room) * 1000000;
    struct world world = world_at(run, run->swept);
    dossier_sweep(run->dossier, &world);
}

static struct move_body body_of(struct run *run, const struct life_action *action)
{
    struct move_body body = {.reason = "r", .span = action->span, .review_on = action->review};
    body.accept = body.reroute = body.reached = body.contacted = body.solved = body.satisfied = -1;
    body.at = INSTANT_NONE;
    body.contacted_at = action->at;
    body.text = "t";
    int act = action->act;
    if (act == LIFE_DISPATCH || act == LIFE_REDISPATCH || act == LIFE_DELEGATE ||
        act == LIFE_RETURN_APPROVE)
        body.unit = unit_codes[random_below(UNITS)];
    if (act == LIFE_ASSIST)
        body.units = (struct names){1, (const char **)&unit_codes[random_below(UNITS)]};
    if (act == LIFE_CALLBACK) {
        body.reached = 1;
        body.solved = 0;
    }
    body.data = arena_format(run->arena, "{}");
    return body;
}

static const struct actor *actor_of(int act)
{
    if (act == LIFE_DELEGATE)
        return &street;
    return act == LIFE_SIGN || act == LIFE_CONTACT || act == LIFE_RETURN || act == LIFE_EXTEND ||
                   act == LIFE_REPLY
               ? &holder
               : &dispatcher;
}

/* A new version of the calendar is loaded: nothing moves by that alone. */
static bool load_calendar(struct run *run)
{
    if (snapshot_calendar(run->snapshot, "c")->version > 1)
        return false;
    const struct calendar *calendar = &run->history->calendars->versions[1];
    struct registry_row *row = registry_row_of(REGISTRY_CALENDAR, calendar, sizeof(*calendar), 2);
    struct snapshot *next = snapshot_new(run->snapshot, &row, 1, 2);
    snapshot_free(run->snapshot);
    run->snapshot = next;
    return true;
}

/* A copy of the tasks. */
static struct task *tasks_now(const struct run *run)
{
    size_t count = (size_t)run->dossier->task_count;
    struct task *tasks = ARENA_ARRAY(run->arena, struct task, count);
    for (size_t i = 0; i < count; i++)
        tasks[i] = run->dossier->tasks[i];
    return tasks;
}

static bool move(struct run *run, const struct life_action *action)
{
    struct world world = world_at(run, action->at);
    struct error err = {.arena = run->arena};
    struct move_body body = body_of(run, action);
    struct doing doing = {
        .dossier = run->dossier,
        .world = &world,
        .move = move_find(action->task > 0 ? ON_TASK : ON_TICKET, life_words[action->act]),
        .body = &body,
        .by = actor_of(action->act),
        .err = &err};
    if (action->task > 0)
        doing.task = dossier_task(run->dossier, action->task);
    if (doing.task == NULL && action->task > 0)
        return false;
    struct dossier before = *run->dossier; /* a refused move is never saved */
    before.tasks = tasks_now(run);
    if (dossier_move(&doing))
        return true;
    *run->dossier = before;
    return false;
}

static bool recalculate(struct run *run, struct instant now)
{
    struct world world = world_at(run, now);
    struct recalculation sum = {0};
    dossier_recalculate(run->dossier, &world, snapshot_calendar(run->snapshot, "c"), NULL,
                        &dispatcher, &sum);
    return true;
}

static bool act(struct run *run, const struct life_action *action)
{
    if (action->act == LIFE_CALENDAR)
        return load_calendar(run);
    if (action->act == LIFE_RECALCULATE)
        return recalculate(run, action->at);
    return move(run, action);
}

/* The state of one clock as both say. */
static void compare_clock(struct run *run, const struct task *task, const struct life_task *plain,
                          int stage, bool marked)
{
    const struct life_clock *clock = &plain->clocks[stage];
    if (task->due[stage].us != clock->due.us)
        differ(run,
               arena_format(run->arena, "%s is due %s, should be %s", stage_words[stage],
                            shown(plain_table_calendar(plain->table), task->due[stage], run->arena),
                            shown(plain_table_calendar(plain->table), clock->due, run->arena)),
               plain);
    if (instant_set(task->met[stage]) != clock->met)
        differ(run, "met or not", plain);
    if (marked && ((task->overdue & 1u << stage) != 0) != clock->fired[0])
        differ(run, arena_format(run->arena, "%s marked or not", stage_words[stage]), plain);
}

static void compare(struct run *run, bool marked)
{
    const struct dossier *dossier = run->dossier;
    const struct life *life = run->life;
    if (dossier->task_count != life->task_count)
        differ(run, "number of tasks", NULL);
    for (int i = 0; i < life->task_count && run->fault == NULL; i++) {
        const struct task *task = &dossier->tasks[i];
        const struct life_task *plain = &life->tasks[i];
        if (task->state != plain->state || task->round != plain->round)
            differ(run, "state", plain);
        if (life_open(plain) && !plain->delegated && !life->hung &&
            task->provisional != plain->provisional)
            differ(run, "provisional or not", plain);
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            compare_clock(run, task, plain, stage, marked);
        if (life->hung && instant_set(deadline_due(task)))
            differ(run, "due while hung", plain);
    }
}

/* A due that moved, or became certain, is told in an event. */
static void check_told(struct run *run, const struct task *before, int count, int first)
{
    for (int i = 0; i < count; i++) {
        const struct task *task = &run->dossier->tasks[i];
        bool moved = before[i].provisional != task->provisional, told = false;
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            moved = moved || before[i].due[stage].us != task->due[stage].us;
        for (int e = first; e < run->dossier->event_count; e++) {
            const struct event *event = &run->dossier->events[e];
            told = told || (event->task == task->number && (text_equal(event->move, "clocks") ||
                                                            text_equal(event->move, "delegate")));
        }
        if (moved != told && !(told && task->state == TASK_IS_ASSIGNED))
            differ(run, "moved or told", &run->life->tasks[i]);
    }
}

static void step(struct run *run, const struct life_action *action)
{
    if (run->timely)
        sweep_until(run, action->at);
    else
        sweep_some(run, action->at);
    int count = run->dossier->task_count, first = run->dossier->event_count;
    const struct task *before = tasks_now(run);
    bool allowed = life_do(run->life, action), accepted = act(run, action);
    if (allowed != accepted)
        differ(run, allowed ? "refused, should be allowed" : "allowed, should be refused", NULL);
    if (run->timely && run->counts != NULL)
        (allowed ? run->counts->done : run->counts->refused)[action->act]++;
    check_told(run, before, count, first);
    run->swept = action->at;
    if (run->timely)
        sweep_until(run, action->at);
    compare(run, run->timely);
}

static const char *step_word(const struct policy *policy, int step)
{
    if (step == -1)
        return "overdue_lifted";
    if (step == -2)
        return "review";
    if (step == 0)
        return "overdue";
    if (step <= POLICY_REMINDERS)
        return "remind";
    return escalation_words[policy->escalations[step - 1 - POLICY_REMINDERS].kind];
}

static void count_step(struct life_counts *counts, int step)
{
    counts->marks += step == 0;
    counts->lifted += step == -1;
    counts->reviews += step == -2;
    counts->reminders += step > 0 && step <= POLICY_REMINDERS;
    counts->escalations += step > POLICY_REMINDERS;
}

/* The next event of a task, from *at on, that the daemon did by itself. */
static const struct event *next_event(const struct dossier *dossier, int task, int *at)
{
    static const char *const words[] = {"remind",   "overdue",        "urge",  "supervise",
                                        "level_up", "overdue_lifted", "review"};
    while (*at < dossier->event_count) {
        const struct event *event = &dossier->events[(*at)++];
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (event->task == task && text_equal(event->move, words[i]))
                return event;
    }
    return NULL;
}

static void compare_event(struct run *run, const struct event *event, const struct life_event *step)
{
    const struct life_task *task = &run->life->tasks[step->task - 1];
    const char *word = step_word(run->life->policy, step->step);
    const char *due = instant_set(step->due) ? instant_format(run->arena, step->due, 0) : "";
    const char *data =
        arena_format(run->arena, "{\"stage\":\"%s\",\"due\":\"%s\"", stage_words[step->stage], due);
    if (event == NULL || !text_equal(event->move, word))
        return differ(run,
                      arena_format(run->arena, "has %s, should have %s of %s",
                                   event == NULL ? "nothing" : event->move, word, data),
                      task);
    if (step->step != -2 && strncmp(event->data, data, strlen(data)) != 0)
        differ(run, arena_format(run->arena, "%s is %s, should be %s", word, event->data, data),
               task);
    if (run->timely ? event->at.us != step->when.us : event->at.us < step->when.us)
        differ(run,
               arena_format(run->arena, "%s at %s, should be %s", word,
                            instant_format(run->arena, event->at, 0),
                            instant_format(run->arena, step->when, 0)),
               task);
}

/* All that was done by itself, task by task in order. */
static void compare_events(struct run *run)
{
    const struct life *life = run->life;
    for (int i = 0; i < life->task_count && run->fault == NULL; i++) {
        int at = 0;
        for (int j = 0; j < life->log_count && run->fault == NULL; j++) {
            if (life->log[j].task != i + 1)
                continue;
            compare_event(run, next_event(run->dossier, i + 1, &at), &life->log[j]);
            if (run->timely && run->counts != NULL)
                count_step(run->counts, life->log[j].step);
        }
        const struct event *more = next_event(run->dossier, i + 1, &at);
        if (run->fault == NULL && more != NULL)
            differ(run, arena_format(run->arena, "has one more %s", more->move), &life->tasks[i]);
    }
}

static void receive(struct run *run)
{
    struct submission sent = {.kind = TICKET_HELP,
                              .channel = -1,
                              .then = THEN_TRIAGE,
                              .category = "1",
                              .area = "140213050001",
                              .title = "t",
                              .content = "c"};
    sent.petitioner.phone = run->history->has_phone ? "1" : NULL;
    struct world world = world_at(run, run->history->actions[0].at);
    struct error err = {.arena = run->arena};
    run->dossier = dossier_new(run->arena, &sent, 1, "1");
    if (!dossier_receive(run->dossier, &world, &dispatcher, &err))
        differ(run, "not received", NULL);
    run->swept = world.now;
}

const char *life_run(const struct random_life *history, bool timely, struct life *life,
                     struct life_counts *counts, struct arena *arena)
{
    static const struct span long_after = {(int64_t)4000 * 86400 * 1000000};
    struct run run = {
        .history = history, .timely = timely, .life = life, .arena = arena, .counts = counts};
    run.snapshot = registry(history);
    run.standing = standing_new();
    random_seed(history->seed);
    life_begin(life, &history->policy, history->calendars->tables[0], history->calendars->tables[1],
               history->has_phone);
    receive(&run);
    for (int i = 0; i < history->action_count && run.fault == NULL; i++)
        step(&run, &history->actions[i]);
    struct instant end = instant_add(run.swept, long_after);
    life_until(life, end);
    if (timely)
        sweep_until(&run, end);
    struct world world = world_at(&run, end);
    dossier_sweep(run.dossier, &world);
    compare(&run, true);
    compare_events(&run);
    standing_free(run.standing);
    snapshot_free(run.snapshot);
    return run.fault;
}
