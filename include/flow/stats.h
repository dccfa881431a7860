/* Figures of supervision (spec 9), within the caller's areas. */
#pragma once

#include "domain/rates.h"
#include "flow/flow.h"
#include "wire/query.h"

extern const struct steps rates_steps;           /* GET /v1/stats/rates */
extern const struct steps times_steps;           /* GET /v1/stats/times */
extern const struct steps five_clears_steps;     /* GET /v1/stats/five-clears */
extern const struct steps agreements_steps;      /* GET /v1/stats/agreements, its export */
extern const struct steps whistle_figures_steps; /* GET /v1/stats/whistles, its export */
extern const struct steps month_publish_steps;   /* POST /v1/stats/months/{month}/publish */
extern const struct steps month_show_steps;      /* GET /v1/stats/months/{month} */
extern const struct steps month_times_steps;     /* GET /v1/stats/months/{month}/times */

/* What is asked for, as far as all of them have it in common. */
struct stats_ask {
    int group;              /* enum tally_group */
    bool among_peers;       /* ranks */
    const char *unit;       /* NULL: all */
    const char *category;   /* with those below; NULL: all */
    const char *area;       /* with those below; NULL: the caller's */
    struct names areas;     /* to look at: no two contain each other; none is out of scope */
    struct days days;       /* [from, to) */
    int64_t limit, skipped; /* items of pages before */
};

/* Reads the query: group, peers, unit, category, area, limit, cursor; from and to where the route
 * knows them. */
MUST_CHECK bool stats_ask_read(struct flow *flow, struct stats_ask *ret_ask);
/* from, to: the present month up to today, unless asked otherwise. */
MUST_CHECK bool stats_days_read(struct flow *flow, struct days *ret_days);
/* The areas that both the caller and `area` (NULL: all) name, none within another. */
struct names stats_areas(const struct flow *flow, const char *area);
/* The policy whose rules make the figures of an area (NULL: the caller's first); NULL: none. */
const struct policy *stats_policy(const struct flow *flow, const char *area);
/* Today in the zone of answers. */
struct date stats_today(const struct flow *flow);
/* Rows of code, status and counters, behind `skip` other columns, as groups that are named, rated
 * and ranked; the total of all of them has no holder. */
struct rated *stats_rate(struct flow *flow, const struct rows *rows, int skip,
                         const struct stats_ask *ask, const struct rules *rules, int *ret_count,
                         struct rated *ret_total);
/* The words of tally_status_words that the rules let into the figures. */
struct names stats_statuses(const struct rules *rules, struct arena *arena);
/* Rows of code, tickets, median and p90, behind `skip` other columns, as groups that are named; the
 * row of all of them has no code. */
struct times *stats_times(struct flow *flow, const struct rows *rows, int skip, int group,
                          int *ret_count, struct times *ret_total);
/* The part of `count` items that the page shows, and the cursor of the next one (NULL: none). */
struct stats_page {
    int from, count;
    const char *next;
};
struct stats_page stats_page(const struct flow *flow, const struct stats_ask *ask, int count);
