/* Webhooks: who is told of which events, in which form, and what an answer means. Pure. */
#pragma once

#include "domain/caller.h"
#include "domain/ticket.h"

/* X(name, word, in Chinese): what a notice is about; every event of the log is one of them, or
 * nobody's business (notice_kind). `test` is a call that the admin asks for; `digest` is all that
 * is due and overdue at one unit, told once an hour. */
#define NOTICE_KINDS(X)                                                                            \
    X(ASSIGNED, "assigned", "派单")                                                                \
    X(DUE, "due", "临期")                                                                          \
    X(OVERDUE, "overdue", "超期")                                                                  \
    X(URGED, "urged", "催督办")                                                                    \
    X(RETURNED, "returned", "退回")                                                                \
    X(ENDED, "ended", "办结")                                                                      \
    X(CHANGED, "changed", "变动")                                                                  \
    X(TEST, "test", "测试")                                                                        \
    X(DIGEST, "digest", "时限汇总")
#define X(name, word, chinese) NOTICE_##name,
enum notice_kind { NOTICE_KINDS(X) NOTICE_KIND_COUNT };
#undef X
extern const char *const notice_words[];   /* all kinds */
extern const char *const notice_choices[]; /* those that a webhook can ask for */
extern const char *const notice_chinese[];

/* What an event is about; -1: nobody is told (readings of an identity). */
int notice_kind(const char *move);

/* How urgent a delivery is: what quiet hours and a pause hold back. */
enum notice_urgency { NOTICE_ORDINARY, NOTICE_CRITICAL, NOTICE_TEST_CALL };

/* How a request is signed. */
enum signing {
    SIGN_STANDARD, /* headers of Standard Webhooks 1.0 */
    SIGN_NONE,     /* the address holds the key */
    SIGN_DINGTALK, /* timestamp and sign in the address */
};

enum { BUSY_CODES = 4 };

/* A kind of receiver. The chat robots take text inside an envelope, count messages per minute, and
 * answer 200 with an error code in the body. Sources: WeCom, "group robot configuration"
 * (developer.work.weixin.qq.com/document/path/91770); DingTalk, "custom robot"
 * (open.dingtalk.com/document/group/custom-robot-access). */
struct adapter {
    const char *name;
    const char *media;          /* type of the body */
    const char *before, *after; /* around the text as a JSON string; NULL: a CloudEvent */
    int text_limit;             /* bytes of that text */
    int per_minute;             /* messages at most; 0: no limit */
    int signing;                /* enum signing */
    int busy[BUSY_CODES];       /* error codes that mean: later */
};
extern const struct adapter adapters[];
extern const char *const adapter_words[];

#define WEBHOOK_STATES(X) X(ACTIVE, "active") X(PAUSED, "paused") X(DISABLED, "disabled")
#define X(name, word)     WEBHOOK_##name,
enum webhook_state { WEBHOOK_STATES(X) WEBHOOK_STATE_COUNT };
#undef X
extern const char *const webhook_state_words[];

enum { WEBHOOK_SECRETS = 4 };

/* One of the secrets that requests are signed with: all of them, so that they can be rotated. */
struct webhook_secret {
    const char *id;   /* counts up; shown, so that it can be taken away */
    const char *text; /* "whsec_" and base64, or what a robot was given */
};

struct webhook {
    int64_t id, version;
    const char *name;
    const char *url;    /* a secret too: robots' addresses hold their keys */
    struct names kinds; /* none: all */
    struct names areas; /* scope as a key's: areas, or a unit, or an org */
    const char *unit, *org;
    int adapter;                  /* place in adapters */
    const char *template;         /* of robots; NULL: the standard one */
    const char *quiet;            /* "22:00-07:00" in the display zone; NULL: never */
    bool digest;                  /* due and overdue once an hour, by unit */
    int64_t per_minute;           /* messages at most; 0: as the adapter says */
    int state;                    /* enum webhook_state */
    const char *reason;           /* why it is disabled; NULL */
    int64_t position;             /* it is told of events of the log from here on */
    struct instant failing_since; /* absent: the last call went well */
    struct instant created_at;
    int secret_count;
    struct webhook_secret *secrets;
};

/* What it may be told of: the scope of a key with the same areas, unit or org. */
struct scope webhook_scope(const struct webhook *webhook, const struct snapshot *snapshot,
                           struct arena *arena);

/* An event of the log with what notices tell of its ticket. */
struct notice {
    int64_t position, ticket;
    struct event event;
    int kind; /* enum notice_kind, -1 */
    int origin;
    const char *no, *category, *area;
    bool critical;
    struct names barred;
};
/* The webhook asked for such notices and this one is in its scope (the rule of the feed). */
bool webhook_wants(const struct webhook *webhook, const struct scope *scope,
                   const struct notice *notice);
/* It takes the notice as a part of its unit's digest. */
bool webhook_digests(const struct webhook *webhook, const struct notice *notice);

/* "22:00-07:00": from, until; minutes of the day. False: not of that form, or no time at all. */
MUST_CHECK bool quiet_parse(const char *text, int *ret_from, int *ret_to);
/* Whether `minute` of the day lies in it. */
bool quiet_holds(const char *quiet, int minute);

/* What a try led to. */
#define DELIVERY_STATES(X)                                                                         \
    X(WAITING, "waiting")                                                                          \
    X(DELIVERED, "delivered") X(GIVEN_UP, "given_up") X(ABANDONED, "abandoned")
#define X(name, word) DELIVERY_##name,
enum delivery_state { DELIVERY_STATES(X) DELIVERY_STATE_COUNT };
#undef X
extern const char *const delivery_words[];

/* What came back. */
struct outcome {
    int status;       /* HTTP; 0: no answer */
    int64_t code;     /* error code in a robot's answer; 0: none */
    int retry_after;  /* seconds; -1: not said */
    bool unreachable; /* the address is not one that may be called */
};

/* Waits before the second try, the third, and so on (`[webhooks] waits`). */
enum { WAITS_MAX = 16 };
struct waits {
    int count;
    struct span at[WAITS_MAX];
};

/* What follows: DELIVERED (2xx alone), WAITING with the wait, or GIVEN_UP. `tries` counts this one.
 * 408, 425, 429, 5xx and no answer are tried again; other answers will not change. The wait is cut
 * by up to a fifth, by `dice` in 0..1, so that not all come back at once; Retry-After makes it
 * longer, up to a day. */
int delivery_judge(const struct outcome *outcome, const struct adapter *adapter, int tries,
                   const struct waits *waits, double dice, struct span *ret_wait);
/* The receiver wants no more, ever. */
bool delivery_refused(const struct outcome *outcome);
