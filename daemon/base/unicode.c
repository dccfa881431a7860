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
