/* A trial of learned rows on cases that they were not learned from. Part of domain/learn. */
#pragma once

#include "domain/learn_rows.h"

/* Ranks the units of each fact from `first` on as matching does (spec 4), by the terms in which
 * learned rows differ: category, area and history. */
struct learn_trial learn_trial_run(const struct learn_space *space, const struct learn_rows *rows,
                                   size_t first, const struct rules *matching);
