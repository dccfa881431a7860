/* Figures of supervision: what is read from the log for them, and how they are shown. */
#pragma once

#include "base/error.h"
#include "domain/rates.h"

/* One event as figures need it. What its data lacks or has in another form is absent. Texts live in
 * `arena`. */
struct fact fact_read(const struct event *event, struct arena *arena);

/* The rules that figures are made by, for those who recompute them: {"policy","policy_version",
 * "satisfaction":{},"rates":{},"score":{}}. `policy` NULL: the built-in ones. */
struct slice figure_rules_write(const struct policy *policy, struct arena *arena);
/* And back; what the text lacks is as built in. */
struct rules figure_rules_read(struct slice text, struct arena *arena);

/* What every answer with figures says of itself. */
struct figures_about {
    int group; /* enum tally_group */
    struct days days;
    int64_t ticket, seq;         /* the last event in them; ticket -1: none is */
    struct slice rules;          /* JSON */
    const char *month;           /* of a publication; NULL: there is none */
    struct instant published_at; /* with `month` */
    const char *next;            /* cursor; NULL: the last page */
    int offset_s;                /* of times */
};

/* {"group","from","to","items":[{"code","name","peer","rank","counted","excluded","hung","response":
 * {"n","of","rate"},...,"score","parts":{}}],"total":{},"as_of","rules","next"}; with a publication
 * also "month" and "published_at". */
struct slice rates_write(const struct figures_about *about, const struct rated *items, int count,
                         const struct rated *total, struct arena *arena);

/* One item alone. */
struct slice rated_write(const struct rated *rated, struct arena *arena);

/* The answer to publishing: {"month","areas","from","to","published_at","as_of","rules"} */
struct slice month_write(const struct figures_about *about, const struct names *areas,
                         struct arena *arena);

/* Handling times in minutes of working time. */
struct times {
    struct rated rated; /* code, name, peer */
    int64_t tickets;    /* 0: there are no minutes */
    int64_t median, p90;
};
/* As rates_write, with a publication too, of
 * {"code","name","peer","tickets","median_minutes","p90_minutes"}. */
struct slice times_write(const struct figures_about *about, const struct times *items, int count,
                         const struct times *total, struct arena *arena);

/* Which of the "five clears" a unit's ledger lacks, by the places in ledger_words. */
extern const char *const ledger_words[];
unsigned ledger_missing(const struct ledger *ledger);
struct clears {
    int64_t units, clear, missing[5]; /* by ledger_words */
    const char *next;
};
/* {"items":[{"code","name","kind","area","missing":[]}],"total":{"units","clear","missing":{}},
 * "next"}: the units that lack something. */
struct slice clears_write(const struct clears *clears, const struct unit *const *units, int count,
                          struct arena *arena);

/* Tasks that a unit got in a time: how many of them are in which state, how many of the completed
 * ones had a clock and kept it, how many were rated (each side, and the sums of 0..100). */
enum done_counter {
    DONE_TASKS,
    DONE_OPEN,
    DONE_COMPLETED,
    DONE_RETURNED,
    DONE_WITHDRAWN,
    DONE_TIMED,
    DONE_ON_TIME,
    DONE_RATED,
    DONE_RATING,
    DONE_RATED_BACK,
    DONE_RATING_BACK,
    DONE_COUNTER_COUNT
};
struct done_counts {
    int64_t at[DONE_COUNTER_COUNT];
};
void done_add(struct done_counts *sum, const struct done_counts *more);

/* What was promised in an agreement, and what was done of it in some days. */
struct resource_report {
    const struct resource *resource;
    struct done_counts done;
};
struct agreement_report {
    const struct agreement *agreement;
    struct days days; /* [from, to) that were asked for and in which it was valid */
    int resource_count;
    struct resource_report *resources;
    struct done_counts done;
};
/* {"code","org","org_name","unit","unit_name","status","valid_from","valid_to","from","to",
 * "promised":{"duties","tasks","form","content","categories":[]},"done":{"tasks","open","completed",
 * "returned","withdrawn","on_time":{"n","of","rate"},"rating":{"of","mean"},"rating_back":{}},
 * "resources":[{"code","kind","title","capacity","status","done":{}}]} */
struct slice agreement_write(const struct agreement_report *report, const struct snapshot *snapshot,
                             struct arena *arena);

/* What whistles are counted by. */
enum whistle_group { WHISTLES_BY_KIND, WHISTLES_BY_AREA, WHISTLES_BY_ORG, WHISTLES_BY_UNIT };
extern const char *const whistle_group_words[];
/* Whistles, and the units that they called: how many clocks were met or ran out, and how many of
 * those were kept; ratings of both sides (0..100) and their sums. */
enum whistle_counter {
    WHISTLES_RAISED,
    WHISTLES_BY_RULE,
    WHISTLES_APPROVED,
    WHISTLES_REJECTED,
    WHISTLES_WITHDRAWN,
    WHISTLES_CLOSED,
    TARGETS_CALLED,
    TARGETS_REFUSED,
    TARGETS_ACKNOWLEDGE_OF,
    TARGETS_ACKNOWLEDGE_N,
    TARGETS_ARRIVE_OF,
    TARGETS_ARRIVE_N,
    TARGETS_RESULT_OF,
    TARGETS_RESULT_N,
    TARGETS_RATED,
    TARGETS_RATING,
    TARGETS_RATED_BACK,
    TARGETS_RATING_BACK,
    WHISTLE_COUNTER_COUNT
};
struct whistle_figures {
    const char *code, *name; /* NULL code: the total; NULL name: there is none */
    int64_t at[WHISTLE_COUNTER_COUNT];
};
struct whistle_figures_about {
    int group; /* enum whistle_group */
    struct days days;
    const char *next; /* cursor; NULL: the last page */
};
/* {"code","name","raised","by_rule","by_hand","approved","rejected","withdrawn","closed","targets",
 * "refused","acknowledged_on_time":{"n","of","rate"},"arrived_on_time":{},"result_on_time":{},
 * "rating":{"of","mean"},"rating_back":{}} */
struct slice whistle_figures_write(const struct whistle_figures *figures, struct arena *arena);
/* {"items":[],"total":{},"group","from","to","next"} */
struct slice whistle_report_write(const struct whistle_figures_about *about,
                                  const struct slice *items, int count,
                                  const struct whistle_figures *total, struct arena *arena);
