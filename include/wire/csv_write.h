/* CSV as it leaves the daemon (RFC 4180): UTF-8 with a byte order mark, lines ending CRLF, quotes
 * where needed. Whoever opens it in a spreadsheet is not to run what a citizen wrote: a cell that
 * could be taken for a formula gets an apostrophe before it. */
#pragma once

#include "base/text.h"

/* A line in the making, cell by cell. Begin with {text}. */
struct csv_line {
    struct text *text; /* borrowed; lines are added at its end */
    int count;         /* cells so far */
    bool blank;        /* and nothing in them */
};

/* What stands at the begin of a file: the byte order mark, without which spreadsheets guess. */
void csv_mark(struct text *text);
/* A text, made harmless; NULL is an empty cell. */
void csv_text(struct csv_line *line, const char *value);
/* A number as it is, also a negative one; what is none is guarded as a text. */
void csv_number(struct csv_line *line, const char *value);
/* Ends the line and begins another. */
void csv_end(struct csv_line *line);
