/* Lock, find the next events, load their tickets' logs and what these added before, fold, write the
 * difference, go on in the feed. All in one transaction, so that every event is in the sums once,
 * whoever folds and whenever one of them ends. */
#include "flow/fold.h"

#include <stdlib.h>

#include "base/metrics.h"
#include "store/tally_store.h"
#include "wire/tally_json.h"

#define FOLD(X) X(lock) X(find) X(load) X(decide) X(commit) X(committed)
FLOW_STEPS(fold_steps, FOLD)

enum { FOLD_EVENTS = 1000 };
static const char place_name[] = "feed";

struct fold {
    struct tally_place from, to;
    int events, ticket_count;
    int64_t *tickets; /* sorted, each once */
    bool more;
};

static enum next lock(struct flow *flow)
{
    work_begin(flow_work(flow));
    work_add(flow->work, STMT_TALLY_LOCK);
    args_text(work_add(flow->work, STMT_TALLY_PLACE), place_name);
    return WAIT;
}

static enum next find(struct flow *flow)
{
    struct fold *fold = flow->job;
    struct rows locked = work_rows(flow->work, 0), place = work_rows(flow->work, 1);
    struct row mine = rows_at(&locked, 0, flow->arena);
    if (!row_bool(&mine) || place.count == 0)
        return END;
    struct row row = rows_at(&place, 0, flow->arena);
    fold->from.position = row_int(&row);
    fold->from.ticket = row_int(&row);
    fold->from.seq = row_int(&row);
    struct args *args = work_add(flow->work, STMT_EVENT_UNFOLDED);
    args_int(args, fold->from.position);
    args_int(args, fold->from.ticket);
    args_int(args, fold->from.seq);
    args_int(args, flow->context->vault.feed_offset);
    args_int(args, FOLD_EVENTS);
    return WAIT;
}

static int compare_ids(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Whose events they are, and the last of them. */
static void take_events(struct flow *flow, const struct rows *events)
{
    struct fold *fold = flow->job;
    int64_t *ids = fold->tickets = ARENA_ARRAY(flow->arena, int64_t, events->count);
    for (int i = 0; i < events->count; i++) {
        struct row row = rows_at(events, i, flow->arena);
        fold->to.position = row_int(&row);
        fold->to.ticket = ids[i] = row_int(&row);
        fold->to.seq = row_int(&row);
        if (i == 0)
            metrics_set(METRIC_FOLD_LAG, (double)(flow->now.us - row_instant(&row).us) / 1000000);
    }
    qsort(ids, (size_t)events->count, sizeof(*ids), compare_ids);
    fold->ticket_count = 0;
    for (int i = 0; i < events->count; i++)
        if (i == 0 || ids[i] != ids[fold->ticket_count - 1])
            ids[fold->ticket_count++] = ids[i];
}

static enum next load(struct flow *flow)
{
    struct fold *fold = flow->job;
    struct rows events = work_rows(flow->work, 0);
    metrics_set(METRIC_FOLD_LAG, 0);
    fold->events = events.count;
    fold->more = events.count == FOLD_EVENTS;
    if (events.count == 0)
        return END;
    take_events(flow, &events);
    struct args *args = work_add(flow->work, STMT_EVENT_OF_TICKETS);
    ARGS_COLUMN(args, int, INT, fold->ticket_count, fold->tickets[i]);
    args_int(args, fold->to.position);
    args_int(args, fold->to.ticket);
    args_int(args, fold->to.seq);
    tally_store_load(flow->work, fold->tickets, fold->ticket_count);
    work_add(flow->work, STMT_COUNTER_READ);
    return WAIT;
}

/* How many rows from `at` on are of this ticket. */
static int count_events(const struct rows *events, int at, int64_t ticket)
{
    int count = 0;
    for (; at + count < events->count; count++) {
        struct row row = rows_at(events, at + count, NULL);
        if (row_int(&row) != ticket)
            break;
    }
    return count;
}

/* Folds the log of one ticket, whose events begin at row `at`; returns the row behind them. */
static int fold_ticket(struct flow *flow, const struct rows *events, int at, struct tally *tally)
{
    int count = count_events(events, at, tally->ticket);
    struct fact *facts = ARENA_ARRAY(flow->arena, struct fact, count);
    for (int i = 0; i < count; i++) {
        struct row row = rows_at(events, at + i, flow->arena);
        row_int(&row);
        struct event event = {.task = (int)row_int(&row)};
        event.move = row_text(&row);
        event.at = row_instant(&row);
        event.data = row_text(&row);
        facts[i] = fact_read(&event, flow->arena);
    }
    *tally = tally_fold(tally->ticket, facts, count, flow->arena);
    return at + count;
}

/* Puts it into its day. False: its calendar is newer than the registry in memory, so not yet. */
static bool fold_time(struct flow *flow, struct tally *tally, bool behind)
{
    const struct calendar *calendar =
        tally->calendar == NULL
            ? NULL
            : snapshot_calendar_at(flow->snapshot, tally->calendar, tally->calendar_version);
    bool known = calendar != NULL && calendar->version >= tally->calendar_version;
    tally_time(tally, calendar, flow->context->zone);
    return known || !behind || tally->calendar == NULL;
}

static void save(struct flow *flow, const struct tally *old, const struct tally *fresh, int count)
{
    const struct fold *fold = flow->job;
    struct tally_sums sums = {.arena = flow->arena};
    for (int i = 0; i < count; i++) {
        tally_sums_add(&sums, &old[i], -1);
        tally_sums_add(&sums, &fresh[i], 1);
    }
    tally_store_advance(flow->work, place_name, &fold->from, &fold->to);
    int sum_count;
    struct tally_sum **list = tally_sums_list(&sums, &sum_count);
    tally_store_keep(flow->work, old, fresh, count, flow->arena);
    tally_store_add(flow->work, list, sum_count);
    tally_sums_end(&sums);
}

static enum next decide(struct flow *flow)
{
    struct fold *fold = flow->job;
    struct rows events = work_rows(flow->work, 0), counters = work_rows(flow->work, 2);
    struct row row = rows_at(&counters, 0, flow->arena);
    bool behind = row_int(&row) > snapshot_revision(flow->snapshot);
    struct tally *old =
        tally_store_read(flow->work, 1, fold->tickets, fold->ticket_count, flow->arena);
    struct tally *fresh = ARENA_ARRAY(flow->arena, struct tally, fold->ticket_count);
    int at = 0, changed = 0;
    for (int i = 0; i < fold->ticket_count; i++) {
        struct tally made = {.ticket = fold->tickets[i]};
        at = fold_ticket(flow, &events, at, &made);
        if (!fold_time(flow, &made, behind)) {
            fold->more = false; /* a moment later */
            return END;
        }
        if (tally_same(&old[i], &made))
            continue;
        old[changed] = old[i];
        fresh[changed++] = made;
    }
    save(flow, old, fresh, changed);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    struct fold *fold = flow->job;
    if (!work_obeyed(flow->work)) {
        fold->more = false; /* somebody else went on from there */
        return END;
    }
    work_commit(flow->work);
    return WAIT;
}

static enum next committed(struct flow *flow)
{
    const struct fold *fold = flow->job;
    metrics_add(METRIC_FOLD_EVENTS, fold->events);
    return END;
}

static void on_ended(struct flow *flow)
{
    struct context *context = flow->context;
    struct fold *fold = flow->job;
    bool more = error_none(&flow->err) && fold->more;
    mem_free(fold);
    context->folding = false;
    if (more && !context->draining)
        fold_start(context);
}

void fold_start(struct context *context)
{
    if (context->folding || context->snapshot == NULL)
        return;
    context->folding = true;
    flow_start(context, &fold_steps, mem_zero(sizeof(struct fold)), on_ended, NULL);
}
