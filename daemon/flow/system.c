/* What operators of the daemon ask. No secrets, no personal data. */
#include "flow/system.h"

#include <string.h>

#include "base/metrics.h"
#include "flow/hooks.h"
#include "wire/openapi.h"
#include "wire/report_json.h"
#include "wire/small_json.h"

#define LIVEZ(X)   X(show_live)
#define READYZ(X)  X(show_ready)
#define METRICZ(X) X(show_metrics)
#define OPENAPI(X) X(show_openapi)
FLOW_STEPS(livez_steps, LIVEZ)
FLOW_STEPS(readyz_steps, READYZ)
FLOW_STEPS(metrics_steps, METRICZ)
FLOW_STEPS(openapi_steps, OPENAPI)

enum { WARN_DAYS = 60 }; /* ahead of a year without holidays (spec 5) */

static enum next show_live(struct flow *flow)
{
    const char *names[] = {"status"}, *values[] = {"live"};
    return flow_body(flow, 200, texts_write(names, values, 1, flow->arena));
}

/* Calendars that know no holidays of a year that begins soon. */
static struct names calendar_warnings(const struct flow *flow)
{
    struct names warnings = {0};
    size_t count;
    const struct registry_row *const *rows =
        snapshot_rows(flow->snapshot, REGISTRY_CALENDAR, &count);
    for (size_t i = 0; i < count; i++) {
        const struct calendar *calendar = rows[i]->value;
        struct instant ahead = instant_add(flow->now, SECONDS(WARN_DAYS * 86400LL));
        int year, month, day;
        date_split(zone_date(calendar->zone, ahead), &year, &month, &day);
        if (calendar->status != STATUS_ENDED && calendar->override_count > 0 &&
            !calendar_covers(calendar, year))
            warnings = names_with(flow->arena, &warnings,
                                  arena_format(flow->arena,
                                               "calendar %s has no holidays for %d: deadlines "
                                               "into it are provisional",
                                               calendar->code, year));
    }
    return warnings;
}

/* The end of the message's first line, which says what happened. What libpq quotes may be a part of
 * the database's address, and anybody may read this: such an end is left out. */
static const char *database_reason(const char *trouble, struct arena *arena)
{
    const char *reason = "the database cannot be reached";
    const char *line = arena_format(arena, "%.*s", (int)strcspn(trouble, "\n"), trouble);
    for (const char *at = strstr(line, ": "); at != NULL; at = strstr(line, ": "))
        line = at + 2;
    line += strspn(line, " ");
    if (*line == '\0' || strchr(line, '"') != NULL)
        return reason;
    return arena_format(arena, "%s: %s", reason, line);
}

/* Webhooks that nobody is told by any more. */
static struct names webhook_warnings(const struct flow *flow, struct names warnings)
{
    const struct hooks *hooks = flow->context->hooks;
    for (int i = 0; i < hooks->count; i++)
        if (hooks->list[i].webhook.state == WEBHOOK_DISABLED)
            warnings = names_with(flow->arena, &warnings,
                                  arena_format(flow->arena, "webhook %lld is disabled",
                                               (long long)hooks->list[i].webhook.id));
    return warnings;
}

static enum next show_ready(struct flow *flow)
{
    const struct context *context = flow->context;
    struct names reasons = {0}, warnings = {0};
    if (context->draining)
        reasons = names_with(flow->arena, &reasons, "draining");
    const char *trouble = pool_trouble(context->pool);
    if (trouble == NULL)
        trouble = pool_trouble(context->intake_pool);
    if (trouble != NULL)
        reasons = names_with(flow->arena, &reasons, database_reason(trouble, flow->arena));
    if (flow->snapshot == NULL)
        reasons = names_with(flow->arena, &reasons, "the registry is not loaded yet");
    else
        warnings = webhook_warnings(flow, calendar_warnings(flow));
    struct slice body = ready_write(&reasons, &warnings, flow->arena);
    flow->answer.retry_after = reasons.count > 0 ? 1 : 0;
    return flow_body(flow, reasons.count > 0 ? 503 : 200, body);
}

static enum next show_metrics(struct flow *flow)
{
    struct text text CLEANUP(text_clear) = {0};
    metrics_write(&text);
    hooks_metrics(flow->context, &text);
    flow->answer.type = METRICS_TYPE;
    char *copy = arena_bytes(flow->arena, text.at, text.size);
    return flow_body(flow, 200, (struct slice){copy, text.size});
}

/* The roles of a mask, for people. */
static const char *roles_text(unsigned may, struct arena *arena)
{
    struct names roles = {0};
    for (int role = 0; role < CALLER_ROLE_COUNT; role++)
        if ((may & 1u << role) != 0)
            roles = names_with(arena, &roles, caller_role_words[role]);
    return roles.count == 0 ? "no key needed" : names_join(arena, &roles, ", ");
}

static enum next show_openapi(struct flow *flow)
{
    const struct context *context = flow->context;
    struct openapi_route *routes =
        ARENA_ARRAY(flow->arena, struct openapi_route, context->route_count);
    for (int i = 0; i < context->route_count; i++) {
        const struct route_row *row = &context->routes[i];
        routes[i] = (struct openapi_route){
            .method = row->method,
            .path = row->path,
            .summary = row->summary,
            .roles = roles_text(row->may, flow->arena),
            .open = row->may == MAY_NOBODY,
            .body = row->body,
            .csv = (row->flags & ROUTE_CSV) != 0,
            .patch = (row->flags & ROUTE_PATCH) != 0,
            .answer = row->answer,
            .media = (row->flags & ROUTE_EXPORT) != 0 ? "text/csv" : NULL,
            .query = row->query,
            .idempotent = (row->flags & ROUTE_KEEPS) != 0,
            .if_match = (row->flags & ROUTE_MATCH) != 0,
            .waits = (row->flags & ROUTE_WAITS) != 0,
            .status = row->status,
        };
    }
    return flow_body(flow, 200, openapi_write(routes, context->route_count, flow->arena));
}
