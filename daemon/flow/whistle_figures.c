/* What became of whistles (spec 9), counted from their rows. */
#include "flow/page.h"
#include "flow/stats.h"
#include "wire/tally_json.h"

#define WHISTLES(X) X(ask) X(show)
FLOW_STEPS(whistle_figures_steps, WHISTLES)

struct job {
    struct whistle_figures_about about;
    int64_t limit, skipped;
};

static enum next ask(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    const struct zone *zone = flow->context->zone;
    struct cursor cursor;
    *job = (struct job){0};
    if (!page_begin(flow, "figures", &job->limit, &cursor) ||
        !query_word(call_query(call, "group"), "group", whistle_group_words, &job->about.group,
                    &flow->err) ||
        !stats_days_read(flow, &job->about.days))
        return END;
    if (job->about.group < 0)
        job->about.group = WHISTLES_BY_KIND;
    job->skipped = cursor.count > 0 && cursor.number[0] > 0 ? cursor.number[0] : 0;
    struct names areas = stats_areas(flow, call_query(call, "area"));
    struct args *args = work_add(flow_work(flow), STMT_TICKET_WHISTLE_FIGURES);
    args_names(args, &areas);
    args_instant(args, zone_instant(zone, job->about.days.from, 0));
    args_instant(args, zone_instant(zone, job->about.days.to, 0));
    args_text(args, whistle_group_words[job->about.group]);
    args_instant(args, flow->now);
    return WAIT;
}

static const char *name_of(const struct flow *flow, int group, const char *code)
{
    const struct area *area =
        group == WHISTLES_BY_AREA ? snapshot_area(flow->snapshot, code) : NULL;
    const struct org *org = group == WHISTLES_BY_ORG ? snapshot_org(flow->snapshot, code) : NULL;
    const struct unit *unit =
        group == WHISTLES_BY_UNIT ? snapshot_unit(flow->snapshot, code) : NULL;
    return area != NULL ? area->name : org != NULL ? org->name : unit != NULL ? unit->name : NULL;
}

static struct whistle_figures read_row(const struct flow *flow, const struct rows *rows, int place,
                                       int group)
{
    struct row row = rows_at(rows, place, flow->arena);
    struct whistle_figures figures = {.code = row_text(&row)};
    for (int i = 0; i < WHISTLE_COUNTER_COUNT; i++)
        figures.at[i] = row_int(&row);
    if (figures.code != NULL)
        figures.name = name_of(flow, group, figures.code);
    return figures;
}

static enum next show(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, rows.count);
    struct whistle_figures total = {0};
    int count = 0;
    for (int i = 0; i < rows.count; i++) {
        struct whistle_figures figures = read_row(flow, &rows, i, job->about.group);
        if (figures.code == NULL)
            total = figures;
        else
            items[count++] = whistle_figures_write(&figures, flow->arena);
    }
    if ((flow->route->flags & ROUTE_EXPORT) != 0)
        return page_answer(flow, items, count, NULL);
    struct stats_ask page_ask = {.limit = job->limit, .skipped = job->skipped};
    struct stats_page page = stats_page(flow, &page_ask, count);
    job->about.next = page.next;
    return flow_body(
        flow, 200,
        whistle_report_write(&job->about, items + page.from, page.count, &total, flow->arena));
}
