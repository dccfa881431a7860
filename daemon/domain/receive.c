/* Routing of a ticket and what its `then` makes of it (spec 3, 4). */
#include "domain/dossier.h"
#include "domain/record.h"

static unsigned needs_mask(const struct submission *sent)
{
    unsigned mask = 0;
    for (int i = 0; i < sent->need_count; i++)
        mask |= 1u << sent->needs[i].kind;
    return mask;
}

struct demand dossier_demand(const struct dossier *dossier, const struct world *world)
{
    const struct submission *sent = &dossier->ticket.sent;
    struct policy_key key = {sent->area, sent->category,        sent->kind, sent->urgency,
                             -1,         dossier->ticket.origin};
    struct demand demand = {
        .area = sent->area,
        .category = sent->category,
        .kind = sent->kind,
        .urgency = sent->urgency,
        .needs = needs_mask(sent),
        .unit = sent->unit,
        .barred = dossier->ticket.barred,
        .policy = snapshot_policy_for(world->snapshot, &key),
    };
    const struct calendar *calendar =
        demand.policy == NULL ? NULL : snapshot_calendar(world->snapshot, demand.policy->calendar);
    demand.today = calendar == NULL ? (struct date){(int32_t)(world->now.us / 86400000000)}
                                    : zone_date(calendar->zone, world->now);
    return demand;
}

static void bar_accused(struct dossier *dossier, const struct world *world)
{
    const struct submission *sent = &dossier->ticket.sent;
    struct demand demand = dossier_demand(dossier, world);
    dossier->ticket.barred = match_barred(sent->accused_unit, sent->accused_name, world->snapshot,
                                          demand.today, dossier->arena);
}

bool dossier_route(struct dossier *dossier, const struct world *world, struct route *ret_route,
                   struct error *err)
{
    bar_accused(dossier, world);
    struct demand demand = dossier_demand(dossier, world);
    return route_find(&demand, world->snapshot, world->standing, world->arena, ret_route, err);
}

/* One assist for each needed kind that the lead's resource does not bring. */
static bool assist_needs(struct dossier *dossier, const struct world *world, const struct actor *by,
                         struct error *err)
{
    struct demand demand = dossier_demand(dossier, world);
    const struct resource *led = dossier->route.resource;
    unsigned open = demand.needs & ~(led == NULL ? 0u : 1u << led->kind);
    demand.unit = NULL;
    for (int kind = 0; kind < RESOURCE_KIND_COUNT; kind++) {
        if ((open & 1u << kind) == 0)
            continue;
        demand.needs = 1u << kind;
        struct candidates found = match(&demand, world->snapshot, world->standing, world->arena);
        if (found.count == 0) {
            dossier->shortages |= 1u << kind;
            continue;
        }
        const struct candidate *best = &found.at[0];
        struct assignment to = {ROLE_ASSIST, 1, best->unit, best->org, best->resource, false, NULL};
        if (best->org != NULL && !dossier_assign(dossier, world, &to, by, err))
            return false;
    }
    return true;
}

bool dossier_send(struct dossier *dossier, const struct world *world, const struct actor *by,
                  bool designated, struct error *err)
{
    const struct route *route = &dossier->route;
    dossier->routed = true;
    if (route->org == NULL)
        return true; /* nobody: it waits in triage */
    int round = 1;
    for (int i = 0; i < dossier->task_count; i++)
        if (dossier->tasks[i].role == ROLE_LEAD && dossier->tasks[i].round > round)
            round = dossier->tasks[i].round;
    struct assignment to = {ROLE_LEAD,       round,      route->unit, route->org,
                            route->resource, designated, NULL};
    dossier->ticket.copied |= route->copy_to_district;
    return dossier_assign(dossier, world, &to, by, err);
}

static bool send_first(struct dossier *dossier, const struct world *world, const struct actor *by,
                       struct error *err)
{
    const struct route *route = &dossier->route;
    if (route->basis == BASIS_FALLBACK && dossier->ticket.sent.need_count == 0)
        dossier->shortages |= 1u << 31;
    if (!dossier_send(dossier, world, by, false, err))
        return false;
    return route->org == NULL || assist_needs(dossier, world, by, err);
}

/* What figures are made from: codes and words only; what proves the record; and what was hinted. */
static const char *receive_data(const struct dossier *dossier)
{
    const struct submission *sent = &dossier->ticket.sent;
    struct arena *arena = dossier->arena;
    const char *hints =
        dossier->hints == NULL ? "" : arena_format(arena, ",\"hints\":%s", dossier->hints);
    return arena_format(arena,
                        "{\"kind\":\"%s\",\"urgency\":\"%s\",\"category\":\"%s\","
                        "\"area\":\"%s\",\"then\":\"%s\",\"record\":\"%s\"%s}",
                        ticket_kind_words[sent->kind], urgency_words[sent->urgency], sent->category,
                        sent->area, then_words[sent->then], record_digest(&dossier->ticket, arena),
                        hints);
}

bool dossier_receive(struct dossier *dossier, const struct world *world, const struct actor *by,
                     struct error *err)
{
    struct ticket *ticket = &dossier->ticket;
    ticket->received_at = world->now;
    bar_accused(dossier, world);
    struct event *event = dossier_event(dossier, world, NULL, "receive", by);
    event->to = ticket_state_words[TICKET_IS_TRIAGE];
    event->data = receive_data(dossier);
    if (ticket->sent.then == THEN_ANSWER) {
        ticket->final_state = ticket_state_words[TICKET_IS_ANSWERED];
        event = dossier_event(dossier, world, NULL, "answer", by);
        event->from = ticket_state_words[TICKET_IS_TRIAGE];
        event->to = ticket->final_state;
    } else {
        if (!dossier_route(dossier, world, &dossier->route, err))
            return false;
        dossier->routed = true;
        if (ticket->sent.then == THEN_DISPATCH && !send_first(dossier, world, by, err))
            return false;
    }
    dossier_settle(dossier, world);
    return true;
}
