/* Counting and mixing. A history has far fewer different (category, area, unit) than cases, so they
 * are counted in a hash table first, which is then laid out in order: the entries of a key stand
 * together, and keys are found by halving. */
#include "domain/learn_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A weight, or a part of one, below which nothing is said of a place: all cases long past. */
static const double FORGOTTEN = 1e-200;
static const double CANCELLED = 1e-4;

struct entry {
    int category, area, unit;
    int cases; /* 0 = free, while counting */
    double weight;
};

struct key {
    int category, area;
    size_t first;
    int count;
    int64_t cases;
    double weight;
};

struct learn_model {
    const struct learn_space *space;
    const struct learn_rules *rules;
    struct entry *entries; /* by category, area, unit */
    size_t count, room;    /* room: a power of two, while counting */
    struct key *keys;      /* by category, area */
    size_t key_count;
    const struct key **areas; /* keys of all categories, by area; NULL = no case there */
};

static size_t hash_of(const struct entry *entry)
{
    uint64_t hash = (uint64_t)entry->category * 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 32) ^ (uint64_t)entry->area) * 0xC2B2AE3D27D4EB4Fu;
    hash = (hash ^ (hash >> 29) ^ (uint64_t)entry->unit) * 0x165667B19E3779F9u;
    return (size_t)(hash ^ (hash >> 32));
}

static struct entry *find_entry(const struct learn_model *model, const struct entry *like)
{
    size_t at = hash_of(like) & (model->room - 1);
    for (;; at = (at + 1) & (model->room - 1)) {
        struct entry *entry = &model->entries[at];
        if (entry->cases == 0 || (entry->category == like->category && entry->area == like->area &&
                                  entry->unit == like->unit))
            return entry;
    }
}

static void double_room(struct learn_model *model)
{
    struct learn_model larger = {.room = model->room * 2};
    larger.entries = mem_zero(larger.room * sizeof(*larger.entries));
    for (size_t i = 0; i < model->room; i++)
        if (model->entries[i].cases > 0)
            *find_entry(&larger, &model->entries[i]) = model->entries[i];
    mem_free(model->entries);
    model->entries = larger.entries;
    model->room = larger.room;
}

static void count_one(struct learn_model *model, struct entry one)
{
    if ((model->count + 1) * 2 > model->room)
        double_room(model);
    struct entry *entry = find_entry(model, &one);
    if (entry->cases == 0) {
        *entry = (struct entry){one.category, one.area, one.unit, 0, 0};
        model->count++;
    }
    entry->cases++;
    entry->weight += one.weight;
}

static void count_facts(struct learn_model *model, size_t count)
{
    const struct learn_space *space = model->space;
    double half_life = model->rules->half_life;
    int newest = count > 0 ? space->facts[count - 1].day : 0;
    for (size_t i = 0; i < count; i++) {
        const struct learn_fact *fact = &space->facts[i];
        double weight = half_life > 0 ? exp2((fact->day - newest) / half_life) : 1;
        for (int c = fact->category; c >= 0; c = space->categories.above[c])
            for (int a = fact->area; a >= 0; a = space->areas.above[a])
                count_one(model, (struct entry){c, a, fact->unit, 1, weight});
    }
}

static int by_key_and_unit(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->category != right->category)
        return left->category < right->category ? -1 : 1;
    if (left->area != right->area)
        return left->area < right->area ? -1 : 1;
    return (left->unit > right->unit) - (left->unit < right->unit);
}

static void pack_entries(struct learn_model *model)
{
    size_t to = 0;
    for (size_t i = 0; i < model->room; i++)
        if (model->entries[i].cases > 0)
            model->entries[to++] = model->entries[i];
    model->entries = mem_grow(model->entries, model->count * sizeof(*model->entries));
    if (model->count > 0)
        qsort(model->entries, model->count, sizeof(*model->entries), by_key_and_unit);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
    return a->category == b->category && a->area == b->area;
}

static void make_keys(struct learn_model *model)
{
    for (size_t i = 0; i < model->count; i++)
        model->key_count += i == 0 || !same_key(&model->entries[i], &model->entries[i - 1]);
    model->keys = mem_zero(model->key_count * sizeof(*model->keys));
    model->areas = mem_zero((size_t)model->space->areas.count * sizeof(*model->areas));
    struct key *key = model->keys;
    for (size_t i = 0; i < model->count; i++) {
        const struct entry *entry = &model->entries[i];
        if (i > 0 && !same_key(entry, entry - 1))
            key++;
        if (key->count == 0)
            *key = (struct key){entry->category, entry->area, i, 0, 0, 0};
        if (entry->category == 0)
            model->areas[entry->area] = key;
        key->count++;
        key->cases += entry->cases;
        key->weight += entry->weight;
    }
}

struct learn_model *learn_model_new(const struct learn_space *space, size_t count,
                                    const struct learn_rules *rules)
{
    struct learn_model *model = mem_zero(sizeof(*model));
    model->space = space;
    model->rules = rules;
    model->room = 1024;
    model->entries = mem_zero(model->room * sizeof(*model->entries));
    count_facts(model, count);
    pack_entries(model);
    make_keys(model);
    return model;
}

void learn_model_drop(struct learn_model **model)
{
    mem_free((*model)->entries);
    mem_free((*model)->keys);
    mem_free((*model)->areas);
    mem_free(*model);
    *model = NULL;
}

static const struct key *find_key(const struct learn_model *model, int category, int area)
{
    if (category == 0)
        return model->areas[area];
    size_t low = 0, high = model->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct key *key = &model->keys[middle];
        if (key->category < category || (key->category == category && key->area < area))
            low = middle + 1;
        else
            high = middle;
    }
    const struct key *key = &model->keys[low];
    return low < model->key_count && key->category == category && key->area == area ? key : NULL;
}

/* (n + lend * q) / (N + lend), in place. */
static void mix(const struct learn_model *model, const struct key *key, double lend, double *shares)
{
    if (key == NULL)
        return;
    double all = key->weight + lend;
    for (int u = 0; u < model->space->unit_count; u++)
        shares[u] *= lend / all;
    for (const struct entry *entry = &model->entries[key->first];
         entry < &model->entries[key->first + (size_t)key->count]; entry++)
        shares[entry->unit] += entry->weight / all;
}

static double sum_of(const double *shares, int count)
{
    double sum = 0;
    for (int u = 0; u < count; u++)
        sum += shares[u];
    return sum;
}

/* Multiplies and returns by how much the sum of all shares grew: keeping the sum is much cheaper
 * than adding up all units for each of millions of keys. */
static double grow(double *share, double factor)
{
    double before = *share;
    *share *= factor;
    return *share - before;
}

/* Each share times how much more of the unit's work lies here than of all work in the wider area,
 * with `territory` cases added that are spread like all work; then made to sum to 1 again. */
static void stay_in_area(const struct learn_model *model, int area, double *shares)
{
    const struct key *here = model->areas[area];
    const struct key *wide = model->areas[model->space->areas.above[area]];
    double extra = model->rules->territory, sum = 1;
    if (here == NULL || wide == NULL)
        return;
    double part = here->weight / wide->weight;
    if (!(part > FORGOTTEN))
        return;
    for (int i = 0; i < wide->count; i++) {
        const struct entry *entry = &model->entries[wide->first + (size_t)i];
        sum += grow(&shares[entry->unit], extra / (entry->weight + extra));
    }
    for (int i = 0; i < here->count; i++) {
        const struct entry *entry = &model->entries[here->first + (size_t)i];
        sum += grow(&shares[entry->unit], (entry->weight + extra * part) / (extra * part));
    }
    if (!(sum > CANCELLED)) /* too much was taken away for the rest to be exact */
        sum = sum_of(shares, model->space->unit_count);
    for (int u = 0; u < model->space->unit_count; u++)
        shares[u] *= 1 / sum;
}

void learn_model_root(const struct learn_model *model, int category, double *ret_shares)
{
    const struct learn_codes *codes = &model->space->categories;
    memset(ret_shares, 0, (size_t)model->space->unit_count * sizeof(*ret_shares));
    mix(model, find_key(model, 0, 0), 0, ret_shares);
    for (int depth = 1; depth <= codes->depth[category]; depth++) {
        int above = category;
        while (codes->depth[above] > depth)
            above = codes->above[above];
        mix(model, find_key(model, above, 0), model->rules->lend, ret_shares);
    }
}

void learn_model_narrow(const struct learn_model *model, int category, int area,
                        const double *above, double *ret_shares)
{
    memcpy(ret_shares, above, (size_t)model->space->unit_count * sizeof(*ret_shares));
    stay_in_area(model, area, ret_shares);
    mix(model, find_key(model, category, area), model->rules->lend, ret_shares);
}

int64_t learn_model_seen(const struct learn_model *model, int category, int area)
{
    const struct key *key = find_key(model, category, area);
    return key != NULL ? key->cases : 0;
}

int64_t learn_model_cases(const struct learn_model *model, int category, int area, int unit)
{
    const struct key *key = find_key(model, category, area);
    for (size_t low = 0, high = key != NULL ? (size_t)key->count : 0; low < high;) {
        size_t middle = low + (high - low) / 2;
        const struct entry *entry = &model->entries[key->first + middle];
        if (entry->unit == unit)
            return entry->cases;
        if (entry->unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}
