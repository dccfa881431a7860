/* Leases lines whose heads are due, sends these, and writes down what became of them. A lease that
 * nobody ends (the process died) runs out, and the head is sent again: at least once, under the
 * same id. The number of a lease fences: who comes late changes nothing. */
#include "base/clock.h"
#include "base/log.h"
#include "flow/hooks.h"
#include "wire/notice_json.h"
#include "wire/webhook_sign.h"

#define SEND(X)   X(take) X(find_heads) X(commit_leases) X(send_all)
#define SETTLE(X) X(hold) X(settle) X(judge_webhooks) X(commit) X(settled)
FLOW_STEPS(send_steps, SEND)
FLOW_STEPS(settle_steps, SETTLE)

enum { MINUTE_S = 60, DAY_MINUTES = 1440 };

/* ---- what may be sent now ---- */

struct want {
    int64_t webhook, room, urgency;
    struct instant since;
};

struct send_job {
    struct want *wants;
    int want_count;
    int64_t lease;
    struct sending *heads;
    int head_count;
};

static int per_minute(const struct webhook *webhook)
{
    return webhook->per_minute > 0 ? (int)webhook->per_minute
                                   : adapters[webhook->adapter].per_minute;
}

/* How many more calls this webhook may have now. */
static int room_of(const struct hook *hook, struct span steady)
{
    const struct hook_traffic *traffic = hook->traffic;
    int room = traffic->allowed - traffic->in_flight;
    if (room <= 0 || per_minute(&hook->webhook) == 0)
        return room;
    return traffic->in_flight == 0 && steady.us >= traffic->free_at.us ? 1 : 0;
}

/* What is held back: ordinary notices in quiet hours, all but test calls while it is not active. */
static int least_urgency(const struct flow *flow, const struct webhook *webhook)
{
    if (webhook->state != WEBHOOK_ACTIVE)
        return NOTICE_TEST_CALL;
    int64_t local_s = flow->now.us / SECONDS(1).us + context_offset(flow->context, flow->now);
    int minute = (int)(local_s / MINUTE_S % DAY_MINUTES);
    return quiet_holds(webhook->quiet, minute) ? NOTICE_CRITICAL : NOTICE_ORDINARY;
}

/* How many more calls those that fail may have together: never more than half of all, so that they
 * keep nobody from the rest, however many they are and however long they hang. */
static int failing_room(const struct context *context)
{
    const struct hooks *hooks = context->hooks;
    int room = (context->limits.webhooks.in_flight + 1) / 2;
    for (int i = 0; i < hooks->count; i++)
        if (hooks->list[i].traffic->failing)
            room -= hooks->list[i].traffic->in_flight;
    return room > 0 ? room : 0;
}

static void find_wants(struct flow *flow)
{
    struct hooks *hooks = flow->context->hooks;
    struct send_job *job = flow->job;
    struct span steady = clock_steady();
    int failing = failing_room(flow->context);
    job->wants = ARENA_ARRAY(flow->arena, struct want, hooks->count);
    job->want_count = 0;
    hooks->turn = hooks->count > 0 ? (hooks->turn + 1) % hooks->count : 0;
    for (int i = 0; i < hooks->count; i++) {
        const struct hook *hook = &hooks->list[(hooks->turn + i) % hooks->count];
        int room = room_of(hook, steady);
        if (hook->traffic->failing) {
            room = room < failing ? room : failing;
            failing -= room > 0 ? room : 0;
        }
        if (room > 0)
            job->wants[job->want_count++] =
                (struct want){hook->webhook.id, room, least_urgency(flow, &hook->webhook),
                              hooks->afresh ? (struct instant){0} : hook->traffic->since};
    }
    hooks->afresh = false;
}

static enum next take(struct flow *flow)
{
    const struct context *context = flow->context;
    struct send_job *job = flow->job;
    int all = context->limits.webhooks.in_flight - context->hooks->in_flight;
    find_wants(flow);
    if (job->want_count == 0 || all <= 0)
        return END;
    job->lease = context_id(flow->context, flow->now);
    work_begin(flow_work(flow));
    struct args *args = work_add(flow->work, STMT_LINE_TAKE);
    ARGS_COLUMN(args, int, INT, job->want_count, job->wants[i].webhook);
    ARGS_COLUMN(args, int, INT, job->want_count, job->wants[i].room);
    ARGS_COLUMN(args, int, INT, job->want_count, job->wants[i].urgency);
    args_instant(args, flow->now);
    args_instant(args, instant_add(flow->now, context->limits.webhooks.lease));
    args_int(args, job->lease);
    args_int(args, all);
    ARGS_COLUMN(args, instant, INSTANT, job->want_count, job->wants[i].since);
    return WAIT;
}

struct leased {
    int64_t webhook;
    const char *line;
};

/* From where on the next look begins, for each webhook of which something was due. */
static void remember(struct hooks *hooks, const struct rows *rows, struct arena *arena)
{
    for (int i = 0; i < hooks->count; i++) {
        struct instant earliest = INSTANT_NONE;
        for (int r = 0; r < rows->count; r++) {
            struct row row = rows_at(rows, r, arena);
            bool own = row_int(&row) == hooks->list[i].webhook.id;
            row_text(&row);
            if (own)
                earliest = instant_first(earliest, row_instant(&row));
        }
        if (instant_set(earliest))
            hooks->list[i].traffic->since = earliest;
    }
}

static struct leased *read_lines(struct flow *flow, const struct rows *rows)
{
    struct leased *lines = ARENA_ARRAY(flow->arena, struct leased, rows->count);
    for (int i = 0; i < rows->count; i++) {
        struct row row = rows_at(rows, i, flow->arena);
        lines[i].webhook = row_int(&row);
        lines[i].line = row_text(&row);
    }
    return lines;
}

static enum next find_heads(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0)
        return END;
    const struct leased *lines = read_lines(flow, &rows);
    remember(flow->context->hooks, &rows, flow->arena);
    struct args *args = work_add(flow->work, STMT_DELIVERY_HEADS);
    ARGS_COLUMN(args, int, INT, rows.count, lines[i].webhook);
    ARGS_COLUMN(args, text, TEXT, rows.count, lines[i].line);
    return WAIT;
}

/* ---- sending ---- */

static void on_answer(struct outgoing *outgoing, const struct posted *posted);

static void add_header(struct outgoing *outgoing, const char *name, const char *value)
{
    outgoing->headers[outgoing->header_count++] =
        arena_format(outgoing->arena, "%s: %s", name, value);
}

/* The id is the delivery's: the same at every try. */
static void sign(struct outgoing *outgoing, const struct webhook *webhook, struct instant now)
{
    struct arena *arena = outgoing->arena;
    const struct adapter *adapter = &adapters[webhook->adapter];
    const struct sending *sending = &outgoing->sending;
    outgoing->url = arena_copy(arena, webhook->url);
    add_header(outgoing, "Content-Type", adapter->media);
    if (adapter->signing == SIGN_DINGTALK)
        outgoing->url = sign_dingtalk(webhook, now, arena);
    if (adapter->signing != SIGN_STANDARD)
        return;
    const char *id = arena_format(arena, "msg_%lld", (long long)sending->delivery);
    int64_t timestamp = now.us / SECONDS(1).us;
    add_header(outgoing, "webhook-id", id);
    add_header(outgoing, "webhook-timestamp", arena_format(arena, "%lld", (long long)timestamp));
    add_header(outgoing, "webhook-signature",
               sign_standard(webhook, id, timestamp, outgoing->body, arena));
}

static void send_one(struct flow *flow, struct hook *hook, const struct sending *head)
{
    struct context *context = flow->context;
    struct arena *arena = arena_new();
    struct outgoing *outgoing = ARENA_NEW(arena, struct outgoing);
    *outgoing = (struct outgoing){.done = on_answer, .context = context, .arena = arena};
    struct sending *sending = &outgoing->sending;
    *sending = *head;
    sending->line = arena_copy(arena, head->line);
    sending->items = NULL;
    sending->lease = ((struct send_job *)flow->job)->lease;
    sending->began = clock_now();
    struct message message = {
        context->limits.webhooks.source, head->line, head->seq, head->kind, head->at, head->items};
    outgoing->body = message_write(&message, &adapters[hook->webhook.adapter], arena);
    sign(outgoing, &hook->webhook, sending->began);
    hook->traffic->in_flight++;
    context->hooks->in_flight++;
    int minute = per_minute(&hook->webhook);
    if (minute > 0)
        hook->traffic->free_at.us = clock_steady().us + SECONDS(MINUTE_S).us / minute;
    context->post(context->poster, outgoing);
}

static enum next commit_leases(struct flow *flow)
{
    struct send_job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct sending *heads = ARENA_ARRAY(flow->arena, struct sending, rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        heads[i] = delivery_store_head(&rows, i, flow->arena);
    job->heads = heads;
    job->head_count = rows.count;
    work_commit(flow->work);
    return WAIT;
}

static enum next send_all(struct flow *flow)
{
    const struct send_job *job = flow->job;
    struct hooks *hooks = flow->context->hooks;
    for (int i = 0; i < job->head_count; i++) {
        struct hook *hook = hooks_find(hooks, job->heads[i].webhook);
        if (hook != NULL)
            send_one(flow, hook, &job->heads[i]);
    }
    hooks->kicked = hooks->kicked || job->head_count > 0; /* there may be more */
    return END;
}

static void on_sent(struct flow *flow)
{
    mem_free(flow->job);
    flow->context->hooks->taking = false;
}

void send_start(struct context *context)
{
    struct hooks *hooks = context->hooks;
    if (hooks->taking || context->draining || context->post == NULL || hooks->count == 0)
        return;
    hooks->taking = true;
    hooks->kicked = false;
    flow_start(context, &send_steps, mem_zero(sizeof(struct send_job)), on_sent, NULL);
}

/* ---- what became of it ---- */

static double dice(void)
{
    unsigned number;
    crypt_random(&number, sizeof(number));
    return (double)number / (double)UINT32_MAX;
}

/* Fewer calls at a time to who fails, more again with each that goes well. */
static void adapt(struct hook_traffic *traffic, int state, int most)
{
    traffic->failing = state != DELIVERY_DELIVERED;
    if (!traffic->failing)
        traffic->allowed += traffic->allowed < most;
    else
        traffic->allowed = traffic->allowed > 1 ? traffic->allowed / 2 : 1;
}

static void judge(struct context *context, struct outgoing *outgoing, const struct posted *posted,
                  const struct hook *hook)
{
    struct sending *sending = &outgoing->sending;
    const struct adapter *adapter = &adapters[hook->webhook.adapter];
    struct outcome outcome = {.status = posted->status,
                              .retry_after = posted->retry_after,
                              .unreachable = posted->unreachable};
    struct span wait = {0};
    if (adapter->before != NULL && posted->status / 100 == 2)
        outcome.code = robot_code(posted->answer, outgoing->arena);
    sending->state = delivery_judge(&outcome, adapter, sending->tries + 1,
                                    &context->limits.webhooks.waits, dice(), &wait);
    if (sending->kind == NOTICE_TEST && sending->state == DELIVERY_WAITING)
        sending->state = DELIVERY_GIVEN_UP; /* who asked for it sees it, and asks again */
    sending->next = instant_add(clock_now(), wait);
    sending->refused = delivery_refused(&outcome);
    if (outcome.code != 0)
        sending->error =
            arena_format(outgoing->arena, "the robot said errcode %lld", (long long)outcome.code);
}

static void on_answer(struct outgoing *outgoing, const struct posted *posted)
{
    struct context *context = outgoing->context;
    struct hooks *hooks = context->hooks;
    struct sending *sending = &outgoing->sending;
    const struct hook *hook = hooks_find(hooks, sending->webhook);
    sending->status = posted->status;
    sending->took_ms = posted->took.us / 1000;
    sending->error = arena_copy(outgoing->arena, posted->error);
    hooks->in_flight--;
    if (hook == NULL) { /* deleted meanwhile, with all its deliveries */
        arena_free(outgoing->arena);
        return;
    }
    hook->traffic->in_flight--;
    hook->traffic->tries++;
    judge(context, outgoing, posted, hook);
    hook->traffic->ended[sending->state]++;
    adapt(hook->traffic, sending->state, context->limits.webhooks.per_endpoint);
    if (hooks->done_count == hooks->done_room) {
        hooks->done_room = hooks->done_room * 2 + 16;
        hooks->done = mem_grow(hooks->done, (size_t)hooks->done_room * sizeof(struct outgoing *));
    }
    hooks->done[hooks->done_count++] = outgoing;
    settle_start(context);
}

struct settle_job {
    int count;
    struct sending **sent;
    bool *ours;
    int64_t *disabled;
    int disabled_count;
};

static enum next hold(struct flow *flow)
{
    const struct hooks *hooks = flow->context->hooks;
    struct settle_job *job = flow->job;
    *job = (struct settle_job){.count = hooks->done_count};
    job->sent = ARENA_ARRAY(flow->arena, struct sending *, job->count);
    for (int i = 0; i < job->count; i++)
        job->sent[i] = &hooks->done[i]->sending;
    work_begin(flow_work(flow));
    delivery_store_hold(flow->work, job->sent, job->count);
    return WAIT;
}

static bool holds(const struct leased *lines, int count, const struct sending *sending)
{
    for (int i = 0; i < count; i++)
        if (lines[i].webhook == sending->webhook && text_equal(lines[i].line, sending->line))
            return true;
    return false;
}

/* Webhooks of the batch for which some call ended in this way, each once. */
static int webhooks_of(const struct settle_job *job, bool (*which)(const struct sending *sending),
                       int64_t *ret_ids)
{
    int count = 0;
    for (int i = 0; i < job->count; i++) {
        bool known = !which(job->sent[i]);
        for (int j = 0; j < count && !known; j++)
            known = ret_ids[j] == job->sent[i]->webhook;
        if (!known)
            ret_ids[count++] = job->sent[i]->webhook;
    }
    return count;
}

static bool went_well(const struct sending *sending)
{
    return sending->state == DELIVERY_DELIVERED;
}

static bool went_wrong(const struct sending *sending)
{
    return sending->state != DELIVERY_DELIVERED && sending->kind != NOTICE_TEST;
}

static bool was_refused(const struct sending *sending)
{
    return sending->refused;
}

/* Since when it only fails; whether that is too long, or it wants no more. */
static void add_health(struct flow *flow)
{
    const struct settle_job *job = flow->job;
    struct span patience = flow->context->limits.webhooks.disable_after;
    int64_t *ids = ARENA_ARRAY(flow->arena, int64_t, job->count);
    int count = webhooks_of(job, went_well, ids);
    struct args *args = work_add(flow->work, STMT_WEBHOOK_WORKS);
    ARGS_COLUMN(args, int, INT, count, ids[i]);
    count = webhooks_of(job, went_wrong, ids);
    args = work_add(flow->work, STMT_WEBHOOK_FAILS);
    ARGS_COLUMN(args, int, INT, count, ids[i]);
    args_instant(args, flow->now);
    int64_t *refused = ARENA_ARRAY(flow->arena, int64_t, job->count);
    int refused_count = webhooks_of(job, was_refused, refused);
    args = work_add(flow->work, STMT_WEBHOOK_DISABLE);
    ARGS_COLUMN(args, int, INT, refused_count, refused[i]);
    args_text(args, "the receiver answered 410: it wants no more");
    ARGS_COLUMN(args, int, INT, count, ids[i]);
    args_instant(args, (struct instant){flow->now.us - patience.us});
    args_text(args, "nothing but failures for too long");
}

static enum next settle(struct flow *flow)
{
    struct settle_job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    const struct leased *lines = read_lines(flow, &rows);
    job->ours = ARENA_ARRAY(flow->arena, bool, job->count);
    for (int i = 0; i < job->count; i++)
        job->ours[i] = holds(lines, rows.count, job->sent[i]);
    add_health(flow);
    delivery_store_settle(flow->work, job->sent, job->ours, job->count, flow->now, flow->arena);
    return WAIT;
}

static enum next judge_webhooks(struct flow *flow)
{
    struct settle_job *job = flow->job;
    struct rows rows = work_rows(flow->work, 2); /* of webhook/disable */
    job->disabled = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        job->disabled[job->disabled_count++] = row_int(&row);
    }
    if (job->disabled_count == 0)
        return GO;
    args_text(work_add(flow->work, STMT_COUNTER_NEXT), "webhooks");
    struct args *args = work_add(flow->work, STMT_DELIVERY_GIVE_UP);
    ARGS_COLUMN(args, int, INT, job->disabled_count, job->disabled[i]);
    args_instant(args, flow->now);
    args = work_add(flow->work, STMT_LINE_CLEAR);
    ARGS_COLUMN(args, int, INT, job->disabled_count, job->disabled[i]);
    work_add(flow->work, STMT_WEBHOOK_LOAD);
    return GO;
}

static enum next commit(struct flow *flow)
{
    work_commit(flow->work);
    return WAIT;
}

/* From the transaction itself, so that nothing more is sent. */
static void take_over(struct flow *flow)
{
    const struct settle_job *job = flow->job;
    struct rows counted = work_rows(flow->work, 0), webhooks = work_rows(flow->work, 3);
    struct row row = rows_at(&counted, 0, flow->arena);
    hooks_fill(flow->context, &webhooks, row_int(&row));
    for (int i = 0; i < job->disabled_count; i++)
        log_line(LOG_WARN, "webhook_disabled", "webhook=%lld", (long long)job->disabled[i]);
}

static enum next settled(struct flow *flow)
{
    struct settle_job *job = flow->job;
    struct hooks *hooks = flow->context->hooks;
    if (job->disabled_count > 0)
        take_over(flow);
    for (int i = 0; i < job->count; i++)
        arena_free(hooks->done[i]->arena);
    hooks->done_count -= job->count; /* others have ended meanwhile */
    for (int i = 0; i < hooks->done_count; i++)
        hooks->done[i] = hooks->done[i + job->count];
    hooks->kicked = true; /* the next of these lines */
    send_start(flow->context);
    return END;
}

static void on_settled(struct flow *flow)
{
    struct context *context = flow->context;
    bool more = error_none(&flow->err) && context->hooks->done_count > 0;
    mem_free(flow->job);
    context->hooks->settling = false;
    if (more)
        settle_start(context);
}

void settle_start(struct context *context)
{
    struct hooks *hooks = context->hooks;
    if (hooks->settling || hooks->done_count == 0)
        return;
    hooks->settling = true;
    flow_start(context, &settle_steps, mem_zero(sizeof(struct settle_job)), on_settled, NULL);
}
