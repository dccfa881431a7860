/* Personal numbers in free text, for those who get it without them (spec 3): phone numbers, ID card
 * and passport numbers, bank cards, e-mail addresses. Pure. */
#pragma once

#include "domain/ticket.h"

/* `text` (valid UTF-8, may be NULL) with the middle of each such number replaced by `*`, one for
 * each character; separators between digits stay. The same pointer when there is none, otherwise a
 * copy in the arena. Digits may be full-width or Chinese. Ticket numbers, task ids, dates, amounts,
 * house numbers and the public 400 and 800 numbers are left alone. Time linear in the size. */
const char *mask_text(struct arena *arena, const char *text);
/* The same in the free texts of a ticket: title, content, address, name of the accused, tags,
 * public answer. Codes and the numbers of other systems stay as they are. */
void mask_submission(struct submission *sent, struct arena *arena);
