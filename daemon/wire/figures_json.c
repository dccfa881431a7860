/* Figures as JSON. */
#include <math.h>
#include <string.h>

#include "wire/node.h"
#include "wire/tally_json.h"
#include "wire/writer.h"

/* ---- the rules ---- */

static const char *const rule_groups[] = {"satisfaction", "rates", "score", NULL};

/* The part of a rule's path behind "group."; NULL: it is not of that group. */
static const char *rule_in(const struct rule_field *rule, const char *group)
{
    size_t size = strlen(group);
    return strncmp(rule->path, group, size) == 0 && rule->path[size] == '.' ? rule->path + size + 1
                                                                            : NULL;
}

struct slice figure_rules_write(const struct policy *policy, struct arena *arena)
{
    const struct rules *rules = policy == NULL ? &rules_standard : &policy->rules;
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "policy", policy == NULL ? NULL : policy->code);
    put_int(&text, "policy_version", policy == NULL ? 0 : policy->version);
    for (int g = 0; rule_groups[g] != NULL; g++) {
        put_begin(&text, rule_groups[g], '{');
        for (int i = 0; i < rule_field_count; i++) {
            const char *name = rule_in(&rule_fields[i], rule_groups[g]);
            if (name != NULL)
                put_real(&text, name,
                         *(const double *)((const char *)rules + rule_fields[i].offset));
        }
        put_end(&text, '}');
    }
    put_end(&text, '}');
    return put_done(&text, arena);
}

static void read_rule(const struct node *root, const char *group, const struct rule_field *field,
                      struct rules *rules)
{
    const char *name = rule_in(field, group);
    const struct node *part = name == NULL ? NULL : node_member(root, group);
    const struct node *node =
        part == NULL || part->type != NODE_OBJECT ? NULL : node_member(part, name);
    double *value = (double *)((char *)rules + field->offset);
    if (node != NULL && node->type == NODE_REAL)
        *value = node->real;
    else if (node != NULL && node->type == NODE_INT)
        *value = (double)node->number;
}

struct rules figure_rules_read(struct slice text, struct arena *arena)
{
    struct rules rules = rules_standard;
    struct error err = {.arena = arena};
    struct node *root;
    if (!node_parse(text, arena, &root, &err) || root->type != NODE_OBJECT)
        return rules;
    for (int g = 0; rule_groups[g] != NULL; g++)
        for (int i = 0; i < rule_field_count; i++)
            read_rule(root, rule_groups[g], &rule_fields[i], &rules);
    return rules;
}

/* ---- rates ---- */

static void put_figure(struct text *text, const char *key, const struct figure *figure)
{
    put_begin(text, key, '{');
    put_real(text, "n", figure->n);
    put_int(text, "of", figure->of);
    put_real(text, "rate", figure->of == 0 ? NAN : figure->n / (double)figure->of);
    put_end(text, '}');
}

static void put_name(struct text *text, const struct rated *rated)
{
    put_text(text, "code", rated->code);
    put_text(text, "name", rated->name);
    put_text(text, "peer", rated->peer);
}

/* What a figure was added up from by weights, or left out by a rule. */
static void put_parts(struct text *text, const struct tally_counts *counts)
{
    static const int parts[] = {TALLY_CONTACTED,     TALLY_CONTACTED_BY_REPLY, TALLY_SATISFIED_VERY,
                                TALLY_SATISFIED_YES, TALLY_SATISFIED_BASIC,    TALLY_SATISFIED_NO};
    put_begin(text, "parts", '{');
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        put_int(text, tally_counter_words[parts[i]], counts->at[parts[i]]);
    put_end(text, '}');
}

static void put_rated(struct text *text, const char *key, const struct rated *rated)
{
    const struct rates *rates = &rated->rates;
    put_begin(text, key, '{');
    if (rated->holder != NULL) {
        put_name(text, rated);
        if (rated->rank > 0)
            put_int(text, "rank", rated->rank);
        else
            put_null(text, "rank");
    }
    put_int(text, "counted", rates->counts.at[TALLY_TICKETS]);
    put_int(text, "excluded", rates->tickets[TALLY_IS_EXCLUDED]);
    put_int(text, "hung", rates->tickets[TALLY_IS_HUNG]);
#define X(name) put_figure(text, #name, &rates->name);
    FIGURES(X)
#undef X
    put_real(text, "score", rates->score);
    put_parts(text, &rates->counts);
    put_end(text, '}');
}

struct slice rated_write(const struct rated *rated, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_rated(&text, NULL, rated);
    return put_done(&text, arena);
}

static void put_source(struct text *text, const struct figures_about *about, struct arena *arena)
{
    struct instant_form form = {arena, about->offset_s};
    long long ticket = about->ticket, seq = about->seq;
    put_text(text, "as_of", ticket < 0 ? NULL : arena_format(arena, "%lld-%lld", ticket, seq));
    put_text(text, "from", date_format(arena, about->days.from));
    put_text(text, "to", date_format(arena, about->days.to));
    if (about->month != NULL) {
        put_text(text, "month", about->month);
        put_instant(text, "published_at", about->published_at, &form);
    }
    put_raw(text, "rules", about->rules);
}

/* Everything but items and total. */
static void put_about(struct text *text, const struct figures_about *about, struct arena *arena)
{
    put_text(text, "group", tally_group_words[about->group]);
    put_source(text, about, arena);
    put_text(text, "next", about->next);
}

struct slice month_write(const struct figures_about *about, const struct names *areas,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_names(&text, "areas", areas);
    put_source(&text, about, arena);
    put_end(&text, '}');
    return put_done(&text, arena);
}

struct slice rates_write(const struct figures_about *about, const struct rated *items, int count,
                         const struct rated *total, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "items", '[');
    for (int i = 0; i < count; i++)
        put_rated(&text, NULL, &items[i]);
    put_end(&text, ']');
    put_rated(&text, "total", total);
    put_about(&text, about, arena);
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* ---- times ---- */

static void put_times(struct text *text, const char *key, const struct times *times)
{
    bool any = times->tickets > 0;
    put_begin(text, key, '{');
    if (times->rated.holder != NULL)
        put_name(text, &times->rated);
    put_int(text, "tickets", times->tickets);
    put_real(text, "median_minutes", any ? (double)times->median : NAN);
    put_real(text, "p90_minutes", any ? (double)times->p90 : NAN);
    put_end(text, '}');
}

struct slice times_write(const struct figures_about *about, const struct times *items, int count,
                         const struct times *total, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "items", '[');
    for (int i = 0; i < count; i++)
        put_times(&text, NULL, &items[i]);
    put_end(&text, ']');
    put_times(&text, "total", total);
    put_about(&text, about, arena);
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* ---- the five clears ---- */

const char *const ledger_words[] = {"registration", "workforce",        "party_members",
                                    "party_org",    "person_in_charge", NULL};

unsigned ledger_missing(const struct ledger *ledger)
{
    const bool there[] = {ledger->registration != NULL, ledger->workforce >= 0,
                          ledger->party_members >= 0, ledger->party_org != NULL,
                          ledger->person_in_charge != NULL};
    unsigned missing = 0;
    for (size_t i = 0; i < COUNT_OF(there); i++)
        missing |= there[i] ? 0 : 1u << i;
    return missing;
}

static void put_unit(struct text *text, const struct unit *unit)
{
    unsigned missing = ledger_missing(&unit->ledger);
    put_begin(text, NULL, '{');
    put_text(text, "code", unit->code);
    put_text(text, "name", unit->name);
    put_word(text, "kind", unit_kind_words, unit->kind);
    put_text(text, "area", unit->area);
    put_begin(text, "missing", '[');
    for (int i = 0; ledger_words[i] != NULL; i++)
        if ((missing & 1u << i) != 0)
            put_text(text, NULL, ledger_words[i]);
    put_end(text, ']');
    put_end(text, '}');
}

struct slice clears_write(const struct clears *clears, const struct unit *const *units, int count,
                          struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "items", '[');
    for (int i = 0; i < count; i++)
        put_unit(&text, units[i]);
    put_end(&text, ']');
    put_begin(&text, "total", '{');
    put_int(&text, "units", clears->units);
    put_int(&text, "clear", clears->clear);
    put_begin(&text, "missing", '{');
    for (int i = 0; ledger_words[i] != NULL; i++)
        put_int(&text, ledger_words[i], clears->missing[i]);
    put_end(&text, '}');
    put_end(&text, '}');
    put_text(&text, "next", clears->next);
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* ---- agreements ---- */

void done_add(struct done_counts *sum, const struct done_counts *more)
{
    for (int i = 0; i < DONE_COUNTER_COUNT; i++)
        sum->at[i] += more->at[i];
}

static void put_share(struct text *text, const char *key, int64_t n, int64_t of)
{
    put_figure(text, key, &(struct figure){(double)n, of});
}

static void put_rating(struct text *text, const char *key, int64_t of, int64_t sum)
{
    put_begin(text, key, '{');
    put_int(text, "of", of);
    put_real(text, "mean", of == 0 ? NAN : (double)sum / (double)of);
    put_end(text, '}');
}

static void put_done_counts(struct text *text, const struct done_counts *done)
{
    const int64_t *at = done->at;
    put_begin(text, "done", '{');
    put_int(text, "tasks", at[DONE_TASKS]);
    put_int(text, "open", at[DONE_OPEN]);
    put_int(text, "completed", at[DONE_COMPLETED]);
    put_int(text, "returned", at[DONE_RETURNED]);
    put_int(text, "withdrawn", at[DONE_WITHDRAWN]);
    put_share(text, "on_time", at[DONE_ON_TIME], at[DONE_TIMED]);
    put_rating(text, "rating", at[DONE_RATED], at[DONE_RATING]);
    put_rating(text, "rating_back", at[DONE_RATED_BACK], at[DONE_RATING_BACK]);
    put_end(text, '}');
}

static void put_promised(struct text *text, const struct agreement *agreement)
{
    put_begin(text, "promised", '{');
    put_text(text, "duties", agreement->duties);
    put_text(text, "tasks", agreement->tasks);
    put_text(text, "form", agreement->form);
    put_text(text, "content", agreement->content);
    put_names(text, "categories", &agreement->categories);
    put_end(text, '}');
}

static void put_resource(struct text *text, const struct resource_report *report)
{
    const struct resource *resource = report->resource;
    put_begin(text, NULL, '{');
    put_text(text, "code", resource->code);
    put_word(text, "kind", resource_kind_words, resource->kind);
    put_text(text, "title", resource->title);
    if (resource->capacity >= 0)
        put_int(text, "capacity", resource->capacity);
    put_word(text, "status", status_words, resource->status);
    put_done_counts(text, &report->done);
    put_end(text, '}');
}

static const char *date_or_none(struct date date, struct arena *arena)
{
    return date_set(date) ? date_format(arena, date) : NULL;
}

struct slice agreement_write(const struct agreement_report *report, const struct snapshot *snapshot,
                             struct arena *arena)
{
    const struct agreement *agreement = report->agreement;
    const struct org *org = snapshot_org(snapshot, agreement->org);
    const struct unit *unit = snapshot_unit(snapshot, agreement->unit);
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "code", agreement->code);
    put_text(&text, "org", agreement->org);
    put_text(&text, "org_name", org == NULL ? NULL : org->name);
    put_text(&text, "unit", agreement->unit);
    put_text(&text, "unit_name", unit == NULL ? NULL : unit->name);
    put_word(&text, "status", status_words, agreement->status);
    put_text(&text, "valid_from", date_or_none(agreement->valid_from, arena));
    put_text(&text, "valid_to", date_or_none(agreement->valid_to, arena));
    put_text(&text, "from", date_format(arena, report->days.from));
    put_text(&text, "to", date_format(arena, report->days.to));
    put_promised(&text, agreement);
    put_done_counts(&text, &report->done);
    put_begin(&text, "resources", '[');
    for (int i = 0; i < report->resource_count; i++)
        put_resource(&text, &report->resources[i]);
    put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* ---- whistles ---- */

const char *const whistle_group_words[] = {"kind", "area", "org", "unit", NULL};

static void put_whistles(struct text *text, const char *key, const struct whistle_figures *figures)
{
    const int64_t *at = figures->at;
    put_begin(text, key, '{');
    if (figures->code != NULL) {
        put_text(text, "code", figures->code);
        put_text(text, "name", figures->name);
    }
    put_int(text, "raised", at[WHISTLES_RAISED]);
    put_int(text, "by_rule", at[WHISTLES_BY_RULE]);
    put_int(text, "by_hand", at[WHISTLES_RAISED] - at[WHISTLES_BY_RULE]);
    put_int(text, "approved", at[WHISTLES_APPROVED]);
    put_int(text, "rejected", at[WHISTLES_REJECTED]);
    put_int(text, "withdrawn", at[WHISTLES_WITHDRAWN]);
    put_int(text, "closed", at[WHISTLES_CLOSED]);
    put_int(text, "targets", at[TARGETS_CALLED]);
    put_int(text, "refused", at[TARGETS_REFUSED]);
    put_share(text, "acknowledged_on_time", at[TARGETS_ACKNOWLEDGE_N], at[TARGETS_ACKNOWLEDGE_OF]);
    put_share(text, "arrived_on_time", at[TARGETS_ARRIVE_N], at[TARGETS_ARRIVE_OF]);
    put_share(text, "result_on_time", at[TARGETS_RESULT_N], at[TARGETS_RESULT_OF]);
    put_rating(text, "rating", at[TARGETS_RATED], at[TARGETS_RATING]);
    put_rating(text, "rating_back", at[TARGETS_RATED_BACK], at[TARGETS_RATING_BACK]);
    put_end(text, '}');
}

struct slice whistle_figures_write(const struct whistle_figures *figures, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_whistles(&text, NULL, figures);
    return put_done(&text, arena);
}

struct slice whistle_report_write(const struct whistle_figures_about *about,
                                  const struct slice *items, int count,
                                  const struct whistle_figures *total, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "items", '[');
    for (int i = 0; i < count; i++)
        put_raw(&text, NULL, items[i]);
    put_end(&text, ']');
    put_whistles(&text, "total", total);
    put_text(&text, "group", whistle_group_words[about->group]);
    put_text(&text, "from", date_format(arena, about->days.from));
    put_text(&text, "to", date_format(arena, about->days.to));
    put_text(&text, "next", about->next);
    put_end(&text, '}');
    return put_done(&text, arena);
}
