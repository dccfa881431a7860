/* One history of a ticket through the real moves and sweeps, with the slow life of
 * support/plain_life beside it. */
#pragma once

#include "support/random_life.h"

/* What came of histories, so that a test that stopped meeting something is noticed. */
struct life_counts {
    int done[LIFE_ACT_COUNT], refused[LIFE_ACT_COUNT];
    int marks, lifted, reminders, escalations, reviews;
};

/* Runs the whole history and on until nothing is left to come, swept at every due (`timely`) or now
 * and then. After every action states, dues and marks must be those of `life`, in the end also all
 * that was done by itself. NULL, or what differs, in the arena. `counts` may be NULL. */
const char *life_run(const struct random_life *history, bool timely, struct life *life,
                     struct life_counts *counts, struct arena *arena);
