/* Duties learned from closed cases: which unit handles what, where, how surely. Pure: the same
 * history gives the same proposals, in whatever order its rows come. Recent cases count more;
 * where cases are few the area above, then the category above, lends its own; a renamed unit is one
 * (domain/learn_names). What is proposed is written so that the daemon's matching (spec 4) ranks
 * units by it as the history does. */
#pragma once

#include "base/map.h"
#include "domain/policy.h"
#include "domain/registry.h"

/* X(name of the option, field, default, min, max, meaning). The defaults were found by cross
 * validation on real events of a district; none of them is sharp. */
#define LEARN_RULES(X)                                                                             \
    X("half-life", half_life, 180, 0, 36500,                                                       \
      "days after which a case counts half; 0 = nothing is forgotten")                             \
    X("lend", lend, 10, 0.001, 1e6, "cases that the wider area or category lends to a narrower")   \
    X("territory", territory, 5, 0.001, 1e6,                                                       \
      "cases it takes to believe that a place is, or is not, a unit's own")                        \
    X("top", top, 3, 1, 10, "units proposed for one category at one place, at most")               \
    X("floor", floor, 0.05, 0, 1, "least confidence of a proposal")                                \
    X("gain", gain, 0.10, 0, 1, "what a narrower proposal must gain over the wider one")           \
    X("shift", shift, 0.30, 0.001, 1,                                                              \
      "error of a wider proposal's confidence from which a narrower one is made anyhow")           \
    X("step", step, 0.02, 0.001, 0.5,                                                              \
      "confidences are rounded to this, so that rows can be joined")                               \
    X("place", place, 0.50, 0.5, 1,                                                                \
      "share of cases in the same streets above which names are one")                              \
    X("min-support", min_support, 0, 0, 1e9, "least number of cases behind a proposal")            \
    X("hold-out", hold_out, 0.20, 0, 0.9, "share of the history, the latest, kept for the trial")

struct learn_rules {
#define X(option, field, standard, min, max, meaning) double field;
    LEARN_RULES(X)
#undef X
};

struct learn_rule {
    const char *option, *meaning;
    size_t offset; /* of the double in struct learn_rules */
    double standard, min, max;
};
extern const struct learn_rule learn_rule_table[];
extern const int learn_rule_count;
extern const struct learn_rules learn_rules_standard;

enum {
    LEARN_TOP = 10,
    LEARN_LIST = 1000 /* codes in one list of a proposal: what a registered row may have */
};

/* One closed case. Date set, category a dotted code, area of 2, 4, 6, 9 or 12 digits. Texts are
 * borrowed while learning. */
struct learn_case {
    struct date date;
    const char *category;
    const char *area;
    const char *unit; /* code, name or former name; "", "-": the case is left out */
};

struct learn_history {
    size_t count;
    const struct learn_case *cases;
    int unit_count; /* the registry's units, where known: they settle what a name means */
    const struct unit *const *units;
    const struct map *category_names; /* code -> name, for titles; NULL: codes are shown */
    const struct rules *matching;     /* weights that the trial ranks by; NULL: the standard ones */
};

/* A unit of the history. */
struct learn_unit {
    const char *text; /* its code where the registry knows it, else its newest name */
    const char *name;
    bool known;
    int64_t cases;
};

/* `alias` is a former name of the unit `head`: found by the history, not yet in the registry. */
struct learn_rename {
    const char *head; /* the newest name, or the registry's */
    const char *unit; /* as learn_unit.text */
    const char *alias;
    struct date from, to; /* first and last seen */
    bool current;         /* it is the newest name: the registry's is older */
    int64_t cases;
};

/* One duty to be registered. */
struct learn_proposal {
    const struct learn_unit *unit;
    const char *title;
    struct names categories, areas; /* in order */
    double confidence;              /* 0..1 */
    int64_t support;                /* distinct cases of the unit that the row covers */
};

/* How well rows learned from the earlier part choose the unit of the later part, ranked as the
 * daemon does. */
struct learn_trial {
    int64_t cases, first, among_three, none; /* none: no row covers the case */
    struct date from;                        /* of its first case; DATE_NONE: no trial */
};

struct learned {
    int64_t cases, left_out; /* used; without a unit */
    struct date from, to;
    int unit_count;
    const struct learn_unit *units; /* by text */
    int rename_count;
    const struct learn_rename *renames; /* by head and alias */
    int proposal_count;
    const struct learn_proposal *proposals; /* by unit, then confidence, areas, categories */
    struct learn_trial trial;
};

/* All results live in `arena`. */
struct learned learn(const struct learn_history *history, const struct learn_rules *rules,
                     struct arena *arena);
