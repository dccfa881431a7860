/* A list of parked flows. Waking is by scope: a flow is woken by what its caller may see. */
#include "flow/poll.h"

#include "base/clock.h"
#include "base/metrics.h"

struct polls {
    struct flow *first;
    int count;
};

struct polls *polls_new(void)
{
    return mem_zero(sizeof(struct polls));
}

void polls_free(struct polls *polls)
{
    mem_free(polls);
}

static void count(struct polls *polls, int more)
{
    polls->count += more;
    metrics_set(METRIC_POLLS_HELD, polls->count);
}

void poll_park(struct flow *flow)
{
    struct polls *polls = flow->context->polls;
    flow->parked = true;
    flow->next_parked = polls->first;
    flow->back_parked = &polls->first;
    if (polls->first != NULL)
        polls->first->back_parked = &flow->next_parked;
    polls->first = flow;
    count(polls, 1);
}

void poll_unpark(struct flow *flow)
{
    *flow->back_parked = flow->next_parked;
    if (flow->next_parked != NULL)
        flow->next_parked->back_parked = flow->back_parked;
    flow->parked = false;
    count(flow->context->polls, -1);
}

bool poll_may_wait(struct flow *flow)
{
    const struct context *context = flow->context;
    int64_t asked = flow->call->wait, most = context->limits.wait_limit.us / 1000000;
    if (asked <= 0 || flow->timed_out || context->draining)
        return false;
    if (context->polls->count >= context->limits.polls_held)
        return false;
    if (flow->parked_until.us == 0) {
        int64_t wait = asked < most ? asked : most;
        flow->parked_until.us = flow->call->started.us + wait * 1000000;
        flow->answer.wait_applied = (int)wait;
    }
    return clock_steady().us < flow->parked_until.us;
}

static bool concerns(const struct flow *flow, const char *unit, const char *org, const char *area)
{
    const struct scope *scope = &flow->scope;
    if (area != NULL && scope_has_area(scope, area))
        return true;
    return (unit != NULL && names_have(&scope->units, unit)) ||
           (org != NULL && names_have(&scope->orgs, org));
}

/* Waking may change the list anywhere: the ones to wake are taken out of it first. */
static void wake_all(struct flow **woken, int found)
{
    for (int i = 0; i < found; i++)
        flow_wake(woken[i]);
    metrics_add(METRIC_POLLS_WOKEN, found);
}

void poll_touch(struct context *context, const char *unit, const char *org, const char *area)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct flow **woken = ARENA_ARRAY(arena, struct flow *, context->polls->count);
    int found = 0;
    for (struct flow *flow = context->polls->first; flow != NULL; flow = flow->next_parked)
        if (concerns(flow, unit, org, area))
            woken[found++] = flow;
    wake_all(woken, found);
}

void poll_expire(struct context *context, struct span steady, bool all)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct flow **woken = ARENA_ARRAY(arena, struct flow *, context->polls->count);
    int found = 0;
    for (struct flow *flow = context->polls->first; flow != NULL; flow = flow->next_parked)
        if (all || flow->parked_until.us <= steady.us)
            woken[found++] = flow;
    for (int i = 0; i < found; i++)
        woken[i]->timed_out = true;
    wake_all(woken, found);
}

void poll_wake_all(struct context *context)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct flow **woken = ARENA_ARRAY(arena, struct flow *, context->polls->count);
    int found = 0;
    for (struct flow *flow = context->polls->first; flow != NULL; flow = flow->next_parked)
        woken[found++] = flow;
    wake_all(woken, found);
}

bool poll_any(const struct context *context)
{
    return context->polls->first != NULL;
}

void poll_kick(struct context *context)
{
    context->feed_kicked = true;
}
