/* The steps of learning, and its result in words. */
#include "domain/learn.h"

#include <string.h>

#include "domain/learn_names.h"
#include "domain/learn_trial.h"

const struct learn_rule learn_rule_table[] = {
#define X(option, field, standard, min, max, meaning)                                              \
    {option, meaning, offsetof(struct learn_rules, field), standard, min, max},
    LEARN_RULES(X)
#undef X
};
const int learn_rule_count = COUNT_OF(learn_rule_table);

const struct learn_rules learn_rules_standard = {
#define X(option, field, standard, min, max, meaning) .field = (standard),
    LEARN_RULES(X)
#undef X
};

enum { TITLE_NAME = 300 /* bytes of a category's name; a title has 200 characters */ };

static struct names texts_of(const struct learn_codes *codes, const int *list, int count,
                             struct arena *arena)
{
    struct names names = {count, ARENA_ARRAY(arena, const char *, count)};
    for (int i = 0; i < count; i++)
        names.at[i] = codes->at[list[i]];
    return names;
}

static const char *title_of(const struct learn_history *history, const struct names *categories,
                            struct arena *arena)
{
    const char *code = categories->at[0];
    const char *name =
        history->category_names != NULL ? map_get(history->category_names, code) : NULL;
    if (name == NULL || strlen(name) > TITLE_NAME)
        name = code;
    if (categories->count == 1)
        return arena_format(arena, "据历史办件拟定：%s", name);
    return arena_format(arena, "据历史办件拟定：%s等%d类", name, categories->count);
}

static void write_proposals(const struct learn_history *history, const struct learn_space *space,
                            const struct learn_rows *rows, struct learned *learned,
                            struct arena *arena)
{
    struct learn_proposal *proposals = ARENA_ARRAY(arena, struct learn_proposal, rows->count);
    for (int i = 0; i < rows->count; i++) {
        const struct learn_row *row = &rows->at[i];
        struct learn_proposal *proposal = &proposals[i];
        proposal->unit = &learned->units[row->unit];
        proposal->categories =
            texts_of(&space->categories, row->categories, row->category_count, arena);
        proposal->areas = texts_of(&space->areas, row->areas, row->area_count, arena);
        proposal->title = title_of(history, &proposal->categories, arena);
        proposal->confidence = row->confidence;
        proposal->support = row->support;
    }
    learned->proposals = proposals;
    learned->proposal_count = rows->count;
}

static struct learn_rows rows_of(const struct learn_space *space, size_t count,
                                 const struct learn_rules *rules, struct arena *arena)
{
    struct learn_model *model CLEANUP(learn_model_drop) = learn_model_new(space, count, rules);
    return learn_rows_make(space, model, rules, arena);
}

/* Learns from the earlier cases, tries on the later ones. */
static struct learn_trial trial_of(const struct learn_space *space,
                                   const struct learn_history *history,
                                   const struct learn_rules *rules)
{
    struct arena *own CLEANUP(arena_drop) = arena_new();
    size_t first = (size_t)((double)space->fact_count * (1 - rules->hold_out));
    if (first == 0 || first >= space->fact_count)
        return (struct learn_trial){.from = DATE_NONE};
    struct learn_rows rows = rows_of(space, first, rules, own);
    return learn_trial_run(space, &rows, first,
                           history->matching != NULL ? history->matching : &rules_standard);
}

struct learned learn(const struct learn_history *history, const struct learn_rules *rules,
                     struct arena *arena)
{
    struct learned learned = {.from = DATE_NONE, .to = DATE_NONE};
    struct learn_names names = learn_names_find(history, rules->place, arena);
    struct learn_space *space = learn_space_new(history, names.units_of, names.unit_count, arena);
    learned.cases = (int64_t)space->fact_count;
    learned.left_out = (int64_t)(history->count - space->fact_count);
    learned.units = names.units;
    learned.unit_count = names.unit_count;
    learned.renames = names.renames;
    learned.rename_count = names.rename_count;
    if (space->fact_count == 0)
        return learned;
    learned.from.day = space->facts[0].day;
    learned.to.day = space->facts[space->fact_count - 1].day;
    learned.trial = trial_of(space, history, rules);
    struct learn_rows rows = rows_of(space, space->fact_count, rules, arena);
    write_proposals(history, space, &rows, &learned, arena);
    return learned;
}
