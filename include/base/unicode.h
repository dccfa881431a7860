/* Unicode normalization, ICU's. */
#pragma once

#include <stdint.h>

#include "base/arena.h"

/* The NFKC form (Unicode Standard Annex 15) of a valid UTF-8 text, spaces at both ends removed; by
 * it names are compared. */
const char *unicode_nfkc(struct arena *arena, const char *text);

/* Code points. */
struct signs {
    int count;
    const uint32_t *at;
};
/* The letters and digits of the NFKC form in lower case; all that stands between them is left out.
 * NULL has none. Time grows with the text; Chinese with ASCII takes a short way. */
struct signs unicode_fold(struct arena *arena, const char *text);
