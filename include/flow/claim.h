/* Claims with lease and fencing token (spec 10). */
#pragma once

#include "flow/flow.h"

extern const struct steps claim_steps;   /* POST /v1/claims, held when asked */
extern const struct steps renew_steps;   /* POST /v1/claims/renew */
extern const struct steps release_steps; /* POST /v1/claims/release */
