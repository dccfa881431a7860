/* Answers as bytes, and the one log line and the counts of each. */
#pragma once

#include "flow/call.h"

struct evbuffer;

/* How an answer is to be framed. */
struct reply_form {
    bool head;  /* the method was HEAD: no body */
    bool close; /* the connection ends with it */
    bool parts; /* the length is not known, the body comes in parts */
    int minor;  /* of the request: HTTP/1.x */
};

/* Adds status line, header and, unless it comes in parts, the body. */
void reply_write(struct text *text, const struct call *call, const struct answer *answer,
                 struct reply_form form);
/* Adds one part of a body that comes in parts, and the mark that it was the last. */
void reply_part(struct evbuffer *output, struct slice part, struct reply_form form);
void reply_last_part(struct evbuffer *output, struct reply_form form);
/* The answer to an error: problem+json. */
struct answer reply_error(const struct error *err, const struct call *call);
/* The answer to a request that the guard refused; `status` is any of reply_write's. */
struct answer reply_refusal(int status, const char *detail, const struct call *call);
/* What of a request is logged: nothing that a citizen wrote. */
struct reply_log {
    const char *method, *path; /* the path as it was sent, without query */
    const char *trace;         /* NULL: none */
};
/* Logs and counts an answered request. */
void reply_log(const struct call *call, int status, const struct reply_log *what);
