/* Counting what waits, for the metrics, and forgetting what ended long ago. */
#include "base/log.h"
#include "flow/hooks.h"

#define COUNT(X) X(count_waiting) X(take_counts)
#define PURGE(X) X(drop_deliveries) X(drop_attempts) X(commit) X(purged)
FLOW_STEPS(count_steps, COUNT)
FLOW_STEPS(purge_steps, PURGE)

enum { PURGE_ROWS = 1000 };

static enum next count_waiting(struct flow *flow)
{
    work_add(flow_work(flow), STMT_DELIVERY_BACKLOG);
    return WAIT;
}

static enum next take_counts(struct flow *flow)
{
    struct hooks *hooks = flow->context->hooks;
    struct rows rows = work_rows(flow->work, 0);
    for (int i = 0; i < hooks->count; i++) {
        hooks->list[i].traffic->waiting = 0;
        hooks->list[i].traffic->oldest = INSTANT_NONE;
    }
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct hook *hook = hooks_find(hooks, row_int(&row));
        if (hook == NULL)
            continue;
        hook->traffic->waiting = row_int(&row);
        hook->traffic->oldest = row_instant(&row);
    }
    return END;
}

static void on_counted(struct flow *flow)
{
    flow->context->hooks->counting = false;
}

void hooks_count_start(struct context *context)
{
    if (context->hooks->counting)
        return;
    context->hooks->counting = true;
    flow_start(context, &count_steps, NULL, on_counted, NULL);
}

struct job {
    bool more;
};

static enum next drop_deliveries(struct flow *flow)
{
    struct span keep = flow->context->limits.webhooks.keep;
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, STMT_DELIVERY_DROP);
    args_instant(args, (struct instant){flow->now.us - keep.us});
    args_int(args, PURGE_ROWS);
    return WAIT;
}

static enum next drop_attempts(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    int64_t *webhooks = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    int64_t *deliveries = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        webhooks[i] = row_int(&row);
        deliveries[i] = row_int(&row);
    }
    job->more = rows.count == PURGE_ROWS;
    struct args *args = work_add(flow->work, STMT_ATTEMPT_DROP);
    ARGS_COLUMN(args, int, INT, rows.count, webhooks[i]);
    ARGS_COLUMN(args, int, INT, rows.count, deliveries[i]);
    work_add(flow->work, STMT_WEBHOOK_PURGE);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    work_commit(flow->work);
    return WAIT;
}

static enum next purged(struct flow *flow)
{
    (void)flow;
    return END;
}

static void on_purged(struct flow *flow)
{
    struct context *context = flow->context;
    bool more = error_none(&flow->err) && ((struct job *)flow->job)->more;
    mem_free(flow->job);
    context->hooks->purging = false;
    if (more && !context->draining)
        hooks_purge_start(context);
}

void hooks_purge_start(struct context *context)
{
    if (context->hooks->purging)
        return;
    context->hooks->purging = true;
    flow_start(context, &purge_steps, mem_zero(sizeof(struct job)), on_purged, NULL);
}
