/* What the events of a task say of it, to be compared with what is stored. Pure. */
#pragma once

#include "domain/dossier.h"
#include "domain/record.h"

struct trail {
    int state;   /* -1: no event of it yet */
    int64_t seq; /* of its last event */
    const char *unit, *org;
    bool clocks; /* some event said its dues */
    struct instant due[STAGE_COUNT], met[STAGE_COUNT];
    unsigned overdue; /* bits by enum stage */
};

/* Of a task that has no event yet. */
struct trail trail_new(void);
/* The task's next event and what its data vouch for; codes are copied into `arena`. */
void trail_take(struct trail *trail, const struct event *event, const struct vouched *vouched,
                struct arena *arena);
/* The task's state, holder, dues, met clocks and overdue marks are those of its events. */
bool trail_fits(const struct trail *trail, const struct task *task);
