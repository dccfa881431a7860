/* Tables of notices and receivers, and the rules about them. */
#include "domain/webhook.h"

#include <string.h>

#define X(name, word, chinese) word,
const char *const notice_words[] = {NOTICE_KINDS(X) NULL};
#undef X
#define X(name, word, chinese) chinese,
const char *const notice_chinese[] = {NOTICE_KINDS(X) NULL};
#undef X
const char *const notice_choices[] = {"assigned", "due",   "overdue", "urged",
                                      "returned", "ended", "changed", NULL};
#define X(name, word) word,
const char *const webhook_state_words[] = {WEBHOOK_STATES(X) NULL};
const char *const delivery_words[] = {DELIVERY_STATES(X) NULL};
#undef X

const char *const adapter_words[] = {"generic", "wecom", "dingtalk", NULL};

#define ROBOT_TEXT "{\"msgtype\":\"text\",\"text\":{\"content\":"

const struct adapter adapters[] = {
    {"generic",
     "application/cloudevents+json; charset=utf-8", NULL,
     NULL, 0,
     0,  SIGN_STANDARD,
     {0}                 },
    {"wecom",
     "application/json; charset=utf-8",             ROBOT_TEXT,
     "}}", 2048,
     20, SIGN_NONE,
     {-1, 45009, 45033}  },
    {"dingtalk",
     "application/json; charset=utf-8",             ROBOT_TEXT,
     "}}", 16000,
     20, SIGN_DINGTALK,
     {-1, 130101, 410100}},
};

static const struct {
    const char *move;
    int kind;
} kinds[] = {
    {"dispatch",       NOTICE_ASSIGNED},
    {"delegate",       NOTICE_ASSIGNED},
    {"lead",           NOTICE_ASSIGNED},
    {"publish",        NOTICE_ASSIGNED},
    {"remind",         NOTICE_DUE     },
    {"review",         NOTICE_DUE     },
    {"overdue",        NOTICE_OVERDUE },
    {"urge",           NOTICE_URGED   },
    {"supervise",      NOTICE_URGED   },
    {"level_up",       NOTICE_URGED   },
    {"return",         NOTICE_RETURNED},
    {"return/approve", NOTICE_RETURNED},
    {"return/reject",  NOTICE_RETURNED},
    {"reply/reject",   NOTICE_RETURNED},
    {"refuse",         NOTICE_RETURNED},
    {"refuse/approve", NOTICE_RETURNED},
    {"refuse/reject",  NOTICE_RETURNED},
    {"rehandle",       NOTICE_RETURNED},
    {"bounce",         NOTICE_RETURNED},
    {"answer",         NOTICE_ENDED   },
    {"close",          NOTICE_ENDED   },
    {"cancel",         NOTICE_ENDED   },
    {"invalid",        NOTICE_ENDED   },
    {"merge",          NOTICE_ENDED   },
    {"withdraw",       NOTICE_ENDED   },
    {"waive",          NOTICE_ENDED   },
    {"identity_read",  -1             },
};

int notice_kind(const char *move)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_equal(kinds[i].move, move))
            return kinds[i].kind;
    return NOTICE_CHANGED;
}

struct scope webhook_scope(const struct webhook *webhook, const struct snapshot *snapshot,
                           struct arena *arena)
{
    const struct caller caller = {
        .role = webhook->unit != NULL  ? CALLER_UNIT
                : webhook->org != NULL ? CALLER_ORG
                                       : CALLER_SUPERVISOR,
        .areas = webhook->areas,
        .unit = webhook->unit,
        .org = webhook->org,
    };
    return scope_of(&caller, snapshot, arena);
}

bool webhook_wants(const struct webhook *webhook, const struct scope *scope,
                   const struct notice *notice)
{
    const struct event *event = &notice->event;
    if (notice->kind < 0 || notice->position < webhook->position ||
        scope_barred(scope, &notice->barred))
        return false;
    if (webhook->kinds.count > 0 && !names_have(&webhook->kinds, notice_words[notice->kind]))
        return false;
    return scope_has_area(scope, notice->area) ||
           scope_has_holder(scope, event->unit, event->org, &event->seen_by) ||
           (event->copy_org != NULL && names_have(&scope->orgs, event->copy_org));
}

bool webhook_digests(const struct webhook *webhook, const struct notice *notice)
{
    bool about_time = notice->kind == NOTICE_DUE || notice->kind == NOTICE_OVERDUE;
    return webhook->digest && about_time && !notice->critical && notice->event.task > 0;
}

/* "HH:MM"; -1: it is none. */
static int minute_of(const char *at)
{
    enum { HOURS = 24, MINUTES = 60 };
    for (int i = 0; i < 5; i++)
        if (i == 2 ? at[i] != ':' : at[i] < '0' || at[i] > '9')
            return -1;
    int hour = (at[0] - '0') * 10 + at[1] - '0', minute = (at[3] - '0') * 10 + at[4] - '0';
    return hour < HOURS && minute < MINUTES ? hour * MINUTES + minute : -1;
}

bool quiet_parse(const char *text, int *ret_from, int *ret_to)
{
    if (strlen(text) != strlen("22:00-07:00") || text[5] != '-')
        return false;
    int from = minute_of(text), to = minute_of(text + 6);
    if (from < 0 || to < 0 || from == to)
        return false;
    *ret_from = from;
    *ret_to = to;
    return true;
}

bool quiet_holds(const char *quiet, int minute)
{
    int from, to;
    if (quiet == NULL || !quiet_parse(quiet, &from, &to))
        return false;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

static bool is_busy(const struct adapter *adapter, int64_t code)
{
    for (int i = 0; i < BUSY_CODES; i++)
        if (code == adapter->busy[i])
            return true;
    return false;
}

/* A later try may go better. */
static bool may_pass(const struct outcome *outcome, const struct adapter *adapter)
{
    enum { TIMED_OUT = 408, TOO_EARLY = 425, TOO_MANY = 429, SERVER_ERROR = 500 };
    if (outcome->unreachable)
        return false;
    if (outcome->code != 0)
        return is_busy(adapter, outcome->code);
    int status = outcome->status;
    return status == 0 || status == TIMED_OUT || status == TOO_EARLY || status == TOO_MANY ||
           status >= SERVER_ERROR;
}

int delivery_judge(const struct outcome *outcome, const struct adapter *adapter, int tries,
                   const struct waits *waits, double dice, struct span *ret_wait)
{
    static const double most_cut = 0.2;
    enum { DAY_S = 86400 };
    if (outcome->status / 100 == 2 && outcome->code == 0)
        return DELIVERY_DELIVERED;
    if (!may_pass(outcome, adapter) || tries > waits->count)
        return DELIVERY_GIVEN_UP;
    struct span wait = waits->at[tries - 1];
    wait.us -= (int64_t)((double)wait.us * most_cut * dice);
    int asked_s = outcome->retry_after < DAY_S ? outcome->retry_after : DAY_S;
    if (wait.us < SECONDS(asked_s).us)
        wait = SECONDS(asked_s);
    *ret_wait = wait;
    return DELIVERY_WAITING;
}

bool delivery_refused(const struct outcome *outcome)
{
    enum { GONE = 410 };
    return outcome->status == GONE;
}
