/* The table of moves (spec 6): what may be done with a ticket or task, from which states, by whom,
 * with which data. Code, tests, `/openapi.json` and the answer 409 are made from it. */
#pragma once

#include "domain/caller.h"
#include "domain/ticket.h"

/* What moves are on: a ticket or its tasks; a whistle or its targets; a need or project (an offer)
 * or the tasks of those who took it (shares). */
enum move_on { ON_TICKET, ON_TASK, ON_WHISTLE, ON_TARGET, ON_OFFER, ON_SHARE };
/* For a dossier of an origin: its head, or a task of it. */
enum move_on move_on(int origin, bool task);

/* `from` is a mask of states: 1 << TICKET_IS_... or 1 << TASK_IS_.... `fields` names the members of
 * the body, blank between them, `!` behind a required one; their types stand in wire/move_json.
 * `claim` is allowed with every task move. */
struct move {
    const char *name; /* as in the path: "sign", "return/approve" */
    int on;           /* enum move_on */
    unsigned from;
    unsigned who; /* MAY_... */
    const char *fields;
    const char *title; /* for people, in English and Chinese */
};

extern const struct move moves[];
extern const int move_count;

/* The move of that name on a ticket or task; NULL if there is none. */
const struct move *move_find(int on, const char *name);
/* Names of the moves that a state allows to a role (1 << role mask), in the table's order. */
struct names moves_allowed(int on, int state, unsigned who, struct arena *arena);

/* The body of a move; what is absent is NULL, -1, 0, or INSTANT_NONE. X-list: see wire/move_json.
 */
struct move_body {
    const char *unit, *org, *reason, *note, *basis, *proposed_unit, *result, *public_answer, *how;
    const char *text, *kind, *content, *address, *category, *area, *into, *claim, *who;
    const char *milestone; /* its title, or its number from 1 */
    int done;              /* 0, 1; -1 absent */
    int64_t how_many;      /* who came; 0 absent */
    int64_t score;         /* 0..100; -1 absent */
    struct names units;
    struct instant at, contacted_at;
    struct amount span;
    struct date review_on;
    int accept, reroute, reached, contacted; /* 0, 1; -1 absent */
    int solved;       /* 0 no, 1 yes; -1 absent. JSON bool in `reply`, "yes"/"no" in `callback` */
    int satisfied;    /* 0 no, 1 basic, 2 yes, 3 very; -1 absent */
    const char *data; /* the body as sent, without `claim`, as compact JSON: the event's data */
};
