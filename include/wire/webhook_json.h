/* Webhooks and their deliveries as JSON. */
#pragma once

#include "base/error.h"
#include "domain/webhook.h"

/* {"name","url","kinds","areas"|"unit"|"org","adapter","template","quiet","digest","per_minute",
 * "state"} and, when one is made, "secret". State, ids and secrets beside the new one stay as they
 * are in `*webhook`. Whether codes exist and the address may be called is not checked here. */
MUST_CHECK bool webhook_read(struct slice body, struct arena *arena, struct webhook *webhook,
                             struct error *err);
/* The same members as JSON, without a secret: what a merge patch is applied to. */
struct slice webhook_settings(const struct webhook *webhook, struct arena *arena);
/* The settings that are kept as plain text: all but address and secrets ... */
struct slice webhook_kept(const struct webhook *webhook, struct arena *arena);
/* ... and those that are sealed: {"url","secrets":[{"id","text"}]}. */
struct slice webhook_sealed(const struct webhook *webhook, struct arena *arena);
/* Both, read again. */
MUST_CHECK bool webhook_restore(struct slice kept, struct slice sealed, struct arena *arena,
                                struct webhook *webhook, struct error *err);
/* What the admin sees: the settings (of the address what stands before its query), state, reason,
 * ids of secrets, and `secret` itself if it is not NULL: with the answer that made it. */
struct slice webhook_write(const struct webhook *webhook, const char *secret, int offset_s,
                           struct arena *arena);
/* The address without its query. */
const char *webhook_shown_url(const struct webhook *webhook, struct arena *arena);

/* A secret that can sign for this adapter: "whsec_" and base64 of 24 to 64 bytes; of a robot any
 * text. */
MUST_CHECK bool secret_check(const char *secret, int adapter, const char *pointer,
                             struct error *err);
/* A new one: "whsec_" and 32 random bytes. */
const char *secret_new(struct arena *arena);
/* {"secret"}, which may be absent: NULL. */
MUST_CHECK bool secret_read(struct slice body, struct arena *arena, const char **ret_secret,
                            struct error *err);
/* {"id","secret"} */
struct slice secret_write(const struct webhook_secret *secret, struct arena *arena);

/* No body, or {}. */
MUST_CHECK bool nothing_read(struct slice body, struct arena *arena, struct error *err);

/* {"delivery"} or {"from","to"}. */
struct replay {
    const char *delivery; /* NULL: a span of events' times */
    struct instant from, to;
};
MUST_CHECK bool replay_read(struct slice body, struct arena *arena, struct replay *ret_replay,
                            struct error *err);
/* {"replayed"} */
struct slice replay_write(int64_t count, struct arena *arena);

/* One line of the log. */
struct delivery {
    int64_t webhook, id;
    const char *line;
    int64_t seq;
    int kind, state;
    const char *no, *area;
    struct instant at, made_at, ended_at;
    int64_t tries;
};
struct attempt {
    struct instant at;
    int64_t took_ms, status;
    const char *error;
};
/* {"id","webhook","kind","event","no","area","at","state","tries","made_at","ended_at",
 * "attempts":[{"at","status","took_ms","error"}]} */
struct slice delivery_write(const struct delivery *delivery, const struct attempt *attempts,
                            int count, int offset_s, struct arena *arena);
