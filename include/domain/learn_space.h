/* The codes of a history as numbers: every category and area that occurs and all above them. Part
 * of domain/learn. */
#pragma once

#include "domain/learn.h"

/* Codes in order of text, so that what is above comes first; 0 is above all. */
struct learn_codes {
    int count;
    const char **at;
    int *above; /* -1 at 0 */
    int *depth; /* 0 at 0 */
};

/* One case in numbers. */
struct learn_fact {
    int day;
    int category, area, unit;
};

struct learn_space {
    struct learn_codes categories; /* 0 is "": all */
    struct learn_codes areas; /* 0 is the least area over the whole history, "" if there is none */
    int unit_count;
    size_t fact_count;
    struct learn_fact *facts; /* by day, then by number: independent of the order of the file */
};

/* `units_of` as in struct learn_names; cases of -1 are left out. */
struct learn_space *learn_space_new(const struct learn_history *history, const int *units_of,
                                    int unit_count, struct arena *arena);
