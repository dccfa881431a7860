/* What tickets add to the figures, and the sums, in the database. */
#pragma once

#include "domain/tally.h"
#include "store/work.h"

/* The last event that a reader of the log has taken in, in the feed's order. */
struct tally_place {
    int64_t position, ticket, seq;
};

/* Adds the statement that moves a reader of the log (its name in tally_place) on, guarded by where
 * it was. */
void tally_store_advance(struct work *work, const char *reader, const struct tally_place *from,
                         const struct tally_place *to);
/* What these tickets add by now ... */
void tally_store_load(struct work *work, const int64_t *tickets, int count);
/* ... in the order of `tickets`; those that add nothing do not count. */
struct tally *tally_store_read(struct work *work, int index, const int64_t *tickets, int count,
                               struct arena *arena);
/* What they add from now on. `old` and `fresh` are of the same tickets. */
void tally_store_keep(struct work *work, const struct tally *old, const struct tally *fresh,
                      int count, struct arena *arena);
/* More, or less, in the sums. */
void tally_store_add(struct work *work, struct tally_sum **sums, int count);
/* The next columns of a row: all counters. */
struct tally_counts tally_store_counts(struct row *row);
