/* Lock, find the next events, read webhooks that are newer than those in memory, decide who is
 * told, add deliveries, go on in the log. All in one transaction: every event is looked at once,
 * whoever does it and whenever one of them ends. */
#include "base/metrics.h"
#include "flow/hooks.h"
#include "flow/intake.h"
#include "flow/refresh.h"
#include "store/tally_store.h"
#include "wire/notice_json.h"

#define NOTICE(X) X(lock) X(find) X(read) X(catch_up) X(decide) X(commit) X(committed)
FLOW_STEPS(notice_steps, NOTICE)

enum { NOTICE_EVENTS = 500, HOUR_S = 3600 };
static const char place_name[] = "notices";

struct job {
    struct tally_place from, to;
    struct notice *notices;
    int count;
    struct fresh_delivery *fresh;
    int fresh_count, fresh_room;
    int64_t revision; /* of the webhooks, as the database has it */
    bool stale, more;
};

static enum next lock(struct flow *flow)
{
    struct job *job = flow->job;
    *job = (struct job){0}; /* also when it begins again */
    work_begin(flow_work(flow));
    work_add(flow->work, STMT_WEBHOOK_NOTICE_LOCK);
    args_text(work_add(flow->work, STMT_TALLY_PLACE), place_name);
    return WAIT;
}

static enum next find(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows locked = work_rows(flow->work, 0), place = work_rows(flow->work, 1);
    struct row mine = rows_at(&locked, 0, flow->arena);
    if (!row_bool(&mine) || place.count == 0)
        return END;
    struct row row = rows_at(&place, 0, flow->arena);
    job->from.position = row_int(&row);
    job->from.ticket = row_int(&row);
    job->from.seq = row_int(&row);
    struct args *args = work_add(flow->work, STMT_EVENT_UNNOTICED);
    args_int(args, job->from.position);
    args_int(args, job->from.ticket);
    args_int(args, job->from.seq);
    args_int(args, flow->context->vault.feed_offset);
    args_int(args, NOTICE_EVENTS);
    work_add(flow->work, STMT_COUNTER_READ); /* behind the events: at least as new as they are */
    return WAIT;
}

static struct notice read_notice(const struct rows *rows, int index, struct arena *arena)
{
    struct row row = rows_at(rows, index, arena);
    struct notice notice = {.position = row_int(&row)};
    struct event *event = &notice.event;
    notice.ticket = row_int(&row);
    event->seq = row_int(&row);
    event->task = (int)row_int(&row);
    event->move = row_text(&row);
    event->at = row_instant(&row);
    event->from = row_text(&row);
    event->to = row_text(&row);
    event->data = row_text(&row);
    event->unit = row_text(&row);
    event->org = row_text(&row);
    event->seen_by = row_names(&row);
    event->copy_org = row_text(&row);
    notice.origin = row_word(&row, origin_words);
    notice.no = row_text(&row);
    notice.category = row_text(&row);
    notice.area = row_text(&row);
    notice.critical = row_word(&row, urgency_words) == URGENCY_CRITICAL;
    notice.barred = row_names(&row);
    notice.kind = notice_kind(event->move);
    return notice;
}

static enum next read(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows events = work_rows(flow->work, 0), counters = work_rows(flow->work, 1);
    if (events.count == 0)
        return END;
    job->notices = ARENA_ARRAY(flow->arena, struct notice, events.count);
    for (; job->count < events.count; job->count++) {
        struct notice notice = read_notice(&events, job->count, flow->arena);
        job->notices[job->count] = notice;
        job->to = (struct tally_place){notice.position, notice.ticket, notice.event.seq};
    }
    job->more = events.count == NOTICE_EVENTS;
    struct row row = rows_at(&counters, 0, flow->arena);
    int64_t registry = row_int(&row);
    row_int(&row); /* keys */
    job->revision = row_int(&row);
    if (registry > snapshot_revision(flow->snapshot)) {
        job->more = false; /* scopes are read from it: a moment later */
        refresh_registry(flow->context);
        return END;
    }
    job->stale = job->revision != flow->context->hooks->revision;
    if (!job->stale)
        return GO;
    work_add(flow->work, STMT_WEBHOOK_LOAD);
    return WAIT;
}

static enum next catch_up(struct flow *flow)
{
    const struct job *job = flow->job;
    if (!job->stale)
        return GO;
    struct rows rows = work_rows(flow->work, 0);
    hooks_fill(flow->context, &rows, job->revision);
    return GO;
}

static void add(struct flow *flow, const struct webhook *webhook, const struct notice *notice)
{
    struct job *job = flow->job;
    if (job->fresh_count == job->fresh_room) {
        int room = job->fresh_room * 2 + 64;
        job->fresh = arena_grow(flow->arena, job->fresh, (size_t)job->fresh_room, (size_t)room,
                                sizeof(*job->fresh));
        job->fresh_room = room;
    }
    struct fresh_delivery *fresh = &job->fresh[job->fresh_count++];
    *fresh = (struct fresh_delivery){
        .webhook = webhook->id,
        .id = context_id(flow->context, flow->now),
        .line = arena_format(flow->arena, "%lld", (long long)notice->ticket),
        .seq = notice->event.seq,
        .kind = notice->kind,
        .urgency = notice->critical ? NOTICE_CRITICAL : NOTICE_ORDINARY,
        .no = notice->origin == ORIGIN_TICKET ? notice->no : NULL,
        .area = notice->area,
        .at = notice->event.at,
        .due = flow->now,
        .items = notice_item(notice, webhook, flow->snapshot,
                             context_offset(flow->context, flow->now), flow->arena),
        .dead = webhook->state == WEBHOOK_DISABLED,
    };
    if (!webhook_digests(webhook, notice))
        return;
    const struct event *event = &notice->event;
    fresh->line =
        arena_format(flow->arena, "digest:%s", event->unit != NULL ? event->unit : event->org);
    fresh->seq = flow->now.us / SECONDS(HOUR_S).us + 1;
    fresh->kind = NOTICE_DIGEST;
    fresh->no = NULL;
    fresh->at = fresh->due = (struct instant){fresh->seq * SECONDS(HOUR_S).us};
}

static enum next decide(struct flow *flow)
{
    struct job *job = flow->job;
    const struct hooks *hooks = flow->context->hooks;
    for (int h = 0; h < hooks->count; h++) {
        const struct webhook *webhook = &hooks->list[h].webhook;
        struct scope scope = webhook_scope(webhook, flow->snapshot, flow->arena);
        for (int i = 0; i < job->count; i++)
            if (webhook_wants(webhook, &scope, &job->notices[i]))
                add(flow, webhook, &job->notices[i]);
    }
    tally_store_advance(flow->work, place_name, &job->from, &job->to);
    if (job->fresh_count > 0)
        delivery_store_add(flow->work, job->fresh, job->fresh_count, flow->now, flow->arena);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    struct job *job = flow->job;
    if (!work_obeyed(flow->work)) {
        job->more = false; /* somebody else went on from there */
        return END;
    }
    work_commit(flow->work);
    return WAIT;
}

static enum next committed(struct flow *flow)
{
    const struct job *job = flow->job;
    metrics_add(METRIC_NOTICES, job->fresh_count);
    if (job->fresh_count > 0) {
        flow->context->hooks->kicked = true;
        send_start(flow->context);
    }
    return END;
}

static void on_ended(struct flow *flow)
{
    struct context *context = flow->context;
    struct job *job = flow->job;
    bool more = error_none(&flow->err) && job->more;
    mem_free(job);
    context->hooks->noticing = false;
    if (more && !context->draining && !intake_busy(context->intake))
        notice_start(context); /* else with the tick: intake goes first */
}

void notice_start(struct context *context)
{
    if (context->hooks->noticing)
        return;
    context->hooks->noticing = true;
    flow_start(context, &notice_steps, mem_zero(sizeof(struct job)), on_ended, NULL);
}
