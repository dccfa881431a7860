/* A page of a list, for those who ask for one, and for exports (ROUTE_EXPORT), which get all pages
 * one after the other as parts of one CSV. Each page of an export is a short look of its own, with
 * a fresh look at the caller's key and scope: nothing is held open while a client reads. */
#pragma once

#include "flow/flow.h"
#include "wire/query.h"

/* How many rows and from where: by the query, or as far as the export is. `kind` names the list in
 * its cursors. */
MUST_CHECK bool page_begin(struct flow *flow, const char *kind, int64_t *ret_limit,
                           struct cursor *ret_cursor);
/* Answers `count` items of JSON; `next` is the cursor of the page to come, NULL: there is none. */
enum next page_answer(struct flow *flow, const struct slice *items, int count, const char *next);
