/* Rows by dice. */
#include "support/random_registry.h"

enum { ORGS = 40, UNITS = 60, RESOURCES = 400, AGREEMENTS = 80 };

static uint64_t state;

void random_seed(uint64_t seed)
{
    state = seed;
}

int random_below(int sides)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (int)((z ^ (z >> 31)) % (uint64_t)sides);
}

static bool chance(int of)
{
    return random_below(of) == 0;
}

const char *random_area(struct arena *arena)
{
    static const int sizes[] = {2, 4, 6, 6, 9, 9, 9, 12, 12, 12};
    char *code = arena_format(arena, "140213%03d%03d", 50 + random_below(3), 1 + random_below(3));
    if (chance(8))
        code[5] = '4';
    code[sizes[random_below(COUNT_OF(sizes))]] = '\0';
    return code;
}

/* Of the tree 2 x 2 x 3 x 2, by number; a number beyond the leaves of a level goes up one. */
static const char *category_code(struct arena *arena, int number)
{
    static const int first[] = {0, 24, 36, 40, RANDOM_CATEGORIES}; /* leaves, then what is above */
    int above = 0;
    while (number >= first[above + 1])
        above++;
    static const int divisors[] = {1, 2, 6, 12};
    int leaf = (number - first[above]) * divisors[above];
    char *code =
        arena_format(arena, "%d.%d.%d.%d", leaf / 12, leaf / 6 % 2, leaf / 2 % 3, leaf % 2);
    code[(4 - above) * 2 - 1] = '\0';
    return code;
}

const char *random_category(struct arena *arena)
{
    return category_code(arena, random_below(RANDOM_CATEGORIES));
}

const char *random_code(struct arena *arena, const char *prefix, int count)
{
    return arena_format(arena, "%s%d", prefix, random_below(count));
}

struct date random_day(void)
{
    struct date date = DATE_NONE;
    date_make(2026, 1 + random_below(12), 1 + random_below(28), &date);
    return date;
}

static struct date maybe_day(void)
{
    return chance(2) ? DATE_NONE : random_day();
}

static struct names some(struct arena *arena, const char *(*one)(struct arena *arena), int most)
{
    struct names names = {0};
    for (int count = 1 + random_below(most); count > 0; count--)
        names = names_with(arena, &names, one(arena)); /* the same one may come twice */
    return names;
}

static void fill_org(struct registry_row *row, struct org *org)
{
    struct arena *arena = row->arena;
    org->code = org->name = random_code(arena, "o", ORGS);
    org->kind = random_below(ORG_KIND_COUNT);
    org->parent = chance(3) ? NULL : random_code(arena, "o", ORGS); /* loops and all */
    if (!chance(4))
        org->areas = some(arena, random_area, 3);
    org->status = chance(6) ? STATUS_ENDED : STATUS_ACTIVE;
}

static void fill_unit(struct registry_row *row, struct unit *unit)
{
    struct arena *arena = row->arena;
    unit->code = unit->name = random_code(arena, "u", UNITS);
    unit->kind = random_below(UNIT_KIND_COUNT);
    unit->area = chance(20) ? NULL : random_area(arena);
    unit->formation = random_below(FORMATION_COUNT);
    if (unit->formation != FORMATION_NONE)
        unit->org = random_code(arena, "o", ORGS);
    const struct names none = {0};
    if (chance(2))
        unit->joined = names_with(arena, &none, random_code(arena, "o", ORGS));
    unit->status = chance(8) ? STATUS_ENDED : STATUS_ACTIVE;
}

static void fill_resource(struct registry_row *row, struct resource *resource)
{
    struct arena *arena = row->arena;
    resource->code = resource->title = random_code(arena, "r", RESOURCES);
    resource->unit = random_code(arena, "u", UNITS);
    resource->kind = random_below(RESOURCE_KIND_COUNT) * !chance(3);
    resource->categories = some(arena, random_category, 3);
    resource->areas = some(arena, random_area, 3);
    resource->capacity = random_below(12) - 1;
    resource->valid_from = maybe_day();
    resource->valid_to = maybe_day();
    resource->confidence = chance(3) ? random_below(101) / 100.0 : -1;
    resource->status = chance(6) ? random_below(STATUS_ENDED + 1) : STATUS_OFFERED;
}

static void fill_agreement(struct registry_row *row, struct agreement *agreement)
{
    struct arena *arena = row->arena;
    agreement->code = random_code(arena, "a", AGREEMENTS);
    agreement->org = random_code(arena, "o", ORGS);
    agreement->unit = random_code(arena, "u", UNITS);
    agreement->signed_on = DATE_NONE;
    agreement->valid_from = maybe_day();
    agreement->valid_to = maybe_day();
    agreement->status = chance(6) ? STATUS_ENDED : STATUS_ACTIVE;
}

struct registry_row *random_category_row(int number)
{
    struct arena *arena = arena_new();
    struct registry_row *row = ARENA_NEW(arena, struct registry_row);
    struct category *category = ARENA_NEW(arena, struct category);
    category->code = category->name = category_code(arena, number);
    bool top = category->code[1] == '\0';
    category->parent = !top && chance(5) ? random_below(2) == 0 ? "0" : "1" : NULL;
    category->status = STATUS_ACTIVE;
    *row = (struct registry_row){.kind = REGISTRY_CATEGORY,
                                 .code = category->code,
                                 .value = category,
                                 .arena = arena,
                                 .references = 1};
    return row;
}

struct registry_row *random_row(int kind, int64_t version)
{
    struct arena *arena = arena_new();
    struct registry_row *row = ARENA_NEW(arena, struct registry_row);
    *row = (struct registry_row){.kind = kind, .version = version, .arena = arena, .references = 1};
    void *value = arena_take(arena, 512);
    row->value = value;
    if (kind == REGISTRY_ORG)
        fill_org(row, value);
    else if (kind == REGISTRY_UNIT)
        fill_unit(row, value);
    else if (kind == REGISTRY_RESOURCE)
        fill_resource(row, value);
    else
        fill_agreement(row, value);
    row->code = *(const char *const *)value;
    return row;
}
