/* Exports: lists as CSV (spec 9). A line is made of an item's JSON, so that an export says what the
 * list says to the same caller, and nothing else.
 *
 * Another export, say of rates, needs
 *   - a line in EXPORTS below and its columns, with the names of the JSON's members, in
 *     wire/export_csv.c;
 *   - a row in edge/routes: ROUTE_EXPORT, the list's own steps, EXPORT_RATES as its kind, the
 * list's query without limit and cursor, "Csv" as its answer;
 *   - that the list begins its pages by page_begin and answers them by page_answer (flow/page.h).
 * whistlectl takes the name of any export as it is. */
#pragma once

#include "base/text.h"

/* X(NAME, "name") */
#define EXPORTS(X)                                                                                 \
    X(TICKETS, "tickets")                                                                          \
    X(TASKS, "tasks")                                                                              \
    X(OVERDUE, "overdue")                                                                          \
    X(DUE, "due")                                                                                  \
    X(SHORTAGES, "shortages")                                                                      \
    X(RATES, "rates")                                                                              \
    X(AGREEMENTS, "agreements")                                                                    \
    X(WHISTLES, "whistles")

#define X(name, word) EXPORT_##name,
enum export_kind { EXPORTS(X) EXPORT_COUNT };
#undef X
extern const char *const export_words[];

/* Adds the line of column names, behind the byte order mark. */
void export_names(struct text *text, int kind);
/* Adds the line of an item: JSON text of the list. */
void export_line(struct text *text, int kind, struct slice item);
