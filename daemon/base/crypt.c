/* Thin wrappers around OpenSSL's EVP interface. */
#include "base/crypt.h"

#include <assert.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

void crypt_random(void *ret_bytes, size_t size)
{
    int done = RAND_bytes(ret_bytes, (int)size);
    assert(done == 1);
}

struct crypt_hash crypt_sha256(struct slice bytes)
{
    struct crypt_hash hash;
    int done = EVP_Digest(bytes.at, bytes.size, hash.at, NULL, EVP_sha256(), NULL);
    assert(done == 1);
    return hash;
}

struct crypt_hash crypt_hmac_key(struct slice key, struct slice bytes)
{
    struct crypt_hash hash;
    const unsigned char *made = HMAC(EVP_sha256(), key.at, (int)key.size,
                                     (const unsigned char *)bytes.at, bytes.size, hash.at, NULL);
    assert(made != NULL);
    return hash;
}

struct crypt_hash crypt_hmac(const unsigned char key[CRYPT_KEY], struct slice bytes)
{
    return crypt_hmac_key((struct slice){(const char *)key, CRYPT_KEY}, bytes);
}

bool crypt_equal(const void *a, const void *b, size_t size)
{
    return CRYPTO_memcmp(a, b, size) == 0;
}

static void context_free(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

struct slice crypt_seal(struct arena *arena, const unsigned char key[CRYPT_KEY], struct slice plain,
                        struct slice bound)
{
    EVP_CIPHER_CTX *context CLEANUP(context_free) = EVP_CIPHER_CTX_new();
    size_t size = CRYPT_NONCE + plain.size + CRYPT_TAG;
    unsigned char *sealed = arena_take(arena, size);
    int part = 0, done = 1;
    crypt_random(sealed, CRYPT_NONCE);
    done &= EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, sealed);
    done &=
        EVP_EncryptUpdate(context, NULL, &part, (const unsigned char *)bound.at, (int)bound.size);
    done &= EVP_EncryptUpdate(context, sealed + CRYPT_NONCE, &part, (const unsigned char *)plain.at,
                              (int)plain.size);
    done &= EVP_EncryptFinal_ex(context, sealed + CRYPT_NONCE + part, &part);
    done &=
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CRYPT_TAG, sealed + size - CRYPT_TAG);
    assert(done == 1);
    return (struct slice){(const char *)sealed, size};
}

bool crypt_open(struct arena *arena, const unsigned char key[CRYPT_KEY], struct slice sealed,
                struct slice bound, struct slice *ret_plain)
{
    if (sealed.size < CRYPT_NONCE + CRYPT_TAG)
        return false;
    EVP_CIPHER_CTX *context CLEANUP(context_free) = EVP_CIPHER_CTX_new();
    const unsigned char *at = (const unsigned char *)sealed.at;
    size_t size = sealed.size - CRYPT_NONCE - CRYPT_TAG;
    unsigned char tag[CRYPT_TAG];
    unsigned char *plain = arena_take(arena, size + 1);
    int part = 0, done = 1;
    memcpy(tag, at + CRYPT_NONCE + size, CRYPT_TAG);
    done &= EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, at);
    done &=
        EVP_DecryptUpdate(context, NULL, &part, (const unsigned char *)bound.at, (int)bound.size);
    done &= EVP_DecryptUpdate(context, plain, &part, at + CRYPT_NONCE, (int)size);
    done &= EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, CRYPT_TAG, tag);
    if (done != 1 || EVP_DecryptFinal_ex(context, plain + part, &part) != 1)
        return false;
    *ret_plain = (struct slice){(const char *)plain, size};
    return true;
}

const char *crypt_hex(struct arena *arena, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = bytes;
    char *hex = arena_take(arena, size * 2 + 1);
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[at[i] >> 4];
        hex[2 * i + 1] = digits[at[i] & 15];
    }
    return hex;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool crypt_unhex(const char *hex, void *ret_bytes, size_t size)
{
    unsigned char *out = ret_bytes;
    if (strlen(hex) != size * 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

const char *crypt_base32(struct arena *arena, const void *bytes, size_t size)
{
    static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const unsigned char *at = bytes;
    size_t count = (size * 8 + 4) / 5;
    char *text = arena_take(arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)at[bit / 8] << 8 | (bit / 8 + 1 < size ? at[bit / 8 + 1] : 0u);
        text[i] = signs[pair >> (11 - bit % 8) & 31];
    }
    return text;
}

const char *crypt_base64(struct arena *arena, struct slice bytes)
{
    char *text = arena_take(arena, (bytes.size + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.at, (int)bytes.size);
    return text;
}

bool crypt_unbase64(struct arena *arena, const char *text, struct slice *ret_bytes)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text), plain = strspn(text, signs);
    size_t padding = strspn(text + plain, "=");
    if (size % 4 != 0 || padding > 2 || plain + padding != size)
        return false;
    unsigned char *bytes = arena_take(arena, size / 4 * 3 + 1);
    int made = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)size);
    if (made < 0)
        return false;
    *ret_bytes = (struct slice){(const char *)bytes, (size_t)made - padding};
    return true;
}
