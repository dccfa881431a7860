/* JSON Schemas of bodies and answers, from the tables that read and write them. Internal to wire.
 */
#pragma once

#include "domain/moves.h"
#include "wire/shape.h"

/* What is sent is closed; in what is shown, members that may be absent may be null too. */
enum schema_mode { SCHEMA_SENT, SCHEMA_SHOWN };

/* One shape as a schema of type object. */
void schema_put(struct text *text, const char *key, const struct shape *shape, int mode);
/* All named schemas, into an open object: each kind of row, each body, each answer, each move. */
void schemas_put(struct text *text);
/* The schema's name of a move's body: "MoveTaskReturnApprove". */
const char *move_schema_name(const struct move *move, struct arena *arena);
