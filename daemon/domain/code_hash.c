/* FNV-1a, mixed at the end so that the low bits can index a table. */
#include "domain/code_hash.h"

uint64_t code_hash(const char *code)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *code != '\0'; code++)
        hash = (hash ^ (unsigned char)*code) * 0x100000001b3u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    hash ^= hash >> 31;
    return hash == 0 ? 1 : hash;
}
