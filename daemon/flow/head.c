/* Read, load what is named, begin, save, answer; and the two ways of looking. */
#include "flow/head.h"

#include <string.h>

#include "base/metrics.h"
#include "flow/entry.h"
#include "flow/offer.h"
#include "flow/page.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "flow/whistle.h"
#include "wire/json.h"

#define HEAD_CREATE(X) X(read) X(begin) X(commit) X(committed)
#define HEAD_SHOW(X)   X(find) X(show)
#define HEAD_LIST(X)   X(find_page) X(load_page) X(show_page)
FLOW_STEPS(head_create_steps, HEAD_CREATE)
FLOW_STEPS(head_show_steps, HEAD_SHOW)
FLOW_STEPS(head_list_steps, HEAD_LIST)

static const struct head *const heads[] = {&whistle_head, &need_head, &project_head};

const struct head *head_of_origin(int origin)
{
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        if (heads[i]->origin == origin)
            return heads[i];
    return NULL;
}

const struct head *head_of_route(const struct flow *flow)
{
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        if (text_starts(flow->route->path, heads[i]->path))
            return heads[i];
    return NULL;
}

bool head_is_own(const struct flow *flow, const struct dossier *dossier)
{
    const char *org = dossier->ticket.head_org;
    return org != NULL && names_have(&flow->scope.orgs, org);
}

/* {"stage":...} becomes {"stage":...,"whistle":"ID"} */
static void name_raised(struct flow *flow, struct dossier *dossier, const struct raised *raised)
{
    struct ticket *ticket = &raised->whistle->ticket;
    struct event *event = &dossier->events[raised->event];
    ticket->id = context_id(flow->context, flow->now);
    ticket->no = arena_format(flow->arena, "%lld", (long long)ticket->id);
    event->data = arena_format(flow->arena, "%.*s,\"whistle\":\"%s\"}",
                               (int)strlen(event->data) - 1, event->data, ticket->no);
    dossier_keep(raised->whistle, flow->arena);
}

struct dossier **head_raised(struct flow *flow, struct dossier **dossiers, int count,
                             int *ret_count)
{
    int all = count;
    for (int i = 0; i < count; i++)
        all += dossiers[i]->raised_count;
    struct dossier **list = ARENA_ARRAY(flow->arena, struct dossier *, all);
    *ret_count = all;
    for (int i = count - 1; i >= 0; i--) {
        list[i] = dossiers[i];
        for (int r = 0; r < dossiers[i]->raised_count; r++) {
            name_raised(flow, dossiers[i], &dossiers[i]->raised[r]);
            list[--all] = dossiers[i]->raised[r].whistle;
        }
    }
    return list;
}

struct making {
    const struct head *head;
    struct ticket draft;
    struct names named;        /* numbers of dossiers */
    struct dossier **dossiers; /* the new one, then those named */
    int count;
};

static enum next read(struct flow *flow)
{
    struct making *making = FLOW_JOB(flow, struct making);
    making->head = head_of_route(flow);
    making->draft = (struct ticket){.origin = making->head->origin};
    if (!making->head->read(flow->call->body, flow->arena, &making->draft, &flow->err))
        return END;
    making->named = making->head->named(&making->draft);
    if (making->named.count == 0)
        return GO;
    dossier_store_load(flow_work(flow), NULL, 0, &making->named);
    return WAIT;
}

/* The dossiers that the draft names, in reach, behind the new one. */
static void read_named(struct flow *flow, struct making *making)
{
    int found = 0;
    struct dossier **dossiers =
        making->named.count == 0 ? NULL : dossier_store_read(flow->work, 0, flow->arena, &found);
    making->dossiers = ARENA_ARRAY(flow->arena, struct dossier *, found + 1);
    making->count = 1;
    for (int i = 0; i < found; i++) {
        dossier_restore(dossiers[i], flow->arena);
        if (sees_dossier(flow, dossiers[i]))
            making->dossiers[making->count++] = dossiers[i];
    }
}

/* The head as its draft says, not begun yet. */
static struct dossier *fresh_dossier(struct flow *flow, const struct making *making)
{
    int64_t id = context_id(flow->context, flow->now);
    const char *no = arena_format(flow->arena, "%lld", (long long)id);
    struct dossier *dossier = dossier_new(flow->arena, &making->draft.sent, id, no);
    dossier->ticket.origin = making->head->origin;
    dossier->ticket.whistle = making->draft.whistle;
    dossier->ticket.offer = making->draft.offer;
    return dossier;
}

static enum next begin(struct flow *flow)
{
    struct making *making = flow->job;
    read_named(flow, making);
    struct world world = flow_world_of(flow, making->dossiers + 1, making->count - 1);
    struct dossier *dossier = making->dossiers[0] = fresh_dossier(flow, making);
    struct doing doing = {.dossier = dossier,
                          .world = &world,
                          .other = making->count > 1 ? making->dossiers[1] : NULL,
                          .others = making->dossiers + 1,
                          .other_count = making->count - 1,
                          .by = &flow->actor,
                          .err = &flow->err};
    if (!making->head->begin(&doing))
        return END;
    if (!making->head->sees(flow, dossier)) {
        error_add(&flow->err, "/area", "is not within this key's areas");
        return END;
    }
    if (dossier->events[0].data == NULL)
        dossier->events[0].data = json_compact(flow->call->body, flow->arena);
    int count = dossiers_changed(making->dossiers, making->count);
    for (int i = 0; i < count; i++)
        dossier_keep(making->dossiers[i], flow->arena);
    work_begin(flow_work(flow));
    dossier_store_save(flow->work, making->dossiers, count, &flow->context->vault, flow->arena);
    flow->answer.status = 201;
    flow->answer.body = making->head->show(flow, dossier);
    flow->answer.location =
        arena_format(flow->arena, "%s/%s", making->head->path, dossier->ticket.no);
    flow->answer.etag = entry_etag(flow, dossier->ticket.version);
    entry_keep(flow);
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
    metrics_add(METRIC_MOVES, 1);
    poll_kick(flow->context);
    return END;
}

static enum next find(struct flow *flow)
{
    const struct names no = {1, &flow->call->parts[0]};
    dossier_store_load(flow_work(flow), NULL, 0, &no);
    return WAIT;
}

static enum next show(struct flow *flow)
{
    const struct head *head = head_of_route(flow);
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    if (found > 0)
        dossier_restore(dossiers[0], flow->arena);
    if (found == 0 || dossiers[0]->ticket.origin != head->origin || !head->sees(flow, dossiers[0]))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no %s has this id", head->what);
    flow->answer.etag = entry_etag(flow, dossiers[0]->ticket.version);
    return flow_body(flow, 200, head->show(flow, dossiers[0]));
}

struct page {
    int64_t limit;
    int count;
    int64_t *ids; /* newest first */
};

static void add_states(struct args *args, const struct names *states)
{
    if (states->count > 0)
        args_names(args, states);
    else
        args_text(args, NULL);
}

static enum next find_page(struct flow *flow)
{
    const struct head *head = head_of_route(flow);
    struct page *page = FLOW_JOB(flow, struct page);
    struct cursor cursor;
    struct names states;
    if (!page_begin(flow, head->what, &page->limit, &cursor) ||
        !query_words(call_query(flow->call, "state"), "state", origin_state_words(head->origin),
                     &states, &flow->err))
        return END;
    struct names filters = names_split(flow->arena, head->filters, ' ');
    struct args *args = work_add(flow_work(flow), head->list);
    struct names units = head->units == NULL ? flow->scope.units : head->units(flow);
    args_names(args, &flow->scope.areas);
    args_names(args, &units);
    args_names(args, &flow->scope.orgs);
    args_names(args, &flow->scope.self);
    add_states(args, &states);
    for (int i = 0; i < filters.count; i++)
        args_text(args, call_query(flow->call, filters.at[i]));
    if (head->ask != NULL && !head->ask(flow, args))
        return END;
    args_int(args, cursor.count > 0 ? cursor.number[0] : INT64_MAX);
    args_int(args, page->limit + 1);
    return WAIT;
}

static enum next load_page(struct flow *flow)
{
    struct page *page = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    page->count = rows.count;
    page->ids = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        page->ids[i] = row_int(&row);
    }
    dossier_store_load(flow->work, page->ids, page->count, NULL);
    return WAIT;
}

/* What has gone out of reach since the ids were read is left out. */
static enum next show_page(struct flow *flow)
{
    const struct head *head = head_of_route(flow);
    const struct page *page = flow->job;
    int found, shown = 0;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, found);
    const char *next = NULL;
    int64_t last = page->count > page->limit ? page->ids[page->limit - 1] : 0;
    for (int i = found - 1; i >= 0 && dossiers[i]->ticket.id >= last; i--) {
        dossier_restore(dossiers[i], flow->arena);
        if (head->sees(flow, dossiers[i]))
            items[shown++] = head->show(flow, dossiers[i]);
    }
    if (last != 0) {
        struct cursor cursor = {.count = 1, .number = {last}};
        next = cursor_write(&cursor, head->what, flow->arena);
    }
    return page_answer(flow, items, shown, next);
}
