/* Needs and projects as JSON (spec 8, 12). Times are written at `offset_s` from UTC. */
#pragma once

#include "base/error.h"
#include "domain/offer.h"

/* What an owner sends, into a draft of the head. Codes are not looked up here.
 * {"area","org","category","kind","quantity","title","content"} */
MUST_CHECK bool need_read(struct slice body, struct arena *arena, struct ticket *ret_draft,
                          struct error *err);
/* {"area","org","category","title","content","needs":[],"resources":[],"secretary",
 * "milestones":[{"title","due"}]} */
MUST_CHECK bool project_read(struct slice body, struct arena *arena, struct ticket *ret_draft,
                             struct error *err);
/* What is kept of one beside the columns of its head; and back. */
struct slice offer_keep(const struct ticket *ticket, struct arena *arena);
void offer_restore(struct slice stored, struct arena *arena, struct ticket *ticket);

/* One of them, with those who took it. */
struct offer_view {
    const struct ticket *ticket; /* as the caller may see it */
    const struct task *tasks;
    int task_count;
    const bool *whole; /* per task: what was said about it is shown too */
    struct instant now;
    int offset_s;
};
struct slice offer_write(const struct offer_view *view, struct arena *arena);
