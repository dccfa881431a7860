/* A route as JSON: the decision with all that it was made from. */
#include "wire/ticket_json.h"
#include "wire/writer.h"

static void put_unit(struct text *text, const struct unit *unit)
{
    if (unit == NULL) {
        put_null(text, "unit");
        return;
    }
    put_begin(text, "unit", '{');
    put_text(text, "code", unit->code);
    put_text(text, "name", unit->name);
    put_end(text, '}');
}

static void put_org(struct text *text, const struct org *org)
{
    if (org == NULL) {
        put_null(text, "org");
        return;
    }
    put_begin(text, "org", '{');
    put_text(text, "code", org->code);
    put_text(text, "name", org->name);
    put_word(text, "kind", org_kind_words, org->kind);
    put_end(text, '}');
}

static void put_resource(struct text *text, const struct resource *resource)
{
    if (resource == NULL) {
        put_null(text, "resource");
        return;
    }
    put_begin(text, "resource", '{');
    put_text(text, "code", resource->code);
    put_text(text, "title", resource->title);
    put_word(text, "kind", resource_kind_words, resource->kind);
    put_end(text, '}');
}

/* Six digits say enough about a score and keep the record short. */
static void put_score(struct text *text, const char *key, double score)
{
    double rounded = (double)(int64_t)(score * 1e6 + (score < 0 ? -0.5 : 0.5)) / 1e6;
    put_real(text, key, rounded);
}

static void put_candidate(struct text *text, const struct candidate *candidate)
{
    put_begin(text, NULL, '{');
    put_unit(text, candidate->unit);
    put_org(text, candidate->org);
    put_resource(text, candidate->resource);
    put_score(text, "score", candidate->score);
    put_begin(text, "terms", '{');
#define X(field) put_score(text, #field, candidate->terms.field);
    TERMS(X)
#undef X
    put_end(text, '}');
    put_end(text, '}');
}

const char *route_write(const struct route *route, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_word(&text, "basis", basis_words, route->basis);
    put_word(&text, "level", level_words, route->level);
    put_score(&text, "score", route->score);
    put_unit(&text, route->unit);
    put_org(&text, route->org);
    put_resource(&text, route->resource);
    put_begin(&text, "candidates", '[');
    for (int i = 0; i < route->shown; i++)
        put_candidate(&text, &route->candidates[i]);
    put_end(&text, ']');
    put_text(&text, "policy", route->policy);
    put_int(&text, "policy_version", route->policy_version);
    put_int(&text, "revision", route->revision);
    put_end(&text, '}');
    return put_done(&text, arena).at;
}
