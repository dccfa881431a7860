/* Webhooks in and out. */
#include "wire/webhook_json.h"

#include <string.h>

#include "base/crypt.h"
#include "wire/notice_json.h"
#include "wire/reader.h"
#include "wire/webhook_fields.h"
#include "wire/writer.h"

enum { NAME_LIMIT = 100, URL_LIMIT = 2000, TEMPLATE_LIMIT = 1000, AREAS_LIMIT = 100 };
enum { QUIET_LIMIT = 11, SECRET_LIMIT = 200, SECRET_MIN = 24, SECRET_MAX = 64, SECRET_NEW = 32 };
enum { MINUTE_LIMIT = 6000 };

static const char secret_prefix[] = "whsec_";

/* What is sent, and what is kept. */
struct sent {
    struct webhook webhook;
    const char *secret;
};

#define SETTINGS                                                                                   \
    FIELD("name", TEXT, webhook, name, .required = true, .max = NAME_LIMIT),                       \
        FIELD("kinds", NAMES, webhook, kinds, .of = FIELD_CHOICE, .words = notice_choices),        \
        FIELD("areas", NAMES, webhook, areas, .of = FIELD_AREA, .max = AREAS_LIMIT),               \
        FIELD("unit", CODE, webhook, unit), FIELD("org", CODE, webhook, org),                      \
        FIELD("adapter", WORD, webhook, adapter, .words = adapter_words, .standard = 0),           \
        FIELD("template", TEXT, webhook, template, .max = TEMPLATE_LIMIT),                         \
        FIELD("quiet", TEXT, webhook, quiet, .max = QUIET_LIMIT),                                  \
        FIELD("digest", FLAG, webhook, digest),                                                    \
        FIELD("per_minute", INT, webhook, per_minute, .min = 0, .max = MINUTE_LIMIT)

static const struct field kept_fields[] = {SETTINGS};
static const struct field sent_fields[] = {
    SETTINGS,
    FIELD("url", TEXT, webhook, url, .required = true, .max = URL_LIMIT),
    FIELD("state", WORD, webhook, state, .words = webhook_state_words, .standard = -1,
          .min = WEBHOOK_ACTIVE, .max = WEBHOOK_PAUSED),
    FIELD("secret", TEXT, sent, secret, .max = SECRET_LIMIT),
};

static void settings_check(struct reader *reader, const struct node *object, void *target)
{
    const struct webhook *webhook = target;
    int from, to;
    (void)object;
    int scopes = (webhook->areas.count > 0) + (webhook->unit != NULL) + (webhook->org != NULL);
    if (scopes != 1)
        reader_fault(reader, "needs one of areas, unit and org: whose notices it gets");
    if (webhook->quiet != NULL && !quiet_parse(webhook->quiet, &from, &to))
        reader_fault_at(reader, "quiet", "must be times such as 22:00-07:00");
    if (webhook->template == NULL)
        return;
    if (adapters[webhook->adapter].before == NULL)
        reader_fault_at(reader, "template", "not with the generic adapter: it gets CloudEvents");
    if (!template_check(webhook->template, "/template", reader->err))
        return; /* which has named it */
}

static const struct shape webhook_kept_shape =
    SHAPE("WebhookKept", kept_fields, webhook, settings_check);
const struct shape webhook_shape = SHAPE("WebhookAsk", sent_fields, sent, settings_check);

bool webhook_read(struct slice body, struct arena *arena, struct webhook *webhook,
                  struct error *err)
{
    struct sent sent = {.webhook = *webhook};
    if (!reader_read(body, &webhook_shape, arena, &sent, err))
        return false;
    if (sent.secret != NULL && !secret_check(sent.secret, sent.webhook.adapter, "/secret", err))
        return false;
    if (sent.webhook.state < 0)
        sent.webhook.state = webhook->state;
    *webhook = sent.webhook;
    if (sent.secret == NULL)
        return true;
    webhook->secrets = ARENA_NEW(arena, struct webhook_secret);
    webhook->secrets[0] = (struct webhook_secret){"1", sent.secret};
    webhook->secret_count = 1;
    return true;
}

struct slice webhook_kept(const struct webhook *webhook, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &webhook_kept_shape, webhook, 0);
    return put_done(&text, arena);
}

struct slice webhook_settings(const struct webhook *webhook, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    shape_members(&text, &webhook_kept_shape, webhook, 0);
    put_text(&text, "url", webhook->url);
    if (webhook->state != WEBHOOK_DISABLED) /* which nobody sends; a patch may make it active */
        put_word(&text, "state", webhook_state_words, webhook->state);
    put_end(&text, '}');
    return put_done(&text, arena);
}

static const struct field secret_fields[] = {
    FIELD("id", TEXT, webhook_secret, id, .required = true),
    FIELD("text", TEXT, webhook_secret, text, .required = true, .max = SECRET_LIMIT),
};
static const struct shape secret_shape =
    SHAPE("WebhookSecret", secret_fields, webhook_secret, NULL);
static const struct field sealed_fields[] = {
    FIELD("url", TEXT, webhook, url, .required = true, .max = URL_LIMIT),
    FIELD("secrets", LIST, webhook, secrets, COUNT_AT(webhook, secret_count),
          .max = WEBHOOK_SECRETS, .shape = &secret_shape),
};
static const struct shape sealed_shape = SHAPE("WebhookSealed", sealed_fields, webhook, NULL);

struct slice webhook_sealed(const struct webhook *webhook, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &sealed_shape, webhook, 0);
    return put_done(&text, arena);
}

bool webhook_restore(struct slice kept, struct slice sealed, struct arena *arena,
                     struct webhook *webhook, struct error *err)
{
    return reader_read(kept, &webhook_kept_shape, arena, webhook, err) &&
           reader_read(sealed, &sealed_shape, arena, webhook, err);
}

const char *webhook_shown_url(const struct webhook *webhook, struct arena *arena)
{
    size_t plain = strcspn(webhook->url, "?");
    return webhook->url[plain] == '\0' ? webhook->url
                                       : arena_format(arena, "%.*s?...", (int)plain, webhook->url);
}

struct slice webhook_write(const struct webhook *webhook, const char *secret, int offset_s,
                           struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", arena_format(arena, "%lld", (long long)webhook->id));
    shape_members(&text, &webhook_kept_shape, webhook, offset_s);
    put_text(&text, "url", webhook_shown_url(webhook, arena));
    put_word(&text, "state", webhook_state_words, webhook->state);
    put_text(&text, "reason", webhook->reason);
    put_instant(&text, "failing_since", webhook->failing_since, &form);
    put_instant(&text, "created_at", webhook->created_at, &form);
    put_int(&text, "version", webhook->version);
    put_begin(&text, "secrets", '[');
    for (int i = 0; i < webhook->secret_count; i++)
        put_text(&text, NULL, webhook->secrets[i].id);
    put_end(&text, ']');
    put_given(&text, "secret", secret);
    put_end(&text, '}');
    return put_done(&text, arena);
}

bool secret_check(const char *secret, int adapter, const char *pointer, struct error *err)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct slice bytes;
    if (adapters[adapter].signing != SIGN_STANDARD)
        return true;
    if (text_starts(secret, secret_prefix) &&
        crypt_unbase64(arena, secret + strlen(secret_prefix), &bytes) && bytes.size >= SECRET_MIN &&
        bytes.size <= SECRET_MAX)
        return true;
    return error_add(err, pointer, "must be whsec_ and base64 of %d to %d bytes", SECRET_MIN,
                     SECRET_MAX);
}

const char *secret_new(struct arena *arena)
{
    unsigned char bytes[SECRET_NEW];
    crypt_random(bytes, sizeof(bytes));
    return arena_format(arena, "%s%s", secret_prefix,
                        crypt_base64(arena, (struct slice){(const char *)bytes, sizeof(bytes)}));
}

static const struct field secret_ask_fields[] = {
    FIELD("secret", TEXT, sent, secret, .max = SECRET_LIMIT),
};
const struct shape secret_ask_shape = SHAPE("SecretAsk", secret_ask_fields, sent, NULL);

bool secret_read(struct slice body, struct arena *arena, const char **ret_secret, struct error *err)
{
    struct sent sent = {.secret = NULL};
    if (!reader_read(body, &secret_ask_shape, arena, &sent, err))
        return false;
    *ret_secret = sent.secret;
    return true;
}

struct slice secret_write(const struct webhook_secret *secret, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", secret->id);
    put_text(&text, "secret", secret->text);
    put_end(&text, '}');
    return put_done(&text, arena);
}

bool nothing_read(struct slice body, struct arena *arena, struct error *err)
{
    static const struct shape nothing_shape = {"Nothing", NULL, 0, 0, NULL};
    return body.size == 0 || reader_read(body, &nothing_shape, arena, &(char){0}, err);
}

static void replay_check(struct reader *reader, const struct node *object, void *target)
{
    const struct replay *replay = target;
    (void)object;
    bool span = instant_set(replay->from) || instant_set(replay->to);
    if ((replay->delivery != NULL) == span)
        reader_fault(reader, "needs either delivery, or from and to");
    else if (span && (!instant_set(replay->from) || !instant_set(replay->to)))
        reader_fault(reader, "needs both from and to");
    else if (span && !instant_before(replay->from, replay->to))
        reader_fault_at(reader, "to", "must be later than from");
}

static const struct field replay_fields[] = {
    FIELD("delivery", CODE, replay, delivery),
    FIELD("from", INSTANT, replay, from),
    FIELD("to", INSTANT, replay, to),
};
const struct shape replay_shape = SHAPE("ReplayAsk", replay_fields, replay, replay_check);

bool replay_read(struct slice body, struct arena *arena, struct replay *ret_replay,
                 struct error *err)
{
    struct replay replay = {.from = INSTANT_NONE, .to = INSTANT_NONE};
    if (!reader_read(body, &replay_shape, arena, &replay, err))
        return false;
    *ret_replay = replay;
    return true;
}

struct slice replay_write(int64_t count, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_int(&text, "replayed", count);
    put_end(&text, '}');
    return put_done(&text, arena);
}

struct slice delivery_write(const struct delivery *delivery, const struct attempt *attempts,
                            int count, int offset_s, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", arena_format(arena, "%lld", (long long)delivery->id));
    put_text(&text, "webhook", arena_format(arena, "%lld", (long long)delivery->webhook));
    put_word(&text, "kind", notice_words, delivery->kind);
    put_text(&text, "event",
             arena_format(arena, "%s-%lld", delivery->line, (long long)delivery->seq));
    put_text(&text, "no", delivery->no);
    put_text(&text, "area", delivery->area);
    put_instant(&text, "at", delivery->at, &form);
    put_word(&text, "state", delivery_words, delivery->state);
    put_int(&text, "tries", delivery->tries);
    put_instant(&text, "made_at", delivery->made_at, &form);
    put_instant(&text, "ended_at", delivery->ended_at, &form);
    put_begin(&text, "attempts", '[');
    for (int i = 0; i < count; i++) {
        put_begin(&text, NULL, '{');
        put_instant(&text, "at", attempts[i].at, &form);
        if (attempts[i].status > 0)
            put_int(&text, "status", attempts[i].status);
        else
            put_null(&text, "status");
        put_int(&text, "took_ms", attempts[i].took_ms);
        put_text(&text, "error", attempts[i].error);
        put_end(&text, '}');
    }
    put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena);
}
