/* Writing JSON into a growing text. Commas come by themselves: one is put before whatever does not
 * open its array or object. `key` is NULL in an array and at the root. */
#pragma once

#include "base/instant.h"
#include "base/text.h"

/* '{' or '[', and its end. */
void put_begin(struct text *text, const char *key, char bracket);
void put_end(struct text *text, char bracket);
/* A text; NULL becomes null. What is not UTF-8 becomes U+FFFD, so that the result is JSON always.
 */
void put_text(struct text *text, const char *key, const char *value);
/* The same, but NULL is left out. */
void put_given(struct text *text, const char *key, const char *value);
void put_int(struct text *text, const char *key, int64_t value);
void put_real(struct text *text, const char *key, double value); /* shortest; not finite: null */
void put_flag(struct text *text, const char *key, bool value);
void put_null(struct text *text, const char *key);
/* Text that is JSON already; empty becomes null. */
void put_raw(struct text *text, const char *key, struct slice json);
void put_names(struct text *text, const char *key, const struct names *names);
/* A word of a list; a place below 0 becomes null. */
void put_word(struct text *text, const char *key, const char *const *words, int word);
/* RFC 3339; absent becomes null. `arena` is for the moment. */
struct instant_form {
    struct arena *arena;
    int offset_s;
};
void put_instant(struct text *text, const char *key, struct instant at,
                 const struct instant_form *form);
/* Moves a finished text into an arena. */
struct slice put_done(struct text *text, struct arena *arena);
/* A NUL-terminated text as a slice; NULL is empty. */
struct slice slice_of(const char *text);
