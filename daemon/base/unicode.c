/* UTF-8 to UTF-16, ICU's normalizer, and back. Plain ASCII is its own NFKC form and goes round. */
#include "base/unicode.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static bool is_ascii(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] > 127)
            return false;
    return true;
}

static bool is_space(UChar sign)
{
    return u_isUWhiteSpace(sign);
}

static const char *trim_ascii(struct arena *arena, const char *text, size_t size)
{
    while (size > 0 && is_space((UChar)text[size - 1]))
        size--;
    size_t from = 0;
    while (from < size && is_space((UChar)text[from]))
        from++;
    return arena_bytes(arena, text + from, size - from);
}

static const UChar *normal(struct arena *arena, const char *text, int32_t size, int32_t *ret_size)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    int32_t wide_size = 0;
    UChar *wide = ARENA_ARRAY(arena, UChar, size + 1); /* never more units than bytes */
    u_strFromUTF8WithSub(wide, size + 1, &wide_size, text, size, 0xFFFD, NULL, &status);
    assert(U_SUCCESS(status));
    int32_t made_size = unorm2_normalize(nfkc, wide, wide_size, NULL, 0, &status);
    assert(status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status));
    status = U_ZERO_ERROR;
    UChar *made = ARENA_ARRAY(arena, UChar, made_size + 1);
    *ret_size = unorm2_normalize(nfkc, wide, wide_size, made, made_size + 1, &status);
    assert(U_SUCCESS(status));
    return made;
}

const char *unicode_nfkc(struct arena *arena, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);
    if (text == NULL || is_ascii(text, size))
        return text == NULL ? NULL : trim_ascii(arena, text, size);
    assert(size < INT32_MAX / 4);
    struct arena *own CLEANUP(arena_drop) = arena_new();
    int32_t made_size = 0, bytes = 0;
    const UChar *made = normal(own, text, (int32_t)size, &made_size);
    while (made_size > 0 && is_space(made[made_size - 1]))
        made_size--;
    for (; made_size > 0 && is_space(*made); made++)
        made_size--;
    UErrorCode status = U_ZERO_ERROR;
    char *narrow = arena_take(arena, (size_t)made_size * 3 + 1);
    u_strToUTF8(narrow, made_size * 3 + 1, &bytes, made, made_size, &status);
    assert(U_SUCCESS(status));
    return narrow;
}

enum { HAN_FIRST = 0x4E00, HAN_LAST = 0x9FFC }; /* their own NFKC form, all letters */
enum { WIDE_FIRST = 0xFF01, WIDE_LAST = 0xFF5E, WIDE = 0xFEE0 }; /* ASCII, as wide as Chinese */
enum { ASCII_LAST = 0x7F };

/* Signs between letters that no normal form makes letters of: Chinese and general punctuation. */
static bool is_mark(UChar32 sign)
{
    return (sign >= 0x3000 && sign <= 0x3002) || (sign >= 0x3008 && sign <= 0x3011) ||
           (sign >= 0x2013 && sign <= 0x201E) || sign == 0x2026 || sign == 0xB7;
}

/* The code point of one to three bytes at `*at`, which goes behind it; anything else: -1. The text
 * ends with a NUL, so that nothing behind it is read. */
static UChar32 plain_next(const unsigned char **at)
{
    enum { TWO = 0xC0, THREE = 0xE0, FOUR = 0xF0, NEXT = 0x80, NEXT_MASK = 0xC0, BITS = 0x3F };
    const unsigned char *b = *at;
    int more = b[0] < NEXT ? 0 : b[0] < THREE ? 1 : 2;
    bool whole = more == 0 || (b[0] >= TWO && b[0] < FOUR && (b[1] & NEXT_MASK) == NEXT &&
                               (more == 1 || (b[2] & NEXT_MASK) == NEXT));
    if (!whole)
        return -1;
    *at = b + 1 + more;
    if (more == 0)
        return b[0];
    if (more == 1)
        return (b[0] & ~THREE) << 6 | (b[1] & BITS);
    return (b[0] & ~FOUR) << 12 | (b[1] & BITS) << 6 | (b[2] & BITS);
}

/* Folds without tables what nearly all tickets are made of. False: something else is in it. */
static bool fold_plain(const char *text, struct signs *ret_signs, uint32_t *room)
{
    int count = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        UChar32 sign = plain_next(&at);
        if (sign >= WIDE_FIRST && sign <= WIDE_LAST)
            sign -= WIDE;
        bool digit = sign >= '0' && sign <= '9';
        bool upper = sign >= 'A' && sign <= 'Z', lower = sign >= 'a' && sign <= 'z';
        if (digit || upper || lower || (sign >= HAN_FIRST && sign <= HAN_LAST))
            room[count++] = (uint32_t)(upper ? sign - 'A' + 'a' : sign);
        else if (sign < 0 || (sign > ASCII_LAST && !is_mark(sign)))
            return false;
    }
    *ret_signs = (struct signs){count, room};
    return true;
}

/* The same by ICU's tables, for all else. */
static struct signs fold_normal(struct arena *arena, const char *text, int32_t size)
{
    struct arena *own CLEANUP(arena_drop) = arena_new();
    int32_t made_size = 0;
    int count = 0;
    const UChar *made = normal(own, text, size, &made_size);
    uint32_t *room = ARENA_ARRAY(arena, uint32_t, made_size);
    for (int32_t i = 0; i < made_size;) {
        UChar32 sign = made[i++];
        if (U16_IS_LEAD(sign) && i < made_size && U16_IS_TRAIL(made[i]))
            sign = U16_GET_SUPPLEMENTARY(sign, made[i++]);
        if (u_isalnum(sign))
            room[count++] = (uint32_t)u_tolower(sign);
    }
    return (struct signs){count, room};
}

struct signs unicode_fold(struct arena *arena, const char *text)
{
    struct signs signs = {0};
    size_t size = text == NULL ? 0 : strlen(text);
    if (size == 0 || fold_plain(text, &signs, ARENA_ARRAY(arena, uint32_t, size)))
        return signs;
    assert(size < INT32_MAX / 4);
    return fold_normal(arena, text, (int32_t)size);
}
