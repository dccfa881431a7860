/* Schemas from shapes. Answers have shapes of their own here that only describe: nothing is read or
 * written by them, so they have no places in a struct. */
#include "wire/openapi_schemas.h"

#include <string.h>

#include "base/error.h"
#include "domain/caller.h"
#include "domain/registry.h"
#include "wire/move_fields.h"
#include "wire/registry_fields.h"
#include "wire/small_fields.h"
#include "wire/ticket_fields.h"
#include "wire/writer.h"

#define TOLD(title, kind, ...)  FIELD_HERE(title, kind, .required = true, __VA_ARGS__)
#define MAYBE(title, kind, ...) FIELD_HERE(title, kind, __VA_ARGS__)
#define ANSWER(title, fields)                                                                      \
    {                                                                                              \
        (title), (fields), (int)COUNT_OF(fields), 0, NULL                                          \
    }
#define WORDS_OF(list) .words = (list)
#define LIST_OF(part)  .shape = &(part)

static const struct field named_fields[] = {TOLD("code", TEXT), TOLD("name", TEXT)};
static const struct shape named_shape = ANSWER("Named", named_fields);
static const struct field target_fields[] = {TOLD("code", TEXT), TOLD("name", TEXT),
                                             TOLD("kind", WORD, WORDS_OF(org_kind_words))};
static const struct shape target_shape = ANSWER("Target", target_fields);
static const struct field taken_fields[] = {TOLD("code", TEXT), TOLD("title", TEXT),
                                            TOLD("kind", WORD, WORDS_OF(resource_kind_words))};
static const struct shape taken_shape = ANSWER("Taken", taken_fields);

#define X(term) TOLD(#term, REAL, .max = 1),
static const struct field terms_fields[] = {TERMS(X)};
#undef X
static const struct shape terms_shape = ANSWER("Terms", terms_fields);

static const struct field candidate_fields[] = {
    TOLD("unit", OBJECT, LIST_OF(named_shape)),     MAYBE("org", OBJECT, LIST_OF(target_shape)),
    TOLD("resource", OBJECT, LIST_OF(taken_shape)), TOLD("score", REAL, .max = 1000),
    TOLD("terms", OBJECT, LIST_OF(terms_shape)),
};
static const struct shape candidate_shape = ANSWER("Candidate", candidate_fields);

static const struct field route_fields[] = {
    TOLD("basis", WORD, WORDS_OF(basis_words)),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("score", REAL, .max = 1000),
    MAYBE("unit", OBJECT, LIST_OF(named_shape)),
    MAYBE("org", OBJECT, LIST_OF(target_shape)),
    MAYBE("resource", OBJECT, LIST_OF(taken_shape)),
    TOLD("candidates", LIST, LIST_OF(candidate_shape)),
    MAYBE("policy", TEXT),
    TOLD("policy_version", INT, .max = INT64_MAX),
    TOLD("revision", INT, .max = INT64_MAX),
};
static const struct shape route_shape = ANSWER("Route", route_fields);
static const struct field route_answer_fields[] = {TOLD("route", OBJECT, LIST_OF(route_shape))};
static const struct shape route_answer_shape = ANSWER("RouteAnswer", route_answer_fields);

static const char *const origin_words[] = {"ticket", "whistle", "project", NULL};
static const struct field origin_fields[] = {TOLD("kind", WORD, WORDS_OF(origin_words)),
                                             TOLD("id", TEXT)};
static const struct shape origin_shape = ANSWER("Origin", origin_fields);

static const struct field task_fields[] = {
    TOLD("id", TEXT),
    TOLD("no", TEXT),
    TOLD("origin", OBJECT, LIST_OF(origin_shape)),
    TOLD("role", WORD, WORDS_OF(task_role_words)),
    TOLD("round", INT, .max = INT32_MAX),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    TOLD("state", WORD, WORDS_OF(task_state_words)),
    TOLD("urgency", WORD, WORDS_OF(urgency_words)),
    TOLD("category", TEXT),
    TOLD("area", TEXT),
    TOLD("title", TEXT),
    MAYBE("sign_due", INSTANT),
    MAYBE("contact_due", INSTANT),
    MAYBE("resolve_due", INSTANT),
    MAYBE("due", INSTANT),
    TOLD("overdue", NAMES, .of = FIELD_CHOICE, WORDS_OF(stage_words)),
    TOLD("provisional", FLAG),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("version", INT, .max = INT64_MAX),
};
static const struct shape task_shape = ANSWER("Task", task_fields);

static const struct field ticket_fields[] = {
    TOLD("no", TEXT),
    TOLD("id", TEXT),
    TOLD("state", WORD, WORDS_OF(ticket_state_words)),
    TOLD("version", INT, .max = INT64_MAX),
    TOLD("received_at", INSTANT),
    MAYBE("receipt_code", TEXT),
    MAYBE("route", OBJECT, LIST_OF(route_shape)),
    TOLD("tasks", LIST, LIST_OF(task_shape)),
};
static const struct shape ticket_shape = ANSWER("Ticket", ticket_fields);

static const char *const by_words[] = {"operator",   "dispatcher", "unit",   "org",
                                       "supervisor", "admin",      "daemon", NULL};
static const struct field by_fields[] = {MAYBE("key", TEXT), TOLD("role", WORD, WORDS_OF(by_words)),
                                         MAYBE("unit", TEXT), MAYBE("org", TEXT)};
static const struct shape by_shape = ANSWER("By", by_fields);
static const struct shape object_shape = {"Object", NULL, 0, 0, NULL};

static const struct field event_fields[] = {
    TOLD("id", TEXT),
    TOLD("no", TEXT),
    MAYBE("task", TEXT),
    TOLD("seq", INT, .max = INT64_MAX),
    TOLD("move", TEXT),
    TOLD("at", INSTANT),
    TOLD("by", OBJECT, LIST_OF(by_shape)),
    MAYBE("from", TEXT),
    MAYBE("to", TEXT),
    TOLD("data", OBJECT, LIST_OF(object_shape)),
};
static const struct shape event_shape = ANSWER("Event", event_fields);

static const struct field overdue_fields[] = {
    TOLD("no", TEXT),
    TOLD("task", TEXT),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    TOLD("stage", WORD, WORDS_OF(stage_words)),
    TOLD("due", INSTANT),
    TOLD("overdue_seconds", INT, .max = INT64_MAX),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("category", TEXT),
    TOLD("area", TEXT),
    TOLD("title", TEXT),
};
static const struct shape overdue_shape = ANSWER("Overdue", overdue_fields);

static const struct field fault_fields[] = {TOLD("pointer", TEXT), TOLD("detail", TEXT)};
static const struct shape fault_shape = ANSWER("Fault", fault_fields);
static const struct field problem_fields[] = {
    TOLD("type", TEXT),
    TOLD("title", TEXT),
    TOLD("status", INT, .max = 599),
    MAYBE("detail", TEXT),
    MAYBE("errors", LIST, LIST_OF(fault_shape), .max = ERROR_ITEMS),
    MAYBE("request_id", TEXT),
    MAYBE("state", TEXT),
    MAYBE("moves", NAMES, .of = FIELD_TEXT),
    MAYBE("no", TEXT),
};
static const struct shape problem_shape = ANSWER("Problem", problem_fields);

static const struct field result_fields[] = {TOLD("status", INT, .max = 599),
                                             MAYBE("ticket", OBJECT, LIST_OF(ticket_shape)),
                                             MAYBE("problem", OBJECT, LIST_OF(problem_shape))};
static const struct shape result_shape = ANSWER("BatchResult", result_fields);
static const struct field results_fields[] = {TOLD("results", LIST, LIST_OF(result_shape))};
static const struct shape results_shape = ANSWER("BatchResults", results_fields);
static const struct field batch_fields[] = {
    TOLD("tickets", LIST, LIST_OF(submission_shape), .max = 500)};
static const struct shape batch_shape = ANSWER("Batch", batch_fields);

static const struct field list_fields[] = {TOLD("items", LIST, LIST_OF(object_shape)),
                                           MAYBE("next", TEXT)};
static const struct shape list_shape = ANSWER("List", list_fields);

static const struct field counted_fields[] = {TOLD("from", INSTANT), TOLD("to", INSTANT)};
static const struct shape counted_shape = ANSWER("Interval", counted_fields);
static const struct field reckoning_fields[] = {MAYBE("due", INSTANT),
                                                TOLD("counted", LIST, LIST_OF(counted_shape)),
                                                TOLD("provisional", FLAG)};
static const struct shape reckoning_shape = ANSWER("Reckoning", reckoning_fields);
static const struct field stage_fields[] = {
    TOLD("stage", WORD, WORDS_OF(stage_words)),
    MAYBE("from", INSTANT),
    MAYBE("due", INSTANT),
    MAYBE("met", INSTANT),
    MAYBE("span", OBJECT, LIST_OF(amount_shape)),
    MAYBE("policy", TEXT),
    TOLD("policy_version", INT, .max = INT64_MAX),
    MAYBE("calendar", TEXT),
    TOLD("calendar_version", INT, .max = INT64_MAX),
    MAYBE("due_reckoned", INSTANT),
    TOLD("counted", LIST, LIST_OF(counted_shape)),
    TOLD("provisional", FLAG),
    TOLD("capped", FLAG),
    TOLD("overdue", FLAG),
};
static const struct shape stage_shape = ANSWER("StageAccount", stage_fields);
static const struct field deadlines_fields[] = {TOLD("stages", LIST, LIST_OF(stage_shape))};
static const struct shape deadlines_shape = ANSWER("Deadlines", deadlines_fields);

static const struct field lease_fields[] = {MAYBE("task", OBJECT, LIST_OF(task_shape)),
                                            MAYBE("claim", TEXT), MAYBE("lease_until", INSTANT)};
static const struct shape lease_shape = ANSWER("Lease", lease_fields);
static const struct field caller_fields[] = {TOLD("phone", PHONE), TOLD("purpose", TEXT)};
static const struct shape caller_shape = ANSWER("CallerAsk", caller_fields);
static const struct field receipt_ask_fields[] = {TOLD("no", TEXT), TOLD("code", TEXT)};
static const struct shape receipt_ask_shape = ANSWER("ReceiptAsk", receipt_ask_fields);

static const struct shape identity_shape = {"Identity", NULL, 0, 0, NULL};
static const struct shape health_shape = {"Health", NULL, 0, 0, NULL};
static const struct field receipt_fields[] = {TOLD("state", TEXT), MAYBE("public_answer", TEXT)};
static const struct shape receipt_shape = ANSWER("Receipt", receipt_fields);
static const struct field counts_fields[] = {
    TOLD("rows", INT, .max = INT64_MAX),
    TOLD("created", INT, .max = INT64_MAX),
    TOLD("changed", INT, .max = INT64_MAX),
    TOLD("unchanged", INT, .max = INT64_MAX),
};
static const struct shape counts_shape = ANSWER("ImportCounts", counts_fields);
static const struct field key_fields[] = {
    TOLD("id", TEXT),
    MAYBE("key", TEXT),
    TOLD("role", WORD, WORDS_OF(caller_role_words)),
    TOLD("name", TEXT),
    TOLD("areas", NAMES, .of = FIELD_AREA),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    MAYBE("expires_at", INSTANT),
    TOLD("created_at", INSTANT),
    MAYBE("revoked_at", INSTANT),
};
static const struct shape key_shown_shape = ANSWER("Key", key_fields);

/* Bodies are closed, answers open: a client must not mind members that come later. */
static const struct shape *const sent[] = {
    &submission_shape, &batch_shape,       &claim_shape, &renew_shape,        &release_shape,
    &caller_shape,     &receipt_ask_shape, &key_shape,   &deadline_ask_shape,
};
static const struct shape *const shown[] = {
    &route_shape,     &route_answer_shape, &task_shape,    &event_shape,
    &overdue_shape,   &problem_shape,      &results_shape, &list_shape,
    &reckoning_shape, &deadlines_shape,    &lease_shape,   &identity_shape,
    &health_shape,    &receipt_shape,      &counts_shape,  &key_shown_shape,
};

static void put_type(struct text *text, const char *type, bool maybe)
{
    if (!maybe) {
        put_text(text, "type", type);
        return;
    }
    put_begin(text, "type", '[');
    put_text(text, NULL, type);
    put_text(text, NULL, "null");
    put_end(text, ']');
}

static void put_words(struct text *text, const struct field *field, bool maybe)
{
    put_begin(text, "enum", '[');
    for (int i = 0; field->words[i] != NULL; i++)
        if (field->type != FIELD_WORD || field->max <= 0 ||
            (i >= (int)field->min && i <= (int)field->max))
            put_text(text, NULL, field->words[i]);
    if (maybe)
        put_null(text, NULL);
    put_end(text, ']');
}

static void put_string(struct text *text, const struct field *field, bool maybe)
{
    static const char *const patterns[FIELD_TYPE_COUNT] = {
        [FIELD_CODE] = "^[A-Za-z0-9._-]{1,64}$",
        [FIELD_AREA] = "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$",
        [FIELD_PHONE] = "^[0-9+ -]{3,32}$",
        [FIELD_HASH] = "^[0-9A-Fa-f]{64}$",
    };
    static const char *const formats[FIELD_TYPE_COUNT] = {
        [FIELD_DATE] = "date", [FIELD_INSTANT] = "date-time"};
    put_type(text, "string", maybe);
    put_given(text, "pattern", patterns[field->type]);
    put_given(text, "format", formats[field->type]);
    if (field->type == FIELD_TEXT && field->max > 0)
        put_int(text, "maxLength", (int64_t)field->max);
    if (field->words != NULL)
        put_words(text, field, maybe);
    if (field->type == FIELD_WORD && !maybe && field->standard >= 0 && !field->required)
        put_word(text, "default", field->words, field->standard);
}

static void put_number(struct text *text, const struct field *field, bool maybe)
{
    bool whole = field->type == FIELD_INT;
    put_type(text, whole ? "integer" : "number", maybe);
    put_real(text, "minimum", field->min);
    if (field->max < 9e15)
        put_real(text, "maximum", field->max);
    if (!field->required && field->standard >= field->min)
        put_int(text, "default", field->standard);
}

/* NOLINTNEXTLINE(misc-no-recursion): shapes do not contain themselves */
static void put_items(struct text *text, const struct field *field, int mode)
{
    if (field->max > 0)
        put_int(text, "maxItems", (int64_t)field->max);
    if (field->type == FIELD_LIST || field->type == FIELD_ARRAY) {
        schema_put(text, "items", field->shape, mode);
        return;
    }
    const struct field item = {.type = field->of, .words = field->words, .required = true};
    put_begin(text, "items", '{');
    put_string(text, &item, false);
    put_end(text, '}');
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void put_field(struct text *text, const struct field *field, int mode)
{
    bool maybe = mode == SCHEMA_SHOWN && !field->required;
    switch ((enum field_type)field->type) {
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_AREA:
    case FIELD_PHONE:
    case FIELD_HASH:
    case FIELD_CHOICE:
    case FIELD_WORD:
    case FIELD_DATE:
    case FIELD_INSTANT:
        put_string(text, field, maybe);
        break;
    case FIELD_INT:
    case FIELD_REAL:
        put_number(text, field, maybe);
        break;
    case FIELD_FLAG:
    case FIELD_TRI:
        put_type(text, "boolean", maybe);
        break;
    case FIELD_NAMES:
    case FIELD_SELECTOR:
    case FIELD_LIST:
    case FIELD_ARRAY:
        put_type(text, "array", maybe);
        put_items(text, field, mode);
        break;
    case FIELD_IGNORED:
        put_type(text, "integer", maybe);
        break;
    case FIELD_OBJECT:
    case FIELD_OWN:
    case FIELD_TYPE_COUNT:
        break;
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void put_properties(struct text *text, const struct shape *shape, int mode)
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (field->type == FIELD_OWN) {
            put_raw(text, field->name, slice_of(field->own->schema));
        } else if (field->type == FIELD_OBJECT && mode == SCHEMA_SHOWN && !field->required) {
            put_begin(text, field->name, '{');
            put_begin(text, "anyOf", '[');
            schema_put(text, NULL, field->shape, mode);
            put_raw(text, NULL, slice_of("{\"type\":\"null\"}"));
            put_end(text, ']');
            put_end(text, '}');
        } else if (field->type == FIELD_OBJECT) {
            schema_put(text, field->name, field->shape, mode);
        } else {
            put_begin(text, field->name, '{');
            put_field(text, field, mode);
            put_end(text, '}');
        }
    }
}

static void put_required(struct text *text, const struct shape *shape)
{
    bool any = false;
    for (int i = 0; i < shape->count; i++) {
        if (!shape->fields[i].required)
            continue;
        if (!any)
            put_begin(text, "required", '[');
        any = true;
        put_text(text, NULL, shape->fields[i].name);
    }
    if (any)
        put_end(text, ']');
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void schema_put(struct text *text, const char *key, const struct shape *shape, int mode)
{
    put_begin(text, key, '{');
    put_text(text, "type", "object");
    put_required(text, shape);
    put_begin(text, "properties", '{');
    put_properties(text, shape, mode);
    put_end(text, '}');
    if (mode == SCHEMA_SENT)
        put_flag(text, "additionalProperties", false);
    put_end(text, '}');
}

/* The short form, and the fields sent where they are shown; never the petitioner. */
static void put_ticket(struct text *text)
{
    put_begin(text, "Ticket", '{');
    put_text(text, "type", "object");
    put_required(text, &ticket_shape);
    put_begin(text, "properties", '{');
    put_properties(text, &ticket_shape, SCHEMA_SHOWN);
    for (int i = 0; i < submission_shape.count; i++) {
        const struct shape one = {"", &submission_shape.fields[i], 1, 0, NULL};
        if (strcmp(one.fields->name, "petitioner") != 0)
            put_properties(text, &one, SCHEMA_SENT);
    }
    put_end(text, '}');
    put_end(text, '}');
}

/* {"weights":{"area":...}} of the rules' list. */
static void put_rules(struct text *text)
{
    const char *group = NULL;
    put_raw(text, "Rules", slice_of("{\"type\":\"object\",\"additionalProperties\":false"));
    text_add(text, ",\"properties\":{");
    for (int i = 0; i < rule_field_count; i++) {
        const struct rule_field *rule = &rule_fields[i];
        size_t size = strcspn(rule->path, ".");
        bool grouped = rule->path[size] == '.';
        bool same = group != NULL && grouped && strncmp(group, rule->path, size + 1) == 0;
        if (group != NULL && !same)
            text_add(text, "}}");
        if (grouped && !same) {
            text_format(text, "%s\"%.*s\":", i > 0 ? "," : "", (int)size, rule->path);
            text_add(text, "{\"type\":\"object\",\"additionalProperties\":false,"
                           "\"properties\":{");
        }
        group = grouped ? rule->path : NULL;
        put_begin(text, grouped ? rule->path + size + 1 : rule->path, '{');
        put_text(text, "type", "number");
        put_real(text, "minimum", rule->min);
        put_real(text, "maximum", rule->max);
        put_real(text, "default", rule->standard);
        put_end(text, '}');
    }
    text_add(text, group != NULL ? "}}}}" : "}}");
}

const char *move_schema_name(const struct move *move, struct arena *arena)
{
    char *name =
        arena_format(arena, "Move%s%s", move->on == ON_TASK ? "Task" : "Ticket", move->name);
    char *into = name;
    bool upper = false;
    size_t kept = strlen(name) - strlen(move->name);
    for (char *at = name; *at != '\0'; at++) {
        upper = upper || at == name + kept;
        if (*at == '/' || *at == '_') {
            upper = true;
            continue;
        }
        *into++ = (char)(upper && *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        upper = false;
    }
    *into = '\0';
    return name;
}

void schemas_put(struct text *text)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    for (int kind = 0; kind < REGISTRY_COUNT; kind++)
        schema_put(text, registry_shape(kind)->name, registry_shape(kind), SCHEMA_SENT);
    for (size_t i = 0; i < COUNT_OF(sent); i++)
        schema_put(text, sent[i]->name, sent[i], SCHEMA_SENT);
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        schema_put(text, shown[i]->name, shown[i], SCHEMA_SHOWN);
    put_ticket(text);
    put_rules(text);
    put_raw(text, "Csv", slice_of("{\"type\":\"string\"}"));
    put_raw(text, "Metrics", slice_of("{\"type\":\"string\"}"));
    for (int i = 0; i < move_count; i++) {
        struct field fields[MOVE_FIELDS];
        struct shape shape = move_shape(&moves[i], fields);
        schema_put(text, move_schema_name(&moves[i], arena), &shape, SCHEMA_SENT);
    }
}
