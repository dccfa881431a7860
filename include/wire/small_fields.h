/* The shapes of the small bodies. Internal to wire. */
#pragma once

#include "wire/shape.h"

extern const struct shape key_shape, claim_shape, renew_shape, release_shape, deadline_ask_shape;
extern const struct shape recalculation_ask_shape;
