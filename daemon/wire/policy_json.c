/* Policies as JSON (spec 12). Rules are read and written by domain's list of them. */
#include <string.h>

#include "domain/policy.h"
#include "domain/registry.h"
#include "domain/ticket.h"
#include "wire/reader.h"
#include "wire/registry_fields.h"
#include "wire/writer.h"

static const struct field match_fields[] = {
    FIELD("areas", SELECTOR, policy, areas, .of = FIELD_AREA),
    FIELD("kinds", SELECTOR, policy, kinds, .of = FIELD_CHOICE, .words = policy_kind_words),
    FIELD("urgencies", SELECTOR, policy, urgencies, .of = FIELD_CHOICE, .words = urgency_words),
    FIELD("categories", SELECTOR, policy, categories, .of = FIELD_CODE),
    FIELD("levels", SELECTOR, policy, levels, .of = FIELD_CHOICE, .words = level_words),
};
static const struct shape match_shape = SHAPE("PolicyMatch", match_fields, policy, NULL);

static const struct field spans_fields[] = {
    FIELD("sign", OBJECT, policy, sign, .shape = &amount_shape),
    FIELD("contact", OBJECT, policy, contact, .shape = &amount_shape),
    FIELD("resolve", OBJECT, policy, resolve, .shape = &amount_shape),
    FIELD("rehandle", OBJECT, policy, rehandle, .shape = &amount_shape),
};
static const struct shape spans_shape = SHAPE("PolicySpans", spans_fields, policy, NULL);

static const struct field extension_fields[] = {
    FIELD("times", INT, policy, extension_times, .max = 100),
    FIELD("span", OBJECT, policy, extension_span, .shape = &amount_shape),
};
static const struct shape extension_shape =
    SHAPE("PolicyExtension", extension_fields, policy, NULL);

static const struct field reasons_fields[] = {
    FIELD("return", SELECTOR, policy, return_reasons, .of = FIELD_TEXT, .max = 200),
    FIELD("hang", SELECTOR, policy, hang_reasons, .of = FIELD_TEXT, .max = 200),
    FIELD("exclude", SELECTOR, policy, exclude_reasons, .of = FIELD_TEXT, .max = 200),
};
static const struct shape reasons_shape = SHAPE("PolicyReasons", reasons_fields, policy, NULL);

static void reminder_check(struct reader *reader, const struct node *object, void *target)
{
    const struct reminder *reminder = target;
    if (object->type == NODE_OBJECT && (reminder->share > 0) == (reminder->before.amount > 0))
        reader_fault(reader, "needs either share or before");
}

/* A share below a thousandth of the way is no reminder. */
static const struct field reminder_fields[] = {
    FIELD("stage", WORD, reminder, stage, .required = true, .words = stage_words),
    FIELD("share", REAL, reminder, share, .min = 0.001, .max = 0.999),
    FIELD("before", OBJECT, reminder, before, .shape = &amount_shape),
};
static const struct shape reminder_shape =
    SHAPE("Reminder", reminder_fields, reminder, reminder_check);

static const struct field escalation_fields[] = {
    FIELD("after", OBJECT, escalation, after, .shape = &delay_shape),
    FIELD("do", WORD, escalation, kind, .required = true, .words = escalation_words),
};
static const struct shape escalation_shape =
    SHAPE("Escalation", escalation_fields, escalation, NULL);

static void rules_clear(void *target)
{
    *(struct rules *)target = rules_standard;
}

static const struct rule_field *rule_find(const char *group, const char *name)
{
    for (int i = 0; i < rule_field_count; i++) {
        const char *path = rule_fields[i].path;
        if (group != NULL) {
            size_t size = strlen(group);
            if (strncmp(path, group, size) != 0 || path[size] != '.')
                continue;
            path += size + 1;
        }
        if (strcmp(path, name) == 0)
            return &rule_fields[i];
    }
    return NULL;
}

static void rule_read(struct reader *reader, const char *group, const struct node *node,
                      struct rules *rules)
{
    const struct rule_field *rule = rule_find(group, node->key);
    if (rule == NULL) {
        reader_fault_at(reader, node->key, "unknown");
        return;
    }
    struct field field = {rule->path, FIELD_REAL, .min = rule->min, .max = rule->max};
    reader_enter(reader, node->key, 0);
    reader_value(reader, &field, node, (char *)rules + rule->offset);
    reader_leave(reader);
}

static void rules_read(struct reader *reader, const struct node *node, void *target)
{
    if (node->type != NODE_OBJECT) {
        reader_fault(reader, "must be an object");
        return;
    }
    for (const struct node *member = node->first; member != NULL; member = member->next) {
        if (member->type != NODE_OBJECT) {
            rule_read(reader, NULL, member, target);
            continue;
        }
        reader_enter(reader, member->key, 0);
        for (const struct node *rule = member->first; rule != NULL; rule = rule->next)
            rule_read(reader, member->key, rule, target);
        reader_leave(reader);
    }
}

/* The part before the dot; NULL: none. */
static const char *rule_group(const struct rule_field *rule, struct arena *arena)
{
    const char *dot = strchr(rule->path, '.');
    return dot == NULL ? NULL : arena_bytes(arena, rule->path, (size_t)(dot - rule->path));
}

/* All of them, so that a stored policy keeps its numbers when the built-in ones change. */
static void rules_write(struct text *text, const char *key, const void *value)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const char *open = NULL;
    put_begin(text, key, '{');
    for (int i = 0; i < rule_field_count; i++) {
        const struct rule_field *rule = &rule_fields[i];
        const char *group = rule_group(rule, arena);
        bool same = text_equal(open, group);
        if (open != NULL && !same)
            put_end(text, '}');
        if (group != NULL && !same)
            put_begin(text, group, '{');
        open = group;
        put_real(text, group == NULL ? rule->path : rule->path + strlen(group) + 1,
                 *(const double *)((const char *)value + rule->offset));
    }
    if (open != NULL)
        put_end(text, '}');
    put_end(text, '}');
}

static const struct field_own rules_own = {rules_clear, rules_read, rules_write,
                                           "{\"$ref\":\"#/components/schemas/Rules\"}"};

static const struct field policy_fields[] = {
    FIELD("code", CODE, policy, code),
    FIELD("name", TEXT, policy, name, .max = 200),
    FIELD_HERE("match", OBJECT, .shape = &match_shape),
    FIELD("calendar", CODE, policy, calendar, .required = true),
    FIELD_HERE("spans", OBJECT, .shape = &spans_shape, .required = true),
    FIELD("reminders", ARRAY, policy, reminders, COUNT_AT(policy, reminder_count),
          .shape = &reminder_shape, .max = POLICY_REMINDERS),
    FIELD_HERE("extension", OBJECT, .shape = &extension_shape),
    FIELD("return_window", OBJECT, policy, return_window, .shape = &amount_shape),
    FIELD_HERE("reasons", OBJECT, .shape = &reasons_shape),
    FIELD("escalation", ARRAY, policy, escalations, COUNT_AT(policy, escalation_count),
          .shape = &escalation_shape, .max = POLICY_ESCALATIONS),
    FIELD("rules", OWN, policy, rules, .own = &rules_own),
    FIELD_OF_STATUS(policy),
    FIELD_OF_VERSION,
};

const struct shape policy_shape = SHAPE("Policy", policy_fields, policy, NULL);
