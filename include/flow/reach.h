/* Dossiers of tickets and other heads as flows use them: loading, the part that the store cannot
 * read, who may see them, and how they are shown. */
#pragma once

#include "flow/flow.h"

/* "<ticket id>-<number>"; false: not of that form. */
MUST_CHECK bool task_id_parse(const char *text, int64_t *ret_ticket, int *ret_task);
/* Loads a ticket by its number; FAULT_NOT_FOUND without asking the database when it is mistyped. */
enum next ticket_load(struct flow *flow, const char *no);
/* Fills what the store cannot read, the kept part of the details; and makes them anew. */
void dossier_restore(struct dossier *dossier, struct arena *arena);
void dossier_keep(struct dossier *dossier, struct arena *arena);
/* May this flow's caller see the ticket / the dossier of any origin, restored / the task? (spec 10;
 * out of scope is 404) */
bool sees_ticket(const struct flow *flow, const struct dossier *dossier);
bool sees_dossier(const struct flow *flow, const struct dossier *dossier);
bool sees_task(const struct flow *flow, const struct dossier *dossier, const struct task *task);
/* The full view of a ticket as JSON, and one task. */
struct slice ticket_body(const struct flow *flow, const struct dossier *dossier);
struct slice task_body(const struct flow *flow, const struct dossier *dossier,
                       const struct task *task);
/* Moves the dossiers with new events to the front, behind the first, which stays; how many these
 * are. */
int dossiers_changed(struct dossier **dossiers, int count);
