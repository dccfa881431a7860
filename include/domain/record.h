/* The legal record of a ticket as one number, so that a changed column is found. */
#pragma once

#include "domain/ticket.h"

/* SHA-256 in hex over number, kind, urgency, category, area, title, content, source, external
 * number and the kept fields of the submission, each with its length in front. A public answer
 * counts only where the ticket was answered at the seat; the petitioner only by whether there is a
 * phone and whether they are secret. */
const char *record_digest(const struct ticket *ticket, struct arena *arena);
