/* Small wrappers around libpq's blocking calls. */
#include "store/blocking.h"

#include <string.h>

void blocking_clear(PGresult **result)
{
    PQclear(*result);
}

PGresult *blocking_run(PGconn *pg, struct error *err, const char *text, int count,
                       const char *const *values)
{
    PGresult *result = PQexecParams(pg, text, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    char *why = arena_copy(err->arena, PQerrorMessage(pg));
    why[strcspn(why, "\n")] = '\0';
    error_set(err, FAULT_UNAVAILABLE, "database: %s", why);
    PQclear(result);
    return NULL;
}

bool blocking_do(PGconn *pg, struct error *err, const char *text, int count,
                 const char *const *values)
{
    PGresult *result CLEANUP(blocking_clear) = blocking_run(pg, err, text, count, values);
    return result != NULL;
}

bool blocking_value(PGconn *pg, struct error *err, const char **ret_value, const char *text,
                    int count, const char *const *values)
{
    PGresult *result CLEANUP(blocking_clear) = blocking_run(pg, err, text, count, values);
    if (result == NULL)
        return false;
    bool found = PQntuples(result) > 0 && !PQgetisnull(result, 0, 0);
    *ret_value = found ? arena_copy(err->arena, PQgetvalue(result, 0, 0)) : NULL;
    return true;
}
