/* RFC 4180 over a text in memory: records of cells. UTF-8 with or without a byte order mark, lines
 * ending LF or CRLF, empty lines skipped. Internal to wire. */
#pragma once

#include "base/text.h"

struct csv {
    struct slice rest;
    int line; /* of the next record, from 1 */
};

struct csv_row {
    int line; /* where it begins */
    int count;
    const char **cells; /* in the arena of the call */
    const char *fault;  /* NULL, or what is wrong in cell `count`: the rest of the line is lost */
};

struct csv csv_open(struct slice file);
/* The next record; false at the end. */
bool csv_next(struct csv *csv, struct arena *arena, struct csv_row *ret_row);
