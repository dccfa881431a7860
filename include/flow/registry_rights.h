/* What a unit or an org may do to the registry: units propose their own resources, orgs decide on
 * them (spec 2). Roles as such stand in the route table. */
#pragma once

#include "flow/flow.h"

/* The caller is the unit itself, or an org that routes to it: its routing target's, its street's,
 * one that it joined, or one above these. */
bool registry_reaches(const struct flow *flow, const char *unit);
/* Whether the caller may put `value` in place of `old` (NULL: there is none yet). Sets the status
 * that comes of it: what a unit writes is `proposed` again. False: FAULT_DENIED. */
MUST_CHECK bool registry_rights(struct flow *flow, const struct resource *old,
                                struct resource *value);
