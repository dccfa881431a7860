/* One block per district and day; days gone by are forgotten with the process. */
#include "flow/serials.h"

#include "base/map.h"

struct block {
    int64_t next, end;
};

struct serials {
    struct arena *arena;
    struct map *blocks; /* "140213 20261123" -> struct block */
};

struct serials *serials_new(void)
{
    struct serials *serials = mem_zero(sizeof(*serials));
    serials->arena = arena_new();
    serials->blocks = map_new(16);
    return serials;
}

void serials_free(struct serials *serials)
{
    if (serials == NULL)
        return;
    map_free(serials->blocks);
    arena_free(serials->arena);
    mem_free(serials);
}

static struct block *find(struct serials *serials, const char *district, const char *day)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const char *key = arena_format(arena, "%s %s", district, day);
    struct block *block = map_get(serials->blocks, key);
    if (block == NULL) {
        block = ARENA_NEW(serials->arena, struct block);
        map_put(serials->blocks, arena_copy(serials->arena, key), block);
    }
    return block;
}

int64_t serials_left(struct serials *serials, const char *district, const char *day)
{
    const struct block *block = find(serials, district, day);
    return block->end - block->next;
}

int64_t serials_take(struct serials *serials, const char *district, const char *day)
{
    return find(serials, district, day)->next++;
}

void serials_add(struct serials *serials, const char *district, const char *day, int64_t end,
                 int64_t count)
{
    struct block *block = find(serials, district, day);
    *block = (struct block){end - count, end};
}
