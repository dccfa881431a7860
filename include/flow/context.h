/* What the flows of one process share. Built by the app, lent to every flow. */
#pragma once

#include "base/zone.h"
#include "domain/match.h"
#include "domain/webhook.h"
#include "store/setup.h"

struct address_list;
struct flow;
struct hooks;
struct intake;
struct keyring;
struct outgoing;
struct polls;
struct route_row;
struct serials;

/* Limits of the process, from the configuration. */
struct limits {
    int page_size, page_limit;
    struct span wait_limit;
    int batch_tickets; /* in one POST /v1/tickets/batch */
    int intake_batch;  /* tickets in one transaction, about */
    int intake_queue;  /* tickets waiting for a commit */
    int claim_tasks;
    int polls_held;
    int exports; /* at a time */
    int sweep_batch;
    struct span refresh; /* how often other instances' changes are looked for */
    struct webhook_limits {
        int endpoints;
        int in_flight, per_endpoint; /* calls at a time */
        struct waits waits;          /* between the tries of a delivery */
        struct span lease;           /* longer than a call may take */
        struct span disable_after;   /* of nothing but failures */
        struct span keep;            /* deliveries that have ended */
        bool plain_http;
        const struct address_list *allow;
        const char *source; /* of CloudEvents: a URI */
    } webhooks;
};

/* The walk over ended tickets (flow/retention). */
struct retention {
    bool running, walking;
    struct instant begun;
    struct instant ended; /* its place: behind this end ... */
    int64_t ticket;       /* ... and this ticket */
    int64_t revision;     /* of the registry that it began with */
};

/* Tickets that the sweep could not save, though each was alone: they are passed by for a while, so
 * that they hold up no other. */
enum { STUCK_LIMIT = 64 };
struct stuck {
    bool alone; /* a batch failed: one by one from here on, until nothing is due */
    int count;
    int64_t ticket[STUCK_LIMIT];
    struct instant since; /* the first of them */
};

struct context {
    struct limits limits;
    const struct zone *zone;  /* of times in answers */
    struct pool *pool;        /* moves, lists, registry */
    struct pool *intake_pool; /* one connection, for intake alone */
    struct vault vault;
    int instance;
    int64_t last_id;           /* the last id made */
    struct snapshot *snapshot; /* NULL until the first load */
    struct standing *standing;
    struct keyring *keyring;
    struct polls *polls;
    struct intake *intake;
    struct serials *serials;
    struct hooks *hooks;
    /* Sends a request; its `done` is called once, later. NULL: nothing is sent. */
    void (*post)(void *poster, struct outgoing *outgoing);
    void *poster;
    struct instant next_step; /* the earliest deadline step known; absent: none known */
    struct stuck stuck;
    bool sweeping, folding, refreshing, feeding, loading, weighing; /* flows of the tick */
    struct retention retention;
    struct flow *reload_waiters;
    bool feed_kicked;
    int64_t feed_position; /* polls were told of events below it */
    struct span last_look, last_sweep, last_fold, last_standing, last_feed;
    int64_t keys_revision;          /* of the keyring */
    const struct route_row *routes; /* for the description */
    int route_count;
    int flows;   /* running */
    int exports; /* of these, answering in parts */
    bool draining;
};

/* A new id: 41 bits of milliseconds since 2020, 12 of the instance, 10 counting. Grows, even when
 * the clock steps back. */
int64_t context_id(struct context *context, struct instant now);
/* The least id that can have been made at or after an instant. */
int64_t context_first_id(struct instant at);
/* Seconds that answers' times are ahead of UTC. */
int context_offset(const struct context *context, struct instant now);
