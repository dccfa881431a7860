/* The shapes of bodies and answers that the description of the interface names. Internal to wire.
 */
#pragma once

#include "wire/shape.h"

/* By the shapes' names; NULL behind the last. */
extern const struct shape *const shapes_sent[];
extern const struct shape *const shapes_shown[];
/* The short form of a ticket; the whole one has the fields sent too. */
extern const struct shape ticket_shown_shape;
