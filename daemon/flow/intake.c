/* The batch. One runs at a time; meanwhile the next one gathers. What makes it hard: a transaction
 * must not fail for one bad ticket, and capacity is decided by the database. So the guards
 * (Idempotency-Keys, external numbers, locked capacity) go first; what they refuse is taken out or
 * decided again, and only a batch that they all let through is written. */
#include "flow/intake.h"

#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "domain/number.h"
#include "flow/intake_guard.h"
#include "flow/poll.h"
#include "flow/serials.h"
#include "wire/ticket_json.h"

#define INTAKE(X) X(reserve) X(decide) X(guard) X(save) X(finish_batch)
FLOW_STEPS(intake_steps, INTAKE)

#define ASKING(X) X(ask) X(hear)
FLOW_STEPS(asking_steps, ASKING)

/* Parcels in order of arrival. */
struct line {
    struct parcel *first, **last;
};

struct intake {
    struct context *context;
    struct line fresh; /* hints for them are not looked for yet */
    struct line ready;
    int waiting; /* tickets in both, and between them */
    bool asking, running;
    int64_t stored;             /* batches so far */
    struct hints_batch *before; /* the last of them */
};

/* Hints are asked for while a batch is on its way; those who ask hardly ever wait for more batches
 * than this, which they cannot see yet. */
enum { BATCHES_KEPT = 4 };

struct intake *intake_new(struct context *context)
{
    struct intake *intake = mem_zero(sizeof(*intake));
    intake->context = context;
    intake->fresh.last = &intake->fresh.first;
    intake->ready.last = &intake->ready.first;
    return intake;
}

void intake_free(struct intake *intake)
{
    while (intake->before != NULL)
        intake->before = hints_batch_drop(intake->before);
    mem_free(intake);
}

/* Appends parcels that hang together. */
static void line_append(struct line *line, struct parcel *parcels)
{
    *line->last = parcels;
    while (*line->last != NULL)
        line->last = &(*line->last)->next;
}

static struct parcel *line_take(struct line *line)
{
    struct parcel *first = line->first;
    line->first = first->next;
    if (line->first == NULL)
        line->last = &line->first;
    first->next = NULL;
    return first;
}

/* One statement cannot write an Idempotency-Key twice: the second asker waits for the next batch,
 * which finds the first one's answer. */
static bool has_twin(const struct parcel *taken, const struct parcel *parcel)
{
    for (; taken != NULL && parcel->flow->keeps; taken = taken->next)
        if (taken->flow->keeps && memcmp(taken->flow->keep_key.at, parcel->flow->keep_key.at,
                                         sizeof(parcel->flow->keep_key.at)) == 0)
            return true;
    return false;
}

/* Parcels for one transaction: about intake_batch tickets, at least one parcel. */
static struct parcel *gather(struct intake *intake)
{
    struct parcel *taken = NULL, **last = &taken;
    int count = 0;
    while (intake->ready.first != NULL) {
        struct parcel *parcel = intake->ready.first;
        if (taken != NULL && (parcel->alone || has_twin(taken, parcel) ||
                              count + parcel->count > intake->context->limits.intake_batch))
            break;
        *last = line_take(&intake->ready);
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
    if (intake->running || intake->ready.first == NULL)
        return;
    struct batch *batch = mem_zero(sizeof(*batch));
    batch->intake = intake;
    batch->parcels = gather(intake);
    intake->running = true;
    flow_start(intake->context, &intake_steps, batch, on_batch_ended, NULL);
}

/* Parcels whose hints are looked for. */
struct asking {
    struct intake *intake;
    struct parcel *parcels;
    struct questions questions;
};

static enum next ask(struct flow *flow)
{
    struct asking *asking = flow->job;
    int count = 0;
    for (const struct parcel *parcel = asking->parcels; parcel != NULL; parcel = parcel->next)
        count += parcel->count;
    struct trace **traces = ARENA_ARRAY(flow->arena, struct trace *, count);
    count = 0;
    for (const struct parcel *parcel = asking->parcels; parcel != NULL; parcel = parcel->next)
        for (int i = 0; i < parcel->count; i++)
            if (parcel->arrivals[i].trace != NULL) {
                traces[count] = parcel->arrivals[i].trace;
                traces[count++]->seen = asking->intake->stored;
            }
    asking->questions = hints_ask(flow, traces, count);
    return asking->questions.count > 0 ? WAIT : END;
}

static enum next hear(struct flow *flow)
{
    const struct asking *asking = flow->job;
    hints_read(flow, &asking->questions, 0);
    return END;
}

/* Tickets whose hints could not be had go on without. */
static void on_asked(struct flow *flow)
{
    struct asking *asking = flow->job;
    struct intake *intake = asking->intake;
    line_append(&intake->ready, asking->parcels);
    intake->asking = false;
    mem_free(asking);
    start_batch(intake);
}

static void start_asking(struct intake *intake)
{
    if (intake->asking || intake->fresh.first == NULL)
        return;
    struct asking *asking = mem_zero(sizeof(*asking));
    *asking = (struct asking){.intake = intake, .parcels = intake->fresh.first};
    intake->fresh = (struct line){.last = &intake->fresh.first};
    intake->asking = true;
    flow_start(intake->context, &asking_steps, asking, on_asked, NULL);
}

static bool wants_hints(const struct parcel *parcel)
{
    for (int i = 0; i < parcel->count; i++)
        if (parcel->arrivals[i].trace != NULL)
            return true;
    return false;
}

bool intake_busy(const struct intake *intake)
{
    return intake->waiting > 0;
}

bool intake_add(struct intake *intake, struct parcel *parcel)
{
    if (intake->waiting + parcel->count > intake->context->limits.intake_queue)
        return false;
    parcel->next = NULL;
    intake->waiting += parcel->count;
    line_append(wants_hints(parcel) ? &intake->fresh : &intake->ready, parcel);
    start_batch(intake);
    if (!intake->running)
        start_asking(intake);
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
    struct policy_key key = {sent->area, sent->category, sent->kind, sent->urgency,
                             -1,         ORIGIN_TICKET};
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

static struct dossier *receive(struct flow *flow, const struct batch *batch,
                               struct arrival *arrival)
{
    const struct submission *sent = arrival->sent;
    struct dossier *dossier = begin_dossier(flow, arrival);
    if (dossier == NULL)
        return NULL;
    struct world world = flow_world(flow);
    world.arena = arena_of(arrival);
    dossier->hints = hints_for(batch->taken, arrival->trace, arena_of(arrival));
    if (arrival->trace != NULL && arrival->trace->caller != NULL)
        dossier->phone = &arrival->trace->phone;
    dossier->sketch = arrival->trace == NULL ? NULL : &arrival->trace->sketch;
    if (!dossier_receive(dossier, &world, &arrival->flow->actor, &arrival->err))
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
    if (batch->taken != NULL)
        hints_batch_drop(batch->taken); /* of the last round */
    batch->taken = hints_batch_new(batch->intake->stored + 1, batch->intake->before);
    int kept = 0;
    for (int i = 0; i < batch->count; i++) {
        struct arrival *arrival = batch->arrivals[i];
        struct dossier *dossier = receive(flow, batch, arrival);
        if (dossier == NULL)
            continue;
        hints_taken(batch->taken, arrival->trace, &dossier->ticket);
        for (int t = 0; t < dossier->take_count; t++)
            standing_take(flow->context->standing, dossier->takes[t].resource,
                          dossier->takes[t].more);
        arrival->dossier = dossier;
        struct ticket_view view = {.ticket = &dossier->ticket,
                                   .tasks = dossier->tasks,
                                   .task_count = dossier->task_count,
                                   .hints = dossier->hints,
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

static enum next guard(struct flow *flow)
{
    struct batch *batch = flow->job;
    work_begin(flow_work(flow));
    if (!guards_ask(flow, batch) && batch->count == 0)
        return END; /* nothing to store: all were refused */
    return WAIT;
}

static enum next save(struct flow *flow)
{
    struct batch *batch = flow->job;
    if (!guards_pass(flow, batch)) {
        flow->attempts--; /* each round takes something out or learns something: it ends */
        return REDO;
    }
    if (batch->count > 0)
        dossier_store_save(flow->work, batch->dossiers, batch->count, &flow->context->vault,
                           flow->arena);
    work_commit(flow->work);
    start_asking(batch->intake); /* meanwhile */
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
    parcel->next = intake->ready.first;
    if (intake->ready.first == NULL)
        intake->ready.last = &parcel->next;
    intake->ready.first = parcel;
    intake->waiting += parcel->count;
}

/* What was stored is remembered for those who could not see it when they asked. */
static void remember(struct intake *intake, struct batch *batch, bool failed)
{
    if (batch->taken == NULL)
        return;
    intake->stored += !failed;
    intake->before = failed ? hints_batch_drop(batch->taken) : batch->taken;
    hints_batch_trim(intake->before, BATCHES_KEPT);
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
    remember(intake, batch, failed);
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
    if (!intake->running)
        start_asking(intake);
}
