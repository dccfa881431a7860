/* From probabilities to rows of an inventory: few, joined, each with confidence and support. Part
 * of domain/learn. */
#pragma once

#include "domain/learn_model.h"

/* One proposal in numbers; lists in order. */
struct learn_row {
    int unit;
    int category_count, area_count;
    const int *categories, *areas;
    double confidence;
    int64_t support;
};

struct learn_rows {
    int count;
    struct learn_row *at; /* by unit, confidence, areas, categories */
};

/* Every category that was counted, at every area that was counted: the first units, unless a wider
 * row already says nearly as much. In the arena. */
struct learn_rows learn_rows_make(const struct learn_space *space, const struct learn_model *model,
                                  const struct learn_rules *rules, struct arena *arena);
