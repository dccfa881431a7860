/* A blocking connection for what happens before the event loop. Inside the store only. */
#pragma once

#include <libpq-fe.h>

#include "base/error.h"

/* Runs one statement with text parameters; NULL with FAULT_UNAVAILABLE and the server's words on
 * failure. The caller clears the result. */
PGresult *blocking_run(PGconn *pg, struct error *err, const char *text, int count,
                       const char *const *values);
/* For CLEANUP. */
void blocking_clear(PGresult **result);
/* As blocking_run where no rows are wanted. */
MUST_CHECK bool blocking_do(PGconn *pg, struct error *err, const char *text, int count,
                            const char *const *values);
/* The first column of the first row, in the error's arena; NULL if there is none. */
MUST_CHECK bool blocking_value(PGconn *pg, struct error *err, const char **ret_value,
                               const char *text, int count, const char *const *values);
