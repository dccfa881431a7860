/* One client connection: brings bytes to the guard, keeps the deadlines, holds one request at a
 * time, notices hang-ups. */
#pragma once

#include "edge/server.h"

struct connection;

/* What the connections of a server share. */
struct traffic {
    struct event_base *base;
    struct server_settings settings;
    dispatch_fn dispatch;
    void *context;                  /* of dispatch */
    struct connection *connections; /* a list, in no order */
    int count;                      /* of it */
    int in_flight;                  /* requests handed on and not answered */
    size_t bodies;                  /* bytes of bodies not yet complete */
    bool draining;
    void (*on_less)(struct traffic *traffic); /* a connection or a call ended; it may free all */
};

/* Takes over an accepted socket; the connection frees itself when it ends. `address` is copied. */
void connection_begin(struct traffic *traffic, int fd, const char *address);
/* Ends it if no request is open; else it ends with the answer, or soon if the request is not even
 * complete. */
void connection_drain(struct connection *connection);
/* Ends it at once; an open call loses its client and is told so. */
void connection_end(struct connection *connection);
/* The next of the list; borrowed until the loop's next turn. */
struct connection *connection_next(const struct connection *connection);
