/* Looks up every code that a ticket names. */
#include "domain/submission_check.h"

bool submission_check(const struct submission *sent, const struct snapshot *snapshot,
                      struct error *err)
{
    const struct category *category = snapshot_category(snapshot, sent->category);
    const struct area *area = snapshot_area(snapshot, sent->area);
    if (category == NULL)
        error_add(err, "/category", "no category has the code '%s'", sent->category);
    else if (category->status == STATUS_ENDED)
        error_add(err, "/category", "the category '%s' has ended", sent->category);
    if (area == NULL)
        error_add(err, "/area", "no area has the code '%s'", sent->area);
    else if (area->status == STATUS_ENDED)
        error_add(err, "/area", "the area '%s' has ended", sent->area);
    if (sent->accused_unit != NULL && snapshot_unit(snapshot, sent->accused_unit) == NULL)
        error_add(err, "/accused/unit", "no unit has the code '%s'", sent->accused_unit);
    return error_none(err);
}
