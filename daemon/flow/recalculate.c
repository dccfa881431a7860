/* Tickets are taken in order of id, a batch in one transaction each, by flows of the daemon's own
 * while the request holds. A batch that somebody else's change crosses is done one by one. What was
 * done stays done when the work is cut off, and is not found again by the next run. */
#include "flow/recalculate.h"

#include "base/log.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "flow/refresh.h"
#include "wire/recalculation_json.h"

#define RECALCULATE(X) X(read) X(look) X(start) X(answer)
#define BATCH(X)       X(find) X(load) X(decide) X(commit) X(committed)
FLOW_STEPS(recalculate_steps, RECALCULATE)
FLOW_STEPS(batch_steps, BATCH)

struct job {
    struct recalculation_ask ask;
    struct flow *asker;
    const struct calendar *calendar; /* of the asker's snapshot */
    const char *note;
    int64_t after; /* tickets up to this id are done */
    bool finished;
    struct recalculation sum;
    /* The batch under way. */
    struct dossier **dossiers;
    int count;
    int64_t last;
    struct recalculation part;
};

static enum next read(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!recalculation_read(flow->call->body, flow->arena, &job->ask, &flow->err))
        return END;
    if (job->ask.reason != NULL)
        job->note = recalculation_note(job->ask.reason, flow->arena);
    work_add(flow_work(flow), STMT_COUNTER_READ);
    return WAIT;
}

/* What another instance was told about the calendar counts here too. */
static enum next look(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    struct row row = rows_at(&rows, 0, flow->arena);
    return refresh_wait(flow, row_int(&row));
}

static void on_batch_ended(struct flow *flow);

static enum next start(struct flow *flow)
{
    struct job *job = flow->job;
    const char *code = flow->call->parts[0];
    snapshot_free(flow->snapshot);
    flow->snapshot = snapshot_hold(flow->context->snapshot);
    job->asker = flow;
    job->calendar = snapshot_calendar(flow->snapshot, code);
    if (job->calendar == NULL)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no calendar has the code %s", code);
    flow_start(flow->context, &batch_steps, job, on_batch_ended, NULL);
    return HOLD;
}

static enum next answer(struct flow *flow)
{
    const struct job *job = flow->job;
    log_line(LOG_INFO, "recalculated",
             "calendar=%s version=%lld dry_run=%d tasks=%lld changed=%lld", job->calendar->code,
             (long long)job->calendar->version, job->ask.dry_run, (long long)job->sum.tasks,
             (long long)job->sum.changed);
    return flow_body(flow, 200,
                     recalculation_write(job->calendar, &job->sum,
                                         context_offset(flow->context, flow->now), flow->arena));
}

static enum next find(struct flow *flow)
{
    const struct job *job = flow->job;
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, STMT_TASK_RECALCULABLE);
    args_text(args, job->calendar->code);
    args_int(args, job->calendar->version);
    args_int(args, job->after);
    args_int(args, flow->attempts > 0 ? 1 : flow->context->limits.sweep_batch);
    return WAIT;
}

static enum next load(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    job->finished = rows.count == 0;
    if (job->finished)
        return END;
    int64_t *ids = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        ids[i] = job->last = row_int(&row);
    }
    dossier_store_load(flow->work, ids, rows.count, NULL);
    return WAIT;
}

static enum next decide(struct flow *flow)
{
    struct job *job = flow->job;
    job->part = (struct recalculation){0};
    job->dossiers = dossier_store_read(flow->work, 0, flow->arena, &job->count);
    for (int i = 0; i < job->count; i++) {
        struct dossier *dossier = job->dossiers[i];
        struct world world = flow_world_of(flow, &dossier, 1);
        dossier_restore(dossier, flow->arena);
        dossier_recalculate(dossier, &world, job->calendar, job->note, &job->asker->actor,
                            &job->part);
        dossier_keep(dossier, flow->arena);
    }
    if (job->ask.dry_run) {
        flow->step = 4; /* committed: nothing was */
        return GO;
    }
    dossier_store_save(flow->work, job->dossiers, job->count, &flow->context->vault, flow->arena);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    if (!work_obeyed(flow->work))
        return REDO; /* now one by one */
    work_commit(flow->work);
    return WAIT;
}

/* Adds a batch to the sum, which outlives it. */
static void add_part(struct job *job)
{
    struct recalculation *sum = &job->sum;
    const struct recalculation *part = &job->part;
    sum->tasks += part->tasks;
    sum->changed += part->changed;
    sum->lifted += part->lifted;
    for (int i = 0; i < part->count && sum->count < RECALCULATION_SHOWN; i++) {
        struct due_change *item = &sum->items[sum->count++];
        *item = part->items[i];
        item->no = arena_copy(job->asker->arena, item->no);
    }
}

static enum next committed(struct flow *flow)
{
    struct job *job = flow->job;
    add_part(job);
    job->after = job->last;
    if (!job->ask.dry_run)
        poll_kick(flow->context);
    return END;
}

static void on_batch_ended(struct flow *flow)
{
    struct job *job = flow->job;
    struct flow *asker = job->asker;
    if (!error_none(&flow->err))
        error_set(&asker->err, flow->err.fault, "%s", flow->err.detail);
    else if (flow->context->draining && !job->finished)
        error_set(&asker->err, FAULT_UNAVAILABLE,
                  "the daemon is stopping; what was reckoned stays, send it again for the rest");
    if (error_none(&asker->err) && !job->finished)
        flow_start(flow->context, &batch_steps, job, on_batch_ended, NULL);
    else
        flow_resume(asker);
}
