/* Codes that must be there. */
#include "flow/codes.h"

void codes_check(struct flow *flow, int kind, const char *code, const char *pointer)
{
    if (code != NULL && snapshot_row(flow->snapshot, kind, code) == NULL)
        error_add(&flow->err, pointer, "no row of %s has the code %s", registry_plurals[kind],
                  code);
}

void codes_check_areas(struct flow *flow, const struct names *areas)
{
    for (int i = 0; i < areas->count; i++)
        codes_check(flow, REGISTRY_AREA, areas->at[i], arena_format(flow->arena, "/areas/%d", i));
}
