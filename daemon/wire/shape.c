/* Clearing and writing structs by their shapes. */
#include "wire/shape.h"

#include <math.h>

#include "domain/policy.h"
#include "wire/writer.h"

static double standard_real(const struct field *field)
{
    return field->standard == STANDARD_NAN ? (double)NAN : field->standard;
}

static void clear_field(const struct field *field, char *at)
{
    switch ((enum field_type)field->type) {
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_AREA:
    case FIELD_PHONE:
    case FIELD_HASH:
    case FIELD_CHOICE:
        *(const char **)at = NULL;
        break;
    case FIELD_WORD:
        *(int *)at = field->standard;
        break;
    case FIELD_TRI:
        *(int *)at = -1;
        break;
    case FIELD_INT:
        *(int64_t *)at = field->standard;
        break;
    case FIELD_REAL:
        *(double *)at = standard_real(field);
        break;
    case FIELD_FLAG:
        *(bool *)at = false;
        break;
    case FIELD_DATE:
        *(struct date *)at = DATE_NONE;
        break;
    case FIELD_INSTANT:
        *(struct instant *)at = INSTANT_NONE;
        break;
    case FIELD_NAMES:
        *(struct names *)at = (struct names){0};
        break;
    case FIELD_SELECTOR:
        *(struct selector *)at = (struct selector){0};
        break;
    case FIELD_OWN:
        field->own->clear(at);
        break;
    case FIELD_LIST:
        *(void **)at = NULL;
        break;
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_IGNORED:
    case FIELD_TYPE_COUNT:
        break;
    }
}

/* An object in an object is of another shape, and shapes do not contain themselves. */
void shape_clear(const struct shape *shape, void *target) /* NOLINT(misc-no-recursion) */
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        char *at = (char *)target + field->offset;
        if (field->type == FIELD_OBJECT)
            shape_clear(field->shape, at);
        else
            clear_field(field, at);
        if (field->type == FIELD_LIST || field->type == FIELD_ARRAY)
            *(int *)((char *)target + field->count_offset) = 0;
    }
}

static void write_number(struct text *text, const struct field *field, const char *at)
{
    if (field->type == FIELD_INT) {
        int64_t value = *(const int64_t *)at;
        if ((double)value >= field->min)
            put_int(text, field->name, value);
        return;
    }
    double value = *(const double *)at;
    if (!isnan(value) && value >= field->min)
        put_real(text, field->name, value);
}

static void write_time(struct text *text, const struct field *field, const char *at, int offset_s)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    if (field->type == FIELD_DATE && date_set(*(const struct date *)at))
        put_text(text, field->name, date_format(arena, *(const struct date *)at));
    if (field->type == FIELD_INSTANT && instant_set(*(const struct instant *)at))
        put_instant(text, field->name, *(const struct instant *)at,
                    &(struct instant_form){arena, offset_s});
}

static void write_field(struct text *text, const struct field *field, const char *at, int offset_s)
{
    switch ((enum field_type)field->type) {
    case FIELD_TEXT:
    case FIELD_CODE:
    case FIELD_AREA:
    case FIELD_PHONE:
    case FIELD_HASH:
    case FIELD_CHOICE:
        put_given(text, field->name, *(const char *const *)at);
        break;
    case FIELD_WORD:
        if (*(const int *)at >= 0)
            put_word(text, field->name, field->words, *(const int *)at);
        break;
    case FIELD_TRI:
        if (*(const int *)at >= 0)
            put_flag(text, field->name, *(const int *)at > 0);
        break;
    case FIELD_INT:
    case FIELD_REAL:
        write_number(text, field, at);
        break;
    case FIELD_FLAG:
        put_flag(text, field->name, *(const bool *)at);
        break;
    case FIELD_DATE:
    case FIELD_INSTANT:
        write_time(text, field, at, offset_s);
        break;
    case FIELD_NAMES:
        if (((const struct names *)at)->count > 0)
            put_names(text, field->name, (const struct names *)at);
        break;
    case FIELD_SELECTOR:
        if (((const struct selector *)at)->given)
            put_names(text, field->name, &((const struct selector *)at)->names);
        break;
    case FIELD_OWN:
        field->own->write(text, field->name, at);
        break;
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_ARRAY:
    case FIELD_IGNORED:
    case FIELD_TYPE_COUNT:
        break;
    }
}

struct list {
    const char *items;
    int count;
};

/* NOLINTNEXTLINE(misc-no-recursion) */
static void write_list(struct text *text, const struct field *field, struct list list, int offset_s)
{
    if (list.count == 0)
        return;
    put_begin(text, field->name, '[');
    for (int i = 0; i < list.count; i++)
        shape_write(text, NULL, field->shape, list.items + (size_t)i * field->shape->size,
                    offset_s);
    put_end(text, ']');
}

/* An amount of 0 where at least 1 is wanted means that there is none. */
static bool shape_absent(const struct shape *shape, const void *value)
{
    const struct field *first = &shape->fields[0];
    if (first->type != FIELD_INT || !first->required)
        return false;
    const char *at = (const char *)value + first->offset;
    return (double)*(const int64_t *)at < first->min;
}

/* One that must be there is written although nothing is in it. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void write_object(struct text *text, const struct field *field, const char *at, int offset_s)
{
    size_t before = text->size;
    shape_write(text, field->name, field->shape, at, offset_s);
    if (text->size == before && field->required)
        put_raw(text, field->name, slice_of("{}"));
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void shape_members(struct text *text, const struct shape *shape, const void *value, int offset_s)
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const char *at = (const char *)value + field->offset;
        int count = *(const int *)((const char *)value + field->count_offset);
        if (field->type == FIELD_OBJECT)
            write_object(text, field, at, offset_s);
        else if (field->type == FIELD_LIST)
            write_list(text, field, (struct list){*(const char *const *)at, count}, offset_s);
        else if (field->type == FIELD_ARRAY)
            write_list(text, field, (struct list){at, count}, offset_s);
        else
            write_field(text, field, at, offset_s);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void shape_write(struct text *text, const char *key, const struct shape *shape, const void *value,
                 int offset_s)
{
    size_t before = text->size;
    if (key != NULL && shape_absent(shape, value))
        return;
    put_begin(text, key, '{');
    size_t empty = text->size;
    shape_members(text, shape, value, offset_s);
    if (text->size > empty || key == NULL) {
        put_end(text, '}');
        return;
    }
    text->size = before;
    text->at[before] = '\0';
}
