/* Moves on tickets and tasks: one flow for all of them; the rules are the domain's. */
#pragma once

#include "flow/reach.h"

/* POST /v1/tickets/{no}/{move} and POST /v1/tasks/{id}/{move}, with moves of one or two parts. */
extern const struct steps move_ticket_steps;
extern const struct steps move_task_steps;
/* The same of heads that are not tickets (flow/head), POST {path}/{id}/{move}, and of the task that
 * one of their units has, POST {path}/{id}/targets/{unit}/{move}. */
extern const struct steps move_head_steps;
extern const struct steps move_target_steps;
