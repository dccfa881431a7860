/* Lock, look at a batch of ended tickets, load those that are due with the whistles on them, erase,
 * save, commit. Each
 * ticket's own policy decides, so that a walk passes by many that stay; it keeps its place between
 * batches. */
#include "flow/retention.h"

#include "base/log.h"
#include "base/metrics.h"
#include "flow/erasure.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "flow/whistle.h"
#include "wire/ticket_json.h"

#define RETENTION(X) X(lock) X(choose) X(gather) X(load) X(strip_on) X(save) X(commit) X(committed)
FLOW_STEPS(retention_steps, RETENTION)

enum { LOOK = 500, ERASE = 20, WALK_S = 3600, DAY_S = 86400 };

struct job {
    struct retention place; /* behind the last ticket looked at */
    int64_t due[ERASE];
    int count;
    struct dossier **dossiers;
    struct erasure *erasure;
};

/* The longest-ended tickets that any policy lets go ended before this; absent: none does. */
static struct instant latest_end(const struct snapshot *snapshot, struct instant now)
{
    size_t count;
    double least = 0;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_POLICY, &count);
    for (size_t i = 0; i < count; i++) {
        double days = ((const struct policy *)rows[i]->value)->rules.retention_days;
        if (days > 0 && (least == 0 || days < least))
            least = days;
    }
    if (least == 0)
        return INSTANT_NONE;
    return (struct instant){now.us - (int64_t)(least * DAY_S) * 1000000};
}

static enum next lock(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    job->place = flow->context->retention;
    work_begin(flow_work(flow));
    work_add(flow->work, STMT_TICKET_ERASE_LOCK);
    struct args *args = work_add(flow->work, STMT_TICKET_OLD);
    args_instant(args, latest_end(flow->snapshot, flow->now));
    args_instant(args, job->place.ended);
    args_int(args, job->place.ticket);
    args_int(args, LOOK);
    return WAIT;
}

/* Kept long enough under the policy that fits it. */
static bool is_due(const struct flow *flow, struct row *row, struct instant ended)
{
    struct policy_key key = {.level = -1, .origin = ORIGIN_TICKET};
    key.kind = row_word(row, ticket_kind_words);
    key.urgency = row_word(row, urgency_words);
    key.category = row_text(row);
    key.area = row_text(row);
    const struct policy *policy = snapshot_policy_for(flow->snapshot, &key);
    double days = policy == NULL ? 0 : policy->rules.retention_days;
    return days > 0 && ended.us + (int64_t)(days * DAY_S) * 1000000 <= flow->now.us;
}

/* The lock goes before the next batch asks for it. */
static enum next end_batch(struct flow *flow)
{
    flow->step = 7; /* committed */
    work_commit(flow->work);
    return WAIT;
}

static enum next choose(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows locked = work_rows(flow->work, 0), rows = work_rows(flow->work, 1);
    struct row mine = rows_at(&locked, 0, flow->arena);
    int looked = 0;
    job->count = 0;
    job->place.walking = row_bool(&mine) && rows.count > 0;
    for (; job->place.walking && looked < rows.count && job->count < ERASE; looked++) {
        struct row row = rows_at(&rows, looked, flow->arena);
        job->place.ticket = row_int(&row);
        job->place.ended = row_instant(&row);
        job->due[job->count] = job->place.ticket;
        job->count += is_due(flow, &row, job->place.ended);
    }
    if (job->count == 0)
        return end_batch(flow);
    whistles_on(flow->work, job->due, job->count, NULL);
    return WAIT;
}

/* A ticket with an open whistle stays until that has ended. */
static bool has_open_whistle(struct flow *flow, int64_t ticket)
{
    struct rows rows = work_rows(flow->work, 0);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        row_int(&row);
        bool on = row_int(&row) == ticket;
        row_text(&row);
        if (on && !instant_set(row_instant(&row)))
            return true;
    }
    return false;
}

static enum next gather(struct flow *flow)
{
    struct job *job = flow->job;
    struct names whistles = whistles_read(flow, 0);
    int count = 0;
    for (int i = 0; i < job->count; i++)
        if (!has_open_whistle(flow, job->due[i]))
            job->due[count++] = job->due[i];
    job->count = count;
    if (count == 0)
        return end_batch(flow);
    dossier_store_load(flow->work, job->due, job->count, &whistles);
    return WAIT;
}

static bool is_gathered(const struct job *job, int count, const struct ticket *ticket)
{
    int64_t about = ticket->origin == ORIGIN_TICKET ? ticket->id : ticket->parent;
    for (int i = 0; i < count; i++)
        if (job->due[i] == about)
            return !instant_set(ticket->erased_at) && instant_set(ticket->ended_at);
    return false; /* a whistle on one that stays, or opened again or erased by hand meanwhile */
}

static enum next load(struct flow *flow)
{
    struct job *job = flow->job;
    int found, count = 0;
    job->dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    for (int i = 0; i < found; i++) {
        struct dossier *dossier = job->dossiers[i];
        if (!is_gathered(job, job->count, &dossier->ticket))
            continue;
        struct world world = flow_world_of(flow, &dossier, 1);
        dossier_restore(dossier, flow->arena);
        dossier_erase(dossier, &world, "{\"reason\":\"retention\"}", &flow->actor);
        dossier_keep(dossier, flow->arena);
        job->dossiers[count++] = dossier;
    }
    job->count = count;
    job->erasure = erasure_new(job->dossiers, count, flow->arena);
    return erasure_begin(flow, job->erasure);
}

static enum next strip_on(struct flow *flow)
{
    return erasure_go_on(flow, ((struct job *)flow->job)->erasure);
}

static enum next save(struct flow *flow)
{
    const struct job *job = flow->job;
    dossier_store_save(flow->work, job->dossiers, job->count, &flow->context->vault, flow->arena);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    if (!work_obeyed(flow->work))
        return REDO;
    work_commit(flow->work);
    return WAIT;
}

static enum next committed(struct flow *flow)
{
    const struct job *job = flow->job;
    flow->context->retention = job->place;
    metrics_add(METRIC_TICKETS_ERASED, job->count);
    if (job->count > 0) {
        log_line(LOG_INFO, "erased", "tickets=%d rule=retention", job->count);
        poll_kick(flow->context);
    }
    return END;
}

static void on_ended(struct flow *flow)
{
    flow->context->retention.running = false;
    if (!error_none(&flow->err))
        flow->context->retention.walking = false; /* the next walk tries again */
}

void retention_tick(struct context *context, struct instant now)
{
    struct retention *retention = &context->retention;
    if (retention->running || context->snapshot == NULL)
        return;
    int64_t revision = snapshot_revision(context->snapshot);
    int64_t since = now.us - retention->begun.us;
    bool again = since < 0 || since >= (int64_t)WALK_S * 1000000 || revision != retention->revision;
    if (!retention->walking && again)
        *retention = (struct retention){
            .walking = instant_set(latest_end(context->snapshot, now)),
            .begun = now,
            .revision = revision,
        };
    if (!retention->walking)
        return;
    retention->running = true;
    flow_start(context, &retention_steps, NULL, on_ended, NULL);
}
