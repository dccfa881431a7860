/* The formulas, and who is compared with whom. */
#include "domain/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/area.h"

enum { DECIMALS = 1000000 }; /* weights are added up without the noise behind them */

static double sum_weighted(const struct tally_counts *counts, const struct rules *rules)
{
    const int64_t *at = counts->at;
    double sum = (double)at[TALLY_SATISFIED_VERY] * rules->satisfaction_very +
                 (double)at[TALLY_SATISFIED_YES] * rules->satisfaction_yes +
                 (double)at[TALLY_SATISFIED_BASIC] * rules->satisfaction_basic +
                 (double)at[TALLY_SATISFIED_NO] * rules->satisfaction_no;
    return round(sum * DECIMALS) / DECIMALS;
}

/* Of the rates that there are, by their weights. */
static double score_of(const struct rates *rates, const struct rules *rules)
{
    const struct {
        const struct figure *figure;
        double weight;
    } parts[] = {
        {&rates->response,     rules->score_response    },
        {&rates->resolution,   rules->score_resolution  },
        {&rates->satisfaction, rules->score_satisfaction},
    };
    double sum = 0, weights = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].figure->of == 0)
            continue;
        sum += parts[i].weight * parts[i].figure->n / (double)parts[i].figure->of;
        weights += parts[i].weight;
    }
    return weights > 0 ? sum / weights : NAN;
}

struct rates rates_of(const struct tally_counts sums[TALLY_STATUS_COUNT], const struct rules *rules)
{
    const bool in[TALLY_STATUS_COUNT] = {
        [TALLY_IS_COUNTED] = true,
        [TALLY_IS_EXCLUDED] = rules->rates_count_excluded > 0,
        [TALLY_IS_HUNG] = rules->rates_count_hung > 0,
    };
    struct rates rates = {0};
    int64_t *at = rates.counts.at;
    for (int status = 0; status < TALLY_STATUS_COUNT; status++) {
        rates.tickets[status] = sums[status].at[TALLY_TICKETS];
        for (int i = 0; in[status] && i < TALLY_COUNTER_COUNT; i++)
            at[i] += sums[status].at[i];
    }
    int64_t contacted = at[TALLY_CONTACTED];
    if (rules->rates_reply_is_contact > 0)
        contacted += at[TALLY_CONTACTED_BY_REPLY];
    int64_t answered = at[TALLY_SATISFIED_VERY] + at[TALLY_SATISFIED_YES] +
                       at[TALLY_SATISFIED_BASIC] + at[TALLY_SATISFIED_NO];
    rates.response = (struct figure){(double)contacted, at[TALLY_CONTACT_CLOCKS]};
    rates.resolution =
        (struct figure){(double)at[TALLY_SOLVED], at[TALLY_SOLVED] + at[TALLY_UNSOLVED]};
    rates.satisfaction = (struct figure){sum_weighted(&rates.counts, rules), answered};
    rates.returned = (struct figure){(double)at[TALLY_RETURNED], at[TALLY_DISPATCHED]};
    rates.rehandled = (struct figure){(double)at[TALLY_REHANDLED], at[TALLY_TICKETS]};
    rates.signed_on_time = (struct figure){(double)at[TALLY_SIGNED_ON_TIME], at[TALLY_SIGN_CLOCKS]};
    rates.replied_on_time =
        (struct figure){(double)at[TALLY_REPLIED_ON_TIME], at[TALLY_REPLY_CLOCKS]};
    rates.score = score_of(&rates, rules);
    return rates;
}

static void name_holder(struct rated *rated, const struct snapshot *snapshot)
{
    if (rated->holder[0] == '@') {
        rated->code = rated->holder + 1;
        const struct org *org = snapshot_org(snapshot, rated->code);
        rated->name = org == NULL ? NULL : org->name;
        rated->peer = org == NULL ? NULL : org_kind_words[org->kind];
        return;
    }
    const struct unit *unit = snapshot_unit(snapshot, rated->code);
    rated->name = unit == NULL ? NULL : unit->name;
    rated->peer = unit == NULL ? NULL : unit_kind_words[unit->kind];
}

void rated_name(struct rated *rated, int group, const struct snapshot *snapshot)
{
    rated->code = rated->holder;
    if (group == TALLY_BY_UNIT) {
        name_holder(rated, snapshot);
    } else if (group == TALLY_BY_STREET) {
        const struct area *area = snapshot_area(snapshot, rated->code);
        int level = area_level(rated->code);
        rated->name = area == NULL ? NULL : area->name;
        rated->peer = level < 0 ? NULL : level_words[level];
    } else {
        const struct category *category = snapshot_category(snapshot, rated->code);
        rated->name = category == NULL ? NULL : category->name;
    }
}

static int compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    return strcmp(a, b);
}

/* The best first; without a score last. */
static int compare_scores(const struct rated *a, const struct rated *b)
{
    bool none = isnan(a->rates.score), other_none = isnan(b->rates.score);
    if (none || other_none)
        return none - other_none;
    return (a->rates.score < b->rates.score) - (a->rates.score > b->rates.score);
}

static int compare_alone(const void *left, const void *right)
{
    const struct rated *a = left, *b = right;
    int order = compare_scores(a, b);
    return order != 0 ? order : compare_texts(a->holder, b->holder);
}

static int compare_peers(const void *left, const void *right)
{
    const struct rated *a = left, *b = right;
    int order = compare_texts(a->peer, b->peer);
    return order != 0 ? order : compare_alone(left, right);
}

void rated_rank(struct rated *rated, int count, bool among_peers)
{
    qsort(rated, (size_t)count, sizeof(*rated), among_peers ? compare_peers : compare_alone);
    int place = 0;
    for (int i = 0; i < count; i++) {
        bool first = i == 0 || (among_peers && !text_equal(rated[i].peer, rated[i - 1].peer));
        place = first ? 1 : place + 1;
        if (isnan(rated[i].rates.score))
            rated[i].rank = 0;
        else if (!first && compare_scores(&rated[i - 1], &rated[i]) == 0)
            rated[i].rank = rated[i - 1].rank;
        else
            rated[i].rank = place;
    }
}

static struct date month_after(struct date date)
{
    int year, month, day;
    struct date next = DATE_NONE;
    date_split(date, &year, &month, &day);
    bool last = month == 12;
    if (!date_make(last ? year + 1 : year, last ? 1 : month + 1, 1, &next))
        next.day = INT32_MAX; /* the end of all dates */
    return next;
}

struct names days_periods(struct days days, struct arena *arena)
{
    struct names names = {0, ARENA_ARRAY(arena, const char *, days.to.day - days.from.day)};
    for (struct date date = days.from; date.day < days.to.day;) {
        const char *text = date_format(arena, date);
        const char *dash = strrchr(text, '-');
        struct date next = month_after(date);
        bool whole = text_equal(dash, "-01") && next.day <= days.to.day;
        names.at[names.count++] = whole ? arena_bytes(arena, text, (size_t)(dash - text)) : text;
        date.day = whole ? next.day : date.day + 1;
    }
    return names;
}

bool days_of_month(const char *month, struct days *ret_days)
{
    enum { MONTH_SIZE = sizeof("2026-03") - 1 };
    struct text first CLEANUP(text_clear) = {0};
    if (strlen(month) != MONTH_SIZE)
        return false;
    text_format(&first, "%s-01", month);
    if (!date_parse(first.at, &ret_days->from))
        return false;
    ret_days->to = month_after(ret_days->from);
    return true;
}
