/* The HTTP/1.1 server: listens, reads requests strictly, makes a struct call of each, writes the
 * answers. It knows no route and no rule; it does not authenticate. */
#pragma once

#include "edge/guard.h"
#include "flow/call.h"

struct event_base;
struct server;

struct server_settings {
    struct guard_limits limits;
    size_t bodies;     /* bytes of bodies not yet complete, in all; above: 503 */
    int connections;   /* in all; above: 503 and close */
    int in_flight;     /* requests handed on and not answered; above: 503 */
    struct span head;  /* a head must be there this long after its first byte */
    struct span body;  /* the same for a body; large ones get a second more per 64 kB */
    struct span idle;  /* a connection may rest this long between requests */
    struct span write; /* an answer must be taken within this; large ones as with bodies */
    struct span drain; /* a half-read request may take this long once draining */
};

/* The standard settings: heads 32 kB and 10 s, bodies 256 kB and 60 s, 10,000 connections. */
struct server_settings server_settings_standard(void);

/* Takes one complete request; it must lead to exactly one call->reply, now or later. */
typedef void (*dispatch_fn)(void *context, struct call *call);

/* Borrows `base`; copies the settings. */
struct server *server_new(struct event_base *base, const struct server_settings *settings,
                          dispatch_fn dispatch, void *context);
/* Listens on "127.0.0.1:12345", "[::1]:80" or "unix:/path"; may be called for several. */
MUST_CHECK bool server_listen(struct server *server, const char *address, struct error *err);
/* Takes over a listening socket, such as systemd's. */
MUST_CHECK bool server_adopt(struct server *server, int fd, struct error *err);
/* The TCP port of the first listener; 0 if it has none. */
int server_port(const struct server *server);
/* Requests handed on and not yet answered. */
int server_in_flight(const struct server *server);
/* Stops accepting and closes idle connections; open requests are finished. `on_done` is called from
 * the loop when the last connection is gone and no call is open. Held calls end only when their
 * flows reply. */
void server_drain(struct server *server, void (*on_done)(void *context), void *context);
/* Closes everything. Calls still open lose their client and are freed by their replies, which must
 * come before the base is freed. NULL is fine. */
void server_free(struct server *server);
