/* Held requests: parked until something that may concern them has happened, or their time is up. */
#pragma once

#include "flow/flow.h"

struct polls;

struct polls *polls_new(void);
void polls_free(struct polls *polls);
/* For the runner. */
void poll_park(struct flow *flow);
void poll_unpark(struct flow *flow);

/* Decides for a step that found nothing to answer: true and parked_until set when the caller wants
 * to wait and may; then the step returns PARK and the next one AGAIN. */
bool poll_may_wait(struct flow *flow);
/* Something changed at `unit`, `org` or `area` (NULL: at none): wakes whom it concerns. */
void poll_touch(struct context *context, const char *unit, const char *org, const char *area);
/* Wakes those whose time is up; all of them when `all`. */
void poll_expire(struct context *context, struct span steady, bool all);
/* Wakes everybody. */
void poll_wake_all(struct context *context);
/* Somebody is held. */
bool poll_any(const struct context *context);
/* A commit changed tasks: the tick looks at the feed at once. */
void poll_kick(struct context *context);
