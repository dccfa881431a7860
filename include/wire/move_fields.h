/* The members that bodies of moves may have: one master table; which of them a move takes stands in
 * the table of moves. Internal to wire. */
#pragma once

#include "domain/moves.h"
#include "wire/shape.h"

enum { MOVE_FIELDS = 24 };

/* The shape of a move's body, made in place: `fields` has room for MOVE_FIELDS. */
struct shape move_shape(const struct move *move, struct field fields[MOVE_FIELDS]);
