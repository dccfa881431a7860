/* Text: a borrowed slice, a list of codes, and a growing buffer on the heap. All formatting outside
 * arenas happens here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Borrowed bytes, not NUL-terminated. */
struct slice {
    const char *at;
    size_t size;
};

/* A list of borrowed NUL-terminated texts, such as codes. */
struct names {
    int count;
    const char **at;
};

/* A growing buffer; `at` is NUL-terminated once anything was added. Begin with {0}. */
struct text {
    char *at;
    size_t size;
    size_t room;
};

void text_clear(struct text *text); /* frees; also for CLEANUP */
void text_add(struct text *text, const char *more);
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_format(struct text *text, const char *format, ...) PRINTF(2, 3);

/* Equal; two NULLs are equal, NULL and a text are not. */
bool text_equal(const char *a, const char *b);
bool text_starts(const char *text, const char *prefix);
/* A whole decimal number, nothing around it, within `min`..`max`. */
MUST_CHECK bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);

bool names_have(const struct names *names, const char *name);
/* `names` with one more; the array is new, the texts are borrowed. */
struct names names_with(struct arena *arena, const struct names *names, const char *name);
/* The parts of `text` between separators, without empty ones. */
struct names names_split(struct arena *arena, const char *text, char separator);
char *names_join(struct arena *arena, const struct names *names, const char *separator);
