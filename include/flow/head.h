/* Heads that are not tickets: whistles, needs, projects. One flow makes them, one shows them, one
 * lists them (flow/move moves them); what differs by origin stands in a row of a table. */
#pragma once

#include "flow/flow.h"

struct head {
    int origin;       /* enum origin */
    const char *what; /* in messages: "whistle" */
    const char *path; /* "/v1/whistles" */
    /* wire: the body into a draft, `sent` and what the origin keeps beside it. */
    bool (*read)(struct slice body, struct arena *arena, struct ticket *ret_draft,
                 struct error *err);
    /* What of it is kept beside the columns, and back. */
    struct slice (*keep)(const struct ticket *ticket, struct arena *arena);
    void (*restore)(struct slice kept, struct arena *arena, struct ticket *ticket);
    /* The numbers of the dossiers that a draft names. They are loaded before `begin`. */
    struct names (*named)(const struct ticket *draft);
    /* domain: checks the draft in doing->dossier and begins it with its first event; doing->others
     * are the dossiers named that are in reach, doing->other the first of them; they may get events
     * too. */
    bool (*begin)(const struct doing *doing);
    /* The numbers of those that its moves may change too; NULL: none ever. They are loaded with it.
     */
    struct names (*with)(const struct ticket *ticket);
    /* It may even where that one is not in the caller's reach. */
    bool (*binds)(const struct ticket *ticket, const struct ticket *other);
    /* Is it in this caller's reach? */
    bool (*sees)(const struct flow *flow, const struct dossier *dossier);
    /* The whole of it, as this caller may see it. */
    struct slice (*show)(struct flow *flow, const struct dossier *dossier);
    /* The list's statement: scope ($1 to $4), states, the members of the query that `filters` names
     * (blank between) as texts, what `ask` adds, behind which id, how many. */
    enum statement list;
    const char *filters;
    /* The caller's units, where they are more than its scope's; NULL: those. */
    struct names (*units)(const struct flow *flow);
    /* Further parameters of the list; false: a fault is set. NULL: none. */
    bool (*ask)(struct flow *flow, struct args *args);
};

/* Steps of POST, GET of one and GET of many; the route's path says of which. */
extern const struct steps head_create_steps;
extern const struct steps head_show_steps;
extern const struct steps head_list_steps;

/* The row of an origin, of the route that is answered; NULL: of tickets. */
const struct head *head_of_origin(int origin);
const struct head *head_of_route(const struct flow *flow);
/* The dossiers, and behind them what rules raised in them (dossier->raised): with ids that their
 * events tell, ready to be saved together. */
struct dossier **head_raised(struct flow *flow, struct dossier **dossiers, int count,
                             int *ret_count);
/* The caller's orgs own it. */
bool head_is_own(const struct flow *flow, const struct dossier *dossier);
