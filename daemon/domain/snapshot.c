/* Rows put together into one value. A new snapshot shares the rows of the old one and differs in
 * the rows that were put in; what is derived from rows is made anew. */
#include "domain/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "domain/inventory.h"
#include "domain/snapshot_index.h"
#include "domain/topic.h"

struct registry_row *registry_row_hold(struct registry_row *row)
{
    row->references++;
    return row;
}

void registry_row_free(struct registry_row *row)
{
    if (row == NULL || --row->references > 0)
        return;
    arena_free(row->arena);
}

static bool keeps_versions(int kind)
{
    return kind == REGISTRY_POLICY || kind == REGISTRY_CALENDAR;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* By kind, code and version: the order in which rows are put together. */
static int compare_rows(const void *left, const void *right)
{
    const struct registry_row *a = *(struct registry_row *const *)left;
    const struct registry_row *b = *(struct registry_row *const *)right;
    if (a->kind != b->kind)
        return a->kind - b->kind;
    int order = strcmp(a->code, b->code);
    return order != 0 ? order : compare_numbers(a->version, b->version);
}

static bool same_row(const struct registry_row *a, const struct registry_row *b)
{
    return a->kind == b->kind && strcmp(a->code, b->code) == 0;
}

/* Adds a row to its kind; it comes after all smaller codes. Of equal codes the last one stays. */
static void kind_add(struct snapshot *snapshot, struct registry_row *row)
{
    size_t *count = &snapshot->kinds[row->kind].count;
    struct registry_row **at = snapshot->kinds[row->kind].at;
    if (*count > 0 && same_row(at[*count - 1], row)) {
        registry_row_free(at[*count - 1]);
        at[*count - 1] = registry_row_hold(row);
        return;
    }
    at[(*count)++] = registry_row_hold(row);
}

/* The rows of one kind: those of the base and the new ones, both sorted, become one sorted list. */
static void kind_merge(struct snapshot *snapshot, const struct snapshot *base, int kind,
                       struct registry_row **rows, size_t count)
{
    size_t old = base == NULL ? 0 : base->kinds[kind].count;
    snapshot->kinds[kind].at = mem_zero((old + count) * sizeof(struct registry_row *));
    size_t i = 0, j = 0;
    while (i < old || j < count) {
        bool from_base =
            j == count || (i < old && compare_rows(&base->kinds[kind].at[i], &rows[j]) <= 0);
        kind_add(snapshot, from_base ? base->kinds[kind].at[i++] : rows[j++]);
    }
    struct map *map = map_new(snapshot->kinds[kind].count);
    for (size_t k = 0; k < snapshot->kinds[kind].count; k++)
        map_put(map, snapshot->kinds[kind].at[k]->code, snapshot->kinds[kind].at[k]);
    snapshot->kinds[kind].by_code = map;
}

/* Keeps the versions of the base and adds the new ones; the same version again replaces. */
static void versions_merge(struct snapshot *snapshot, const struct snapshot *base,
                           struct registry_row **rows, size_t count)
{
    size_t old = base == NULL ? 0 : base->version_count;
    struct registry_row **at = mem_zero((old + count) * sizeof(struct registry_row *));
    size_t kept = 0, i = 0;
    for (size_t j = 0; i < old || j < count;) {
        bool from_base = j == count || (i < old && compare_rows(&base->versions[i], &rows[j]) <= 0);
        struct registry_row *row = from_base ? base->versions[i++] : rows[j++];
        if (!keeps_versions(row->kind))
            continue;
        if (kept > 0 && compare_rows(&at[kept - 1], &row) == 0)
            registry_row_free(at[--kept]);
        at[kept++] = registry_row_hold(row);
    }
    snapshot->versions = at;
    snapshot->version_count = kept;
}

struct placed {
    struct registry_row *row;
    size_t place;
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    int order = compare_rows(&a->row, &b->row);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* A copy of the rows by kind, code and version; equal ones stay in the order given. The caller
 * frees it. */
static struct registry_row **sort_rows(struct registry_row **rows, size_t count)
{
    struct placed *placed = mem_zero(count * sizeof(*placed));
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        placed[i] = (struct placed){rows[i], i};
        sorted = sorted && (i == 0 || compare_placed(&placed[i - 1], &placed[i]) < 0);
    }
    if (!sorted)
        qsort(placed, count, sizeof(*placed), compare_placed);
    struct registry_row **copy = mem_zero(count * sizeof(struct registry_row *));
    for (size_t i = 0; i < count; i++)
        copy[i] = placed[i].row;
    mem_free(placed);
    return copy;
}

struct snapshot *snapshot_new(const struct snapshot *base, struct registry_row **rows, size_t count,
                              int64_t revision)
{
    struct snapshot *snapshot = mem_zero(sizeof(*snapshot));
    snapshot->references = 1;
    snapshot->revision = revision;
    snapshot->arena = arena_new();
    struct registry_row **sorted = sort_rows(rows, count);
    size_t from = 0;
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        size_t to = from;
        while (to < count && sorted[to]->kind == kind)
            to++;
        kind_merge(snapshot, base, kind, sorted + from, to - from);
        from = to;
    }
    versions_merge(snapshot, base, sorted, count);
    for (size_t i = 0; i < count; i++)
        registry_row_free(sorted[i]); /* the reference that we took over */
    mem_free(sorted);
    snapshot_index(snapshot);
    snapshot->topics = topics_new(snapshot);
    snapshot->inventory = inventory_new(snapshot);
    return snapshot;
}

struct snapshot *snapshot_hold(struct snapshot *snapshot)
{
    snapshot->references++;
    return snapshot;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL || --snapshot->references > 0)
        return;
    inventory_free(snapshot->inventory);
    topics_free(snapshot->topics);
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        for (size_t i = 0; i < snapshot->kinds[kind].count; i++)
            registry_row_free(snapshot->kinds[kind].at[i]);
        mem_free(snapshot->kinds[kind].at);
        map_free(snapshot->kinds[kind].by_code);
    }
    for (size_t i = 0; i < snapshot->version_count; i++)
        registry_row_free(snapshot->versions[i]);
    mem_free(snapshot->versions);
    arena_free(snapshot->arena);
    mem_free(snapshot);
}

int64_t snapshot_revision(const struct snapshot *snapshot)
{
    return snapshot->revision;
}

const struct registry_row *snapshot_row(const struct snapshot *snapshot, int kind, const char *code)
{
    return map_get(snapshot->kinds[kind].by_code, code);
}

static const void *value_of(const struct snapshot *snapshot, int kind, const char *code)
{
    const struct registry_row *row = snapshot_row(snapshot, kind, code);
    return row == NULL ? NULL : row->value;
}

const struct area *snapshot_area(const struct snapshot *snapshot, const char *code)
{
    return value_of(snapshot, REGISTRY_AREA, code);
}

const struct org *snapshot_org(const struct snapshot *snapshot, const char *code)
{
    return value_of(snapshot, REGISTRY_ORG, code);
}

const struct unit *snapshot_unit(const struct snapshot *snapshot, const char *code)
{
    return value_of(snapshot, REGISTRY_UNIT, code);
}

const struct category *snapshot_category(const struct snapshot *snapshot, const char *code)
{
    return value_of(snapshot, REGISTRY_CATEGORY, code);
}

const struct calendar *snapshot_calendar(const struct snapshot *snapshot, const char *code)
{
    return value_of(snapshot, REGISTRY_CALENDAR, code);
}

static const void *version_of(const struct snapshot *snapshot, int kind, const char *code,
                              int64_t version)
{
    if (code == NULL)
        return NULL;
    const struct registry_row wanted = {.kind = kind, .code = code, .version = version};
    const struct registry_row *key = &wanted;
    struct registry_row **found = bsearch(&key, snapshot->versions, snapshot->version_count,
                                          sizeof(struct registry_row *), compare_rows);
    return found != NULL ? (*found)->value : value_of(snapshot, kind, code);
}

const struct policy *snapshot_policy_at(const struct snapshot *snapshot, const char *code,
                                        int64_t version)
{
    return version_of(snapshot, REGISTRY_POLICY, code, version);
}

const struct calendar *snapshot_calendar_at(const struct snapshot *snapshot, const char *code,
                                            int64_t version)
{
    return version_of(snapshot, REGISTRY_CALENDAR, code, version);
}

const struct registry_row *const *snapshot_rows(const struct snapshot *snapshot, int kind,
                                                size_t *ret_count)
{
    *ret_count = snapshot->kinds[kind].count;
    return (const struct registry_row *const *)snapshot->kinds[kind].at;
}

const struct topics *snapshot_topics(const struct snapshot *snapshot)
{
    return snapshot->topics;
}

const struct inventory *snapshot_inventory(const struct snapshot *snapshot)
{
    return snapshot->inventory;
}
