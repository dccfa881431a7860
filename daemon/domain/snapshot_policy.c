/* Which policy applies: of those that match, the one that says most about the ticket (spec 12). */
#include <limits.h>
#include <string.h>

#include "domain/snapshot.h"
#include "domain/ticket.h"
#include "domain/topic.h"

/* How exactly a policy fits; compared field by field, in this order. */
struct fit {
    int area;     /* digits of the longest prefix; 0 = all areas */
    int category; /* minus the steps up to the category named; INT_MIN = all categories */
    bool urgency, kind, level;
};

/* Absent means all kinds of tickets; whistles, needs and projects have to be named. */
static bool selects_kind(const struct policy *policy, const struct policy_key *key)
{
    const char *word = key->kind < 0 ? NULL : origin_kind_words(key->origin)[key->kind];
    if (key->origin == ORIGIN_NEED)
        word = origin_words[ORIGIN_NEED]; /* not the kind of what is needed */
    if (!policy->kinds.given)
        return key->origin == ORIGIN_TICKET;
    return word != NULL && names_have(&policy->kinds.names, word);
}

static bool selects(const struct selector *selector, const char *const *words, int value)
{
    if (!selector->given)
        return true;
    return value >= 0 && names_have(&selector->names, words[value]);
}

/* The longest prefix of the area in the list; -1 if there is none. */
static int fit_area(const struct selector *areas, const char *area)
{
    int longest = -1;
    if (!areas->given)
        return 0;
    for (int i = 0; area != NULL && i < areas->names.count; i++) {
        int size = (int)strlen(areas->names.at[i]);
        if (area_contains(areas->names.at[i], area) && size > longest)
            longest = size;
    }
    return longest;
}

/* The code above: by the tree or, of one that the tree does not know, by its dots; `part` is the
 * room for that. */
static const char *category_above(const struct snapshot *snapshot, const char *code,
                                  struct text *part)
{
    const struct topic *topic = topics_find(snapshot_topics(snapshot), code);
    if (topic != NULL)
        return topic->above == NULL ? NULL : topic->above->code;
    const char *dot = strrchr(code, '.');
    if (dot == NULL)
        return NULL;
    struct text shorter = {0};
    text_add_bytes(&shorter, code, (size_t)(dot - code));
    text_clear(part);
    *part = shorter;
    return part->at;
}

/* Minus the steps from the category up to the nearest one in the list; 1 if none is on the way. */
static int fit_category(const struct selector *categories, const struct snapshot *snapshot,
                        const char *category)
{
    if (!categories->given)
        return INT_MIN;
    struct text part CLEANUP(text_clear) = {0};
    for (int steps = 0; category != NULL && steps < TOPIC_DEPTH_LIMIT; steps++) {
        if (names_have(&categories->names, category))
            return -steps;
        category = category_above(snapshot, category, &part);
    }
    return 1;
}

static bool policy_fits(const struct policy *policy, const struct snapshot *snapshot,
                        const struct policy_key *key, struct fit *ret_fit)
{
    struct fit fit = {
        .area = fit_area(&policy->areas, key->area),
        .category = fit_category(&policy->categories, snapshot, key->category),
        .urgency = policy->urgencies.given,
        .kind = policy->kinds.given,
        .level = policy->levels.given,
    };
    *ret_fit = fit;
    return policy->status == STATUS_ACTIVE && fit.area >= 0 && fit.category <= 0 &&
           selects(&policy->urgencies, urgency_words, key->urgency) && selects_kind(policy, key) &&
           selects(&policy->levels, level_words, key->level);
}

static bool fits_better(const struct fit *a, const struct fit *b)
{
    if (a->area != b->area)
        return a->area > b->area;
    if (a->category != b->category)
        return a->category > b->category;
    if (a->urgency != b->urgency)
        return a->urgency;
    if (a->kind != b->kind)
        return a->kind;
    return a->level && !b->level;
}

const struct policy *snapshot_policy_for(const struct snapshot *snapshot,
                                         const struct policy_key *key)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_POLICY, &count);
    const struct policy *best = NULL;
    struct fit best_fit = {0};
    for (size_t i = 0; i < count; i++) { /* in order of code, so the first of equals stays */
        struct fit fit;
        if (policy_fits(rows[i]->value, snapshot, key, &fit) &&
            (best == NULL || fits_better(&fit, &best_fit))) {
            best = rows[i]->value;
            best_fit = fit;
        }
    }
    return best;
}
