/* Rates (三率) and their like, made from sums by the rules of a policy (spec 9), and the order of
 * those that are compared. Pure. */
#pragma once

#include "domain/snapshot.h"
#include "domain/tally.h"

/* Each is n of `of`. X(field in JSON and here) */
#define FIGURES(X)                                                                                 \
    X(response)                                                                                    \
    X(resolution)                                                                                  \
    X(satisfaction)                                                                                \
    X(returned)                                                                                    \
    X(rehandled)                                                                                   \
    X(signed_on_time)                                                                              \
    X(replied_on_time)

struct figure {
    double n;
    int64_t of; /* 0: there is no rate */
};

struct rates {
#define X(name) struct figure name;
    FIGURES(X)
#undef X
    int64_t tickets[TALLY_STATUS_COUNT]; /* by how they stand to the rates */
    struct tally_counts counts;          /* what the figures were made from */
    double score;                        /* 0..1, of the three rates that there are; NAN: none is */
};

/* Sums by status; hung and excluded ones come in where the rules say so. */
struct rates rates_of(const struct tally_counts sums[TALLY_STATUS_COUNT],
                      const struct rules *rules);

/* One unit, street or category among others. */
struct rated {
    const char *holder; /* as in the sums; NULL: all together */
    const char *code;   /* of the unit, or of the org that holds tasks without a unit */
    const char *name;   /* NULL: not registered */
    const char *peer;   /* who it is compared with: kind of unit or org, level of area; or NULL */
    int rank;           /* 1.. by score among its peers, equals alike; 0: has no score */
    struct tally_counts sums[TALLY_STATUS_COUNT];
    struct rates rates;
};

/* Fills code, name and peer from the registry. */
void rated_name(struct rated *rated, int group, const struct snapshot *snapshot);
/* Ranks among peers, or among all, and sorts by peer, rank and code. `rates` are set. */
void rated_rank(struct rated *rated, int count, bool among_peers);

/* A first and a last day, the last not in it. */
struct days {
    struct date from, to;
};
/* The periods that the sums of [from, to) are made of: months ("2026-03") that lie in it whole, and
 * the other days ("2026-03-02"). */
struct names days_periods(struct days days, struct arena *arena);
/* "2026-03" -> its days; false for anything else. */
MUST_CHECK bool days_of_month(const char *month, struct days *ret_days);
