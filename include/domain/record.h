/* The legal record of a ticket as one number, so that a changed column is found; and what events
 * vouch for beside it. */
#pragma once

#include "domain/ticket.h"

/* SHA-256 in hex over number, kind, urgency, category, area, title, content, source, external
 * number and the kept fields of the submission, each with its length in front. A public answer
 * counts only where the ticket was answered at the seat; the petitioner only by whether there is a
 * phone and whether they are secret. */
const char *record_digest(const struct ticket *ticket, struct arena *arena);

/* Read from the data of an event. */
struct vouched {
    const char *record; /* of the ticket from here on; NULL: as before */
    const char *kept;   /* of an `erase`: the digest of all data before it; NULL: none */
    bool clocks;        /* the dues of its task from here on are ... */
    struct instant due[STAGE_COUNT];
    const char *stage; /* what it tells of, such as "overdue": its word; NULL: none */
};
