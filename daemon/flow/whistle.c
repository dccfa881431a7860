/* Who sees a whistle, and how much of it. */
#include "flow/whistle.h"

#include "flow/move.h"
#include "flow/privacy.h"
#include "wire/whistle_json.h"

static const char *named(const struct ticket *draft)
{
    return draft->whistle->no;
}

/* The centre by area; the street, the community that raised it, and those above them; of the units
 * and orgs called, those whose target it is still: so none before it is approved. */
static bool sees(const struct flow *flow, const struct dossier *dossier)
{
    const struct ticket *ticket = &dossier->ticket;
    if (flow->caller->role == CALLER_OPERATOR || scope_barred(&flow->scope, &ticket->barred))
        return false;
    return head_is_own(flow, dossier) || names_have(&flow->scope.orgs, ticket->sent.source) ||
           sees_ticket(flow, dossier);
}

static struct slice show(struct flow *flow, const struct dossier *dossier)
{
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    struct whistle_view view = {.ticket = &shown,
                                .tasks = dossier->tasks,
                                .task_count = dossier->task_count,
                                .offset_s = context_offset(flow->context, flow->now)};
    return whistle_write(&view, flow->arena);
}

const struct head whistle_head = {
    .origin = ORIGIN_WHISTLE,
    .what = "whistle",
    .path = "/v1/whistles",
    .read = whistle_read,
    .keep = whistle_keep,
    .restore = whistle_restore,
    .named = named,
    .begin = whistle_raise,
    .sees = sees,
    .show = show,
    .list = STMT_TICKET_WHISTLES,
    .filters = "org unit no kind",
};
