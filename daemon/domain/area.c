/* Area codes as texts and as numbers. */
#include "domain/area.h"

#include <string.h>

static const int digits_of[LEVEL_COUNT] = {
    [LEVEL_PROVINCE] = 2, [LEVEL_CITY] = 4,       [LEVEL_DISTRICT] = 6,
    [LEVEL_STREET] = 9,   [LEVEL_COMMUNITY] = 12,
};

const char *area_above(struct arena *arena, const char *code)
{
    size_t size = strlen(code);
    for (int level = LEVEL_COMMUNITY; level >= 0; level--)
        if ((size_t)digits_of[level] < size)
            return arena_bytes(arena, code, (size_t)digits_of[level]);
    return NULL;
}

bool area_contains(const char *outer, const char *inner)
{
    return text_starts(inner, outer);
}

int area_level(const char *code)
{
    size_t size = strlen(code);
    for (int level = 0; level < LEVEL_COUNT; level++)
        if ((size_t)digits_of[level] == size)
            return level;
    return -1;
}

int area_digits(int level)
{
    return digits_of[level];
}

const char *area_street(struct arena *arena, const char *code)
{
    size_t size = strlen(code), street = (size_t)digits_of[LEVEL_STREET];
    return arena_bytes(arena, code, size < street ? size : street);
}

uint64_t area_key(const char *code, size_t size)
{
    if (size == 0 || size > 12)
        return 0;
    uint64_t key = 1; /* keeps leading zeros apart */
    for (size_t i = 0; i < size; i++) {
        if (code[i] < '0' || code[i] > '9')
            return 0;
        key = key * 10 + (uint64_t)(code[i] - '0');
    }
    return key;
}

struct area_chain area_chain(const char *code)
{
    struct area_chain chain = {0};
    size_t size = strlen(code);
    for (int level = 0; level < LEVEL_COUNT; level++)
        if ((size_t)digits_of[level] <= size)
            chain.keys[level] = area_key(code, (size_t)digits_of[level]);
    return chain;
}
