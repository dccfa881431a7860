/* The event feed: in order per ticket, resumable, at least once. A reader never steps over an event
 * that commits late, since only positions below the oldest running transaction are shown. */
#include "flow/head.h"
#include "flow/list.h"
#include "flow/poll.h"
#include "flow/privacy.h"
#include "flow/reach.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/ticket_json.h"

#define FEED(X)          X(read_feed) X(show_feed) X(look_again)
#define TICKET_EVENTS(X) X(load_ticket) X(find_events) X(show_events)
FLOW_STEPS(feed_steps, FEED)
FLOW_STEPS(ticket_events_steps, TICKET_EVENTS)

struct job {
    int64_t limit;
    struct cursor cursor;
    struct dossier *dossier;
};

static enum next read_feed(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct limits *limits = &flow->context->limits;
    const char *after = call_query(flow->call, "after");
    if (!query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                     limits->page_limit, &job->limit, &flow->err) ||
        !cursor_read(after != NULL && *after == '\0' ? NULL : after, "feed", flow->arena,
                     &job->cursor, &flow->err))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_EVENT_FEED);
    args_names(args, &flow->scope.areas);
    args_names(args, &flow->scope.units);
    args_names(args, &flow->scope.orgs);
    args_names(args, &flow->scope.self);
    bool on = job->cursor.count == 3;
    for (int i = 0; i < 3; i++)
        args_int(args, on ? job->cursor.number[i] : -1);
    args_int(args, flow->context->vault.feed_offset);
    args_int(args, job->limit);
    return WAIT;
}

/* Columns from ticket_id on, as in the statements. */
static struct event read_event(struct row *row, int64_t *ret_ticket)
{
    struct event event = {0};
    *ret_ticket = row_int(row);
    event.seq = row_int(row);
    event.task = (int)row_int(row);
    event.move = row_text(row);
    event.at = row_instant(row);
    event.by.key = row_int(row);
    event.by.role = row_word(row, caller_role_words);
    event.by.unit = row_text(row);
    event.by.org = row_text(row);
    event.from = row_text(row);
    event.to = row_text(row);
    event.data = row_text(row);
    event.unit = row_text(row);
    event.org = row_text(row);
    event.seen_by = row_names(row);
    return event;
}

static enum next show_feed(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, rows.count);
    int offset = context_offset(flow->context, flow->now);
    struct cursor last = job->cursor;
    if (rows.count == 0 && poll_may_wait(flow))
        return PARK;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct ticket ticket = {0};
        int64_t position = row_int(&row);
        struct event event = read_event(&row, &ticket.id), shown = privacy_event(flow, &event);
        ticket.no = row_text(&row);
        ticket.origin = row_word(&row, origin_words);
        items[i] = event_write(&ticket, &shown, offset, flow->arena);
        last = (struct cursor){
            .count = 3, .number = {position, ticket.id, event.seq}
        };
    }
    if (last.count != 3)
        last = (struct cursor){
            .count = 3, .number = {-1, -1, -1}
        };
    return flow_body(
        flow, 200,
        json_list(items, rows.count, cursor_write(&last, "feed", flow->arena), flow->arena));
}

static enum next look_again(struct flow *flow)
{
    (void)flow;
    return AGAIN;
}

static enum next load_ticket(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct limits *limits = &flow->context->limits;
    if (!query_count(call_query(flow->call, "limit"), "limit", limits->page_limit, 1,
                     limits->page_limit, &job->limit, &flow->err) ||
        !cursor_read(call_query(flow->call, "cursor"), "events", flow->arena, &job->cursor,
                     &flow->err))
        return END;
    if (head_of_route(flow) == NULL)
        return ticket_load(flow, flow->call->parts[0]);
    dossier_store_load(flow_work(flow), NULL, 0, &(struct names){1, &flow->call->parts[0]});
    return WAIT;
}

/* The ticket, or other head, that the path names, in reach; NULL with a fault. */
static struct dossier *loaded_head(struct flow *flow)
{
    const struct head *head = head_of_route(flow);
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    if (found > 0)
        dossier_restore(dossiers[0], flow->arena);
    if (found > 0 && dossiers[0]->ticket.origin == (head == NULL ? ORIGIN_TICKET : head->origin) &&
        sees_dossier(flow, dossiers[0]))
        return dossiers[0];
    error_set(&flow->err, FAULT_NOT_FOUND, "no %s has this %s",
              head == NULL ? "ticket" : head->what, head == NULL ? "number" : "id");
    return NULL;
}

static enum next find_events(struct flow *flow)
{
    struct job *job = flow->job;
    job->dossier = loaded_head(flow);
    if (job->dossier == NULL)
        return END;
    struct args *args = work_add(flow->work, STMT_EVENT_OF_TICKET);
    args_int(args, job->dossier->ticket.id);
    args_names(args, &flow->scope.units);
    args_names(args, &flow->scope.orgs);
    args_bool(args, flow->scope.areas.count == 0);
    args_int(args, job->cursor.count > 0 ? job->cursor.number[0] : 0);
    args_int(args, job->limit + 1);
    return WAIT;
}

static enum next show_events(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, rows.count);
    int offset = context_offset(flow->context, flow->now), shown = 0;
    const char *next = NULL;
    for (; shown < rows.count && shown < job->limit; shown++) {
        struct row row = rows_at(&rows, shown, flow->arena);
        int64_t ticket;
        struct event event = read_event(&row, &ticket), seen = privacy_event(flow, &event);
        items[shown] = event_write(&job->dossier->ticket, &seen, offset, flow->arena);
        struct cursor cursor = {.count = 1, .number = {event.seq}};
        if (shown + 1 == job->limit && rows.count > job->limit)
            next = cursor_write(&cursor, "events", flow->arena);
    }
    return flow_body(flow, 200, json_list(items, shown, next, flow->arena));
}
