/* Counts by code. Two tables with open addressing; entries are never removed. A code's hash stands
 * for the code, so that asking costs one look into memory. */
#include "domain/code_hash.h"
#include "domain/match.h"

enum { FIRST_ROOM = 64 };

struct taken {
    uint64_t hash; /* 0 = free */
    int64_t count;
    uint64_t load; /* the number of the load that was expected when it last changed */
};

struct kept {
    uint64_t hash; /* 0 = free */
    struct unit_record record;
};

/* Each at most half full; room is a power of two. */
struct standing {
    uint64_t load; /* loads expected so far */
    size_t taken_room, taken_count;
    struct taken *taken;
    size_t kept_room, kept_count;
    struct kept *kept;
};

/* The entry of the code, or the free place where it would be. */
static struct taken *taken_find(const struct standing *standing, uint64_t hash)
{
    size_t at = hash & (standing->taken_room - 1);
    while (standing->taken[at].hash != 0 && standing->taken[at].hash != hash)
        at = (at + 1) & (standing->taken_room - 1);
    return &standing->taken[at];
}

static struct kept *kept_find(const struct standing *standing, uint64_t hash)
{
    size_t at = hash & (standing->kept_room - 1);
    while (standing->kept[at].hash != 0 && standing->kept[at].hash != hash)
        at = (at + 1) & (standing->kept_room - 1);
    return &standing->kept[at];
}

static struct taken *taken_make(struct standing *standing, const char *code)
{
    if ((standing->taken_count + 1) * 2 > standing->taken_room) {
        struct standing larger = *standing;
        larger.taken_room *= 2;
        larger.taken = mem_zero(larger.taken_room * sizeof(*larger.taken));
        for (size_t i = 0; i < standing->taken_room; i++)
            if (standing->taken[i].hash != 0)
                *taken_find(&larger, standing->taken[i].hash) = standing->taken[i];
        mem_free(standing->taken);
        *standing = larger;
    }
    uint64_t hash = code_hash(code);
    struct taken *taken = taken_find(standing, hash);
    standing->taken_count += taken->hash == 0;
    taken->hash = hash;
    return taken;
}

static struct kept *kept_make(struct standing *standing, const char *code)
{
    if ((standing->kept_count + 1) * 2 > standing->kept_room) {
        struct standing larger = *standing;
        larger.kept_room *= 2;
        larger.kept = mem_zero(larger.kept_room * sizeof(*larger.kept));
        for (size_t i = 0; i < standing->kept_room; i++)
            if (standing->kept[i].hash != 0)
                *kept_find(&larger, standing->kept[i].hash) = standing->kept[i];
        mem_free(standing->kept);
        *standing = larger;
    }
    uint64_t hash = code_hash(code);
    struct kept *kept = kept_find(standing, hash);
    standing->kept_count += kept->hash == 0;
    kept->hash = hash;
    return kept;
}

struct standing *standing_new(void)
{
    struct standing *standing = mem_zero(sizeof(*standing));
    standing->taken_room = standing->kept_room = FIRST_ROOM;
    standing->taken = mem_zero(FIRST_ROOM * sizeof(*standing->taken));
    standing->kept = mem_zero(FIRST_ROOM * sizeof(*standing->kept));
    return standing;
}

void standing_free(struct standing *standing)
{
    if (standing == NULL)
        return;
    mem_free(standing->taken);
    mem_free(standing->kept);
    mem_free(standing);
}

int64_t standing_taken(const struct standing *standing, uint64_t resource)
{
    return taken_find(standing, resource)->count;
}

const struct unit_record *standing_record(const struct standing *standing, uint64_t unit)
{
    return &kept_find(standing, unit)->record;
}

void standing_set_taken(struct standing *standing, const char *resource, int64_t count)
{
    struct taken *taken = taken_make(standing, resource);
    taken->count = count;
    taken->load = standing->load;
}

void standing_take(struct standing *standing, const char *resource, int64_t more)
{
    struct taken *taken = taken_make(standing, resource);
    taken->count += more;
    taken->load = standing->load;
}

void standing_expect_load(struct standing *standing)
{
    standing->load++;
}

void standing_forget_taken(struct standing *standing)
{
    for (size_t i = 0; i < standing->taken_room; i++)
        if (standing->taken[i].load != standing->load)
            standing->taken[i].count = 0;
}

void standing_load_taken(struct standing *standing, const char *resource, int64_t count)
{
    struct taken *taken = taken_make(standing, resource);
    if (taken->load != standing->load)
        taken->count = count;
}

void standing_set_record(struct standing *standing, const char *unit, struct unit_record record)
{
    kept_make(standing, unit)->record = record;
}
