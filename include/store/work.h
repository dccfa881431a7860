/* One unit of work: statements sent together on one connection, their results, one callback. A
 * transaction is begun and committed with work_begin and work_commit; what was begun and not
 * committed is rolled back by work_end. */
#pragma once

#include "store/args.h"
#include "store/pool.h"
#include "store/row.h"
#include "store/statement.h"

struct work;

enum work_outcome {
    WORK_DONE,   /* every statement succeeded */
    WORK_RACE,   /* serialization failure, deadlock or key conflict: do it again from the start */
    WORK_LOST,   /* no connection, or lost on the way; a commit on the way may have happened */
    WORK_FAILED, /* any other error of a statement: our bug; logged here */
};

typedef void (*work_done_fn)(void *context, enum work_outcome outcome);

/* An empty work; `arena` holds its parameters and must outlive it. */
struct work *work_new(struct pool *pool, struct arena *arena, work_done_fn done, void *context);
/* The next statement; its parameters are added to the result before work_send. */
struct args *work_add(struct work *work, enum statement statement);
void work_begin(struct work *work);
/* The same for several looks at one and the same state of the database; nothing can be written. It
 * ends with work_end: keep it short. */
void work_begin_reading(struct work *work);
/* COMMIT, in a segment of its own (scale.md 7). */
void work_commit(struct work *work);
/* Something was added since the last send. */
bool work_waiting(const struct work *work);
/* Sends all that was added. The callback comes once, later, never from inside this call. */
void work_send(struct work *work);
/* The rows of the `index`th statement of the last send (begin and commit do not count). */
struct rows work_rows(const struct work *work, int index);
/* The last added statement must change exactly this many rows ... */
void work_expect(struct work *work, int64_t rows);
/* ... and did, as did all others of the last send: no guard in them refused. */
bool work_obeyed(const struct work *work);
/* Rolls back what is open, gives the connection back, frees; NULL is fine. The callback of a
 * running send is not called any more. */
void work_end(struct work *work);
