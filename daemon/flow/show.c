/* Load, check scope, answer. */
#include "flow/show.h"

#include "flow/entry.h"
#include "flow/reach.h"
#include "wire/small_json.h"
#include "wire/ticket_json.h"

#define TICKET_SHOW(X)    X(load_ticket) X(show_ticket)
#define TASK_SHOW(X)      X(load_task) X(show_task)
#define TASK_DEADLINES(X) X(load_task) X(show_deadlines)
#define DEADLINES(X)      X(reckon)
FLOW_STEPS(ticket_show_steps, TICKET_SHOW)
FLOW_STEPS(task_show_steps, TASK_SHOW)
FLOW_DECLARE(show_deadlines)
FLOW_TABLE(task_deadlines_steps, TASK_DEADLINES)
FLOW_STEPS(deadlines_steps, DEADLINES)

static enum next load_ticket(struct flow *flow)
{
    return ticket_load(flow, flow->call->parts[0]);
}

static struct dossier *loaded(struct flow *flow)
{
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    if (found == 0)
        return NULL;
    dossier_restore(dossiers[0], flow->arena);
    return dossiers[0];
}

static enum next show_ticket(struct flow *flow)
{
    struct dossier *dossier = loaded(flow);
    if (dossier == NULL || !sees_ticket(flow, dossier))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no ticket has this number");
    flow->answer.etag = entry_etag(flow, dossier->ticket.version);
    return flow_body(flow, 200, ticket_body(flow, dossier));
}

static enum next load_task(struct flow *flow)
{
    int64_t ticket;
    int number;
    if (!task_id_parse(flow->call->parts[0], &ticket, &number))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no task has this id");
    dossier_store_load(flow_work(flow), &ticket, 1, NULL);
    return WAIT;
}

/* The task of the path, in reach; NULL with a fault. */
static struct task *find_task(struct flow *flow, struct dossier **ret_dossier)
{
    int64_t ticket = 0;
    int number = 0;
    struct dossier *dossier = loaded(flow);
    bool parsed = task_id_parse(flow->call->parts[0], &ticket, &number);
    struct task *task = dossier == NULL || !parsed ? NULL : dossier_task(dossier, number);
    if (task == NULL || !sees_task(flow, dossier, task)) {
        error_set(&flow->err, FAULT_NOT_FOUND, "no task has this id");
        return NULL;
    }
    *ret_dossier = dossier;
    return task;
}

static enum next show_task(struct flow *flow)
{
    struct dossier *dossier = NULL;
    const struct task *task = find_task(flow, &dossier);
    if (task == NULL)
        return END;
    flow->answer.etag = entry_etag(flow, task->version);
    return flow_body(flow, 200, task_body(flow, dossier, task));
}

/* The pauses that came into a clock: a met one does not move any more. */
static struct intervals pauses_of(const struct ticket *ticket, struct instant met)
{
    struct intervals pauses = ticket->pauses;
    while (instant_set(met) && pauses.count > 0 && met.us < pauses.at[pauses.count - 1].from.us)
        pauses.count--;
    return pauses;
}

/* One span more, from where the last one ended: what is counted goes on where it stopped. */
static bool count_on(const struct terms *terms, struct amount span, struct instant from,
                     struct reckoning *sum, struct arena *arena)
{
    struct error ignored = {.arena = arena};
    struct reckoning more;
    if (!calendar_reckon(terms->calendar, from, span, terms->pauses, &more, &ignored))
        return false;
    const struct intervals *old = &sum->counted;
    int count = 0;
    struct interval *both = ARENA_ARRAY(arena, struct interval, old->count + more.counted.count);
    while (count < old->count) {
        both[count] = old->at[count];
        count++;
    }
    for (int i = 0; i < more.counted.count; i++) {
        if (count > 0 && both[count - 1].to.us == more.counted.at[i].from.us)
            both[count - 1].to = more.counted.at[i].to;
        else
            both[count++] = more.counted.at[i];
    }
    *sum = (struct reckoning){
        more.due, {count, both},
         sum->provisional || more.provisional
    };
    return true;
}

/* The whole sum of one clock: its span, then what was granted. */
static bool sum_up(const struct terms *terms, const struct task *task, int stage,
                   struct stage_account *account, struct arena *arena)
{
    account->reckoning = (struct reckoning){0};
    if (!count_on(terms, account->span, account->from, &account->reckoning, arena))
        return false;
    for (int i = 0; stage == STAGE_RESOLVE && i < task->granted.count; i++)
        if (instant_set(account->reckoning.due) &&
            !count_on(terms, task->granted.at[i], account->reckoning.due, &account->reckoning,
                      arena))
            return false;
    account->capped = instant_set(account->due) && account->reckoning.due.us > account->due.us;
    return true;
}

/* A task that ended keeps its dues: a pause that came later, without which the sum is right, is
 * none of its own. */
static bool later_pause(const struct task *task, const struct stage_account *account)
{
    struct instant end = task->due[STAGE_RESOLVE];
    bool capped = account->stage != STAGE_RESOLVE && account->capped && account->due.us == end.us;
    return !task_is_open(task) && instant_set(account->due) && !capped &&
           account->reckoning.due.us != account->due.us;
}

/* The sum of one clock, done again for people to check. */
static bool account(struct flow *flow, const struct ticket *ticket, const struct task *task,
                    struct terms terms, int stage, struct stage_account *ret_account)
{
    struct intervals pauses = pauses_of(ticket, task->met[stage]);
    struct stage_account result = {
        .stage = stage, .due = task->due[stage], .met = task->met[stage]};
    terms.pauses = &pauses;
    result.from = deadline_start(task, stage);
    result.span = deadline_span(task, terms.policy, stage);
    result.overdue = (task->overdue & 1u << stage) != 0;
    bool contact = stage != STAGE_CONTACT || ticket_has_contact(ticket);
    if (result.span.amount == 0 || !contact || !sum_up(&terms, task, stage, &result, flow->arena))
        return false;
    while (pauses.count > 0 && later_pause(task, &result)) {
        pauses.count--;
        if (!sum_up(&terms, task, stage, &result, flow->arena))
            return false;
    }
    *ret_account = result;
    return true;
}

static enum next show_deadlines(struct flow *flow)
{
    struct dossier *dossier = NULL;
    const struct task *task = find_task(flow, &dossier);
    struct stage_account accounts[STAGE_COUNT];
    struct terms terms;
    int count = 0;
    if (task == NULL)
        return END;
    if (!task_terms(&dossier->ticket, task, flow->snapshot, &terms))
        return FLOW_FAIL(flow, FAULT_CONFLICT, "the task's policy is not registered any more");
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (account(flow, &dossier->ticket, task, terms, stage, &accounts[count]))
            count++;
    int offset = zone_offset(terms.calendar->zone, flow->now);
    return flow_body(flow, 200,
                     deadlines_write(&dossier->ticket, task, accounts, count, offset, flow->arena));
}

static enum next reckon(struct flow *flow)
{
    struct deadline_ask ask;
    struct reckoning reckoning;
    if (!deadline_ask_read(flow->call->body, flow->arena, &ask, &flow->err))
        return END;
    const struct calendar *calendar = snapshot_calendar(flow->snapshot, ask.calendar);
    if (calendar == NULL) {
        error_add(&flow->err, "/calendar", "no calendar has this code");
        return END;
    }
    if (!calendar_reckon(calendar, ask.dispatched_at, ask.span, &ask.pauses, &reckoning,
                         &flow->err))
        return END;
    int offset = zone_offset(calendar->zone, ask.dispatched_at);
    return flow_body(flow, 200, reckoning_write(&reckoning, offset, flow->arena));
}
