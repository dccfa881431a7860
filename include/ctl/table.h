/* Tables of text: aligned and cut to the terminal's width, or tab-separated lines for programs. */
#pragma once

#include <stdio.h>

#include "base/text.h"

enum column_kind {
    COLUMN_TEXT,   /* may be cut */
    COLUMN_CODE,   /* never cut */
    COLUMN_NUMBER, /* to the right, never cut */
    COLUMN_TIME,   /* minutes in a table, as sent for programs */
    COLUMN_SPAN,   /* seconds for programs, "2d 3h" in a table */
    COLUMN_NAMED,  /* {"code","name"}: the code for programs, both in a table */
    COLUMN_FIGURE, /* {"n","of","rate"}, or a number: two digits in a table */
};

struct column {
    const char *title;
    const char *path; /* of the member, as "unit.name" or "tasks.0.id" (see ctl/view) */
    int kind;         /* enum column_kind */
};

struct screen {
    bool pretty; /* aligned, with titles */
    bool bold;   /* titles in bold */
    int width;   /* columns of the terminal */
};

enum { TABLE_COLUMNS = 24 };

/* What the next part of the same table has to know. */
struct table_before {
    bool titled;
    int widths[TABLE_COLUMNS];
};

struct table;

/* `columns` are borrowed. `before` (zeroed at first) joins the parts of a table that is printed
 * piece by piece; NULL: it is all there. */
struct table *table_new(struct arena *arena, const struct screen *screen,
                        const struct column *columns, int count);
void table_continue(struct table *table, struct table_before *before);
/* Adds a row of as many cells as there are columns; NULL is empty. Texts are cleaned and copied. */
void table_add(struct table *table, const char *const *cells);
/* Prints titles and rows; columns without any content are left out of a pretty table. */
void table_print(const struct table *table, FILE *out);
