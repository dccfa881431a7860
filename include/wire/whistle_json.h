/* Whistles as JSON (spec 7, 12). Times are written at `offset_s` from UTC. */
#pragma once

#include "base/error.h"
#include "domain/whistle.h"
#include "domain/whistle_score.h"

/* A whistle as a street sends it: {"kind","no","org","reason","place","targets":[{"unit","role"}]}
 * into the whistle of a draft of its head. Codes are not looked up here. */
MUST_CHECK bool whistle_read(struct slice body, struct arena *arena, struct ticket *ret_draft,
                             struct error *err);
/* What is kept of a whistle beside the columns of its head; and back. */
struct slice whistle_keep(const struct ticket *ticket, struct arena *arena);
void whistle_restore(struct slice stored, struct arena *arena, struct ticket *ticket);

/* One whistle with its targets and what they have done so far. */
struct whistle_view {
    const struct ticket *ticket; /* as the caller may see it */
    const struct task *tasks;
    int task_count;
    const struct whistle_score *score; /* NULL: nobody has been called yet */
    int offset_s;
};
struct slice whistle_write(const struct whistle_view *view, struct arena *arena);
