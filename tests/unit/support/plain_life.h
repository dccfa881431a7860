/* The life of one ticket told slowly, for tests of domain/deadline and the moves: what may be done
 * when, which clocks a task has, when they are due, what must have fired. Nothing is kept that
 * could be worked out again: after every action that can move a clock all clocks of open tasks are
 * walked anew (support/plain_clock). Shares only data types with the domain. */
#pragma once

#include "domain/ticket.h"
#include "support/plain_clock.h"

/* X(NAME, "move") as tickets and tasks have them; a callback says "not solved"; the last two are
 * the registry's: another version of the calendar, and the recalculation under it. */
#define LIFE_ACTS(X)                                                                               \
    X(DISPATCH, "dispatch")                                                                        \
    X(SIGN, "sign")                                                                                \
    X(CONTACT, "contact")                                                                          \
    X(DELEGATE, "delegate")                                                                        \
    X(ASSIST, "assist")                                                                            \
    X(RETURN, "return")                                                                            \
    X(RETURN_APPROVE, "return/approve")                                                            \
    X(RETURN_REJECT, "return/reject")                                                              \
    X(REDISPATCH, "redispatch")                                                                    \
    X(EXTEND, "extend")                                                                            \
    X(EXTEND_APPROVE, "extend/approve")                                                            \
    X(EXTEND_REJECT, "extend/reject")                                                              \
    X(HANG, "hang")                                                                                \
    X(UNHANG, "unhang")                                                                            \
    X(REPLY, "reply")                                                                              \
    X(REPLY_PASS, "reply/pass")                                                                    \
    X(REPLY_REJECT, "reply/reject")                                                                \
    X(CALLBACK, "callback")                                                                        \
    X(NOTE, "note")                                                                                \
    X(CALENDAR, "calendar")                                                                        \
    X(RECALCULATE, "recalculate")
#define X(name, word) LIFE_##name,
enum life_act { LIFE_ACTS(X) LIFE_ACT_COUNT };
#undef X
extern const char *const life_words[];

enum {
    LIFE_TASKS = 40,
    LIFE_PAUSES = 40,
    LIFE_GRANTS = 8,
    LIFE_LOG = 2000,
    LIFE_STEPS = 1 + POLICY_REMINDERS + POLICY_ESCALATIONS
};

struct life_action {
    int act; /* enum life_act */
    struct instant at;
    int task;           /* number; 0: an action on the ticket */
    struct amount span; /* extend, extend/approve; amount 0: as asked */
    struct date review; /* hang */
};

struct life_clock {
    struct instant due; /* absent: no such clock, or it stands */
    bool met;
    bool fired[LIFE_STEPS];        /* the due instant, reminders, escalations */
    struct instant at[LIFE_STEPS]; /* when each comes; absent: not at all */
};

struct life_task {
    int number, role, round, state, prior;
    struct instant dispatched, arrived;
    struct life_clock clocks[STAGE_COUNT];
    bool contact_by_reply, provisional, delegated;
    struct amount asked, granted[LIFE_GRANTS];
    int grant_count;
    struct plain_table *table; /* of the calendar it runs under */
};

/* One thing that the daemon did: `step` as in life_clock.fired, -1: an overdue mark was lifted, -2:
 * the review of a hung ticket. `when`: the earliest instant at which it could be done. */
struct life_event {
    int task, stage, step;
    struct instant due, at, when;
};

struct life {
    const struct policy *policy;
    struct plain_table *tables[2]; /* versions of the calendar */
    int table;                     /* the present one */
    bool has_phone, hung;
    struct instant review; /* absent: none, or it has come */
    struct interval pause_list[LIFE_PAUSES];
    struct intervals pauses;
    int task_count, log_count;
    struct instant last; /* of the last action */
    struct life_task tasks[LIFE_TASKS];
    struct life_event log[LIFE_LOG];
};

/* Begins before the first dispatch. */
void life_begin(struct life *life, const struct policy *policy, struct plain_table *first,
                struct plain_table *second, bool has_phone);
/* Lets time pass: everything that comes up to and at `now` is logged. */
void life_until(struct life *life, struct instant now);
/* Time passes, then the action is done. False: it is not allowed, and nothing was changed. */
bool life_do(struct life *life, const struct life_action *action);
/* The current lead, NULL before the dispatch. */
struct life_task *life_lead(struct life *life);
/* The task is not completed, returned or withdrawn. */
bool life_open(const struct life_task *task);
/* The clock runs: it has a due and was not met, in a state in which it can be missed. */
bool life_runs(const struct life_task *task, int stage);
