/* Read a piece of events, write it back without texts, read the next one; the digest of what is
 * left grows on the way and goes into the event `erase`. */
#include "flow/erasure.h"

#include <string.h>

#include "domain/record.h"
#include "store/verify.h"
#include "wire/erasure_json.h"

enum { PIECE = 256 };

struct erasure {
    struct dossier **dossiers;
    int count;
    int place; /* of the dossier whose events come now */
    struct crypt_hash *kept;
    int64_t ticket, seq; /* the last event taken */
};

struct erasure *erasure_new(struct dossier **dossiers, int count, struct arena *arena)
{
    struct erasure *erasure = ARENA_NEW(arena, struct erasure);
    *erasure = (struct erasure){
        .dossiers = dossiers, .count = count, .kept = ARENA_ARRAY(arena, struct crypt_hash, count)};
    return erasure;
}

enum next erasure_begin(struct flow *flow, struct erasure *erasure)
{
    struct args *args = work_add(flow_work(flow), STMT_EVENT_DATA);
    args_open(args, ARGS_INT);
    for (int i = erasure->place; i < erasure->count; i++)
        args_int(args, erasure->dossiers[i]->ticket.id);
    args_close(args);
    args_int(args, erasure->ticket);
    args_int(args, erasure->seq);
    args_int(args, PIECE);
    return WAIT;
}

/* The digest grows by an event of the dossier that it belongs to. */
static void keep(struct erasure *erasure, const struct stripped *event)
{
    while (erasure->dossiers[erasure->place]->ticket.id < event->ticket)
        erasure->place++;
    struct crypt_hash *kept = &erasure->kept[erasure->place];
    *kept = verify_kept(kept, event->seq, event->data);
}

static struct stripped *strip(struct flow *flow, struct erasure *erasure, const struct rows *rows)
{
    struct stripped *stripped = ARENA_ARRAY(flow->arena, struct stripped, rows->count);
    for (int i = 0; i < rows->count; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct row row = rows_at(rows, i, arena);
        stripped[i].ticket = erasure->ticket = row_int(&row);
        stripped[i].seq = erasure->seq = row_int(&row);
        stripped[i].data = data_strip(row_text(&row), flow->arena);
        keep(erasure, &stripped[i]);
    }
    return stripped;
}

/* Whistles have no record: what was asked for stands in their own words only. */
static void vouch(const struct dossier *dossier, const struct crypt_hash *kept, struct arena *arena)
{
    bool recorded = dossier->ticket.origin == ORIGIN_TICKET;
    const char *record = recorded ? record_digest(&dossier->ticket, arena) : NULL;
    for (int i = 0; i < dossier->event_count; i++) {
        struct event *event = &dossier->events[i];
        if (strcmp(event->move, "erase") == 0)
            event->data = vouched_write(event->data, record,
                                        crypt_hex(arena, kept->at, sizeof(kept->at)), arena);
    }
}

enum next erasure_go_on(struct flow *flow, struct erasure *erasure)
{
    if (!work_obeyed(flow->work))
        return REDO;
    struct rows rows = work_rows(flow->work, 0);
    struct stripped *stripped = strip(flow, erasure, &rows);
    bool more = rows.count == PIECE;
    if (more)
        erasure_begin(flow, erasure); /* before the strip: its rows are those of statement 0 */
    dossier_store_strip(flow->work, stripped, rows.count);
    if (more) {
        flow->step--;
        return WAIT;
    }
    for (int i = 0; i < erasure->count; i++)
        vouch(erasure->dossiers[i], &erasure->kept[i], flow->arena);
    return GO;
}
