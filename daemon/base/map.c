/* Open addressing with linear probing; at most half full. */
#include "base/map.h"

#include <string.h>

struct entry {
    const char *key; /* NULL = free */
    void *value;
    uint64_t hash;
};

struct map {
    struct entry *entries;
    size_t room; /* a power of two */
    size_t count;
};

static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

struct map *map_new(size_t expected)
{
    struct map *map = mem_zero(sizeof(*map));
    map->room = 16;
    while (map->room < expected * 2)
        map->room *= 2;
    map->entries = mem_zero(map->room * sizeof(*map->entries));
    return map;
}

void map_free(struct map *map)
{
    if (map == NULL)
        return;
    mem_free(map->entries);
    mem_free(map);
}

static struct entry *find(const struct map *map, const char *key, uint64_t hash)
{
    size_t at = hash & (map->room - 1);
    while (map->entries[at].key != NULL) {
        if (map->entries[at].hash == hash && strcmp(map->entries[at].key, key) == 0)
            break;
        at = (at + 1) & (map->room - 1);
    }
    return &map->entries[at];
}

static void double_room(struct map *map)
{
    struct map larger = {NULL, map->room * 2, map->count};
    larger.entries = mem_zero(larger.room * sizeof(*larger.entries));
    for (size_t i = 0; i < map->room; i++)
        if (map->entries[i].key != NULL)
            *find(&larger, map->entries[i].key, map->entries[i].hash) = map->entries[i];
    mem_free(map->entries);
    *map = larger;
}

void map_put(struct map *map, const char *key, void *value)
{
    if ((map->count + 1) * 2 > map->room)
        double_room(map);
    uint64_t hash = hash_text(key);
    struct entry *entry = find(map, key, hash);
    map->count += entry->key == NULL;
    *entry = (struct entry){key, value, hash};
}

void *map_get(const struct map *map, const char *key)
{
    return key == NULL ? NULL : find(map, key, hash_text(key))->value;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

void *map_next(const struct map *map, size_t *position, const char **ret_key)
{
    while (*position < map->room) {
        struct entry *entry = &map->entries[(*position)++];
        if (entry->key != NULL) {
            if (ret_key != NULL)
                *ret_key = entry->key;
            return entry->value;
        }
    }
    return NULL;
}
