/* Reading the registry: one row from the database, lists from the registry in memory. */
#pragma once

#include "flow/flow.h"

/* GET /v1/{kind}/{code} */
extern const struct steps registry_get_steps;
/* GET /v1/{kind}: `limit`, `cursor`, `status`, `prefix` (of the code), `q` (part of the name), and
 * by kind: areas `level`; orgs `kind parent area`; units `kind area org joined`; resources `unit
 * kind category area`; agreements `org unit`; categories `parent`. */
extern const struct steps registry_list_steps;

/* A stored row as this caller may see it, with its version: unit and org keys see contact and
 * ledger of their own units only. */
struct slice registry_shown(struct flow *flow, int kind, const char *code, struct slice stored,
                            int64_t version);
