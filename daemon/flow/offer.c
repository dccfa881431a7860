/* Who sees a need or project, and how much of it. */
#include "flow/offer.h"

#include "flow/privacy.h"
#include "flow/reach.h"
#include "wire/offer_json.h"
#include "wire/query.h"

/* The needs that a project names: it changes them when it is published and when it ends. */
static struct names needs_of(const struct ticket *ticket)
{
    return ticket->offer->needs;
}

static bool binds(const struct ticket *ticket, const struct ticket *other)
{
    return other->offer != NULL && text_equal(other->offer->project, ticket->no);
}

/* Those for which the caller may take one: its own, or for an org also those of its orgs. */
static struct names units_of(const struct flow *flow)
{
    struct names units = flow->scope.units;
    if (flow->caller->role != CALLER_ORG)
        return units;
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(flow->snapshot, REGISTRY_UNIT, &count);
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = rows[i]->value;
        if (unit->org != NULL && names_have(&flow->scope.orgs, unit->org) &&
            !names_have(&units, unit->code))
            units = names_with(flow->arena, &units, unit->code);
    }
    return units;
}

/* Published, and open to all or offered to one of the caller's units. */
static bool is_offered(const struct flow *flow, const struct ticket *ticket)
{
    const struct offer *offer = ticket->offer;
    if (ticket->state != OFFER_IS_PUBLISHED && ticket->state != OFFER_IS_TAKEN)
        return false;
    if (offer_is_open(offer, flow->now))
        return true;
    struct names units = units_of(flow);
    for (int i = 0; i < offer->paired.count; i++)
        if (names_have(&units, offer->paired.at[i]))
            return true;
    return false;
}

/* The centre by area; the owner and those above it; of units and orgs those that it is offered to
 * and those that have a share in it. */
static bool sees(const struct flow *flow, const struct dossier *dossier)
{
    int role = flow->caller->role;
    if (role == CALLER_OPERATOR || role == CALLER_ADMIN)
        return false;
    if (head_is_own(flow, dossier) || sees_ticket(flow, dossier))
        return true;
    return (role == CALLER_UNIT || role == CALLER_ORG) && is_offered(flow, &dossier->ticket);
}

static struct slice show(struct flow *flow, const struct dossier *dossier)
{
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    bool *whole = ARENA_ARRAY(flow->arena, bool, dossier->task_count);
    for (int i = 0; i < dossier->task_count; i++)
        whole[i] = sees_task(flow, dossier, &dossier->tasks[i]);
    struct offer_view view = {.ticket = &shown,
                              .tasks = dossier->tasks,
                              .task_count = dossier->task_count,
                              .whole = whole,
                              .now = flow->now,
                              .offset_s = context_offset(flow->context, flow->now)};
    return offer_write(&view, flow->arena);
}

/* Behind the filters: which of the two, now, and only the caller's own? */
static bool ask(struct flow *flow, struct args *args, int origin)
{
    static const char *const words[] = {"false", "true", NULL};
    int mine;
    if (!query_word(call_query(flow->call, "mine"), "mine", words, &mine, &flow->err))
        return false;
    args_text(args, origin_words[origin]);
    args_instant(args, flow->now);
    args_bool(args, mine == 1);
    return true;
}

static bool ask_needs(struct flow *flow, struct args *args)
{
    return ask(flow, args, ORIGIN_NEED);
}

static bool ask_projects(struct flow *flow, struct args *args)
{
    return ask(flow, args, ORIGIN_PROJECT);
}

const struct head need_head = {
    .origin = ORIGIN_NEED,
    .what = "need",
    .path = "/v1/needs",
    .read = need_read,
    .keep = offer_keep,
    .restore = offer_restore,
    .named = needs_of,
    .begin = offer_draft,
    .sees = sees,
    .show = show,
    .list = STMT_OFFER_LIST,
    .filters = "area kind org unit",
    .units = units_of,
    .ask = ask_needs,
};

const struct head project_head = {
    .origin = ORIGIN_PROJECT,
    .what = "project",
    .path = "/v1/projects",
    .read = project_read,
    .keep = offer_keep,
    .restore = offer_restore,
    .named = needs_of,
    .begin = offer_draft,
    .with = needs_of,
    .binds = binds,
    .sees = sees,
    .show = show,
    .list = STMT_OFFER_LIST,
    .filters = "area kind org unit",
    .units = units_of,
    .ask = ask_projects,
};
