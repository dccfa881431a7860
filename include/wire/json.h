/* JSON text in general: what does not belong to one thing. Strict reading stands in wire/reader. */
#pragma once

#include "base/error.h"

/* RFC 7396: `target` with `patch` applied. Faults are the patch's: not JSON, not an object. */
MUST_CHECK bool json_merge(struct slice target, struct slice patch, struct arena *arena,
                           struct slice *ret_merged, struct error *err);
/* A text that is JSON as compact JSON text; NULL: it is none. */
const char *json_compact(struct slice body, struct arena *arena);
/* {"items":[...],"next":...}: each item is JSON text. `next` NULL: null. */
struct slice json_list(const struct slice *items, int count, const char *next, struct arena *arena);
/* An RFC 9457 problem from an error: type (a stable URI reference such as "/problems/invalid"),
 * title, status, detail, errors[{pointer,detail}], request_id, and state, moves, no where set. */
struct slice problem_write(const struct error *err, const char *request_id, struct arena *arena);
/* The HTTP status of a fault. */
int problem_status(enum fault fault);
