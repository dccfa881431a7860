/* A request with its tries: what may be lost is asked again, what ends badly is told on stderr. */
#pragma once

#include "ctl/ctl.h"

/* Sends until an answer is there that is final, at most 1 + --retries times. 503, 502, 504, 429
 * and lost connections are tried again after a growing pause, or the one that the server names;
 * `once` keeps a request from being repeated when the server may have done it. Returns EXIT_OK with
 * an answer below 400; else says why on stderr and returns the exit code. */
int ask(struct ctl *ctl, const struct http_request *request, struct arena *arena,
        struct http_answer *ret_answer);
/* As ask, for GET. */
int ask_get(struct ctl *ctl, const char *path, struct arena *arena, struct http_answer *ret_answer);
/* The exit code of a status. */
int ask_code(int status);
/* A new random Idempotency-Key. */
const char *ask_key(struct arena *arena);

enum { ASK_PAUSE_MS = 250, ASK_PAUSE_MAX_MS = 30000 };
