/* Unicode normalization, ICU's. */
#pragma once

#include "base/arena.h"

/* The NFKC form (Unicode Standard Annex 15) of a valid UTF-8 text, spaces at both ends removed; by
 * it names are compared. */
const char *unicode_nfkc(struct arena *arena, const char *text);
