/* Tickets find each other that arrive together or shortly after each other, as if each had been
 * stored before the next one asked. */
#include "base/map.h"
#include "flow/hints.h"
#include "wire/ticket_json.h"

/* One that was taken, and those before it of the same spot and of the same caller. */
struct taken {
    struct like like;
    const struct taken *at_spot, *of_caller;
};

struct hints_batch {
    int64_t number;
    struct arena *arena;
    struct map *at_spot, *of_caller; /* the last one taken */
    struct hints_batch *before;
};

struct hints_batch *hints_batch_new(int64_t number, struct hints_batch *before)
{
    struct hints_batch *batch = mem_zero(sizeof(*batch));
    *batch = (struct hints_batch){number, arena_new(), map_new(0), map_new(0), before};
    return batch;
}

struct hints_batch *hints_batch_drop(struct hints_batch *batch)
{
    if (batch == NULL)
        return NULL;
    struct hints_batch *before = batch->before;
    map_free(batch->at_spot);
    map_free(batch->of_caller);
    arena_free(batch->arena);
    mem_free(batch);
    return before;
}

void hints_batch_trim(struct hints_batch *batch, int kept)
{
    struct hints_batch **at = &batch;
    for (; *at != NULL && kept > 0; kept--)
        at = &(*at)->before;
    while (*at != NULL)
        *at = hints_batch_drop(*at);
}

/* Those of one batch by the same caller. */
static void add_callers(struct hints *all, const struct hints_batch *batch,
                        const struct trace *trace, struct arena *arena)
{
    const int at_most = (int)trace->rules->hints_at_most;
    const struct taken *other = map_get(batch->of_caller, trace->caller);
    for (int left = at_most; other != NULL && left > 0; other = other->of_caller) {
        if (!scope_has_area(trace->scope, other->like.place.area))
            continue;
        hints_add(all, (struct similar){other->like.ticket, other->like.no, 0}, at_most, arena);
        left--;
    }
}

static struct names same_caller(const struct hints_batch *batch, const struct trace *trace,
                                struct arena *arena)
{
    struct hints all = {0};
    for (int i = 0; i < trace->called.count; i++)
        hints_add(&all, trace->called.similar[i], (int)trace->rules->hints_at_most, arena);
    for (; batch != NULL && batch->number > trace->seen && trace->caller != NULL;
         batch = batch->before)
        add_callers(&all, batch, trace, arena);
    struct names found = {0, ARENA_ARRAY(arena, const char *, all.count)};
    while (found.count < all.count) {
        found.at[found.count] = all.similar[found.count].no;
        found.count++;
    }
    return found;
}

void hints_compare(struct hints *all, const struct trace *trace, const struct like *like,
                   struct arena *arena)
{
    const struct rules *rules = trace->rules;
    double figure = likeness(&trace->sketch, &like->sketch);
    if (figure >= rules->hints_likeness &&
        place_near(&trace->place, &like->place, rules->hints_metres))
        hints_add(all, (struct similar){like->ticket, arena_copy(arena, like->no), figure},
                  (int)rules->hints_at_most, arena);
}

const char *hints_for(const struct hints_batch *batch, const struct trace *trace,
                      struct arena *arena)
{
    if (trace == NULL)
        return NULL;
    struct hints all = {.same_caller = same_caller(batch, trace, arena)};
    for (int i = 0; i < trace->stored.count; i++)
        hints_add(&all, trace->stored.similar[i], (int)trace->rules->hints_at_most, arena);
    for (; batch != NULL && batch->number > trace->seen; batch = batch->before) {
        int left = (int)trace->rules->hints_looked_at;
        const struct taken *other = map_get(batch->at_spot, trace->spot);
        for (; other != NULL && left-- > 0; other = other->at_spot)
            if (scope_has_area(trace->scope, other->like.place.area))
                hints_compare(&all, trace, &other->like, arena);
    }
    return hints_write(&all, arena);
}

void hints_taken(struct hints_batch *batch, const struct trace *trace, const struct ticket *ticket)
{
    if (trace == NULL)
        return;
    struct arena *arena = batch->arena;
    struct taken *taken = ARENA_NEW(arena, struct taken);
    const char *spot = arena_copy(arena, trace->spot);
    taken->like =
        (struct like){ticket->id, arena_copy(arena, ticket->no), trace->place, trace->sketch};
    taken->like.place.area = arena_copy(arena, trace->place.area);
    taken->at_spot = map_get(batch->at_spot, spot);
    map_put(batch->at_spot, spot, taken);
    if (trace->caller == NULL)
        return;
    const char *caller = arena_copy(arena, trace->caller);
    taken->of_caller = map_get(batch->of_caller, caller);
    map_put(batch->of_caller, caller, taken);
}
