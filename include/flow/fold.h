/* The figures follow the log: what happened since is folded into the sums, a batch of events at a
 * time, together with the place in the feed up to which that was done. */
#pragma once

#include "flow/flow.h"

/* Starts one round unless one is running; it goes on by itself while there is more. */
void fold_start(struct context *context);
