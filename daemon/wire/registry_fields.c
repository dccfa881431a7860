/* The tables of fields of the registry's plain kinds. What rows mean together (references, order of
 * dates, check characters) is domain/registry_check. */
#include "wire/registry_fields.h"

#include "domain/calendar.h"
#include "domain/registry.h"
#include "wire/reader.h"

enum { NAME_LIMIT = 200, LONG_LIMIT = 5000, ALIASES_LIMIT = 100 };
enum { USCC_SIZE = 18, COUNT_LIMIT = 1000000000 };

/* A code that must be there, but may come from the path: wire/registry_json looks after it. */
#define FIELD_OF_CODE(type) FIELD("code", CODE, type, code)
#define FIELD_OF_NAME(type) FIELD("name", TEXT, type, name, .required = true, .max = NAME_LIMIT)

static const struct field area_fields[] = {
    FIELD("code", AREA, area, code),
    FIELD_OF_NAME(area),
    FIELD("level", WORD, area, level, .words = level_words, .standard = -1),
    FIELD_OF_STATUS(area),
    FIELD_OF_VERSION,
};

static const struct field org_fields[] = {
    FIELD_OF_CODE(org),
    FIELD_OF_NAME(org),
    FIELD("kind", WORD, org, kind, .required = true, .words = org_kind_words),
    FIELD("parent", CODE, org, parent),
    FIELD("areas", NAMES, org, areas, .of = FIELD_AREA),
    FIELD_OF_STATUS(org),
    FIELD_OF_VERSION,
};

static const struct field alias_fields[] = {
    FIELD("name", TEXT, alias, name, .required = true, .max = NAME_LIMIT),
    FIELD("from", DATE, alias, from),
    FIELD("to", DATE, alias, to),
};
static const struct shape alias_shape = SHAPE("Alias", alias_fields, alias, NULL);

static const struct field contact_fields[] = {
    FIELD("name", TEXT, contact, name, .max = NAME_LIMIT),
    FIELD("phone", TEXT, contact, phone, .max = 64),
};
static const struct shape contact_shape = SHAPE("Contact", contact_fields, contact, NULL);

static const struct field ledger_fields[] = {
    FIELD("registration", TEXT, ledger, registration, .max = NAME_LIMIT),
    FIELD("workforce", INT, ledger, workforce, .standard = -1, .max = COUNT_LIMIT),
    FIELD("party_members", INT, ledger, party_members, .standard = -1, .max = COUNT_LIMIT),
    FIELD("party_org", TEXT, ledger, party_org, .max = NAME_LIMIT),
    FIELD("person_in_charge", TEXT, ledger, person_in_charge, .max = NAME_LIMIT),
};
static const struct shape ledger_shape = SHAPE("Ledger", ledger_fields, ledger, NULL);

static const struct field unit_fields[] = {
    FIELD_OF_CODE(unit),
    FIELD_OF_NAME(unit),
    FIELD("kind", WORD, unit, kind, .required = true, .words = unit_kind_words),
    FIELD("area", AREA, unit, area),
    FIELD("org", CODE, unit, org),
    FIELD("formation", WORD, unit, formation, .words = formation_words, .standard = -1),
    FIELD("joined", NAMES, unit, joined, .of = FIELD_CODE),
    FIELD("aliases", LIST, unit, aliases.at, COUNT_AT(unit, aliases.count), .shape = &alias_shape,
          .max = ALIASES_LIMIT),
    FIELD("uscc", TEXT, unit, uscc, .max = USCC_SIZE),
    FIELD("contact", OBJECT, unit, contact, .shape = &contact_shape),
    FIELD("ledger", OBJECT, unit, ledger, .shape = &ledger_shape),
    FIELD_OF_STATUS(unit),
    FIELD_OF_VERSION,
};

static void unit_check(struct reader *reader, const struct node *object, void *target)
{
    struct unit *unit = target;
    (void)reader, (void)object;
    if (unit->formation < 0)
        unit->formation = unit->org == NULL ? FORMATION_NONE : FORMATION_ALONE;
}

static const struct field resource_fields[] = {
    FIELD_OF_CODE(resource),
    FIELD("unit", CODE, resource, unit, .required = true),
    FIELD("kind", WORD, resource, kind, .required = true, .words = resource_kind_words),
    FIELD("title", TEXT, resource, title, .required = true, .max = NAME_LIMIT),
    FIELD("categories", NAMES, resource, categories, .required = true, .of = FIELD_CODE),
    FIELD("areas", NAMES, resource, areas, .required = true, .of = FIELD_AREA),
    FIELD("capacity", INT, resource, capacity, .standard = -1, .max = COUNT_LIMIT),
    FIELD("hours", TEXT, resource, hours, .max = NAME_LIMIT),
    FIELD("valid_from", DATE, resource, valid_from),
    FIELD("valid_to", DATE, resource, valid_to),
    FIELD("agreement", CODE, resource, agreement),
    FIELD("confidence", REAL, resource, confidence, .standard = -1, .max = 1),
    FIELD("support", INT, resource, support, .standard = -1, .max = COUNT_LIMIT),
    FIELD("status", WORD, resource, status, .words = status_words, .standard = STATUS_OFFERED,
          .min = STATUS_OFFERED, .max = STATUS_ENDED),
    FIELD_OF_VERSION,
};

static const struct field agreement_fields[] = {
    FIELD_OF_CODE(agreement),
    FIELD("org", CODE, agreement, org, .required = true),
    FIELD("unit", CODE, agreement, unit, .required = true),
    FIELD("signed_on", DATE, agreement, signed_on),
    FIELD("valid_from", DATE, agreement, valid_from),
    FIELD("valid_to", DATE, agreement, valid_to),
    FIELD("duties", TEXT, agreement, duties, .max = LONG_LIMIT),
    FIELD("tasks", TEXT, agreement, tasks, .max = LONG_LIMIT),
    FIELD("form", TEXT, agreement, form, .max = LONG_LIMIT),
    FIELD("content", TEXT, agreement, content, .max = LONG_LIMIT),
    FIELD("categories", NAMES, agreement, categories, .of = FIELD_CODE),
    FIELD_OF_STATUS(agreement),
    FIELD_OF_VERSION,
};

static const struct field category_fields[] = {
    FIELD_OF_CODE(category),   FIELD_OF_NAME(category), FIELD("parent", CODE, category, parent),
    FIELD_OF_STATUS(category), FIELD_OF_VERSION,
};

static const struct field amount_fields[] = {
    FIELD("amount", INT, amount, amount, .required = true, .min = 1, .max = AMOUNT_LIMIT),
    FIELD("unit", WORD, amount, unit, .required = true, .words = span_unit_words),
};
const struct shape amount_shape = SHAPE("Span", amount_fields, amount, NULL);

static const struct field delay_fields[] = {
    FIELD("amount", INT, amount, amount, .required = true, .max = AMOUNT_LIMIT),
    FIELD("unit", WORD, amount, unit, .required = true, .words = span_unit_words),
};
const struct shape delay_shape = SHAPE("Delay", delay_fields, amount, NULL);

static const struct shape shapes[] = {
    [REGISTRY_AREA] = SHAPE("Area", area_fields, area, NULL),
    [REGISTRY_ORG] = SHAPE("Org", org_fields, org, NULL),
    [REGISTRY_UNIT] = SHAPE("Unit", unit_fields, unit, unit_check),
    [REGISTRY_RESOURCE] = SHAPE("Resource", resource_fields, resource, NULL),
    [REGISTRY_AGREEMENT] = SHAPE("Agreement", agreement_fields, agreement, NULL),
    [REGISTRY_CATEGORY] = SHAPE("Category", category_fields, category, NULL),
};

const struct shape *registry_shape(int kind)
{
    if (kind == REGISTRY_POLICY)
        return &policy_shape;
    return kind == REGISTRY_CALENDAR ? &calendar_shape : &shapes[kind];
}
