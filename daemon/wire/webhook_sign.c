/* Standard Webhooks and DingTalk. */
#include "wire/webhook_sign.h"

#include <string.h>

#include "base/crypt.h"
#include "wire/writer.h"

static const char prefix[] = "whsec_";

static const char *hmac_text(struct slice key, struct slice bytes, struct arena *arena)
{
    struct crypt_hash hash = crypt_hmac_key(key, bytes);
    return crypt_base64(arena, (struct slice){(const char *)hash.at, sizeof(hash.at)});
}

const char *sign_standard(const struct webhook *webhook, const char *id, int64_t timestamp,
                          struct slice body, struct arena *arena)
{
    struct text signed_text CLEANUP(text_clear) = {0};
    struct text list CLEANUP(text_clear) = {0};
    text_format(&signed_text, "%s.%lld.", id, (long long)timestamp);
    text_add_bytes(&signed_text, body.at, body.size);
    for (int i = 0; i < webhook->secret_count; i++) {
        struct slice key;
        const char *secret = webhook->secrets[i].text;
        if (!text_starts(secret, prefix) || !crypt_unbase64(arena, secret + strlen(prefix), &key))
            continue;
        struct slice bytes = {signed_text.at, signed_text.size};
        text_format(&list, "%sv1,%s", list.size > 0 ? " " : "", hmac_text(key, bytes, arena));
    }
    return arena_bytes(arena, list.at, list.size);
}

const char *sign_dingtalk(const struct webhook *webhook, struct instant now, struct arena *arena)
{
    static const char hex[] = "0123456789ABCDEF";
    if (webhook->secret_count == 0)
        return webhook->url;
    const char *secret = webhook->secrets[webhook->secret_count - 1].text; /* the newest */
    long long ms = now.us / 1000;
    const char *bytes = arena_format(arena, "%lld\n%s", ms, secret);
    const char *sign = hmac_text(slice_of(secret), slice_of(bytes), arena);
    struct text url CLEANUP(text_clear) = {0};
    text_format(&url, "%s%ctimestamp=%lld&sign=", webhook->url,
                strchr(webhook->url, '?') == NULL ? '?' : '&', ms);
    for (const char *at = sign; *at != '\0'; at++) {
        if (*at == '+' || *at == '/' || *at == '=')
            text_format(&url, "%%%c%c", hex[(unsigned char)*at >> 4], hex[*at & 15]);
        else
            text_add_bytes(&url, at, 1);
    }
    return arena_bytes(arena, url.at, url.size);
}
