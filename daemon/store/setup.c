/* First things first: schema, keys, rules, numbers. */
#include "store/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/blocking.h"
#include "store/migrate.h"

enum { KEY_BYTES = 20, INSTANCES = 4096, RETRY_US = 100000 };

static void finish(PGconn **pg)
{
    PQfinish(*pg);
}

static PGconn *connect_once(const struct setup_settings *settings)
{
    const char *names[] = {"dbname", "application_name", "client_encoding", "connect_timeout",
                           NULL};
    const char *values[] = {settings->url, "whistled setup", "UTF8", "5", NULL};
    return PQconnectdbParams(names, values, 1);
}

/* The database may still be starting: tries until the timeout. */
static bool reach(const struct setup_settings *settings, PGconn **ret_pg, struct error *err)
{
    struct span until = {clock_steady().us + settings->connect_timeout.us};
    PGconn *pg = connect_once(settings);
    while (PQstatus(pg) != CONNECTION_OK && clock_steady().us < until.us) {
        PQfinish(pg);
        usleep(RETRY_US);
        pg = connect_once(settings);
    }
    *ret_pg = pg;
    if (PQstatus(pg) == CONNECTION_OK)
        return true;
    char *why = arena_copy(err->arena, PQerrorMessage(pg));
    why[strcspn(why, "\n")] = '\0';
    return error_set(err, FAULT_UNAVAILABLE, "cannot reach the database: %s", why);
}

/* Connected, alone (the lock falls with the connection), in the schema. */
static bool begin(const struct setup_settings *settings, PGconn **ret_pg, struct error *err)
{
    const char *values[] = {settings->schema};
    return reach(settings, ret_pg, err) &&
           blocking_do(*ret_pg, err, "SELECT pg_advisory_lock(1234501, hashtext($1))", 1, values) &&
           blocking_do(*ret_pg, err, "SELECT set_config('search_path', $1, false)", 1, values);
}

bool setup_migrate(const struct setup_settings *settings, int *ret_count, struct error *err)
{
    PGconn *pg CLEANUP(finish) = NULL;
    return begin(settings, &pg, err) && migrate_run(pg, settings->schema, true, ret_count, err);
}

/* Writes a secret with mode 0600 so that it is there whole or not at all. */
static bool write_secret(const char *path, const char *secret, struct error *err)
{
    const char *fresh = arena_format(err->arena, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t size = strlen(secret);
    bool written = fd >= 0 && write(fd, secret, size) == (ssize_t)size && write(fd, "\n", 1) == 1 &&
                   fsync(fd) == 0;
    if (fd >= 0)
        written = close(fd) == 0 && written;
    if (written && rename(fresh, path) == 0)
        return true;
    return error_set(err, FAULT_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

static bool read_secret(const char *path, char line[128])
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool read = fgets(line, 128, file) != NULL;
    fclose(file);
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    return read;
}

static struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static void derive(const unsigned char key[CRYPT_KEY], const char *purpose,
                   unsigned char ret_key[CRYPT_KEY])
{
    struct crypt_hash hash = crypt_hmac(key, slice_of(purpose));
    memcpy(ret_key, hash.at, CRYPT_KEY);
}

/* The key in the file; a new one only where the database knows none (`check` NULL). */
static bool vault_key(const struct setup_settings *settings, const char *check,
                      unsigned char ret_key[CRYPT_KEY], struct error *err)
{
    char line[128] = "";
    const char *path = settings->vault_file != NULL
                           ? settings->vault_file
                           : arena_format(err->arena, "%s/vault.key", settings->state_directory);
    if (read_secret(path, line)) {
        if (crypt_unhex(line, ret_key, CRYPT_KEY))
            return true;
        return error_set(err, FAULT_UNAVAILABLE, "%s must hold 64 hexadecimal digits", path);
    }
    if (check != NULL || settings->vault_file != NULL)
        return error_set(err, FAULT_UNAVAILABLE,
                         "the vault key is missing: %s; without it the identities in this database "
                         "cannot be read",
                         path);
    crypt_random(ret_key, CRYPT_KEY);
    return write_secret(path, crypt_hex(err->arena, ret_key, CRYPT_KEY), err);
}

static bool open_vault(PGconn *pg, const struct setup_settings *settings, struct arena *arena,
                       struct vault *ret_vault, struct error *err)
{
    unsigned char key[CRYPT_KEY];
    const char *check = NULL;
    if (!blocking_value(pg, err, &check, "SELECT value FROM meta WHERE name = 'vault_check'", 0,
                        NULL) ||
        !vault_key(settings, check, key, err))
        return false;
    struct crypt_hash mark = crypt_hmac(key, slice_of("whistled vault check"));
    const char *mine = crypt_hex(arena, mark.at, sizeof(mark.at));
    if (check == NULL) {
        const char *values[] = {mine};
        if (!blocking_do(pg, err, "INSERT INTO meta (name, value) VALUES ('vault_check', $1)", 1,
                         values))
            return false;
    } else if (!text_equal(check, mine)) {
        return error_set(err, FAULT_UNAVAILABLE,
                         "this vault key is not the one that the database was sealed with");
    }
    struct crypt_hash name = crypt_sha256((struct slice){(const char *)key, sizeof(key)});
    ret_vault->name = crypt_hex(arena, name.at, 8);
    derive(key, "whistled identity", ret_vault->identity);
    derive(key, "whistled phone", ret_vault->phone);
    derive(key, "whistled chain", ret_vault->chain);
    derive(key, "whistled receipt", ret_vault->receipt);
    derive(key, "whistled webhook", ret_vault->webhook);
    return true;
}

const char *setup_new_key(struct arena *arena)
{
    unsigned char bytes[KEY_BYTES];
    crypt_random(bytes, sizeof(bytes));
    return arena_format(arena, "wk_%s", crypt_base32(arena, bytes, sizeof(bytes)));
}

struct crypt_hash setup_key_hash(const char *key)
{
    return crypt_sha256(slice_of(key));
}

static const char *as_timestamp(const struct setup_settings *settings, struct arena *arena)
{
    return instant_format(arena, settings->now, 0);
}

static bool first_key(PGconn *pg, const struct setup_settings *settings, bool *ret_made,
                      struct error *err)
{
    const char *any = NULL;
    *ret_made = false;
    if (!blocking_value(pg, err, &any, "SELECT key_id FROM api_key LIMIT 1", 0, NULL))
        return false;
    if (any != NULL)
        return true;
    const char *key = setup_new_key(err->arena);
    struct crypt_hash hash = setup_key_hash(key);
    const char *values[] = {
        arena_format(err->arena, "\\x%s", crypt_hex(err->arena, hash.at, sizeof(hash.at))),
        as_timestamp(settings, err->arena)};
    const char *path = arena_format(err->arena, "%s/admin.key", settings->state_directory);
    *ret_made = true;
    return write_secret(path, key, err) &&
           blocking_do(pg, err,
                       "INSERT INTO api_key (key_id, hash, role, name, areas, created_at) "
                       "VALUES (1, $1, 'admin', 'first admin', '{}', $2)",
                       COUNT_OF(values), values);
}

/* A shipped row that this database has never had. */
static bool insert_preset(PGconn *pg, const struct setup_settings *settings,
                          const struct preset *preset, const char *revision, bool *changed,
                          struct error *err)
{
    const char *known = NULL;
    const char *values[] = {preset->kind, preset->code,
                            arena_bytes(err->arena, preset->body.at, preset->body.size), revision,
                            as_timestamp(settings, err->arena)};
    if (!blocking_value(pg, err, &known, "SELECT code FROM registry WHERE kind = $1 AND code = $2",
                        2, values))
        return false;
    if (known != NULL)
        return true;
    *changed = true;
    return blocking_do(pg, err,
                       "INSERT INTO registry (kind, code, version, revision, status, body) "
                       "VALUES ($1, $2, 1, $4, 'active', $3)",
                       4, values) &&
           blocking_do(pg, err,
                       "INSERT INTO registry_version (kind, code, version, revision, body, "
                       "changed_at, changed_by) VALUES ($1, $2, 1, $4, $3, $5, 0)",
                       5, values);
}

/* What is shipped goes in with the first start of a program that ships it; what was changed or
 * ended since stays so. */
static bool shipped_rules(PGconn *pg, const struct setup_settings *settings, struct error *err)
{
    const char *revision = NULL;
    bool changed = false;
    bool done = blocking_do(pg, err, "BEGIN", 0, NULL) &&
                blocking_value(pg, err, &revision,
                               "UPDATE counter SET value = value + 1 WHERE name = 'registry' "
                               "RETURNING value",
                               0, NULL);
    for (int i = 0; done && i < settings->preset_count; i++)
        done = insert_preset(pg, settings, &settings->presets[i], revision, &changed, err);
    done = done && blocking_do(pg, err, changed ? "COMMIT" : "ROLLBACK", 0, NULL);
    if (!done)
        PQclear(PQexec(pg, "ROLLBACK"));
    return done;
}

/* Transaction numbers order the feed. In a database restored from a dump they begin low again: the
 * offset lifts them above every position given so far. */
static bool feed_offset(PGconn *pg, struct error *err, int64_t *ret_offset)
{
    const char *offset = NULL;
    if (!blocking_do(pg, err,
                     "INSERT INTO meta (name, value) VALUES ('feed_offset', '0') "
                     "ON CONFLICT (name) DO NOTHING",
                     0, NULL) ||
        !blocking_do(pg, err,
                     "UPDATE meta SET value = (last.position - now.xid)::text "
                     "FROM (SELECT max(position) AS position FROM event) AS last, "
                     "(SELECT pg_current_xact_id()::text::bigint AS xid) AS now "
                     "WHERE name = 'feed_offset' AND last.position >= now.xid + value::bigint",
                     0, NULL) ||
        !blocking_value(pg, err, &offset, "SELECT value FROM meta WHERE name = 'feed_offset'", 0,
                        NULL))
        return false;
    return (offset != NULL && text_to_int(offset, INT64_MIN, INT64_MAX, ret_offset)) ||
           error_set(err, FAULT_UNAVAILABLE, "meta.feed_offset is not a number");
}

static bool next_instance(PGconn *pg, struct error *err, int *ret_instance)
{
    const char *number = NULL;
    int64_t value = 0;
    if (!blocking_value(pg, err, &number,
                        "UPDATE counter SET value = value + 1 WHERE name = 'instance' "
                        "RETURNING value",
                        0, NULL))
        return false;
    if (number == NULL || !text_to_int(number, 0, INT64_MAX, &value))
        return error_set(err, FAULT_UNAVAILABLE, "the instance counter cannot be read");
    *ret_instance = (int)(value % INSTANCES);
    return true;
}

bool setup_run(const struct setup_settings *settings, struct arena *arena,
               struct setup_result *ret_result, struct error *err)
{
    PGconn *pg CLEANUP(finish) = NULL;
    int migrated = 0;
    struct setup_result result = {0};
    if (!begin(settings, &pg, err) ||
        !migrate_run(pg, settings->schema, settings->migrate, &migrated, err) ||
        !open_vault(pg, settings, arena, &result.vault, err) ||
        !first_key(pg, settings, &result.made_admin_key, err) ||
        !shipped_rules(pg, settings, err) || !feed_offset(pg, err, &result.vault.feed_offset) ||
        !next_instance(pg, err, &result.instance))
        return false;
    *ret_result = result;
    return true;
}
