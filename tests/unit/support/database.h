/* A migrated database of its own for a test, on the server that $TEST_DATABASE (a conninfo of a
 * superuser) reaches, with a pool and an event loop to run works. */
#pragma once

#include "store/work.h"

enum { DATABASE_CONNECTIONS = 2, DATABASE_LINE = 2 };

/* Everything below begins here, and ends in database_drop. */
void database_make(void);
void database_drop(void);
struct pool *database_pool(void);
/* An empty work whose parameters live in the arena. */
struct work *database_work(struct arena *arena);
/* Sends a work and runs the loop until it is back. */
enum work_outcome database_run(struct work *work);
/* Sends a work and does not wait; database_wait does, for all that were sent. */
void database_send(struct work *work);
void database_wait(void);
/* What became of a work that was sent. */
enum work_outcome database_outcome(const struct work *work);
/* The first value of a query over a connection of its own, "" for NULL or no rows; in the arena. */
const char *database_ask(struct arena *arena, const char *query);
