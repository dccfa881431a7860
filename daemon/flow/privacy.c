/* The one place that tells the roles apart by what they are shown. */
#include "flow/privacy.h"

#include <string.h>

#include "domain/mask.h"
#include "domain/number.h"
#include "domain/offer.h"
#include "domain/whistle.h"
#include "wire/ticket_json.h"

/* Outside the hotline itself: who does the work. */
static bool is_outside(const struct flow *flow)
{
    return flow->caller->role == CALLER_UNIT || flow->caller->role == CALLER_ORG;
}

struct ticket privacy_ticket(const struct flow *flow, const struct ticket *ticket)
{
    struct ticket shown = *ticket;
    if (!is_outside(flow))
        return shown;
    mask_submission(&shown.sent, flow->arena);
    shown.hung_reason = mask_text(flow->arena, shown.hung_reason);
    if (ticket->whistle != NULL)
        shown.whistle = whistle_mask(ticket->whistle, flow->arena);
    if (ticket->offer != NULL)
        shown.offer = offer_mask(ticket->offer, flow->arena);
    return shown;
}

struct event privacy_event(const struct flow *flow, const struct event *event)
{
    struct event shown = *event;
    if (is_outside(flow))
        shown.data = data_mask(event->data, flow->arena);
    return shown;
}

const char *privacy_query(const struct flow *flow, const char *q)
{
    return q == NULL || !is_outside(flow) || number_valid(q) ? q : NULL;
}

bool privacy_found(const struct flow *flow, const struct dossier *dossier, const char *q)
{
    if (q == NULL || !is_outside(flow))
        return true; /* the statement has found it */
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    return strstr(shown.sent.title, q) != NULL || strstr(shown.sent.content, q) != NULL ||
           text_equal(shown.no, q);
}

bool privacy_knows_petitioner(const struct flow *flow, const struct dossier *dossier)
{
    const struct caller *caller = flow->caller;
    if (!is_outside(flow))
        return true;
    if (dossier->ticket.sent.kind == TICKET_REPORT || dossier->ticket.sent.petitioner.secret)
        return false;
    for (int i = 0; i < dossier->task_count; i++) {
        const struct task *task = &dossier->tasks[i];
        bool own = caller->role == CALLER_UNIT ? text_equal(task->unit, caller->unit)
                                               : text_equal(task->org, caller->org);
        if (own && task_is_open(task))
            return true;
    }
    return false;
}
