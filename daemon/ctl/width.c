/* Display widths. The difficulty is untrusted text: what a citizen wrote must neither break the
 * alignment nor reach the terminal as a command. */
#include "ctl/width.h"

#include <string.h>
#include <wchar.h>

#include "base/text.h"

/* One character at `at`; bytes that are not UTF-8 count one by one, as U+FFFD. */
static size_t decode(const char *at, wchar_t *ret_sign)
{
    mbstate_t state = {0};
    size_t size = mbrtowc(ret_sign, at, strlen(at), &state);
    if (size == (size_t)-1 || size == (size_t)-2) {
        *ret_sign = 0xFFFD;
        return 1;
    }
    return size;
}

static int sign_width(wchar_t sign)
{
    int width = wcwidth(sign);
    return width < 0 ? 1 : width;
}

static bool turns_direction(wchar_t sign)
{
    return sign == 0x061C || (sign >= 0x200E && sign <= 0x200F) ||
           (sign >= 0x202A && sign <= 0x202E) || (sign >= 0x2066 && sign <= 0x2069);
}

int width_of(const char *text)
{
    int width = 0;
    wchar_t sign;
    for (const char *at = text; *at != '\0'; at += decode(at, &sign), width += sign_width(sign))
        ;
    return width;
}

const char *width_clean(struct arena *arena, const char *text)
{
    struct text clean CLEANUP(text_clear) = {0};
    text_add(&clean, "");
    for (const char *at = text; *at != '\0';) {
        wchar_t sign;
        size_t size = decode(at, &sign);
        if (sign == '\t' || sign == '\n' || sign == '\r')
            text_add(&clean, " ");
        else if (sign == 0xFFFD || wcwidth(sign) < 0)
            text_add(&clean, "\xEF\xBF\xBD");
        else if (!turns_direction(sign))
            text_add_bytes(&clean, at, size);
        at += size;
    }
    return arena_bytes(arena, clean.at, clean.size);
}

const char *width_cut(struct arena *arena, const char *text, int columns)
{
    if (width_of(text) <= columns)
        return text;
    int width = 1; /* the ellipsis */
    const char *at = text;
    while (*at != '\0') {
        wchar_t sign;
        size_t size = decode(at, &sign);
        if (width + sign_width(sign) > columns)
            break;
        width += sign_width(sign);
        at += size;
    }
    return arena_format(arena, "%.*s\xE2\x80\xA6", (int)(at - text), text);
}
