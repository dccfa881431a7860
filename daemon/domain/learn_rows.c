/* Keys are walked from coarse to fine: a category after those above it, within it each area after
 * those around it. A key is dropped when the row that would speak in its place does nearly as well;
 * what remains is joined wherever unit and confidence are the same. */
#include "domain/learn_rows.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* The units proposed for one category at one area. */
struct group {
    int category, area, count;
    int units[LEARN_TOP];
    int steps[LEARN_TOP]; /* confidence */
};

struct emission {
    const struct learn_space *space;
    const struct learn_model *model;
    const struct learn_rules *rules;
    struct group *groups; /* by category, area */
    size_t count, room;
    size_t *begin, *end;             /* the groups of each category */
    double *shares[LEVEL_COUNT + 1]; /* by depth of the area */
};

/* One group's unit; then one category's areas for a unit and confidence. */
struct cell {
    int unit, steps, category, area;
};
struct run {
    int unit, steps, category, count;
    const int *areas;
};

static void best_units(const struct emission *emission, const double *shares, struct group *group)
{
    int top = (int)emission->rules->top;
    double best[LEARN_TOP] = {0};
    assert(top >= 1 && top <= LEARN_TOP);
    for (int u = 0; u < emission->space->unit_count; u++) {
        if (shares[u] < emission->rules->floor || !(shares[u] > 0) ||
            (group->count == top && shares[u] <= best[top - 1]))
            continue;
        int at = group->count < top ? group->count++ : top - 1;
        for (; at > 0 && best[at - 1] < shares[u]; at--) {
            best[at] = best[at - 1];
            group->units[at] = group->units[at - 1];
        }
        best[at] = shares[u];
        group->units[at] = u;
    }
    for (int i = 0; i < group->count; i++)
        group->steps[i] = (int)fmax(1, nearbyint(best[i] / emission->rules->step));
}

static const struct group *group_at(const struct emission *emission, int category, int area)
{
    size_t low = emission->begin[category], high = emission->end[category];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (emission->groups[middle].area == area)
            return &emission->groups[middle];
        if (emission->groups[middle].area < area)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The group that speaks where this one is left out: the nearest area first, then category. */
static const struct group *wider(const struct emission *emission, const struct group *group)
{
    const struct learn_space *space = emission->space;
    for (int c = group->category; c > 0; c = space->categories.above[c])
        for (int a = group->area; a >= 0; a = space->areas.above[a]) {
            const struct group *found = group_at(emission, c, a);
            if (found != NULL)
                return found;
        }
    return NULL;
}

static double mass(const struct group *group, int count, const double *shares)
{
    double sum = 0;
    for (int i = 0; i < count && i < group->count; i++)
        sum += shares[group->units[i]];
    return sum;
}

/* How far the confidences of a wider group are off here, at most. */
static double error_of(const struct emission *emission, const struct group *group,
                       const double *shares)
{
    double error = 0;
    for (int i = 0; i < group->count; i++)
        error =
            fmax(error, fabs(shares[group->units[i]] - group->steps[i] * emission->rules->step));
    return error;
}

/* Units in another order, others among the first, or the same with quite other confidence: by that
 * the other terms of matching decide. */
static bool gains(const struct emission *emission, const struct group *group, const double *shares)
{
    const struct group *other = wider(emission, group);
    double gain = emission->rules->gain;
    return other == NULL || mass(group, 1, shares) - mass(other, 1, shares) >= gain ||
           mass(group, LEARN_TOP, shares) - mass(other, LEARN_TOP, shares) >= gain ||
           error_of(emission, other, shares) >= emission->rules->shift;
}

static void consider(struct emission *emission, int category, int area, const double *shares)
{
    if (emission->space->areas.at[area][0] == '\0')
        return; /* no area holds all provinces */
    struct group group = {.category = category, .area = area};
    best_units(emission, shares, &group);
    if (group.count == 0 || !gains(emission, &group, shares))
        return;
    if (emission->count == emission->room) {
        emission->room = emission->room * 2 + 64;
        emission->groups = mem_grow(emission->groups, emission->room * sizeof(*emission->groups));
    }
    emission->groups[emission->count++] = group;
    emission->end[category] = emission->count;
}

static void walk_areas(struct emission *emission, int category)
{
    const struct learn_codes *areas = &emission->space->areas;
    emission->begin[category] = emission->end[category] = emission->count;
    if (learn_model_seen(emission->model, category, 0) == 0)
        return;
    learn_model_root(emission->model, category, emission->shares[0]);
    consider(emission, category, 0, emission->shares[0]);
    for (int area = 1; area < areas->count; area++) {
        if (learn_model_seen(emission->model, 0, area) == 0)
            continue;
        int depth = areas->depth[area];
        double *shares = emission->shares[depth];
        learn_model_narrow(emission->model, category, area, emission->shares[depth - 1], shares);
        consider(emission, category, area, shares);
    }
}

static void walk(struct emission *emission)
{
    size_t categories = (size_t)emission->space->categories.count;
    size_t units = (size_t)emission->space->unit_count;
    emission->begin = mem_zero(categories * sizeof(*emission->begin));
    emission->end = mem_zero(categories * sizeof(*emission->end));
    for (size_t i = 0; i < COUNT_OF(emission->shares); i++)
        emission->shares[i] = mem_zero(units * sizeof(double));
    for (int category = 1; category < emission->space->categories.count; category++)
        walk_areas(emission, category);
    for (size_t i = 0; i < COUNT_OF(emission->shares); i++)
        mem_free(emission->shares[i]);
    mem_free(emission->begin);
    mem_free(emission->end);
}

static int by_cell(const void *a, const void *b)
{
    const struct cell *left = a, *right = b;
    const int mine[] = {left->unit, left->steps, left->category, left->area};
    const int other[] = {right->unit, right->steps, right->category, right->area};
    for (size_t i = 0; i < COUNT_OF(mine); i++)
        if (mine[i] != other[i])
            return mine[i] < other[i] ? -1 : 1;
    return 0;
}

/* Free with mem_free. */
static struct cell *list_cells(const struct emission *emission, size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < emission->count; i++)
        count += (size_t)emission->groups[i].count;
    struct cell *cells = mem_zero(count * sizeof(*cells));
    *ret_count = count;
    for (size_t i = emission->count; i-- > 0;)
        for (int j = 0; j < emission->groups[i].count; j++) {
            const struct group *group = &emission->groups[i];
            cells[--count] =
                (struct cell){group->units[j], group->steps[j], group->category, group->area};
        }
    if (*ret_count > 0)
        qsort(cells, *ret_count, sizeof(*cells), by_cell);
    return cells;
}

static int by_lists(const struct run *left, const struct run *right)
{
    for (int i = 0; i < left->count && i < right->count; i++)
        if (left->areas[i] != right->areas[i])
            return left->areas[i] < right->areas[i] ? -1 : 1;
    return (left->count > right->count) - (left->count < right->count);
}

/* Runs that may be joined are equal but for the category. */
static int by_place(const struct run *left, const struct run *right)
{
    if (left->unit != right->unit)
        return left->unit < right->unit ? -1 : 1;
    if (left->steps != right->steps)
        return left->steps < right->steps ? -1 : 1;
    return by_lists(left, right);
}

static int by_run(const void *a, const void *b)
{
    const struct run *left = a, *right = b;
    int order = by_place(left, right);
    return order != 0 ? order
                      : (left->category > right->category) - (left->category < right->category);
}

/* `areas`: room for one of each cell, kept. Free with mem_free. */
static struct run *list_runs(const struct cell *cells, size_t count, int *areas, size_t *ret_count)
{
    struct run *runs = mem_zero(count * sizeof(*runs));
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        areas[i] = cell->area;
        if (i == 0 || cell->unit != cell[-1].unit || cell->steps != cell[-1].steps ||
            cell->category != cell[-1].category || runs[used - 1].count == LEARN_LIST)
            runs[used++] = (struct run){cell->unit, cell->steps, cell->category, 0, &areas[i]};
        runs[used - 1].count++;
    }
    if (used > 0)
        qsort(runs, used, sizeof(*runs), by_run);
    *ret_count = used;
    return runs;
}

static bool listed(const int *list, int count, int value)
{
    for (int low = 0, high = count; low < high;) {
        int middle = low + (high - low) / 2;
        if (list[middle] == value)
            return true;
        if (list[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* The n-th code of a list is below another one of it, so its cases are counted there. */
static bool covered(const struct learn_codes *codes, const int *list, int count, int n)
{
    for (int above = codes->above[list[n]]; above >= 0; above = codes->above[above])
        if (listed(list, count, above))
            return true;
    return false;
}

static int64_t support_of(const struct emission *emission, const struct learn_row *row)
{
    const struct learn_space *space = emission->space;
    int64_t sum = 0;
    for (int i = 0; i < row->category_count; i++) {
        if (covered(&space->categories, row->categories, row->category_count, i))
            continue;
        for (int j = 0; j < row->area_count; j++)
            if (!covered(&space->areas, row->areas, row->area_count, j))
                sum += learn_model_cases(emission->model, row->categories[i], row->areas[j],
                                         row->unit);
    }
    return sum;
}

/* Joins runs of one unit, confidence and place; a row with too little support is left out. */
static struct learn_rows join(const struct emission *emission, const struct run *runs, size_t count,
                              struct arena *arena)
{
    struct learn_rows rows = {0, ARENA_ARRAY(arena, struct learn_row, count)};
    int *categories = ARENA_ARRAY(arena, int, count);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i;
             next < count && next - i < LEARN_LIST && by_place(&runs[i], &runs[next]) == 0; next++)
            categories[next] = runs[next].category;
        struct learn_row row = {.unit = runs[i].unit,
                                .category_count = (int)(next - i),
                                .area_count = runs[i].count,
                                .categories = &categories[i],
                                .areas = runs[i].areas,
                                .confidence = fmin(1, runs[i].steps * emission->rules->step)};
        row.support = support_of(emission, &row);
        if ((double)row.support >= emission->rules->min_support)
            rows.at[rows.count++] = row;
    }
    return rows;
}

struct learn_rows learn_rows_make(const struct learn_space *space, const struct learn_model *model,
                                  const struct learn_rules *rules, struct arena *arena)
{
    struct emission emission = {.space = space, .model = model, .rules = rules};
    size_t cell_count, run_count;
    walk(&emission);
    struct cell *cells = list_cells(&emission, &cell_count);
    int *areas = ARENA_ARRAY(arena, int, cell_count);
    struct run *runs = list_runs(cells, cell_count, areas, &run_count);
    struct learn_rows rows = join(&emission, runs, run_count, arena);
    mem_free(emission.groups);
    mem_free(cells);
    mem_free(runs);
    return rows;
}
