/* JSON Schemas of bodies and answers, from the tables that read and write them. Internal to wire.
 */
#pragma once

#include "base/text.h"
#include "domain/moves.h"

/* All named schemas, into an open object: each kind of row, each body, each answer, each move. */
void schemas_put(struct text *text);
/* The schema's name of a move's body: "MoveTaskReturnApprove". */
const char *move_schema_name(const struct move *move, struct arena *arena);
