/* What tickets are like, beside the tickets themselves: later ones are held against it. */
#pragma once

#include "domain/dossier.h"
#include "store/work.h"

/* Adds the statements that keep what new and corrected tickets (those with a sketch) are like, and
 * drop those that are cancelled, invalid or erased. */
void likeness_store_save(struct work *work, struct dossier **dossiers, int all,
                         struct arena *arena);
