/* A row is read from the database, so that its version is the one that If-Match will meet; a list
 * is walked in memory, where every filter is cheap. */
#include "flow/registry_show.h"

#include <string.h>

#include "flow/entry.h"
#include "flow/registry_filter.h"
#include "flow/registry_rights.h"
#include "store/registry_store.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/registry_json.h"

#define GET(X) X(find) X(found)
FLOW_STEPS(registry_get_steps, GET)
#define LIST(X) X(list)
FLOW_STEPS(registry_list_steps, LIST)

/* Contact and ledger are for the unit itself, those who route to it, and the centre. */
static bool sees_all(const struct flow *flow, int kind, const char *code)
{
    int role = flow->caller->role;
    if (kind != REGISTRY_UNIT || (role != CALLER_UNIT && role != CALLER_ORG))
        return true;
    return registry_reaches(flow, code);
}

struct slice registry_shown(struct flow *flow, int kind, const char *code, struct slice stored,
                            int64_t version)
{
    static const char hide[] = "{\"contact\":null,\"ledger\":null}";
    struct error err = {.arena = flow->arena};
    struct slice less;
    if (sees_all(flow, kind, code))
        return registry_json_show(stored, version, flow->arena);
    if (!json_merge(stored, (struct slice){hide, sizeof(hide) - 1}, flow->arena, &less, &err))
        less = (struct slice){"{}", 2};
    return registry_json_show(less, version, flow->arena);
}

static enum next find(struct flow *flow)
{
    const struct names code = {1, &flow->call->parts[0]};
    registry_store_find(flow_work(flow), flow->route->kind, &code);
    return WAIT;
}

static enum next found(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    const char *code = flow->call->parts[0];
    int kind = flow->route->kind;
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "%s: no such code", code);
    struct registry_record record = registry_store_record(&rows, 0, flow->arena);
    flow->answer.etag = entry_etag(flow, record.version);
    return flow_body(flow, 200, registry_shown(flow, kind, code, record.body, record.version));
}

/* The place of the first row behind a code. */
static size_t behind(const struct registry_row *const *rows, size_t count, const char *code)
{
    size_t from = 0, to = code == NULL ? 0 : count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (strcmp(rows[middle]->code, code) <= 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct page {
    int64_t limit;
    int count;
    struct slice *items;
    const char *last; /* code of the last item */
    bool more;
};

static void page_fill(struct flow *flow, const struct registry_filters *filters, const char *after,
                      struct page *page)
{
    int kind = flow->route->kind;
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(flow->snapshot, kind, &count);
    for (size_t i = behind(rows, count, after); i < count && !page->more; i++) {
        if (!registry_filters_pass(filters, kind, rows[i]->value))
            continue;
        if (page->count == page->limit) {
            page->more = true;
            break;
        }
        struct slice body = registry_json_write(kind, rows[i]->value, flow->arena);
        page->last = rows[i]->code;
        page->items[page->count++] =
            registry_shown(flow, kind, rows[i]->code, body, rows[i]->version);
    }
}

static enum next list(struct flow *flow)
{
    const struct limits *limits = &flow->context->limits;
    const char *name = registry_plurals[flow->route->kind];
    struct registry_filters filters;
    struct cursor cursor;
    struct page page = {0};
    if (!registry_filters_read(flow, flow->route->kind, &filters) ||
        !query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                     limits->page_limit, &page.limit, &flow->err) ||
        !cursor_read(call_query(flow->call, "cursor"), name, flow->arena, &cursor, &flow->err))
        return END;
    page.items = ARENA_ARRAY(flow->arena, struct slice, page.limit);
    page_fill(flow, &filters, cursor.text, &page);
    struct cursor next = {.text = page.last};
    return flow_body(flow, 200,
                     json_list(page.items, page.count,
                               page.more ? cursor_write(&next, name, flow->arena) : NULL,
                               flow->arena));
}
