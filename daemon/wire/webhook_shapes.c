/* How webhooks and their deliveries are shown, for the description of the interface. */
#include "domain/webhook.h"
#include "wire/webhook_fields.h"

#define TOLD(title, kind, ...)  FIELD_HERE(title, kind, .required = true, __VA_ARGS__)
#define MAYBE(title, kind, ...) FIELD_HERE(title, kind, __VA_ARGS__)
#define SHOWN(title, fields)                                                                       \
    {                                                                                              \
        (title), (fields), (int)COUNT_OF(fields), 0, NULL                                          \
    }

static const struct field webhook_fields[] = {
    TOLD("id", TEXT),
    TOLD("name", TEXT),
    TOLD("url", TEXT),
    MAYBE("kinds", NAMES, .of = FIELD_CHOICE, .words = notice_choices),
    MAYBE("areas", NAMES, .of = FIELD_AREA),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    TOLD("adapter", WORD, .words = adapter_words),
    MAYBE("template", TEXT),
    MAYBE("quiet", TEXT),
    TOLD("digest", FLAG),
    MAYBE("per_minute", INT),
    TOLD("state", WORD, .words = webhook_state_words),
    MAYBE("reason", TEXT),
    MAYBE("failing_since", INSTANT),
    TOLD("created_at", INSTANT),
    TOLD("version", INT),
    TOLD("secrets", NAMES, .of = FIELD_TEXT),
    MAYBE("secret", TEXT),
};
const struct shape webhook_shown_shape = SHOWN("Webhook", webhook_fields);

static const struct field secret_fields[] = {TOLD("id", TEXT), TOLD("secret", TEXT)};
const struct shape secret_shown_shape = SHOWN("Secret", secret_fields);

static const struct field replayed_fields[] = {TOLD("replayed", INT)};
const struct shape replayed_shape = SHOWN("Replayed", replayed_fields);

static const struct field attempt_fields[] = {
    TOLD("at", INSTANT),
    MAYBE("status", INT),
    TOLD("took_ms", INT),
    MAYBE("error", TEXT),
};
static const struct shape attempt_shape = SHOWN("Attempt", attempt_fields);
static const struct field delivery_fields[] = {
    TOLD("id", TEXT),
    TOLD("webhook", TEXT),
    TOLD("kind", WORD, .words = notice_words),
    TOLD("event", TEXT),
    MAYBE("no", TEXT),
    MAYBE("area", TEXT),
    TOLD("at", INSTANT),
    TOLD("state", WORD, .words = delivery_words),
    TOLD("tries", INT),
    TOLD("made_at", INSTANT),
    MAYBE("ended_at", INSTANT),
    TOLD("attempts", LIST, .shape = &attempt_shape),
};
const struct shape delivery_shape = SHOWN("Delivery", delivery_fields);
