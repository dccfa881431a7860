/* Health, metrics and the description of the interface. */
#pragma once

#include "flow/flow.h"

extern const struct steps livez_steps;
extern const struct steps readyz_steps;
extern const struct steps metrics_steps;
extern const struct steps openapi_steps;
