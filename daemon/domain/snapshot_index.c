/* The lists by which a snapshot is asked: orgs over an area, orgs below an org, units by name and
 * by membership. Sorted once, searched by halves. */
#include "domain/snapshot_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"
#include "domain/inventory.h"

static int compare_entries(const void *left, const void *right)
{
    const struct listing_entry *a = left, *b = right;
    int order = strcmp(a->key, b->key);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static void listing_put(struct listing *listing, const char *key, const void *value)
{
    listing->at[listing->count] = (struct listing_entry){key, value, listing->count};
    listing->count++;
}

static void listing_sort(struct listing *listing)
{
    if (listing->count > 1)
        qsort(listing->at, listing->count, sizeof(*listing->at), compare_entries);
}

static int compare_key(const struct listing_entry *entry, const char *key, size_t size)
{
    int order = strncmp(entry->key, key, size);
    return order != 0 ? order : entry->key[size] != '\0';
}

/* The entries whose key is the first `size` bytes of `key`. */
static struct listing_range listing_find(const struct listing *listing, const char *key,
                                         size_t size)
{
    size_t low = 0, high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_key(&listing->at[middle], key, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct listing_range range = {0, listing->at == NULL ? NULL : listing->at + low};
    while (low + range.count < listing->count &&
           compare_key(&range.at[range.count], key, size) == 0)
        range.count++;
    return range;
}

static void index_orgs_in(struct snapshot *snapshot)
{
    size_t count, room = 0;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_ORG, &count);
    for (size_t i = 0; i < count; i++)
        room += (size_t)((const struct org *)rows[i]->value)->areas.count;
    snapshot->orgs_in.at = ARENA_ARRAY(snapshot->arena, struct listing_entry, room);
    for (int kind = 0; kind < ORG_KIND_COUNT; kind++) {
        for (size_t i = 0; i < count; i++) {
            const struct org *org = rows[i]->value;
            if (org->kind != kind || org->status != STATUS_ACTIVE)
                continue;
            for (int j = 0; j < org->areas.count; j++)
                listing_put(&snapshot->orgs_in, org->areas.at[j], org);
        }
    }
    listing_sort(&snapshot->orgs_in);
}

static void index_orgs_below(struct snapshot *snapshot)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_ORG, &count);
    snapshot->orgs_below.at = ARENA_ARRAY(snapshot->arena, struct listing_entry, count);
    for (size_t i = 0; i < count; i++) {
        const struct org *org = rows[i]->value;
        if (org->parent != NULL)
            listing_put(&snapshot->orgs_below, org->parent, org);
    }
    listing_sort(&snapshot->orgs_below);
}

static void put_name(struct snapshot *snapshot, const char *name, struct unit_name value)
{
    struct unit_name *kept = ARENA_NEW(snapshot->arena, struct unit_name);
    *kept = value;
    listing_put(&snapshot->units_named, unicode_nfkc(snapshot->arena, name), kept);
}

static void index_units(struct snapshot *snapshot)
{
    size_t count, joined = 0, names = 0;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_UNIT, &count);
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = rows[i]->value;
        joined += (size_t)unit->joined.count;
        names += 2 + (size_t)unit->aliases.count;
    }
    snapshot->units_joined.at = ARENA_ARRAY(snapshot->arena, struct listing_entry, joined);
    snapshot->units_named.at = ARENA_ARRAY(snapshot->arena, struct listing_entry, names);
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = rows[i]->value;
        for (int j = 0; j < unit->joined.count; j++)
            listing_put(&snapshot->units_joined, unit->joined.at[j], unit);
        put_name(snapshot, unit->code, (struct unit_name){unit, DATE_NONE, DATE_NONE});
        put_name(snapshot, unit->name, (struct unit_name){unit, DATE_NONE, DATE_NONE});
        for (int j = 0; j < unit->aliases.count; j++) {
            const struct alias *alias = &unit->aliases.at[j];
            put_name(snapshot, alias->name, (struct unit_name){unit, alias->from, alias->to});
        }
    }
    listing_sort(&snapshot->units_joined);
    listing_sort(&snapshot->units_named);
}

void snapshot_index(struct snapshot *snapshot)
{
    index_orgs_in(snapshot);
    index_orgs_below(snapshot);
    index_units(snapshot);
}

static bool is_barred(const struct names *barred, const char *code)
{
    return barred != NULL && names_have(barred, code);
}

const struct org *snapshot_org_over(const struct snapshot *snapshot, int kind, const char *area,
                                    const struct names *barred)
{
    size_t size = area == NULL ? 0 : strlen(area);
    for (int level = LEVEL_COMMUNITY; level >= LEVEL_PROVINCE; level--) {
        if ((size_t)area_digits(level) > size)
            continue;
        struct listing_range range =
            listing_find(&snapshot->orgs_in, area, (size_t)area_digits(level));
        for (size_t i = 0; i < range.count; i++) {
            const struct org *org = range.at[i].value;
            if (org->kind == kind && !is_barred(barred, org->code))
                return org;
        }
    }
    return NULL;
}

/* The first org found over the area, by kinds from `first` up to the city. */
static const struct org *climb(const struct snapshot *snapshot, int first, const char *area,
                               const struct names *barred)
{
    for (int kind = first; kind >= ORG_CITY_CONFERENCE; kind--) {
        const struct org *org = snapshot_org_over(snapshot, kind, area, barred);
        if (org != NULL)
            return org;
    }
    return NULL;
}

const struct org *snapshot_ladder(const struct snapshot *snapshot, const char *area,
                                  const struct names *barred)
{
    return climb(snapshot, ORG_COMMUNITY_COMMITTEE, area, barred);
}

const struct org *snapshot_target(const struct snapshot *snapshot, const struct unit *unit,
                                  const struct names *barred)
{
    if (unit->formation != FORMATION_NONE) {
        const struct org *own = snapshot_org(snapshot, unit->org);
        if (own != NULL && own->status == STATUS_ACTIVE && !is_barred(barred, own->code))
            return own;
    }
    return climb(snapshot, ORG_STREET_ALLIANCE, unit->area, barred);
}

const struct unit *const *snapshot_units_named(const struct snapshot *snapshot, const char *name,
                                               struct date today, struct arena *arena,
                                               int *ret_count)
{
    const char *wanted = unicode_nfkc(arena, name);
    struct listing_range range = listing_find(&snapshot->units_named, wanted, strlen(wanted));
    const struct unit **units = ARENA_ARRAY(arena, const struct unit *, range.count);
    int count = 0;
    for (size_t i = 0; i < range.count; i++) {
        const struct unit_name *found = range.at[i].value;
        bool again = count > 0 && units[count - 1] == found->unit; /* its code, name and aliases */
        if (!again && (!date_set(today) || date_within(today, found->from, found->to)))
            units[count++] = found->unit;
    }
    *ret_count = count;
    return units;
}

struct names snapshot_orgs_below(const struct snapshot *snapshot, const char *org,
                                 struct arena *arena)
{
    struct names names = {0};
    names.at = ARENA_ARRAY(arena, const char *, snapshot->orgs_below.count + 1);
    names.at[names.count++] = org;
    /* Each org has one parent, so only a loop could bring back one that is there: the first. */
    for (int next = 0; next < names.count; next++) {
        const char *parent = names.at[next];
        struct listing_range range = listing_find(&snapshot->orgs_below, parent, strlen(parent));
        for (size_t i = 0; i < range.count; i++) {
            const struct org *below = range.at[i].value;
            if (strcmp(below->code, org) != 0)
                names.at[names.count++] = below->code;
        }
    }
    return names;
}

struct names snapshot_units_joined(const struct snapshot *snapshot, const char *org,
                                   struct arena *arena)
{
    struct listing_range range = listing_find(&snapshot->units_joined, org, strlen(org));
    struct names names = {0, ARENA_ARRAY(arena, const char *, range.count)};
    for (size_t i = 0; i < range.count; i++)
        names.at[names.count++] = ((const struct unit *)range.at[i].value)->code;
    return names;
}
