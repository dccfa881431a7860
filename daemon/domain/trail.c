/* The marks that moves leave on a task's clocks, told once more from the outside: by the moves'
 * names alone, whatever their effects did. */
#include "domain/trail.h"

#include <string.h>

struct trail trail_new(void)
{
    struct trail trail = {.state = -1};
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        trail.due[stage] = trail.met[stage] = INSTANT_NONE;
    return trail;
}

/* The task comes to another holder, whose clocks begin. */
static void arrive(struct trail *trail)
{
    trail->met[STAGE_SIGN] = trail->met[STAGE_CONTACT] = INSTANT_NONE;
    trail->overdue &= 1u << STAGE_RESOLVE;
}

/* A reply is a contact too, where there was none; a contact of the same instant is kept apart. */
static void reply(struct trail *trail, struct instant at)
{
    struct instant *contact = &trail->met[STAGE_CONTACT];
    trail->met[STAGE_RESOLVE] = at;
    if (!instant_set(*contact))
        *contact = at;
    else if (contact->us == at.us)
        trail->met[STAGE_RESOLVE].us++;
}

static void reject(struct trail *trail)
{
    if (trail->met[STAGE_CONTACT].us == trail->met[STAGE_RESOLVE].us)
        trail->met[STAGE_CONTACT] = INSTANT_NONE;
    trail->met[STAGE_RESOLVE] = INSTANT_NONE;
}

static void mark(struct trail *trail, const char *word, bool overdue)
{
    int place = word == NULL ? -1 : word_find(all_stage_words, word);
    if (place < 0)
        return;
    unsigned bit = 1u << place % STAGE_COUNT;
    trail->overdue = overdue ? trail->overdue | bit : trail->overdue & ~bit;
}

/* Moves that meet a clock, of any origin. Of several contacts or arrivals the first does. */
static void meet(struct trail *trail, const struct event *event)
{
    static const struct {
        const char *move;
        int stage;
    } meets[] = {
        {"sign",        STAGE_SIGN   },
        {"acknowledge", STAGE_SIGN   },
        {"contact",     STAGE_CONTACT},
        {"arrive",      STAGE_CONTACT},
        {"result",      STAGE_RESOLVE},
        {"finish",      STAGE_RESOLVE},
    };
    for (size_t i = 0; i < COUNT_OF(meets); i++) {
        struct instant *met = &trail->met[meets[i].stage];
        if (!text_equal(event->move, meets[i].move))
            continue;
        if (meets[i].stage != STAGE_CONTACT || !instant_set(*met))
            *met = event->at;
    }
}

static void follow_clocks(struct trail *trail, const struct event *event,
                          const struct vouched *vouched)
{
    const char *move = event->move;
    if (text_equal(move, "delegate"))
        arrive(trail);
    else if (text_equal(move, "reply"))
        reply(trail, event->at);
    else if (text_equal(move, "reply/reject"))
        reject(trail);
    else if (text_equal(move, "overdue") || text_equal(move, "overdue_lifted"))
        mark(trail, vouched->stage, text_equal(move, "overdue"));
    else
        meet(trail, event);
    if (!vouched->clocks)
        return;
    trail->clocks = true;
    memcpy(trail->due, vouched->due, sizeof(trail->due));
}

static const char *held(const char *kept, const char *now, struct arena *arena)
{
    return text_equal(kept, now) ? kept : arena_copy(arena, now);
}

void trail_take(struct trail *trail, const struct event *event, const struct vouched *vouched,
                struct arena *arena)
{
    trail->seq = event->seq;
    if (event->to != NULL)
        trail->state = word_find(task_state_words, event->to);
    trail->unit = held(trail->unit, event->unit, arena);
    trail->org = held(trail->org, event->org, arena);
    follow_clocks(trail, event, vouched);
}

bool trail_fits(const struct trail *trail, const struct task *task)
{
    return trail->state == task->state && text_equal(trail->unit, task->unit) &&
           text_equal(trail->org, task->org) && trail->overdue == task->overdue &&
           (!trail->clocks || memcmp(trail->due, task->due, sizeof(trail->due)) == 0) &&
           memcmp(trail->met, task->met, sizeof(trail->met)) == 0;
}
