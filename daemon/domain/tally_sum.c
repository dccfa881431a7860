/* Sums of what tickets add, by group and period. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "domain/area.h"
#include "domain/tally.h"

enum { PERIODS = 2 };

const char *tally_street(const char *area, struct arena *arena)
{
    size_t digits = (size_t)area_digits(LEVEL_STREET);
    return strlen(area) > digits ? arena_bytes(arena, area, digits) : area;
}

static void add(struct tally_sums *sums, const struct tally_sum *key,
                const struct tally_counts *counts, int sign)
{
    const char *name = arena_format(sums->arena, "%d %s %s %s %s", key->group, key->period,
                                    key->area, key->code, tally_status_words[key->status]);
    struct tally_sum *sum = map_get(sums->by_key, name);
    if (sum == NULL) {
        sum = ARENA_NEW(sums->arena, struct tally_sum);
        *sum = *key;
        map_put(sums->by_key, name, sum);
    }
    for (int i = 0; i < TALLY_COUNTER_COUNT; i++)
        sum->counts.at[i] += sign * counts->at[i];
}

void tally_sums_add(struct tally_sums *sums, const struct tally *tally, int sign)
{
    if (!tally->counts)
        return;
    if (sums->by_key == NULL)
        sums->by_key = map_new(0);
    const char *day = date_format(sums->arena, tally->day);
    const char *periods[PERIODS] = {day, arena_bytes(sums->arena, day, strrchr(day, '-') - day)};
    const char *street = tally_street(tally->area, sums->arena);
    for (int i = 0; i < tally->row_count; i++) {
        const struct tally_row *row = &tally->rows[i];
        const char *codes[TALLY_GROUP_COUNT] = {row->holder, street, tally->category};
        for (int group = 0; group < TALLY_GROUP_COUNT; group++)
            for (int period = 0; period < PERIODS; period++)
                add(sums,
                    &(struct tally_sum){.group = group,
                                        .status = tally->status,
                                        .period = periods[period],
                                        .area = tally->area,
                                        .code = codes[group]},
                    &row->counts, sign);
    }
}

static bool is_zero(const struct tally_counts *counts)
{
    for (int i = 0; i < TALLY_COUNTER_COUNT; i++)
        if (counts->at[i] != 0)
            return false;
    return true;
}

static int compare_sums(const void *left, const void *right)
{
    const struct tally_sum *a = *(struct tally_sum *const *)left;
    const struct tally_sum *b = *(struct tally_sum *const *)right;
    int order = a->group - b->group;
    if (order == 0)
        order = strcmp(a->period, b->period);
    if (order == 0)
        order = strcmp(a->area, b->area);
    if (order == 0)
        order = strcmp(a->code, b->code);
    return order != 0 ? order : a->status - b->status;
}

struct tally_sum **tally_sums_list(const struct tally_sums *sums, int *ret_count)
{
    size_t count = sums->by_key == NULL ? 0 : map_count(sums->by_key), position = 0;
    struct tally_sum **list = ARENA_ARRAY(sums->arena, struct tally_sum *, count);
    const char *key;
    *ret_count = 0;
    if (count == 0)
        return list;
    for (struct tally_sum *sum = map_next(sums->by_key, &position, &key); sum != NULL;
         sum = map_next(sums->by_key, &position, &key))
        if (!is_zero(&sum->counts))
            list[(*ret_count)++] = sum;
    qsort(list, (size_t)*ret_count, sizeof(struct tally_sum *), compare_sums);
    return list;
}

void tally_sums_end(struct tally_sums *sums)
{
    map_free(sums->by_key);
    sums->by_key = NULL;
}
