/* A submission against the registry: do its codes exist? Pure. */
#pragma once

#include "domain/snapshot.h"
#include "domain/ticket.h"

/* Category and area: known and not ended; units: known. Every fault with its pointer, added to what
 * reading found: what could not be read is NULL and passed over. Whether the operator's own choice
 * of unit may take it is checked by routing. */
bool submission_check(const struct submission *sent, const struct snapshot *snapshot,
                      struct error *err);
