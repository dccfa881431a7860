/* Runs steps. A flow is freed here and nowhere else, when it ends. */
#include "flow/flow.h"

#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "flow/entry.h"
#include "flow/poll.h"
#include "wire/json.h"

enum { REDO_LIMIT = 12 };

static void run(struct flow *flow);

static void on_done(void *context, enum work_outcome outcome)
{
    struct flow *flow = context;
    if (outcome == WORK_LOST)
        error_set(&flow->err, FAULT_UNAVAILABLE,
                  "the database cannot be reached; whether a change was made is not known: send it "
                  "again with the same Idempotency-Key");
    else if (outcome == WORK_FAILED)
        error_set(&flow->err, FAULT_BUG, "a statement failed");
    else if (outcome == WORK_RACE)
        flow->restarting = true;
    run(flow);
}

struct work *flow_work(struct flow *flow)
{
    if (flow->work == NULL)
        flow->work = work_new(flow->pool, flow->arena, on_done, flow);
    return flow->work;
}

static void drop_work(struct flow *flow)
{
    work_end(flow->work);
    flow->work = NULL;
}

static bool in_parts(const struct flow *flow)
{
    return flow->route != NULL && (flow->route->flags & ROUTE_EXPORT) != 0;
}

/* What a page needed goes with it, so that all of them together need no more than one. */
static void turn_page(struct flow *flow, struct arena *fresh_or_null)
{
    arena_free(flow->parts.page);
    flow->parts.page = fresh_or_null;
    flow->arena = fresh_or_null != NULL ? fresh_or_null : flow->call->arena;
}

/* From the first step again with fresh eyes: a new look at the registry, no fault. */
static void restart(struct flow *flow)
{
    drop_work(flow);
    if (in_parts(flow))
        turn_page(flow, arena_new());
    flow->err = (struct error){.arena = flow->arena};
    flow->step = 0;
    if (flow->call != NULL) {
        flow->job = NULL;
        flow->steps = &entry_steps;
    }
    snapshot_free(flow->snapshot);
    flow->snapshot =
        flow->context->snapshot == NULL ? NULL : snapshot_hold(flow->context->snapshot);
}

static void answer_problem(struct flow *flow)
{
    struct answer *answer = &flow->answer;
    *answer = (struct answer){.wait_applied = -1};
    answer->status = problem_status(flow->err.fault);
    answer->type = "application/problem+json";
    answer->retry_after = flow->err.retry_after;
    if (flow->err.fault == FAULT_UNAVAILABLE && answer->retry_after == 0)
        answer->retry_after = 1;
    answer->body = problem_write(&flow->err, flow->call->request_id, flow->arena);
    if (flow->err.fault == FAULT_BUG)
        log_line(LOG_ERROR, "bug", "request=%s detail=\"%s\"", flow->call->request_id,
                 flow->err.detail);
}

/* GET with If-None-Match of the same representation: 304 without a body. */
static void check_none_match(struct flow *flow)
{
    struct answer *answer = &flow->answer;
    if (answer->status == 200 && answer->etag != NULL && text_equal(flow->call->method, "GET") &&
        call_names_etag(flow->call->if_none_match, answer->etag, true)) {
        answer->status = 304;
        answer->body.size = 0;
    }
}

/* Sends a part, with the head before the first; false: nobody listens. */
static bool send_part(struct flow *flow)
{
    struct call *call = flow->call;
    struct flow_parts *parts = &flow->parts;
    if (!parts->begun)
        parts->wanted = call->begin(call, &flow->answer);
    parts->begun = true;
    if (parts->wanted)
        parts->full = !call->send(call, flow->answer.body);
    return parts->wanted;
}

/* The last part, or the break. The flow lives in the call's arena, but the page does not. */
static void finish_parts(struct flow *flow)
{
    struct call *call = flow->call;
    struct arena *page = flow->parts.page;
    bool good = error_none(&flow->err);
    text_clear(&flow->parts.next);
    if (flow->parts.counted)
        flow->context->exports--;
    if (!good && flow->parts.begun)
        log_line(flow->err.fault == FAULT_BUG ? LOG_ERROR : LOG_WARN, "answer_cut",
                 "request=%s detail=\"%s\"", call->request_id,
                 flow->err.detail != NULL ? flow->err.detail : "-");
    else if (!good)
        answer_problem(flow);
    else
        send_part(flow);
    if (flow->parts.begun)
        call->end(call, good);
    else
        call->reply(call, &flow->answer);
    arena_free(page);
}

static void finish(struct flow *flow)
{
    struct context *context = flow->context;
    struct call *call = flow->call;
    drop_work(flow);
    snapshot_free(flow->snapshot);
    context->flows--;
    if (call == NULL) {
        struct arena *arena = flow->arena;
        if (flow->ended != NULL)
            flow->ended(flow);
        arena_free(arena);
        return;
    }
    call->flow = NULL;
    call->on_hang_up = NULL;
    if (in_parts(flow)) {
        finish_parts(flow);
        return;
    }
    if (!error_none(&flow->err))
        answer_problem(flow);
    else
        check_none_match(flow);
    call->reply(call, &flow->answer); /* the flow lives in the call's arena */
}

static bool restart_allowed(struct flow *flow)
{
    flow->restarting = false;
    if (++flow->attempts > REDO_LIMIT) {
        error_set(&flow->err, FAULT_UNAVAILABLE, "too many others change the same thing");
        return false;
    }
    metrics_add(METRIC_DATABASE_RETRIES, 1);
    return true;
}

/* After a part; true: on with the next page. */
static bool go_on(struct flow *flow)
{
    if (!send_part(flow)) {
        finish(flow);
        return false;
    }
    flow->attempts = 0;
    if (!flow->parts.full) {
        restart(flow);
        return true;
    }
    drop_work(flow);
    turn_page(flow, NULL);
    flow->err.arena = flow->arena;
    return false;
}

/* One step; true: go on. */
static bool advance(struct flow *flow)
{
    flow->in_step = true;
    enum next next = flow->steps->list[flow->step++](flow);
    flow->in_step = false;
    switch (next) {
    case GO:
        return true;
    case WAIT:
        work_send(flow->work);
        return false;
    case PARK:
        drop_work(flow);
        poll_park(flow);
        return false;
    case HOLD:
        drop_work(flow);
        if (!flow->resumed)
            return false;
        flow->resumed = false; /* what it holds for was there before the step had ended */
        return true;
    case AGAIN:
        restart(flow);
        return true;
    case MORE:
        return go_on(flow);
    case REDO:
        if (!restart_allowed(flow))
            break;
        restart(flow);
        return true;
    case END:
        break;
    }
    finish(flow);
    return false;
}

static void run(struct flow *flow)
{
    do {
        if (flow->restarting && error_none(&flow->err)) {
            if (restart_allowed(flow)) {
                restart(flow);
                continue;
            }
        }
        if (!error_none(&flow->err) || flow->step >= flow->steps->count) {
            finish(flow);
            return;
        }
    } while (advance(flow));
}

static struct flow *make(struct context *context, struct arena *arena, const struct steps *steps)
{
    struct flow *flow = ARENA_NEW(arena, struct flow);
    flow->context = context;
    flow->arena = arena;
    flow->err.arena = arena;
    flow->steps = steps;
    flow->pool = context->pool;
    flow->now = clock_now();
    flow->answer.wait_applied = -1;
    if (context->snapshot != NULL)
        flow->snapshot = snapshot_hold(context->snapshot);
    context->flows++;
    return flow;
}

struct flow *flow_start(struct context *context, const struct steps *steps, void *job_or_null,
                        void (*ended)(struct flow *flow), void *ended_context)
{
    struct flow *flow = make(context, arena_new(), steps);
    flow->job = job_or_null;
    flow->ended = ended;
    flow->ended_context = ended_context;
    flow->actor = actor_daemon;
    run(flow);
    return flow;
}

static void on_hang_up(struct call *call)
{
    struct flow *flow = call->flow;
    if (flow != NULL && flow->parts.begun) {
        error_set(&flow->err, FAULT_UNAVAILABLE, "the client left");
        if (flow->parts.full)
            run(flow);
        return; /* else it ends with the statement that runs */
    }
    if (flow == NULL || !flow->parked)
        return; /* it ends by itself soon */
    flow->left = true;
    flow_wake(flow);
}

static void on_room(struct call *call)
{
    struct flow *flow = call->flow;
    flow->parts.full = false;
    restart(flow);
    run(flow);
}

void flow_answer(struct context *context, const struct route_row *route, struct call *call)
{
    struct flow *flow = make(context, call->arena, &entry_steps);
    flow->call = call;
    flow->route = route;
    flow->now = call->now;
    call->flow = flow;
    call->on_hang_up = on_hang_up;
    call->on_room = on_room;
    if (in_parts(flow))
        turn_page(flow, arena_new());
    flow->err.arena = flow->arena;
    run(flow);
}

void flow_wake(struct flow *flow)
{
    assert(flow->parked);
    poll_unpark(flow);
    if (flow->left) {
        error_set(&flow->err, FAULT_UNAVAILABLE, "the client left");
    } else {
        snapshot_free(flow->snapshot);
        flow->snapshot = snapshot_hold(flow->context->snapshot);
        flow->now = clock_now();
    }
    run(flow);
}

void flow_resume(struct flow *flow)
{
    if (flow->in_step)
        flow->resumed = true;
    else
        run(flow);
}

enum next flow_body(struct flow *flow, int status, struct slice body)
{
    flow->answer.status = status;
    flow->answer.body = body;
    return END;
}

struct world flow_world(const struct flow *flow)
{
    return (struct world){flow->snapshot, flow->context->standing, flow->now, flow->arena};
}

struct world flow_world_of(const struct flow *flow, struct dossier *const *dossiers, int count)
{
    struct world world = flow_world(flow);
    for (int i = 0; i < count; i++)
        if (instant_set(dossiers[i]->last_at) && dossiers[i]->last_at.us > world.now.us)
            world.now = dossiers[i]->last_at;
    return world;
}
