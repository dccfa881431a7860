/* The table of statements made from sql/stmt: one file, one statement, prepared on every
 * connection. */
#pragma once

enum statement {
#define ENTRY(upper, name, text) STMT_##upper,
#include "statements.inc"
#undef ENTRY
    STMT_COUNT
};

struct statement_text {
    const char *name; /* the prepared name, also the file's path with _ for / */
    const char *text;
};

extern const struct statement_text statements[STMT_COUNT];
