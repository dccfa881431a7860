/* Load, decide, guard, save, commit, answer. */
#include "flow/move.h"

#include <string.h>

#include "base/metrics.h"
#include "domain/number.h"
#include "domain/record.h"
#include "flow/entry.h"
#include "flow/erasure.h"
#include "flow/head.h"
#include "flow/poll.h"
#include "flow/reach.h"
#include "flow/refresh.h"
#include "flow/whistle.h"
#include "wire/erasure_json.h"
#include "wire/move_json.h"
#include "wire/ticket_json.h"

#define REST(X)                                                                                    \
    X(load_with)                                                                                   \
    X(know) X(catch_up) X(decide) X(guard) X(strip) X(strip_on) X(save) X(commit) X(committed)
#define MOVE_TICKET(X) X(read_ticket_move) REST(X)
#define MOVE_TASK(X)   X(read_task_move) REST(X)
#define MOVE_HEAD(X)   X(read_head_move) REST(X)
#define MOVE_TARGET(X) X(read_target_move) REST(X)
FLOW_STEPS(move_ticket_steps, MOVE_TICKET)
FLOW_DECLARE(read_task_move)
FLOW_TABLE(move_task_steps, MOVE_TASK)
FLOW_DECLARE(read_head_move)
FLOW_TABLE(move_head_steps, MOVE_HEAD)
FLOW_DECLARE(read_target_move)
FLOW_TABLE(move_target_steps, MOVE_TARGET)

enum { WHISTLES_ROWS = 3 /* behind those of the dossiers */ };

struct job {
    const struct move *move;
    struct move_body body;
    const struct head *head; /* what the path is about; NULL: a ticket, or a task by its id */
    int64_t ticket;
    int number;                /* of the task; 0: a move on the ticket or head */
    const char *unit;          /* whose task it is, where the path says so; else NULL */
    const char *name;          /* as in the path */
    struct dossier **dossiers; /* that of the path, then those that the move may change too */
    int count;
    struct dossier *dossier; /* the first of them */
    struct task *task;
    struct erasure *erasure; /* of the move `erase` */
};

/* The move named by the rest of the path, as one on `on`: its role and its body. */
static bool read_move(struct flow *flow, enum move_on on)
{
    struct job *job = FLOW_JOB(flow, struct job);
    job->move = move_find(on, job->name);
    if (job->move == NULL)
        return error_set(&flow->err, FAULT_NOT_FOUND, "there is no move '%s' here", job->name);
    if ((job->move->who & 1u << flow->caller->role) == 0)
        return error_set(&flow->err, FAULT_DENIED, "a key of role '%s' may not do '%s'",
                         caller_role_words[flow->caller->role], job->name);
    return move_body_read(job->move, flow->call->body, flow->arena, &job->body, &flow->err);
}

static void read_name(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    job->name = call->part_count == 3
                    ? arena_format(flow->arena, "%s/%s", call->parts[1], call->parts[2])
                    : call->parts[1];
}

static enum next read_ticket_move(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    read_name(flow);
    if (!read_move(flow, ON_TICKET))
        return END;
    const char *numbers[] = {flow->call->parts[0], job->body.into};
    if (!number_valid(numbers[0]))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no ticket has this number");
    dossier_store_load(flow_work(flow), NULL, 0,
                       &(struct names){numbers[1] == NULL ? 1 : 2, numbers});
    if (text_equal(job->name, "erase"))
        whistles_on(flow->work, NULL, 0, numbers[0]);
    return WAIT;
}

static enum next read_head_move(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    job->head = head_of_route(flow);
    read_name(flow);
    if (!read_move(flow, move_on(job->head->origin, false)))
        return END;
    dossier_store_load(flow_work(flow), NULL, 0, &(struct names){1, &flow->call->parts[0]});
    return WAIT;
}

/* {id}/targets/{unit}/{move}: the task is found when they are loaded. */
static enum next read_target_move(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    job->head = head_of_route(flow);
    job->unit = call->parts[1];
    job->number = 0;
    job->name = call->part_count == 4
                    ? arena_format(flow->arena, "%s/%s", call->parts[2], call->parts[3])
                    : call->parts[2];
    if (!read_move(flow, move_on(job->head->origin, true)))
        return END;
    dossier_store_load(flow_work(flow), NULL, 0, &(struct names){1, &flow->call->parts[0]});
    return WAIT;
}

/* Which moves a task has shows when it is loaded; before, what no task has at all, and what no key
 * of this role may do with any. */
static bool known(struct flow *flow, const char *name)
{
    static const enum move_on ons[] = {ON_TASK, ON_TARGET, ON_SHARE};
    bool found = false, may = false;
    for (size_t i = 0; i < COUNT_OF(ons); i++) {
        const struct move *move = move_find(ons[i], name);
        found |= move != NULL;
        may |= move != NULL && (move->who & 1u << flow->caller->role) != 0;
    }
    if (!found)
        return error_set(&flow->err, FAULT_NOT_FOUND, "there is no move '%s' here", name);
    return may || error_set(&flow->err, FAULT_DENIED, "a key of role '%s' may not do '%s'",
                            caller_role_words[flow->caller->role], name);
}

static enum next read_task_move(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!task_id_parse(flow->call->parts[0], &job->ticket, &job->number))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no task has this id");
    read_name(flow);
    if (!known(flow, job->name))
        return END;
    dossier_store_load(flow_work(flow), &job->ticket, 1, NULL);
    return WAIT;
}

/* The key of the street_alliance over the ticket's area: it reviews replies wherever they come
 * from. */
static bool is_street(const struct flow *flow, const struct ticket *ticket)
{
    const struct org *street =
        snapshot_org_over(flow->snapshot, ORG_STREET_ALLIANCE, ticket->sent.area, &ticket->barred);
    return flow->caller->role == CALLER_ORG && street != NULL &&
           text_equal(street->code, flow->caller->org);
}

/* The move of a loaded task: a whistle's targets have others than a ticket's tasks. */
static bool settle_move(struct flow *flow, struct job *job)
{
    enum move_on on = move_on(job->dossier->ticket.origin, true);
    if (move_find(on, job->name) == NULL)
        return dossier_refuse(job->dossier, job->task, &flow->err,
                              "a task of this kind has no such move");
    return read_move(flow, on);
}

/* Nothing of the kind, or nothing that the caller may know of. */
static bool not_found(struct flow *flow, const struct job *job)
{
    if (job->head != NULL)
        return error_set(&flow->err, FAULT_NOT_FOUND, "no %s has this id%s", job->head->what,
                         job->unit == NULL ? "" : ", or it does not call this unit");
    return error_set(&flow->err, FAULT_NOT_FOUND,
                     job->number == 0 ? "no ticket has this number" : "no task has this id");
}

/* A ticket's task; who only sees it may not move it. */
static bool reach_task(struct flow *flow, struct job *job)
{
    const struct names none = {0};
    const struct ticket *ticket = &job->dossier->ticket;
    const struct task *task = job->task;
    if (!(sees_task(flow, job->dossier, task) || is_street(flow, ticket)))
        return not_found(flow, job);
    if (!settle_move(flow, job))
        return false;
    bool reviews = (job->move->who & MAY_DISPATCHER) != 0 && is_street(flow, ticket);
    if (!reviews && !sees_task(flow, job->dossier, task))
        return not_found(flow, job);
    if (reviews || scope_has_area(&flow->scope, ticket->sent.area) ||
        scope_has_holder(&flow->scope, task->unit, task->org, &none))
        return true;
    return error_set(&flow->err, FAULT_DENIED, "the task has been passed on: it can be seen only");
}

/* The loaded row is in the caller's reach. Who of those may do what with one that is no ticket's,
 * its rules say. */
static bool reach(struct flow *flow, struct job *job)
{
    const struct dossier *dossier = job->dossier;
    int origin = dossier->ticket.origin;
    if (job->number == 0 && job->unit == NULL)
        return (origin == (job->head == NULL ? ORIGIN_TICKET : job->head->origin) &&
                sees_dossier(flow, dossier)) ||
               not_found(flow, job);
    if (job->task == NULL || (job->head != NULL && origin != job->head->origin))
        return not_found(flow, job);
    if (origin == ORIGIN_TICKET)
        return reach_task(flow, job);
    return sees_task(flow, dossier, job->task) ? settle_move(flow, job) : not_found(flow, job);
}

/* Claims (spec 10): a token must be the living one; a living one must be shown by unit keys. */
static bool check_claim(struct flow *flow, const struct job *job)
{
    struct task *task = job->task;
    if (task == NULL || flow->caller->role != CALLER_UNIT)
        return true;
    bool living = task->claim != NULL && task->lease_until.us > flow->now.us;
    if (job->body.claim != NULL) {
        if (!living || !text_equal(job->body.claim, task->claim))
            return error_set(&flow->err, FAULT_CONFLICT, "this claim is not the living one");
        return true;
    }
    if (living)
        return error_set(&flow->err, FAULT_CONFLICT,
                         "the task is claimed: send \"claim\" with its token");
    return true;
}

/* A move by someone else ends the claim; so does leaving the unit. */
static void end_claims(const struct flow *flow, const struct job *job)
{
    if (text_equal(job->move->name, "note"))
        return;
    for (int i = 0; i < job->dossier->task_count; i++) {
        struct task *task = &job->dossier->tasks[i];
        bool own = flow->caller->role == CALLER_UNIT && task_is_open(task) &&
                   text_equal(task->unit, flow->caller->unit);
        if (task->dirty && !own) {
            task->claim = NULL;
            task->lease_until = INSTANT_NONE;
        }
    }
}

/* The task that the path names: by its number, or by the unit that has it. */
static struct task *named_task(const struct job *job)
{
    struct task *task = dossier_task(job->dossier, job->number);
    for (int i = 0; job->unit != NULL && i < job->dossier->task_count; i++)
        if (text_equal(job->dossier->tasks[i].unit, job->unit))
            task = &job->dossier->tasks[i];
    return task;
}

/* That of the path: by the task's id, or by its own number. */
static bool is_named(const struct flow *flow, const struct job *job, const struct ticket *ticket)
{
    return job->ticket != 0 ? ticket->id == job->ticket
                            : text_equal(ticket->no, flow->call->parts[0]);
}

/* What was loaded, that of the path in front, if it is there. */
static struct dossier *read_loaded(struct flow *flow, struct job *job)
{
    job->dossier = NULL;
    job->dossiers = dossier_store_read(flow->work, 0, flow->arena, &job->count);
    for (int i = 0; i < job->count; i++) {
        struct dossier *dossier = job->dossiers[i];
        dossier_restore(dossier, flow->arena);
        if (!is_named(flow, job, &dossier->ticket))
            continue;
        job->dossiers[i] = job->dossiers[0];
        job->dossiers[0] = job->dossier = dossier;
    }
    return job->dossier;
}

/* A project's moves may change the needs that it took up, an erasure goes for the whistles on the
 * ticket: they are loaded with it. */
static enum next load_with(struct flow *flow)
{
    struct job *job = flow->job;
    const struct dossier *dossier = read_loaded(flow, job);
    const struct head *head = dossier == NULL ? NULL : head_of_origin(dossier->ticket.origin);
    struct names with = {0};
    if (head != NULL && head->with != NULL)
        with = head->with(&dossier->ticket);
    if (dossier != NULL && job->move != NULL && text_equal(job->move->name, "erase"))
        with = whistles_read(flow, WHISTLES_ROWS);
    if (with.count == 0)
        return GO;
    job->dossiers = NULL;
    dossier_store_load(flow->work, &dossier->ticket.id, 1, &with);
    return WAIT;
}

/* Those that the move may change beside the one of the path: what is in reach, or bound to it. */
static bool take_loaded(struct flow *flow, struct job *job)
{
    const struct dossier *dossier = job->dossiers == NULL ? read_loaded(flow, job) : job->dossier;
    const struct head *head = dossier == NULL ? NULL : head_of_origin(dossier->ticket.origin);
    int kept = 1;
    if (dossier == NULL) {
        not_found(flow, job);
        return false;
    }
    for (int i = 1; i < job->count; i++) {
        struct dossier *other = job->dossiers[i];
        bool bound =
            head != NULL && head->binds != NULL && head->binds(&dossier->ticket, &other->ticket);
        if (bound || sees_dossier(flow, other))
            job->dossiers[kept++] = other;
    }
    job->count = kept;
    job->task = named_task(job);
    job->number = job->task == NULL ? job->number : job->task->number;
    return true;
}

/* A ticket does not leave the reach of the key that corrects it. */
static bool keeps_area(struct flow *flow, const struct job *job)
{
    if (job->body.area == NULL || scope_has_area(&flow->scope, job->body.area))
        return true;
    return error_add(&flow->err, "/area", "is not within this key's areas");
}

/* What the domain cannot write: JSON of texts. */
static void write_texts(struct flow *flow, struct dossier *dossier)
{
    if (dossier->routed)
        dossier->ticket.route = route_write(&dossier->route, flow->arena);
    for (int i = 0; i < dossier->event_count && dossier->amended; i++)
        if (text_equal(dossier->events[i].move, "amend"))
            dossier->events[i].data = vouched_write(
                amendment_write(dossier->events[i].data, &dossier->before, flow->arena),
                record_digest(&dossier->ticket, flow->arena), NULL, flow->arena);
    dossier_keep(dossier, flow->arena);
    if (dossier->amended) {
        struct sketch *sketch = ARENA_NEW(flow->arena, struct sketch);
        likeness_sketch(dossier->ticket.sent.title, dossier->ticket.sent.content, sketch);
        dossier->sketch = sketch;
    }
}

static bool all_known(const struct flow *flow, const struct job *job)
{
    for (int i = 0; i < job->count; i++)
        if (!dossier_known(job->dossiers[i], flow->snapshot))
            return false;
    return true;
}

/* Another instance may have changed a policy and dispatched by it before this one read it. */
static enum next know(struct flow *flow)
{
    struct job *job = flow->job;
    if (!take_loaded(flow, job))
        return END;
    if (all_known(flow, job)) {
        flow->step++; /* not catch_up */
        return GO;
    }
    work_add(flow->work, STMT_COUNTER_READ);
    return WAIT;
}

static enum next catch_up(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    struct row row = rows_at(&rows, 0, flow->arena);
    return refresh_wait(flow, row_int(&row));
}

static enum next decide(struct flow *flow)
{
    struct job *job = flow->job;
    if (snapshot_revision(flow->snapshot) < snapshot_revision(flow->context->snapshot) &&
        !all_known(flow, job))
        return REDO; /* by the rules that it runs under */
    if (!reach(flow, job) ||
        !entry_matches(flow,
                       job->task == NULL ? job->dossier->ticket.version : job->task->version) ||
        !check_claim(flow, job) || !keeps_area(flow, job))
        return END;
    struct world world = flow_world_of(flow, job->dossiers, job->count);
    struct doing doing = {.dossier = job->dossier,
                          .world = &world,
                          .task = job->task,
                          .other = job->count > 1 ? job->dossiers[1] : NULL,
                          .others = job->dossiers + 1,
                          .other_count = job->count - 1,
                          .move = job->move,
                          .body = &job->body,
                          .by = &flow->actor,
                          .err = &flow->err};
    if (!dossier_move(&doing))
        return END;
    end_claims(flow, job);
    job->count = dossiers_changed(job->dossiers, job->count);
    for (int i = 0; i < job->count; i++)
        write_texts(flow, job->dossiers[i]);
    return GO;
}

/* Resources are locked before they are taken; nothing is taken by most moves. */
static enum next guard(struct flow *flow)
{
    const struct job *job = flow->job;
    struct names resources = {0};
    for (int i = 0; i < job->dossier->take_count; i++)
        resources = names_with(flow->arena, &resources, job->dossier->takes[i].resource);
    work_begin(flow_work(flow));
    if (resources.count == 0)
        return GO;
    args_names(work_add(flow->work, STMT_CAPACITY_LOCK), &resources);
    return WAIT;
}

/* False: the standing knows better now, decide again. */
static bool capacity_left(struct flow *flow, const struct dossier *dossier)
{
    struct rows rows = work_rows(flow->work, 0);
    bool enough = true;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        const char *resource = row_text(&row);
        bool limited = !row_null(&row);
        int64_t capacity = row_int(&row), taken = row_int(&row);
        standing_set_taken(flow->context->standing, resource, taken);
        for (int t = 0; t < dossier->take_count; t++) {
            const struct take *take = &dossier->takes[t];
            if (text_equal(take->resource, resource) && take->more > 0 && limited &&
                taken + take->more > capacity)
                enough = false;
        }
    }
    return enough;
}

/* An erasure takes the texts out of the earlier events first. */
static enum next strip(struct flow *flow)
{
    struct job *job = flow->job;
    if (!job->dossier->erased)
        return GO;
    job->erasure = erasure_new(job->dossiers, job->count, flow->arena);
    return erasure_begin(flow, job->erasure);
}

static enum next strip_on(struct flow *flow)
{
    const struct job *job = flow->job;
    return job->dossier->erased ? erasure_go_on(flow, job->erasure) : GO;
}

static enum next save(struct flow *flow)
{
    struct job *job = flow->job;
    if (job->dossier->take_count > 0 && !capacity_left(flow, job->dossier))
        return REDO;
    int count;
    struct dossier **dossiers = head_raised(flow, job->dossiers, job->count, &count);
    dossier_store_save(flow->work, dossiers, count, &flow->context->vault, flow->arena);
    flow->answer.status = 200;
    if (job->task == NULL) {
        flow->answer.body = job->head == NULL ? ticket_body(flow, job->dossier)
                                              : job->head->show(flow, job->dossier);
        flow->answer.etag = entry_etag(flow, job->dossier->ticket.version);
    } else {
        job->task = dossier_task(job->dossier, job->number);
        flow->answer.body = task_body(flow, job->dossier, job->task);
        flow->answer.etag = entry_etag(flow, job->task->version);
    }
    flow->keep_tickets = arena_format(flow->arena, "%lld", (long long)job->dossier->ticket.id);
    entry_keep(flow);
    return WAIT;
}

static enum next commit(struct flow *flow)
{
    if (!work_obeyed(flow->work))
        return REDO;
    work_commit(flow->work);
    return WAIT;
}

static enum next committed(struct flow *flow)
{
    const struct dossier *dossier = ((struct job *)flow->job)->dossier;
    for (int i = 0; i < dossier->take_count; i++)
        standing_take(flow->context->standing, dossier->takes[i].resource, dossier->takes[i].more);
    metrics_add(METRIC_MOVES, 1);
    poll_kick(flow->context);
    return END;
}
