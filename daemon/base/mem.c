/* Allocation that aborts instead of failing. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("level=error event=out_of_memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_zero(size_t size)
{
    return checked(calloc(1, size > 0 ? size : 1));
}

void *mem_grow(void *memory, size_t size)
{
    return checked(realloc(memory, size > 0 ? size : 1));
}

char *mem_copy(const char *text)
{
    return text == NULL ? NULL : checked(strdup(text));
}

void mem_free(void *memory)
{
    free(memory);
}
