/* The probability of each unit for a category at a place, from counted cases. Part of domain/learn.
 *
 * The cases of a key are mixed with what is expected one key wider: (n + lend * q) / (N + lend).
 * The wider key of an area is the same category at the area above, corrected by how much each unit
 * works in the narrower area; that of the root area is the category above. */
#pragma once

#include "domain/learn_space.h"

struct learn_model;

/* Counts the first `count` facts of the space. Space and rules are borrowed while the model lives.
 */
struct learn_model *learn_model_new(const struct learn_space *space, size_t count,
                                    const struct learn_rules *rules);
/* Frees it; for CLEANUP. */
void learn_model_drop(struct learn_model **model);

/* The distribution over units (unit_count numbers) of a category at the root area. */
void learn_model_root(const struct learn_model *model, int category, double *ret_shares);
/* The same at an area, from that of the area above. The two may not be the same array. */
void learn_model_narrow(const struct learn_model *model, int category, int area,
                        const double *above, double *ret_shares);
/* Cases counted for a key; those of one unit. */
int64_t learn_model_seen(const struct learn_model *model, int category, int area);
int64_t learn_model_cases(const struct learn_model *model, int category, int area, int unit);
