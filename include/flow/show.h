/* Reading one thing: ticket, task, deadlines, identity, a caller's tickets, a receipt. */
#pragma once

#include "flow/flow.h"

extern const struct steps ticket_show_steps;    /* GET /v1/tickets/{no} */
extern const struct steps task_show_steps;      /* GET /v1/tasks/{id} */
extern const struct steps task_deadlines_steps; /* GET /v1/tasks/{id}/deadlines */
extern const struct steps identity_steps;       /* GET /v1/tickets/{no}/identity?purpose= */
extern const struct steps callers_steps;        /* POST /v1/callers */
extern const struct steps receipt_steps;        /* POST /v1/receipts */
extern const struct steps deadlines_steps;      /* POST /v1/deadlines */
