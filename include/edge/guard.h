/* The strict reading of a request's head (RFC 9112), byte by byte and without any I/O: what it lets
 * pass has one meaning only. Bodies, connections and deadlines are edge/connection's. */
#pragma once

#include "base/text.h"

/* How large a request may be, in bytes. */
struct guard_limits {
    size_t target;
    size_t head; /* with the request line */
    size_t body;
    size_t batch_body;  /* of /v1/tickets/batch */
    size_t import_body; /* of /v1/import/... */
};

enum guard_state { GUARD_MORE, GUARD_DONE, GUARD_REFUSED };

/* One head. All texts are borrowed until guard_clear. */
struct guard {
    const struct guard_limits *limits;
    enum guard_state state;
    int status;         /* GUARD_REFUSED: 400, 411, 413, 414, 417, 431 or 505 ... */
    const char *detail; /* ... and why */

    struct text bytes; /* the head so far, lines cut into NUL-terminated names and values */
    size_t line;       /* where the present line begins in it */
    size_t fields;     /* where the first field line begins */
    size_t target;     /* where the target begins */
    int count;         /* of field lines */
    bool blank;        /* an empty line came before the request line */

    int minor;        /* HTTP/1.x */
    size_t body_size; /* Content-Length */
    bool keep_alive;
    bool expects; /* Expect: 100-continue */
};

/* Begins a head; `limits` are borrowed. */
void guard_init(struct guard *guard, const struct guard_limits *limits);
/* Reads on, at most to the end of the head; returns the bytes used. Only while GUARD_MORE. The
 * verdict does not depend on how the bytes are cut. */
size_t guard_feed(struct guard *guard, const char *bytes, size_t size);
/* Whether any byte of the request came. */
bool guard_begun(const struct guard *guard);
/* Of a GUARD_DONE head: the method; the target in origin form ("/path?query" or "*"); the values of
 * a field (lower-case name): begin with `after` NULL, then the value got last; NULL: no more. */
const char *guard_method(const struct guard *guard);
const char *guard_target(const struct guard *guard);
const char *guard_field(const struct guard *guard, const char *name, const char *after);
/* Frees the bytes; guard_init begins the next. */
void guard_clear(struct guard *guard);
