/* The three guards: Idempotency-Keys, external numbers, locked capacity. */
#include "flow/intake_guard.h"

#include <string.h>

#include "base/map.h"
#include "base/metrics.h"
#include "flow/entry.h"

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
    KEPT_COLUMN(args, instant, INSTANT, instant_add(flow->now, SECONDS(ENTRY_KEEP_DAYS * 86400)));
    args_instant(args, flow->now);
    KEPT_COLUMN(args, text, TEXT, NULL); /* a 201 repeats no texts */
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

bool guards_ask(struct flow *flow, struct batch *batch)
{
    bool keys = guard_keys(flow, batch), externals = guard_externals(flow, batch);
    bool capacities = guard_capacity(flow, batch);
    const int externals_at = keys ? 1 : 0; /* each follows those before it; externals are two */
    const int capacities_at = externals_at + (externals ? 2 : 0);
    batch->guards.keys = keys ? 0 : -1;
    batch->guards.externals = externals ? externals_at : -1;
    batch->guards.capacities = capacities ? capacities_at : -1;
    return keys || externals || capacities;
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
            has_external(arrival) ? first_with(&rows, arrival, arrival->err.arena) : NULL;
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

bool guards_pass(struct flow *flow, struct batch *batch)
{
    bool ours = keys_ours(flow, batch);
    bool fresh = externals_new(flow, batch);
    return capacity_left(flow, batch) && ours && fresh;
}
