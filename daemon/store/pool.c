/* Connections and the line of works that wait for one. */
#include "store/pool.h"

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/conn.h"
#include "store/line.h"

enum { LOOK_MS = 250 };

struct pool {
    struct event_base *base;
    const struct pool_settings *settings;
    struct conn **conns;
    struct waiter *first, **last;
    int waiting;
    struct event *timer; /* looks for works that waited too long */
    char *trouble;
};

/* Takes the first of the line that fits a free connection. */
static void serve(struct pool *pool)
{
    for (int i = 0; i < pool->settings->connections && pool->first != NULL; i++) {
        if (!conn_is_idle(pool->conns[i]))
            continue;
        struct waiter *waiter = pool->first;
        pool_leave(pool, waiter);
        waiter->served(waiter->context, pool->conns[i]);
    }
}

static void on_idle(void *context, struct conn *conn)
{
    struct pool *pool = context;
    (void)conn;
    if (pool->trouble != NULL)
        log_line(LOG_INFO, "database_reached", "after=\"%s\"", pool->trouble);
    mem_free(pool->trouble);
    pool->trouble = NULL;
    serve(pool);
}

static void on_down(void *context, struct conn *conn, const char *why)
{
    struct pool *pool = context;
    (void)conn;
    metrics_add(METRIC_DATABASE_ERRORS, 1);
    if (!text_equal(pool->trouble, why))
        log_line(LOG_ERROR, "database_lost", "why=\"%s\"", why);
    mem_free(pool->trouble);
    pool->trouble = mem_copy(why);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct pool *pool = context;
    int64_t limit = clock_steady().us - pool->settings->wait_limit_ms * 1000;
    while (pool->first != NULL && pool->first->since.us < limit) {
        struct waiter *waiter = pool->first;
        pool_leave(pool, waiter);
        waiter->served(waiter->context, NULL);
    }
}

struct pool *pool_new(struct event_base *base, const struct pool_settings *settings)
{
    struct pool *pool = mem_zero(sizeof(*pool));
    pool->base = base;
    pool->settings = settings;
    pool->last = &pool->first;
    pool->conns = mem_zero((size_t)settings->connections * sizeof(*pool->conns));
    for (int i = 0; i < settings->connections; i++)
        pool->conns[i] = conn_new(base, settings, (struct conn_owner){on_idle, on_down, pool});
    pool->timer = event_new(base, -1, EV_PERSIST, on_timer, pool);
    event_add(pool->timer, &(struct timeval){0, LOOK_MS * 1000L});
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    event_free(pool->timer);
    while (pool->first != NULL) {
        struct waiter *waiter = pool->first;
        pool_leave(pool, waiter);
        waiter->served(waiter->context, NULL);
    }
    for (int i = 0; i < pool->settings->connections; i++)
        conn_free(pool->conns[i]);
    mem_free(pool->conns);
    mem_free(pool->trouble);
    mem_free(pool);
}

const char *pool_trouble(const struct pool *pool)
{
    return pool->trouble;
}

struct event_base *pool_base(const struct pool *pool)
{
    return pool->base;
}

bool pool_join(struct pool *pool, struct waiter *waiter)
{
    if (pool->waiting >= pool->settings->line_limit)
        return false;
    waiter->since = clock_steady();
    waiter->next = NULL;
    waiter->back = pool->last;
    *pool->last = waiter;
    pool->last = &waiter->next;
    pool->waiting++;
    serve(pool);
    return true;
}

void pool_leave(struct pool *pool, struct waiter *waiter)
{
    if (waiter->back == NULL)
        return;
    *waiter->back = waiter->next;
    if (waiter->next != NULL)
        waiter->next->back = waiter->back;
    else
        pool->last = waiter->back;
    waiter->back = NULL;
    pool->waiting--;
}
