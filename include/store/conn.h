/* One non-blocking connection in pipeline mode. Inside the store only: pool owns them, work uses
 * the one it was given. */
#pragma once

#include <libpq-fe.h>

#include "store/pool.h"

struct conn;

/* What the pool hears. */
struct conn_owner {
    void (*idle)(void *context, struct conn *conn);                  /* ready for a work */
    void (*down)(void *context, struct conn *conn, const char *why); /* lost or not reached */
    void *context;
};

/* What the work on it hears; never from inside a conn_send_... call. */
struct conn_user {
    void (*result)(void *user, PGresult *result); /* one per query, in order; the user clears it */
    void (*settled)(void *user);                  /* every sync has come back */
    void (*lost)(void *user);                     /* the connection is gone */
};

/* Starts connecting and goes on trying. The settings are borrowed. */
struct conn *conn_new(struct event_base *base, const struct pool_settings *settings,
                      struct conn_owner owner);
void conn_free(struct conn *conn); /* its user hears nothing more */

bool conn_is_idle(const struct conn *conn);
/* Gives an idle connection to a user; back with conn_release. */
void conn_take(struct conn *conn, const struct conn_user *user, void *user_context);
/* The user lets go; a running statement is waited for, an open transaction rolled back, then the
 * pool hears idle. */
void conn_release(struct conn *conn);

/* Queue one query; false when the connection is lost. `text` must need no parameters. */
bool conn_send_text(struct conn *conn, const char *text);
bool conn_send_prepared(struct conn *conn, const char *name, int count, const char *const *values,
                        const int *lengths, const int *formats);
bool conn_send_sync(struct conn *conn);
/* Writes what was queued; the rest goes when the socket takes it. */
void conn_flush(struct conn *conn);
