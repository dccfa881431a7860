/* The table of routes: method, path, who may, which flow. */
#pragma once

#include "flow/flow.h"

extern const struct route_row routes[];
extern const int route_count;

/* Finds the route of a call, fills its parts and starts its flow; else answers 404 or 405. To be
 * given to the server; `context` is the struct context. */
void routes_dispatch(void *context, struct call *call);
