/* Takes the texts out of the events of dossiers that were erased, a piece at a time, inside the
 * transaction that saves them. */
#pragma once

#include "flow/flow.h"

struct erasure;

/* For dossiers after dossier_erase, in order of id. */
struct erasure *erasure_new(struct dossier **dossiers, int count, struct arena *arena);
/* Asks for the first piece; a transaction is open. The next step calls erasure_go_on. */
enum next erasure_begin(struct flow *flow, struct erasure *erasure);
/* Strips the piece that came. While there are more the same step comes again; then GO: the
 * dossiers' events `erase` vouch for what is left, the last statement waits to be sent with those
 * that save. */
enum next erasure_go_on(struct flow *flow, struct erasure *erasure);
