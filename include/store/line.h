/* How a work waits for a connection of the pool. Inside the store only. */
#pragma once

#include "store/conn.h"

struct waiter {
    struct waiter *next, **back; /* back NULL: not in the line */
    struct span since;
    /* The connection, or NULL: waited too long, or the pool ends. */
    void (*served)(void *context, struct conn *conn);
    void *context;
};

/* Goes to the end of the line; may be served at once, inside the call. false: the line is full. */
bool pool_join(struct pool *pool, struct waiter *waiter);
void pool_leave(struct pool *pool, struct waiter *waiter); /* not in the line: nothing */
struct event_base *pool_base(const struct pool *pool);
