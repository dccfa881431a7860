/* Every change of keys counts one counter up, whose row serializes the changes and tells other
 * instances; this one takes its keyring from the transaction itself. */
#include "flow/keys.h"

#include "flow/codes.h"
#include "flow/keyring.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/small_json.h"

#define CREATE(X) X(create) X(created)
FLOW_STEPS(key_create_steps, CREATE)
#define LIST(X) X(list) X(listed)
FLOW_STEPS(key_list_steps, LIST)
#define GET(X) X(find) X(found)
FLOW_STEPS(key_get_steps, GET)
#define DELETE(X) X(look) X(revoke) X(revoked)
FLOW_STEPS(key_delete_steps, DELETE)

static const char list_name[] = "keys";

struct job {
    struct caller caller; /* the key that is made */
    const char *secret;
    int64_t id, limit;
};

static void add_count(struct work *work)
{
    args_text(work_add(work, STMT_COUNTER_NEXT), "keys");
}

/* A key for nobody, or one that is dead from the start, is a mistake of whoever asks for it. */
static bool check_key(struct flow *flow, const struct caller *caller)
{
    codes_check(flow, REGISTRY_UNIT, caller->unit, "/unit");
    codes_check(flow, REGISTRY_ORG, caller->org, "/org");
    codes_check_areas(flow, &caller->areas);
    if (instant_set(caller->expires_at) && !instant_before(flow->now, caller->expires_at))
        error_add(&flow->err, "/expires_at", "must lie ahead");
    return error_none(&flow->err);
}

static void add_insert(struct flow *flow, const struct caller *caller, struct slice hash)
{
    struct args *args = work_add(flow->work, STMT_KEY_INSERT);
    args_int(args, caller->key);
    args_bytes(args, hash);
    args_text(args, caller_role_words[caller->role]);
    args_text(args, caller->name);
    args_names(args, &caller->areas);
    args_text(args, caller->unit);
    args_text(args, caller->org);
    args_instant(args, caller->created_at);
    args_instant(args, caller->expires_at);
}

static enum next create(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    struct caller *caller = &job->caller;
    if (!key_read(flow->call->body, flow->arena, caller, &flow->err) || !check_key(flow, caller))
        return END;
    job->secret = setup_new_key(flow->arena);
    caller->key = context_id(flow->context, flow->now);
    caller->created_at = flow->now;
    struct crypt_hash hash = setup_key_hash(job->secret);
    struct slice bytes = {(const char *)hash.at, sizeof(hash.at)};
    work_begin(flow_work(flow));
    add_count(flow->work);
    add_insert(flow, caller, bytes);
    args_bytes(work_add(flow->work, STMT_KEY_FIND), bytes);
    work_commit(flow->work);
    return WAIT;
}

static enum next created(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 2);
    keyring_add(flow->context->keyring, &rows);
    flow->answer.location = arena_format(flow->arena, "/v1/keys/%lld", (long long)job->caller.key);
    return flow_body(flow, 201,
                     key_write(&job->caller, job->secret, context_offset(flow->context, flow->now),
                               flow->arena));
}

/* A row of STMT_KEY_LIST or STMT_KEY_GET. */
static struct caller key_row(const struct rows *rows, int index, struct arena *arena)
{
    struct caller caller;
    struct row row = rows_at(rows, index, arena);
    caller.key = row_int(&row);
    caller.role = row_word(&row, caller_role_words);
    caller.name = row_text(&row);
    caller.areas = row_names(&row);
    caller.unit = row_text(&row);
    caller.org = row_text(&row);
    caller.created_at = row_instant(&row);
    caller.expires_at = row_instant(&row);
    caller.revoked_at = row_instant(&row);
    return caller;
}

static enum next list(struct flow *flow)
{
    const struct limits *limits = &flow->context->limits;
    struct job *job = FLOW_JOB(flow, struct job);
    struct cursor cursor;
    if (!query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                     limits->page_limit, &job->limit, &flow->err) ||
        !cursor_read(call_query(flow->call, "cursor"), list_name, flow->arena, &cursor, &flow->err))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_KEY_LIST);
    args_int(args, cursor.count == 0 ? INT64_MAX : cursor.number[0]);
    args_int(args, job->limit + 1); /* whether more follow */
    return WAIT;
}

static enum next listed(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    int count = rows.count > job->limit ? (int)job->limit : rows.count;
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, count);
    struct cursor last = {.count = 1};
    for (int i = 0; i < count; i++) {
        struct caller caller = key_row(&rows, i, flow->arena);
        items[i] = key_write(&caller, NULL, context_offset(flow->context, flow->now), flow->arena);
        last.number[0] = caller.key;
    }
    const char *next = rows.count > count ? cursor_write(&last, list_name, flow->arena) : NULL;
    return flow_body(flow, 200, json_list(items, count, next, flow->arena));
}

/* The id in the path; what is not a number is no key's. */
static bool read_id(struct flow *flow, int64_t *ret_id)
{
    return text_to_int(flow->call->parts[0], 1, INT64_MAX, ret_id) ||
           error_set(&flow->err, FAULT_NOT_FOUND, "no key has this id");
}

static enum next find(struct flow *flow)
{
    int64_t id;
    if (!read_id(flow, &id))
        return END;
    args_int(work_add(flow_work(flow), STMT_KEY_GET), id);
    return WAIT;
}

static enum next found(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no key has this id");
    struct caller caller = key_row(&rows, 0, flow->arena);
    return flow_body(
        flow, 200, key_write(&caller, NULL, context_offset(flow->context, flow->now), flow->arena));
}

static enum next look(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, &job->id))
        return END;
    work_begin(flow_work(flow));
    add_count(flow->work);
    args_int(work_add(flow->work, STMT_KEY_GET), job->id);
    struct args *args = work_add(flow->work, STMT_KEY_OTHER_ADMINS);
    args_int(args, job->id);
    args_instant(args, flow->now);
    return WAIT;
}

static enum next revoke(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 1), others = work_rows(flow->work, 2);
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no key has this id");
    struct caller caller = key_row(&rows, 0, flow->arena);
    struct row other = rows_at(&others, 0, flow->arena);
    if (instant_set(caller.revoked_at))
        return flow_body(flow, 204, (struct slice){NULL, 0});
    if (caller.role == CALLER_ADMIN && !row_bool(&other))
        return FLOW_FAIL(flow, FAULT_CONFLICT,
                         "this is the last admin key: make another one first");
    struct args *args = work_add(flow->work, STMT_KEY_REVOKE);
    args_int(args, job->id);
    args_instant(args, flow->now);
    work_add(flow->work, STMT_KEY_LOAD);
    work_commit(flow->work);
    return WAIT;
}

static enum next revoked(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 1);
    keyring_fill(flow->context->keyring, &rows);
    return flow_body(flow, 204, (struct slice){NULL, 0});
}
