/* The webhooks as this process knows them: kept in memory, read again when their counter grew; and
 * what is under way to each. */
#pragma once

#include "flow/flow.h"
#include "store/webhook_store.h"

/* What this process does with one webhook; outlives changes of the webhook. */
struct hook_traffic {
    struct hook_traffic *next;
    int64_t webhook;
    int in_flight;
    int allowed;          /* at a time: halved by failures, one more with each success */
    bool failing;         /* so the last call went */
    struct span free_at;  /* no next message before, by the steady clock */
    struct instant since; /* the earliest that was due at the last look */
    int64_t tries, ended[DELIVERY_STATE_COUNT];
    int64_t waiting;       /* at all daemons, as last counted */
    struct instant oldest; /* of these; absent: none */
};

struct hook {
    struct webhook webhook;
    struct hook_traffic *traffic;
};

struct hooks {
    struct arena *arena; /* of `list` */
    struct hook *list;
    int count;
    int64_t revision; /* of the counter, -1: not read yet */
    struct hook_traffic *traffic;
    int in_flight;
    /* Flows of the tick, each once at a time. */
    bool noticing, taking, settling, counting, purging;
    bool kicked; /* something may be to send */
    bool afresh; /* look from the earliest on, not from `since`: once a second, whatever comes */
    struct span last_notice, last_take, last_settle, last_count, last_purge;
    int turn; /* whose webhook comes first, so that all do */
    /* Calls that have ended, not yet written down. */
    int done_count, done_room;
    struct outgoing **done;
};

struct hooks *hooks_new(void);
void hooks_free(struct hooks *hooks);
/* Rows of webhook/load as of the counter's `revision`. */
void hooks_fill(struct context *context, const struct rows *rows, int64_t revision);
/* NULL: there is none of this id. */
struct hook *hooks_find(const struct hooks *hooks, int64_t webhook);
/* A row of webhook/load, get or list, read whole. False: it does not open; logged. */
MUST_CHECK bool hooks_read(const struct context *context, const struct rows *rows, int index,
                           struct arena *arena, struct webhook *ret_webhook);
/* Starts what is due of the flows below. */
void hooks_tick(struct context *context, struct span steady);
/* Nothing under way and all that ended written down. */
bool hooks_idle(const struct context *context);
/* Adds the metrics of each webhook. */
void hooks_metrics(const struct context *context, struct text *text);

/* One flow each, at most one at a time: derives deliveries from the event log (flow/notice), leases
 * and sends them, writes down what became of them (flow/send), counts and forgets
 * (flow/hooks_keep).
 */
void notice_start(struct context *context);
void send_start(struct context *context);
void settle_start(struct context *context);
void hooks_count_start(struct context *context);
void hooks_purge_start(struct context *context);

/* A request on its way out: flow/send makes it, `context->post` sends it. */
struct posted {
    int status;        /* 0: no answer in full */
    int retry_after;   /* seconds, -1: not said */
    bool unreachable;  /* the address is not one that may be called */
    const char *error; /* NULL: none */
    struct slice answer;
    struct span took;
};
enum { OUTGOING_HEADERS = 4 };
struct outgoing {
    const char *url;
    const char *headers[OUTGOING_HEADERS];
    int header_count;
    struct slice body;
    void (*done)(struct outgoing *outgoing, const struct posted *posted);
    struct context *context;
    struct sending sending;
    struct arena *arena; /* of all of this */
};
