/* A ticket with its tasks at one version, and what a decision adds to it. Every write goes this
 * way: a dossier is loaded or begun, rules change it in memory, the store saves what is new. Pure.
 */
#pragma once

#include "domain/deadline.h"
#include "domain/likeness.h"
#include "domain/match.h"
#include "domain/moves.h"

enum { DOSSIER_TAKES = 24 };

/* One more (+1) or one less (-1) task on a resource, or one more case on a unit's record. */
struct take {
    const char *resource;
    int64_t more;
};

/* A whistle that a rule raised, without id and number: the flow gives both, and tells them in the
 * event. */
struct raised {
    struct dossier *whistle;
    int event; /* its place among the new ones */
};

struct dossier {
    struct ticket ticket;
    int task_count;
    struct task *tasks;
    int event_count; /* new ones, to be appended */
    struct event *events;
    int take_count;
    struct take takes[DOSSIER_TAKES];
    struct unit_record record; /* to be added to record_unit's */
    const char *record_unit;   /* NULL: nothing to add */
    int raised_count;
    struct raised *raised;
    struct route route;       /* the decision of dossier_receive and of dispatches */
    bool routed;              /* `route` is set; its JSON goes into the ticket */
    unsigned shortages;       /* needs nobody met: 1 << resource kind; bit 31: no kind was named */
    bool amended;             /* category, area or content were corrected */
    struct submission before; /* what was corrected, if so */
    bool erased;              /* texts and petitioner are to be erased, in its events too */
    int64_t pause_seq;        /* an entry of the ledger of pauses, by its event; 0: none */
    struct instant pause_at;  /* of that entry: it begins if the ticket is hung now */
    struct slice details;     /* the kept part of the submission as JSON, for the store */
    struct slice petitioner;  /* the petitioner as JSON, to be sealed; size 0: none */
    const char *hints;        /* JSON for the event `receive`; NULL: none */
    const struct crypt_hash *phone; /* the hash of the phone, where it was made before; NULL: not */
    const struct sketch *sketch;    /* kept, so that later tickets find this one; NULL: not */
    int64_t loaded;                 /* the ticket's version when it was loaded */
    struct instant last_at;         /* of its last event then; absent: it is fresh */
    bool fresh;                     /* the ticket is not in the database yet */
    bool offered;                   /* a need or project was published: whom it is offered to */
    struct arena *arena;
};

/* What rules may look at beside the dossier. */
struct world {
    const struct snapshot *snapshot;
    const struct standing *standing;
    struct instant now;
    struct arena *arena;
};

/* Begins a ticket from a submission: number and id are given; state triage, no events yet. */
struct dossier *dossier_new(struct arena *arena, const struct submission *sent, int64_t id,
                            const char *no);
/* The task of that number, NULL if there is none. */
struct task *dossier_task(const struct dossier *dossier, int number);
/* The current lead: the last lead task that was neither returned nor withdrawn; NULL: none. */
struct task *dossier_lead(const struct dossier *dossier);
/* The task is not completed, returned or withdrawn. */
bool task_is_open(const struct task *task);
/* A unit may see the petitioner's phone: one was given, kind is not `report`, not secret. */
bool ticket_shows_phone(const struct ticket *ticket);
/* Its tasks have a contact clock: the unit may see a phone, or it has to arrive. */
bool ticket_has_contact(const struct ticket *ticket);
/* Policy and calendar of a task, at the versions it was dispatched under. False: not in the
 * registry. */
bool task_terms(const struct ticket *ticket, const struct task *task,
                const struct snapshot *snapshot, struct terms *ret_terms);

/* The snapshot has, or is newer than, every version that the open tasks run under. False: the
 * registry was changed since, and task_terms would give an older version. */
bool dossier_known(const struct dossier *dossier, const struct snapshot *snapshot);

/* The dues of a task as members of a JSON object, for events: "sign_due":..., without braces. */
const char *clocks_text(const struct task *task, struct arena *arena);
/* Sets the task's next_at: the next step of its schedule or, while the ticket is hung, its review.
 */
void dossier_plan(struct dossier *dossier, const struct world *world, struct task *task);
/* Reckons a task's clocks anew (deadline_refresh); tells it in an event `clocks` with the reason,
 * and in `overdue_lifted` for each mark that fell. False: no due moved, nor is one less or more
 * certain (provisional). */
bool dossier_reclock(struct dossier *dossier, const struct world *world, struct task *task,
                     const char *reason, const struct actor *by);
/* The same for every open task. */
void dossier_reclock_all(struct dossier *dossier, const struct world *world, const char *reason,
                         const struct actor *by);

/* A due that a recalculation moved; either may be absent. */
struct due_change {
    int64_t ticket;
    const char *no;
    int task;
    const char *stage;
    struct instant from, to;
};
enum { RECALCULATION_SHOWN = 100 };
/* What a recalculation did: tasks that run under the new version now, those of them with another
 * due or another provisional flag, overdue marks that fell, the first changes. */
struct recalculation {
    int64_t tasks, changed, lifted;
    int count;
    struct due_change items[RECALCULATION_SHOWN];
};
/* Puts open tasks that run under an older version of this calendar under the given one, which the
 * snapshot has: dues are reckoned anew and told in events `clocks`, marks put right; policies stay.
 * `note` is JSON text for the events, NULL: none. Adds to `*sum`. */
void dossier_recalculate(struct dossier *dossier, const struct world *world,
                         const struct calendar *calendar, const char *note, const struct actor *by,
                         struct recalculation *sum);

/* Appends an event; `task` NULL: of the ticket. `data` is JSON object text, NULL: {}. The ticket's
 * version, the task's version and holder are filled in. */
struct event *dossier_event(struct dossier *dossier, const struct world *world, struct task *task,
                            const char *move, const struct actor *by);
/* Derives the ticket's state from its tasks (spec 6) and keeps the instants that follow from it. */
void dossier_settle(struct dossier *dossier, const struct world *world);

/* The rules for what comes to a holder at that level, as they are now; FAULT_CONFLICT when no
 * policy or calendar applies. */
MUST_CHECK bool dossier_terms(const struct dossier *dossier, const struct world *world, int level,
                              struct terms *ret_terms, struct error *err);

/* A task's new holder. */
struct assignment {
    int role, round;
    const struct unit *unit; /* NULL: the org keeps it until it delegates */
    const struct org *org;
    const struct resource *resource; /* capacity is taken; NULL: none */
    bool designated;
    const struct task *after; /* handled again: its level and who sees it stay; NULL: not so */
};
/* Adds a task with its clocks under the policy that fits, its capacity and its event `dispatch`.
 * Fails (FAULT_CONFLICT) when no policy or calendar applies. */
MUST_CHECK bool dossier_assign(struct dossier *dossier, const struct world *world,
                               const struct assignment *to, const struct actor *by,
                               struct error *err);
/* Moves a task to a state with an event of that name; leaving the open states gives capacity back
 * and ends the schedule. */
struct event *dossier_move_task(struct dossier *dossier, const struct world *world,
                                struct task *task, const char *move, int to,
                                const struct actor *by);

/* The question to the inventory that a ticket stands for, under the policy that fits it. */
struct demand dossier_demand(const struct dossier *dossier, const struct world *world);
/* What a refused move says: 409 naming the state and the moves that it allows. */
bool dossier_refuse(const struct dossier *dossier, const struct task *task, struct error *err,
                    const char *why);
/* Sends the lead where a route points (dossier->route) and keeps the route. */
MUST_CHECK bool dossier_send(struct dossier *dossier, const struct world *world,
                             const struct actor *by, bool designated, struct error *err);
/* Withdraws every open task. */
void dossier_withdraw(struct dossier *dossier, const struct world *world, const struct actor *by);
/* Makes a completed ticket's lead work again: new task, next round, own clock. */
MUST_CHECK bool dossier_rehandle(struct dossier *dossier, const struct world *world,
                                 const struct actor *by, struct error *err);
/* Erases the texts of an ended ticket and whom they came from, with an event `erase` of the
 * reason's JSON `data`; what figures are made from stays. The store does the same to all earlier
 * events. */
void dossier_erase(struct dossier *dossier, const struct world *world, const char *data,
                   const struct actor *by);
/* Begins a pause (the ticket is hung) or ends the open one, under the last event's number. */
void dossier_pause(struct dossier *dossier, struct instant now);
/* Raises a task one level: that level's org is told and sees it. False: it is at the top. */
bool task_raise(struct dossier *dossier, const struct world *world, struct task *task);
/* The same with its event; nothing at the top. */
void dossier_level_up(struct dossier *dossier, const struct world *world, struct task *task,
                      const char *reason);
/* The daemon as an actor. */
extern const struct actor actor_daemon;
/* Routes and dispatches a fresh ticket as its `then` says (spec 4): events receive, answer or
 * dispatch with assists; sets ticket.route. */
MUST_CHECK bool dossier_receive(struct dossier *dossier, const struct world *world,
                                const struct actor *by, struct error *err);
/* The route alone, for the dry run. */
MUST_CHECK bool dossier_route(struct dossier *dossier, const struct world *world,
                              struct route *ret_route, struct error *err);
/* Carries out every step of the tasks' schedules that is due at world->now: reminders, overdue
 * marks, escalations, each with its event by the daemon. Returns how many. */
int dossier_sweep(struct dossier *dossier, const struct world *world);
/* The same for one task. Moves call it first: what was due before a late one is not lost by it. */
int dossier_catch_up(struct dossier *dossier, const struct world *world, struct task *task);

/* One move under way. */
struct doing {
    struct dossier *dossier;
    const struct world *world;
    struct task *task;       /* NULL: a move on the ticket */
    struct dossier *other;   /* the ticket that `into` names; NULL: none was found */
    struct dossier **others; /* those that go with it: a project's needs */
    int other_count;
    const struct move *move;
    const struct move_body *body;
    const struct actor *by;
    struct error *err;
};

/* Carries the move out: guards, effects, events. The caller's role and scope were checked; states
 * and the rules of spec 6 are checked here (409 with the moves allowed). */
MUST_CHECK bool dossier_move(const struct doing *doing);
