/* Whom needs and projects are offered to, in the database: lists for units ask for it. */
#pragma once

#include "domain/dossier.h"
#include "store/work.h"

/* Adds the statement that keeps it of those dossiers that were published; none: no statement. */
void offer_store_save(struct work *work, struct dossier **dossiers, int all, struct arena *arena);
