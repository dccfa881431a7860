/* One HTTP connection to the daemon, kept open between requests. Knows nothing of commands; does
 * not try again (ctl/ask does). */
#pragma once

#include <stdio.h>

#include "base/text.h"

struct http;

struct http_settings {
    const char *url;   /* http or https, without a path behind the prefix */
    const char *key;   /* NULL: none is sent */
    int64_t timeout_s; /* for a whole request, beside the wait it asks for; for a pause of one
                        * with `into` */
};

/* Called during an upload from a file and while its answer is awaited. */
typedef void http_progress_fn(void *context, int64_t sent, int64_t total);

struct http_request {
    const char *method;
    const char *path;           /* with its query, encoded */
    struct slice body;          /* at NULL: no body, unless `file` is set */
    const char *type;           /* of the body; NULL: application/json */
    FILE *file;                 /* the body is streamed from its begin */
    int64_t file_size;          /* bytes to send of it */
    http_progress_fn *progress; /* with `file`; NULL: none */
    FILE *into; /* a good answer's body is written here as it comes, however long; NULL: kept */
    void *context;
    int64_t wait_s; /* Prefer: wait; 0 = not sent */
    const char *idempotency_key;
    const char *if_match, *if_none_match; /* entity tags, quoted */
    bool own_422;                         /* the asker itself explains a 422 */
    bool once; /* doing it twice would do harm and no key guards it: a lost answer is final */
};

struct http_answer {
    int status;        /* 0: none came */
    struct slice body; /* NUL-terminated behind its end */
    const char *etag, *request_id, *type;
    int64_t retry_after; /* seconds; 0 = not said */
    const char *trouble; /* with status 0: why */
    bool sent;           /* with status 0: the server may have got the request */
    int64_t written;     /* bytes that went `into`, or failed to, also with status 0 */
};

enum { HTTP_ANSWER_MAX = 64 << 20, HTTP_CONNECT_S = 5 };

/* The texts are copied. NULL with *ret_trouble set: URL or key cannot be used. */
struct http *http_new(const struct http_settings *settings, const char **ret_trouble);
void http_free(struct http *http); /* NULL is fine */
/* The URL without a slash at its end. */
const char *http_url(const struct http *http);
/* A longer time limit for the next requests. */
void http_set_timeout(struct http *http, int64_t timeout_s);
/* Sends, and waits for the answer, which lives in `arena`. */
void http_send(struct http *http, const struct http_request *request, struct arena *arena,
               struct http_answer *ret_answer);
