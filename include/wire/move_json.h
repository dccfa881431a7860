/* Bodies of moves. */
#pragma once

#include "base/error.h"
#include "domain/moves.h"

/* Reads a body for a move: only the members its row names (and `claim` on tasks), required ones
 * present, each of its type. An empty body is {}. */
MUST_CHECK bool move_body_read(const struct move *move, struct slice body, struct arena *arena,
                               struct move_body *ret_body, struct error *err);
/* JSON type of a body field, for the description: "string", "boolean", "array" ...; NULL: unknown.
 */
const char *move_field_schema(const char *move, const char *field);
