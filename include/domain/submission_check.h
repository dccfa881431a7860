/* A submission against the registry: do its codes exist? Pure. */
#pragma once

#include "domain/snapshot.h"
#include "domain/ticket.h"

/* Category, area, accused unit: known and not ended. Every fault with its pointer. The operator's
 * own choice of unit is checked by routing. */
bool submission_check(const struct submission *sent, const struct snapshot *snapshot,
                      struct error *err);
