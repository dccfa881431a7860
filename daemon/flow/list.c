/* Tickets and tasks: first the ids of a page, then the dossiers. */
#include "flow/list.h"

#include <string.h>

#include "flow/page.h"
#include "flow/poll.h"
#include "flow/privacy.h"
#include "flow/reach.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/ticket_json.h"

#define TICKET_LIST(X) X(find_tickets) X(load_page) X(show_tickets)
#define TASK_LIST(X)   X(find_tasks) X(load_page) X(show_tasks) X(look_again)
FLOW_STEPS(ticket_list_steps, TICKET_LIST)
FLOW_DECLARE(find_tasks)
FLOW_DECLARE(show_tasks)
FLOW_DECLARE(look_again)
FLOW_TABLE(task_list_steps, TASK_LIST)

struct page {
    int64_t limit;
    int64_t look; /* how many may be looked at for the page; one more was asked for */
    int count;
    int64_t *tickets, *tasks; /* found, in the order of the page */
};

static void add_scope(struct args *args, const struct flow *flow)
{
    args_names(args, &flow->scope.areas);
    args_names(args, &flow->scope.units);
    args_names(args, &flow->scope.orgs);
    args_names(args, &flow->scope.self);
}

static void add_names_or_null(struct args *args, const struct names *names)
{
    if (names->count > 0)
        args_names(args, names);
    else
        args_text(args, NULL);
}

static enum next find_tickets(struct flow *flow)
{
    struct cursor cursor;
    struct names states;
    struct instant from, to;
    int offset = context_offset(flow->context, flow->now);
    const struct call *call = flow->call;
    struct page *page = FLOW_JOB(flow, struct page);
    if (!page_begin(flow, "tickets", &page->limit, &cursor) ||
        !query_words(call_query(call, "state"), "state", ticket_state_words, &states, &flow->err) ||
        !query_instant(call_query(call, "from"), "from", offset, &from, &flow->err) ||
        !query_instant(call_query(call, "to"), "to", offset, &to, &flow->err))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_TICKET_LIST);
    add_scope(args, flow);
    add_names_or_null(args, &states);
    args_text(args, call_query(call, "area"));
    args_text(args, call_query(call, "unit"));
    args_text(args, call_query(call, "org"));
    args_text(args, call_query(call, "category"));
    const char *q = call_query(call, "q"), *searched = privacy_query(flow, q);
    page->look = q == searched ? page->limit : flow->context->limits.page_limit;
    args_text(args, searched);
    args_instant(args, from);
    args_instant(args, to);
    args_int(args, cursor.count > 0 ? cursor.number[0] : INT64_MAX);
    args_int(args, page->look + 1);
    return WAIT;
}

/* pending=return,extend,reply: what waits for a decision. */
static bool read_pending(struct flow *flow, struct names *states, bool *ret_extend)
{
    struct names pending = names_split(flow->arena, call_query(flow->call, "pending"), ',');
    for (int i = 0; i < pending.count; i++) {
        if (text_equal(pending.at[i], "return"))
            *states = names_with(flow->arena, states, "return_requested");
        else if (text_equal(pending.at[i], "reply"))
            *states = names_with(flow->arena, states, "replied");
        else if (text_equal(pending.at[i], "extend"))
            *ret_extend = true;
        else
            return error_set(&flow->err, FAULT_MALFORMED,
                             "pending takes return, extend and reply, not '%s'", pending.at[i]);
    }
    return true;
}

static enum next find_tasks(struct flow *flow)
{
    struct cursor cursor;
    struct names states;
    bool extend = false;
    const struct call *call = flow->call;
    struct page *page = FLOW_JOB(flow, struct page);
    if (!page_begin(flow, "tasks", &page->limit, &cursor) ||
        !query_words(call_query(call, "state"), "state", task_state_words, &states, &flow->err) ||
        !read_pending(flow, &states, &extend))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_TASK_LIST);
    add_scope(args, flow);
    args_text(args, call_query(call, "unit"));
    args_text(args, call_query(call, "org"));
    if (extend)
        args_names(args, &states); /* even none */
    else
        add_names_or_null(args, &states);
    args_text(args, call_query(call, "area"));
    args_text(args, call_query(call, "category"));
    args_int(args, cursor.count > 1 ? cursor.number[0] : INT64_MAX);
    args_int(args, cursor.count > 1 ? cursor.number[1] : INT64_MAX);
    args_int(args, page->limit + 1);
    args_bool(args, extend);
    return WAIT;
}

static enum next load_page(struct flow *flow)
{
    struct page *page = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    page->count = rows.count;
    page->tickets = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    page->tasks = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    bool tasks = flow->steps == &task_list_steps;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        page->tickets[i] = row_int(&row);
        page->tasks[i] = tasks ? row_int(&row) : 0;
    }
    dossier_store_load(flow->work, page->tickets, page->count, NULL);
    return WAIT;
}

static struct dossier *find_dossier(struct dossier **dossiers, int count, int64_t ticket)
{
    for (int i = 0; i < count; i++)
        if (dossiers[i]->ticket.id == ticket)
            return dossiers[i];
    return NULL;
}

/* A search in masked texts may end a page early, with `next` behind what was looked at. */
static enum next show_tickets(struct flow *flow)
{
    const struct page *page = flow->job;
    int found, shown = 0, looked = 0;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, page->count);
    const char *next = NULL;
    const char *q = call_query(flow->call, "q");
    for (; looked < page->count && looked < page->look && shown < page->limit; looked++) {
        struct dossier *dossier = find_dossier(dossiers, found, page->tickets[looked]);
        if (dossier == NULL)
            continue;
        dossier_restore(dossier, flow->arena);
        if (privacy_found(flow, dossier, q))
            items[shown++] = ticket_body(flow, dossier);
    }
    if (page->count > looked) {
        struct cursor cursor = {.count = 1, .number = {page->tickets[looked - 1]}};
        next = cursor_write(&cursor, "tickets", flow->arena);
    }
    return page_answer(flow, items, shown, next);
}

static const char *etag_of(struct flow *flow, struct slice body)
{
    struct crypt_hash hash = crypt_sha256(body);
    return arena_format(flow->arena, "\"%s\"", crypt_hex(flow->arena, hash.at, 8));
}

static enum next show_tasks(struct flow *flow)
{
    const struct page *page = flow->job;
    int found, shown = 0;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, page->count);
    const char *next = NULL;
    for (int i = 0; i < page->count && i < page->limit; i++) {
        struct dossier *dossier = find_dossier(dossiers, found, page->tickets[i]);
        const struct task *task =
            dossier == NULL ? NULL : dossier_task(dossier, (int)page->tasks[i]);
        if (task != NULL)
            items[shown++] = task_body(flow, dossier, task);
    }
    if (page->count > page->limit) {
        struct cursor cursor = {
            .count = 2, .number = {page->tickets[page->limit - 1], page->tasks[page->limit - 1]}
        };
        next = cursor_write(&cursor, "tasks", flow->arena);
    }
    if ((flow->route->flags & ROUTE_WAITS) == 0)
        return page_answer(flow, items, shown, next);
    struct slice body = json_list(items, shown, next, flow->arena);
    flow->answer.etag = etag_of(flow, body);
    const char *known = flow->call->if_none_match;
    bool news = known == NULL ? shown > 0 : !call_names_etag(known, flow->answer.etag, true);
    if (!news && poll_may_wait(flow))
        return PARK;
    return flow_body(flow, 200, body); /* 304 for a list that stayed the same is the runner's */
}

static enum next look_again(struct flow *flow)
{
    (void)flow;
    return AGAIN;
}
