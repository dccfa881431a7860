/* What a strictly read head says, as a struct call. */
#pragma once

#include "edge/guard.h"
#include "flow/call.h"

/* Fills method, path, query and the header values of `call`, whose arena is set; copies all texts.
 * The request id is always set, also on failure. */
MUST_CHECK bool request_read(const struct guard *guard, struct call *call, struct error *err);
/* A fresh request id: the time and chance. */
const char *request_id_new(struct arena *arena);
/* The `traceparent` header if it has the form of W3C Trace Context, else NULL. */
const char *request_trace(const struct guard *guard, struct arena *arena);
