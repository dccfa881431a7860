/* Reference and sense checks, one function a kind. Rows that ended may still be referred to: they
 * are history, and matching leaves them out by itself. */
#include "domain/registry_check.h"

#include <string.h>

enum { PATH_LIMIT = 1000, CATEGORY_LEVELS = 5, USCC_SIZE = 18 };

static const void *find(const struct registry_context *context, int kind, const char *code)
{
    const void *fresh = context->fresh[kind] == NULL ? NULL : map_get(context->fresh[kind], code);
    if (fresh != NULL || context->snapshot == NULL)
        return fresh;
    const struct registry_row *row = snapshot_row(context->snapshot, kind, code);
    return row == NULL ? NULL : row->value;
}

/* What a reference of this kind is called in a fault. */
static const char *name_of(int kind)
{
    static const char *const names[] = {"area",      "organization", "unit",   "resource",
                                        "agreement", "category",     "policy", "calendar"};
    return names[kind];
}

static void check_reference(const struct registry_context *context, int kind, const char *code,
                            const char *pointer, struct error *err)
{
    if (code != NULL && find(context, kind, code) == NULL)
        error_add(err, pointer, "no %s has the code %s", name_of(kind), code);
}

static void check_references(const struct registry_context *context, int kind,
                             const struct names *codes, const char *field, struct error *err)
{
    for (int i = 0; i < codes->count; i++)
        check_reference(context, kind, codes->at[i], arena_format(err->arena, "/%s/%d", field, i),
                        err);
}

static void check_required(const void *value, const char *pointer, struct error *err)
{
    if (value == NULL)
        error_add(err, pointer, "is required");
}

static void check_dates(struct date from, struct date to, const char *pointer, struct error *err)
{
    if (date_set(from) && date_set(to) && to.day < from.day)
        error_add(err, pointer, "is before the first day");
}

static void check_area(const struct area *area, struct error *err)
{
    int level = area_level(area->code);
    if (level < 0 || area_key(area->code, strlen(area->code)) == 0)
        error_add(err, "/code", "must have 2, 4, 6, 9 or 12 digits");
    else if (area->level >= 0 && area->level != level)
        error_add(err, "/level", "a code of %d digits is a %s", area_digits(level),
                  level_words[level]);
}

/* Following the parents must not come back to the row, nor run on for ever. */
static void check_org_loop(const struct org *org, const struct registry_context *context,
                           struct error *err)
{
    const struct org *above = org;
    for (int steps = 0; above != NULL && above->parent != NULL; steps++) {
        if (steps == PATH_LIMIT || text_equal(above->parent, org->code)) {
            error_add(err, "/parent", "%s would stand above itself", org->code);
            return;
        }
        above = find(context, REGISTRY_ORG, above->parent);
    }
}

static void check_org(const struct org *org, const struct registry_context *context,
                      struct error *err)
{
    bool itself = text_equal(org->parent, org->code);
    if (!itself)
        check_reference(context, REGISTRY_ORG, org->parent, "/parent", err);
    check_org_loop(org, context, err);
    check_references(context, REGISTRY_AREA, &org->areas, "areas", err);
}

bool uscc_valid(const char *code)
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I, O, S, V, Z */
    if (strlen(code) != USCC_SIZE)
        return false;
    int sum = 0, weight = 1; /* powers of 3 modulo 31 */
    for (int i = 0; i < USCC_SIZE; i++) {
        const char *sign = strchr(signs, code[i]);
        if (sign == NULL)
            return false;
        int value = (int)(sign - signs);
        if (i == USCC_SIZE - 1)
            return value == (31 - sum % 31) % 31;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return false;
}

static void check_formation(const struct unit *unit, const struct registry_context *context,
                            struct error *err)
{
    if (unit->formation != FORMATION_NONE) {
        check_required(unit->org, "/org", err);
        check_reference(context, REGISTRY_ORG, unit->org, "/org", err);
    } else if (unit->org != NULL) {
        error_add(err, "/org", "must be absent when the formation is none");
    }
}

static void check_unit(const struct unit *unit, const struct registry_context *context,
                       struct error *err)
{
    check_reference(context, REGISTRY_AREA, unit->area, "/area", err);
    check_formation(unit, context, err);
    check_references(context, REGISTRY_ORG, &unit->joined, "joined", err);
    for (int i = 0; i < unit->aliases.count; i++)
        check_dates(unit->aliases.at[i].from, unit->aliases.at[i].to,
                    arena_format(err->arena, "/aliases/%d/to", i), err);
    if (unit->uscc != NULL && !uscc_valid(unit->uscc))
        error_add(err, "/uscc", "is not a unified social credit code: the check character differs");
}

static void check_some(const struct names *codes, const char *pointer, struct error *err)
{
    if (codes->count == 0)
        error_add(err, pointer, "must not be empty");
}

static void check_resource(const struct resource *resource, const struct registry_context *context,
                           struct error *err)
{
    check_required(resource->unit, "/unit", err);
    check_reference(context, REGISTRY_UNIT, resource->unit, "/unit", err);
    check_some(&resource->categories, "/categories", err);
    check_references(context, REGISTRY_CATEGORY, &resource->categories, "categories", err);
    check_some(&resource->areas, "/areas", err);
    check_references(context, REGISTRY_AREA, &resource->areas, "areas", err);
    if (resource->capacity < -1) /* -1 = absent */
        error_add(err, "/capacity", "must not be negative");
    check_dates(resource->valid_from, resource->valid_to, "/valid_to", err);
    check_reference(context, REGISTRY_AGREEMENT, resource->agreement, "/agreement", err);
}

static void check_agreement(const struct agreement *agreement,
                            const struct registry_context *context, struct error *err)
{
    check_required(agreement->org, "/org", err);
    check_reference(context, REGISTRY_ORG, agreement->org, "/org", err);
    check_required(agreement->unit, "/unit", err);
    check_reference(context, REGISTRY_UNIT, agreement->unit, "/unit", err);
    check_dates(agreement->valid_from, agreement->valid_to, "/valid_to", err);
    check_references(context, REGISTRY_CATEGORY, &agreement->categories, "categories", err);
}

/* The code above: the parent given, else the code up to its last dot; NULL at the top. */
static const char *category_parent(const struct category *category, const char *code,
                                   struct arena *arena)
{
    if (category != NULL && category->parent != NULL)
        return category->parent;
    const char *dot = strrchr(code, '.');
    return dot == NULL ? NULL : arena_bytes(arena, code, (size_t)(dot - code));
}

static void check_category(const struct category *category, const struct registry_context *context,
                           struct error *err)
{
    int faults = err->count;
    if (!text_equal(category->parent, category->code))
        check_reference(context, REGISTRY_CATEGORY, category->parent, "/parent", err);
    const char *above = category_parent(category, category->code, err->arena);
    int levels = 1;
    for (; above != NULL && levels <= CATEGORY_LEVELS; levels++) {
        if (text_equal(above, category->code)) {
            error_add(err, "/parent", "%s would stand above itself", category->code);
            return;
        }
        above = category_parent(find(context, REGISTRY_CATEGORY, above), above, err->arena);
    }
    if (levels > CATEGORY_LEVELS && err->count == faults)
        error_add(err, category->parent != NULL ? "/parent" : "/code",
                  "would be deeper than %d levels", CATEGORY_LEVELS);
}

static void check_policy(const struct policy *policy, const struct registry_context *context,
                         struct error *err)
{
    check_required(policy->calendar, "/calendar", err);
    check_reference(context, REGISTRY_CALENDAR, policy->calendar, "/calendar", err);
    check_references(context, REGISTRY_AREA, &policy->areas.names, "match/areas", err);
    check_references(context, REGISTRY_CATEGORY, &policy->categories.names, "match/categories",
                     err);
}

bool registry_check(int kind, const void *value, const struct registry_context *context,
                    struct error *err)
{
    int faults = err->count;
    switch ((enum registry_kind)kind) {
    case REGISTRY_AREA:
        check_area(value, err);
        break;
    case REGISTRY_ORG:
        check_org(value, context, err);
        break;
    case REGISTRY_UNIT:
        check_unit(value, context, err);
        break;
    case REGISTRY_RESOURCE:
        check_resource(value, context, err);
        break;
    case REGISTRY_AGREEMENT:
        check_agreement(value, context, err);
        break;
    case REGISTRY_CATEGORY:
        check_category(value, context, err);
        break;
    case REGISTRY_POLICY:
        check_policy(value, context, err);
        break;
    case REGISTRY_CALENDAR:
        /* The reader made it in an arena; only the interface says const. */
        return calendar_check((struct calendar *)value, err);
    case REGISTRY_COUNT:
        break;
    }
    return err->count == faults;
}
