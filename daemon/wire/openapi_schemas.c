/* Schemas from shapes. */
#include "wire/openapi_schemas.h"

#include <string.h>

#include "domain/policy.h"
#include "wire/move_fields.h"
#include "wire/openapi_shapes.h"
#include "wire/registry_fields.h"
#include "wire/ticket_fields.h"
#include "wire/writer.h"

/* What is sent is closed; in what is shown, members that may be absent may be null too. */
enum schema_mode { SCHEMA_SENT, SCHEMA_SHOWN };

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
    if (field->max > field->min)
        put_real(text, "maximum", field->max);
    if (!field->required && field->standard >= field->min)
        put_int(text, "default", field->standard);
}

/* One shape as a schema of type object. */
static void schema_put(struct text *text, const char *key, const struct shape *shape, int mode);

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
static void schema_put(struct text *text, const char *key, const struct shape *shape, int mode)
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
    put_required(text, &ticket_shown_shape);
    put_begin(text, "properties", '{');
    put_properties(text, &ticket_shown_shape, SCHEMA_SHOWN);
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
    static const char *const ons[] = {
        [ON_TICKET] = "Ticket", [ON_TASK] = "Task",   [ON_WHISTLE] = "Whistle",
        [ON_TARGET] = "Target", [ON_OFFER] = "Offer", [ON_SHARE] = "Share",
    };
    char *name = arena_format(arena, "Move%s%s", ons[move->on], move->name);
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
    for (int i = 0; shapes_sent[i] != NULL; i++)
        schema_put(text, shapes_sent[i]->name, shapes_sent[i], SCHEMA_SENT);
    for (int i = 0; shapes_shown[i] != NULL; i++)
        schema_put(text, shapes_shown[i]->name, shapes_shown[i], SCHEMA_SHOWN);
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
