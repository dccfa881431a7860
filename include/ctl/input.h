/* What a command is given to send: files, tickets in them, small values on the command line. */
#pragma once

#include <jansson.h>

#include "base/error.h"

enum { INPUT_MAX = 256 << 20 };

/* Reads a whole file, or stdin for "-". The heap memory is the caller's; says what is wrong. */
MUST_CHECK bool input_read(const char *path, struct text *ret_text);

/* One JSON object of a file, as it was written. */
struct input_piece {
    struct slice bytes;
    int line; /* where it begins */
};
/* Finds the objects in one object, an array of them, or objects one after the other (JSON lines).
 * Each is checked to be JSON, so that one bad line does not spoil a batch on the way. Slices are
 * into `text`; says what is wrong. */
MUST_CHECK bool input_pieces(struct slice text, const char *path, struct arena *arena,
                             struct input_piece **ret_pieces, int *ret_count);

/* "5:working_day" -> {"amount":5,"unit":"working_day"}; NULL if it is not of that form. */
json_t *input_amount(const char *text);
