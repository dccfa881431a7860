/* Known vectors and tampering. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypt.h"

static struct arena *arena;

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int arena_end(void **state)
{
    (void)state;
    arena_drop(&arena);
    return 0;
}

static struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static void hashes(void **state)
{
    (void)state;
    struct crypt_hash hash = crypt_sha256(slice("abc"));
    assert_string_equal(crypt_hex(arena, hash.at, sizeof(hash.at)),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash = crypt_sha256((struct slice){NULL, 0});
    assert_string_equal(crypt_hex(arena, hash.at, sizeof(hash.at)),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1 and 2; HMAC fills a short key up with zeros. */
static void hmacs(void **state)
{
    (void)state;
    unsigned char key[CRYPT_KEY] = {0};
    memset(key, 0x0b, 20);
    struct crypt_hash hash = crypt_hmac(key, slice("Hi There"));
    assert_string_equal(crypt_hex(arena, hash.at, sizeof(hash.at)),
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    memset(key, 0, sizeof(key));
    memcpy(key, "Jefe", 4);
    hash = crypt_hmac(key, slice("what do ya want for nothing?"));
    assert_string_equal(crypt_hex(arena, hash.at, sizeof(hash.at)),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* Test case 14 of the GCM specification: key, nonce and plain text of zeros. */
static void gcm_vector(void **state)
{
    (void)state;
    unsigned char key[CRYPT_KEY] = {0}, sealed[CRYPT_NONCE + 16 + CRYPT_TAG] = {0}, zero[16] = {0};
    struct slice plain = {0};
    assert_true(crypt_unhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
                            sealed + CRYPT_NONCE, 32));
    assert_true(crypt_open(arena, key, (struct slice){(const char *)sealed, sizeof(sealed)},
                           (struct slice){NULL, 0}, &plain));
    assert_int_equal(plain.size, 16);
    assert_memory_equal(plain.at, zero, 16);
}

static void sealing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "张三 13800000000", "0123456789abcdef0"};
    unsigned char key[CRYPT_KEY];
    crypt_random(key, sizeof(key));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct slice bound = slice(i == 1 ? "" : "ticket 7"), plain = {0};
        struct slice sealed = crypt_seal(arena, key, slice(texts[i]), bound);
        struct slice again = crypt_seal(arena, key, slice(texts[i]), bound);
        assert_int_equal(sealed.size, CRYPT_NONCE + strlen(texts[i]) + CRYPT_TAG);
        assert_memory_not_equal(sealed.at, again.at, sealed.size);
        assert_true(crypt_open(arena, key, sealed, bound, &plain));
        assert_int_equal(plain.size, strlen(texts[i]));
        assert_memory_equal(plain.at, texts[i], plain.size);
    }
}

/* Every single bit matters, and so do the key, what is bound and the length. */
static void tampering(void **state)
{
    (void)state;
    unsigned char key[CRYPT_KEY] = {1};
    struct slice plain = {0}, bound = slice("b");
    struct slice sealed = crypt_seal(arena, key, slice("text"), bound);
    char *bytes = arena_bytes(arena, sealed.at, sealed.size);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_false(crypt_open(arena, key, (struct slice){bytes, sealed.size}, bound, &plain));
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    assert_false(crypt_open(arena, key, sealed, slice("c"), &plain));
    for (size_t size = 0; size < sealed.size; size++)
        assert_false(crypt_open(arena, key, (struct slice){bytes, size}, bound, &plain));
    assert_null(plain.at);
    key[31] = 1;
    assert_false(crypt_open(arena, key, sealed, bound, &plain));
}

static void signs(void **state)
{
    (void)state;
    unsigned char bytes[3] = {9, 9, 9};
    assert_string_equal(crypt_hex(arena, "\x00\xfe\x1a", 3), "00fe1a");
    assert_true(crypt_unhex("00fe1a", bytes, 3));
    assert_memory_equal(bytes, "\x00\xfe\x1a", 3);
    static const char *const none[] = {"", "00fe1", "00fe1a0", "00fe1g", "00FE1A", "00 e1a"};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(crypt_unhex(none[i], bytes, 3));
    assert_string_equal(crypt_base32(arena, "", 0), "");
    assert_string_equal(crypt_base32(arena, "f", 1), "CR");
    assert_string_equal(crypt_base32(arena, "foobar", 6), "CSQPYRK1E8");
    assert_string_equal(crypt_base32(arena, "\xff\xff\xff\xff\xff", 5), "ZZZZZZZZ");
    assert_string_equal(crypt_base32(arena, "\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf", 10),
                        "0123456789ABCDEF");
    assert_true(crypt_equal("ab", "ab", 2) && crypt_equal("ab", "ac", 1));
    assert_false(crypt_equal("ab", "ac", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),  cmocka_unit_test(hmacs),     cmocka_unit_test(gcm_vector),
        cmocka_unit_test(sealing), cmocka_unit_test(tampering), cmocka_unit_test(signs),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
