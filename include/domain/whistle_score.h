/* How a whistle's outcome is shared between the street and the departments it called (spec 7).
 * Every number is a rule of the policy that the targets run under.
 *
 * A target counts unless the district approved its refusal or it was withdrawn. For one that counts
 *   outcome  1 solved, 0 not (or not said), absent without a result,
 *   timely   the share of its clocks that were met in time, of those that were met or have run out;
 *            absent while there are none,
 *   rating   the street's 0..100 as 0..1, absent without one.
 * Who did not come in time (acknowledge or arrive missed) bears the whole failure: outcome and
 * timely are 0.
 *   score  = sum of weight x term / sum of weights, over the terms there are, with
 *            whistle.outcome_weight, whistle.timely_weight, whistle.rating_weight
 *   weight = whistle.lead_weight or whistle.assist_weight
 *   credit = whistle.departments_share x score x weight / sum of weights of those that count
 * The street
 *   outcome     the mean of the outcomes of those that came in time, by weight; absent without any;
 *               0 when every refusal was approved: the call was out of rule, and its own alone
 *   rating_back the mean of what the units gave, as 0..1; absent without one
 *   score       = (outcome_weight x outcome + rating_weight x rating_back) / the weights of these
 *   credit      = whistle.street_share x score
 * With both shares 1, the default, street and departments get the whole each (双考核). Pure. */
#pragma once

#include "domain/dossier.h"

/* Of one target; NAN stands for absent. */
struct whistle_part {
    const struct task *task; /* NULL: never issued */
    bool counts;
    int in_time[STAGE_COUNT]; /* 1 met in time, 0 not, -1 no such clock or still running */
    bool came;
    double outcome, timely, rating;
    double weight, score, credit;
};

struct whistle_score {
    int count;
    struct whistle_part *parts;                 /* in the order of the whistle's targets */
    double outcome, rating_back, score, credit; /* the street's */
};

/* The score as it stands at `now`; the dossier is a whistle's. */
struct whistle_score whistle_score(const struct dossier *dossier, const struct rules *rules,
                                   struct instant now, struct arena *arena);
