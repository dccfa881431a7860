/* Query strings' values and cursors. */
#include "wire/query.h"

#include <string.h>

#include "base/crypt.h"
#include "domain/ticket.h"
#include "wire/utf8.h"

enum { NUMBER_SIZE = 8, CHECK_SIZE = 6, CURSOR_TEXT = 1024, HAS_TEXT = 0x80 };

static bool refuse(struct error *err, const char *name, const char *what)
{
    error_set(err, FAULT_MALFORMED, "%s: %s", name, what);
    return error_add(err, name, "%s", what);
}

/* Seven plain values: callers read better so than with a struct for one call. */
/* NOLINTNEXTLINE(readability-function-size) */
bool query_count(const char *value, const char *name, int64_t standard, int64_t min, int64_t max,
                 int64_t *ret_value, struct error *err)
{
    int64_t count = standard;
    if (value != NULL && !text_to_int(value, min, max, &count))
        return refuse(err, name,
                      arena_format(err->arena, "must be a number from %lld to %lld", (long long)min,
                                   (long long)max));
    *ret_value = count;
    return true;
}

bool query_instant(const char *value, const char *name, int offset_s, struct instant *ret_at,
                   struct error *err)
{
    struct date date;
    if (value == NULL) {
        *ret_at = INSTANT_NONE;
        return true;
    }
    if (date_parse(value, &date)) {
        int64_t day_s = (int64_t)date.day * 86400;
        *ret_at = (struct instant){(day_s - offset_s) * 1000000};
        return true;
    }
    /* A plus that was not escaped arrives as a blank. */
    char *text = arena_copy(err->arena, value);
    char *blank = strchr(text, ' ');
    if (blank != NULL)
        *blank = '+';
    if (instant_parse(text, ret_at))
        return true;
    return refuse(err, name, "must be a date or a time such as 2026-11-23T09:00:00+08:00");
}

bool query_date(const char *value, const char *name, struct date standard, struct date *ret_date,
                struct error *err)
{
    *ret_date = standard;
    return value == NULL || date_parse(value, ret_date) ||
           refuse(err, name, "must be a date such as 2026-11-23");
}

bool query_span(const char *value, const char *name, struct span standard, struct span *ret_span,
                struct error *err)
{
    static const struct {
        char sign;
        int64_t seconds;
    } units[] = {
        {'s', 1    },
        {'m', 60   },
        {'h', 3600 },
        {'d', 86400},
    };
    const int64_t year = 366 * INT64_C(86400);
    if (value == NULL) {
        *ret_span = standard;
        return true;
    }
    size_t digits = strspn(value, "0123456789");
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (value[digits] != units[i].sign || value[digits + 1] != '\0')
            continue;
        int64_t amount;
        if (!text_to_int(arena_bytes(err->arena, value, digits), 1, year / units[i].seconds,
                         &amount))
            break;
        *ret_span = SECONDS(amount * units[i].seconds);
        return true;
    }
    return refuse(err, name, "must be a length such as 90m, 48h or 2d, at most 366 days");
}

bool query_word(const char *value, const char *name, const char *const *words, int *ret_word,
                struct error *err)
{
    int word = value == NULL ? -1 : word_find(words, value);
    if (value != NULL && word < 0) {
        struct names names = {0};
        for (int i = 0; words[i] != NULL; i++)
            names = names_with(err->arena, &names, words[i]);
        const char *list = names_join(err->arena, &names, ", ");
        return refuse(err, name, arena_format(err->arena, "must be one of %s", list));
    }
    *ret_word = word;
    return true;
}

bool query_words(const char *value, const char *name, const char *const *words,
                 struct names *ret_words, struct error *err)
{
    struct names asked = names_split(err->arena, value, ',');
    int ignored;
    for (int i = 0; i < asked.count; i++)
        if (!query_word(asked.at[i], name, words, &ignored, err))
            return false;
    *ret_words = asked;
    return true;
}

static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* base64url without padding (RFC 4648, section 5). */
static const char *encode(struct slice bytes, struct arena *arena)
{
    char *text = arena_take(arena, bytes.size * 4 / 3 + 3);
    size_t size = 0;
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i < 3 ? bytes.size - i : 3;
        unsigned group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < left ? (unsigned char)bytes.at[i + j] : 0);
        for (size_t j = 0; j <= left; j++)
            text[size++] = signs[group >> (18 - 6 * j) & 63];
    }
    return text;
}

static bool decode(const char *text, struct arena *arena, struct slice *ret_bytes)
{
    size_t size = strlen(text), used = 0;
    char *bytes = arena_take(arena, size + 1);
    unsigned group = 0;
    int bits = 0;
    for (size_t i = 0; i < size; i++) {
        const char *sign = strchr(signs, text[i]);
        if (sign == NULL)
            return false;
        group = (group << 6 | (unsigned)(sign - signs)) & 0xFFFF;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        bytes[used++] = (char)(group >> bits & 0xFF);
    }
    *ret_bytes = (struct slice){bytes, used};
    return true;
}

static struct crypt_hash check_sum(struct slice bytes, const char *kind)
{
    struct text text CLEANUP(text_clear) = {0};
    text_add_bytes(&text, kind, strlen(kind) + 1);
    text_add_bytes(&text, bytes.at, bytes.size);
    return crypt_sha256((struct slice){text.at, text.size});
}

const char *cursor_write(const struct cursor *cursor, const char *kind, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    char head = (char)(cursor->count | (cursor->text == NULL ? 0 : HAS_TEXT));
    text_add_bytes(&text, &head, 1);
    for (int i = 0; i < cursor->count; i++)
        for (int shift = 56; shift >= 0; shift -= 8)
            text_add_bytes(&text, &(char){(char)((uint64_t)cursor->number[i] >> shift & 0xFF)}, 1);
    if (cursor->text != NULL)
        text_add(&text, cursor->text);
    struct crypt_hash sum = check_sum((struct slice){text.at, text.size}, kind);
    text_add_bytes(&text, sum.at, CHECK_SIZE);
    return encode((struct slice){text.at, text.size}, arena);
}

/* What cursor_write wrote before its check sum; false: it never wrote that. */
static bool cursor_unpack(struct slice bytes, struct arena *arena, struct cursor *ret_cursor)
{
    int head = bytes.size == 0 ? 0 : (unsigned char)bytes.at[0];
    int count = head & ~HAS_TEXT;
    size_t numbers = 1 + (size_t)count * NUMBER_SIZE;
    if (bytes.size == 0 || count > CURSOR_PARTS || bytes.size < numbers)
        return false;
    if ((head & HAS_TEXT) == 0 && bytes.size > numbers)
        return false;
    struct cursor cursor = {.count = count};
    for (int i = 0; i < count; i++) {
        uint64_t number = 0;
        for (int j = 0; j < NUMBER_SIZE; j++)
            number = number << 8 | (unsigned char)bytes.at[1 + i * NUMBER_SIZE + j];
        cursor.number[i] = (int64_t)number;
    }
    for (size_t i = numbers; i < bytes.size;) {
        size_t step = bytes.at[i] == '\0' ? 0 : utf8_step(bytes.at + i, bytes.size - i);
        if (step == 0)
            return false;
        i += step;
    }
    if ((head & HAS_TEXT) != 0)
        cursor.text = arena_bytes(arena, bytes.at + numbers, bytes.size - numbers);
    *ret_cursor = cursor;
    return true;
}

bool cursor_read(const char *text, const char *kind, struct arena *arena, struct cursor *ret_cursor,
                 struct error *err)
{
    static const char what[] = "not a cursor of this list";
    struct cursor cursor = {0};
    struct slice bytes;
    if (text == NULL) {
        *ret_cursor = cursor;
        return true;
    }
    if (strlen(text) > CURSOR_TEXT || !decode(text, arena, &bytes) || bytes.size < CHECK_SIZE)
        return refuse(err, "cursor", what);
    bytes.size -= CHECK_SIZE;
    struct crypt_hash sum = check_sum(bytes, kind);
    if (memcmp(sum.at, bytes.at + bytes.size, CHECK_SIZE) != 0 ||
        !cursor_unpack(bytes, arena, &cursor) ||
        strcmp(cursor_write(&cursor, kind, arena), text) != 0)
        return refuse(err, "cursor", what);
    *ret_cursor = cursor;
    return true;
}
