/* Counting characters. */
#include "wire/utf8.h"

#include <string.h>

size_t utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

bool utf8_blank(const char *text)
{
    static const char *const spaces[] = {" ", "\t", "\n", "\r", "\xC2\xA0", "\xE3\x80\x80"};
    while (*text != '\0') {
        size_t size = 0;
        for (size_t i = 0; i < COUNT_OF(spaces) && size == 0; i++)
            size = text_starts(text, spaces[i]) ? strlen(spaces[i]) : 0;
        if (size == 0)
            return false;
        text += size;
    }
    return true;
}
