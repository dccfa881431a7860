/* The log of what was sent, sending again, and test calls. */
#include "flow/entry.h"
#include "flow/hooks.h"
#include "flow/webhook.h"
#include "wire/json.h"
#include "wire/notice_json.h"
#include "wire/query.h"
#include "wire/webhook_json.h"

#define LOG(X)                X(look) X(find_page) X(find_attempts) X(show_page)
#define UNDELIVERED(X)        X(find_undelivered) X(find_attempts) X(show_page)
#define REPLAY(X)             X(look_again) X(replay) X(requeue) X(replayed)
#define UNDELIVERED_REPLAY(X) X(find_one) X(take_one) X(replay) X(requeue) X(replayed)
#define TEST(X)               X(look_again) X(add_test) X(tested)
FLOW_STEPS(webhook_log_steps, LOG)
FLOW_STEPS(webhook_replay_steps, REPLAY)
static enum next find_undelivered(struct flow *flow);
static enum next find_one(struct flow *flow);
static enum next take_one(struct flow *flow);
static enum next add_test(struct flow *flow);
static enum next tested(struct flow *flow);
FLOW_TABLE(undelivered_steps, UNDELIVERED)
FLOW_TABLE(undelivered_replay_steps, UNDELIVERED_REPLAY)
FLOW_TABLE(webhook_test_steps, TEST)

struct job {
    int64_t webhook, limit, delivery;
    struct cursor cursor;
    struct delivery *list;
    int count;
    bool more;
    struct replay ask;
    struct delivery test;
    int64_t replayed;
};

static const char log_name[] = "deliveries", undelivered_name[] = "undelivered";

static bool read_id(struct flow *flow, const char *text, const char *what, int64_t *ret_id)
{
    return text_to_int(text, 1, INT64_MAX, ret_id) ||
           error_set(&flow->err, FAULT_NOT_FOUND, "no %s has this id", what);
}

static bool read_page(struct flow *flow, const char *name)
{
    const struct limits *limits = &flow->context->limits;
    struct job *job = flow->job;
    return query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                       limits->page_limit, &job->limit, &flow->err) &&
           cursor_read(call_query(flow->call, "cursor"), name, flow->arena, &job->cursor,
                       &flow->err);
}

static enum next look(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, flow->call->parts[0], "webhook", &job->webhook) ||
        !read_page(flow, log_name))
        return END;
    args_int(work_add(flow_work(flow), STMT_WEBHOOK_GET), job->webhook);
    return WAIT;
}

/* The least id that a delivery of an event at or behind `from` can have; the clocks of instances
 * may differ by less than a day. */
static int64_t least_id(struct instant from)
{
    enum { DAY_S = 86400 };
    return instant_set(from) ? context_first_id((struct instant){from.us - SECONDS(DAY_S).us}) : 0;
}

static enum next find_page(struct flow *flow)
{
    const struct job *job = flow->job;
    const struct call *call = flow->call;
    int offset = context_offset(flow->context, flow->now), state;
    struct instant from, to;
    if (work_rows(flow->work, 0).count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no webhook has this id");
    if (!query_word(call_query(call, "state"), "state", delivery_words, &state, &flow->err) ||
        !query_instant(call_query(call, "from"), "from", offset, &from, &flow->err) ||
        !query_instant(call_query(call, "to"), "to", offset, &to, &flow->err))
        return END;
    struct args *args = work_add(flow->work, STMT_DELIVERY_LIST);
    args_int(args, job->webhook);
    args_int(args, job->cursor.count > 0 ? job->cursor.number[0] : INT64_MAX);
    args_text(args, state < 0 ? NULL : delivery_words[state]);
    args_instant(args, from);
    args_instant(args, to);
    args_int(args, least_id(from));
    args_int(args, job->limit + 1);
    return WAIT;
}

static enum next find_undelivered(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_page(flow, undelivered_name))
        return END;
    bool first = job->cursor.count < 2;
    struct args *args = work_add(flow_work(flow), STMT_DELIVERY_GIVEN_UP);
    args_names(args, &flow->scope.areas);
    args_int(args, first ? INT64_MAX : job->cursor.number[0]);
    args_int(args, first ? INT64_MAX : job->cursor.number[1]);
    args_int(args, job->limit + 1);
    return WAIT;
}

static struct delivery read_delivery(const struct rows *rows, int index, struct arena *arena)
{
    struct row row = rows_at(rows, index, arena);
    struct delivery delivery = {.webhook = row_int(&row)};
    delivery.id = row_int(&row);
    delivery.line = row_text(&row);
    delivery.seq = row_int(&row);
    delivery.kind = row_word(&row, notice_words);
    delivery.no = row_text(&row);
    delivery.area = row_text(&row);
    delivery.at = row_instant(&row);
    delivery.state = row_word(&row, delivery_words);
    delivery.tries = row_int(&row);
    delivery.made_at = row_instant(&row);
    delivery.ended_at = row_instant(&row);
    return delivery;
}

static enum next find_attempts(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    job->more = rows.count > job->limit;
    job->count = job->more ? (int)job->limit : rows.count;
    job->list = ARENA_ARRAY(flow->arena, struct delivery, job->count);
    for (int i = 0; i < job->count; i++)
        job->list[i] = read_delivery(&rows, i, flow->arena);
    struct args *args = work_add(flow->work, STMT_ATTEMPT_OF);
    ARGS_COLUMN(args, int, INT, job->count, job->list[i].webhook);
    ARGS_COLUMN(args, int, INT, job->count, job->list[i].id);
    return WAIT;
}

/* Its attempts among the rows. */
static struct slice show_one(struct flow *flow, const struct delivery *delivery)
{
    struct rows rows = work_rows(flow->work, 0);
    struct attempt *attempts = ARENA_ARRAY(flow->arena, struct attempt, rows.count);
    int count = 0;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        int64_t webhook = row_int(&row), id = row_int(&row);
        if (webhook != delivery->webhook || id != delivery->id)
            continue;
        struct attempt *attempt = &attempts[count++];
        attempt->at = row_instant(&row);
        attempt->took_ms = row_int(&row);
        attempt->status = row_int(&row);
        attempt->error = row_text(&row);
    }
    return delivery_write(delivery, attempts, count, context_offset(flow->context, flow->now),
                          flow->arena);
}

static enum next show_page(struct flow *flow)
{
    const struct job *job = flow->job;
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, job->count);
    const char *next = NULL;
    for (int i = 0; i < job->count; i++)
        items[i] = show_one(flow, &job->list[i]);
    if (job->more) {
        const struct delivery *last = &job->list[job->count - 1];
        struct cursor cursor = {
            .count = 2, .number = {last->id, last->webhook}
        };
        bool own = flow->call->part_count > 0;
        next = cursor_write(&cursor, own ? log_name : undelivered_name, flow->arena);
    }
    return flow_body(flow, 200, json_list(items, job->count, next, flow->arena));
}

/* ---- again ---- */

static enum next look_again(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, flow->call->parts[0], "webhook", &job->webhook))
        return END;
    work_begin(flow_work(flow));
    args_int(work_add(flow->work, STMT_WEBHOOK_GET), job->webhook);
    return WAIT;
}

/* A replay that would wait for nothing is refused. */
static bool may_replay(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    struct webhook webhook;
    if (rows.count == 0)
        return error_set(&flow->err, FAULT_NOT_FOUND, "no webhook has this id");
    if (!hooks_read(flow->context, &rows, 0, flow->arena, &webhook))
        return error_set(&flow->err, FAULT_BUG, "the sealed settings do not open");
    return webhook.state != WEBHOOK_DISABLED ||
           error_set(&flow->err, FAULT_CONFLICT, "the webhook is disabled: make it active first");
}

static enum next find_one(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_id(flow, flow->call->parts[0], "undelivered notice", &job->delivery) ||
        !nothing_read(flow->call->body, flow->arena, &flow->err))
        return END;
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, STMT_DELIVERY_FIND);
    args_names(args, &flow->scope.areas);
    args_int(args, job->delivery);
    return WAIT;
}

static enum next take_one(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no undelivered notice has this id");
    struct row row = rows_at(&rows, 0, flow->arena);
    job->webhook = row_int(&row);
    args_int(work_add(flow->work, STMT_WEBHOOK_GET), job->webhook);
    return WAIT;
}

static enum next replay(struct flow *flow)
{
    struct job *job = flow->job;
    if (!may_replay(flow))
        return END;
    if (job->delivery == 0 && (!replay_read(flow->call->body, flow->arena, &job->ask, &flow->err) ||
                               (job->ask.delivery != NULL &&
                                !read_id(flow, job->ask.delivery, "delivery", &job->delivery))))
        return END;
    if (job->delivery != 0)
        job->ask.from = job->ask.to = INSTANT_NONE;
    struct args *args = work_add(flow->work, STMT_DELIVERY_REPLAY);
    args_int(args, job->webhook);
    args_int(args, job->delivery);
    args_instant(args, job->ask.from);
    args_instant(args, job->ask.to);
    args_int(args, least_id(job->ask.from));
    return WAIT;
}

static enum next requeue(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct fresh_delivery *lines = ARENA_ARRAY(flow->arena, struct fresh_delivery, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        lines[i] = (struct fresh_delivery){
            .webhook = job->webhook, .line = row_text(&row), .due = flow->now};
        lines[i].urgency = (int)row_int(&row);
    }
    job->replayed = rows.count;
    if (rows.count > 0) {
        line_store_add(flow->work, lines, rows.count, flow->arena);
        struct args *args = work_add(flow->work, STMT_LINE_RESUME);
        args_int(args, job->webhook);
        args_instant(args, flow->now);
    }
    work_commit(flow->work);
    return WAIT;
}

static enum next replayed(struct flow *flow)
{
    const struct job *job = flow->job;
    flow->context->hooks->kicked = true;
    return flow_body(flow, 200, replay_write(job->replayed, flow->arena));
}

/* ---- a test call ---- */

static enum next add_test(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct webhook webhook;
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no webhook has this id");
    if (!nothing_read(flow->call->body, flow->arena, &flow->err))
        return END;
    if (!hooks_read(flow->context, &rows, 0, flow->arena, &webhook))
        return FLOW_FAIL(flow, FAULT_BUG, "the sealed settings do not open");
    int64_t id = context_id(flow->context, flow->now);
    struct fresh_delivery *fresh = ARENA_NEW(flow->arena, struct fresh_delivery);
    *fresh = (struct fresh_delivery){
        .webhook = webhook.id,
        .id = id,
        .line = "test",
        .seq = id,
        .kind = NOTICE_TEST,
        .urgency = NOTICE_TEST_CALL,
        .at = flow->now,
        .due = flow->now,
        .items = notice_test_item(&webhook, flow->arena),
    };
    job->test = (struct delivery){.webhook = webhook.id,
                                  .id = id,
                                  .line = fresh->line,
                                  .seq = id,
                                  .kind = NOTICE_TEST,
                                  .at = flow->now,
                                  .made_at = flow->now,
                                  .ended_at = INSTANT_NONE};
    delivery_store_add(flow->work, fresh, 1, flow->now, flow->arena);
    work_commit(flow->work);
    return WAIT;
}

static enum next tested(struct flow *flow)
{
    const struct job *job = flow->job;
    flow->context->hooks->kicked = true;
    return flow_body(
        flow, 202,
        delivery_write(&job->test, NULL, 0, context_offset(flow->context, flow->now), flow->arena));
}
