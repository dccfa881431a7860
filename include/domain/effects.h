/* The effects behind the table of moves. Inside the domain only: dossier_move calls them when state
 * and role are right. */
#pragma once

#include "domain/dossier.h"

typedef bool (*effect_fn)(const struct doing *doing);

/* The effect of a move by name; NULL: none. */
effect_fn effect_on_ticket(const char *name);
effect_fn effect_on_task(const char *name);
/* Hang, unhang and extensions: see effects_clocks.c. */
bool effect_hang(const struct doing *doing);
bool effect_unhang(const struct doing *doing);
bool effect_extend(const struct doing *doing);
bool effect_extend_approve(const struct doing *doing);
bool effect_extend_reject(const struct doing *doing);
/* Nobody decides on a reply or request of their own: FAULT_DENIED. */
bool effect_not_own(const struct doing *doing);
/* The unit or (unit NULL) org lies below the caller's org: by `parent`, or by `joined`. */
bool effect_below(const struct doing *doing, const struct unit *unit, const struct org *org);
/* The body's reason is in the policy's catalogue, where it has one; else a fault at /reason. */
bool effect_reason(const struct doing *doing, const struct selector *catalogue);
/* Routes again for a redispatch: to body.unit, body.org, `proposed` (a unit code), or by the
 * inventory without those who returned the ticket; then sends it. At most one is set. */
bool effect_send_again(const struct doing *doing, const char *proposed, bool designated);
/* An active unit or org of the body that is not barred; NULL with a fault at /unit or /org. */
const struct unit *effect_unit(const struct doing *doing, const char *code);
const struct org *effect_org(const struct doing *doing, const char *code);
