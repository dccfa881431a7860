/* Who is shown what of a ticket in reach (spec 3): free texts without personal numbers for units
 * and orgs, and the petitioner only to those who need to call. */
#pragma once

#include "flow/flow.h"

/* The ticket as this flow's caller gets it: for a unit or org a copy with masked texts. What is
 * kept does not change. */
struct ticket privacy_ticket(const struct flow *flow, const struct ticket *ticket);
/* The same of an event: the texts of its data. */
struct event privacy_event(const struct flow *flow, const struct event *event);
/* What a statement may look for in titles and contents on behalf of the caller: for a unit or org
 * only a ticket's number, else a search for one more digit each time would tell what is masked. */
const char *privacy_query(const struct flow *flow, const char *q);
/* The ticket, as the caller gets it, has `q` in its title or content, or as its number; NULL: all
 * have it. */
bool privacy_found(const struct flow *flow, const struct dossier *dossier, const char *q);
/* The caller may read the petitioner's identity: a unit or org only while a task of the ticket is
 * its own and open, never of a report or a secret. Being above or a member of who holds the task is
 * not enough, and neither is having had it. */
bool privacy_knows_petitioner(const struct flow *flow, const struct dossier *dossier);
