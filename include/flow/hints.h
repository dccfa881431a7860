/* Hints at intake: earlier tickets of the same caller, and those of the same category near in place
 * and time with like words. They are shown to the operator and kept with the ticket; nothing is
 * refused, dropped or routed by them. */
#pragma once

#include "domain/likeness.h"
#include "flow/flow.h"

/* What hints for one ticket are looked up by. */
struct trace {
    struct arena *arena;       /* of its request */
    const struct rules *rules; /* of the policy that fits */
    const struct scope *scope; /* of the key that submits */
    struct sketch sketch;
    struct place place;
    const char *spot;   /* likeness_spot */
    const char *caller; /* the phone's digits; NULL: none, or the caller is to stay unknown */
    struct crypt_hash phone;
    const char *areas;         /* the scope as one text */
    const char *above;         /* what all its areas begin with */
    bool whole_street;         /* all of it lies in the scope */
    struct hints stored;       /* what the database knows to be like it */
    struct hints called;       /* ... and of the same caller */
    struct trace *next_asking; /* tickets with the same question ask once */
    int64_t seen;              /* how many batches were stored when it asked */
};

/* NULL: hints are off where the ticket belongs. Borrows from the flow and `sent`. */
struct trace *hints_trace(struct flow *flow, const struct submission *sent);

/* What was asked for the tickets of a batch. */
struct questions {
    int count;
    struct trace **asking;  /* by question; more with the same one by next_asking */
    struct trace **calling; /* by the place that their callers' statement names */
};
/* Adds the statements for tickets that arrive to the flow's work: one for their likes, one for
 * their callers. `traces` may hold NULL. No questions: nothing was added. */
struct questions hints_ask(struct flow *flow, struct trace **traces, int count);
/* Reads the answers into `stored`; `first` is the place of the first in the last send. */
void hints_read(struct flow *flow, const struct questions *questions, int first);

/* The tickets of a batch, as far as it was decided, and batches before it: what is on its way into
 * the database while others ask. */
struct hints_batch;

/* `number` counts batches from 1; those before, newest first, are owned from now on (NULL: none).
 */
struct hints_batch *hints_batch_new(int64_t number, struct hints_batch *before);
/* Frees it alone, and gives back those before it; NULL is fine. */
struct hints_batch *hints_batch_drop(struct hints_batch *batch);
/* Frees those that are older than the newest `kept`. */
void hints_batch_trim(struct hints_batch *batch, int kept);
/* Adds a ticket to those found if it is like enough and near enough. */
void hints_compare(struct hints *all, const struct trace *trace, const struct like *like,
                   struct arena *arena);
/* All hints for one ticket: of the batches that were not stored when it asked, and stored. JSON in
 * the arena, NULL: none. */
const char *hints_for(const struct hints_batch *batch, const struct trace *trace,
                      struct arena *arena);
/* It is taken, under this id and number: those behind it may find it. What is needed is copied. */
void hints_taken(struct hints_batch *batch, const struct trace *trace, const struct ticket *ticket);
