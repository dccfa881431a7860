/* One row for each ticket, in packed form. */
#include "store/likeness_store.h"

#include "domain/code_hash.h"

static int64_t spot_of(const struct submission *sent, struct arena *arena)
{
    return (int64_t)code_hash(likeness_spot(arena, sent->category, sent->area));
}

static struct slice packed(const struct dossier *dossier, struct arena *arena)
{
    const struct ticket *ticket = &dossier->ticket;
    const struct submission *sent = &ticket->sent;
    struct like like = {
        ticket->id, ticket->no, {sent->area, sent->lon, sent->lat},
          *dossier->sketch
    };
    unsigned char *bytes = arena_take(arena, LIKE_BYTES);
    like_pack(&like, bytes);
    return (struct slice){(const char *)bytes, LIKE_BYTES};
}

static void add_likeness(struct work *work, enum statement statement, struct dossier **dossier,
                         int count, struct arena *arena)
{
    struct args *args = work_add(work, statement);
    ARGS_COLUMN(args, int, INT, count, dossier[i]->ticket.id);
    ARGS_COLUMN(args, int, INT, count, spot_of(&dossier[i]->ticket.sent, arena));
    ARGS_COLUMN(args, text, TEXT, count, dossier[i]->ticket.sent.area);
    ARGS_COLUMN(args, bytes, BYTES, count, packed(dossier[i], arena));
}

void likeness_store_save(struct work *work, struct dossier **dossiers, int all, struct arena *arena)
{
    struct dossier **fresh = ARENA_ARRAY(arena, struct dossier *, all);
    struct dossier **changed = ARENA_ARRAY(arena, struct dossier *, all);
    struct dossier **gone = ARENA_ARRAY(arena, struct dossier *, all);
    int fresh_count = 0, changed_count = 0, count = 0;
    for (int i = 0; i < all; i++) {
        int state = dossiers[i]->ticket.state;
        bool dropped = state == TICKET_IS_CANCELLED || state == TICKET_IS_INVALID;
        if (!dossiers[i]->fresh && (dropped || dossiers[i]->erased))
            gone[count++] = dossiers[i];
        else if (dossiers[i]->sketch != NULL && dossiers[i]->fresh)
            fresh[fresh_count++] = dossiers[i];
        else if (dossiers[i]->sketch != NULL)
            changed[changed_count++] = dossiers[i];
    }
    if (fresh_count > 0)
        add_likeness(work, STMT_LIKENESS_INSERT, fresh, fresh_count, arena);
    if (changed_count > 0)
        add_likeness(work, STMT_LIKENESS_UPDATE, changed, changed_count, arena);
    if (count > 0) {
        struct args *args = work_add(work, STMT_LIKENESS_DROP);
        ARGS_COLUMN(args, int, INT, count, gone[i]->ticket.id);
    }
}
