/* POST /v1/calendars/{code}/recalculate: open tasks under an older version of the calendar are
 * reckoned anew under the present one, by decision only (spec 5). */
#pragma once

#include "flow/flow.h"

extern const struct steps recalculate_steps;
