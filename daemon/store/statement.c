/* The statements' names and texts. */
#include "store/statement.h"

const struct statement_text statements[STMT_COUNT] = {
#define ENTRY(upper, name, text) {name, text},
#include "statements.inc"
#undef ENTRY
};
