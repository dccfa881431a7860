/* The row of whistles in the table of heads, and the whistles that an erasure goes for too. */
#pragma once

#include "flow/head.h"

extern const struct head whistle_head;

/* Asks for the whistles on tickets by id, or on that of a number (NULL: none): rows of
 * ticket/raised. */
void whistles_on(struct work *work, const int64_t *tickets, int count, const char *no);
/* Their numbers, from the answer at `place` of the flow's work. */
struct names whistles_read(struct flow *flow, int place);
