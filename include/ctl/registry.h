/* Kinds of registry rows on the command line. */
#pragma once

#include "ctl/ctl.h"

/* The kind as it stands in paths ("units"), for its plural or singular; NULL: says which there are.
 */
const char *registry_kind_name(const struct ctl *ctl, const char *kind);
