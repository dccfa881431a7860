/* Hands out tasks in one set-based statement; a token is 120 random bits. */
#include "flow/claim.h"

#include <stdlib.h>

#include "base/metrics.h"
#include "flow/entry.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "wire/json.h"
#include "wire/small_json.h"
#include "wire/ticket_json.h"

#define CLAIM(X)   X(pick) X(picked) X(show_claims) X(commit) X(claimed)
#define RENEW(X)   X(renew) X(answer_lease) X(commit) X(done)
#define RELEASE(X) X(release) X(answer_lease) X(commit) X(done)
FLOW_STEPS(claim_steps, CLAIM)
FLOW_DECLARE(renew)
FLOW_DECLARE(release)
FLOW_DECLARE(answer_lease)
FLOW_DECLARE(done)
FLOW_TABLE(renew_steps, RENEW)
FLOW_TABLE(release_steps, RELEASE)

enum { TOKEN_BYTES = 15 };

struct job {
    struct claim_body body;
    struct instant lease_until;
    int count;
    int64_t *tickets, *tasks;
};

static const char *new_token(struct arena *arena)
{
    unsigned char bytes[TOKEN_BYTES];
    crypt_random(bytes, sizeof(bytes));
    return crypt_base32(arena, bytes, sizeof(bytes));
}

static struct instant lease_end(const struct flow *flow, int64_t lease_s)
{
    return instant_add(flow->now, SECONDS(lease_s));
}

static enum next pick(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!claim_read("claim", flow->call->body, flow->arena, &job->body, &flow->err))
        return END;
    if (!names_have(&flow->scope.units, job->body.unit))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "this key does not speak for the unit '%s'",
                         job->body.unit);
    if (job->body.max > flow->context->limits.claim_tasks) {
        error_add(&flow->err, "/max", "must be at most %d", flow->context->limits.claim_tasks);
        return END;
    }
    job->lease_until = lease_end(flow, job->body.lease_s);
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, STMT_TASK_CLAIM);
    args_text(args, job->body.unit);
    args_instant(args, flow->now);
    args_int(args, job->body.max);
    args_open(args, ARGS_TEXT);
    for (int64_t i = 0; i < job->body.max; i++)
        args_text(args, new_token(flow->arena));
    args_close(args);
    args_int(args, flow->actor.key);
    args_instant(args, job->lease_until);
    return WAIT;
}

static enum next picked(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0 && poll_may_wait(flow))
        return PARK;
    job->count = rows.count;
    job->tickets = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    job->tasks = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        job->tickets[i] = row_int(&row);
        job->tasks[i] = row_int(&row);
    }
    dossier_store_load(flow->work, job->tickets, job->count, NULL);
    return WAIT;
}

/* One claimed task with its dossier, for sorting. */
struct held {
    const struct dossier *dossier;
    const struct task *task;
};

/* Most urgent first, then earliest due (spec 10). */
static int compare(const void *a, const void *b)
{
    const struct held *one = a, *other = b;
    int urgency = other->dossier->ticket.sent.urgency - one->dossier->ticket.sent.urgency;
    int64_t due = deadline_due(one->task).us, due_other = deadline_due(other->task).us;
    if (urgency != 0)
        return urgency;
    if (due != due_other)
        return due < due_other ? -1 : 1;
    return one->dossier->ticket.id < other->dossier->ticket.id ? -1 : 1;
}

static int list_held(const struct job *job, struct dossier **dossiers, int found, struct held *held)
{
    int count = 0;
    for (int i = 0; i < job->count; i++) {
        for (int d = 0; d < found; d++) {
            if (dossiers[d]->ticket.id != job->tickets[i])
                continue;
            held[count].dossier = dossiers[d];
            held[count++].task = dossier_task(dossiers[d], (int)job->tasks[i]);
        }
    }
    qsort(held, (size_t)count, sizeof(*held), compare);
    return count;
}

static enum next show_claims(struct flow *flow)
{
    const struct job *job = flow->job;
    int found;
    if (job->tickets == NULL)
        return AGAIN; /* it was parked: look once more */
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    struct held *held = ARENA_ARRAY(flow->arena, struct held, job->count);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, job->count);
    int count = list_held(job, dossiers, found, held);
    int offset = context_offset(flow->context, flow->now);
    struct names ids = {count, ARENA_ARRAY(flow->arena, const char *, count)};
    for (int i = 0; i < count; i++)
        ids.at[i] = arena_format(flow->arena, "%lld", (long long)held[i].dossier->ticket.id);
    flow->keep_tickets = names_join(flow->arena, &ids, " ");
    for (int i = 0; i < count; i++)
        items[i] = claim_write(task_body(flow, held[i].dossier, held[i].task), held[i].task->claim,
                               job->lease_until, offset, flow->arena);
    flow->answer.status = 200;
    flow->answer.body = json_list(items, count, NULL, flow->arena);
    entry_keep(flow);
    return work_waiting(flow->work) ? WAIT : GO;
}

static enum next commit(struct flow *flow)
{
    if (flow->keeps && !work_obeyed(flow->work))
        return REDO;
    work_commit(flow->work);
    return WAIT;
}

static enum next claimed(struct flow *flow)
{
    metrics_add(METRIC_CLAIMS, ((struct job *)flow->job)->count);
    return END;
}

/* Task, token and unit of a renewal or release. */
static struct args *lease_args(struct flow *flow, const char *what, enum statement statement)
{
    struct job *job = FLOW_JOB(flow, struct job);
    int64_t ticket;
    int task;
    if (!claim_read(what, flow->call->body, flow->arena, &job->body, &flow->err))
        return NULL;
    if (!task_id_parse(job->body.task, &ticket, &task)) {
        error_set(&flow->err, FAULT_NOT_FOUND, "no task has this id");
        return NULL;
    }
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, statement);
    args_int(args, ticket);
    args_int(args, task);
    args_text(args, job->body.claim);
    args_instant(args, flow->now);
    return args;
}

static enum next renew(struct flow *flow)
{
    struct args *args = lease_args(flow, "renew", STMT_TASK_RENEW);
    if (args == NULL)
        return END;
    struct job *job = flow->job;
    job->lease_until = lease_end(flow, job->body.lease_s);
    args_instant(args, job->lease_until);
    args_text(args, flow->caller->unit);
    return WAIT;
}

static enum next release(struct flow *flow)
{
    struct args *args = lease_args(flow, "release", STMT_TASK_RELEASE);
    if (args == NULL)
        return END;
    args_text(args, flow->caller->unit);
    return WAIT;
}

static enum next answer_lease(struct flow *flow)
{
    const struct job *job = flow->job;
    if (work_rows(flow->work, 0).count == 0)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "this claim is not the living one");
    bool renewed = flow->steps == &renew_steps;
    const char *names[] = {"task", "claim", "lease_until"};
    const char *values[] = {job->body.task, renewed ? job->body.claim : NULL,
                            renewed ? instant_format(flow->arena, job->lease_until,
                                                     context_offset(flow->context, flow->now))
                                    : NULL};
    flow->answer.status = 200;
    flow->answer.body = texts_write(names, values, COUNT_OF(names), flow->arena);
    entry_keep(flow);
    return work_waiting(flow->work) ? WAIT : GO;
}

static enum next done(struct flow *flow)
{
    if (flow->steps == &release_steps)
        poll_touch(flow->context, flow->caller->unit, NULL, NULL);
    return END;
}
