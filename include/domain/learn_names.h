/* Who is meant by the unit names of a history. The registry's codes, names and aliases come first;
 * then B and B(X) are one unit if both occur and work in the same streets: 市政服务中心 of two
 * streets stay two, though bracketed alike. Part of domain/learn. */
#pragma once

#include "domain/learn.h"

struct learn_names {
    int unit_count;
    struct learn_unit *units; /* by text */
    int rename_count;
    struct learn_rename *renames; /* by head and alias */
    int *units_of;                /* of each case: place in `units`; -1 = left out */
};

/* `place` is learn_rules.place. */
struct learn_names learn_names_find(const struct learn_history *history, double place,
                                    struct arena *arena);
