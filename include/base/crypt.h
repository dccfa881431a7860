/* Cryptography, all of it OpenSSL's. A failure inside OpenSSL is fatal: it means a broken build. */
#pragma once

#include "base/text.h"

enum { CRYPT_KEY = 32, CRYPT_HASH = 32, CRYPT_NONCE = 12, CRYPT_TAG = 16 };

struct crypt_hash {
    unsigned char at[CRYPT_HASH];
};

void crypt_random(void *ret_bytes, size_t size);
struct crypt_hash crypt_sha256(struct slice bytes);
struct crypt_hash crypt_hmac(const unsigned char key[CRYPT_KEY], struct slice bytes);
/* The same with a key of any length. */
struct crypt_hash crypt_hmac_key(struct slice key, struct slice bytes);
/* In a time that does not depend on the content. */
bool crypt_equal(const void *a, const void *b, size_t size);

/* AES-256-GCM (NIST SP 800-38D): nonce, sealed bytes and tag in one piece from the arena. `bound`
 * is authenticated, not stored. */
struct slice crypt_seal(struct arena *arena, const unsigned char key[CRYPT_KEY], struct slice plain,
                        struct slice bound);
/* Opens what crypt_seal made; false if key, bytes or `bound` are not the same. */
MUST_CHECK bool crypt_open(struct arena *arena, const unsigned char key[CRYPT_KEY],
                           struct slice sealed, struct slice bound, struct slice *ret_plain);

const char *crypt_hex(struct arena *arena, const void *bytes, size_t size);
MUST_CHECK bool crypt_unhex(const char *hex, void *ret_bytes, size_t size);
/* Base 32 of Crockford: digits and capitals without I, L, O, U; 5 bits a sign, no padding. */
const char *crypt_base32(struct arena *arena, const void *bytes, size_t size);
/* Base 64 of RFC 4648, with padding. */
const char *crypt_base64(struct arena *arena, struct slice bytes);
/* Its bytes; false: it is none, or has anything beside it. */
MUST_CHECK bool crypt_unbase64(struct arena *arena, const char *text, struct slice *ret_bytes);
