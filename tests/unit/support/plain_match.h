/* A second, slow matcher for tests: it reads every row of the registry for every question, knows no
 * index and no number in place of a code. Shares nothing with domain/match but the data. */
#pragma once

#include "domain/match.h"

struct candidates plain_match(const struct demand *demand, const struct snapshot *snapshot,
                              const struct standing *standing, struct arena *arena);
/* The org of the ladder over an area; of a unit its target. */
const struct org *plain_ladder(const struct snapshot *snapshot, const char *area,
                               const struct names *barred);
const struct org *plain_target(const struct snapshot *snapshot, const struct unit *unit,
                               const struct names *barred);
/* Codes barred when this unit is accused. */
struct names plain_barred(const struct snapshot *snapshot, const char *unit, struct arena *arena);
