/* Building JSON text by hand: faster than a tree, and the order of members is ours. */
#include "wire/writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire/utf8.h"

/* Bytes that stand for themselves; 0 at the end of the run. */
static size_t plain_run(const char *at, const char *end)
{
    const char *from = at;
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) {
        size_t step = utf8_step(at, (size_t)(end - at));
        if (step == 0)
            break;
        at += step;
    }
    return (size_t)(at - from);
}

static void put_escaped(struct text *text, char byte)
{
    switch (byte) {
    case '"':
        text_add(text, "\\\"");
        break;
    case '\\':
        text_add(text, "\\\\");
        break;
    case '\n':
        text_add(text, "\\n");
        break;
    case '\r':
        text_add(text, "\\r");
        break;
    case '\t':
        text_add(text, "\\t");
        break;
    default:
        if ((unsigned char)byte < 0x20)
            text_format(text, "\\u%04x", (unsigned)byte);
        else
            text_add(text, "\\ufffd");
    }
}

static void put_string(struct text *text, const char *value)
{
    const char *end = value + strlen(value);
    text_add_bytes(text, "\"", 1);
    while (value < end) {
        size_t run = plain_run(value, end);
        text_add_bytes(text, value, run);
        value += run;
        if (value < end)
            put_escaped(text, *value++);
    }
    text_add_bytes(text, "\"", 1);
}

/* The comma before an item, and its key. */
static void put_key(struct text *text, const char *key)
{
    char last = text->size > 0 ? text->at[text->size - 1] : '[';
    if (last != '{' && last != '[')
        text_add_bytes(text, ",", 1);
    if (key == NULL)
        return;
    put_string(text, key);
    text_add_bytes(text, ":", 1);
}

void put_begin(struct text *text, const char *key, char bracket)
{
    put_key(text, key);
    text_add_bytes(text, &bracket, 1);
}

void put_end(struct text *text, char bracket)
{
    text_add_bytes(text, &bracket, 1);
}

void put_text(struct text *text, const char *key, const char *value)
{
    put_key(text, key);
    if (value == NULL)
        text_add(text, "null");
    else
        put_string(text, value);
}

void put_given(struct text *text, const char *key, const char *value)
{
    if (value != NULL)
        put_text(text, key, value);
}

void put_int(struct text *text, const char *key, int64_t value)
{
    put_key(text, key);
    text_format(text, "%lld", (long long)value);
}

/* Scores and terms are whole millionths: those need no floating-point formatting, which costs more
 * than all the rest of a ticket's JSON. False: it is not such a number. */
static bool put_millionths(struct text *text, double value)
{
    enum { UNIT = 1000000, DIGITS = 6 };
    double whole = round(value * UNIT);
    if (!(whole >= 0 && whole < 1e15) || whole / UNIT != value)
        return false;
    int64_t millionths = (int64_t)whole, rest = millionths % UNIT;
    char fraction[DIGITS + 1] = "";
    int size = rest == 0 ? 0 : DIGITS;
    for (int i = size - 1; i >= 0; i--, rest /= 10)
        fraction[i] = (char)('0' + rest % 10);
    while (size > 0 && fraction[size - 1] == '0')
        fraction[--size] = '\0';
    text_format(text, "%lld%s%s", (long long)(millionths / UNIT), size > 0 ? "." : "", fraction);
    return true;
}

void put_real(struct text *text, const char *key, double value)
{
    put_key(text, key);
    if (put_millionths(text, value))
        return;
    if (!isfinite(value)) {
        text_add(text, "null");
        return;
    }
    size_t from = text->size;
    for (int digits = 15; digits <= 17; digits++) {
        text->size = from;
        text_format(text, "%.*g", digits, value);
        if (strtod(text->at + from, NULL) == value)
            break;
    }
}

void put_flag(struct text *text, const char *key, bool value)
{
    put_key(text, key);
    text_add(text, value ? "true" : "false");
}

void put_null(struct text *text, const char *key)
{
    put_key(text, key);
    text_add(text, "null");
}

void put_raw(struct text *text, const char *key, struct slice json)
{
    put_key(text, key);
    if (json.size == 0)
        text_add(text, "null");
    else
        text_add_bytes(text, json.at, json.size);
}

void put_names(struct text *text, const char *key, const struct names *names)
{
    put_begin(text, key, '[');
    for (int i = 0; i < names->count; i++)
        put_text(text, NULL, names->at[i]);
    put_end(text, ']');
}

void put_word(struct text *text, const char *key, const char *const *words, int word)
{
    put_text(text, key, word < 0 ? NULL : words[word]);
}

void put_instant(struct text *text, const char *key, struct instant at,
                 const struct instant_form *form)
{
    put_text(text, key, instant_set(at) ? instant_format(form->arena, at, form->offset_s) : NULL);
}

struct slice put_done(struct text *text, struct arena *arena)
{
    struct slice slice = {arena_bytes(arena, text->at, text->size), text->size};
    text_clear(text);
    return slice;
}

struct slice slice_of(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}
