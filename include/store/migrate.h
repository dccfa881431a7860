/* The schema's migrations: numbered, embedded, each in one transaction, forward only. Inside the
 * store only. */
#pragma once

#include <libpq-fe.h>

#include "base/error.h"

/* Makes the schema and carries out what is missing (`migrate`), or fails naming what is missing. A
 * schema newer than this program is refused. */
MUST_CHECK bool migrate_run(PGconn *pg, const char *schema, bool migrate, int *ret_count,
                            struct error *err);
