/* Section 4 of the specification, read aloud. */
#include "support/plain_match.h"

#include <math.h>
#include <string.h>

/* The value of a row by looking at all rows of its kind. */
static const void *row_value(const struct snapshot *snapshot, int kind, const char *code)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, kind, &count);
    for (size_t i = 0; i < count; i++)
        if (code != NULL && strcmp(rows[i]->code, code) == 0)
            return rows[i]->value;
    return NULL;
}

static bool prefix(const char *outer, const char *inner)
{
    return strncmp(outer, inner, strlen(outer)) == 0;
}

static bool within(struct date today, struct date from, struct date to)
{
    if (from.day != INT32_MIN && today.day < from.day)
        return false;
    return to.day == INT32_MIN || today.day <= to.day;
}

/* The category above; all categories of these tests are registered. */
static const char *above(const struct snapshot *snapshot, const char *code, char *ret_part)
{
    const struct category *category = row_value(snapshot, REGISTRY_CATEGORY, code);
    if (category != NULL && category->parent != NULL)
        return category->parent;
    strncpy(ret_part, code, 63);
    char *dot = strrchr(ret_part, '.');
    if (dot == NULL)
        return NULL;
    *dot = '\0';
    return ret_part;
}

static int depth(const struct snapshot *snapshot, const char *code)
{
    char parts[8][64] = {0};
    int count = 0;
    for (; code != NULL && count < 8; count++)
        code = above(snapshot, code, parts[count]);
    return count;
}

/* Depth of the deepest code in the list that is the ticket's or above it; 0 if none is. */
static int agreeing_depth(const struct snapshot *snapshot, const struct names *codes,
                          const char *ticket)
{
    char parts[8][64] = {0};
    for (int steps = 0; ticket != NULL && steps < 8; steps++) {
        for (int i = 0; i < codes->count; i++)
            if (strcmp(codes->at[i], ticket) == 0)
                return depth(snapshot, ticket);
        ticket = above(snapshot, ticket, parts[steps]);
    }
    return 0;
}

/* The longest area in the list that contains the ticket's; NULL if none does. */
static const char *containing(const struct names *areas, const char *ticket)
{
    const char *longest = NULL;
    for (int i = 0; i < areas->count; i++)
        if (prefix(areas->at[i], ticket) &&
            (longest == NULL || strlen(areas->at[i]) > strlen(longest)))
            longest = areas->at[i];
    return longest;
}

static bool listed(const struct names *names, const char *code)
{
    for (int i = 0; names != NULL && code != NULL && i < names->count; i++)
        if (strcmp(names->at[i], code) == 0)
            return true;
    return false;
}

static const struct org *plain_over(const struct snapshot *snapshot, int kind, const char *area,
                                    const struct names *barred)
{
    const struct org *best = NULL;
    size_t longest = 0, count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_ORG, &count);
    for (size_t i = 0; area != NULL && i < count; i++) {
        const struct org *org = rows[i]->value;
        const char *its = containing(&org->areas, area);
        if (org->kind != kind || org->status != STATUS_ACTIVE || its == NULL ||
            listed(barred, org->code))
            continue;
        size_t size = strlen(its);
        if (best == NULL || size > longest ||
            (size == longest && strcmp(org->code, best->code) < 0)) {
            best = org;
            longest = size;
        }
    }
    return best;
}

const struct org *plain_ladder(const struct snapshot *snapshot, const char *area,
                               const struct names *barred)
{
    static const int rungs[] = {ORG_COMMUNITY_COMMITTEE, ORG_STREET_ALLIANCE,
                                ORG_DISTRICT_CONFERENCE, ORG_CITY_CONFERENCE};
    const struct org *org = NULL;
    for (size_t i = 0; org == NULL && i < COUNT_OF(rungs); i++)
        org = plain_over(snapshot, rungs[i], area, barred);
    return org;
}

const struct org *plain_target(const struct snapshot *snapshot, const struct unit *unit,
                               const struct names *barred)
{
    static const int rungs[] = {ORG_STREET_ALLIANCE, ORG_DISTRICT_CONFERENCE, ORG_CITY_CONFERENCE};
    const struct org *own = row_value(snapshot, REGISTRY_ORG, unit->org);
    if (unit->formation != FORMATION_NONE && own != NULL && own->status == STATUS_ACTIVE &&
        !listed(barred, own->code))
        return own;
    const struct org *org = NULL;
    for (size_t i = 0; org == NULL && i < COUNT_OF(rungs); i++)
        org = plain_over(snapshot, rungs[i], unit->area, barred);
    return org;
}

struct names plain_barred(const struct snapshot *snapshot, const char *unit, struct arena *arena)
{
    struct names barred = {0};
    const struct unit *accused = row_value(snapshot, REGISTRY_UNIT, unit);
    if (accused == NULL)
        return barred;
    barred = names_with(arena, &barred, accused->code);
    const struct org *org = row_value(snapshot, REGISTRY_ORG, accused->org);
    if (org != NULL && (org->kind == ORG_COMMITTEE || org->kind == ORG_GENERAL_BRANCH ||
                        org->kind == ORG_BRANCH || org->kind == ORG_JOINT_BRANCH))
        barred = names_with(arena, &barred, org->code);
    return barred;
}

static bool agreed(const struct snapshot *snapshot, const char *unit, const char *area,
                   struct date today)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_AGREEMENT, &count);
    for (size_t i = 0; i < count; i++) {
        const struct agreement *agreement = rows[i]->value;
        const struct org *org = row_value(snapshot, REGISTRY_ORG, agreement->org);
        if (strcmp(agreement->unit, unit) == 0 && agreement->status == STATUS_ACTIVE &&
            within(today, agreement->valid_from, agreement->valid_to) && org != NULL &&
            org->status == STATUS_ACTIVE && containing(&org->areas, area) != NULL)
            return true;
    }
    return false;
}

static double area_worth(const struct rules *rules, const char *area)
{
    switch (strlen(area)) {
    case 12:
        return rules->area_community;
    case 9:
        return rules->area_street;
    case 6:
        return rules->area_district;
    case 4:
        return rules->area_city;
    default:
        return rules->area_province;
    }
}

/* The resource as a candidate; false if it does not qualify. */
static bool judge(const struct demand *demand, const struct snapshot *snapshot,
                  const struct standing *standing, const struct resource *resource,
                  struct candidate *ret)
{
    const struct rules *rules = &demand->policy->rules;
    const struct unit *unit = row_value(snapshot, REGISTRY_UNIT, resource->unit);
    const char *area = containing(&resource->areas, demand->area);
    int deep = agreeing_depth(snapshot, &resource->categories, demand->category);
    int64_t taken = standing_taken(standing, code_hash(resource->code));
    if (resource->status != STATUS_OFFERED || unit == NULL || unit->status != STATUS_ACTIVE ||
        !within(demand->today, resource->valid_from, resource->valid_to) || area == NULL ||
        deep == 0 || (resource->capacity >= 0 && taken >= resource->capacity))
        return false;
    if (demand->needs != 0 && (demand->needs >> resource->kind & 1) == 0)
        return false;
    if (listed(&demand->barred, unit->code) || listed(&demand->barred, unit->org) ||
        listed(&demand->excluded, unit->code) || listed(&demand->excluded, unit->org))
        return false;
    struct unit_record record = *standing_record(standing, code_hash(unit->code));
    *ret = (struct candidate){.unit = unit, .resource = resource};
    ret->terms.category = (double)deep / depth(snapshot, demand->category);
    ret->terms.area = area_worth(rules, area);
    ret->terms.duty = resource->kind == RESOURCE_DUTY &&
                      (demand->kind == TICKET_COMPLAINT || demand->kind == TICKET_REPORT);
    ret->terms.agreement = agreed(snapshot, unit->code, demand->area, demand->today);
    ret->terms.load = resource->capacity < 0
                          ? 1
                          : (double)(resource->capacity - taken) / (double)resource->capacity;
    ret->terms.record =
        ((double)record.on_time + rules->record_prior_weight * rules->record_prior_share) /
        ((double)record.handled + rules->record_prior_weight);
    ret->terms.rating =
        (record.rating_sum + rules->rating_prior_weight * rules->rating_prior_share) /
        ((double)record.rated + rules->rating_prior_weight);
    ret->terms.history = resource->confidence >= 0         ? resource->confidence
                         : resource->kind == RESOURCE_DUTY ? 1
                                                           : 0;
    double sum = 0;
#define X(field) sum += rules->weight_##field * ret->terms.field;
    TERMS(X)
#undef X
    ret->score = floor(sum * 1e6 + 0.5) / 1e6;
    return true;
}

static bool better(const struct candidate *a, const struct candidate *b)
{
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score;
    return strcmp(a->resource->code, b->resource->code) < 0;
}

/* Puts the candidate in its unit's place, or in a new one at the end. */
static void keep(struct candidates *found, const struct candidate *candidate)
{
    for (int i = 0; i < found->count; i++)
        if (found->at[i].unit == candidate->unit) {
            if (better(candidate, &found->at[i]))
                found->at[i] = *candidate;
            return;
        }
    found->at[found->count++] = *candidate;
}

struct candidates plain_match(const struct demand *demand, const struct snapshot *snapshot,
                              const struct standing *standing, struct arena *arena)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_RESOURCE, &count);
    struct candidates found = {0, ARENA_ARRAY(arena, struct candidate, count)};
    struct names apart = demand->barred;
    for (int i = 0; i < demand->excluded.count; i++)
        apart = names_with(arena, &apart, demand->excluded.at[i]);
    for (size_t i = 0; i < count; i++) {
        struct candidate candidate;
        if (judge(demand, snapshot, standing, rows[i]->value, &candidate)) {
            candidate.org = plain_target(snapshot, candidate.unit, &apart);
            keep(&found, &candidate);
        }
    }
    for (int i = 0; i < found.count; i++) /* selection, one by one */
        for (int j = i + 1; j < found.count; j++)
            if (better(&found.at[j], &found.at[i])) {
                struct candidate swapped = found.at[i];
                found.at[i] = found.at[j];
                found.at[j] = swapped;
            }
    return found;
}
