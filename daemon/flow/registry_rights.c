/* The two halves of offering a resource: the unit says what it has, its side of the street says
 * that it counts. */
#include "flow/registry_rights.h"

#include <string.h>

#include "wire/registry_json.h"

static bool org_in_scope(const struct flow *flow, const struct org *org)
{
    return org != NULL && names_have(&flow->scope.orgs, org->code);
}

bool registry_reaches(const struct flow *flow, const char *code)
{
    const struct names none = {0};
    const struct unit *unit = code == NULL ? NULL : snapshot_unit(flow->snapshot, code);
    if (code != NULL && names_have(&flow->scope.units, code))
        return true;
    if (unit == NULL || flow->scope.orgs.count == 0)
        return false;
    return org_in_scope(flow, snapshot_target(flow->snapshot, unit, &none)) ||
           (unit->area != NULL &&
            org_in_scope(
                flow, snapshot_org_over(flow->snapshot, ORG_STREET_ALLIANCE, unit->area, &none)));
}

/* Equal but for the status. */
static bool same_offer(const struct flow *flow, const struct resource *old,
                       const struct resource *value)
{
    struct resource like = *value;
    like.status = old->status;
    struct slice before = registry_json_write(REGISTRY_RESOURCE, old, flow->arena);
    struct slice after = registry_json_write(REGISTRY_RESOURCE, &like, flow->arena);
    return before.size == after.size && memcmp(before.at, after.at, after.size) == 0;
}

static bool unit_may(struct flow *flow, const struct resource *old, struct resource *value)
{
    const char *unit = flow->caller->unit;
    if ((old != NULL && !text_equal(old->unit, unit)) || !text_equal(value->unit, unit))
        return error_set(&flow->err, FAULT_DENIED, "a unit may propose its own resources only");
    if ((old != NULL && old->kind == RESOURCE_DUTY) || value->kind == RESOURCE_DUTY)
        return error_set(&flow->err, FAULT_DENIED, "a duty is not a unit's to propose");
    if (old == NULL || !same_offer(flow, old, value)) {
        value->status = STATUS_PROPOSED;
        return true;
    }
    if (value->status != STATUS_OFFERED || old->status == STATUS_OFFERED)
        return true; /* it takes its offer back, or asks again, or changes nothing */
    if (text_equal(flow->call->method, "PATCH"))
        return error_set(&flow->err, FAULT_DENIED,
                         "the unit's organization, its street or an admin sets 'offered'");
    value->status = STATUS_PROPOSED; /* PUT without a status means the standard one */
    return true;
}

static bool org_may(struct flow *flow, const struct resource *old, const struct resource *value)
{
    if (old == NULL || !registry_reaches(flow, old->unit))
        return error_set(&flow->err, FAULT_DENIED, "this resource's unit is not in your reach");
    if (!same_offer(flow, old, value))
        return error_set(&flow->err, FAULT_DENIED, "an organization may set 'status' only");
    if (old->kind == RESOURCE_DUTY && old->status != value->status)
        return error_set(&flow->err, FAULT_DENIED, "duties are the admin's to set");
    if ((old->status == STATUS_ENDED) != (value->status == STATUS_ENDED))
        return error_set(&flow->err, FAULT_DENIED, "only the unit or an admin ends a resource");
    return true;
}

bool registry_rights(struct flow *flow, const struct resource *old, struct resource *value)
{
    switch ((enum caller_role)flow->caller->role) {
    case CALLER_ADMIN:
        return true;
    case CALLER_UNIT:
        return unit_may(flow, old, value);
    case CALLER_ORG:
        return org_may(flow, old, value);
    case CALLER_OPERATOR:
    case CALLER_DISPATCHER:
    case CALLER_SUPERVISOR:
    case CALLER_ROLE_COUNT:
        break;
    }
    return error_set(&flow->err, FAULT_DENIED, "this key may not change the registry");
}
