/* Signatures of outgoing requests. */
#pragma once

#include "domain/webhook.h"

/* The value of `webhook-signature` (Standard Webhooks 1.0.0): "v1," and base64 of the HMAC-SHA256
 * over "id.timestamp.body", for each secret, blanks between. `timestamp` in seconds. */
const char *sign_standard(const struct webhook *webhook, const char *id, int64_t timestamp,
                          struct slice body, struct arena *arena);
/* The address with `timestamp` (milliseconds) and `sign` added as DingTalk's custom robots ask:
 * base64 of the HMAC-SHA256 over "timestamp\nsecret" by the secret, percent-encoded. Without a
 * secret: the address as it is. */
const char *sign_dingtalk(const struct webhook *webhook, struct instant now, struct arena *arena);
