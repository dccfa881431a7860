/* Slices, lists of names and growing text. */
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct text *text, size_t more)
{
    if (text->size + more + 1 <= text->room)
        return;
    size_t room = text->room > 0 ? text->room : 256;
    while (room < text->size + more + 1)
        room *= 2;
    text->at = mem_grow(text->at, room);
    text->room = room;
}

void text_clear(struct text *text)
{
    mem_free(text->at);
    *text = (struct text){0};
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
    reserve(text, size);
    if (size > 0)
        memcpy(text->at + text->size, bytes, size);
    text->size += size;
    text->at[text->size] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_add_bytes(text, more, strlen(more));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    reserve(text, (size_t)size);
    vsnprintf(text->at + text->size, (size_t)size + 1, format, values);
    va_end(values);
    text->size += (size_t)size;
}

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_to_int(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (*digits < '0' || *digits > '9')
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}

bool names_have(const struct names *names, const char *name)
{
    for (int i = 0; i < names->count; i++)
        if (text_equal(names->at[i], name))
            return true;
    return false;
}

struct names names_with(struct arena *arena, const struct names *names, const char *name)
{
    struct names more = {names->count + 1, NULL};
    more.at =
        arena_grow(arena, names->at, (size_t)names->count, (size_t)more.count, sizeof(*more.at));
    more.at[names->count] = name;
    return more;
}

struct names names_split(struct arena *arena, const char *text, char separator)
{
    struct names names = {0};
    if (text == NULL)
        return names;
    int room = 1;
    for (const char *at = text; *at != '\0'; at++)
        room += *at == separator;
    names.at = ARENA_ARRAY(arena, const char *, room);
    for (const char *at = text; *at != '\0';) {
        size_t size = strcspn(at, (char[]){separator, '\0'});
        if (size > 0)
            names.at[names.count++] = arena_bytes(arena, at, size);
        at += size + (at[size] != '\0');
    }
    return names;
}

char *names_join(struct arena *arena, const struct names *names, const char *separator)
{
    struct text text CLEANUP(text_clear) = {0};
    for (int i = 0; i < names->count; i++) {
        if (i > 0)
            text_add(&text, separator);
        text_add(&text, names->at[i]);
    }
    return arena_bytes(arena, text.at, text.size);
}
