/* UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, at most U+10FFFF. */
#pragma once

#include "base/text.h"

/* Bytes of the character at `at`, of which `left` (>= 1) may be read; 0: not UTF-8. */
static inline size_t utf8_step(const char *at, size_t left)
{
    const unsigned char *byte = (const unsigned char *)at;
    if (byte[0] < 0x80)
        return 1;
    size_t size = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
    if (byte[0] < 0xC2 || byte[0] > 0xF4 || left < size)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xF0 && byte[1] < 0x90);
    bool outside = (byte[0] == 0xED && byte[1] > 0x9F) || (byte[0] == 0xF4 && byte[1] > 0x8F);
    return overlong || outside ? 0 : size;
}

/* Characters (code points) of a valid text. */
size_t utf8_count(const char *text);
/* Nothing but white space, the ideographic one included. */
bool utf8_blank(const char *text);
