/* The files that `learn` writes, in the form that `import` reads. */
#pragma once

#include "domain/learn.h"

/* The row's unit can be registered with: known to the registry and not ended or, where no units
 * were given, named by what may be a code. */
bool learn_writable(const struct learn_history *history, const struct learn_unit *unit);
/* Duties of writable units, for `import resources`. Codes are made from unit, categories and areas:
 * the same row has the same code next time. Says what is wrong. */
MUST_CHECK bool learn_write_resources(const struct learn_history *history,
                                      const struct learned *learned, const char *status,
                                      const char *path, int64_t *ret_rows);
/* The rows of a units' file whose unit got a new alias, with it, for `import units`. */
MUST_CHECK bool learn_write_aliases(const struct learned *learned, struct slice units_file,
                                    const char *path, int64_t *ret_rows);
