/* Connects, prepares every statement, then passes results on in order. The difficulty is libpq's
 * pipeline: a query yields its result, then NULL; a sync yields one result with no NULL behind it;
 * so results are counted by syncs, and NULLs are skipped. */
#include "store/conn.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <event2/event.h>

#include "base/log.h"
#include "store/statement.h"

enum { FIRST_WAIT_MS = 50, LAST_WAIT_MS = 2000, CONNECT_LIMIT_MS = 10000, SILENCE_MS = 5000 };

/* DOWN: waiting to connect again. CLEANING: the user has let go, answers are still to come. */
enum conn_state { CONN_DOWN, CONN_CONNECTING, CONN_PREPARING, CONN_IDLE, CONN_BUSY, CONN_CLEANING };

struct conn {
    struct event_base *base;
    const struct pool_settings *settings;
    struct conn_owner owner;
    PGconn *pg;
    enum conn_state state;
    struct event *readable, *writable;
    struct event *timer; /* reconnect, connect limit or silence */
    int wait_ms;
    int syncs; /* sent, not yet back */
    const struct conn_user *user;
    void *user_context;
};

static void set_timer(struct conn *conn, int64_t ms)
{
    struct timeval wait = {ms / 1000, ms % 1000 * 1000};
    event_add(conn->timer, &wait);
}

static void drop_events(struct conn *conn)
{
    if (conn->readable != NULL)
        event_free(conn->readable);
    if (conn->writable != NULL)
        event_free(conn->writable);
    conn->readable = conn->writable = NULL;
    event_del(conn->timer);
}

/* The connection is of no use any more: tell user and owner, try again later. */
static void fail(struct conn *conn, const char *why)
{
    char text[256];
    snprintf(text, sizeof(text), "%s", why);
    const struct conn_user *user = conn->user;
    void *user_context = conn->user_context;
    drop_events(conn);
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->state = CONN_DOWN;
    conn->syncs = 0;
    conn->user = NULL;
    set_timer(conn, conn->wait_ms);
    conn->wait_ms = conn->wait_ms * 2 < LAST_WAIT_MS ? conn->wait_ms * 2 : LAST_WAIT_MS;
    conn->owner.down(conn->owner.context, conn, text);
    if (user != NULL)
        user->lost(user_context);
}

void conn_flush(struct conn *conn)
{
    if (conn->pg == NULL)
        return;
    int left = PQflush(conn->pg);
    if (left == 1)
        event_add(conn->writable, NULL);
    else if (left < 0)
        event_active(conn->readable, EV_READ, 0); /* the reader finds out why, on the next turn */
}

bool conn_send_sync(struct conn *conn)
{
    if (conn->pg == NULL || PQpipelineSync(conn->pg) != 1)
        return false;
    conn->syncs++;
    set_timer(conn, conn->settings->statement_timeout_ms + SILENCE_MS);
    return true;
}

bool conn_send_text(struct conn *conn, const char *text)
{
    return conn->pg != NULL && PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

bool conn_send_prepared(struct conn *conn, const char *name, int count, const char *const *values,
                        const int *lengths, const int *formats)
{
    return conn->pg != NULL &&
           PQsendQueryPrepared(conn->pg, name, count, values, lengths, formats, 1) == 1;
}

static void become_idle(struct conn *conn)
{
    conn->state = CONN_IDLE;
    conn->user = NULL;
    conn->wait_ms = FIRST_WAIT_MS;
    event_del(conn->timer);
    conn->owner.idle(conn->owner.context, conn);
}

/* Every sync is back: what that means depends on where we are. */
static void settle(struct conn *conn)
{
    event_del(conn->timer);
    if (conn->state == CONN_BUSY) {
        conn->user->settled(conn->user_context);
    } else if (PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        if (!conn_send_text(conn, "ROLLBACK") || !conn_send_sync(conn))
            fail(conn, "cannot roll back");
        else
            conn_flush(conn);
    } else {
        become_idle(conn);
    }
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

static void result_clear(PGresult **result)
{
    PQclear(*result);
}

/* One result that is not NULL; false when the connection was given up. */
static bool take_result(struct conn *conn, PGresult *taken)
{
    PGresult *result CLEANUP(result_clear) = taken;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        conn->syncs--;
        return true;
    }
    if (conn->state == CONN_PREPARING && is_error(result)) {
        fail(conn, PQresultErrorMessage(result));
        return false;
    }
    if (conn->state == CONN_BUSY) {
        conn->user->result(conn->user_context, result);
        result = NULL; /* the user's now */
    }
    return true;
}

static void read_results(struct conn *conn)
{
    while (conn->syncs > 0 && !PQisBusy(conn->pg)) {
        PGresult *result = PQgetResult(conn->pg);
        if (result == NULL) {
            if (PQstatus(conn->pg) == CONNECTION_BAD) {
                fail(conn, PQerrorMessage(conn->pg));
                return;
            }
            continue;
        }
        if (!take_result(conn, result))
            return;
        if (conn->syncs == 0) {
            settle(conn);
            return; /* the user may have sent more, or let go */
        }
    }
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct conn *conn = context;
    if (PQconsumeInput(conn->pg) != 1 || PQstatus(conn->pg) == CONNECTION_BAD) {
        fail(conn, PQerrorMessage(conn->pg));
        return;
    }
    conn_flush(conn);
    read_results(conn);
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    conn_flush(context);
}

/* Plans are made once, often while the tables are still empty, and kept: a sequential scan that is
 * right then would be ruinous an hour later. */
static bool send_settings(struct conn *conn)
{
    char timeout[32];
    snprintf(timeout, sizeof(timeout), "%lld", (long long)conn->settings->statement_timeout_ms);
    const char *values[] = {conn->settings->schema, timeout,
                            conn->settings->generic_plans ? "force_generic_plan" : "auto",
                            conn->settings->generic_plans ? "off" : "on"};
    return PQsendQueryParams(conn->pg,
                             "SELECT set_config('search_path', $1, false),"
                             " set_config('statement_timeout', $2, false),"
                             " set_config('idle_in_transaction_session_timeout', $2, false),"
                             " set_config('plan_cache_mode', $3, false),"
                             " set_config('enable_seqscan', $4, false)",
                             COUNT_OF(values), NULL, values, NULL, NULL, 0) == 1;
}

/* Connected: settings and statements go out in one pipeline. */
static void prepare(struct conn *conn)
{
    conn->state = CONN_PREPARING;
    bool sent = PQsetnonblocking(conn->pg, 1) == 0 && PQenterPipelineMode(conn->pg) == 1;
    sent = sent && send_settings(conn);
    for (int i = 0; sent && i < STMT_COUNT; i++)
        sent = PQsendPrepare(conn->pg, statements[i].name, statements[i].text, 0, NULL) == 1;
    if (!sent || !conn_send_sync(conn)) {
        fail(conn, PQerrorMessage(conn->pg));
        return;
    }
    int fd = PQsocket(conn->pg);
    conn->readable = event_new(conn->base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    conn->writable = event_new(conn->base, fd, EV_WRITE, on_writable, conn);
    event_add(conn->readable, NULL);
    conn_flush(conn);
}

static void on_connecting(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct conn *conn = context;
    PostgresPollingStatusType status = PQconnectPoll(conn->pg);
    if (conn->readable != NULL)
        event_free(conn->readable);
    conn->readable = NULL;
    if (status == PGRES_POLLING_FAILED) {
        fail(conn, PQerrorMessage(conn->pg));
        return;
    }
    if (status == PGRES_POLLING_OK) {
        prepare(conn);
        return;
    }
    short wanted = status == PGRES_POLLING_READING ? EV_READ : EV_WRITE;
    conn->readable = event_new(conn->base, PQsocket(conn->pg), wanted, on_connecting, conn);
    event_add(conn->readable, NULL);
}

static void start(struct conn *conn)
{
    const char *names[] = {"dbname", "application_name", "client_encoding", NULL};
    const char *values[] = {conn->settings->url, "whistled", "UTF8", NULL};
    conn->state = CONN_CONNECTING;
    conn->pg = PQconnectStartParams(names, values, 1);
    if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
        fail(conn, conn->pg == NULL ? "out of memory" : PQerrorMessage(conn->pg));
        return;
    }
    set_timer(conn, CONNECT_LIMIT_MS);
    conn->readable = event_new(conn->base, PQsocket(conn->pg), EV_WRITE, on_connecting, conn);
    event_add(conn->readable, NULL);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct conn *conn = context;
    if (conn->state == CONN_DOWN)
        start(conn);
    else
        fail(conn, conn->state == CONN_CONNECTING ? "connecting took too long"
                                                  : "the database stays silent");
}

struct conn *conn_new(struct event_base *base, const struct pool_settings *settings,
                      struct conn_owner owner)
{
    struct conn *conn = mem_zero(sizeof(*conn));
    *conn = (struct conn){.base = base, .settings = settings, .owner = owner};
    conn->wait_ms = FIRST_WAIT_MS;
    conn->timer = evtimer_new(base, on_timer, conn);
    set_timer(conn, 0);
    return conn;
}

void conn_free(struct conn *conn)
{
    if (conn == NULL)
        return;
    drop_events(conn);
    event_free(conn->timer);
    PQfinish(conn->pg);
    mem_free(conn);
}

bool conn_is_idle(const struct conn *conn)
{
    return conn->state == CONN_IDLE;
}

void conn_take(struct conn *conn, const struct conn_user *user, void *user_context)
{
    assert(conn->state == CONN_IDLE);
    conn->state = CONN_BUSY;
    conn->user = user;
    conn->user_context = user_context;
}

void conn_release(struct conn *conn)
{
    assert(conn->state == CONN_BUSY);
    conn->state = CONN_CLEANING;
    conn->user = NULL;
    if (conn->syncs == 0)
        settle(conn);
}
