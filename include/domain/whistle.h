/* Whistles (spec 7): a street calls units to report in on a matter. A whistle is a dossier of its
 * own; its targets become tasks when it is approved. Pure. */
#pragma once

#include "domain/effects.h"

enum { WHISTLE_TARGETS = 20, WHISTLE_REASON = 2000, WHISTLE_PLACE = 500 };

/* A unit that is called, and what it has said since. */
struct whistle_target {
    const char *unit;
    int role;            /* enum task_role; -1: not said */
    const char *who;     /* came, or is coming */
    int64_t how_many;    /* of them; 0: not said */
    const char *result;  /* NULL: none yet */
    int solved;          /* 0, 1; -1: not said */
    const char *refusal; /* why it would not come; NULL: it did not refuse */
};

/* What a whistle keeps beside the columns of its head. */
struct whistle {
    int kind;           /* enum whistle_kind; sent.kind of the head */
    const char *no;     /* the ticket that it is about; NULL: none */
    const char *org;    /* asked to be raised for; NULL: the key's own; head_org is who decides */
    const char *reason; /* also the head's title, cut, and its content */
    const char *place;
    int target_count;
    struct whistle_target *targets;
    int64_t raised_key; /* 0: the daemon, by a rule */
};

/* Begins a whistle: the fresh dossier's ticket.whistle is filled with what was sent, doing->other
 * is the ticket it names, where that is in the caller's reach. Finds who decides, checks the
 * targets, tells it in an event `raise`, and in an event `whistle` of the ticket. */
MUST_CHECK bool whistle_raise(const struct doing *doing);
/* A rule whistles for a ticket's task, once for each: appends the task's event `whistle` with
 * `data` (members of a JSON object, without braces) and adds the whistle to dossier->raised, for
 * the street over the ticket's area, calling the task's unit and those of the other open tasks.
 * Where that cannot be, or an open task of the same round has whistled already, the event has the
 * reason. `why` begins the whistle's own reason. */
void whistle_by_rule(struct dossier *dossier, const struct world *world, struct task *task,
                     const char *why, const char *data);
/* The target of that unit; NULL: the unit was not called. */
struct whistle_target *whistle_target(const struct whistle *whistle, const char *unit);
/* The same with its free texts masked (domain/mask), in an arena. */
struct whistle *whistle_mask(const struct whistle *whistle, struct arena *arena);

/* The effects of its moves by name; NULL: none. */
effect_fn effect_on_whistle(const char *name);
effect_fn effect_on_target(const char *name);
