/* Reports per agreement (spec 8): what was promised, from the registry in memory, and what was
 * done, from the tasks. */
#include <string.h>

#include "base/map.h"
#include "domain/area.h"
#include "flow/page.h"
#include "flow/stats.h"
#include "wire/tally_json.h"

#define AGREEMENTS(X) X(ask) X(show)
FLOW_STEPS(agreements_steps, AGREEMENTS)

struct job {
    struct days days;
    struct names areas;
    const char *org, *unit; /* NULL: all */
    int count;
    struct agreement_report *reports;
    const char *next;
};

/* One of the org's areas is looked at; for an org without any, the unit's. */
static bool in_sight(const struct flow *flow, const struct agreement *agreement)
{
    const struct job *job = flow->job;
    const struct org *org = snapshot_org(flow->snapshot, agreement->org);
    const struct unit *unit = snapshot_unit(flow->snapshot, agreement->unit);
    struct names own = {0};
    if (org != NULL && org->areas.count > 0)
        own = org->areas;
    else if (unit != NULL && unit->area != NULL)
        own = names_with(flow->arena, &own, unit->area);
    for (int i = 0; i < own.count; i++)
        for (int j = 0; j < job->areas.count; j++)
            if (area_contains(job->areas.at[j], own.at[i]))
                return true;
    return false;
}

/* The days that were asked for, as far as the agreement was valid on them. */
static struct days days_valid(struct days days, const struct agreement *agreement)
{
    if (date_set(agreement->valid_from) && agreement->valid_from.day > days.from.day)
        days.from = agreement->valid_from;
    if (date_set(agreement->valid_to) && agreement->valid_to.day < days.to.day)
        days.to.day = agreement->valid_to.day + 1;
    return days;
}

static bool asked_for(const struct flow *flow, const struct agreement *agreement)
{
    const struct job *job = flow->job;
    struct days days = days_valid(job->days, agreement);
    return days.from.day < days.to.day &&
           (job->org == NULL || text_equal(job->org, agreement->org)) &&
           (job->unit == NULL || text_equal(job->unit, agreement->unit)) &&
           in_sight(flow, agreement);
}

/* The page's agreements, in order of code. */
static void find_agreements(struct flow *flow, int64_t limit, const char *after)
{
    struct job *job = flow->job;
    size_t count;
    const struct registry_row *const *rows =
        snapshot_rows(flow->snapshot, REGISTRY_AGREEMENT, &count);
    job->reports = ARENA_ARRAY(flow->arena, struct agreement_report, limit);
    for (size_t i = 0; i < count; i++) {
        const struct agreement *agreement = rows[i]->value;
        if ((after != NULL && strcmp(agreement->code, after) <= 0) || !asked_for(flow, agreement))
            continue;
        if (job->count == limit) {
            struct cursor next = {.text = job->reports[limit - 1].agreement->code};
            job->next = cursor_write(&next, "agreements", flow->arena);
            return;
        }
        job->reports[job->count++] = (struct agreement_report){
            .agreement = agreement, .days = days_valid(job->days, agreement)};
    }
}

/* Resources that were registered under them. */
static void find_resources(struct flow *flow)
{
    const struct job *job = flow->job;
    struct map *by_code = map_new((size_t)job->count);
    size_t count;
    const struct registry_row *const *rows =
        snapshot_rows(flow->snapshot, REGISTRY_RESOURCE, &count);
    for (int i = 0; i < job->count; i++)
        map_put(by_code, job->reports[i].agreement->code, &job->reports[i]);
    for (size_t i = 0; i < count; i++) {
        const struct resource *resource = rows[i]->value;
        struct agreement_report *report =
            resource->agreement == NULL ? NULL : map_get(by_code, resource->agreement);
        if (report == NULL)
            continue;
        size_t place = (size_t)report->resource_count++;
        report->resources = arena_grow(flow->arena, report->resources, place, place + 1,
                                       sizeof(*report->resources));
        report->resources[place] = (struct resource_report){.resource = resource};
    }
    map_free(by_code);
}

/* What the statement joins tasks to. */
struct line {
    int64_t item;
    const char *unit, *area, *category, *resource;
    struct instant since, until;
};

struct lines {
    size_t count;
    struct line *at;
};

static void add_line(struct flow *flow, struct lines *lines, struct line line)
{
    lines->at = arena_grow(flow->arena, lines->at, lines->count, lines->count + 1, sizeof(line));
    lines->at[lines->count++] = line;
}

static void add_lines(struct flow *flow, int item, struct lines *lines)
{
    static const char *const all[] = {""};
    const struct agreement_report *report = &((const struct job *)flow->job)->reports[item];
    const struct agreement *agreement = report->agreement;
    const struct org *org = snapshot_org(flow->snapshot, agreement->org);
    const struct zone *zone = flow->context->zone;
    struct names categories = agreement->categories;
    struct line line = {.item = item,
                        .unit = agreement->unit,
                        .since = zone_instant(zone, report->days.from, 0),
                        .until = zone_instant(zone, report->days.to, 0)};
    if (categories.count == 0)
        categories = (struct names){1, (const char **)all};
    for (int c = 0; c < categories.count; c++) {
        line.category = categories.at[c];
        for (int a = 0; org != NULL && a < org->areas.count; a++) {
            line.area = org->areas.at[a];
            add_line(flow, lines, line);
        }
    }
    line.area = line.category = NULL;
    for (int i = 0; i < report->resource_count; i++) {
        line.resource = report->resources[i].resource->code;
        add_line(flow, lines, line);
    }
}

static enum next ask(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    struct cursor cursor;
    struct lines lines = {0};
    int64_t limit;
    if (!page_begin(flow, "agreements", &limit, &cursor) || !stats_days_read(flow, &job->days))
        return END;
    job->areas = stats_areas(flow, call_query(call, "area"));
    job->org = call_query(call, "org");
    job->unit = call_query(call, "unit");
    job->count = 0;
    job->next = NULL;
    find_agreements(flow, limit, cursor.text);
    find_resources(flow);
    for (int i = 0; i < job->count; i++)
        add_lines(flow, i, &lines);
    int count = (int)lines.count;
    struct args *args = work_add(flow_work(flow), STMT_TASK_AGREEMENTS);
    args_names(args, &job->areas);
    ARGS_COLUMN(args, int, INT, count, lines.at[i].item);
    ARGS_COLUMN(args, text, TEXT, count, lines.at[i].unit);
    ARGS_COLUMN(args, text, TEXT, count, lines.at[i].area);
    ARGS_COLUMN(args, text, TEXT, count, lines.at[i].category);
    ARGS_COLUMN(args, text, TEXT, count, lines.at[i].resource);
    ARGS_COLUMN(args, instant, INSTANT, count, lines.at[i].since);
    ARGS_COLUMN(args, instant, INSTANT, count, lines.at[i].until);
    return WAIT;
}

/* A row of the statement, in the report and in that of its resource. */
static void add_done(struct agreement_report *report, const char *resource,
                     const struct done_counts *done)
{
    done_add(&report->done, done);
    for (int i = 0; i < report->resource_count; i++)
        if (text_equal(report->resources[i].resource->code, resource))
            done_add(&report->resources[i].done, done);
}

static enum next show(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, job->count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct agreement_report *report = &job->reports[row_int(&row)];
        const char *resource = row_text(&row);
        struct done_counts done;
        for (int c = 0; c < DONE_COUNTER_COUNT; c++)
            done.at[c] = row_int(&row);
        add_done(report, resource, &done);
    }
    for (int i = 0; i < job->count; i++)
        items[i] = agreement_write(&job->reports[i], flow->snapshot, flow->arena);
    return page_answer(flow, items, job->count, job->next);
}
