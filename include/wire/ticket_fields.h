/* The fields of a submission: all of them, and those kept as text beside the columns. Internal to
 * wire. */
#pragma once

#include "wire/shape.h"

extern const struct shape submission_shape;
extern const struct shape kept_shape;

struct ticket;
/* "origin":{"kind","id"} of a dossier. */
void put_origin(struct text *text, const struct ticket *ticket, struct arena *arena);
