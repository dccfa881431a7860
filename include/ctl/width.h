/* Text on a terminal: how many columns it takes (CJK takes two), cut to fit, and harmless. Needs a
 * UTF-8 LC_CTYPE, which main sets. */
#pragma once

#include "base/arena.h"

/* Columns that a clean text takes. */
int width_of(const char *text);
/* Without line ends, tabs, control characters, and marks that turn the reading direction: a
 * citizen's text cannot steer the terminal. Bytes that are not UTF-8 become U+FFFD. */
const char *width_clean(struct arena *arena, const char *text);
/* Cut to at most `columns`, with an ellipsis if anything was cut. */
const char *width_cut(struct arena *arena, const char *text, int columns);
