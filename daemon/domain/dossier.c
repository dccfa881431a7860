/* The building blocks of every change: events, states, clocks, capacity. */
#include "domain/dossier.h"

#include <string.h>

#include "domain/offer.h"

const struct actor actor_daemon = {.key = 0, .role = -1};

struct dossier *dossier_new(struct arena *arena, const struct submission *sent, int64_t id,
                            const char *no)
{
    struct dossier *dossier = ARENA_NEW(arena, struct dossier);
    dossier->arena = arena;
    dossier->fresh = true;
    dossier->ticket = (struct ticket){.id = id,
                                      .no = no,
                                      .sent = *sent,
                                      .state = TICKET_IS_TRIAGE,
                                      .has_phone = sent->petitioner.phone != NULL,
                                      .received_at = INSTANT_NONE,
                                      .review_at = INSTANT_NONE,
                                      .erased_at = INSTANT_NONE,
                                      .dispatched_at = INSTANT_NONE,
                                      .ended_at = INSTANT_NONE};
    return dossier;
}

struct task *dossier_task(const struct dossier *dossier, int number)
{
    for (int i = 0; i < dossier->task_count; i++)
        if (dossier->tasks[i].number == number)
            return &dossier->tasks[i];
    return NULL;
}

struct task *dossier_lead(const struct dossier *dossier)
{
    struct task *lead = NULL;
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        if (task->role == ROLE_LEAD && task->state != TASK_IS_RETURNED &&
            task->state != TASK_IS_WITHDRAWN)
            lead = task;
    }
    return lead;
}

bool task_is_open(const struct task *task)
{
    return task->state != TASK_IS_COMPLETED && task->state != TASK_IS_RETURNED &&
           task->state != TASK_IS_WITHDRAWN;
}

bool ticket_shows_phone(const struct ticket *ticket)
{
    return ticket->has_phone && ticket->sent.kind != TICKET_REPORT &&
           !ticket->sent.petitioner.secret;
}

bool ticket_has_contact(const struct ticket *ticket)
{
    return ticket->origin == ORIGIN_WHISTLE || ticket_shows_phone(ticket);
}

/* When the last milestone of a project is due; NULL: no day was set. */
static const struct instant *finish_of(const struct ticket *ticket)
{
    if (ticket->offer == NULL || !instant_set(ticket->offer->finish_by))
        return NULL;
    return &ticket->offer->finish_by;
}

bool task_terms(const struct ticket *ticket, const struct task *task,
                const struct snapshot *snapshot, struct terms *ret_terms)
{
    struct terms terms = {
        snapshot_policy_at(snapshot, task->policy, task->policy_version),
        snapshot_calendar_at(snapshot, task->calendar, task->calendar_version),
        &ticket->pauses,
        finish_of(ticket),
    };
    if (terms.policy == NULL || terms.calendar == NULL)
        return false;
    *ret_terms = terms;
    return true;
}

bool dossier_known(const struct dossier *dossier, const struct snapshot *snapshot)
{
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *task = &dossier->tasks[i];
        const struct policy *policy =
            snapshot_policy_at(snapshot, task->policy, task->policy_version);
        const struct calendar *calendar =
            snapshot_calendar_at(snapshot, task->calendar, task->calendar_version);
        if (task_is_open(task) && (policy == NULL || policy->version < task->policy_version ||
                                   calendar == NULL || calendar->version < task->calendar_version))
            return false;
    }
    return true;
}

bool dossier_refuse(const struct dossier *dossier, const struct task *task, struct error *err,
                    const char *why)
{
    int origin = dossier->ticket.origin;
    int state = task == NULL ? dossier->ticket.state : task->state;
    err->state = task == NULL ? origin_state_words(origin)[state] : task_state_words[state];
    err->moves = task != NULL && dossier->ticket.hung_reason != NULL
                     ? names_split(err->arena, "note", ' ')
                     : moves_allowed(move_on(origin, task != NULL), state, ~0u, err->arena);
    return error_set(err, FAULT_CONFLICT, "%s", why);
}

struct event *dossier_event(struct dossier *dossier, const struct world *world, struct task *task,
                            const char *move, const struct actor *by)
{
    dossier->events = arena_grow(dossier->arena, dossier->events, (size_t)dossier->event_count,
                                 (size_t)dossier->event_count + 1, sizeof(*dossier->events));
    struct event *event = &dossier->events[dossier->event_count++];
    struct ticket *ticket = &dossier->ticket;
    *event = (struct event){.seq = ++ticket->version, .move = move, .at = world->now, .by = *by};
    if (task != NULL) {
        task->version++;
        task->dirty = true;
        event->task = task->number;
        event->unit = task->unit;
        event->org = task->org;
        event->seen_by = task->seen_by;
    } else {
        event->org = ticket->head_org;
    }
    if (ticket->head_org != NULL && !names_have(&event->seen_by, ticket->head_org))
        event->seen_by = names_with(dossier->arena, &event->seen_by, ticket->head_org);
    if (ticket->copied) {
        const struct org *district = snapshot_org_over(world->snapshot, ORG_DISTRICT_CONFERENCE,
                                                       ticket->sent.area, &ticket->barred);
        event->copy_org = district == NULL ? NULL : district->code;
    }
    return event;
}

static int state_of_lead(const struct task *lead)
{
    int state = lead->state == TASK_IS_RETURN_REQUESTED ? lead->prior : lead->state;
    if (state == TASK_IS_COMPLETED)
        return TICKET_IS_COMPLETED;
    if (state == TASK_IS_REPLIED)
        return TICKET_IS_REPLIED;
    if (lead->round > 1)
        return TICKET_IS_REHANDLING;
    return state == TASK_IS_SIGNED ? TICKET_IS_HANDLING : TICKET_IS_DISPATCHED;
}

void dossier_settle(struct dossier *dossier, const struct world *world)
{
    struct ticket *ticket = &dossier->ticket;
    const struct task *lead = dossier_lead(dossier);
    if (ticket->final_state != NULL)
        ticket->state = word_find(origin_state_words(ticket->origin), ticket->final_state);
    else if (ticket->origin != ORIGIN_TICKET)
        ; /* what is not a ticket is moved by its own moves alone */
    else if (ticket->hung_reason != NULL)
        ticket->state = TICKET_IS_HUNG;
    else
        ticket->state = lead == NULL ? TICKET_IS_TRIAGE : state_of_lead(lead);
    if (ticket->final_state == NULL)
        ticket->ended_at = INSTANT_NONE;
    else if (!instant_set(ticket->ended_at))
        ticket->ended_at = world->now;
}

static void take(struct dossier *dossier, const char *resource, int64_t more)
{
    for (int i = 0; i < dossier->take_count; i++) {
        if (text_equal(dossier->takes[i].resource, resource)) {
            dossier->takes[i].more += more;
            return;
        }
    }
    if (dossier->take_count < DOSSIER_TAKES)
        dossier->takes[dossier->take_count++] = (struct take){resource, more};
}

struct event *dossier_move_task(struct dossier *dossier, const struct world *world,
                                struct task *task, const char *move, int to, const struct actor *by)
{
    int from = task->state;
    bool held = task_is_open(task) && task->resource != NULL;
    task->state = to;
    if (held && !task_is_open(task))
        take(dossier, task->resource, -1);
    if (to != TASK_IS_SIGNED && to != TASK_IS_RETURN_REQUESTED)
        task->asked.amount = 0; /* a request to extend lapses */
    dossier_plan(dossier, world, task);
    struct event *event = dossier_event(dossier, world, task, move, by);
    event->from = task_state_words[from];
    event->to = task_state_words[to];
    return event;
}

void dossier_withdraw(struct dossier *dossier, const struct world *world, const struct actor *by)
{
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        if (!task_is_open(task))
            continue;
        dossier_catch_up(dossier, world, task);
        dossier_move_task(dossier, world, task, "withdraw", TASK_IS_WITHDRAWN, by);
    }
}

/* A zeroed task at the end of the list. */
static struct task *add_task(struct dossier *dossier)
{
    dossier->tasks = arena_grow(dossier->arena, dossier->tasks, (size_t)dossier->task_count,
                                (size_t)dossier->task_count + 1, sizeof(*dossier->tasks));
    struct task *task = &dossier->tasks[dossier->task_count++];
    *task = (struct task){.number = dossier->task_count, .prior = -1, .fresh = true};
    task->rating = task->rating_back = -1;
    task->next_at = task->lease_until = INSTANT_NONE;
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        task->due[stage] = task->met[stage] = INSTANT_NONE;
    return task;
}

bool dossier_terms(const struct dossier *dossier, const struct world *world, int level,
                   struct terms *ret_terms, struct error *err)
{
    const struct submission *sent = &dossier->ticket.sent;
    struct policy_key key = {sent->area,    sent->category, sent->kind,
                             sent->urgency, level,          dossier->ticket.origin};
    const struct policy *policy = snapshot_policy_for(world->snapshot, &key);
    const struct calendar *calendar =
        policy == NULL ? NULL : snapshot_calendar(world->snapshot, policy->calendar);
    if (calendar != NULL)
        *ret_terms =
            (struct terms){policy, calendar, &dossier->ticket.pauses, finish_of(&dossier->ticket)};
    else
        error_set(err, FAULT_CONFLICT, "no policy with a calendar applies to this ticket");
    return calendar != NULL;
}

static const char *quoted(struct arena *arena, const char *code)
{
    return code == NULL ? "null" : arena_format(arena, "\"%s\"", code);
}

/* Who got it: codes and words only, so no escapes are needed. */
static const char *dispatch_data(const struct task *task, struct arena *arena)
{
    return arena_format(
        arena,
        "{\"unit\":%s,\"org\":%s,\"role\":\"%s\",\"round\":%d,\"resource\":%s,\"level\":\"%s\",%s,"
        "\"policy\":\"%s\",\"policy_version\":%lld,\"calendar\":\"%s\",\"calendar_version\":%lld}",
        quoted(arena, task->unit), quoted(arena, task->org), task_role_words[task->role],
        task->round, quoted(arena, task->resource), level_words[task->level],
        clocks_text(task, arena), task->policy, (long long)task->policy_version, task->calendar,
        (long long)task->calendar_version);
}

/* Where `resolve` starts: with the first dispatch, or with the present round. */
static struct instant round_start(const struct dossier *dossier, const struct world *world,
                                  int round)
{
    bool each = dossier->ticket.offer != NULL; /* takes it up for itself */
    for (int i = dossier->task_count - 2; i >= 0 && !each; i--)
        if (dossier->tasks[i].role == ROLE_LEAD && dossier->tasks[i].round == round)
            return dossier->tasks[i].dispatched_at;
    return world->now;
}

/* Extensions move the end of the round, so whoever gets the ticket later in it has them too. */
static struct amounts round_granted(const struct dossier *dossier, int round)
{
    for (int i = dossier->task_count - 2; i >= 0; i--)
        if (dossier->tasks[i].role == ROLE_LEAD && dossier->tasks[i].round == round)
            return dossier->tasks[i].granted;
    return (struct amounts){0};
}

bool dossier_assign(struct dossier *dossier, const struct world *world, const struct assignment *to,
                    const struct actor *by, struct error *err)
{
    int level = level_of(to->unit, to->org);
    struct terms terms;
    if (!dossier_terms(dossier, world, level, &terms, err))
        return false;
    struct task was = {.level = level}; /* before the list of tasks moves */
    if (to->after != NULL)
        was = *to->after;
    struct task *task = add_task(dossier);
    task->role = to->role;
    task->round = to->round;
    task->state = TASK_IS_ASSIGNED;
    task->unit = to->unit == NULL ? NULL : to->unit->code;
    task->org = to->org->code;
    task->level = was.level;
    task->seen_by = was.seen_by;
    task->dispatched_at = round_start(dossier, world, to->round);
    task->granted = round_granted(dossier, to->round);
    task->arrived_at = world->now;
    task->policy = terms.policy->code;
    task->policy_version = terms.policy->version;
    task->calendar = terms.calendar->code;
    task->calendar_version = terms.calendar->version;
    task->designated = to->designated;
    if (to->resource != NULL) {
        task->resource = to->resource->code;
        take(dossier, task->resource, 1);
    }
    if (!instant_set(dossier->ticket.dispatched_at))
        dossier->ticket.dispatched_at = world->now;
    deadline_set(task, &terms, ticket_has_contact(&dossier->ticket));
    deadline_plan(task, &terms);
    struct event *event = dossier_event(dossier, world, task, "dispatch", by);
    event->to = task_state_words[task->state];
    event->data = dispatch_data(task, dossier->arena);
    return true;
}

void dossier_level_up(struct dossier *dossier, const struct world *world, struct task *task,
                      const char *reason)
{
    if (!task_raise(dossier, world, task))
        return;
    struct event *event = dossier_event(dossier, world, task, "level_up", &actor_daemon);
    event->from = event->to = task_state_words[task->state];
    event->data = arena_format(dossier->arena, "{\"reason\":\"%s\",\"level\":\"%s\"}", reason,
                               level_words[task->level]);
}

void dossier_pause(struct dossier *dossier, struct instant now)
{
    struct intervals *pauses = &dossier->ticket.pauses;
    dossier->pause_seq = dossier->ticket.version;
    dossier->pause_at = now;
    if (dossier->ticket.hung_reason == NULL) {
        pauses->at[pauses->count - 1].to = now;
        return;
    }
    pauses->at = arena_grow(dossier->arena, pauses->at, (size_t)pauses->count,
                            (size_t)pauses->count + 1, sizeof(*pauses->at));
    pauses->at[pauses->count++] = (struct interval){now, INSTANT_NONE};
}

bool task_raise(struct dossier *dossier, const struct world *world, struct task *task)
{
    static const int kind_at[LEVEL_COUNT] = {
        [LEVEL_PROVINCE] = -1,
        [LEVEL_CITY] = ORG_CITY_CONFERENCE,
        [LEVEL_DISTRICT] = ORG_DISTRICT_CONFERENCE,
        [LEVEL_STREET] = ORG_STREET_ALLIANCE,
        [LEVEL_COMMUNITY] = ORG_COMMUNITY_COMMITTEE,
    };
    if (task->level <= LEVEL_CITY)
        return false;
    task->level--;
    task->dirty = true;
    const struct ticket *ticket = &dossier->ticket;
    const struct org *org = snapshot_org_over(world->snapshot, kind_at[task->level],
                                              ticket->sent.area, &ticket->barred);
    if (org != NULL && !names_have(&task->seen_by, org->code) && !text_equal(org->code, task->org))
        task->seen_by = names_with(dossier->arena, &task->seen_by, org->code);
    return true;
}
