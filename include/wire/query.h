/* Query strings' values and cursors. */
#pragma once

#include "base/error.h"
#include "base/instant.h"

/* "500", min..max; absent (NULL): `standard`. Fault names the query member `name`. */
MUST_CHECK bool query_count(const char *value, const char *name, int64_t standard, int64_t min,
                            int64_t max, int64_t *ret_value, struct error *err);
/* An RFC 3339 instant, or a date (its first instant at `offset_s` from UTC); NULL: INSTANT_NONE. */
MUST_CHECK bool query_instant(const char *value, const char *name, int offset_s,
                              struct instant *ret_at, struct error *err);
/* A date; NULL: `standard`. */
MUST_CHECK bool query_date(const char *value, const char *name, struct date standard,
                           struct date *ret_date, struct error *err);
/* "48h", "90m", "2d" -> a span, at most a year. NULL: `standard`. */
MUST_CHECK bool query_span(const char *value, const char *name, struct span standard,
                           struct span *ret_span, struct error *err);
/* A word of a NULL-ended list; NULL: -1. */
MUST_CHECK bool query_word(const char *value, const char *name, const char *const *words,
                           int *ret_word, struct error *err);
/* Words of a NULL-ended list with commas between; NULL: none. */
MUST_CHECK bool query_words(const char *value, const char *name, const char *const *words,
                            struct names *ret_words, struct error *err);

enum { CURSOR_PARTS = 4 };

/* An opaque cursor (base64url with a check sum over `kind`): the sort key of the last item. `kind`
 * names the list, so that another list's cursor is refused. */
struct cursor {
    int count;
    int64_t number[CURSOR_PARTS];
    const char *text; /* NULL: none */
};
const char *cursor_write(const struct cursor *cursor, const char *kind, struct arena *arena);
/* NULL text: count 0. One that was made up: FAULT_MALFORMED naming `cursor`. */
MUST_CHECK bool cursor_read(const char *text, const char *kind, struct arena *arena,
                            struct cursor *ret_cursor, struct error *err);
