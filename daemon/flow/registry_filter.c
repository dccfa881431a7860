/* One small function a filter, and one table that says which kind has which. */
#include "flow/registry_filter.h"

#include <string.h>

#include "domain/area.h"
#include "wire/query.h"
#include "wire/registry_json.h"

typedef bool (*passes_fn)(const void *value, const char *wanted);

static bool area_level_is(const void *value, const char *wanted)
{
    return text_equal(level_words[((const struct area *)value)->level], wanted);
}

static bool org_kind_is(const void *value, const char *wanted)
{
    return text_equal(org_kind_words[((const struct org *)value)->kind], wanted);
}

static bool org_parent_is(const void *value, const char *wanted)
{
    return text_equal(((const struct org *)value)->parent, wanted);
}

/* One of the areas holds the wanted one or lies in it. */
static bool areas_touch(const struct names *areas, const char *wanted)
{
    for (int i = 0; i < areas->count; i++)
        if (area_contains(areas->at[i], wanted) || area_contains(wanted, areas->at[i]))
            return true;
    return false;
}

static bool org_area_touches(const void *value, const char *wanted)
{
    return areas_touch(&((const struct org *)value)->areas, wanted);
}

static bool unit_kind_is(const void *value, const char *wanted)
{
    return text_equal(unit_kind_words[((const struct unit *)value)->kind], wanted);
}

static bool unit_area_within(const void *value, const char *wanted)
{
    const struct unit *unit = value;
    return unit->area != NULL && area_contains(wanted, unit->area);
}

static bool unit_org_is(const void *value, const char *wanted)
{
    return text_equal(((const struct unit *)value)->org, wanted);
}

static bool unit_joined(const void *value, const char *wanted)
{
    return names_have(&((const struct unit *)value)->joined, wanted);
}

static bool resource_unit_is(const void *value, const char *wanted)
{
    return text_equal(((const struct resource *)value)->unit, wanted);
}

static bool resource_kind_is(const void *value, const char *wanted)
{
    return text_equal(resource_kind_words[((const struct resource *)value)->kind], wanted);
}

/* One of the categories is the wanted one or below it. */
static bool resource_category_within(const void *value, const char *wanted)
{
    const struct names *categories = &((const struct resource *)value)->categories;
    size_t size = strlen(wanted);
    for (int i = 0; i < categories->count; i++)
        if (text_starts(categories->at[i], wanted) &&
            (categories->at[i][size] == '\0' || categories->at[i][size] == '.'))
            return true;
    return false;
}

static bool resource_area_touches(const void *value, const char *wanted)
{
    return areas_touch(&((const struct resource *)value)->areas, wanted);
}

static bool agreement_org_is(const void *value, const char *wanted)
{
    return text_equal(((const struct agreement *)value)->org, wanted);
}

static bool agreement_unit_is(const void *value, const char *wanted)
{
    return text_equal(((const struct agreement *)value)->unit, wanted);
}

static bool category_parent_is(const void *value, const char *wanted)
{
    const struct category *category = value;
    if (category->parent != NULL)
        return text_equal(category->parent, wanted);
    const char *dot = strrchr(category->code, '.');
    return dot != NULL && strlen(wanted) == (size_t)(dot - category->code) &&
           text_starts(category->code, wanted);
}

struct filter {
    int kind;
    const char *name;
    const char *const *words; /* the values there are; NULL: any text */
    passes_fn passes;
};

static const struct filter filters_known[] = {
    {REGISTRY_AREA,      "level",    level_words,         area_level_is           },
    {REGISTRY_ORG,       "kind",     org_kind_words,      org_kind_is             },
    {REGISTRY_ORG,       "parent",   NULL,                org_parent_is           },
    {REGISTRY_ORG,       "area",     NULL,                org_area_touches        },
    {REGISTRY_UNIT,      "kind",     unit_kind_words,     unit_kind_is            },
    {REGISTRY_UNIT,      "area",     NULL,                unit_area_within        },
    {REGISTRY_UNIT,      "org",      NULL,                unit_org_is             },
    {REGISTRY_UNIT,      "joined",   NULL,                unit_joined             },
    {REGISTRY_RESOURCE,  "unit",     NULL,                resource_unit_is        },
    {REGISTRY_RESOURCE,  "kind",     resource_kind_words, resource_kind_is        },
    {REGISTRY_RESOURCE,  "category", NULL,                resource_category_within},
    {REGISTRY_RESOURCE,  "area",     NULL,                resource_area_touches   },
    {REGISTRY_AGREEMENT, "org",      NULL,                agreement_org_is        },
    {REGISTRY_AGREEMENT, "unit",     NULL,                agreement_unit_is       },
    {REGISTRY_CATEGORY,  "parent",   NULL,                category_parent_is      },
};

bool registry_filters_read(struct flow *flow, int kind, struct registry_filters *ret_filters)
{
    struct registry_filters filters = {.prefix = call_query(flow->call, "prefix"),
                                       .part = call_query(flow->call, "q")};
    if (!query_word(call_query(flow->call, "status"), "status", status_words, &filters.status,
                    &flow->err))
        return false;
    for (size_t i = 0; i < COUNT_OF(filters_known); i++) {
        const struct filter *filter = &filters_known[i];
        const char *wanted = call_query(flow->call, filter->name);
        int word = -1;
        if (filter->kind != kind || wanted == NULL)
            continue;
        if (filter->words != NULL &&
            !query_word(wanted, filter->name, filter->words, &word, &flow->err))
            return false;
        filters.at[filters.count].passes = filter->passes;
        filters.at[filters.count++].wanted = wanted;
    }
    *ret_filters = filters;
    return true;
}

/* What people call a row. */
static const char *title_of(int kind, const void *value)
{
    switch ((enum registry_kind)kind) {
    case REGISTRY_AREA:
        return ((const struct area *)value)->name;
    case REGISTRY_ORG:
        return ((const struct org *)value)->name;
    case REGISTRY_UNIT:
        return ((const struct unit *)value)->name;
    case REGISTRY_RESOURCE:
        return ((const struct resource *)value)->title;
    case REGISTRY_CATEGORY:
        return ((const struct category *)value)->name;
    case REGISTRY_POLICY:
        return ((const struct policy *)value)->name;
    case REGISTRY_CALENDAR:
        return ((const struct calendar *)value)->name;
    case REGISTRY_AGREEMENT:
    case REGISTRY_COUNT:
        break;
    }
    return NULL;
}

bool registry_filters_pass(const struct registry_filters *filters, int kind, const void *value)
{
    if (filters->status >= 0 && registry_status(kind, value) != filters->status)
        return false;
    if (filters->prefix != NULL && !text_starts(registry_code(kind, value), filters->prefix))
        return false;
    if (filters->part != NULL) {
        const char *title = title_of(kind, value);
        if (title == NULL || strstr(title, filters->part) == NULL)
            return false;
    }
    for (int i = 0; i < filters->count; i++)
        if (!filters->at[i].passes(value, filters->at[i].wanted))
            return false;
    return true;
}
