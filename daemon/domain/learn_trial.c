/* The rows are indexed by category and area; a case asks for its own key and all wider ones. */
#include "domain/learn_trial.h"

#include <stdlib.h>
#include <string.h>

#include "domain/area.h"

struct offer {
    int category, area, unit;
    double confidence;
};

struct choice {
    int unit;
    double score;
};

struct trial {
    const struct learn_space *space;
    const struct rules *matching;
    struct offer *offers; /* by category, area */
    size_t offer_count;
    struct choice *choices; /* of the present case, each unit once */
    size_t count, room;
};

static int by_key(const void *a, const void *b)
{
    const struct offer *left = a, *right = b;
    if (left->category != right->category)
        return left->category < right->category ? -1 : 1;
    if (left->area != right->area)
        return left->area < right->area ? -1 : 1;
    return (left->unit > right->unit) - (left->unit < right->unit);
}

static void list_offers(struct trial *trial, const struct learn_rows *rows)
{
    size_t count = 0;
    for (int i = 0; i < rows->count; i++)
        count += (size_t)rows->at[i].category_count * (size_t)rows->at[i].area_count;
    trial->offers = mem_zero(count * sizeof(*trial->offers));
    for (int i = 0; i < rows->count; i++) {
        const struct learn_row *row = &rows->at[i];
        for (int c = 0; c < row->category_count; c++)
            for (int a = 0; a < row->area_count; a++)
                trial->offers[trial->offer_count++] =
                    (struct offer){row->categories[c], row->areas[a], row->unit, row->confidence};
    }
    if (count > 0)
        qsort(trial->offers, count, sizeof(*trial->offers), by_key);
}

static size_t first_offer(const struct trial *trial, int category, int area)
{
    const struct offer like = {category, area, -1, 0};
    size_t low = 0, high = trial->offer_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_key(&trial->offers[middle], &like) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double area_term(const struct rules *matching, const char *area)
{
    const double terms[LEVEL_COUNT] = {
        [LEVEL_PROVINCE] = matching->area_province,   [LEVEL_CITY] = matching->area_city,
        [LEVEL_DISTRICT] = matching->area_district,   [LEVEL_STREET] = matching->area_street,
        [LEVEL_COMMUNITY] = matching->area_community,
    };
    int level = area_level(area);
    return level >= 0 ? terms[level] : 0;
}

/* Keeps a unit's best score. */
static void choose(struct trial *trial, int unit, double score)
{
    for (size_t i = 0; i < trial->count; i++) {
        struct choice *choice = &trial->choices[i];
        if (choice->unit == unit) {
            choice->score = score > choice->score ? score : choice->score;
            return;
        }
    }
    if (trial->count == trial->room) {
        trial->room = trial->room * 2 + 64;
        trial->choices = mem_grow(trial->choices, trial->room * sizeof(*trial->choices));
    }
    trial->choices[trial->count++] = (struct choice){unit, score};
}

static void ask(struct trial *trial, const struct learn_fact *fact)
{
    const struct learn_codes *categories = &trial->space->categories;
    const struct learn_codes *areas = &trial->space->areas;
    const struct rules *matching = trial->matching;
    trial->count = 0;
    for (int c = fact->category; c > 0; c = categories->above[c])
        for (int a = fact->area; a >= 0; a = areas->above[a]) {
            double depth = (double)categories->depth[c] / categories->depth[fact->category];
            double score = matching->weight_category * depth +
                           matching->weight_area * area_term(matching, areas->at[a]);
            for (size_t i = first_offer(trial, c, a);
                 i < trial->offer_count && trial->offers[i].category == c &&
                 trial->offers[i].area == a;
                 i++)
                choose(trial, trial->offers[i].unit,
                       score + matching->weight_history * trial->offers[i].confidence);
        }
}

/* How many units are ranked before this one; -1: it is not there. Ties break by code. */
static int rank_of(const struct trial *trial, int unit)
{
    double score = -1;
    for (size_t i = 0; i < trial->count; i++)
        if (trial->choices[i].unit == unit)
            score = trial->choices[i].score;
    int before = 0;
    for (size_t i = 0; i < trial->count; i++) {
        const struct choice *choice = &trial->choices[i];
        before += choice->score > score || (choice->score == score && choice->unit < unit);
    }
    return score < 0 ? -1 : before;
}

struct learn_trial learn_trial_run(const struct learn_space *space, const struct learn_rows *rows,
                                   size_t first, const struct rules *matching)
{
    struct trial trial = {.space = space, .matching = matching};
    struct learn_trial result = {.from = DATE_NONE};
    list_offers(&trial, rows);
    for (size_t i = first; i < space->fact_count; i++) {
        const struct learn_fact *fact = &space->facts[i];
        ask(&trial, fact);
        int rank = rank_of(&trial, fact->unit);
        result.cases++;
        result.none += trial.count == 0;
        result.first += rank == 0;
        result.among_three += rank >= 0 && rank < 3;
    }
    if (result.cases > 0)
        result.from.day = space->facts[first].day;
    mem_free(trial.offers);
    mem_free(trial.choices);
    return result;
}
