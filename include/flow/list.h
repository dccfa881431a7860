/* Lists with cursors, all within the caller's scope. */
#pragma once

#include "flow/flow.h"

extern const struct steps ticket_list_steps;     /* GET /v1/tickets */
extern const struct steps task_list_steps;       /* GET /v1/tasks, held when asked */
extern const struct steps overdue_steps;         /* GET /v1/overdue */
extern const struct steps due_steps;             /* GET /v1/due */
extern const struct steps shortage_steps;        /* GET /v1/shortages */
extern const struct steps shortage_export_steps; /* GET /v1/export/shortages */
extern const struct steps ticket_events_steps;   /* GET /v1/tickets/{no}/events */
extern const struct steps feed_steps;            /* GET /v1/events, held when asked */
