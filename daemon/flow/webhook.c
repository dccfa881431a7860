/* Every change of webhooks counts one counter up, whose row serializes the changes and tells other
 * instances; this one takes the webhooks from the transaction itself. */
#include "flow/webhook.h"

#include "flow/codes.h"
#include "flow/entry.h"
#include "flow/hooks.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/url.h"
#include "wire/webhook_json.h"

#define CREATE(X)      X(look_around) X(create) X(created)
#define LIST(X)        X(find_page) X(show_page)
#define GET(X)         X(find) X(show)
#define PATCH(X)       X(look) X(patch) X(patched)
#define DELETE(X)      X(look) X(end) X(ended)
#define SECRET_ADD(X)  X(look) X(add_secret) X(secret_added)
#define SECRET_DROP(X) X(look) X(drop_secret) X(ended)
FLOW_STEPS(webhook_create_steps, CREATE)
FLOW_STEPS(webhook_list_steps, LIST)
FLOW_STEPS(webhook_get_steps, GET)
FLOW_STEPS(webhook_patch_steps, PATCH)
static enum next end(struct flow *flow);
static enum next ended(struct flow *flow);
static enum next add_secret(struct flow *flow);
static enum next secret_added(struct flow *flow);
static enum next drop_secret(struct flow *flow);
FLOW_TABLE(webhook_delete_steps, DELETE)
FLOW_TABLE(webhook_secret_add_steps, SECRET_ADD)
FLOW_TABLE(webhook_secret_drop_steps, SECRET_DROP)

static const char list_name[] = "webhooks";

struct job {
    struct webhook webhook; /* as it was, then as it shall be */
    int64_t id, limit, revision;
    const char *secret; /* made just now */
    int loaded;         /* place of the rows of webhook/load in the last send */
};

static bool read_id(struct flow *flow, int64_t *ret_id)
{
    return text_to_int(flow->call->parts[0], 1, INT64_MAX, ret_id) ||
           error_set(&flow->err, FAULT_NOT_FOUND, "no webhook has this id");
}

/* Whom it is about is registered; where it goes may be called. */
static bool check(struct flow *flow, const struct webhook *webhook)
{
    const struct webhook_limits *limits = &flow->context->limits.webhooks;
    codes_check(flow, REGISTRY_UNIT, webhook->unit, "/unit");
    codes_check(flow, REGISTRY_ORG, webhook->org, "/org");
    codes_check_areas(flow, &webhook->areas);
    return url_check(webhook->url, limits->plain_http, limits->allow, "/url", &flow->err) &&
           error_none(&flow->err);
}

static int64_t read_revision(const struct flow *flow, int index)
{
    struct rows rows = work_rows(flow->work, index);
    struct row row = rows_at(&rows, 0, flow->arena);
    return row_int(&row);
}

static struct webhook_row row_of(const struct webhook *webhook, struct arena *arena)
{
    return (struct webhook_row){*webhook, webhook_kept(webhook, arena),
                                webhook_sealed(webhook, arena)};
}

/* All of them again, and the commit; `written` statements stand before. */
static enum next finish(struct flow *flow, int written)
{
    struct job *job = flow->job;
    work_add(flow->work, STMT_WEBHOOK_LOAD);
    job->loaded = written;
    work_commit(flow->work);
    return WAIT;
}

/* False: somebody else's change came between. */
static bool take_over(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, job->loaded);
    if (!work_obeyed(flow->work))
        return false;
    hooks_fill(flow->context, &rows, job->revision);
    return true;
}

static enum next answer(struct flow *flow, int status)
{
    const struct job *job = flow->job;
    flow->answer.etag = entry_etag(flow, job->webhook.version);
    return flow_body(flow, status,
                     webhook_write(&job->webhook, job->secret,
                                   context_offset(flow->context, flow->now), flow->arena));
}

/* ---- made ---- */

static enum next look_around(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    job->webhook = (struct webhook){.failing_since = INSTANT_NONE};
    if (!webhook_read(flow->call->body, flow->arena, &job->webhook, &flow->err) ||
        !check(flow, &job->webhook))
        return END;
    work_begin(flow_work(flow));
    args_text(work_add(flow->work, STMT_COUNTER_NEXT), "webhooks");
    args_int(work_add(flow->work, STMT_EVENT_HORIZON), flow->context->vault.feed_offset);
    work_add(flow->work, STMT_WEBHOOK_COUNT);
    return WAIT;
}

static void give_secret(struct flow *flow, struct webhook *webhook)
{
    struct job *job = flow->job;
    bool standard = adapters[webhook->adapter].signing == SIGN_STANDARD;
    if (webhook->secret_count == 0 && standard) {
        webhook->secrets = ARENA_NEW(flow->arena, struct webhook_secret);
        webhook->secrets[0] = (struct webhook_secret){"1", secret_new(flow->arena)};
        webhook->secret_count = 1;
    }
    job->secret = webhook->secret_count > 0 ? webhook->secrets[0].text : NULL;
}

static enum next create(struct flow *flow)
{
    struct job *job = flow->job;
    struct webhook *webhook = &job->webhook;
    int most = flow->context->limits.webhooks.endpoints;
    job->revision = read_revision(flow, 0);
    if (read_revision(flow, 2) >= most)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "there are %d webhooks: no more are allowed", most);
    webhook->id = context_id(flow->context, flow->now);
    webhook->version = 1;
    webhook->created_at = flow->now;
    webhook->position = read_revision(flow, 1);
    give_secret(flow, webhook);
    const struct webhook_row row = row_of(webhook, flow->arena);
    args_int(work_add(flow->work, STMT_TALLY_SKIP), webhook->position);
    webhook_store_insert(flow->work, &row, &flow->context->vault, flow->arena);
    return finish(flow, 2);
}

static enum next created(struct flow *flow)
{
    const struct job *job = flow->job;
    if (!take_over(flow))
        return REDO;
    flow->answer.location =
        arena_format(flow->arena, "/v1/webhooks/%lld", (long long)job->webhook.id);
    return answer(flow, 201);
}

/* ---- shown ---- */

static enum next find_page(struct flow *flow)
{
    const struct limits *limits = &flow->context->limits;
    struct job *job = FLOW_JOB(flow, struct job);
    struct cursor cursor;
    if (!query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                     limits->page_limit, &job->limit, &flow->err) ||
        !cursor_read(call_query(flow->call, "cursor"), list_name, flow->arena, &cursor, &flow->err))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_WEBHOOK_LIST);
    args_int(args, cursor.count == 0 ? INT64_MAX : cursor.number[0]);
    args_int(args, job->limit + 1); /* whether more follow */
    return WAIT;
}

static enum next show_page(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    int count = rows.count > job->limit ? (int)job->limit : rows.count, shown = 0;
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, count);
    struct cursor last = {.count = 1};
    for (int i = 0; i < count; i++) {
        struct webhook webhook;
        if (!hooks_read(flow->context, &rows, i, flow->arena, &webhook))
            continue;
        items[shown++] =
            webhook_write(&webhook, NULL, context_offset(flow->context, flow->now), flow->arena);
        last.number[0] = webhook.id;
    }
    const char *next = rows.count > count ? cursor_write(&last, list_name, flow->arena) : NULL;
    return flow_body(flow, 200, json_list(items, shown, next, flow->arena));
}

static enum next find(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, &job->id))
        return END;
    args_int(work_add(flow_work(flow), STMT_WEBHOOK_GET), job->id);
    return WAIT;
}

/* The webhook of the path, from rows of webhook/get. */
static bool found(struct flow *flow, int index)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, index);
    if (rows.count == 0)
        return error_set(&flow->err, FAULT_NOT_FOUND, "no webhook has this id");
    return hooks_read(flow->context, &rows, 0, flow->arena, &job->webhook) ||
           error_set(&flow->err, FAULT_BUG, "the sealed settings do not open");
}

static enum next show(struct flow *flow)
{
    return found(flow, 0) ? answer(flow, 200) : END;
}

/* ---- changed ---- */

static enum next look(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, &job->id))
        return END;
    work_begin(flow_work(flow));
    args_text(work_add(flow->work, STMT_COUNTER_NEXT), "webhooks");
    args_int(work_add(flow->work, STMT_WEBHOOK_GET), job->id);
    return WAIT;
}

static bool looked(struct flow *flow)
{
    struct job *job = flow->job;
    job->revision = read_revision(flow, 0);
    return found(flow, 1) && entry_matches(flow, job->webhook.version);
}

static enum next save(struct flow *flow)
{
    struct job *job = flow->job;
    const struct webhook_row row = row_of(&job->webhook, flow->arena);
    webhook_store_save(flow->work, &row, &flow->context->vault, flow->arena);
    struct args *args = work_add(flow->work, STMT_LINE_RESUME);
    args_int(args, job->webhook.id);
    args_instant(args, flow->now);
    return finish(flow, 2);
}

static enum next patch(struct flow *flow)
{
    struct job *job = flow->job;
    struct webhook *webhook = &job->webhook;
    struct slice merged;
    if (!looked(flow))
        return END;
    struct webhook fresh = {.id = webhook->id,
                            .version = webhook->version,
                            .position = webhook->position,
                            .created_at = webhook->created_at,
                            .failing_since = webhook->failing_since,
                            .state = webhook->state,
                            .reason = webhook->reason};
    int adapter = webhook->adapter;
    if (!json_merge(webhook_settings(webhook, flow->arena), flow->call->body, flow->arena, &merged,
                    &flow->err) ||
        !webhook_read(merged, flow->arena, &fresh, &flow->err) || !check(flow, &fresh))
        return END;
    if (fresh.secret_count > 0)
        error_add(&flow->err, "/secret", "is added by POST to /v1/webhooks/{id}/secrets");
    if (fresh.adapter != adapter)
        error_add(&flow->err, "/adapter", "cannot change: make another webhook");
    if (!error_none(&flow->err))
        return END;
    fresh.secret_count = webhook->secret_count;
    fresh.secrets = webhook->secrets;
    bool revived = webhook->state == WEBHOOK_DISABLED && fresh.state != WEBHOOK_DISABLED;
    if (revived) {
        fresh.reason = NULL;
        fresh.failing_since = INSTANT_NONE;
    }
    *webhook = fresh;
    return save(flow);
}

static enum next patched(struct flow *flow)
{
    struct job *job = flow->job;
    if (!take_over(flow))
        return REDO;
    job->webhook.version++;
    return answer(flow, 200);
}

static enum next end(struct flow *flow)
{
    struct job *job = flow->job;
    if (!looked(flow))
        return END;
    struct args *args = work_add(flow->work, STMT_WEBHOOK_END);
    work_expect(flow->work, 1);
    args_int(args, job->id);
    args_int(args, job->webhook.version);
    args = work_add(flow->work, STMT_LINE_CLEAR);
    ARGS_COLUMN(args, int, INT, 1, job->id);
    args = work_add(flow->work, STMT_DELIVERY_ABANDON);
    args_int(args, job->id);
    args_instant(args, flow->now);
    return finish(flow, 3);
}

static enum next ended(struct flow *flow)
{
    if (!take_over(flow))
        return REDO;
    return flow_body(flow, 204, (struct slice){NULL, 0});
}

/* ---- secrets ---- */

/* One more than the highest so far. */
static const char *next_secret_id(const struct webhook *webhook, struct arena *arena)
{
    int64_t highest = 0, id;
    for (int i = 0; i < webhook->secret_count; i++)
        if (text_to_int(webhook->secrets[i].id, 1, INT32_MAX, &id) && id > highest)
            highest = id;
    return arena_format(arena, "%lld", (long long)highest + 1);
}

static enum next add_secret(struct flow *flow)
{
    struct job *job = flow->job;
    struct webhook *webhook = &job->webhook;
    if (!looked(flow) || !secret_read(flow->call->body, flow->arena, &job->secret, &flow->err) ||
        (job->secret != NULL &&
         !secret_check(job->secret, webhook->adapter, "/secret", &flow->err)))
        return END;
    if (webhook->secret_count == WEBHOOK_SECRETS)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "it has %d secrets: take one away first",
                         WEBHOOK_SECRETS);
    if (job->secret == NULL)
        job->secret = secret_new(flow->arena);
    int count = webhook->secret_count;
    struct webhook_secret *secrets = ARENA_ARRAY(flow->arena, struct webhook_secret, count + 1);
    for (int i = 0; i < count; i++)
        secrets[i] = webhook->secrets[i];
    secrets[count] = (struct webhook_secret){next_secret_id(webhook, flow->arena), job->secret};
    webhook->secrets = secrets;
    webhook->secret_count = count + 1;
    return save(flow);
}

static enum next secret_added(struct flow *flow)
{
    const struct job *job = flow->job;
    if (!take_over(flow))
        return REDO;
    return flow_body(
        flow, 201, secret_write(&job->webhook.secrets[job->webhook.secret_count - 1], flow->arena));
}

static enum next drop_secret(struct flow *flow)
{
    struct job *job = flow->job;
    struct webhook *webhook = &job->webhook;
    int kept = 0;
    if (!looked(flow))
        return END;
    for (int i = 0; i < webhook->secret_count; i++)
        if (!text_equal(webhook->secrets[i].id, flow->call->parts[1]))
            webhook->secrets[kept++] = webhook->secrets[i];
    if (kept == webhook->secret_count)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no secret of it has this id");
    if (kept == 0 && adapters[webhook->adapter].signing == SIGN_STANDARD)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "this is its last secret: add another one first");
    webhook->secret_count = kept;
    return save(flow);
}
