/* A hash table from texts to pointers, which only grows. Keys and values are borrowed. */
#pragma once

#include "base/text.h"

struct map;

/* An empty table with room for about `expected` entries. */
struct map *map_new(size_t expected);
void map_free(struct map *map); /* NULL is fine */
/* Sets or replaces; the key must outlive the entry. */
void map_put(struct map *map, const char *key, void *value);
/* The value, or NULL. */
void *map_get(const struct map *map, const char *key);
size_t map_count(const struct map *map);
/* Walks all entries in no order: begin with *position = 0; NULL at the end. */
void *map_next(const struct map *map, size_t *position, const char **ret_key);
