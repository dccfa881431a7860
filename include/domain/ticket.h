/* Tickets, tasks and events: values as they are received, kept and shown (spec 3, 6, 12). */
#pragma once

#include "base/crypt.h"
#include "domain/policy.h"
#include "domain/registry.h"

/* X(NAME, "word"). What a dossier is about: a ticket, or one of those that go the same way beside
 * it (spec 7, 8). */
#define ORIGINS(X)                                                                                 \
    X(TICKET, "ticket")                                                                            \
    X(WHISTLE, "whistle")                                                                          \
    X(NEED, "need")                                                                                \
    X(PROJECT, "project")
#define TICKET_KINDS(X)                                                                            \
    X(CONSULT, "consult")                                                                          \
    X(HELP, "help")                                                                                \
    X(COMPLAINT, "complaint")                                                                      \
    X(REPORT, "report")                                                                            \
    X(SUGGEST, "suggest")                                                                          \
    X(PRAISE, "praise")
#define WHISTLE_KINDS(X)                                                                           \
    X(DAILY, "daily")                                                                              \
    X(HARD, "hard")                                                                                \
    X(EMERGENCY, "emergency")                                                                      \
    X(ENFORCEMENT, "enforcement")
#define URGENCIES(X) X(NORMAL, "normal") X(URGENT, "urgent") X(CRITICAL, "critical")
#define CHANNELS(X)                                                                                \
    X(PHONE, "phone")                                                                              \
    X(WEB, "web")                                                                                  \
    X(APP, "app")                                                                                  \
    X(WECHAT, "wechat")                                                                            \
    X(MAIL, "mail")                                                                                \
    X(UPPER, "upper")
#define THENS(X) X(DISPATCH, "dispatch") X(TRIAGE, "triage") X(ANSWER, "answer")
#define TICKET_STATES(X)                                                                           \
    X(ANSWERED, "answered")                                                                        \
    X(CANCELLED, "cancelled")                                                                      \
    X(MERGED, "merged")                                                                            \
    X(INVALID, "invalid")                                                                          \
    X(CLOSED, "closed")                                                                            \
    X(HUNG, "hung")                                                                                \
    X(COMPLETED, "completed")                                                                      \
    X(REPLIED, "replied")                                                                          \
    X(REHANDLING, "rehandling")                                                                    \
    X(HANDLING, "handling")                                                                        \
    X(DISPATCHED, "dispatched")                                                                    \
    X(TRIAGE, "triage")
#define WHISTLE_STATES(X)                                                                          \
    X(RAISED, "raised")                                                                            \
    X(APPROVED, "approved")                                                                        \
    X(CLOSED, "closed")                                                                            \
    X(REJECTED, "rejected")                                                                        \
    X(WITHDRAWN, "withdrawn")
/* Of needs and projects: to be published, offered to be taken, taken, done. */
#define OFFER_STATES(X)                                                                            \
    X(DRAFT, "draft")                                                                              \
    X(PUBLISHED, "published")                                                                      \
    X(TAKEN, "taken")                                                                              \
    X(FINISHED, "finished")                                                                        \
    X(CLOSED, "closed")
#define TASK_STATES(X)                                                                             \
    X(ASSIGNED, "assigned")                                                                        \
    X(SIGNED, "signed")                                                                            \
    X(REPLIED, "replied")                                                                          \
    X(COMPLETED, "completed")                                                                      \
    X(RETURN_REQUESTED, "return_requested")                                                        \
    X(RETURNED, "returned")                                                                        \
    X(WITHDRAWN, "withdrawn")
#define TASK_ROLES(X) X(LEAD, "lead") X(ASSIST, "assist")
#define BASES(X)                                                                                   \
    X(MANUAL, "manual")                                                                            \
    X(INVENTORY, "inventory")                                                                      \
    X(FALLBACK, "fallback")                                                                        \
    X(REVIEW, "review")

#define X(name, word) ORIGIN_##name,
enum origin { ORIGINS(X) ORIGIN_COUNT };
#undef X
#define X(name, word) TICKET_##name,
enum ticket_kind { TICKET_KINDS(X) TICKET_KIND_COUNT };
#undef X
#define X(name, word) WHISTLE_##name,
enum whistle_kind { WHISTLE_KINDS(X) WHISTLE_KIND_COUNT };
#undef X
#define X(name, word) URGENCY_##name,
enum urgency { URGENCIES(X) URGENCY_COUNT };
#undef X
#define X(name, word) CHANNEL_##name,
enum channel { CHANNELS(X) CHANNEL_COUNT };
#undef X
#define X(name, word) THEN_##name,
enum then { THENS(X) THEN_COUNT };
#undef X
/* In the order in which the derived state is looked for; OPEN_FROM and later are open. */
#define X(name, word) TICKET_IS_##name,
enum ticket_state { TICKET_STATES(X) TICKET_STATE_COUNT, TICKET_OPEN_FROM = TICKET_IS_HUNG };
#undef X
#define X(name, word) WHISTLE_IS_##name,
enum whistle_state { WHISTLE_STATES(X) WHISTLE_STATE_COUNT };
#undef X
#define X(name, word) OFFER_IS_##name,
enum offer_state { OFFER_STATES(X) OFFER_STATE_COUNT };
#undef X
#define X(name, word) TASK_IS_##name,
enum task_state { TASK_STATES(X) TASK_STATE_COUNT };
#undef X
#define X(name, word) ROLE_##name,
enum task_role { TASK_ROLES(X) TASK_ROLE_COUNT };
#undef X
#define X(name, word) BASIS_##name,
enum basis { BASES(X) BASIS_COUNT };
#undef X

extern const char *const origin_words[];
extern const char *const ticket_kind_words[];
extern const char *const whistle_kind_words[];
extern const char *const policy_kind_words[]; /* what a policy may name as kinds */
extern const char *const urgency_words[];
extern const char *const channel_words[];
extern const char *const then_words[];
extern const char *const ticket_state_words[];
extern const char *const whistle_state_words[];
extern const char *const offer_state_words[];
extern const char *const task_state_words[];
extern const char *const task_role_words[];
extern const char *const basis_words[];

/* The kinds and the states that a dossier of that origin can have. */
const char *const *origin_kind_words(int origin);
const char *const *origin_state_words(int origin);
/* What a stage is called in tasks of that origin: sign, contact, resolve; of whistles acknowledge,
 * arrive, result. */
const char *stage_word(int origin, int stage);
/* Those of tickets in the order of enum stage, then those of whistles. */
extern const char *const all_stage_words[];
/* The place of `word` in a NULL-ended list of words, -1 if it is not there. */
int word_find(const char *const *words, const char *word);

enum { TITLE_LIMIT = 200, CONTENT_LIMIT = 20000, CANDIDATES_KEPT = 5, NEEDS_LIMIT = 20 };

struct need {
    int kind; /* enum resource_kind */
    int64_t quantity;
};

struct offer;
struct whistle;

/* The caller's identity: kept apart and encrypted; never in logs, notices or exports. */
struct petitioner {
    const char *name;
    const char *phone;
    bool secret;
};

/* What an operator sends: the legal record, as received. Enumerations are -1 when absent. */
struct submission {
    const char *source, *external_no;
    int kind, urgency, channel, then;
    const char *category, *area, *title, *content, *address;
    double lon, lat; /* NAN = absent */
    struct instant occurred_at;
    struct petitioner petitioner;
    const char *accused_unit, *accused_name;
    int need_count;
    struct need *needs;
    const char *unit;
    struct names tags;
    const char *public_answer;
};

/* X(field): the terms of a score (spec 4), each 0..1. `history` is the share of closed cases behind
 * a learned duty; a duty registered by hand counts 1, other kinds 0. */
#define TERMS(X) X(category) X(area) X(duty) X(agreement) X(load) X(record) X(rating) X(history)

struct candidate {
    const struct unit *unit;
    const struct resource *resource;
    const struct org *org; /* routing target of the unit; NULL: none found */
    double score;
    struct {
#define X(field) double field;
        TERMS(X)
#undef X
    } terms;
};

/* Where a ticket or a need goes, and why. Pointers are into the snapshot it was made from. */
struct route {
    int basis; /* enum basis */
    int level; /* enum level of the target, -1 without a target */
    double score;
    const struct unit *unit;         /* NULL: the org has no unit yet */
    const struct org *org;           /* NULL: nobody; the ticket waits in triage */
    const struct resource *resource; /* NULL: none taken */
    bool copy_to_district;           /* direct to a community or street */
    int shown;                       /* best candidates kept for the record */
    struct candidate candidates[CANDIDATES_KEPT];
    const char *policy; /* rule versions the decision was made under */
    int64_t policy_version;
    int64_t revision; /* of the registry */
};

struct ticket {
    int64_t id;           /* time in the high bits */
    int origin;           /* enum origin; what is below is read accordingly */
    const char *no;       /* of others than tickets: the id in digits */
    int64_t version;      /* = number of events = seq of the last */
    int state;            /* place in origin_state_words; of tickets derived, kept for lists */
    const char *head_org; /* whose whistle, need or project it is; NULL of tickets */
    int64_t parent;       /* the ticket that a whistle is about; 0: none */
    struct submission sent;
    struct whistle *whistle; /* of whistles what they keep beside `sent`; else NULL */
    struct offer *offer;     /* the same of needs and projects */
    bool has_phone;
    struct names barred; /* codes of the accused unit and its own org */
    struct instant received_at;
    struct instant dispatched_at; /* first dispatch; absent before */
    struct instant ended_at;      /* when it left the open states */
    const char *route;            /* the decision, as JSON text */
    const char *hung_reason;
    struct instant review_at; /* when somebody looks at a hung one again; absent: never */
    struct intervals pauses;  /* from the ledger, in order; the last may have no end */
    bool excluded;            /* not counted in the rates */
    int unreached;            /* callbacks in a row that reached nobody */
    struct instant erased_at; /* when its texts and the petitioner were erased; absent: never */
    const char *final_state;  /* answered, cancelled, merged, invalid, closed; NULL while open */
    int transfers;            /* redispatches and approved returns so far */
    bool designated;          /* 指定承办: cannot be returned any more */
    bool copied;              /* events go to the district's feed too */
    struct crypt_hash link;   /* last link of the event chain */
};

/* The bit of task->fired, apart from those of its schedule, that a rule has whistled for it. */
enum { TASK_WHISTLED_BIT = 60 };

struct amounts {
    int count;
    struct amount *at;
};

struct task {
    int number; /* 1.. within the ticket; the public id is "<ticket id>-<number>" */
    int role, round, state;
    int prior;        /* state before return_requested */
    const char *unit; /* NULL: the org has not delegated yet */
    const char *org;
    struct names seen_by; /* orgs that delegated it, or that it was raised to: they still see it */
    int level;            /* enum level */
    struct instant dispatched_at; /* start of `resolve` */
    struct instant arrived_at;    /* start of sign and contact: when it came to this unit or org */
    struct instant due[STAGE_COUNT]; /* absent = no such clock */
    struct instant met[STAGE_COUNT]; /* when sign, contact or reply happened */
    unsigned overdue;                /* bit per stage that was marked */
    bool provisional;
    const char *policy, *calendar;
    int64_t policy_version, calendar_version;
    uint64_t fired;         /* steps of the schedule that have happened (domain/deadline) */
    struct instant next_at; /* next step of the schedule; absent = none */
    const char *resource;   /* it was given; held while it is open; NULL = none */
    bool designated;
    struct amount asked;         /* the open request to extend; amount 0: none */
    struct amounts granted;      /* extensions, in order */
    int64_t rating, rating_back; /* 0..100 by who asked, and by the unit; -1: none yet */
    /* Fencing: the claim number only grows. */
    int64_t claim_no;
    const char *claim; /* living token; NULL = none */
    int64_t claim_key;
    struct instant lease_until;
    const char *public_answer; /* of the last reply */
    const char *proposed_unit; /* of the open return request */
    int64_t asked_key;         /* who asked or replied last: they may not decide on it */
    const char *asked_org;
    int64_t version;
    bool dirty, fresh; /* to be saved; not yet in the database */
};

/* Who acts. */
struct actor {
    int64_t key; /* 0 = the daemon itself */
    int role;    /* enum caller_role; -1 = the daemon */
    const char *unit;
    const char *org;
};

struct event {
    int64_t seq;
    int task; /* 0 = the ticket */
    const char *move;
    struct instant at;
    struct actor by;
    const char *from, *to;  /* states, may be NULL */
    const char *data;       /* JSON object text */
    const char *unit, *org; /* whose task it was at that time; NULL for ticket events */
    struct names seen_by;   /* orgs that delegated the task and still see it */
    const char *copy_org;   /* the district that gets a copy */
};
