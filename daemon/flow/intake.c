/* The batch. One runs at a time; meanwhile the next one gathers. What makes it hard: a transaction
 * must not fail for one bad ticket, and capacity is decided by the database. So the guards
 * (Idempotency-Keys, external numbers, locked capacity) go first; what they refuse is taken out or
 * decided again, and only a batch that they all let through is written. */
#include "flow/intake.h"

#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/metrics.h"
#include "domain/number.h"
#include "flow/poll.h"
#include "flow/serials.h"
#include "wire/ticket_json.h"

#define INTAKE(X) X(reserve) X(decide) X(guard) X(save) X(finish_batch)
FLOW_STEPS(intake_steps, INTAKE)

enum { KEEP_DAYS = 7 };

struct intake {
    struct context *context;
    struct parcel *first, **last;
    int waiting; /* tickets */
    bool running;
};

/* Where a guard's rows are among the results. */
struct guards {
    int keys, externals, capacities; /* -1: not asked */
};

struct batch {
    struct intake *intake;
    struct parcel *parcels;    /* a list by `next` */
    struct arrival **arrivals; /* of them those still good, in order */
    struct dossier **dossiers;
    int count;
    bool standing; /* their capacity is counted in the standing */
    struct guards guards;
    const char **districts, **days; /* blocks asked for */
    int64_t *block_sizes;
    int blocks;
};

struct intake *intake_new(struct context *context)
{
    struct intake *intake = mem_zero(sizeof(*intake));
    intake->context = context;
    intake->last = &intake->first;
    return intake;
}

void intake_free(struct intake *intake)
{
    mem_free(intake);
}

/* Parcels for one transaction: about intake_batch tickets, at least one parcel. */
static struct parcel *gather(struct intake *intake)
{
    struct parcel *taken = NULL, **last = &taken;
    int count = 0;
    while (intake->first != NULL) {
        struct parcel *parcel = intake->first;
        if (taken != NULL &&
            (parcel->alone || count + parcel->count > intake->context->limits.intake_batch))
            break;
        intake->first = parcel->next;
        if (intake->first == NULL)
            intake->last = &intake->first;
        parcel->next = NULL;
        *last = parcel;
        last = &parcel->next;
        count += parcel->count;
        if (parcel->alone)
            break;
    }
    intake->waiting -= count;
    return taken;
}

static void on_batch_ended(struct flow *flow);

static void start_batch(struct intake *intake)
{
    if (intake->running || intake->first == NULL)
        return;
    struct batch *batch = mem_zero(sizeof(*batch));
    batch->intake = intake;
    batch->parcels = gather(intake);
    intake->running = true;
    flow_start(intake->context, &intake_steps, batch, on_batch_ended, NULL);
}

bool intake_add(struct intake *intake, struct parcel *parcel)
{
    if (intake->waiting + parcel->count > intake->context->limits.intake_queue)
        return false;
    parcel->next = NULL;
    *intake->last = parcel;
    intake->last = &parcel->next;
    intake->waiting += parcel->count;
    start_batch(intake);
    return true;
}

/* The arrivals not refused so far. */
static void list_arrivals(struct flow *flow, struct batch *batch)
{
    int count = 0;
    for (struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next)
        count += parcel->count;
    batch->arrivals = ARENA_ARRAY(flow->arena, struct arrival *, count);
    batch->dossiers = ARENA_ARRAY(flow->arena, struct dossier *, count);
    batch->count = 0;
    for (struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next)
        for (int i = 0; i < parcel->count && !parcel->replay; i++)
            if (error_none(&parcel->arrivals[i].err))
                batch->arrivals[batch->count++] = &parcel->arrivals[i];
}

/* Takes or gives back in the standing what the batch's tickets take. */
static void count_standing(const struct flow *flow, struct batch *batch, int sign)
{
    for (int i = 0; i < batch->count; i++)
        for (int t = 0; batch->dossiers[i] != NULL && t < batch->dossiers[i]->take_count; t++)
            standing_take(flow->context->standing, batch->dossiers[i]->takes[t].resource,
                          sign * batch->dossiers[i]->takes[t].more);
    batch->standing = sign > 0;
}

/* The day of a number is the date in the zone of the ticket's calendar (spec 3). */
static const char *day_of(const struct flow *flow, const struct submission *sent)
{
    const struct snapshot *snapshot = flow->snapshot;
    struct policy_key key = {sent->area, sent->category, sent->kind, sent->urgency, -1};
    const struct policy *policy = snapshot_policy_for(snapshot, &key);
    const struct calendar *calendar =
        policy == NULL ? NULL : snapshot_calendar(snapshot, policy->calendar);
    const struct zone *zone = calendar == NULL ? flow->context->zone : calendar->zone;
    return number_day(flow->arena, zone_date(zone, flow->now));
}

static int64_t *block_for(struct batch *batch, const char *district, const char *day)
{
    for (int i = 0; i < batch->blocks; i++)
        if (text_equal(batch->districts[i], district) && text_equal(batch->days[i], day))
            return &batch->block_sizes[i];
    batch->districts[batch->blocks] = district;
    batch->days[batch->blocks] = day;
    batch->block_sizes[batch->blocks] = 0;
    return &batch->block_sizes[batch->blocks++];
}

enum { BLOCKS_AT_ONCE = 16 };

/* Reserves serial numbers where too few are left; usually none are needed. */
static enum next reserve(struct flow *flow)
{
    struct batch *batch = flow->job;
    struct serials *serials = flow->context->serials;
    flow->pool = flow->context->intake_pool;
    if (batch->standing)
        count_standing(flow, batch, -1); /* another round: undo what the last one counted */
    list_arrivals(flow, batch);
    batch->blocks = 0;
    batch->districts = ARENA_ARRAY(flow->arena, const char *, batch->count + 1);
    batch->days = ARENA_ARRAY(flow->arena, const char *, batch->count + 1);
    batch->block_sizes = ARENA_ARRAY(flow->arena, int64_t, batch->count + 1);
    for (int i = 0; i < batch->count; i++) {
        const struct submission *sent = batch->arrivals[i]->sent;
        (*block_for(batch, number_district(flow->arena, sent->area), day_of(flow, sent)))++;
    }
    int asked = 0;
    for (int i = 0; i < batch->blocks; i++) {
        const char *district = batch->districts[i], *day = batch->days[i];
        if (serials_left(serials, district, day) >= batch->block_sizes[i])
            continue;
        batch->districts[asked] = district;
        batch->days[asked] = day;
        batch->block_sizes[asked] = batch->block_sizes[i] + SERIAL_BLOCK;
        if (++asked == BLOCKS_AT_ONCE)
            break;
    }
    batch->blocks = asked;
    for (int i = 0; i < asked; i++) {
        struct args *args = work_add(flow_work(flow), STMT_SERIAL_RESERVE);
        args_text(args, batch->districts[i]);
        args_text(args, batch->days[i]);
        args_int(args, batch->block_sizes[i]);
    }
    return asked > 0 ? WAIT : GO;
}

static const struct actor *actor_of(const struct batch *batch, const struct arrival *arrival)
{
    for (const struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next)
        if (arrival >= parcel->arrivals && arrival < parcel->arrivals + parcel->count)
            return &parcel->flow->actor;
    return &actor_daemon;
}

static struct arena *arena_of(const struct arrival *arrival)
{
    return arrival->err.arena; /* its request's */
}

/* Empty, with id and number; in a further round with those of the last one, since a twin's refusal
 * may name them already. NULL: no number is left. */
static struct dossier *begin_dossier(const struct flow *flow, struct arrival *arrival)
{
    struct context *context = flow->context;
    const struct submission *sent = arrival->sent;
    const char *district = number_district(flow->arena, sent->area), *day = day_of(flow, sent);
    if (arrival->dossier != NULL)
        return dossier_new(arena_of(arrival), sent, arrival->dossier->ticket.id,
                           arrival->dossier->ticket.no);
    if (serials_left(context->serials, district, day) == 0) {
        error_set(&arrival->err, FAULT_UNAVAILABLE, "no number could be reserved");
        return NULL;
    }
    int64_t serial = serials_take(context->serials, district, day);
    return dossier_new(arena_of(arrival), sent, context_id(context, flow->now),
                       number_make(arena_of(arrival), district, day, serial));
}

static struct dossier *receive(struct flow *flow, struct batch *batch, struct arrival *arrival)
{
    const struct submission *sent = arrival->sent;
    struct dossier *dossier = begin_dossier(flow, arrival);
    if (dossier == NULL)
        return NULL;
    struct world world = flow_world(flow);
    world.arena = arena_of(arrival);
    if (!dossier_receive(dossier, &world, actor_of(batch, arrival), &arrival->err))
        return NULL;
    if (dossier->routed)
        dossier->ticket.route = route_write(&dossier->route, arena_of(arrival));
    dossier->details = submission_write(sent, arena_of(arrival));
    if (sent->petitioner.name != NULL || sent->petitioner.phone != NULL)
        dossier->petitioner = petitioner_write(&sent->petitioner, arena_of(arrival));
    return dossier;
}

/* One after the other, each seeing what those before it took. */
static enum next decide(struct flow *flow)
{
    struct batch *batch = flow->job;
    for (int i = 0; i < batch->blocks; i++) {
        struct rows rows = work_rows(flow->work, i);
        struct row row = rows_at(&rows, 0, flow->arena);
        serials_add(flow->context->serials, batch->districts[i], batch->days[i], row_int(&row),
                    batch->block_sizes[i]);
    }
    int kept = 0;
    for (int i = 0; i < batch->count; i++) {
        struct arrival *arrival = batch->arrivals[i];
        struct dossier *dossier = receive(flow, batch, arrival);
        if (dossier == NULL)
            continue;
        for (int t = 0; t < dossier->take_count; t++)
            standing_take(flow->context->standing, dossier->takes[t].resource,
                          dossier->takes[t].more);
        arrival->dossier = dossier;
        struct ticket_view view = {.ticket = &dossier->ticket,
                                   .tasks = dossier->tasks,
                                   .task_count = dossier->task_count,
                                   .offset_s = context_offset(flow->context, flow->now)};
        arrival->body = ticket_write(&view, arena_of(arrival));
        batch->arrivals[kept] = arrival;
        batch->dossiers[kept++] = dossier;
    }
    batch->count = kept;
    batch->standing = true;
    for (struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next)
        if (!parcel->replay && (!parcel->single || error_none(&parcel->arrivals[0].err)))
            submit_answer(parcel);
    return GO;
}

static struct slice hash_bytes(const struct crypt_hash *hash)
{
    return (struct slice){(const char *)hash->at, sizeof(hash->at)};
}

static struct slice text_bytes(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

/* A parcel whose answer will be kept under its Idempotency-Key. */
static bool keeps(const struct parcel *parcel)
{
    return parcel->flow->keeps && !parcel->replay &&
           (!parcel->single || error_none(&parcel->arrivals[0].err));
}

#define KEPT_COLUMN(args, type, TYPE, value)                                                       \
    do {                                                                                           \
        args_open(args, ARGS_##TYPE);                                                              \
        for (const struct parcel *p = batch->parcels; p != NULL; p = p->next)                      \
            if (keeps(p))                                                                          \
                args_##type(args, value);                                                          \
        args_close(args);                                                                          \
    } while (0)

static bool guard_keys(struct flow *flow, const struct batch *batch)
{
    int count = 0;
    for (const struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next)
        count += keeps(parcel);
    if (count == 0)
        return false;
    struct args *args = work_add(flow->work, STMT_IDEMPOTENCY_INSERT);
    KEPT_COLUMN(args, bytes, BYTES, hash_bytes(&p->flow->keep_key));
    KEPT_COLUMN(args, bytes, BYTES, hash_bytes(&p->flow->fingerprint));
    KEPT_COLUMN(args, int, INT, p->flow->answer.status);
    KEPT_COLUMN(args, bytes, TEXT, p->flow->answer.body);
    KEPT_COLUMN(args, bytes, TEXT, text_bytes(p->flow->answer.location));
    KEPT_COLUMN(args, bytes, TEXT, text_bytes(p->flow->answer.etag));
    KEPT_COLUMN(args, instant, INSTANT, instant_add(flow->now, SECONDS(KEEP_DAYS * 86400)));
    args_instant(args, flow->now);
    return true;
}

static bool has_external(const struct arrival *arrival)
{
    return arrival->sent->source != NULL && arrival->sent->external_no != NULL;
}

#define EXTERNAL_COLUMN(args, type, TYPE, value)                                                   \
    do {                                                                                           \
        args_open(args, ARGS_##TYPE);                                                              \
        for (int i = 0; i < batch->count; i++)                                                     \
            if (has_external(batch->arrivals[i]))                                                  \
                args_##type(args, value);                                                          \
        args_close(args);                                                                          \
    } while (0)

static bool guard_externals(struct flow *flow, const struct batch *batch)
{
    int count = 0;
    for (int i = 0; i < batch->count; i++)
        count += has_external(batch->arrivals[i]);
    if (count == 0)
        return false;
    struct args *args = work_add(flow->work, STMT_TICKET_TAKE_EXTERNAL);
    EXTERNAL_COLUMN(args, text, TEXT, batch->arrivals[i]->sent->source);
    EXTERNAL_COLUMN(args, text, TEXT, batch->arrivals[i]->sent->external_no);
    EXTERNAL_COLUMN(args, int, INT, batch->dossiers[i]->ticket.id);
    EXTERNAL_COLUMN(args, text, TEXT, batch->dossiers[i]->ticket.no);
    args = work_add(flow->work, STMT_TICKET_FIND_EXTERNAL);
    EXTERNAL_COLUMN(args, text, TEXT, batch->arrivals[i]->sent->source);
    EXTERNAL_COLUMN(args, text, TEXT, batch->arrivals[i]->sent->external_no);
    return true;
}

static bool guard_capacity(struct flow *flow, const struct batch *batch)
{
    struct args *args = NULL;
    for (int i = 0; i < batch->count; i++) {
        for (int t = 0; t < batch->dossiers[i]->take_count; t++) {
            if (args == NULL) {
                args = work_add(flow->work, STMT_CAPACITY_LOCK);
                args_open(args, ARGS_TEXT);
            }
            args_text(args, batch->dossiers[i]->takes[t].resource);
        }
    }
    if (args != NULL)
        args_close(args);
    return args != NULL;
}

static enum next guard(struct flow *flow)
{
    struct batch *batch = flow->job;
    flow_work(flow);
    work_begin(flow->work);
    int next = 0;
    batch->guards.keys = guard_keys(flow, batch) ? next++ : -1;
    batch->guards.externals = guard_externals(flow, batch) ? (next += 2) - 2 : -1;
    batch->guards.capacities = guard_capacity(flow, batch) ? next++ : -1;
    if (batch->count == 0 && next == 0)
        return END; /* nothing to store: all were refused */
    return WAIT;
}

/* Keys that came back are ours; the others' parcels are answered from what is stored. */
static bool keys_ours(struct flow *flow, struct batch *batch)
{
    if (batch->guards.keys < 0)
        return true;
    struct rows rows = work_rows(flow->work, batch->guards.keys);
    bool all = true;
    for (struct parcel *parcel = batch->parcels; parcel != NULL; parcel = parcel->next) {
        bool found = !keeps(parcel);
        for (int i = 0; i < rows.count && !found; i++) {
            struct row row = rows_at(&rows, i, flow->arena);
            struct slice key = row_bytes(&row);
            found = memcmp(key.at, parcel->flow->keep_key.at, CRYPT_HASH) == 0;
        }
        parcel->replay |= !found;
        all = all && found;
    }
    return all;
}

/* The number that first had an external number, NULL where it is this ticket. */
static const char *first_with(const struct rows *rows, const struct arrival *arrival,
                              struct arena *arena)
{
    for (int i = 0; i < rows->count; i++) {
        struct row row = rows_at(rows, i, arena);
        const char *source = row_text(&row), *external_no = row_text(&row), *no = row_text(&row);
        if (text_equal(source, arrival->sent->source) &&
            text_equal(external_no, arrival->sent->external_no))
            return text_equal(no, arrival->dossier->ticket.no) ? NULL : no;
    }
    return NULL;
}

static bool externals_new(struct flow *flow, struct batch *batch)
{
    if (batch->guards.externals < 0)
        return true;
    struct rows rows = work_rows(flow->work, batch->guards.externals + 1);
    bool all = true;
    for (int i = 0; i < batch->count; i++) {
        struct arrival *arrival = batch->arrivals[i];
        const char *no =
            has_external(arrival) ? first_with(&rows, arrival, arena_of(arrival)) : NULL;
        if (no == NULL)
            continue;
        error_set(&arrival->err, FAULT_CONFLICT, "this source and external_no are ticket %s", no);
        arrival->err.no = no;
        all = false;
    }
    return all;
}

/* Compares what the batch takes with what is left. The standing learns what the database says, and
 * counts the batch on top until that is undone. */
static bool capacity_left(struct flow *flow, struct batch *batch)
{
    if (batch->guards.capacities < 0)
        return true;
    struct map *wanted = map_new((size_t)batch->count);
    for (int i = 0; i < batch->count; i++)
        for (int t = 0; t < batch->dossiers[i]->take_count; t++) {
            const struct take *take = &batch->dossiers[i]->takes[t];
            int64_t *sum = map_get(wanted, take->resource);
            if (sum == NULL) {
                sum = ARENA_NEW(flow->arena, int64_t);
                map_put(wanted, take->resource, sum);
            }
            *sum += take->more;
        }
    struct rows rows = work_rows(flow->work, batch->guards.capacities);
    bool enough = true;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        const char *resource = row_text(&row);
        bool limited = !row_null(&row);
        int64_t capacity = row_int(&row), taken = row_int(&row);
        const int64_t *sum = map_get(wanted, resource);
        enough = enough && (!limited || taken + *sum <= capacity);
        standing_set_taken(flow->context->standing, resource, taken + *sum);
    }
    map_free(wanted);
    if (!enough)
        metrics_add(METRIC_CAPACITY_REDO, 1);
    return enough;
}

static enum next save(struct flow *flow)
{
    struct batch *batch = flow->job;
    bool ours = keys_ours(flow, batch);
    bool fresh = externals_new(flow, batch);
    if (!capacity_left(flow, batch) || !ours || !fresh) {
        flow->attempts--; /* each round takes something out or learns something: it ends */
        return REDO;
    }
    if (batch->count > 0)
        dossier_store_save(flow->work, batch->dossiers, batch->count, &flow->context->vault,
                           flow->arena);
    work_commit(flow->work);
    return WAIT;
}

static enum next finish_batch(struct flow *flow)
{
    struct batch *batch = flow->job;
    batch->standing = false; /* what it counts is real now */
    metrics_add(METRIC_TICKETS_RECEIVED, batch->count);
    metrics_add(METRIC_BATCHES, 1);
    metrics_add(METRIC_BATCH_TICKETS, batch->count);
    poll_kick(flow->context);
    return END;
}

/* A batch that failed as a whole: each parcel once more by itself, so that a bad one fails alone.
 */
static void put_back(struct intake *intake, struct parcel *parcel)
{
    parcel->alone = true;
    parcel->next = intake->first;
    if (intake->first == NULL)
        intake->last = &parcel->next;
    intake->first = parcel;
    intake->waiting += parcel->count;
}

static void on_batch_ended(struct flow *flow)
{
    struct batch *batch = flow->job;
    struct intake *intake = batch->intake;
    bool failed = !error_none(&flow->err);
    bool several = batch->parcels->next != NULL;
    if (batch->standing)
        count_standing(flow, batch, -1);
    intake->running = false;
    for (struct parcel *parcel = batch->parcels, *next; parcel != NULL; parcel = next) {
        next = parcel->next;
        if (failed && several && flow->err.fault == FAULT_BUG) {
            put_back(intake, parcel);
            continue;
        }
        if (failed)
            error_set(&parcel->flow->err, flow->err.fault, "%s", flow->err.detail);
        flow_resume(parcel->flow);
    }
    mem_free(batch);
    start_batch(intake);
}
