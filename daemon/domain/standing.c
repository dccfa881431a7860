/* Counts by code. Two tables with open addressing; entries are never removed. The matcher brings
 * the hash along, so that asking costs one look into memory. */
#include <assert.h>
#include <string.h>

#include "domain/inventory.h"
#include "domain/match.h"

struct tally {
    uint64_t hash; /* 0 = free */
    char *code;
    union {
        int64_t taken;
        struct unit_record record;
    };
};

struct tallies {
    struct tally *at;
    size_t room; /* a power of two, or 0 */
    size_t count;
};

struct standing {
    struct tallies resources;
    struct tallies units;
};

/* The entry of the code, or the free place where it would be. */
static struct tally *tally_find(const struct tallies *tallies, const char *code, uint64_t hash)
{
    size_t at = hash & (tallies->room - 1);
    while (tallies->at[at].hash != 0) {
        if (tallies->at[at].hash == hash && strcmp(tallies->at[at].code, code) == 0)
            break;
        at = (at + 1) & (tallies->room - 1);
    }
    return &tallies->at[at];
}

static void tallies_grow(struct tallies *tallies)
{
    struct tallies larger = {NULL, tallies->room == 0 ? 64 : tallies->room * 2, tallies->count};
    larger.at = mem_zero(larger.room * sizeof(*larger.at));
    for (size_t i = 0; i < tallies->room; i++)
        if (tallies->at[i].hash != 0)
            *tally_find(&larger, tallies->at[i].code, tallies->at[i].hash) = tallies->at[i];
    mem_free(tallies->at);
    *tallies = larger;
}

static struct tally *tally_make(struct tallies *tallies, const char *code)
{
    if ((tallies->count + 1) * 2 > tallies->room)
        tallies_grow(tallies);
    uint64_t hash = code_hash(code);
    struct tally *tally = tally_find(tallies, code, hash);
    if (tally->hash == 0) {
        tally->hash = hash;
        tally->code = mem_copy(code);
        tallies->count++;
    }
    return tally;
}

static void tallies_clear(struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->room; i++)
        mem_free(tallies->at[i].code);
    mem_free(tallies->at);
}

struct standing *standing_new(void)
{
    return mem_zero(sizeof(struct standing));
}

void standing_free(struct standing *standing)
{
    if (standing == NULL)
        return;
    tallies_clear(&standing->resources);
    tallies_clear(&standing->units);
    mem_free(standing);
}

int64_t standing_taken_hashed(const struct standing *standing, const char *resource, uint64_t hash)
{
    return standing->resources.count == 0 ? 0
                                          : tally_find(&standing->resources, resource, hash)->taken;
}

struct unit_record standing_record_hashed(const struct standing *standing, const char *unit,
                                          uint64_t hash)
{
    return standing->units.count == 0 ? (struct unit_record){0}
                                      : tally_find(&standing->units, unit, hash)->record;
}

int64_t standing_taken(const struct standing *standing, const char *resource)
{
    return standing_taken_hashed(standing, resource, code_hash(resource));
}

struct unit_record standing_record(const struct standing *standing, const char *unit)
{
    return standing_record_hashed(standing, unit, code_hash(unit));
}

void standing_set_taken(struct standing *standing, const char *resource, int64_t taken)
{
    tally_make(&standing->resources, resource)->taken = taken;
}

void standing_take(struct standing *standing, const char *resource, int64_t more)
{
    tally_make(&standing->resources, resource)->taken += more;
}

void standing_set_record(struct standing *standing, const char *unit, struct unit_record record)
{
    tally_make(&standing->units, unit)->record = record;
}
