/* Interning: each code is met once with all above it, then numbered in order of text. Area codes in
 * that order stand as a tree is walked, each followed by what lies in it. */
#include "domain/learn_space.h"

#include <stdlib.h>
#include <string.h>

#include "domain/area.h"

struct code {
    const char *text;
    struct code *above; /* NULL at the root */
    int index;
};

typedef const char *above_fn(struct arena *arena, const char *text);

struct interning {
    struct arena *arena;
    struct map *codes; /* text -> struct code */
    above_fn *above;
};

static const char *category_above(struct arena *arena, const char *text)
{
    const char *dot = strrchr(text, '.');
    return arena_bytes(arena, text, dot != NULL ? (size_t)(dot - text) : 0);
}

static const char *wider_area(struct arena *arena, const char *text)
{
    const char *above = area_above(arena, text);
    return above != NULL ? above : "";
}

static void add_root(struct interning *interning, const char *text)
{
    struct code *root = ARENA_NEW(interning->arena, struct code);
    root->text = text;
    map_put(interning->codes, text, root);
}

/* A code with all above it, up to the first that is known. */
static void add(struct interning *interning, const char *text)
{
    struct code *below = NULL, *code;
    for (;; text = interning->above(interning->arena, text)) {
        code = map_get(interning->codes, text);
        bool known = code != NULL;
        if (!known) {
            code = ARENA_NEW(interning->arena, struct code);
            code->text = arena_copy(interning->arena, text);
            map_put(interning->codes, code->text, code);
        }
        if (below != NULL)
            below->above = code;
        if (known)
            return;
        below = code;
    }
}

static int by_code(const void *a, const void *b)
{
    const struct code *const *left = a, *const *right = b;
    return strcmp((*left)->text, (*right)->text);
}

static struct learn_codes number(struct interning *interning)
{
    size_t count = map_count(interning->codes), position = 0;
    struct arena *arena = interning->arena;
    struct code **all = ARENA_ARRAY(arena, struct code *, count);
    for (size_t i = 0; i < count; i++)
        all[i] = map_next(interning->codes, &position, NULL);
    qsort(all, count, sizeof(struct code *), by_code);
    struct learn_codes codes = {(int)count, ARENA_ARRAY(arena, const char *, count),
                                ARENA_ARRAY(arena, int, count), ARENA_ARRAY(arena, int, count)};
    for (size_t i = 0; i < count; i++) {
        all[i]->index = (int)i;
        codes.at[i] = all[i]->text;
        codes.above[i] = all[i]->above != NULL ? all[i]->above->index : -1;
        codes.depth[i] = all[i]->above != NULL ? codes.depth[codes.above[i]] + 1 : 0;
    }
    return codes;
}

/* The least area that contains all; "" if they lie in different provinces, or there are none. */
static const char *root_area(const struct learn_history *history, const int *units_of,
                             struct arena *arena)
{
    const char *root = NULL;
    for (size_t i = 0; i < history->count; i++) {
        if (units_of[i] < 0)
            continue;
        const char *area = history->cases[i].area;
        if (root == NULL)
            root = arena_copy(arena, area);
        while (!area_contains(root, area))
            root = wider_area(arena, root);
    }
    return root != NULL ? root : "";
}

static int by_day(const void *a, const void *b)
{
    const struct learn_fact *left = a, *right = b;
    const int mine[] = {left->day, left->category, left->area, left->unit};
    const int other[] = {right->day, right->category, right->area, right->unit};
    for (size_t i = 0; i < COUNT_OF(mine); i++)
        if (mine[i] != other[i])
            return mine[i] < other[i] ? -1 : 1;
    return 0;
}

static int index_of(const struct interning *interning, const char *text)
{
    const struct code *code = map_get(interning->codes, text);
    return code->index;
}

static void list_facts(struct learn_space *space, const struct learn_history *history,
                       const int *units_of, const struct interning *codes)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct learn_case *one = &history->cases[i];
        if (units_of[i] >= 0)
            space->facts[space->fact_count++] =
                (struct learn_fact){one->date.day, index_of(&codes[0], one->category),
                                    index_of(&codes[1], one->area), units_of[i]};
    }
    if (space->fact_count > 0)
        qsort(space->facts, space->fact_count, sizeof(*space->facts), by_day);
}

struct learn_space *learn_space_new(const struct learn_history *history, const int *units_of,
                                    int unit_count, struct arena *arena)
{
    struct learn_space *space = ARENA_NEW(arena, struct learn_space);
    struct interning codes[] = {
        {arena, map_new(256), category_above},
        {arena, map_new(256), wider_area    }
    };
    add_root(&codes[0], "");
    add_root(&codes[1], root_area(history, units_of, arena));
    for (size_t i = 0; i < history->count; i++) {
        if (units_of[i] < 0)
            continue;
        add(&codes[0], history->cases[i].category);
        add(&codes[1], history->cases[i].area);
    }
    space->unit_count = unit_count;
    space->categories = number(&codes[0]);
    space->areas = number(&codes[1]);
    space->facts = ARENA_ARRAY(arena, struct learn_fact, history->count);
    list_facts(space, history, units_of, codes);
    map_free(codes[0].codes);
    map_free(codes[1].codes);
    return space;
}
