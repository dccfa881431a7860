/* The answer of /readyz. */
#pragma once

#include "base/text.h"

/* {"status":"ready" or "not ready","reasons":[],"warnings":[]} */
struct slice ready_write(const struct names *reasons, const struct names *warnings,
                         struct arena *arena);
