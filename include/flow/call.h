/* One request and its answer as plain values: what the edge hands to a flow and gets back. */
#pragma once

#include "base/error.h"
#include "base/instant.h"

struct call;

/* What goes back. Texts and bytes live in the call's arena. */
struct answer {
    int status;
    const char *type;     /* NULL: application/json; problem bodies name their own */
    struct slice body;    /* size 0: none */
    const char *etag;     /* with its quotes; NULL: none */
    const char *location; /* NULL: none */
    const char *file;     /* plain name to save the body under; NULL: it is to be shown */
    const char *allow;    /* methods, with a 405; NULL: none */
    int retry_after;      /* seconds; 0: none */
    int wait_applied;     /* seconds of `Prefer: wait` that were honoured; -1: none */
};

/* A name and a value of the query string, decoded. */
struct query_item {
    const char *name;
    const char *value;
};

enum { CALL_PARTS = 4, QUERY_ITEMS = 32 };

struct call {
    struct arena *arena; /* dies with the call, after the answer is sent */
    const char *request_id;
    const char *method;            /* HEAD comes as GET; the edge leaves the body out */
    const char *path;              /* without the query, decoded */
    const char *parts[CALL_PARTS]; /* what the {} of the route's path stand for, in order */
    int part_count;
    struct query_item query[QUERY_ITEMS];
    int query_count;
    struct slice body;
    const char *media;    /* content type without parameters, lower case; NULL: none */
    const char *token;    /* bearer key; NULL: none */
    const char *if_match; /* header as sent; NULL: none */
    const char *if_none_match;
    const char *idempotency_key;
    const char *address; /* of the peer, without port; "unix" */
    const char *caller;  /* id of the key that asks, for the log; set by the flow; NULL: none */
    int wait;            /* seconds of `Prefer: wait=N`; -1: none */
    struct instant now;  /* when it came */
    struct span started; /* the same by the steady clock */
    /* Sends the answer; the call is gone after it returns. Exactly once, unless `begin` was. */
    void (*reply)(struct call *call, const struct answer *answer);
    /* The same in parts, for what is too large to be held: begin with status and fields (the body
     * is not looked at), then any number of sends, then end, after which the call is gone. */
    /* False: nobody wants the parts (HEAD, or the client left); what remains is to end. */
    MUST_CHECK bool (*begin)(struct call *call, const struct answer *answer);
    /* Copies a part. False: enough is on its way, the next is to be sent from on_room. */
    MUST_CHECK bool (*send)(struct call *call, struct slice part);
    /* Not `good`: the connection is broken, so that nobody takes what came for the whole. */
    void (*end)(struct call *call, bool good);
    /* Set by a flow that sends parts: the client has taken nearly all of them. Called once for each
     * `send` that was false, never from inside it; it may send and end. */
    void (*on_room)(struct call *call);
    /* Set by a flow that holds the call: the client left. Called at most once and never after
     * reply; it may reply at once, and someone must still reply exactly once. After `begin` it
     * means that the connection is lost, and may come again. NULL: not asked. */
    void (*on_hang_up)(struct call *call);
    void *flow;  /* the flow's own */
    void *owner; /* the edge's own */
};

/* The value of a query name, NULL if it is not there. */
const char *call_query(const struct call *call, const char *name);
/* Whether the list of an If-Match or If-None-Match is "*" or names the tag (which has its quotes).
 * If-None-Match compares weakly, so that W/"1" is "1" too (RFC 9110, 8.8.3.2). */
bool call_names_etag(const char *list, const char *etag, bool weak);
