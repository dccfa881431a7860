/* What every request goes through before its own steps: who asks, may they, was it asked before. */
#pragma once

#include "flow/flow.h"

/* How long an answer is kept for its Idempotency-Key (spec 10). */
enum { ENTRY_KEEP_DAYS = 7 };

extern const struct steps entry_steps;

/* With an Idempotency-Key: adds the statement that stores this answer in the same transaction, to
 * be called after flow->answer is complete and before the commit. It must change one row; when
 * another request was faster, work_obeyed is false and the flow does everything again, finding that
 * answer. */
void entry_keep(struct flow *flow);
/* If-Match against the present version: false with FAULT_CHANGED when it names another. */
MUST_CHECK bool entry_matches(struct flow *flow, int64_t version);
/* The ETag of a version. */
const char *entry_etag(struct flow *flow, int64_t version);
