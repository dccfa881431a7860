/* Tickets in by request: read and check, hold until the batch they went into is committed, answer.
 */
#include "base/metrics.h"
#include "domain/submission_check.h"
#include "flow/entry.h"
#include "flow/intake.h"
#include "wire/json.h"
#include "wire/ticket_json.h"

#define SUBMIT(X)       X(read_one) X(answer_stored)
#define SUBMIT_BATCH(X) X(read_batch) X(answer_stored)
#define DRY_ROUTE(X)    X(read_dry) X(show_route)
FLOW_STEPS(submit_steps, SUBMIT)
FLOW_DECLARE(read_batch)
FLOW_TABLE(submit_batch_steps, SUBMIT_BATCH)
FLOW_STEPS(route_steps, DRY_ROUTE)

/* Codes known, and the place within the key's scope. Of what was read with faults the codes are
 * looked up even so: the answer names every fault at once. */
static bool check(struct flow *flow, const struct submission *sent, struct error *err)
{
    if (!error_none(err) && err->fault != FAULT_INVALID)
        return false;
    if (!submission_check(sent, flow->snapshot, err))
        return false;
    if (flow->caller->role == CALLER_ADMIN || scope_has_area(&flow->scope, sent->area))
        return true;
    error_add(err, "/area", "is not within this key's areas");
    err->fault = FAULT_NOT_FOUND;
    return false;
}

static bool read_checked(struct flow *flow, struct submission *ret_sent)
{
    bool read = submission_read(flow->call->body, flow->arena, ret_sent, &flow->err);
    return check(flow, ret_sent, &flow->err) && read;
}

static enum next enqueue(struct flow *flow, struct parcel *parcel)
{
    parcel->flow = flow;
    if (!intake_add(flow->context->intake, parcel))
        return FLOW_FAIL(flow, FAULT_UNAVAILABLE, "too many tickets are waiting to be stored");
    return HOLD;
}

static enum next read_one(struct flow *flow)
{
    struct parcel *parcel = FLOW_JOB(flow, struct parcel);
    struct submission *sent = ARENA_NEW(flow->arena, struct submission);
    if (!read_checked(flow, sent)) {
        metrics_add(METRIC_TICKETS_REFUSED, 1);
        return END;
    }
    parcel->single = true;
    parcel->count = 1;
    parcel->arrivals = ARENA_NEW(flow->arena, struct arrival);
    parcel->arrivals[0] = (struct arrival){.flow = flow,
                                           .sent = sent,
                                           .trace = hints_trace(flow, sent),
                                           .err = {.arena = flow->arena}};
    return enqueue(flow, parcel);
}

static enum next read_batch(struct flow *flow)
{
    struct parcel *parcel = FLOW_JOB(flow, struct parcel);
    struct batch_item *items;
    if (!batch_read(flow->call->body, flow->context->limits.batch_tickets, flow->arena, &items,
                    &parcel->count, &flow->err))
        return END;
    parcel->arrivals = ARENA_ARRAY(flow->arena, struct arrival, parcel->count);
    for (int i = 0; i < parcel->count; i++) {
        struct arrival *arrival = &parcel->arrivals[i];
        *arrival = (struct arrival){.flow = flow, .sent = &items[i].sent, .err = items[i].err};
        arrival->err.arena = flow->arena;
        if (check(flow, arrival->sent, &arrival->err) && error_none(&arrival->err))
            arrival->trace = hints_trace(flow, arrival->sent);
        else
            metrics_add(METRIC_TICKETS_REFUSED, 1);
    }
    return enqueue(flow, parcel);
}

static void answer_one(struct flow *flow, const struct arrival *arrival)
{
    const struct ticket *ticket = &arrival->dossier->ticket;
    flow->answer.status = 201;
    flow->answer.body = arrival->body;
    flow->answer.location = arena_format(flow->arena, "/v1/tickets/%s", ticket->no);
    flow->answer.etag = entry_etag(flow, ticket->version);
}

static void answer_many(struct flow *flow, const struct parcel *parcel)
{
    struct batch_result *results = ARENA_ARRAY(flow->arena, struct batch_result, parcel->count);
    for (int i = 0; i < parcel->count; i++) {
        const struct arrival *arrival = &parcel->arrivals[i];
        bool stored = error_none(&arrival->err);
        results[i].status = stored ? 201 : problem_status(arrival->err.fault);
        results[i].body = stored
                              ? arrival->body
                              : problem_write(&arrival->err, flow->call->request_id, flow->arena);
    }
    flow->answer.status = 207;
    flow->answer.body = results_write(results, parcel->count, flow->arena);
}

void submit_answer(const struct parcel *parcel)
{
    if (parcel->single)
        answer_one(parcel->flow, &parcel->arrivals[0]);
    else
        answer_many(parcel->flow, parcel);
}

static const char *receipt_for(void *context, const char *no)
{
    const struct flow *flow = context;
    return vault_receipt(&flow->context->vault, no, flow->arena);
}

static enum next answer_stored(struct flow *flow)
{
    const struct parcel *parcel = flow->job;
    if (parcel->replay)
        return REDO;
    if (parcel->single && !error_none(&parcel->arrivals[0].err)) {
        flow->err = parcel->arrivals[0].err;
        return END;
    }
    flow->answer.body = receipts_add(flow->answer.body, receipt_for, flow, flow->arena);
    return END;
}

struct dry_run {
    struct submission sent;
    struct trace *trace;
    struct questions questions;
};

/* The caller is not looked for: who wants to know that asks for it with a purpose (/v1/callers). */
static enum next read_dry(struct flow *flow)
{
    struct dry_run *dry = FLOW_JOB(flow, struct dry_run);
    if (!read_checked(flow, &dry->sent))
        return END;
    dry->trace = hints_trace(flow, &dry->sent);
    if (dry->trace != NULL)
        dry->trace->caller = NULL;
    dry->questions = hints_ask(flow, &dry->trace, 1);
    return dry->questions.count > 0 ? WAIT : GO;
}

static enum next show_route(struct flow *flow)
{
    struct dry_run *dry = flow->job;
    struct world world = flow_world(flow);
    struct route route;
    struct dossier *dossier = dossier_new(flow->arena, &dry->sent, 0, "");
    if (!dossier_route(dossier, &world, &route, &flow->err))
        return END;
    if (dry->questions.count > 0)
        hints_read(flow, &dry->questions, 0);
    const char *hints = hints_for(NULL, dry->trace, flow->arena);
    const char *text =
        arena_format(flow->arena, "{\"route\":%s%s%s}", route_write(&route, flow->arena),
                     hints == NULL ? "" : ",\"hints\":", hints == NULL ? "" : hints);
    return flow_body(flow, 200, (struct slice){text, __builtin_strlen(text)});
}
