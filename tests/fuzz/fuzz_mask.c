/* Masking any bytes: as many characters as before, what is not starred stays where it was, and what
 * is starred was a digit or stood in an address. */
#include <string.h>

#include "domain/mask.h"
#include "domain/mask_number.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_bytes(arena, bytes, size), *made = mask_text(arena, text);
    int changed = 0;
    while (*text != '\0') {
        bool chinese;
        struct glyph old = glyph_at(text), fresh = glyph_at(made);
        bool digit = glyph_digit(old.sign, &chinese) >= 0;
        bool same = old.size == fresh.size && memcmp(text, made, old.size) == 0;
        CHECK(same || (*made == '*' && (digit || (old.size == 1 && *text > ' ' && *text < 0x7F))));
        changed += !same;
        text += old.size;
        made += same ? old.size : 1;
    }
    CHECK(*made == '\0' && (changed == 0) == (text == made));
    arena_free(arena);
    return 0;
}
