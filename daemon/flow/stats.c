/* Rates and handling times: live, from the sums. */
#include "flow/stats.h"

#include <limits.h>
#include <string.h>

#include "base/map.h"
#include "domain/area.h"
#include "flow/page.h"
#include "store/tally_store.h"
#include "wire/tally_json.h"

#define RATES(X) X(ask_rates) X(show_rates)
#define TIMES(X) X(ask_times) X(show_times)
FLOW_STEPS(rates_steps, RATES)
FLOW_STEPS(times_steps, TIMES)

enum { YEARS_LIMIT = 20, DAYS_LIMIT = YEARS_LIMIT * 1461 / 4, PLACE_COLUMNS = 2 };

struct job {
    struct stats_ask ask;
    const struct policy *policy;
    const struct rules *rules;
};

/* ---- the question ---- */

struct names stats_areas(const struct flow *flow, const char *area)
{
    const struct names *mine = &flow->scope.areas;
    struct names both = {0, ARENA_ARRAY(flow->arena, const char *, mine->count)};
    struct names roots = {0, ARENA_ARRAY(flow->arena, const char *, mine->count)};
    for (int i = 0; i < mine->count; i++) {
        if (area == NULL || area_contains(area, mine->at[i]))
            both.at[both.count++] = mine->at[i];
        else if (area_contains(mine->at[i], area))
            both.at[both.count++] = area;
    }
    for (int i = 0; i < both.count; i++) {
        bool within = names_have(&roots, both.at[i]);
        for (int j = 0; j < both.count && !within; j++)
            within = area_contains(both.at[j], both.at[i]) && !text_equal(both.at[j], both.at[i]);
        if (!within)
            roots.at[roots.count++] = both.at[i];
    }
    return roots;
}

const struct policy *stats_policy(const struct flow *flow, const char *area)
{
    struct policy_key key = {.kind = -1, .urgency = -1, .level = -1};
    key.area = area != NULL ? area : flow->scope.areas.count > 0 ? flow->scope.areas.at[0] : NULL;
    return snapshot_policy_for(flow->snapshot, &key);
}

struct date stats_today(const struct flow *flow)
{
    return zone_date(flow->context->zone, flow->now);
}

bool stats_days_read(struct flow *flow, struct days *ret_days)
{
    int year, month, day;
    struct date today = stats_today(flow), first;
    date_split(today, &year, &month, &day);
    first.day = today.day - day + 1;
    struct date tomorrow = {today.day + 1};
    if (!query_date(call_query(flow->call, "from"), "from", first, &ret_days->from, &flow->err) ||
        !query_date(call_query(flow->call, "to"), "to", tomorrow, &ret_days->to, &flow->err))
        return false;
    if (ret_days->to.day < ret_days->from.day)
        error_add(&flow->err, "to", "lies before from");
    else if (ret_days->to.day - ret_days->from.day > DAYS_LIMIT)
        error_add(&flow->err, "to", "lies more than %d years behind from", YEARS_LIMIT);
    else
        return true;
    flow->err.fault = FAULT_MALFORMED;
    return false;
}

bool stats_ask_read(struct flow *flow, struct stats_ask *ret_ask)
{
    static const char *const peers_words[] = {"kind", "all", NULL};
    const struct call *call = flow->call;
    const struct limits *limits = &flow->context->limits;
    struct stats_ask ask = {.unit = call_query(call, "unit"), .area = call_query(call, "area")};
    struct cursor cursor;
    int peers;
    ask.category = call_query(call, "category");
    if (!query_word(call_query(call, "group"), "group", tally_group_words, &ask.group,
                    &flow->err) ||
        !query_word(call_query(call, "peers"), "peers", peers_words, &peers, &flow->err) ||
        !query_count(call_query(call, "limit"), "limit", limits->page_size, 1, limits->page_limit,
                     &ask.limit, &flow->err) ||
        !cursor_read(call_query(call, "cursor"), "figures", flow->arena, &cursor, &flow->err) ||
        !stats_days_read(flow, &ask.days))
        return false;
    if (ask.group < 0)
        ask.group = TALLY_BY_UNIT;
    ask.among_peers = peers <= 0;
    ask.skipped = cursor.count > 0 && cursor.number[0] > 0 ? cursor.number[0] : 0;
    ask.areas = stats_areas(flow, ask.area);
    *ret_ask = ask;
    return true;
}

struct stats_page stats_page(const struct flow *flow, const struct stats_ask *ask, int count)
{
    struct stats_page page = {.from = ask->skipped < count ? (int)ask->skipped : count};
    page.count = count - page.from;
    if (page.count > ask->limit) {
        page.count = (int)ask->limit;
        struct cursor next = {.count = 1, .number = {page.from + page.count}};
        page.next = cursor_write(&next, "figures", flow->arena);
    }
    return page;
}

/* ---- rates ---- */

static void add_counts(struct tally_counts *sum, const struct tally_counts *more)
{
    for (int i = 0; i < TALLY_COUNTER_COUNT; i++)
        sum->at[i] += more->at[i];
}

static bool any_count(const struct tally_counts *counts)
{
    for (int i = 0; i < TALLY_COUNTER_COUNT; i++)
        if (counts->at[i] != 0)
            return true;
    return false;
}

/* Sorts the rows into groups; sums that have come back to nothing make none. */
static int group_rows(struct flow *flow, const struct rows *rows, int skip, struct rated *groups,
                      struct rated *total)
{
    struct map *by_code = map_new((size_t)rows->count);
    int count = 0;
    for (int i = 0; i < rows->count; i++) {
        struct row row = rows_at(rows, i, flow->arena);
        row.column += skip;
        const char *code = row_text(&row);
        int status = row_word(&row, tally_status_words);
        struct tally_counts counts = tally_store_counts(&row);
        if (code == NULL || status < 0 || !any_count(&counts))
            continue;
        struct rated *group = map_get(by_code, code);
        if (group == NULL) {
            group = &groups[count++];
            group->holder = code;
            map_put(by_code, code, group);
        }
        add_counts(&group->sums[status], &counts);
        add_counts(&total->sums[status], &counts);
    }
    map_free(by_code);
    return count;
}

/* NOLINTNEXTLINE(readability-function-size): what goes in and comes out of one sum */
struct rated *stats_rate(struct flow *flow, const struct rows *rows, int skip,
                         const struct stats_ask *ask, const struct rules *rules, int *ret_count,
                         struct rated *ret_total)
{
    struct rated *groups = ARENA_ARRAY(flow->arena, struct rated, rows->count);
    *ret_total = (struct rated){0};
    *ret_count = group_rows(flow, rows, skip, groups, ret_total);
    for (int i = 0; i < *ret_count; i++) {
        rated_name(&groups[i], ask->group, flow->snapshot);
        groups[i].rates = rates_of(groups[i].sums, rules);
    }
    ret_total->rates = rates_of(ret_total->sums, rules);
    rated_rank(groups, *ret_count, ask->among_peers);
    return groups;
}

/* Sums by one thing that are asked for another are added up from the tickets. */
static void ask_sums(struct flow *flow, const struct stats_ask *ask)
{
    bool by_unit = ask->unit == NULL || ask->group == TALLY_BY_UNIT;
    bool by_category = ask->category == NULL || ask->group == TALLY_BY_CATEGORY;
    bool plain = by_unit && by_category;
    struct args *args = work_add(flow_work(flow), plain ? STMT_TALLY_SUM : STMT_TALLY_SUM_TICKETS);
    args_names(args, &ask->areas);
    args_text(args, tally_group_words[ask->group]);
    if (plain) {
        struct names periods = days_periods(ask->days, flow->arena);
        args_names(args, &periods);
        args_text(args, ask->group == TALLY_BY_UNIT ? ask->unit : ask->category);
        args_bool(args, ask->group == TALLY_BY_CATEGORY);
        return;
    }
    args_text(args, date_format(flow->arena, ask->days.from));
    args_text(args, date_format(flow->arena, ask->days.to));
    args_text(args, ask->unit);
    args_text(args, ask->category);
}

static void choose_rules(const struct flow *flow, struct job *job)
{
    job->policy = stats_policy(flow, job->ask.area);
    job->rules = job->policy == NULL ? &rules_standard : &job->policy->rules;
}

static bool is_export(const struct flow *flow)
{
    return (flow->route->flags & ROUTE_EXPORT) != 0;
}

static enum next ask_rates(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    struct cursor cursor;
    int64_t limit;
    if ((is_export(flow) && !page_begin(flow, "figures", &limit, &cursor)) ||
        !stats_ask_read(flow, &job->ask))
        return END;
    choose_rules(flow, job);
    ask_sums(flow, &job->ask);
    return WAIT;
}

/* The place of the last event stands in the first two columns of each row; there is one always. */
static struct figures_about about(const struct flow *flow, const struct rows *rows,
                                  const struct stats_page *page)
{
    const struct job *job = flow->job;
    struct row row = rows_at(rows, 0, flow->arena);
    struct figures_about about = {.group = job->ask.group,
                                  .days = job->ask.days,
                                  .ticket = row_int(&row),
                                  .rules = figure_rules_write(job->policy, flow->arena),
                                  .next = page->next};
    about.seq = row_int(&row);
    return about;
}

/* All in one part: pages of figures that move on between them would not fit together. */
static enum next export_rates(struct flow *flow, const struct rated *groups, int count)
{
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, count);
    for (int i = 0; i < count; i++)
        items[i] = rated_write(&groups[i], flow->arena);
    return page_answer(flow, items, count, NULL);
}

static enum next show_rates(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    int count;
    struct rated total;
    struct rated *groups =
        stats_rate(flow, &rows, PLACE_COLUMNS, &job->ask, job->rules, &count, &total);
    if (is_export(flow))
        return export_rates(flow, groups, count);
    struct stats_page page = stats_page(flow, &job->ask, count);
    struct figures_about head = about(flow, &rows, &page);
    return flow_body(flow, 200,
                     rates_write(&head, groups + page.from, page.count, &total, flow->arena));
}

/* ---- handling times ---- */

struct names stats_statuses(const struct rules *rules, struct arena *arena)
{
    const struct names none = {0};
    struct names statuses = names_with(arena, &none, tally_status_words[TALLY_IS_COUNTED]);
    if (rules->rates_count_excluded > 0)
        statuses = names_with(arena, &statuses, tally_status_words[TALLY_IS_EXCLUDED]);
    if (rules->rates_count_hung > 0)
        statuses = names_with(arena, &statuses, tally_status_words[TALLY_IS_HUNG]);
    return statuses;
}

static enum next ask_times(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!stats_ask_read(flow, &job->ask))
        return END;
    choose_rules(flow, job);
    const struct stats_ask *ask = &job->ask;
    struct names statuses = stats_statuses(job->rules, flow->arena);
    struct args *args = work_add(flow_work(flow), STMT_TALLY_TIMES);
    args_names(args, &ask->areas);
    args_text(args, tally_group_words[ask->group]);
    args_text(args, date_format(flow->arena, ask->days.from));
    args_text(args, date_format(flow->arena, ask->days.to));
    args_text(args, ask->unit);
    args_text(args, ask->category);
    args_names(args, &statuses);
    return WAIT;
}

/* NOLINTNEXTLINE(readability-function-size): what goes in and comes out of the rows */
struct times *stats_times(struct flow *flow, const struct rows *rows, int skip, int group,
                          int *ret_count, struct times *ret_total)
{
    struct times *items = ARENA_ARRAY(flow->arena, struct times, rows->count);
    *ret_count = 0;
    *ret_total = (struct times){0};
    for (int i = 0; i < rows->count; i++) {
        struct row row = rows_at(rows, i, flow->arena);
        row.column += skip;
        struct times times = {.rated.holder = row_text(&row)};
        times.tickets = row_int(&row);
        times.median = row_int(&row);
        times.p90 = row_int(&row);
        if (times.rated.holder == NULL) {
            *ret_total = times;
            continue;
        }
        rated_name(&times.rated, group, flow->snapshot);
        items[(*ret_count)++] = times;
    }
    return items;
}

static enum next show_times(struct flow *flow)
{
    const struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct times total;
    int count;
    struct times *items = stats_times(flow, &rows, PLACE_COLUMNS, job->ask.group, &count, &total);
    struct stats_page page = stats_page(flow, &job->ask, count);
    struct figures_about head = about(flow, &rows, &page);
    return flow_body(flow, 200,
                     times_write(&head, items + page.from, page.count, &total, flow->arena));
}
