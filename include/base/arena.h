/* Memory that dies together: one arena per request, registry row or batch. Nothing in it is freed
 * alone. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/mem.h"

struct arena;

/* A new, empty arena; the caller ends it with arena_free. */
struct arena *arena_new(void);
/* Frees the arena and everything taken from it; NULL is fine. */
void arena_free(struct arena *arena);
/* For CLEANUP(arena_drop). */
void arena_drop(struct arena **arena);
/* `size` zeroed bytes, aligned for any type, valid until the arena is freed. */
void *arena_take(struct arena *arena, size_t size);
/* A copy of a NUL-terminated text; NULL stays NULL. */
char *arena_copy(struct arena *arena, const char *text);
/* A copy of `size` bytes with a NUL behind them. */
char *arena_bytes(struct arena *arena, const void *bytes, size_t size);
/* A formatted text. */
char *arena_format(struct arena *arena, const char *format, ...) PRINTF(2, 3);
char *arena_vformat(struct arena *arena, const char *format, va_list values) PRINTF(2, 0);
/* A zeroed array of `count` elements of a type. */
#define ARENA_ARRAY(arena, type, count)                                                            \
    ((type *)arena_take((arena), sizeof(type) * (size_t)(count)))
#define ARENA_NEW(arena, type) ARENA_ARRAY(arena, type, 1)
/* `array` grown from `from` to `to` elements of `size` bytes; the old ones are copied. */
void *arena_grow(struct arena *arena, const void *array, size_t from, size_t to, size_t size);
