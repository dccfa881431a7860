/* GET /v1/verify: the hash chains of a bounded number of tickets, page after page. */
#pragma once

#include "flow/flow.h"

extern const struct steps verify_steps;
