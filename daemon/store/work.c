/* Keeps what is to be sent as a list, and the results of the last send. */
#include "store/work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/metrics.h"
#include "store/line.h"

enum { ITEMS_MAX = 24 };
enum item_kind { ITEM_STATEMENT, ITEM_BEGIN, ITEM_BEGIN_READING, ITEM_COMMIT };

struct item {
    enum item_kind kind;
    enum statement statement;
    struct args *args;
    PGresult *result; /* kept until the next send */
    int64_t expected; /* rows it must change; -1: any */
};

struct work {
    struct pool *pool;
    struct arena *arena;
    struct conn *conn;
    struct waiter waiter;
    work_done_fn done;
    void *context;
    struct item items[ITEMS_MAX];
    int count;   /* items added since the last send, or sent */
    int arrived; /* results so far */
    bool running;
    enum work_outcome outcome;
    struct event *later; /* tells of a failure on the next turn of the loop */
};

static void forget_results(struct work *work)
{
    for (int i = 0; i < work->count; i++)
        PQclear(work->items[i].result);
    memset(work->items, 0, sizeof(work->items));
    work->count = work->arrived = 0;
}

static void finish(struct work *work, enum work_outcome outcome)
{
    work->running = false;
    work->done(work->context, outcome);
}

static void on_later(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    finish(context, WORK_LOST);
}

static void finish_later(struct work *work)
{
    if (work->later == NULL)
        work->later = evtimer_new(pool_base(work->pool), on_later, work);
    event_add(work->later, &(struct timeval){0, 0});
}

static const char *item_name(const struct item *item)
{
    if (item->kind == ITEM_STATEMENT)
        return statements[item->statement].name;
    return item->kind == ITEM_COMMIT ? "commit" : "begin";
}

/* 40001 serialization, 40P01 deadlock, 23505 a key that another transaction wrote first. */
static enum work_outcome judge(const char *state)
{
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "23505") == 0)
        return WORK_RACE;
    /* 57xxx: cancelled or shut down; 53xxx: out of resources; 25006: read-only standby */
    if (strncmp(state, "57", 2) == 0 || strncmp(state, "53", 2) == 0 || strcmp(state, "25006") == 0)
        return WORK_LOST;
    return WORK_FAILED;
}

static void note_failure(struct work *work, const struct item *item, const PGresult *result)
{
    if (work->outcome != WORK_DONE)
        return; /* the first one counts; the rest follow from it */
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    work->outcome = state == NULL ? WORK_LOST : judge(state);
    metrics_add(work->outcome == WORK_RACE ? METRIC_DATABASE_RETRIES : METRIC_DATABASE_ERRORS, 1);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (work->outcome != WORK_RACE)
        log_line(LOG_ERROR, "statement_failed", "statement=%s sqlstate=%s message=\"%s\"",
                 item_name(item), state == NULL ? "none" : state, text == NULL ? "" : text);
}

static void on_result(void *context, PGresult *result)
{
    struct work *work = context;
    assert(work->arrived < work->count);
    struct item *item = &work->items[work->arrived++];
    item->result = result;
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
        note_failure(work, item, result);
}

static void on_settled(void *context)
{
    struct work *work = context;
    finish(work, work->outcome);
}

static void on_lost(void *context)
{
    struct work *work = context;
    work->conn = NULL;
    finish(work, WORK_LOST);
}

static const struct conn_user user = {on_result, on_settled, on_lost};

static bool send_item(struct work *work, const struct item *item)
{
    if (item->kind == ITEM_BEGIN)
        return conn_send_text(work->conn, "BEGIN");
    if (item->kind == ITEM_BEGIN_READING)
        return conn_send_text(work->conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (item->kind == ITEM_COMMIT)
        return conn_send_sync(work->conn) && conn_send_text(work->conn, "COMMIT");
    const struct args *args = item->args;
    return conn_send_prepared(work->conn, statements[item->statement].name, args_count(args),
                              args_values(args), args_lengths(args), args_formats(args));
}

static void send_all(struct work *work)
{
    bool sent = true;
    for (int i = 0; sent && i < work->count; i++)
        sent = send_item(work, &work->items[i]);
    if (sent && conn_send_sync(work->conn))
        conn_flush(work->conn);
    else
        finish_later(work);
}

static void on_served(void *context, struct conn *conn)
{
    struct work *work = context;
    if (conn == NULL) {
        finish_later(work);
        return;
    }
    work->conn = conn;
    conn_take(conn, &user, work);
    send_all(work);
}

struct work *work_new(struct pool *pool, struct arena *arena, work_done_fn done, void *context)
{
    struct work *work = mem_zero(sizeof(*work));
    *work = (struct work){.pool = pool, .arena = arena, .done = done, .context = context};
    work->waiter.served = on_served;
    work->waiter.context = work;
    return work;
}

static struct item *add(struct work *work, enum item_kind kind)
{
    assert(!work->running);
    if (work->arrived > 0)
        forget_results(work);
    assert(work->count < ITEMS_MAX);
    struct item *item = &work->items[work->count++];
    item->kind = kind;
    item->expected = -1;
    return item;
}

struct args *work_add(struct work *work, enum statement statement)
{
    struct item *item = add(work, ITEM_STATEMENT);
    item->statement = statement;
    item->args = args_new(work->arena);
    return item->args;
}

void work_begin(struct work *work)
{
    add(work, ITEM_BEGIN);
}

void work_begin_reading(struct work *work)
{
    add(work, ITEM_BEGIN_READING);
}

void work_commit(struct work *work)
{
    add(work, ITEM_COMMIT);
}

bool work_waiting(const struct work *work)
{
    return !work->running && work->count > 0 && work->arrived == 0;
}

void work_send(struct work *work)
{
    assert(work_waiting(work));
    work->running = true;
    work->outcome = WORK_DONE;
    if (work->conn != NULL)
        send_all(work);
    else if (!pool_join(work->pool, &work->waiter))
        finish_later(work);
}

static const struct item *find(const struct work *work, int index)
{
    for (int i = 0; i < work->count; i++)
        if (work->items[i].kind == ITEM_STATEMENT && index-- == 0)
            return &work->items[i];
    assert(!"no such statement in this work");
    return NULL;
}

struct rows work_rows(const struct work *work, int index)
{
    const PGresult *result = find(work, index)->result;
    return (struct rows){(const struct pg_result *)result, result == NULL ? 0 : PQntuples(result)};
}

static int64_t changed(const struct item *item)
{
    return item->result == NULL ? 0 : strtoll(PQcmdTuples(item->result), NULL, 10);
}

void work_expect(struct work *work, int64_t rows)
{
    assert(work->count > 0);
    work->items[work->count - 1].expected = rows;
}

bool work_obeyed(const struct work *work)
{
    for (int i = 0; i < work->count; i++)
        if (work->items[i].expected >= 0 && changed(&work->items[i]) != work->items[i].expected)
            return false;
    return true;
}

void work_end(struct work *work)
{
    if (work == NULL)
        return;
    pool_leave(work->pool, &work->waiter);
    if (work->later != NULL)
        event_free(work->later);
    if (work->conn != NULL)
        conn_release(work->conn);
    forget_results(work);
    mem_free(work);
}
