/* Carries out migrations, one statement at a time. */
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/blocking.h"

struct migration {
    const char *name; /* "0001_registry" */
    const char *text;
};

static const struct migration migrations[] = {
#define ENTRY(upper, name, text) {name, text},
#include "migrations.inc"
#undef ENTRY
};

/* Statements end with ";" at the end of a line. */
static bool run_statements(PGconn *pg, const char *text, struct error *err)
{
    while (*text != '\0') {
        const char *end = strstr(text, ";\n");
        size_t size = end == NULL ? strlen(text) : (size_t)(end - text) + 1;
        const char *one = arena_bytes(err->arena, text, size);
        if (strspn(one, " \n") < size && !blocking_do(pg, err, one, 0, NULL))
            return false;
        text += size;
        text += *text == '\n';
    }
    return true;
}

static bool run_one(PGconn *pg, int number, const struct migration *migration, struct error *err)
{
    const char *values[] = {arena_format(err->arena, "%d", number), migration->name};
    if (!blocking_do(pg, err, "BEGIN", 0, NULL))
        return false;
    if (!run_statements(pg, migration->text, err) ||
        !blocking_do(pg, err, "INSERT INTO schema_migration (number, name) VALUES ($1, $2)", 2,
                     values) ||
        !blocking_do(pg, err, "COMMIT", 0, NULL)) {
        PQclear(PQexec(pg, "ROLLBACK"));
        return false;
    }
    log_line(LOG_INFO, "migrated", "to=%s", migration->name);
    return true;
}

static bool make_schema(PGconn *pg, const char *schema, struct error *err)
{
    char *quoted = PQescapeIdentifier(pg, schema, strlen(schema));
    const char *text = arena_format(err->arena, "CREATE SCHEMA IF NOT EXISTS %s", quoted);
    PQfreemem(quoted);
    return blocking_do(pg, err, "SET client_min_messages = warning", 0, NULL) &&
           blocking_do(pg, err, text, 0, NULL) &&
           blocking_do(pg, err,
                       "CREATE TABLE IF NOT EXISTS schema_migration ("
                       "number integer CONSTRAINT schema_migration_key PRIMARY KEY, name text)",
                       0, NULL);
}

bool migrate_run(PGconn *pg, const char *schema, bool migrate, int *ret_count, struct error *err)
{
    const int known = COUNT_OF(migrations);
    const char *applied = NULL;
    int count = 0;
    if (migrate && !make_schema(pg, schema, err))
        return false;
    if (!blocking_value(pg, err, &applied, "SELECT coalesce(max(number), 0) FROM schema_migration",
                        0, NULL))
        return migrate ? false
                       : error_set(err, FAULT_UNAVAILABLE,
                                   "the schema is not there: run `whistled migrate`");
    int64_t done = 0;
    if (applied == NULL || !text_to_int(applied, 0, INT32_MAX, &done))
        return error_set(err, FAULT_UNAVAILABLE, "the schema's version cannot be read");
    if (done > known)
        return error_set(err, FAULT_UNAVAILABLE,
                         "the schema has version %d, this program knows %d: install the newer one",
                         (int)done, known);
    if (done < known && !migrate)
        return error_set(err, FAULT_UNAVAILABLE,
                         "the schema has version %d of %d: run `whistled migrate`", (int)done,
                         known);
    for (int i = (int)done; i < known; i++, count++)
        if (!run_one(pg, i + 1, &migrations[i], err))
            return false;
    *ret_count = count;
    return true;
}
