/* Rows of a result, read column by column in the order of the statement's list. */
#pragma once

#include "base/instant.h"
#include "base/text.h"

struct pg_result;

/* The rows of one statement; borrowed from its work until the next send. */
struct rows {
    const struct pg_result *result; /* NULL: no rows */
    int count;
};

struct row {
    const struct pg_result *result;
    int row;
    int column;
    struct arena *arena; /* where texts are copied */
};

/* Stands before the first column of row `index`. */
struct row rows_at(const struct rows *rows, int index, struct arena *arena);
/* The next column. SQL NULL: NULL, 0, false, INSTANT_NONE, empty. */
int64_t row_int(struct row *row);
bool row_bool(struct row *row);
double row_double(struct row *row);
const char *row_text(struct row *row);
struct slice row_bytes(struct row *row);
/* The same without a copy: borrowed as the rows are. */
struct slice row_view(struct row *row);
struct instant row_instant(struct row *row);
struct names row_names(struct row *row);
/* The next column is SQL NULL; stays before it. */
bool row_null(const struct row *row);
/* The word's place in a NULL-ended list, -1 for NULL. */
int row_word(struct row *row, const char *const *words);
