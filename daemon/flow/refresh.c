/* The tick and the small flows it starts. Each of them runs once at a time. */
#include "flow/refresh.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "flow/fold.h"
#include "flow/hooks.h"
#include "flow/keyring.h"
#include "flow/poll.h"
#include "flow/retention.h"
#include "flow/sweep.h"
#include "wire/registry_json.h"

#define LOOK(X)  X(read_counters) X(compare) X(take_changes)
#define LOAD(X)  X(read_registry) X(build)
#define LOADS(X) X(read_loads) X(take_loads)
#define TOUCH(X) X(read_touched) X(wake)
FLOW_STEPS(look_steps, LOOK)
FLOW_STEPS(load_steps, LOAD)
FLOW_STEPS(loads_steps, LOADS)
FLOW_STEPS(touch_steps, TOUCH)

enum { STANDING_S = 1, SWEEP_S = 1, FORGET_S = 10, TOUCHED_LIMIT = 1000 };
static const struct span feed_pause = {250000}; /* between looks at others' events, polls held */
static const struct span fold_pause = {500000};

static bool elapsed(struct span *last, struct span now, struct span pause)
{
    if (last->us != 0 && now.us - last->us < pause.us)
        return false;
    *last = now;
    return true;
}

/* ---- the registry ---- */

static enum next read_registry(struct flow *flow)
{
    int64_t known = flow->snapshot == NULL ? -1 : snapshot_revision(flow->snapshot);
    work_add(flow_work(flow), STMT_COUNTER_READ); /* first: the rows are at least as new */
    args_int(work_add(flow->work, STMT_REGISTRY_LOAD), known);
    return WAIT;
}

/* Tasks name the version of the rules they run under, so these values carry it. */
static void keep_version(struct registry_row *row)
{
    if (row->kind == REGISTRY_POLICY)
        ((struct policy *)row->value)->version = row->version;
    else if (row->kind == REGISTRY_CALENDAR)
        ((struct calendar *)row->value)->version = row->version;
}

static struct registry_row *read_row(struct row *row)
{
    struct arena *arena = arena_new();
    struct registry_row *made = ARENA_NEW(arena, struct registry_row); /* freed with its arena */
    made->arena = row->arena = arena;
    made->references = 1;
    made->kind = row_word(row, registry_plurals);
    made->code = row_text(row);
    made->version = row_int(row);
    made->revision = row_int(row);
    struct slice body = row_bytes(row);
    struct error err = {.arena = made->arena};
    if (made->kind >= 0 &&
        registry_json_read(made->kind, body, made->code, made->arena, &made->value, &err)) {
        keep_version(made);
        return made;
    }
    log_line(LOG_ERROR, "registry_row_unreadable", "code=%s detail=\"%s\"", made->code,
             err.count > 0 ? err.items[0].detail : err.detail);
    registry_row_free(made);
    return NULL;
}

static size_t count_rows(const struct snapshot *snapshot)
{
    size_t all = 0, count;
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        snapshot_rows(snapshot, kind, &count);
        all += count;
    }
    return all;
}

static enum next build(struct flow *flow)
{
    struct context *context = flow->context;
    struct rows counters = work_rows(flow->work, 0), rows = work_rows(flow->work, 1);
    struct registry_row **list = ARENA_ARRAY(flow->arena, struct registry_row *, rows.count);
    struct row first = rows_at(&counters, 0, flow->arena);
    int64_t revision = row_int(&first);
    size_t count = 0;
    if (flow->snapshot != NULL && rows.count == 0 && snapshot_revision(flow->snapshot) >= revision)
        return END;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct registry_row *made = read_row(&row);
        if (made == NULL)
            continue;
        if (made->revision > revision)
            revision = made->revision;
        list[count++] = made;
    }
    struct snapshot *fresh = snapshot_new(flow->snapshot, list, count, revision);
    snapshot_free(context->snapshot);
    context->snapshot = fresh;
    metrics_add(METRIC_REGISTRY_LOADS, 1);
    metrics_set(METRIC_REGISTRY_REVISION, (double)revision);
    metrics_set(METRIC_REGISTRY_ROWS, (double)count_rows(fresh));
    log_line(LOG_INFO, "registry_loaded", "revision=%lld rows=%zu ms=%lld", (long long)revision,
             count, (long long)((clock_now().us - flow->now.us) / 1000));
    return END;
}

/* Those whose revision is in memory go on; for the others it is loaded again. */
static void on_loaded(struct flow *flow)
{
    struct context *context = flow->context;
    bool failed = !error_none(&flow->err), again = false;
    int64_t revision = context->snapshot == NULL ? -1 : snapshot_revision(context->snapshot);
    struct flow *waiter = context->reload_waiters;
    context->loading = false;
    context->reload_waiters = NULL;
    while (waiter != NULL) {
        struct flow *next = waiter->next_parked;
        if (failed || waiter->waits_for <= revision) {
            flow_resume(waiter);
        } else {
            waiter->next_parked = context->reload_waiters;
            context->reload_waiters = waiter;
            again = true;
        }
        waiter = next;
    }
    if (again)
        refresh_registry(context);
}

void refresh_registry(struct context *context)
{
    if (context->loading)
        return;
    context->loading = true;
    flow_start(context, &load_steps, NULL, on_loaded, NULL);
}

enum next refresh_wait(struct flow *flow, int64_t revision)
{
    struct context *context = flow->context;
    if (context->snapshot != NULL && snapshot_revision(context->snapshot) >= revision)
        return GO;
    flow->waits_for = revision;
    flow->next_parked = context->reload_waiters;
    context->reload_waiters = flow;
    refresh_registry(context);
    return HOLD;
}

/* ---- what others changed ---- */

static enum next read_counters(struct flow *flow)
{
    work_add(flow_work(flow), STMT_COUNTER_READ);
    return WAIT;
}

/* Revisions as the counters have them. */
struct looked {
    int64_t keys, webhooks;
};

static enum next compare(struct flow *flow)
{
    struct context *context = flow->context;
    struct rows rows = work_rows(flow->work, 0);
    struct row row = rows_at(&rows, 0, flow->arena);
    struct looked *looked = FLOW_JOB(flow, struct looked);
    int64_t registry = row_int(&row);
    looked->keys = row_int(&row);
    looked->webhooks = row_int(&row);
    if (context->snapshot == NULL || registry > snapshot_revision(context->snapshot))
        refresh_registry(context);
    if (looked->keys == context->keys_revision && looked->webhooks == context->hooks->revision)
        return END;
    work_add(flow->work, STMT_KEY_LOAD);
    work_add(flow->work, STMT_WEBHOOK_LOAD);
    return WAIT;
}

static enum next take_changes(struct flow *flow)
{
    struct context *context = flow->context;
    const struct looked *looked = flow->job;
    struct rows keys = work_rows(flow->work, 0), webhooks = work_rows(flow->work, 1);
    context->keys_revision = looked->keys;
    keyring_fill(context->keyring, &keys);
    if (looked->webhooks >= context->hooks->revision)
        hooks_fill(context, &webhooks, looked->webhooks);
    return END;
}

static void on_looked(struct flow *flow)
{
    flow->context->refreshing = false;
    if (!error_none(&flow->err))
        flow->context->keys_revision = -1;
}

/* ---- what matching reads beside the registry ---- */

static enum next read_loads(struct flow *flow)
{
    standing_expect_load(flow->context->standing);
    work_add(flow_work(flow), STMT_CAPACITY_LOAD);
    work_add(flow->work, STMT_RECORD_LOAD);
    work_add(flow->work, STMT_TASK_PROVISIONAL);
    args_instant(work_add(flow->work, STMT_IDEMPOTENCY_EXPIRE), flow->now);
    return WAIT;
}

static enum next take_loads(struct flow *flow)
{
    struct standing *standing = flow->context->standing;
    struct rows taken = work_rows(flow->work, 0), records = work_rows(flow->work, 1);
    struct rows counted = work_rows(flow->work, 2);
    struct row provisional = rows_at(&counted, 0, flow->arena);
    metrics_set(METRIC_DEADLINES_PROVISIONAL, (double)row_int(&provisional));
    standing_forget_taken(standing); /* what others gave back whole is not among the rows */
    for (int i = 0; i < taken.count; i++) {
        struct row row = rows_at(&taken, i, flow->arena);
        const char *resource = row_text(&row);
        standing_load_taken(standing, resource, row_int(&row));
    }
    for (int i = 0; i < records.count; i++) {
        struct row row = rows_at(&records, i, flow->arena);
        const char *unit = row_text(&row);
        struct unit_record record = {.handled = row_int(&row)};
        record.on_time = row_int(&row);
        record.rated = row_int(&row);
        record.rating_sum = row_double(&row);
        standing_set_record(standing, unit, record);
    }
    return END;
}

/* ---- waking held requests ---- */

static enum next read_touched(struct flow *flow)
{
    struct args *args = work_add(flow_work(flow), STMT_EVENT_HORIZON);
    args_int(args, flow->context->vault.feed_offset);
    args = work_add(flow->work, STMT_EVENT_TOUCHED);
    args_int(args, flow->context->feed_position);
    args_int(args, flow->context->vault.feed_offset);
    return WAIT;
}

static enum next wake(struct flow *flow)
{
    struct context *context = flow->context;
    struct rows horizon = work_rows(flow->work, 0), touched = work_rows(flow->work, 1);
    struct row first = rows_at(&horizon, 0, flow->arena);
    bool begun = context->feed_position > 0;
    context->feed_position = row_int(&first);
    if (!begun || touched.count >= TOUCHED_LIMIT) {
        poll_wake_all(context); /* what happened since they looked is not known one by one */
        return END;
    }
    for (int i = 0; i < touched.count; i++) {
        struct row row = rows_at(&touched, i, flow->arena);
        const char *unit = row_text(&row), *org = row_text(&row), *area = row_text(&row);
        const char *copy_org = row_text(&row);
        struct names seen_by = row_names(&row);
        poll_touch(context, unit, org, area);
        poll_touch(context, NULL, copy_org, NULL);
        for (int s = 0; s < seen_by.count; s++)
            poll_touch(context, NULL, seen_by.at[s], NULL);
    }
    return END;
}

static void on_fed(struct flow *flow)
{
    flow->context->feeding = false;
}

static void on_loads(struct flow *flow)
{
    flow->context->weighing = false;
}

/* Starts a flow of which one at a time may run. */
static void start_once(struct context *context, bool *running, const struct steps *steps,
                       void (*ended)(struct flow *flow))
{
    if (*running)
        return;
    *running = true;
    flow_start(context, steps, NULL, ended, NULL);
}

void refresh_tick(struct context *context)
{
    struct span steady = clock_steady();
    struct instant now = clock_now();
    poll_expire(context, steady, context->draining);
    hooks_tick(context, steady);
    if (context->draining)
        return;
    if (elapsed(&context->last_look, steady, context->limits.refresh))
        start_once(context, &context->refreshing, &look_steps, on_looked);
    if (elapsed(&context->last_standing, steady, SECONDS(STANDING_S)))
        start_once(context, &context->weighing, &loads_steps, on_loads);
    bool due = instant_set(context->next_step) && context->next_step.us <= now.us;
    if (due || elapsed(&context->last_sweep, steady, SECONDS(SWEEP_S)))
        sweep_start(context);
    retention_tick(context, now);
    if (elapsed(&context->last_fold, steady, fold_pause))
        fold_start(context);
    bool kicked = context->feed_kicked;
    context->feed_kicked = false;
    if (poll_any(context) && (kicked || elapsed(&context->last_feed, steady, feed_pause)))
        start_once(context, &context->feeding, &touch_steps, on_fed);
    else if (!poll_any(context) && steady.us - context->last_feed.us > FORGET_S * 1000000LL)
        context->feed_position = 0; /* too long ago to catch up one by one */
}

bool refresh_idle(const struct context *context)
{
    return context->flows == 0 && hooks_idle(context);
}
