/* What a process does by itself, a few times a second: takes up what other instances changed
 * (registry, keys, load), wakes held requests, starts the sweep. */
#pragma once

#include "flow/flow.h"

/* To be called by the app every 100 ms or so. */
void refresh_tick(struct context *context);
/* Loads the registry's changes; every flow that waits by refresh_wait goes on afterwards. */
void refresh_registry(struct context *context);
/* For a step: the registry was changed up to `revision` by this flow and committed. GO: it is in
 * memory already; HOLD: goes on at the next step when it is. */
enum next refresh_wait(struct flow *flow, int64_t revision);
/* Wakes nothing any more: the process ends. */
bool refresh_idle(const struct context *context);
