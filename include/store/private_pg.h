/* The private PostgreSQL of one street or district: made, started, found again and stopped beside
 * the daemon, reached by a unix socket only. Nothing here knows tables; all calls block, within
 * limits, and belong before or after the event loop. */
#pragma once

#include "base/error.h"
#include "base/instant.h"

struct private_pg;

struct private_pg_settings {
    const char
        *directory;       /* the state directory; made (0755) if missing; the cluster is below it */
    const char *user;     /* who runs it when we are root; "": whistled, postgres or nobody */
    const char *programs; /* folder of initdb and pg_ctl; "": searched, version 15 or newer */
    struct span start_timeout; /* after a power cut it may replay for minutes */
};

/* Finds the cluster of the state directory running, or starts it, or makes it; then the database
 * `whistled` exists and answers. Several processes may share one. The caller ends with
 * private_pg_stop. */
MUST_CHECK bool private_pg_start(const struct private_pg_settings *settings,
                                 struct private_pg **ret_pg, struct error *err);
/* A conninfo for libpq, borrowed until private_pg_stop. */
const char *private_pg_url(const struct private_pg *pg);
/* The last one out shuts PostgreSQL down; others leave it running. NULL is fine. */
void private_pg_stop(struct private_pg *pg);
