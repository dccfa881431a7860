/* The files that `learn` reads: a history of closed cases, and what the registry knows. Texts that
 * come again are kept once, so that a history of millions fits. */
#pragma once

#include "domain/learn.h"

/* Zero at first; the texts live in `arena`, set before. */
struct learn_files {
    struct arena *arena;
    struct learn_history history;
    struct map *texts;          /* as read -> itself */
    struct map *category_names; /* code -> name */
    struct text units;          /* the units' file, as it was read */
    int64_t bad_rows;
};

void learn_files_clear(struct learn_files *files);
/* CSV with the columns date, category, area, unit among others, in any order. A date may have a
 * time behind it. Says every bad row with its line and reason; false: the file cannot be used at
 * all. */
MUST_CHECK bool learn_read_history(struct learn_files *files, const char *path);
/* The units as `import units` takes them; says what is wrong. */
MUST_CHECK bool learn_read_units(struct learn_files *files, const char *path);
/* The categories as `import categories` takes them; says what is wrong. */
MUST_CHECK bool learn_read_categories(struct learn_files *files, const char *path);
/* The registry's unit of that code; NULL. */
const struct unit *learn_files_unit(const struct learn_files *files, const char *code);
