/* What a key reaches. */
#include "domain/caller.h"

#include <stdlib.h>
#include <string.h>

#define X(name, word) word,
const char *const caller_role_words[] = {CALLER_ROLES(X) NULL};
#undef X

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Units that joined one of the orgs, each once, in order of code. */
static struct names joined_any(const struct names *orgs, const struct snapshot *snapshot,
                               struct arena *arena)
{
    struct text found CLEANUP(text_clear) = {0};
    for (int i = 0; i < orgs->count; i++) {
        struct names some = snapshot_units_joined(snapshot, orgs->at[i], arena);
        if (some.count > 0)
            text_add_bytes(&found, some.at, (size_t)some.count * sizeof(*some.at));
    }
    size_t count = found.size / sizeof(const char *);
    struct names units = {0, ARENA_ARRAY(arena, const char *, count)};
    if (count > 0)
        memcpy(units.at, found.at, found.size);
    qsort(units.at, count, sizeof(*units.at), compare_names);
    for (size_t i = 0; i < count; i++)
        if (units.count == 0 || strcmp(units.at[units.count - 1], units.at[i]) != 0)
            units.at[units.count++] = units.at[i];
    return units;
}

struct scope scope_of(const struct caller *caller, const struct snapshot *snapshot,
                      struct arena *arena)
{
    struct scope scope = {0};
    const struct names none = {0};
    if (caller->role == CALLER_ORG && caller->org != NULL) {
        scope.orgs = snapshot_orgs_below(snapshot, caller->org, arena);
        scope.units = joined_any(&scope.orgs, snapshot, arena);
        scope.self = names_with(arena, &none, caller->org);
    } else if (caller->role == CALLER_UNIT && caller->unit != NULL) {
        scope.units = names_with(arena, &none, caller->unit);
        scope.self = scope.units;
    } else if (caller->role != CALLER_ADMIN) {
        scope.areas = caller->areas;
    }
    return scope;
}

bool scope_has_area(const struct scope *scope, const char *area)
{
    for (int i = 0; area != NULL && i < scope->areas.count; i++)
        if (area_contains(scope->areas.at[i], area))
            return true;
    return false;
}

bool scope_has_holder(const struct scope *scope, const char *unit, const char *org,
                      const struct names *seen_by)
{
    if ((unit != NULL && names_have(&scope->units, unit)) ||
        (org != NULL && names_have(&scope->orgs, org)))
        return true;
    for (int i = 0; seen_by != NULL && i < seen_by->count; i++)
        if (names_have(&scope->orgs, seen_by->at[i]))
            return true;
    return false;
}

bool scope_barred(const struct scope *scope, const struct names *barred)
{
    for (int i = 0; i < scope->self.count; i++)
        if (names_have(barred, scope->self.at[i]))
            return true;
    return false;
}
