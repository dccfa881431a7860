/* Area codes of GB/T 2260 and the statistics: containment is the prefix relation, the level is the
 * length. Nothing here asks whether an area is registered. */
#pragma once

#include "domain/registry.h"

/* The area above by the prefix relation (12 -> 9 -> 6 -> 4 -> 2 digits); NULL at the top. Borrowed
 * from the arena; the area itself need not be registered. */
const char *area_above(struct arena *arena, const char *code);
/* `outer` is `inner` or a prefix of it. */
bool area_contains(const char *outer, const char *inner);
/* The level of an area code, by its length; -1 if it has none. */
int area_level(const char *code);
/* How many digits a code of this level has. */
int area_digits(int level);

/* The street that an area lies in: its first nine digits; a wider area is its own. */
const char *area_street(struct arena *arena, const char *code);

/* A code of 1 to 12 digits as a number that keeps its length ("02" and "2" differ); 0 for anything
 * else. Less than 2 to the power of AREA_KEY_BITS. */
enum { AREA_KEY_BITS = 41 };
uint64_t area_key(const char *code, size_t size);

/* An area and those above it as keys, by level; 0 where the area is wider than that level. */
struct area_chain {
    uint64_t keys[LEVEL_COUNT];
};
struct area_chain area_chain(const char *code);
