/* Tickets that ended longer ago than their policy keeps texts (rule retention.days) are erased by
 * the daemon itself. */
#pragma once

#include "flow/flow.h"

/* Goes on with the walk over ended tickets, a bounded batch at a time; begins one every hour of the
 * daemon's clock, and when the rules have changed. Nothing where no policy limits retention. */
void retention_tick(struct context *context, struct instant now);
