/* Webhooks in memory, and the tick of what is done with them. */
#include "flow/hooks.h"

#include "base/clock.h"
#include "base/log.h"
#include "wire/webhook_json.h"

enum { TAKE_S = 1, SETTLE_S = 1, COUNT_S = 10, PURGE_S = 60 };
static const struct span notice_pause = {250000};

struct hooks *hooks_new(void)
{
    struct hooks *hooks = mem_zero(sizeof(*hooks));
    hooks->arena = arena_new();
    hooks->revision = -1;
    return hooks;
}

void hooks_free(struct hooks *hooks)
{
    if (hooks == NULL)
        return;
    for (int i = 0; i < hooks->done_count; i++)
        arena_free(hooks->done[i]->arena);
    mem_free(hooks->done);
    while (hooks->traffic != NULL) {
        struct hook_traffic *next = hooks->traffic->next;
        mem_free(hooks->traffic);
        hooks->traffic = next;
    }
    arena_free(hooks->arena);
    mem_free(hooks);
}

static struct hook_traffic *traffic_of(struct context *context, int64_t webhook)
{
    struct hooks *hooks = context->hooks;
    for (struct hook_traffic *one = hooks->traffic; one != NULL; one = one->next)
        if (one->webhook == webhook)
            return one;
    struct hook_traffic *made = mem_zero(sizeof(*made));
    *made = (struct hook_traffic){
        .next = hooks->traffic, .webhook = webhook, .allowed = 1, .oldest = INSTANT_NONE};
    hooks->traffic = made;
    return made;
}

bool hooks_read(const struct context *context, const struct rows *rows, int index,
                struct arena *arena, struct webhook *ret_webhook)
{
    struct webhook_row row = {0};
    struct error err = {.arena = arena};
    if (webhook_store_read(rows, index, &context->vault, arena, &row) &&
        webhook_restore(row.kept, row.sealed, arena, &row.webhook, &err)) {
        *ret_webhook = row.webhook;
        return true;
    }
    log_line(LOG_ERROR, "webhook_unreadable", "webhook=%lld detail=\"%s\"",
             (long long)row.webhook.id, err.count > 0 ? err.items[0].detail : "does not open");
    return false;
}

void hooks_fill(struct context *context, const struct rows *rows, int64_t revision)
{
    struct hooks *hooks = context->hooks;
    struct arena *arena = arena_new();
    struct hook *list = ARENA_ARRAY(arena, struct hook, rows->count);
    int count = 0;
    for (int i = 0; i < rows->count; i++) {
        if (!hooks_read(context, rows, i, arena, &list[count].webhook))
            continue;
        list[count].traffic = traffic_of(context, list[count].webhook.id);
        count++;
    }
    arena_free(hooks->arena);
    hooks->arena = arena;
    hooks->list = list;
    hooks->count = count;
    hooks->revision = revision;
    hooks->kicked = true;
}

struct hook *hooks_find(const struct hooks *hooks, int64_t webhook)
{
    for (int i = 0; i < hooks->count; i++)
        if (hooks->list[i].webhook.id == webhook)
            return &hooks->list[i];
    return NULL;
}

static bool elapsed(struct span *last, struct span now, struct span pause)
{
    if (last->us != 0 && now.us - last->us < pause.us)
        return false;
    *last = now;
    return true;
}

void hooks_tick(struct context *context, struct span steady)
{
    struct hooks *hooks = context->hooks;
    if (hooks->done_count > 0 && elapsed(&hooks->last_settle, steady, SECONDS(SETTLE_S)))
        settle_start(context); /* again: it failed */
    if (context->draining || context->post == NULL || context->snapshot == NULL)
        return;
    if (elapsed(&hooks->last_purge, steady, SECONDS(PURGE_S)))
        hooks_purge_start(context);
    if (hooks->count == 0)
        return;
    if (elapsed(&hooks->last_notice, steady, notice_pause))
        notice_start(context);
    if (elapsed(&hooks->last_take, steady, SECONDS(TAKE_S)))
        hooks->kicked = hooks->afresh = true;
    if (hooks->kicked)
        send_start(context);
    if (elapsed(&hooks->last_count, steady, SECONDS(COUNT_S)))
        hooks_count_start(context);
}

bool hooks_idle(const struct context *context)
{
    return context->hooks->in_flight == 0 && context->hooks->done_count == 0;
}

/* ---- metrics ---- */

static void put_metric(const struct context *context, struct text *text, const char *name,
                       const char *kind, const char *help,
                       double (*value)(const struct hook_traffic *traffic))
{
    const struct hooks *hooks = context->hooks;
    text_format(text, "# HELP whistled_%s %s.\n# TYPE whistled_%s %s\n", name, help, name, kind);
    for (int i = 0; i < hooks->count; i++)
        text_format(text, "whistled_%s{webhook=\"%lld\"} %.16g\n", name,
                    (long long)hooks->list[i].webhook.id, value(hooks->list[i].traffic));
}

static double tries_of(const struct hook_traffic *traffic)
{
    return (double)traffic->tries;
}

static double in_flight_of(const struct hook_traffic *traffic)
{
    return traffic->in_flight;
}

static double waiting_of(const struct hook_traffic *traffic)
{
    return (double)traffic->waiting;
}

static double age_of(const struct hook_traffic *traffic)
{
    return instant_set(traffic->oldest) ? (double)(clock_now().us - traffic->oldest.us) / 1e6 : 0;
}

void hooks_metrics(const struct context *context, struct text *text)
{
    const struct hooks *hooks = context->hooks;
    static const int outcomes[] = {DELIVERY_DELIVERED, DELIVERY_WAITING, DELIVERY_GIVEN_UP};
    static const char *const words[] = {"delivered", "later", "given_up"};
    put_metric(context, text, "webhook_attempts_total", "counter", "Calls made", tries_of);
    put_metric(context, text, "webhook_in_flight", "gauge", "Calls under way", in_flight_of);
    put_metric(context, text, "webhook_waiting", "gauge", "Deliveries that wait", waiting_of);
    put_metric(context, text, "webhook_queue_age_seconds", "gauge", "Age of the oldest of them",
               age_of);
    text_add(text, "# HELP whistled_webhook_disabled 1 where nothing is sent any more.\n"
                   "# TYPE whistled_webhook_disabled gauge\n");
    for (int i = 0; i < hooks->count; i++)
        text_format(text, "whistled_webhook_disabled{webhook=\"%lld\"} %d\n",
                    (long long)hooks->list[i].webhook.id,
                    hooks->list[i].webhook.state == WEBHOOK_DISABLED);
    text_add(text, "# HELP whistled_webhook_outcomes_total What became of calls.\n"
                   "# TYPE whistled_webhook_outcomes_total counter\n");
    for (int i = 0; i < hooks->count; i++)
        for (size_t o = 0; o < COUNT_OF(outcomes); o++)
            text_format(text,
                        "whistled_webhook_outcomes_total{webhook=\"%lld\",outcome=\"%s\"} %lld\n",
                        (long long)hooks->list[i].webhook.id, words[o],
                        (long long)hooks->list[i].traffic->ended[outcomes[o]]);
}
