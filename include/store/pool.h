/* Connections to one database, non-blocking, in pipeline mode, on the event loop. Works wait in
 * line for a free one; a lost connection comes back with growing waits. */
#pragma once

#include "base/error.h"
#include "base/instant.h"

struct event_base;
struct pool;

struct pool_settings {
    const char *url;    /* libpq's connection string or URI */
    const char *schema; /* search_path */
    int connections;
    int line_limit;               /* works that may wait for a connection */
    int64_t statement_timeout_ms; /* on the server; a silent connection is cut 5 s later */
    int64_t wait_limit_ms;        /* longest wait for a connection */
    bool generic_plans; /* plan_cache_mode=force_generic_plan (performance.md, scale.md 10) */
};

/* Starts connecting; the settings are borrowed for the pool's life. */
struct pool *pool_new(struct event_base *base, const struct pool_settings *settings);
/* Fails every waiting work, closes; NULL is fine. No work may be running. */
void pool_free(struct pool *pool);
/* Why the last connection failed, in libpq's words; NULL when none did since the last success. */
const char *pool_trouble(const struct pool *pool);
