/* A chain of blocks; each new block is twice the last, up to a limit. Large pieces get a block of
 * their own. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_BLOCK = 512, LAST_BLOCK = 64 * 1024, ALIGNMENT = 16 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    char bytes[] __attribute__((aligned(ALIGNMENT)));
};

struct arena {
    struct block *blocks; /* the first one is being filled */
};

static struct block *block_new(size_t size)
{
    struct block *block = mem_zero(sizeof(*block) + size);
    block->size = size;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = mem_zero(sizeof(*arena));
    arena->blocks = block_new(FIRST_BLOCK);
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        mem_free(block);
        block = next;
    }
    mem_free(arena);
}

void arena_drop(struct arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct block *block = arena->blocks;
    if (size > block->size - block->used) {
        size_t next = block->size * 2 < LAST_BLOCK ? block->size * 2 : LAST_BLOCK;
        struct block *fresh = block_new(size > next ? size : next);
        fresh->next = block;
        arena->blocks = block = fresh;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

char *arena_bytes(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = arena_take(arena, size + 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_bytes(arena, text, strlen(text));
}

char *arena_vformat(struct arena *arena, const char *format, va_list values)
{
    va_list again;
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = arena_take(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, values);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = arena_vformat(arena, format, values);
    va_end(values);
    return text;
}

void *arena_grow(struct arena *arena, const void *array, size_t from, size_t to, size_t size)
{
    void *grown = arena_take(arena, to * size);
    if (from > 0)
        memcpy(grown, array, from * size);
    return grown;
}
