/* The three methods differ in what the new row is made of; the rest is one transaction: the counter
 * of revisions is taken first and serializes all writers of the registry, of every instance, so
 * what is read behind it stays true until the commit. */
#include "flow/registry_save.h"

#include <string.h>

#include "domain/registry_check.h"
#include "flow/entry.h"
#include "flow/refresh.h"
#include "flow/registry_rights.h"
#include "flow/registry_show.h"
#include "store/registry_store.h"
#include "wire/json.h"
#include "wire/registry_json.h"

#define SAVE(X) X(lock) X(decide) X(judge) X(store) X(stored) X(answer) X(again)
FLOW_STEPS(registry_save_steps, SAVE)
#define PLACE(step) PLACE_##step,
enum { SAVE(PLACE) };
#undef PLACE

struct job {
    bool put, ends; /* ends: by DELETE */
    int64_t revision;
    struct slice body; /* what a PUT sent, or the patch */
    bool found;
    struct registry_record old, fresh;
    const void *was; /* the old row's value; NULL: none, or not readable */
    void *value;
};

enum next registry_stale(struct flow *flow, int64_t revision, int again)
{
    if (flow->err.fault != FAULT_INVALID || snapshot_revision(flow->snapshot) >= revision - 1)
        return END;
    flow->err = (struct error){.arena = flow->arena};
    flow->step = again;
    return refresh_wait(flow, revision - 1);
}

struct slice registry_canonical(int kind, const char *code, struct slice stored,
                                struct arena *arena, const void **ret_value)
{
    struct error err = {.arena = arena};
    *ret_value = NULL;
    if (!registry_json_read(kind, stored, code, arena, ret_value, &err))
        return stored;
    return registry_json_write(kind, *ret_value, arena);
}

/* A body that says nothing sensible by itself is refused before anything is locked. */
static enum next lock(struct flow *flow)
{
    static const char ended[] = "{\"status\":\"ended\"}";
    struct job *job = FLOW_JOB(flow, struct job);
    const struct names code = {1, &flow->call->parts[0]};
    const void *value;
    job->put = text_equal(flow->call->method, "PUT");
    job->ends = text_equal(flow->call->method, "DELETE");
    job->body = job->ends ? (struct slice){ended, sizeof(ended) - 1} : flow->call->body;
    if (job->put && !registry_json_read(flow->route->kind, job->body, code.at[0], flow->arena,
                                        &value, &flow->err))
        return END;
    work_begin(flow_work(flow));
    registry_store_next(flow->work);
    registry_store_find(flow->work, flow->route->kind, &code);
    return WAIT;
}

/* If-Match and If-None-Match against the row as it stands (RFC 9110, 13.2.2). */
static bool conditions_hold(struct flow *flow, const struct job *job)
{
    const char *unwanted = flow->call->if_none_match;
    if (!job->found && flow->call->if_match != NULL)
        return error_set(&flow->err, FAULT_CHANGED, "there is no such row");
    if (!job->found)
        return true;
    if (call_names_etag(unwanted, entry_etag(flow, job->old.version), true))
        return error_set(&flow->err, FAULT_CHANGED, "the row is there already, as version %s",
                         entry_etag(flow, job->old.version));
    return entry_matches(flow, job->old.version);
}

/* The value that shall stand, as sent or as patched. */
static bool make_value(struct flow *flow, struct job *job)
{
    int kind = flow->route->kind;
    const char *code = flow->call->parts[0];
    struct slice body = job->body;
    const void *value;
    if (job->found)
        job->old.body = registry_canonical(kind, code, job->old.body, flow->arena, &job->was);
    if (!job->put && !json_merge(job->old.body, job->body, flow->arena, &body, &flow->err))
        return false;
    if (!registry_json_read(kind, body, code, flow->arena, &value, &flow->err))
        return false;
    job->value = (void *)value; /* made in our arena just now */
    if (kind != REGISTRY_RESOURCE)
        return true;
    if (job->found && job->was == NULL && flow->caller->role != CALLER_ADMIN)
        return error_set(&flow->err, FAULT_DENIED, "only an admin may mend this row");
    return registry_rights(flow, job->was, job->value);
}

/* Ending is allowed whatever the row refers to. */
static bool check_value(struct flow *flow, const struct job *job)
{
    const struct registry_context context = {.snapshot = flow->snapshot};
    return job->ends || registry_check(flow->route->kind, job->value, &context, &flow->err);
}

/* Nothing is written: what was begun is rolled back. */
static enum next unchanged(struct flow *flow, const struct job *job)
{
    if (job->ends)
        return flow_body(flow, 204, (struct slice){NULL, 0});
    flow->answer.etag = entry_etag(flow, job->old.version);
    return flow_body(
        flow, 200,
        registry_shown(flow, flow->route->kind, job->old.code, job->old.body, job->old.version));
}

static enum next decide(struct flow *flow)
{
    struct job *job = flow->job;
    const char *code = flow->call->parts[0];
    struct rows rows = work_rows(flow->work, 1);
    job->revision = registry_store_revision(flow->work, 0);
    job->found = rows.count > 0;
    if (job->found)
        job->old = registry_store_record(&rows, 0, flow->arena);
    else if (!job->put)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "%s: no such code", code);
    if (!conditions_hold(flow, job) || !make_value(flow, job))
        return END;
    if (!check_value(flow, job))
        return registry_stale(flow, job->revision, PLACE_again);
    int kind = flow->route->kind, status = registry_status(kind, job->value);
    job->fresh = (struct registry_record){code, job->old.version + 1, status,
                                          registry_json_write(kind, job->value, flow->arena)};
    if (job->found && job->fresh.body.size == job->old.body.size &&
        memcmp(job->fresh.body.at, job->old.body.at, job->old.body.size) == 0)
        return unchanged(flow, job);
    if (!job->found || status != STATUS_ENDED || job->old.status == STATUS_ENDED) {
        flow->step = PLACE_store;
        return GO;
    }
    struct args *args = work_add(flow->work, STMT_REGISTRY_OPEN_TASKS);
    args_text(args, registry_plurals[kind]);
    args_names(args, &(struct names){1, &code});
    return WAIT;
}

static enum next judge(struct flow *flow)
{
    if (work_rows(flow->work, 0).count > 0)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "open tasks name %s: it cannot end yet",
                         flow->call->parts[0]);
    return GO;
}

static enum next store(struct flow *flow)
{
    struct job *job = flow->job;
    int kind = flow->route->kind;
    const struct registry_change change = {job->revision, flow->now, flow->actor.key};
    registry_store_save(flow->work, kind, &job->fresh, 1, &change);
    if (kind == REGISTRY_RESOURCE) {
        const struct resource *resource = job->value;
        registry_store_capacity(flow->work, &resource, 1);
    }
    work_commit(flow->work);
    return WAIT;
}

static enum next stored(struct flow *flow)
{
    const struct job *job = flow->job;
    return refresh_wait(flow, job->revision);
}

static enum next answer(struct flow *flow)
{
    const struct job *job = flow->job;
    int kind = flow->route->kind;
    if (job->ends)
        return flow_body(flow, 204, (struct slice){NULL, 0});
    flow->answer.etag = entry_etag(flow, job->fresh.version);
    if (!job->found)
        flow->answer.location =
            arena_format(flow->arena, "/v1/%s/%s", registry_plurals[kind], job->fresh.code);
    return flow_body(
        flow, job->found ? 200 : 201,
        registry_shown(flow, kind, job->fresh.code, job->fresh.body, job->fresh.version));
}

static enum next again(struct flow *flow)
{
    (void)flow;
    return REDO;
}
