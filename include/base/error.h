/* What went wrong, in a small closed set. A function that can fail returns bool and fills a
 * struct error; only the edge turns faults into HTTP statuses. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* X(name, HTTP status, title) */
#define FAULTS(X)                                                                                  \
    X(MALFORMED, 400, "Malformed request")                                                         \
    X(UNKNOWN_CALLER, 401, "No valid key")                                                         \
    X(DENIED, 403, "This key may not do that")                                                     \
    X(NOT_FOUND, 404, "Not found")                                                                 \
    X(METHOD, 405, "Method not allowed")                                                           \
    X(TIMEOUT, 408, "The request took too long to arrive")                                         \
    X(CONFLICT, 409, "Conflict with the present state")                                            \
    X(LENGTH, 411, "Length required")                                                              \
    X(CHANGED, 412, "Changed since it was read")                                                   \
    X(TOO_LARGE, 413, "Too large")                                                                 \
    X(MEDIA, 415, "Unsupported media type")                                                        \
    X(INVALID, 422, "Invalid content")                                                             \
    X(LIMIT, 429, "Too many requests")                                                             \
    X(BUG, 500, "Internal error")                                                                  \
    X(UNAVAILABLE, 503, "Unavailable for the moment")

enum fault {
    FAULT_NONE,
#define X(name, status, title) FAULT_##name,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

/* One fault of an input: where (a JSON Pointer, a query name or "line 3, field") and what. */
struct error_item {
    const char *pointer;
    const char *detail;
};

struct error {
    struct arena *arena; /* where details are kept; set by whoever makes the error */
    enum fault fault;
    const char *detail;
    int count; /* items; more than `limit` are counted, not kept: error_kept */
    int limit; /* 0: ERROR_ITEMS */
    int room;
    struct error_item *items;
    const char *state;  /* with a refused move: the state ... */
    struct names moves; /* ... and the moves that it allows */
    const char *no;     /* with a double external number: the first ticket's number */
    int retry_after;    /* seconds, 0 = not said */
};

/* Kept as a rule; and for a file, whose every bad row is named. */
enum { ERROR_ITEMS = 100, ERROR_ITEMS_FILE = 1000000 };

/* Sets fault and detail; returns false, so that `return error_set(...)` reads well. */
bool error_set(struct error *err, enum fault fault, const char *format, ...) PRINTF(3, 4);
/* Adds one faulty place; the fault becomes FAULT_INVALID unless one is set. Returns false. */
bool error_add(struct error *err, const char *pointer, const char *format, ...) PRINTF(3, 4);
/* How many items are there to read; whether the next one would be counted only. */
int error_kept(const struct error *err);
bool error_full(const struct error *err);
/* Nothing went wrong so far. */
bool error_none(const struct error *err);
