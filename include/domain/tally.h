/* The figures of supervision (spec 9): what one ticket's events add to the sums, and the sums that
 * they go into. Made from the event log alone, so that anybody can recompute them. Pure. */
#pragma once

#include "domain/ticket.h"

/* What is counted of a ticket. X(NAME, "column")
 * The row of the last lead holder has all of them; other holders have the last two. */
#define TALLY_COUNTERS(X)                                                                          \
    X(TICKETS, "tickets")                                                                          \
    X(CONTACT_CLOCKS, "contact_clocks")         /* it had a contact clock */                       \
    X(CONTACTED, "contacted")                   /* met in time by a contact ... */                 \
    X(CONTACTED_BY_REPLY, "contacted_by_reply") /* ... or by the reply itself */                   \
    X(SOLVED, "solved")                         /* answers of the last callback that reached */    \
    X(UNSOLVED, "unsolved")                                                                        \
    X(SATISFIED_VERY, "satisfied_very")                                                            \
    X(SATISFIED_YES, "satisfied_yes")                                                              \
    X(SATISFIED_BASIC, "satisfied_basic")                                                          \
    X(SATISFIED_NO, "satisfied_no")                                                                \
    X(REHANDLED, "rehandled")             /* it came to a second round */                          \
    X(SIGN_CLOCKS, "sign_clocks")         /* of its lead tasks: met, or marked overdue */          \
    X(SIGNED_ON_TIME, "signed_on_time")   /* of these */                                           \
    X(REPLY_CLOCKS, "reply_clocks")       /* the same of replies */                                \
    X(REPLIED_ON_TIME, "replied_on_time") /* a rejected one counts as not made */                  \
    X(DISPATCHED, "dispatched")           /* times that a lead task came to it */                  \
    X(RETURNED, "returned")               /* of these given back with approval */
#define X(name, column) TALLY_##name,
enum tally_counter { TALLY_COUNTERS(X) TALLY_COUNTER_COUNT };
#undef X
extern const char *const tally_counter_words[];

/* How a ticket stands to the rates; cancelled, merged and invalid ones are in none. One that is
 * both excluded and hung is excluded. */
#define TALLY_STATUSES(X) X(COUNTED, "counted") X(EXCLUDED, "excluded") X(HUNG, "hung")
#define X(name, word)     TALLY_IS_##name,
enum tally_status { TALLY_STATUSES(X) TALLY_STATUS_COUNT };
#undef X
extern const char *const tally_status_words[];

/* What figures are asked by. */
#define TALLY_GROUPS(X) X(UNIT, "unit") X(STREET, "street") X(CATEGORY, "category")
#define X(name, word)   TALLY_BY_##name,
enum tally_group { TALLY_GROUPS(X) TALLY_GROUP_COUNT };
#undef X
extern const char *const tally_group_words[];

/* Moves that figures are made from. X(NAME, "move") */
#define FACTS(X)                                                                                   \
    X(RECEIVE, "receive")                                                                          \
    X(DISPATCH, "dispatch")                                                                        \
    X(DELEGATE, "delegate")                                                                        \
    X(CLOCKS, "clocks")                                                                            \
    X(SIGN, "sign")                                                                                \
    X(CONTACT, "contact")                                                                          \
    X(REPLY, "reply")                                                                              \
    X(REPLY_PASS, "reply/pass")                                                                    \
    X(REPLY_REJECT, "reply/reject")                                                                \
    X(RETURN_APPROVE, "return/approve")                                                            \
    X(WITHDRAW, "withdraw")                                                                        \
    X(OVERDUE, "overdue")                                                                          \
    X(OVERDUE_LIFTED, "overdue_lifted")                                                            \
    X(CALLBACK, "callback")                                                                        \
    X(AMEND, "amend")                                                                              \
    X(EXCLUDE, "exclude")                                                                          \
    X(INCLUDE, "include")                                                                          \
    X(HANG, "hang")                                                                                \
    X(UNHANG, "unhang")                                                                            \
    X(CANCEL, "cancel")                                                                            \
    X(MERGE, "merge")                                                                              \
    X(INVALID, "invalid")
#define X(name, word) FACT_##name,
enum fact_kind { FACTS(X) FACT_COUNT };
#undef X
extern const char *const fact_words[];

/* Answers of a callback, as its data name them; also the places of their counters. */
#define SATISFACTIONS(X) X(VERY, "very") X(YES, "yes") X(BASIC, "basic") X(NO, "no")
#define X(name, word)    SATISFIED_##name,
enum satisfaction { SATISFACTIONS(X) SATISFACTION_COUNT };
#undef X
extern const char *const satisfaction_words[];

/* One event of the log with what figures need of its data (wire/tally_json reads it). Words that
 * are absent or unknown are -1. */
struct fact {
    int kind; /* enum fact_kind; -1: of no use here */
    int task; /* 0: the ticket */
    struct instant at;
    const char *unit, *org; /* dispatch, delegate: who has the task from now on */
    int role, round;
    struct instant due[STAGE_COUNT]; /* dispatch, delegate, clocks */
    const char *calendar;            /* dispatch */
    int64_t calendar_version;
    int stage;                   /* overdue, overdue_lifted */
    const char *area, *category; /* receive, amend: the new one, NULL: as it was */
    bool reached;                /* callback */
    int solved, satisfied;       /* 1, 0 or -1; enum satisfaction */
};

struct tally_counts {
    int64_t at[TALLY_COUNTER_COUNT];
};

/* A holder is a unit's code or, while an org has no unit for the task, "@" and the org's code. */
struct tally_row {
    const char *holder;
    bool last; /* the last lead holder, to whom the ticket counts; rows[0] */
    struct tally_counts counts;
};

/* What one ticket adds. */
struct tally {
    int64_t ticket;
    bool counts; /* false: nothing; the rest is not set */
    int status;  /* enum tally_status */
    const char *area, *category;
    struct instant first;    /* first dispatch */
    struct instant accepted; /* when the last lead made the reply that was passed; or absent */
    struct intervals pauses; /* while it was hung; the last may have no end: far ahead */
    const char *calendar;    /* of the first dispatch; NULL: not told */
    int64_t calendar_version;
    struct date day; /* of the first dispatch; by tally_time */
    int64_t minutes; /* handling, in working time without pauses; -1: not done yet; by tally_time */
    int row_count;
    struct tally_row *rows;
};

/* The events of one ticket, in order, from its first on. Texts are borrowed. */
struct tally tally_fold(int64_t ticket, const struct fact *facts, int count, struct arena *arena);
/* Sets day and minutes by the calendar of the first dispatch; without one (NULL) the day is that of
 * `zone` and nothing is known of working time. */
void tally_time(struct tally *tally, const struct calendar *calendar, const struct zone *zone);
/* Both add the same. */
bool tally_same(const struct tally *a, const struct tally *b);

/* One sum: of a day ("2026-03-02") or a month ("2026-03"). */
struct tally_sum {
    int group; /* enum tally_group */
    int status;
    const char *period, *area, *code;
    struct tally_counts counts;
};

/* Sums by key. Begin with {.arena}; end with tally_sums_end. */
struct tally_sums {
    struct arena *arena;
    struct map *by_key;
};

/* Adds (`sign` 1) or takes away (-1) what a ticket adds to every sum that it is in. */
void tally_sums_add(struct tally_sums *sums, const struct tally *tally, int sign);
/* Those that are not zero, in order of key. */
struct tally_sum **tally_sums_list(const struct tally_sums *sums, int *ret_count);
void tally_sums_end(struct tally_sums *sums);

/* The street of an area, or the area itself where it is wider than a street. */
const char *tally_street(const char *area, struct arena *arena);
