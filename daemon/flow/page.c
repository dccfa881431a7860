/* Pages as JSON, or as parts of a CSV. */
#include "flow/page.h"

#include "wire/export_csv.h"
#include "wire/json.h"

enum { EXPORT_ROWS = 100, EXPORT_RETRY_S = 5 };

static bool is_export(const struct flow *flow)
{
    return (flow->route->flags & ROUTE_EXPORT) != 0;
}

/* Exports are few at a time: each holds some pages in memory for as long as its client likes. */
static bool enter(struct flow *flow)
{
    struct context *context = flow->context;
    if (flow->parts.counted)
        return true;
    if (context->exports >= context->limits.exports) {
        flow->err.retry_after = EXPORT_RETRY_S;
        return error_set(&flow->err, FAULT_UNAVAILABLE, "too many exports run; try again later");
    }
    context->exports++;
    flow->parts.counted = true;
    return true;
}

bool page_begin(struct flow *flow, const char *kind, int64_t *ret_limit, struct cursor *ret_cursor)
{
    const struct limits *limits = &flow->context->limits;
    const char *cursor = call_query(flow->call, "cursor");
    if (is_export(flow)) {
        *ret_limit = EXPORT_ROWS;
        cursor = flow->parts.next.at;
        if (!enter(flow))
            return false;
    } else if (!query_count(call_query(flow->call, "limit"), "limit", limits->page_size, 1,
                            limits->page_limit, ret_limit, &flow->err)) {
        return false;
    }
    return cursor_read(cursor, kind, flow->arena, ret_cursor, &flow->err);
}

/* "tickets-2026-03-02.csv", by the day in the zone of answers. */
static const char *file_name(struct flow *flow)
{
    int year, month, day;
    date_split(zone_date(flow->context->zone, flow->now), &year, &month, &day);
    return arena_format(flow->arena, "%s-%04d-%02d-%02d.csv", export_words[flow->route->kind], year,
                        month, day);
}

static enum next export_page(struct flow *flow, const struct slice *items, int count,
                             const char *next)
{
    struct text text CLEANUP(text_clear) = {0};
    struct answer *answer = &flow->answer;
    int kind = flow->route->kind;
    if (!flow->parts.begun)
        export_names(&text, kind);
    for (int i = 0; i < count; i++)
        export_line(&text, kind, items[i]);
    answer->type = "text/csv; charset=utf-8";
    answer->file = file_name(flow);
    flow_body(flow, flow->route->status,
              (struct slice){arena_bytes(flow->arena, text.at, text.size), text.size});
    text_clear(&flow->parts.next);
    if (next == NULL)
        return END;
    text_add(&flow->parts.next, next);
    return MORE;
}

enum next page_answer(struct flow *flow, const struct slice *items, int count, const char *next)
{
    if (is_export(flow))
        return export_page(flow, items, count, next);
    return flow_body(flow, flow->route->status, json_list(items, count, next, flow->arena));
}
