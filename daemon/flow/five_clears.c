/* Units whose ledger lacks one of the "five clears" (spec 2), from the registry in memory. */
#include <string.h>

#include "domain/area.h"
#include "flow/stats.h"
#include "wire/tally_json.h"

#define CLEARS(X) X(list)
FLOW_STEPS(five_clears_steps, CLEARS)

struct ask {
    struct names areas;
    int kind; /* -1: all */
    int64_t limit;
    const char *after;
};

static bool read_ask(struct flow *flow, struct ask *ask)
{
    const struct call *call = flow->call;
    const struct limits *limits = &flow->context->limits;
    struct cursor cursor;
    if (!query_word(call_query(call, "kind"), "kind", unit_kind_words, &ask->kind, &flow->err) ||
        !query_count(call_query(call, "limit"), "limit", limits->page_size, 1, limits->page_limit,
                     &ask->limit, &flow->err) ||
        !cursor_read(call_query(call, "cursor"), "clears", flow->arena, &cursor, &flow->err))
        return false;
    ask->after = cursor.text;
    ask->areas = stats_areas(flow, call_query(call, "area"));
    return true;
}

static bool asked_for(const struct ask *ask, const struct unit *unit)
{
    if (unit->status != STATUS_ACTIVE || (ask->kind >= 0 && unit->kind != ask->kind))
        return false;
    for (int i = 0; unit->area != NULL && i < ask->areas.count; i++)
        if (area_contains(ask->areas.at[i], unit->area))
            return true;
    return false;
}

/* One more unit in the totals; whether it is not clear. */
static bool count_unit(struct clears *clears, const struct unit *unit)
{
    unsigned missing = ledger_missing(&unit->ledger);
    clears->units++;
    clears->clear += missing == 0;
    for (int i = 0; ledger_words[i] != NULL; i++)
        clears->missing[i] += (missing & 1u << i) != 0;
    return missing != 0;
}

static enum next list(struct flow *flow)
{
    struct ask ask;
    struct clears clears = {0};
    size_t count;
    int shown = 0;
    if (!read_ask(flow, &ask))
        return END;
    const struct registry_row *const *rows = snapshot_rows(flow->snapshot, REGISTRY_UNIT, &count);
    const struct unit **page = ARENA_ARRAY(flow->arena, const struct unit *, ask.limit);
    for (size_t i = 0; i < count; i++) { /* in order of code */
        const struct unit *unit = rows[i]->value;
        if (!asked_for(&ask, unit) || !count_unit(&clears, unit))
            continue;
        if (ask.after != NULL && strcmp(unit->code, ask.after) <= 0)
            continue;
        if (shown < ask.limit) {
            page[shown++] = unit;
        } else if (clears.next == NULL) {
            struct cursor next = {.text = page[shown - 1]->code};
            clears.next = cursor_write(&next, "clears", flow->arena);
        }
    }
    return flow_body(flow, 200, clears_write(&clears, page, shown, flow->arena));
}
