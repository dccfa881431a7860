/* Builds a snapshot of 100,000 resources and matches random tickets: prints what both cost. A
 * three-level tree of categories, four levels of areas, some resources limited, units with records
 * and agreements, as a city would have them. Arguments: resources, matches (both may be left out).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "domain/match.h"

enum { STREETS = 200, COMMUNITIES = 10, UNITS = 5000, CODES = 32, TICKETS = 10000 };

static struct {
    char category[CODES], area[CODES];
} tickets[TICKETS];

/* A small generator of our own: the same registry on every machine. */
static uint32_t dice(uint32_t sides)
{
    static uint64_t state = 20260101;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % sides;
}

static struct registry_row *row_new(int kind, size_t size, const char *code)
{
    struct arena *arena = arena_new();
    struct registry_row *row = ARENA_NEW(arena, struct registry_row);
    *row = (struct registry_row){.kind = kind, .version = 1, .arena = arena, .references = 1};
    row->code = arena_copy(arena, code);
    row->value = arena_take(arena, size);
    return row;
}

static struct names one_name(struct arena *arena, const char *name)
{
    const struct names none = {0};
    return names_with(arena, &none, arena_copy(arena, name));
}

static void category_code(char *ret_code, uint32_t number, int levels)
{
    uint32_t parts[] = {number % 16, number / 16 % 8, number / 128 % 6};
    int size = 0;
    for (int i = 0; i < levels; i++)
        size += snprintf(ret_code + size, (size_t)(CODES - size), "%s%02u", i > 0 ? "." : "",
                         parts[i] + 1);
}

static void area_code(char *ret_code, uint32_t number, int level)
{
    snprintf(ret_code, CODES, "1402%02u%03u%03u", number % 4 + 10, number / 4 % (STREETS / 4),
             number / STREETS % COMMUNITIES + 1);
    ret_code[area_digits(level)] = '\0';
}

static struct registry_row *make_org(uint32_t number)
{
    char code[CODES], area[CODES];
    snprintf(code, sizeof(code), "al-%05u", number);
    area_code(area, number, LEVEL_STREET);
    struct registry_row *row = row_new(REGISTRY_ORG, sizeof(struct org), code);
    struct org *org = (struct org *)row->value;
    *org = (struct org){row->code, row->code, ORG_STREET_ALLIANCE, NULL, {0}, STATUS_ACTIVE};
    org->areas = one_name(row->arena, area);
    return row;
}

static struct registry_row *make_unit(uint32_t number)
{
    char code[CODES], area[CODES];
    snprintf(code, sizeof(code), "unit-%05u", number);
    area_code(area, dice(STREETS * COMMUNITIES), LEVEL_COMMUNITY);
    struct registry_row *row = row_new(REGISTRY_UNIT, sizeof(struct unit), code);
    struct unit *unit = (struct unit *)row->value;
    unit->code = unit->name = row->code;
    unit->area = arena_copy(row->arena, area);
    unit->formation = FORMATION_NONE;
    unit->status = STATUS_ACTIVE;
    return row;
}

static struct registry_row *make_agreement(uint32_t number)
{
    char code[CODES];
    snprintf(code, sizeof(code), "ag-%06u", number);
    struct registry_row *row = row_new(REGISTRY_AGREEMENT, sizeof(struct agreement), code);
    struct agreement *agreement = (struct agreement *)row->value;
    agreement->code = row->code;
    agreement->unit = arena_format(row->arena, "unit-%05u", dice(UNITS));
    agreement->org = arena_format(row->arena, "al-%05u", dice(STREETS));
    agreement->signed_on = agreement->valid_from = agreement->valid_to = DATE_NONE;
    agreement->status = STATUS_ACTIVE;
    return row;
}

static struct registry_row *make_category(uint32_t number, int levels)
{
    char code[CODES];
    category_code(code, number, levels);
    struct registry_row *row = row_new(REGISTRY_CATEGORY, sizeof(struct category), code);
    struct category *category = (struct category *)row->value;
    category->code = category->name = row->code;
    category->status = STATUS_ACTIVE;
    return row;
}

/* The place of the first share above a roll of 0..99; the last share is 100. */
static int pick(const uint32_t *shares)
{
    uint32_t roll = dice(100);
    int place = 0;
    while (roll >= shares[place])
        place++;
    return place;
}

static struct registry_row *make_resource(uint32_t number)
{
    /* Most duties are narrow, few are wide: about fifty candidates for a ticket. */
    static const int levels[] = {LEVEL_CITY, LEVEL_DISTRICT, LEVEL_STREET, LEVEL_COMMUNITY};
    static const uint32_t area_shares[] = {2, 10, 40, 100}, depth_shares[] = {6, 40, 100};
    char code[CODES], category[CODES], area[CODES];
    snprintf(code, sizeof(code), "rs-%07u", number);
    category_code(category, dice(768), 1 + pick(depth_shares));
    area_code(area, dice(STREETS * COMMUNITIES), levels[pick(area_shares)]);
    struct registry_row *row = row_new(REGISTRY_RESOURCE, sizeof(struct resource), code);
    struct resource *resource = (struct resource *)row->value;
    resource->code = resource->title = row->code;
    resource->unit = arena_format(row->arena, "unit-%05u", dice(UNITS));
    resource->kind = (int)dice(RESOURCE_KIND_COUNT);
    resource->categories = one_name(row->arena, category);
    resource->areas = one_name(row->arena, area);
    resource->capacity = dice(2) == 0 ? -1 : (int64_t)dice(20) + 2;
    resource->valid_from = resource->valid_to = DATE_NONE;
    resource->confidence = -1;
    resource->status = STATUS_OFFERED;
    return row;
}

static struct snapshot *build(uint32_t resources)
{
    size_t count = 0;
    struct registry_row **rows = mem_zero((resources + 20000) * sizeof(struct registry_row *));
    for (uint32_t i = 0; i < 768; i++)
        for (int levels = 1; levels <= 3; levels++)
            rows[count++] = make_category(i, levels);
    for (uint32_t i = 0; i < STREETS; i++)
        rows[count++] = make_org(i);
    for (uint32_t i = 0; i < UNITS; i++)
        rows[count++] = make_unit(i);
    for (uint32_t i = 0; i < UNITS; i++)
        rows[count++] = make_agreement(i);
    for (uint32_t i = 0; i < resources; i++)
        rows[count++] = make_resource(i);
    struct span begun = clock_steady();
    struct snapshot *snapshot = snapshot_new(NULL, rows, count, 1);
    printf("build of %u resources: %.1f ms\n", resources,
           (double)(clock_steady().us - begun.us) / 1e3);
    struct registry_row *one = make_resource(resources / 2);
    begun = clock_steady();
    struct snapshot *next = snapshot_new(snapshot, &one, 1, 2);
    printf("one row replaced: %.1f ms\n", (double)(clock_steady().us - begun.us) / 1e3);
    snapshot_free(snapshot);
    mem_free(rows);
    return next;
}

static struct standing *load(uint32_t resources)
{
    struct standing *standing = standing_new();
    char code[CODES];
    for (uint32_t i = 0; i < resources / 10; i++) {
        snprintf(code, sizeof(code), "rs-%07u", dice(resources));
        standing_set_taken(standing, code, 1);
    }
    for (uint32_t i = 0; i < UNITS; i++) {
        snprintf(code, sizeof(code), "unit-%05u", i);
        standing_set_record(standing, code, (struct unit_record){100, dice(100), 50, 40});
    }
    return standing;
}

static void make_tickets(void)
{
    for (uint32_t i = 0; i < TICKETS; i++) {
        category_code(tickets[i].category, dice(768), 3);
        area_code(tickets[i].area, dice(STREETS * COMMUNITIES), LEVEL_COMMUNITY);
    }
}

int main(int argc, char **argv)
{
    uint32_t resources = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    uint32_t matches = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 200000;
    struct snapshot *snapshot = build(resources);
    struct standing *standing = load(resources);
    make_tickets();
    struct demand demand = {.kind = TICKET_COMPLAINT};
    date_make(2026, 11, 23, &demand.today);
    int64_t candidates = 0;
    struct span begun = clock_steady();
    for (uint32_t i = 0; i < matches; i++) {
        demand.category = tickets[i % TICKETS].category;
        demand.area = tickets[i % TICKETS].area;
        struct arena *arena = arena_new();
        candidates += match(&demand, snapshot, standing, arena).count;
        arena_free(arena);
    }
    double ns = (double)(clock_steady().us - begun.us) * 1e3 / matches;
    printf("match: %.0f ns, %.1f candidates\n", ns, (double)candidates / matches);
    standing_free(standing);
    snapshot_free(snapshot);
    return 0;
}
