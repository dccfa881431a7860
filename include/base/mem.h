/* Heap memory that never comes back NULL: out of memory ends the process, since all state is in
 * PostgreSQL and the supervisor restarts us. The only place that calls malloc. */
#pragma once

#include <stddef.h>

/* Runs the named function on the variable's address when it leaves its scope. */
#define CLEANUP(function)   __attribute__((cleanup(function)))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
#define MUST_CHECK          __attribute__((warn_unused_result))
#define COUNT_OF(array)     (sizeof(array) / sizeof(*(array)))

/* `size` zeroed bytes; the caller owns them and returns them to mem_free. */
void *mem_zero(size_t size);
/* As realloc; `memory` may be NULL. */
void *mem_grow(void *memory, size_t size);
/* A copy of a NUL-terminated text on the heap; NULL stays NULL. */
char *mem_copy(const char *text);
/* Frees; NULL is fine. */
void mem_free(void *memory);
