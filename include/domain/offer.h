/* Needs and projects (spec 8): a community or street offers them, first to the units paired with it
 * and after a time to all, and units take them, alone or jointly. Both are dossiers; those who took
 * one have a share in it, which is a task. Pure. */
#pragma once

#include "domain/effects.h"

enum {
    OFFER_NEEDS = 50,
    OFFER_RESOURCES = 50,
    OFFER_MILESTONES = 50,
    OFFER_QUANTITY = 1000000,
    OFFER_RATING = 100
};

struct milestone {
    const char *title;
    struct date due;        /* absent: no day was set */
    struct instant done_at; /* absent: not done */
    const char *note;       /* the last word on it; NULL: none */
};

/* What the holder of a task and the owner have said about it. */
struct share {
    int64_t task;          /* its number */
    const char *result;    /* NULL: none yet */
    const char *note;      /* with the owner's rating of the unit; NULL: none */
    const char *note_back; /* with the unit's rating of the owner; NULL: none */
};

/* What a need or project keeps beside the columns of its head. */
struct offer {
    const char *org;       /* asked to own it; NULL: the caller's own; head_org is who does */
    int64_t quantity;      /* of a need */
    const char *secretary; /* in charge of a project */
    struct names needs;    /* taken up by a project, by id */
    struct names resources;
    int milestone_count;
    struct milestone *milestones;
    const char *project; /* that has taken the need up; NULL: none */
    /* Since it was published. */
    struct names paired;         /* units that may take it first */
    struct instant published_at; /* absent: not yet */
    struct instant open_at;      /* from then on all units may */
    struct instant finish_by;    /* end of the last milestone's day; absent: none has one */
    int share_count;
    struct share *shares;
};

/* Begins a need or project: the fresh dossier's ticket.offer and ticket.sent are filled with what
 * was sent, doing->others are the needs that a project names, where they are in the caller's reach.
 * Finds who owns it, checks every code, tells it in an event `draft`. */
MUST_CHECK bool offer_draft(const struct doing *doing);
/* Active units with an agreement in force today with the owning org, or with one above or below it
 * over the area, and those that list it in `joined`; in order of code. */
struct names offer_paired(const struct ticket *ticket, const struct snapshot *snapshot,
                          struct date today, struct arena *arena);
/* It was published and its time for paired units is over. */
bool offer_is_open(const struct offer *offer, struct instant now);
/* The caller's side: the org that owns it or one above, or a dispatcher in reach. */
bool offer_owns(const struct ticket *ticket, const struct snapshot *snapshot,
                const struct actor *by, struct arena *arena);
/* What was said about a task; NULL: nothing yet. */
struct share *offer_share(const struct offer *offer, int task);
/* The same with its free texts masked (domain/mask), in an arena. */
struct offer *offer_mask(const struct offer *offer, struct arena *arena);

/* The effects of their moves by name; NULL: none. */
effect_fn effect_on_offer(const char *name);
effect_fn effect_on_share(const char *name);
/* Inside the domain: sets the state of a head from its shares after one changed; ends it and the
 * needs that it took up when all are completed. */
void offer_settle(const struct doing *doing);
/* Marks the milestone that the body names as done or not, and keeps the word on it. */
bool offer_mark(const struct doing *doing);
