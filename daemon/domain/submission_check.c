/* Looks up every code that a ticket names. */
#include "domain/submission_check.h"

static void check_category(const char *code, const struct snapshot *snapshot, struct error *err)
{
    const struct category *category = snapshot_category(snapshot, code);
    if (category == NULL)
        error_add(err, "/category", "no category has the code '%s'", code);
    else if (category->status == STATUS_ENDED)
        error_add(err, "/category", "the category '%s' has ended", code);
}

static void check_area(const char *code, const struct snapshot *snapshot, struct error *err)
{
    const struct area *area = snapshot_area(snapshot, code);
    if (area == NULL)
        error_add(err, "/area", "no area has the code '%s'", code);
    else if (area->status == STATUS_ENDED)
        error_add(err, "/area", "the area '%s' has ended", code);
}

bool submission_check(const struct submission *sent, const struct snapshot *snapshot,
                      struct error *err)
{
    if (sent->category != NULL)
        check_category(sent->category, snapshot, err);
    if (sent->area != NULL)
        check_area(sent->area, snapshot, err);
    if (sent->unit != NULL && snapshot_unit(snapshot, sent->unit) == NULL)
        error_add(err, "/unit", "no unit has the code '%s'", sent->unit);
    if (sent->accused_unit != NULL && snapshot_unit(snapshot, sent->accused_unit) == NULL)
        error_add(err, "/accused/unit", "no unit has the code '%s'", sent->accused_unit);
    return error_none(err);
}
