/* POST /v1/calendars/{code}/overrides, text/csv `date,kind,name`: dated exceptions added to a
 * calendar, in place of those of the same dates. */
#pragma once

#include "flow/flow.h"

extern const struct steps overrides_steps;
