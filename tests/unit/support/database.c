#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>
#include <libpq-fe.h>

#include "store/setup.h"

enum { SENT_MAX = 16, TRIES = 500 };

static struct arena *kept;
static const char *name, *url;
static struct event_base *base;
static struct pool *pool;
static struct pool_settings settings;
static struct {
    struct work *work;
    enum work_outcome outcome;
    bool back;
} sent[SENT_MAX]; /* the latest ones, in a ring */
static int count;

static void server_do(const char *text)
{
    PGconn *pg = PQconnectdb(getenv("TEST_DATABASE"));
    PGresult *result = PQexec(pg, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", text, PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

void database_make(void)
{
    kept = arena_new();
    name = arena_format(kept, "store_%d", (int)getpid());
    url = arena_format(kept, "%s dbname=%s", getenv("TEST_DATABASE"), name);
    server_do(arena_format(kept, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", name));
    struct error err = {.arena = kept};
    struct setup_settings setup = {
        .url = url, .schema = "whistled", .migrate = true, .connect_timeout = SECONDS(10)};
    int migrations = 0;
    if (!setup_migrate(&setup, &migrations, &err))
        fail_msg("%s", err.detail);
    assert_true(migrations > 0);
    base = event_base_new();
    settings = (struct pool_settings){.url = url,
                                      .schema = "whistled",
                                      .connections = DATABASE_CONNECTIONS,
                                      .line_limit = DATABASE_LINE,
                                      .statement_timeout_ms = 5000,
                                      .wait_limit_ms = 1000};
    pool = pool_new(base, &settings);
}

void database_drop(void)
{
    pool_free(pool);
    event_base_free(base);
    server_do(arena_format(kept, "DROP DATABASE %s WITH (FORCE)", name));
    arena_free(kept);
}

struct pool *database_pool(void)
{
    return pool;
}

static void on_done(void *context, enum work_outcome outcome)
{
    int *place = context;
    sent[*place % SENT_MAX].outcome = outcome;
    sent[*place % SENT_MAX].back = true;
}

struct work *database_work(struct arena *arena)
{
    int *place = ARENA_NEW(arena, int);
    *place = count++;
    sent[*place % SENT_MAX].work = work_new(pool, arena, on_done, place);
    sent[*place % SENT_MAX].back = true;
    return sent[*place % SENT_MAX].work;
}

/* The latest one: an address may have belonged to a work before. */
static int place_of(const struct work *work)
{
    for (int i = count - 1; i >= 0 && i >= count - SENT_MAX; i--)
        if (sent[i % SENT_MAX].work == work)
            return i % SENT_MAX;
    fail_msg("not a work of this test");
    return 0;
}

void database_send(struct work *work)
{
    sent[place_of(work)].back = false;
    work_send(work);
    assert_false(sent[place_of(work)].back); /* never from inside the call */
}

static bool all_back(void)
{
    for (int i = 0; i < SENT_MAX; i++)
        if (sent[i].work != NULL && !sent[i].back)
            return false;
    return true;
}

void database_wait(void)
{
    struct timeval pause = {0, 20000};
    for (int i = 0; i < TRIES && !all_back(); i++) {
        event_base_loopexit(base, &pause);
        event_base_dispatch(base);
    }
    assert_true(all_back());
}

enum work_outcome database_run(struct work *work)
{
    database_send(work);
    database_wait();
    return database_outcome(work);
}

enum work_outcome database_outcome(const struct work *work)
{
    return sent[place_of(work)].outcome;
}

const char *database_ask(struct arena *arena, const char *query)
{
    PGconn *pg = PQconnectdb(arena_format(arena, "%s options='-c search_path=whistled'", url));
    PGresult *result = PQexec(pg, query);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", query, PQerrorMessage(pg));
    const char *value = PQntuples(result) > 0 ? arena_copy(arena, PQgetvalue(result, 0, 0)) : "";
    PQclear(result);
    PQfinish(pg);
    return value;
}
