/* One row per call. A role that is not in a row's mask gets 403; rows whose path fits but whose
 * method does not give 405 with Allow. */
#include "edge/routes.h"

#include <string.h>

#include "flow/claim.h"
#include "flow/head.h"
#include "flow/import.h"
#include "flow/intake.h"
#include "flow/keys.h"
#include "flow/list.h"
#include "flow/move.h"
#include "flow/overrides.h"
#include "flow/recalculate.h"
#include "flow/registry_save.h"
#include "flow/registry_show.h"
#include "flow/show.h"
#include "flow/stats.h"
#include "flow/system.h"
#include "flow/verify.h"
#include "flow/webhook.h"
#include "wire/export_csv.h"
#include "wire/json.h"

#define ANY_KEY   (MAY_OPERATOR | MAY_DISPATCHER | MAY_UNIT | MAY_ORG | MAY_SUPERVISOR | MAY_ADMIN)
#define WORKERS   (MAY_OPERATOR | MAY_DISPATCHER | MAY_UNIT | MAY_ORG | MAY_SUPERVISOR)
#define HOLDERS   (MAY_UNIT | MAY_ORG | MAY_DISPATCHER | MAY_SUPERVISOR)
#define OVERSEERS (MAY_DISPATCHER | MAY_SUPERVISOR)
#define OWNERS    (MAY_ORG | MAY_DISPATCHER)
#define DRY       (MAY_OPERATOR | MAY_DISPATCHER | MAY_SUPERVISOR | MAY_ADMIN)
#define MOVE      (ROUTE_JSON | ROUTE_KEEPS | ROUTE_MATCH)

/* A table that the formatter would set wider than any screen. */
/* clang-format off */
#define REGISTRY_ROWS(plural, KIND, writers, patchers, schema, query)                              \
    {"GET", "/v1/" plural, ANY_KEY, 0, &registry_list_steps, REGISTRY_##KIND, query, 200, NULL,    \
     "List", "List " plural},                                                                      \
    {"GET", "/v1/" plural "/{code}", ANY_KEY, 0, &registry_get_steps, REGISTRY_##KIND, NULL, 200,  \
     NULL, schema, "Show one of the " plural},                                                     \
    {"PUT", "/v1/" plural "/{code}", writers, ROUTE_JSON | ROUTE_MATCH, &registry_save_steps,      \
     REGISTRY_##KIND, NULL, 200, schema, schema, "Make or replace one of the " plural},            \
    {"PATCH", "/v1/" plural "/{code}", patchers, ROUTE_PATCH | ROUTE_MATCH, &registry_save_steps,  \
     REGISTRY_##KIND, NULL, 200, schema, schema, "Change members of one of the " plural},          \
    {"DELETE", "/v1/" plural "/{code}", MAY_ADMIN, ROUTE_MATCH, &registry_save_steps,              \
     REGISTRY_##KIND, NULL, 204, NULL, NULL, "End one of the " plural "; it stays readable"}

#define LISTED "limit cursor status prefix q "

const struct route_row routes[] = {
    {"POST", "/v1/tickets", MAY_OPERATOR, ROUTE_JSON | ROUTE_KEEPS, &submit_steps, -1, NULL, 201,
     "Submission", "Ticket", "Submit a ticket; answered after the commit"},
    {"POST", "/v1/tickets/batch", MAY_OPERATOR, ROUTE_JSON | ROUTE_KEEPS, &submit_batch_steps, -1,
     NULL, 207, "Batch", "BatchResults", "Submit many tickets; a bad one fails alone"},
    {"GET", "/v1/tickets", WORKERS, 0, &ticket_list_steps, -1,
     "state area unit org category q from to limit cursor", 200, NULL, "List",
     "List tickets in scope, newest first"},
    {"GET", "/v1/tickets/{no}", WORKERS, 0, &ticket_show_steps, -1, NULL, 200, NULL, "Ticket",
     "Show a ticket"},
    {"GET", "/v1/tickets/{no}/events", WORKERS, 0, &ticket_events_steps, -1, "limit cursor", 200,
     NULL, "List", "Show a ticket's events in order"},
    {"GET", "/v1/tickets/{no}/identity", WORKERS, 0, &identity_steps, -1, "purpose", 200, NULL,
     "Identity", "Read the petitioner's identity for a purpose; logged"},
    {"POST", "/v1/tickets/{no}/{move}", WORKERS, MOVE, &move_ticket_steps, -1, NULL, 200, "Move",
     "Ticket", "Move a ticket"},
    {"POST", "/v1/route", DRY, ROUTE_JSON, &route_steps, -1, NULL, 200, "Submission",
     "RouteAnswer", "Where would this ticket go, and why? Nothing is stored"},
    {"POST", "/v1/deadlines", DRY, ROUTE_JSON, &deadlines_steps, -1, NULL, 200, "DeadlineAsk",
     "Reckoning", "When would this be due, and why?"},
    {"POST", "/v1/callers", MAY_OPERATOR, ROUTE_JSON, &callers_steps, -1, NULL, 200, "CallerAsk",
     "List", "A caller's tickets in scope, by phone"},
    {"GET", "/v1/tasks", HOLDERS, ROUTE_WAITS, &task_list_steps, -1,
     "unit org state pending area category limit cursor", 200, NULL, "List",
     "List tasks in scope, newest first; may be held until there is news"},
    {"GET", "/v1/tasks/{id}", WORKERS, 0, &task_show_steps, -1, NULL, 200, NULL, "Task",
     "Show a task"},
    {"GET", "/v1/tasks/{id}/deadlines", WORKERS, 0, &task_deadlines_steps, -1, NULL, 200, NULL,
     "Deadlines", "A task's clocks and the intervals that were counted"},
    {"POST", "/v1/tasks/{id}/{move}", WORKERS, MOVE, &move_task_steps, -1, NULL, 200, "Move",
     "Task", "Move a task"},
    {"POST", "/v1/tasks/{id}/{move}/{decision}", WORKERS, MOVE, &move_task_steps, -1, NULL, 200,
     "Move", "Task", "Decide on a return or reply"},
    {"POST", "/v1/claims", MAY_UNIT, ROUTE_JSON | ROUTE_KEEPS | ROUTE_WAITS, &claim_steps, -1,
     NULL, 200, "ClaimAsk", "List", "Claim tasks of a unit under a lease"},
    {"POST", "/v1/claims/renew", MAY_UNIT, ROUTE_JSON | ROUTE_KEEPS, &renew_steps, -1, NULL, 200,
     "RenewAsk", "Lease", "Lengthen a living lease"},
    {"POST", "/v1/claims/release", MAY_UNIT, ROUTE_JSON | ROUTE_KEEPS, &release_steps, -1, NULL,
     200, "ReleaseAsk", "Lease", "End a living lease"},
    {"GET", "/v1/events", WORKERS, ROUTE_WAITS, &feed_steps, -1, "after limit", 200, NULL, "List",
     "The event feed: in order per ticket, resumable"},
    {"GET", "/v1/overdue", MAY_SUPERVISOR, 0, &overdue_steps, -1,
     "stage area org unit category limit cursor", 200, NULL, "List",
     "Open clocks that are overdue, the longest first"},
    {"GET", "/v1/due", MAY_SUPERVISOR, 0, &due_steps, -1,
     "within stage area org unit category limit cursor", 200, NULL, "List",
     "Open clocks that are due soon"},
    {"GET", "/v1/shortages", MAY_SUPERVISOR, 0, &shortage_steps, -1,
     "from to area category limit cursor", 200, NULL, "List",
     "Needs that no inventory met, by category and area, the most first"},
    {"GET", "/v1/stats/rates", MAY_SUPERVISOR, 0, &rates_steps, -1,
     "from to group area unit category peers limit cursor", 200, NULL, "Rates",
     "Rates and their like by unit, street or category, ranked among peers"},
    {"GET", "/v1/export/rates", MAY_SUPERVISOR, ROUTE_EXPORT, &rates_steps, EXPORT_RATES,
     "from to group area unit category peers", 200, NULL, "Csv", "The rates as CSV"},
    {"GET", "/v1/stats/times", MAY_SUPERVISOR, 0, &times_steps, -1,
     "from to group area unit category limit cursor", 200, NULL, "Times",
     "Median and p90 handling times in working time"},
    {"GET", "/v1/stats/five-clears", MAY_SUPERVISOR, 0, &five_clears_steps, -1,
     "kind area limit cursor", 200, NULL, "Clears", "Units whose ledger lacks something"},
    {"GET", "/v1/stats/agreements", MAY_SUPERVISOR, 0, &agreements_steps, -1,
     "from to org unit area limit cursor", 200, NULL, "List",
     "What each agreement promised, and what its unit did under it"},
    {"GET", "/v1/export/agreements", MAY_SUPERVISOR, ROUTE_EXPORT, &agreements_steps,
     EXPORT_AGREEMENTS, "from to org unit area", 200, NULL, "Csv", "The same as CSV"},
    {"GET", "/v1/stats/whistles", MAY_SUPERVISOR, 0, &whistle_figures_steps, -1,
     "from to group area limit cursor", 200, NULL, "WhistleFigures",
     "What became of whistles, by kind, area, org or unit"},
    {"GET", "/v1/export/whistles", MAY_SUPERVISOR, ROUTE_EXPORT, &whistle_figures_steps,
     EXPORT_WHISTLES, "from to group area", 200, NULL, "Csv", "The same as CSV"},
    {"POST", "/v1/stats/months/{month}/publish", MAY_SUPERVISOR, ROUTE_JSON | ROUTE_KEEPS,
     &month_publish_steps, -1, NULL, 201, NULL, "Month",
     "Publish a month that is over; its figures never change again"},
    {"GET", "/v1/stats/months/{month}", MAY_SUPERVISOR, 0, &month_show_steps, -1,
     "group area peers limit cursor", 200, NULL, "Rates", "A published month's figures"},
    {"GET", "/v1/stats/months/{month}/times", MAY_SUPERVISOR, 0, &month_times_steps, -1,
     "group area limit cursor", 200, NULL, "Times", "A published month's handling times"},
    {"GET", "/v1/verify", MAY_SUPERVISOR | MAY_ADMIN, 0, &verify_steps, -1, "no limit cursor", 200,
     NULL, "Verification", "Check the hash chains of a page of tickets; names broken events"},
    {"GET", "/v1/export/tickets", OVERSEERS, ROUTE_EXPORT, &ticket_list_steps, EXPORT_TICKETS,
     "state area unit org category q from to", 200, NULL, "Csv",
     "All tickets in scope as CSV, newest first, sent as they are read"},
    {"GET", "/v1/export/tasks", OVERSEERS, ROUTE_EXPORT, &task_list_steps, EXPORT_TASKS,
     "unit org state pending area category", 200, NULL, "Csv",
     "All tasks in scope as CSV, newest first"},
    {"GET", "/v1/export/overdue", MAY_SUPERVISOR, ROUTE_EXPORT, &overdue_steps, EXPORT_OVERDUE,
     "stage area org unit category", 200, NULL, "Csv", "All overdue clocks as CSV"},
    {"GET", "/v1/export/due", MAY_SUPERVISOR, ROUTE_EXPORT, &due_steps, EXPORT_DUE,
     "within stage area org unit category", 200, NULL, "Csv", "All clocks that are due soon as CSV"},
    {"GET", "/v1/export/shortages", MAY_SUPERVISOR, ROUTE_EXPORT, &shortage_export_steps,
     EXPORT_SHORTAGES, "from to area category", 200, NULL, "Csv",
     "All needs that no inventory met as CSV, by category and area"},
    {"POST", "/v1/whistles", MAY_ORG, ROUTE_JSON | ROUTE_KEEPS, &head_create_steps, -1, NULL, 201,
     "WhistleAsk", "Whistle", "Raise a whistle: call units to report in on a matter"},
    {"GET", "/v1/whistles", HOLDERS, 0, &head_list_steps, -1,
     "state org unit no kind limit cursor", 200, NULL, "List",
     "List whistles in scope, newest first"},
    {"GET", "/v1/whistles/{id}", HOLDERS, 0, &head_show_steps, -1, NULL, 200, NULL, "Whistle",
     "Show a whistle with its targets and what they have done"},
    {"GET", "/v1/whistles/{id}/events", HOLDERS, 0, &ticket_events_steps, -1, "limit cursor", 200,
     NULL, "List", "Show a whistle's events in order"},
    {"POST", "/v1/whistles/{id}/{move}", HOLDERS, MOVE, &move_head_steps, -1, NULL, 200, "Move",
     "Whistle", "Move a whistle"},
    {"POST", "/v1/whistles/{id}/targets/{unit}/{move}", HOLDERS, MOVE, &move_target_steps, -1,
     NULL, 200, "Move", "Task", "Move a unit's part in a whistle"},
    {"POST", "/v1/whistles/{id}/targets/{unit}/{move}/{decision}", HOLDERS, MOVE,
     &move_target_steps, -1, NULL, 200, "Move", "Task", "Decide on a unit's refusal"},
    {"POST", "/v1/needs", OWNERS, ROUTE_JSON | ROUTE_KEEPS, &head_create_steps, -1, NULL, 201,
     "NeedAsk", "Need", "Draft a need, to be published"},
    {"GET", "/v1/needs", HOLDERS, 0, &head_list_steps, -1,
     "state area kind org unit mine limit cursor", 200, NULL, "List",
     "List needs in scope, and those that are offered to the caller, newest first"},
    {"GET", "/v1/needs/{id}", HOLDERS, 0, &head_show_steps, -1, NULL, 200, NULL, "Need",
     "Show a need with those who took it"},
    {"POST", "/v1/needs/{id}/{move}", HOLDERS, MOVE, &move_head_steps, -1, NULL, 200, "Move",
     "Need", "Move a need"},
    {"POST", "/v1/projects", OWNERS, ROUTE_JSON | ROUTE_KEEPS, &head_create_steps, -1, NULL, 201,
     "ProjectAsk", "Project", "Draft a project of needs and resources, to be published"},
    {"GET", "/v1/projects", HOLDERS, 0, &head_list_steps, -1,
     "state area org unit mine limit cursor", 200, NULL, "List",
     "List projects in scope, and those that are offered to the caller, newest first"},
    {"GET", "/v1/projects/{id}", HOLDERS, 0, &head_show_steps, -1, NULL, 200, NULL, "Project",
     "Show a project with its milestones and those who took it"},
    {"POST", "/v1/projects/{id}/{move}", HOLDERS, MOVE, &move_head_steps, -1, NULL, 200, "Move",
     "Project", "Move a project"},
    {"POST", "/v1/receipts", MAY_NOBODY, ROUTE_JSON, &receipt_steps, -1, NULL, 200, "ReceiptAsk",
     "Receipt", "The citizen's look: state and public answer"},
    REGISTRY_ROWS("areas", AREA, MAY_ADMIN, MAY_ADMIN, "Area", LISTED "level"),
    REGISTRY_ROWS("orgs", ORG, MAY_ADMIN, MAY_ADMIN, "Org", LISTED "kind parent area"),
    REGISTRY_ROWS("units", UNIT, MAY_ADMIN, MAY_ADMIN, "Unit", LISTED "kind area org joined"),
    REGISTRY_ROWS("resources", RESOURCE, MAY_ADMIN | MAY_UNIT, MAY_ADMIN | MAY_UNIT | MAY_ORG,
                  "Resource", LISTED "unit kind category area"),
    REGISTRY_ROWS("agreements", AGREEMENT, MAY_ADMIN, MAY_ADMIN, "Agreement", LISTED "org unit"),
    REGISTRY_ROWS("categories", CATEGORY, MAY_ADMIN, MAY_ADMIN, "Category", LISTED "parent"),
    REGISTRY_ROWS("policies", POLICY, MAY_ADMIN, MAY_ADMIN, "Policy", LISTED),
    REGISTRY_ROWS("calendars", CALENDAR, MAY_ADMIN, MAY_ADMIN, "Calendar", LISTED),
    {"POST", "/v1/import/{kind}", MAY_ADMIN, ROUTE_CSV | ROUTE_KEEPS, &import_steps, -1, NULL, 200,
     "Csv", "ImportCounts", "Import rows: all or none, every bad row named"},
    {"POST", "/v1/calendars/{code}/overrides", MAY_ADMIN, ROUTE_CSV | ROUTE_KEEPS,
     &overrides_steps, REGISTRY_CALENDAR, NULL, 200, "Csv", "ImportCounts",
     "Import a calendar's holidays and make-up days"},
    {"POST", "/v1/calendars/{code}/recalculate", MAY_ADMIN, ROUTE_JSON, &recalculate_steps,
     REGISTRY_CALENDAR, NULL, 200, "RecalculationAsk", "Recalculation",
     "Reckon open tasks anew under the calendar's present version"},
    {"POST", "/v1/keys", MAY_ADMIN, ROUTE_JSON | ROUTE_SECRET, &key_create_steps, -1, NULL, 201,
     "Key", "Key", "Make an API key; it is shown only now"},
    {"GET", "/v1/keys", MAY_ADMIN, 0, &key_list_steps, -1, "limit cursor", 200, NULL, "List",
     "List API keys"},
    {"GET", "/v1/keys/{id}", MAY_ADMIN, 0, &key_get_steps, -1, NULL, 200, NULL, "Key",
     "Show an API key, without its secret"},
    {"DELETE", "/v1/keys/{id}", MAY_ADMIN, 0, &key_delete_steps, -1, NULL, 204, NULL, NULL,
     "Revoke an API key"},
    {"POST", "/v1/webhooks", MAY_ADMIN, ROUTE_JSON | ROUTE_SECRET, &webhook_create_steps, -1, NULL,
     201, "WebhookAsk", "Webhook", "Register a receiver of notices; its secret is shown only now"},
    {"GET", "/v1/webhooks", MAY_ADMIN, 0, &webhook_list_steps, -1, "limit cursor", 200, NULL,
     "List", "List webhooks, newest first"},
    {"GET", "/v1/webhooks/{id}", MAY_ADMIN, 0, &webhook_get_steps, -1, NULL, 200, NULL, "Webhook",
     "Show a webhook"},
    {"PATCH", "/v1/webhooks/{id}", MAY_ADMIN, ROUTE_PATCH | ROUTE_MATCH, &webhook_patch_steps, -1,
     NULL, 200, "WebhookAsk", "Webhook", "Change a webhook; state active or paused"},
    {"DELETE", "/v1/webhooks/{id}", MAY_ADMIN, ROUTE_MATCH, &webhook_delete_steps, -1, NULL, 204,
     NULL, NULL, "End a webhook; what waits is not sent any more"},
    {"POST", "/v1/webhooks/{id}/secrets", MAY_ADMIN, ROUTE_JSON | ROUTE_SECRET,
     &webhook_secret_add_steps, -1, NULL, 201, "SecretAsk", "Secret",
     "Add a secret: requests are signed with all of them"},
    {"DELETE", "/v1/webhooks/{id}/secrets/{secret}", MAY_ADMIN, ROUTE_MATCH,
     &webhook_secret_drop_steps, -1, NULL, 204, NULL, NULL, "Take a secret away"},
    {"GET", "/v1/webhooks/{id}/deliveries", MAY_ADMIN, 0, &webhook_log_steps, -1,
     "state from to limit cursor", 200, NULL, "List", "The log of a webhook, with every attempt"},
    {"POST", "/v1/webhooks/{id}/replay", MAY_ADMIN, ROUTE_JSON, &webhook_replay_steps, -1, NULL,
     200, "ReplayAsk", "Replayed", "Send a delivery again, or all of a span of time"},
    {"POST", "/v1/webhooks/{id}/test", MAY_ADMIN, ROUTE_JSON, &webhook_test_steps, -1, NULL, 202, NULL,
     "Delivery", "Make a test call; the log tells how it went"},
    {"GET", "/v1/undelivered", MAY_SUPERVISOR, 0, &undelivered_steps, -1, "limit cursor", 200, NULL,
     "List", "Notices of one's areas that could not be delivered"},
    {"POST", "/v1/undelivered/{id}/replay", MAY_SUPERVISOR, ROUTE_JSON, &undelivered_replay_steps, -1,
     NULL, 200, NULL, "Replayed", "Send one of them again"},
    {"GET", "/livez", MAY_NOBODY, ROUTE_ALWAYS, &livez_steps, -1, NULL, 200, NULL, "Health",
     "The process lives"},
    {"GET", "/readyz", MAY_NOBODY, ROUTE_ALWAYS, &readyz_steps, -1, NULL, 200, NULL, "Health",
     "It can serve, or what is wrong"},
    {"GET", "/metrics", MAY_NOBODY, ROUTE_ALWAYS, &metrics_steps, -1, NULL, 200, NULL, "Metrics",
     "Counters for Prometheus"},
    {"GET", "/openapi.json", MAY_NOBODY, ROUTE_ALWAYS, &openapi_steps, -1, NULL, 200, NULL, NULL,
     "This description"},
};
/* clang-format on */

const int route_count = COUNT_OF(routes);

/* The path fits the pattern; fills the parts. */
static bool fits(const char *pattern, const char *path, struct call *call)
{
    call->part_count = 0;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t size = strcspn(path, "/");
        if (size == 0 || call->part_count == CALL_PARTS)
            return false;
        call->parts[call->part_count++] = arena_bytes(call->arena, path, size);
        path += size;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == '\0';
}

static void refuse(struct call *call, const struct names *allowed)
{
    struct error err = {.arena = call->arena};
    struct answer answer = {.wait_applied = -1, .type = "application/problem+json"};
    if (allowed->count == 0) {
        error_set(&err, FAULT_NOT_FOUND, "there is no such path");
    } else {
        error_set(&err, FAULT_METHOD, "this path does not take %s", call->method);
        answer.allow = names_join(call->arena, allowed, ", ");
    }
    answer.status = problem_status(err.fault);
    answer.body = problem_write(&err, call->request_id, call->arena);
    call->reply(call, &answer);
}

void routes_dispatch(void *context, struct call *call)
{
    struct names allowed = {0};
    for (int i = 0; i < route_count; i++) {
        if (!fits(routes[i].path, call->path, call))
            continue;
        if (text_equal(routes[i].method, call->method)) {
            flow_answer(context, &routes[i], call);
            return;
        }
        if (!names_have(&allowed, routes[i].method))
            allowed = names_with(call->arena, &allowed, routes[i].method);
    }
    refuse(call, &allowed);
}
