/* One row per published need or project. */
#include "store/offer_store.h"

#include "domain/offer.h"

void offer_store_save(struct work *work, struct dossier **dossiers, int all, struct arena *arena)
{
    const struct ticket **ticket = ARENA_ARRAY(arena, const struct ticket *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (dossiers[i]->offered)
            ticket[count++] = &dossiers[i]->ticket;
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_OFFER_INSERT);
    work_expect(work, count);
    args_open(args, ARGS_INT);
    for (int i = 0; i < count; i++)
        args_int(args, ticket[i]->id);
    args_close(args);
    args_open(args, ARGS_INSTANT);
    for (int i = 0; i < count; i++)
        args_instant(args, ticket[i]->offer->open_at);
    args_close(args);
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < count; i++)
        args_text(args, names_join(arena, &ticket[i]->offer->paired, " "));
    args_close(args);
}
