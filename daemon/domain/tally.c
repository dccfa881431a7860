/* Walks through a ticket's events and keeps, per task, who holds it and how its clocks stand. */
#include "domain/tally.h"

#include <string.h>

#define X(name, word) word,
const char *const tally_counter_words[] = {TALLY_COUNTERS(X) NULL};
const char *const tally_status_words[] = {TALLY_STATUSES(X) NULL};
const char *const tally_group_words[] = {TALLY_GROUPS(X) NULL};
const char *const fact_words[] = {FACTS(X) NULL};
const char *const satisfaction_words[] = {SATISFACTIONS(X) NULL};
#undef X

static const int64_t minute_us = 60000000;

/* One clock of a task since it came to its present holder. */
struct clock {
    bool ran; /* it has, or had, a due */
    bool met, in_time, overdue;
    struct instant due;
};

struct lead {
    int task;
    const char *holder;
    struct clock clocks[STAGE_COUNT];
    bool contact_by_reply; /* the reply met it, so its rejection takes that back */
    bool gone;             /* returned or withdrawn */
    bool passed;
    struct instant replied_at;
};

/* A lead task's stay with one holder. */
struct stay {
    int task;
    const char *holder;
    bool returned;
};

struct fold {
    struct tally tally;
    struct arena *arena;
    int lead_count, stay_count; /* at most as many as facts */
    struct lead *leads;
    struct stay *stays;
    bool received, dropped, excluded, hung, rehandled;
    int solved, satisfied;
};

static const char *holder_of(const struct fold *fold, const struct fact *fact)
{
    if (fact->unit != NULL)
        return fact->unit;
    return fact->org == NULL ? NULL : arena_format(fold->arena, "@%s", fact->org);
}

static struct lead *find_lead(struct fold *fold, int task)
{
    for (int i = 0; i < fold->lead_count; i++)
        if (fold->leads[i].task == task)
            return &fold->leads[i];
    return NULL;
}

/* The task comes to a holder: sign and contact begin again. */
static void arrive(struct fold *fold, struct lead *lead, const struct fact *fact)
{
    const char *holder = holder_of(fold, fact);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        struct clock *clock = &lead->clocks[stage];
        if (stage != STAGE_RESOLVE)
            *clock = (struct clock){0};
        clock->due = fact->due[stage];
        clock->ran |= instant_set(clock->due);
    }
    lead->contact_by_reply = false;
    if (holder == NULL || text_equal(holder, lead->holder))
        return;
    lead->holder = holder;
    fold->stays[fold->stay_count++] = (struct stay){lead->task, holder, false};
}

static void dispatch(struct fold *fold, const struct fact *fact)
{
    struct tally *tally = &fold->tally;
    if (fact->task == 0)
        return; /* the decision; the task's own event follows */
    if (!instant_set(tally->first)) {
        tally->first = fact->at;
        tally->calendar = fact->calendar;
        tally->calendar_version = fact->calendar_version;
    }
    if (fact->role != ROLE_LEAD)
        return;
    fold->rehandled |= fact->round > 1;
    struct lead *lead = &fold->leads[fold->lead_count++];
    *lead = (struct lead){.task = fact->task, .replied_at = INSTANT_NONE};
    arrive(fold, lead, fact);
}

static void meet(struct clock *clock, struct instant at)
{
    clock->met = true;
    clock->in_time = !instant_set(clock->due) || at.us <= clock->due.us;
}

static void reply(struct lead *lead, const struct fact *fact)
{
    struct clock *contact = &lead->clocks[STAGE_CONTACT];
    lead->replied_at = fact->at;
    meet(&lead->clocks[STAGE_RESOLVE], fact->at);
    if (contact->met)
        return;
    lead->contact_by_reply = true;
    meet(contact, fact->at);
}

static void reject(struct lead *lead)
{
    lead->replied_at = INSTANT_NONE;
    lead->clocks[STAGE_RESOLVE].met = false;
    if (lead->contact_by_reply)
        lead->clocks[STAGE_CONTACT].met = lead->contact_by_reply = false;
}

static void leave(struct fold *fold, struct lead *lead, bool returned)
{
    lead->gone = true;
    for (int i = fold->stay_count - 1; i >= 0 && returned; i--) {
        if (fold->stays[i].task == lead->task) {
            fold->stays[i].returned = true;
            return;
        }
    }
}

static void on_clock(struct lead *lead, const struct fact *fact)
{
    if (fact->kind == FACT_CLOCKS) {
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            lead->clocks[stage].due = fact->due[stage]; /* absent while it is paused */
            lead->clocks[stage].ran |= instant_set(fact->due[stage]);
        }
    } else if (fact->stage >= 0) {
        lead->clocks[fact->stage].overdue = fact->kind == FACT_OVERDUE;
    }
}

static void on_lead(struct fold *fold, struct lead *lead, const struct fact *fact)
{
    if (fact->kind == FACT_DELEGATE)
        arrive(fold, lead, fact);
    else if (fact->kind == FACT_SIGN)
        meet(&lead->clocks[STAGE_SIGN], fact->at);
    else if (fact->kind == FACT_CONTACT && !lead->clocks[STAGE_CONTACT].met)
        meet(&lead->clocks[STAGE_CONTACT], fact->at);
    else if (fact->kind == FACT_REPLY)
        reply(lead, fact);
    else if (fact->kind == FACT_REPLY_REJECT)
        reject(lead);
    else if (fact->kind == FACT_REPLY_PASS)
        lead->passed = true;
    else if (fact->kind == FACT_RETURN_APPROVE || fact->kind == FACT_WITHDRAW)
        leave(fold, lead, fact->kind == FACT_RETURN_APPROVE);
    else
        on_clock(lead, fact);
}

/* The clocks stop while a ticket is hung, and so does its handling. */
static void hang(struct fold *fold, bool hung, struct instant at)
{
    struct intervals *pauses = &fold->tally.pauses;
    if (hung && !fold->hung)
        pauses->at[pauses->count++] = (struct interval){at, {INT64_MAX}};
    else if (!hung && fold->hung)
        pauses->at[pauses->count - 1].to = at;
    fold->hung = hung;
}

static void on_ticket(struct fold *fold, const struct fact *fact)
{
    if (fact->kind == FACT_RECEIVE || fact->kind == FACT_AMEND) {
        fold->received |= fact->kind == FACT_RECEIVE;
        if (fact->area != NULL)
            fold->tally.area = fact->area;
        if (fact->category != NULL)
            fold->tally.category = fact->category;
    } else if (fact->kind == FACT_EXCLUDE || fact->kind == FACT_INCLUDE) {
        fold->excluded = fact->kind == FACT_EXCLUDE;
    } else if (fact->kind == FACT_HANG || fact->kind == FACT_UNHANG) {
        hang(fold, fact->kind == FACT_HANG, fact->at);
    } else if (fact->kind == FACT_CALLBACK && fact->reached) {
        fold->solved = fact->solved;
        fold->satisfied = fact->satisfied;
    } else if (fact->kind == FACT_CANCEL || fact->kind == FACT_MERGE ||
               fact->kind == FACT_INVALID) {
        fold->dropped = true;
    }
}

/* The lead task to whose holder the ticket counts: the last that is still with one, else the last.
 */
static const struct lead *last_lead(const struct fold *fold)
{
    const struct lead *last = NULL;
    for (int i = 0; i < fold->lead_count; i++)
        if (last == NULL || last->gone || !fold->leads[i].gone)
            last = &fold->leads[i];
    return last;
}

static void count_clock(const struct clock *clock, int64_t *clocks, int64_t *in_time)
{
    *clocks += clock->ran && (clock->met || clock->overdue);
    *in_time += clock->ran && clock->met && clock->in_time;
}

/* What the lead tasks of the last holder show; the contact is that of the earliest. */
static void count_clocks(const struct fold *fold, const char *holder, int64_t *at)
{
    bool first = true;
    for (int i = 0; i < fold->lead_count; i++) {
        const struct lead *lead = &fold->leads[i];
        if (!text_equal(lead->holder, holder))
            continue;
        count_clock(&lead->clocks[STAGE_SIGN], &at[TALLY_SIGN_CLOCKS], &at[TALLY_SIGNED_ON_TIME]);
        count_clock(&lead->clocks[STAGE_RESOLVE], &at[TALLY_REPLY_CLOCKS],
                    &at[TALLY_REPLIED_ON_TIME]);
        const struct clock *contact = &lead->clocks[STAGE_CONTACT];
        if (first && contact->ran) {
            bool in_time = contact->met && contact->in_time;
            at[TALLY_CONTACT_CLOCKS]++;
            at[TALLY_CONTACTED] += in_time && !lead->contact_by_reply;
            at[TALLY_CONTACTED_BY_REPLY] += in_time && lead->contact_by_reply;
        }
        first = false;
    }
}

static struct tally_row *find_row(struct tally *tally, const char *holder)
{
    for (int i = 0; i < tally->row_count; i++)
        if (text_equal(tally->rows[i].holder, holder))
            return &tally->rows[i];
    tally->rows[tally->row_count].holder = holder;
    return &tally->rows[tally->row_count++];
}

static void count(struct fold *fold, const struct lead *last)
{
    struct tally *tally = &fold->tally;
    tally->rows = ARENA_ARRAY(fold->arena, struct tally_row, fold->stay_count);
    struct tally_row *mine = find_row(tally, last->holder);
    int64_t *at = mine->counts.at;
    mine->last = true;
    at[TALLY_TICKETS] = 1;
    at[TALLY_REHANDLED] = fold->rehandled;
    at[TALLY_SOLVED] = fold->solved == 1;
    at[TALLY_UNSOLVED] = fold->solved == 0;
    if (fold->satisfied >= 0)
        at[TALLY_SATISFIED_VERY + fold->satisfied] = 1;
    count_clocks(fold, last->holder, at);
    for (int i = 0; i < fold->stay_count; i++) {
        struct tally_row *row = find_row(tally, fold->stays[i].holder);
        row->counts.at[TALLY_DISPATCHED]++;
        row->counts.at[TALLY_RETURNED] += fold->stays[i].returned;
    }
}

struct tally tally_fold(int64_t ticket, const struct fact *facts, int fact_count,
                        struct arena *arena)
{
    struct fold fold = {.arena = arena, .solved = -1, .satisfied = -1};
    struct tally *tally = &fold.tally;
    *tally = (struct tally){.ticket = ticket, .first = INSTANT_NONE, .accepted = INSTANT_NONE};
    fold.leads = ARENA_ARRAY(arena, struct lead, fact_count);
    fold.stays = ARENA_ARRAY(arena, struct stay, fact_count);
    tally->pauses.at = ARENA_ARRAY(arena, struct interval, fact_count);
    for (int i = 0; i < fact_count; i++) {
        struct lead *lead = facts[i].task == 0 ? NULL : find_lead(&fold, facts[i].task);
        if (facts[i].kind == FACT_DISPATCH)
            dispatch(&fold, &facts[i]);
        else if (facts[i].task == 0)
            on_ticket(&fold, &facts[i]);
        else if (lead != NULL)
            on_lead(&fold, lead, &facts[i]);
    }
    const struct lead *last = last_lead(&fold);
    tally->counts = fold.received && !fold.dropped && last != NULL && last->holder != NULL &&
                    tally->area != NULL && tally->category != NULL;
    if (!tally->counts)
        return *tally;
    tally->status = fold.excluded ? TALLY_IS_EXCLUDED
                    : fold.hung   ? TALLY_IS_HUNG
                                  : TALLY_IS_COUNTED;
    if (last->passed)
        tally->accepted = last->replied_at;
    count(&fold, last);
    return *tally;
}

/* Working time from the first dispatch to the reply that was passed, but for pauses. */
static struct span handling_time(const struct tally *tally, const struct calendar *calendar)
{
    struct span time = calendar_working_time(calendar, tally->first, tally->accepted);
    for (int i = 0; i < tally->pauses.count; i++) {
        struct interval pause = tally->pauses.at[i];
        if (instant_before(pause.from, tally->first))
            pause.from = tally->first;
        pause.to = instant_first(pause.to, tally->accepted);
        time.us -= calendar_working_time(calendar, pause.from, pause.to).us;
    }
    return time;
}

void tally_time(struct tally *tally, const struct calendar *calendar, const struct zone *zone)
{
    tally->minutes = -1;
    if (!tally->counts)
        return;
    tally->day = zone_date(calendar == NULL ? zone : calendar->zone, tally->first);
    if (calendar != NULL && instant_set(tally->accepted))
        tally->minutes = handling_time(tally, calendar).us / minute_us;
}

bool tally_same(const struct tally *a, const struct tally *b)
{
    if (a->counts != b->counts || !a->counts)
        return a->counts == b->counts;
    if (a->status != b->status || a->day.day != b->day.day || a->minutes != b->minutes ||
        !text_equal(a->area, b->area) || !text_equal(a->category, b->category) ||
        a->row_count != b->row_count)
        return false;
    for (int i = 0; i < a->row_count; i++) { /* rows may stand in another order */
        const struct tally_row *row = &a->rows[i], *other = NULL;
        for (int j = 0; j < b->row_count && other == NULL; j++)
            if (text_equal(row->holder, b->rows[j].holder))
                other = &b->rows[j];
        if (other == NULL || other->last != row->last ||
            memcmp(&row->counts, &other->counts, sizeof(row->counts)) != 0)
            return false;
    }
    return true;
}
