/* Who sees a whistle, and how much of it. */
#include "flow/whistle.h"

#include "flow/privacy.h"
#include "flow/reach.h"
#include "wire/whistle_json.h"

static struct names named(const struct ticket *draft)
{
    return (struct names){draft->whistle->no != NULL, &draft->whistle->no};
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

/* The rules of the policy that the targets run under. */
static const struct rules *rules_of(const struct flow *flow, const struct dossier *dossier)
{
    const struct task *lead = dossier_lead(dossier);
    struct terms terms;
    if (!task_terms(&dossier->ticket, lead == NULL ? &dossier->tasks[0] : lead, flow->snapshot,
                    &terms))
        return &rules_standard;
    return &terms.policy->rules;
}

static struct slice show(struct flow *flow, const struct dossier *dossier)
{
    struct ticket shown = privacy_ticket(flow, &dossier->ticket);
    struct whistle_score score = {0};
    if (dossier->task_count > 0)
        score = whistle_score(dossier, rules_of(flow, dossier), flow->now, flow->arena);
    struct whistle_view view = {.ticket = &shown,
                                .tasks = dossier->tasks,
                                .task_count = dossier->task_count,
                                .score = dossier->task_count > 0 ? &score : NULL,
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

void whistles_on(struct work *work, const int64_t *tickets, int count, const char *no)
{
    const struct names numbers = {no != NULL, &no};
    struct args *args = work_add(work, STMT_TICKET_RAISED);
    ARGS_COLUMN(args, int, INT, count, tickets[i]);
    args_names(args, &numbers);
}

struct names whistles_read(struct flow *flow, int place)
{
    struct rows rows = work_rows(flow->work, place);
    struct names numbers = {0, ARENA_ARRAY(flow->arena, const char *, rows.count)};
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        row_int(&row);
        row_int(&row);
        numbers.at[numbers.count++] = row_text(&row);
    }
    return numbers;
}
