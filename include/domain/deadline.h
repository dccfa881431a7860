/* The clocks of a task: when they are due and what happens on the way (spec 5). Pure. */
#pragma once

#include "domain/ticket.h"

/* What happens at one point of a task's schedule. */
enum step_kind { STEP_REMIND, STEP_OVERDUE, STEP_ESCALATE };

struct step {
    int stage;  /* enum stage */
    int kind;   /* enum step_kind */
    int index;  /* place in the policy's reminders or escalations */
    int action; /* enum escalation_kind, with STEP_ESCALATE */
    struct instant at;
};

/* The rules one task runs under. */
struct terms {
    const struct policy *policy;
    const struct calendar *calendar;
    const struct intervals *pauses; /* of its ticket; NULL: none */
    const struct instant
        *finish_by; /* `resolve` is due then, whatever its span; NULL: by the span */
};

/* The span of a stage under a policy, and the instant it runs from. */
struct amount deadline_span(const struct task *task, const struct policy *policy, int stage);
struct instant deadline_start(const struct task *task, int stage);
/* Sets `due` of all stages: `resolve` from task->dispatched_at (for round > 1 the span `rehandle`,
 * where the policy has one), sign and contact from task->arrived_at, neither later than `resolve`;
 * no contact clock without `has_contact`. An extension counts from the old due as from a dispatch.
 * A pause without end leaves no due. Sets provisional; clears nothing that was met or has fired. */
void deadline_set(struct task *task, const struct terms *terms, bool has_contact);
/* As deadline_set for sign and contact only, after the task came to another unit or org: their
 * marks, met instants and fired steps begin again; `resolve` and its marks stay. Sets
 * task->arrived_at to `now`. */
void deadline_arrive(struct task *task, const struct terms *terms, struct instant now,
                     bool has_contact);
/* What deadline_refresh changed. */
struct refreshed {
    bool moved;      /* a due is another than before */
    unsigned lifted; /* bit per stage whose overdue mark fell: the new due lies ahead */
};
/* Reckons the dues of the clocks that were not met once more, after a pause, an extension or under
 * another calendar; met ones keep theirs. While a pause has no end none has a due, and nothing
 * fires. Of a due that moved, steps that fired count as not fired where they now lie after `now`.
 */
struct refreshed deadline_refresh(struct task *task, const struct terms *terms, struct instant now,
                                  bool has_contact);
/* The clock runs: it has a due, was not met, and the task is assigned, signed or return_requested
 * (or replied, for a reply that may yet be rejected: only `resolve`, which is met then). */
bool deadline_open(const struct task *task, int stage);
/* The earliest due of the open clocks; absent if none is open. */
struct instant deadline_due(const struct task *task);
/* The earliest step that has not fired, of the open clocks: reminders (moved into working time by
 * calendar_reminder), the due instant, the escalations after it. Order at one instant: stage, kind,
 * index. false: none is left. */
bool deadline_next(const struct task *task, const struct terms *terms, struct step *ret_step);
/* Marks a step as fired; STEP_OVERDUE sets the stage's overdue bit. */
void deadline_fire(struct task *task, const struct step *step);
/* Sets task->next_at from deadline_next; absent when the task has no step left. */
void deadline_plan(struct task *task, const struct terms *terms);
