/* What is overdue, what is due soon, and what nobody could meet. */
#include "flow/list.h"
#include "flow/page.h"
#include "wire/report_json.h"
#include "wire/ticket_json.h"

#define OVERDUE(X)        X(find_overdue) X(show_late)
#define DUE(X)            X(find_due) X(show_late)
#define SHORTAGE(X)       X(find_shortages) X(show_shortages)
#define SHORTAGE_PAGES(X) X(find_shortage_page) X(show_shortages)
FLOW_STEPS(overdue_steps, OVERDUE)
FLOW_DECLARE(find_due)
FLOW_TABLE(due_steps, DUE)
FLOW_STEPS(shortage_steps, SHORTAGE)
FLOW_DECLARE(find_shortage_page)
FLOW_TABLE(shortage_export_steps, SHORTAGE_PAGES)

static const struct span due_within = {48LL * 3600 * 1000000}; /* unless asked otherwise */

enum {
    SHORTAGE_KEY = 3, /* category, area, need */
    LARGEST_PARTS = 2 /* numbers of a cursor of the largest: a count, an instant */
};

struct job {
    int64_t limit;
    struct instant until; /* shortages: what was counted for the first page */
};

/* Open clocks with a due in [from, until). */
static enum next find(struct flow *flow, struct instant from, struct instant until)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    struct cursor cursor;
    int stage;
    if (!page_begin(flow, "late", &job->limit, &cursor) ||
        !query_word(call_query(call, "stage"), "stage", all_stage_words, &stage, &flow->err))
        return END;
    struct args *args = work_add(flow_work(flow), STMT_TASK_OVERDUE);
    args_instant(args, until);
    args_names(args, &flow->scope.areas);
    if (stage >= 0)
        args_int(args, stage % STAGE_COUNT);
    else
        args_text(args, NULL);
    args_text(args, call_query(call, "area"));
    args_text(args, call_query(call, "org"));
    args_text(args, call_query(call, "unit"));
    args_text(args, call_query(call, "category"));
    bool on = cursor.count == CURSOR_PARTS;
    args_instant(args, (struct instant){on ? cursor.number[0] : 0});
    for (int i = 1; i < CURSOR_PARTS; i++)
        args_int(args, on ? cursor.number[i] : 0);
    args_int(args, job->limit + 1);
    args_instant(args, from);
    if (stage >= 0)
        args_bool(args, stage >= STAGE_COUNT);
    else
        args_text(args, NULL);
    return WAIT;
}

static enum next find_overdue(struct flow *flow)
{
    return find(flow, (struct instant){0}, (struct instant){flow->now.us + 1});
}

static enum next find_due(struct flow *flow)
{
    struct span within;
    if (!query_span(call_query(flow->call, "within"), "within", due_within, &within, &flow->err))
        return END;
    struct instant until = instant_add(flow->now, within);
    return find(flow, (struct instant){flow->now.us + 1}, (struct instant){until.us + 1});
}

static struct overdue_row read_late(struct row *row)
{
    struct overdue_row late = {.ticket = row_int(row)};
    late.task = (int)row_int(row);
    late.no = row_text(row);
    late.unit = row_text(row);
    late.org = row_text(row);
    late.stage = (int)row_int(row);
    late.due = row_instant(row);
    late.level = row_word(row, level_words);
    late.category = row_text(row);
    late.area = row_text(row);
    late.title = row_text(row);
    late.origin = row_word(row, origin_words);
    return late;
}

static enum next show_late(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, rows.count);
    const char *next = NULL;
    int offset = context_offset(flow->context, flow->now), shown = 0;
    for (; shown < rows.count && shown < job->limit; shown++) {
        struct row row = rows_at(&rows, shown, flow->arena);
        struct overdue_row late = read_late(&row);
        items[shown] = overdue_write(&late, flow->now, offset, flow->arena);
        struct cursor cursor = {
            .count = CURSOR_PARTS, .number = {late.due.us, late.ticket, late.task, late.stage}
        };
        if (shown + 1 == job->limit && rows.count > job->limit)
            next = cursor_write(&cursor, "late", flow->arena);
    }
    return page_answer(flow, items, shown, next);
}

/* Begins a statement with scope and filters, of needs from before `until` (or absent); NULL with
 * flow->err set. */
static struct args *add_shortages(struct flow *flow, enum statement statement, struct instant until)
{
    const struct call *call = flow->call;
    struct instant from, to;
    int offset = context_offset(flow->context, flow->now);
    if (!query_instant(call_query(call, "from"), "from", offset, &from, &flow->err) ||
        !query_instant(call_query(call, "to"), "to", offset, &to, &flow->err))
        return NULL;
    struct args *args = work_add(flow_work(flow), statement);
    args_names(args, &flow->scope.areas);
    args_instant(args, from);
    args_instant(args, instant_first(to, until));
    args_text(args, call_query(call, "category"));
    args_text(args, call_query(call, "area"));
    return args;
}

/* The place behind which a page begins: category, area and need in lines. */
static void add_shortage_key(struct flow *flow, struct args *args, const char *text)
{
    struct names key = names_split(flow->arena, text, '\n');
    for (int i = 0; i < SHORTAGE_KEY; i++)
        args_text(args, i < key.count ? key.at[i] : "");
}

/* The largest counts first. Later pages count what the first one did, or an item whose count grows
 * meanwhile would move over to a page that was told already. */
static enum next find_shortages(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    struct cursor cursor;
    if (!page_begin(flow, "largest", &job->limit, &cursor))
        return END;
    bool on = cursor.count == LARGEST_PARTS;
    job->until = on ? (struct instant){cursor.number[1]} : INSTANT_NONE;
    struct args *args = add_shortages(flow, STMT_SHORTAGE_LIST, job->until);
    if (args == NULL)
        return END;
    if (!on)
        job->until.us = flow->now.us + 1;
    args_int(args, on ? -cursor.number[0] : INT64_MIN);
    add_shortage_key(flow, args, cursor.text);
    args_int(args, job->limit + 1);
    return WAIT;
}

/* All of them, page by page, for an export. */
static enum next find_shortage_page(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    struct cursor cursor;
    if (!page_begin(flow, "shortages", &job->limit, &cursor))
        return END;
    struct args *args = add_shortages(flow, STMT_SHORTAGE_PAGE, INSTANT_NONE);
    if (args == NULL)
        return END;
    add_shortage_key(flow, args, cursor.text);
    args_int(args, job->limit + 1);
    return WAIT;
}

static const char *shortage_cursor(struct flow *flow, const struct shortage *last)
{
    const struct job *job = flow->job;
    struct cursor cursor = {
        .text = arena_format(flow->arena, "%s\n%s\n%s", last->category, last->area, last->need)};
    if (!instant_set(job->until))
        return cursor_write(&cursor, "shortages", flow->arena);
    cursor.count = LARGEST_PARTS;
    cursor.number[0] = last->tickets;
    cursor.number[1] = job->until.us;
    return cursor_write(&cursor, "largest", flow->arena);
}

static enum next show_shortages(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    const struct job *job = flow->job;
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, rows.count);
    const char *next = NULL;
    int offset = context_offset(flow->context, flow->now), shown = 0;
    for (; shown < rows.count && shown < job->limit; shown++) {
        struct row row = rows_at(&rows, shown, flow->arena);
        struct shortage shortage = {.category = row_text(&row)};
        shortage.area = row_text(&row);
        shortage.need = row_text(&row);
        shortage.tickets = row_int(&row);
        shortage.first_at = row_instant(&row);
        shortage.last_at = row_instant(&row);
        items[shown] = shortage_write(&shortage, offset, flow->arena);
        if (shown + 1 == job->limit && rows.count > job->limit)
            next = shortage_cursor(flow, &shortage);
    }
    return page_answer(flow, items, shown, next);
}
