/* The deadline sweep (spec 5): late, never lost, never twice. */
#pragma once

#include "flow/flow.h"

/* Starts one round unless one is running; it goes on by itself while there is more. */
void sweep_start(struct context *context);
