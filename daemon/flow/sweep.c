/* Lock, find what is due, load, decide, save, commit. A batch that somebody else's change crosses
 * is rolled back whole; its tickets are then swept one by one, so that one busy ticket holds up no
 * other; nor does a damaged one, which is passed by. */
#include "flow/sweep.h"

#include "base/log.h"
#include "base/metrics.h"
#include "flow/head.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "flow/refresh.h"
#include "wire/ticket_json.h"

#define SWEEP(X) X(lock) X(find) X(load) X(decide) X(commit) X(committed) X(look_ahead) X(plan)
FLOW_STEPS(sweep_steps, SWEEP)

enum {
    COUNTERS = 3, /* place of their rows, behind those of the dossiers */
    STUCK_S = 60  /* until what could not be saved is tried again */
};

struct sweep {
    int batch;
    int count;
    int tried; /* tickets that this attempt is about */
    int64_t first;
    struct dossier **dossiers;
    int steps;
    bool more;
};

static bool one_by_one(const struct flow *flow)
{
    return flow->attempts > 0 || flow->context->stuck.alone;
}

/* What was passed by for long enough is tried again; so it is when the clock went back. */
static void forget_stuck(struct stuck *stuck, struct instant now)
{
    if (now.us < stuck->since.us || now.us >= instant_add(stuck->since, SECONDS(STUCK_S)).us)
        stuck->count = 0;
}

static enum next lock(struct flow *flow)
{
    struct sweep *sweep = flow->job;
    struct stuck *stuck = &flow->context->stuck;
    forget_stuck(stuck, flow->now);
    sweep->tried = 0;
    work_begin(flow_work(flow));
    work_add(flow->work, STMT_TASK_SWEEP_LOCK);
    struct args *args = work_add(flow->work, STMT_TASK_DUE);
    args_instant(args, flow->now);
    args_int(args, one_by_one(flow) ? 1 : sweep->batch);
    ARGS_COLUMN(args, int, INT, stuck->count, stuck->ticket[i]);
    return WAIT;
}

static enum next find(struct flow *flow)
{
    struct sweep *sweep = flow->job;
    struct rows locked = work_rows(flow->work, 0), due = work_rows(flow->work, 1);
    struct row lock_row = rows_at(&locked, 0, flow->arena);
    bool mine = row_bool(&lock_row);
    sweep->steps = sweep->count = 0;
    sweep->more = mine && due.count > 0 && (due.count == sweep->batch || one_by_one(flow));
    metrics_set(METRIC_SWEEP_LAG, 0);
    if (!mine || due.count == 0) {
        flow->step = 6; /* look_ahead */
        return GO;
    }
    int64_t *ids = ARENA_ARRAY(flow->arena, int64_t, due.count);
    for (int i = 0; i < due.count; i++) {
        struct row row = rows_at(&due, i, flow->arena);
        ids[i] = row_int(&row);
        if (i == 0)
            metrics_set(METRIC_SWEEP_LAG, (double)(flow->now.us - row_instant(&row).us) / 1000000);
    }
    sweep->tried = due.count;
    sweep->first = ids[0];
    dossier_store_load(flow->work, ids, due.count, NULL);
    work_add(flow->work, STMT_COUNTER_READ); /* last: at least as new as what the tasks run under */
    return WAIT;
}

/* Another instance changed a policy and dispatched by it before this one read it: the sweep comes
 * again when it is read. What can never be read (the registry is not newer) holds nothing up. */
static bool outdated(const struct flow *flow)
{
    const struct sweep *sweep = flow->job;
    struct rows counters = work_rows(flow->work, COUNTERS);
    struct row row = rows_at(&counters, 0, flow->arena);
    if (row_int(&row) <= snapshot_revision(flow->snapshot))
        return false;
    for (int i = 0; i < sweep->count; i++)
        if (!dossier_known(sweep->dossiers[i], flow->snapshot))
            return true;
    return false;
}

static enum next load(struct flow *flow)
{
    struct sweep *sweep = flow->job;
    sweep->dossiers = dossier_store_read(flow->work, 0, flow->arena, &sweep->count);
    if (outdated(flow)) {
        sweep->more = false;
        refresh_registry(flow->context);
        return END;
    }
    for (int i = 0; i < sweep->count; i++) {
        struct world world = flow_world_of(flow, &sweep->dossiers[i], 1);
        dossier_restore(sweep->dossiers[i], flow->arena);
        sweep->steps += dossier_sweep(sweep->dossiers[i], &world);
        dossier_keep(sweep->dossiers[i], flow->arena);
    }
    return GO;
}

static enum next decide(struct flow *flow)
{
    const struct sweep *sweep = flow->job;
    int count;
    struct dossier **dossiers = head_raised(flow, sweep->dossiers, sweep->count, &count);
    dossier_store_save(flow->work, dossiers, count, &flow->context->vault, flow->arena);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    if (!work_obeyed(flow->work))
        return REDO; /* now one by one */
    work_commit(flow->work);
    return WAIT;
}

static enum next committed(struct flow *flow)
{
    const struct sweep *sweep = flow->job;
    int marked = 0;
    for (int i = 0; i < sweep->count; i++) {
        for (int e = 0; e < sweep->dossiers[i]->event_count; e++)
            marked += text_equal(sweep->dossiers[i]->events[e].move, "overdue");
    }
    metrics_add(METRIC_SWEEP_STEPS, sweep->steps);
    metrics_add(METRIC_OVERDUE_MARKED, marked);
    if (sweep->steps > 0)
        log_line(LOG_INFO, "swept", "tickets=%d steps=%d overdue=%d", sweep->count, sweep->steps,
                 marked);
    poll_kick(flow->context);
    return GO;
}

static enum next look_ahead(struct flow *flow)
{
    work_add(flow_work(flow), STMT_TASK_NEXT_DUE);
    return WAIT;
}

static enum next plan(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    struct instant next = INSTANT_NONE;
    if (rows.count > 0) {
        struct row row = rows_at(&rows, 0, flow->arena);
        next = row_instant(&row);
    }
    flow->context->next_step = next;
    return END;
}

/* After a failure: from here on one by one, or past the one that failed. False: it was no ticket's
 * fault, or too many are stuck. */
static bool give_way(struct flow *flow)
{
    const struct sweep *sweep = flow->job;
    struct stuck *stuck = &flow->context->stuck;
    if (sweep->tried == 0 || stuck->count == STUCK_LIMIT)
        return false;
    if (sweep->tried > 1) {
        stuck->alone = true;
        return true;
    }
    if (stuck->count == 0)
        stuck->since = flow->now;
    stuck->ticket[stuck->count++] = sweep->first;
    log_line(LOG_ERROR, "sweep_stuck", "ticket=%lld detail=\"%s\"", (long long)sweep->first,
             flow->err.detail);
    return true;
}

static void on_ended(struct flow *flow)
{
    struct context *context = flow->context;
    struct sweep *sweep = flow->job;
    bool more = error_none(&flow->err) ? sweep->more : give_way(flow);
    context->stuck.alone = context->stuck.alone && more;
    metrics_set(METRIC_SWEEP_STUCK, context->stuck.count);
    mem_free(sweep);
    context->sweeping = false;
    if (more && !context->draining)
        sweep_start(context);
}

void sweep_start(struct context *context)
{
    if (context->sweeping || context->snapshot == NULL)
        return;
    context->sweeping = true;
    struct sweep *sweep = mem_zero(sizeof(*sweep));
    sweep->batch = context->limits.sweep_batch;
    flow_start(context, &sweep_steps, sweep, on_ended, NULL);
}
