/* Codes of the registry in what is sent. */
#pragma once

#include "flow/flow.h"

/* Adds a fault at `pointer` unless a row of the kind has the code; NULL is fine. */
void codes_check(struct flow *flow, int kind, const char *code, const char *pointer);
/* The same for areas, below "/areas". */
void codes_check_areas(struct flow *flow, const struct names *areas);
