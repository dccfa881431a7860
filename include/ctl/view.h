/* From the server's JSON to cells and lines. */
#pragma once

#include <jansson.h>

#include "ctl/ctl.h"

/* For CLEANUP(view_drop). */
void view_drop(json_t **json);
/* The answer's body as JSON; says on stderr if it is none and returns NULL. */
json_t *view_parse(const struct http_answer *answer);
/* The member at a path of names and indexes (or `last`) with dots between; NULL if there is none.
 */
const json_t *view_at(const json_t *json, const char *path);
/* The member as text: "" for null or none, arrays joined by commas, objects as JSON. */
const char *view_text(struct arena *arena, const json_t *json, const char *path);
/* Adds JSON text, with jansson's flags. */
void view_dump(const json_t *json, size_t flags, struct text *ret_text);
/* Adds a row made from `item` by the columns' paths. */
void view_add(const struct ctl *ctl, struct table *table, const struct column *columns, int count,
              const json_t *item);
/* Prints all of `items` as a table. */
void view_table(const struct ctl *ctl, const struct column *columns, int count,
                const json_t *items);
/* Prints an object's members as lines of name and value, but for those named in `skip` (ended by
 * NULL, may be NULL itself). */
void view_record(const struct ctl *ctl, const json_t *object, const char *const *skip);
/* Prints candidates with their terms; `no` stands in front of each row where given. */
void view_candidates(const struct ctl *ctl, const char *no, const json_t *candidates);

/* Columns that several commands show. */
extern const struct column view_task_columns[];
extern const int view_task_column_count;
