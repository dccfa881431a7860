/* Collects what went wrong. */
#include "base/error.h"

bool error_set(struct error *err, enum fault fault, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    err->fault = fault;
    err->detail = arena_vformat(err->arena, format, values);
    va_end(values);
    return false;
}

bool error_add(struct error *err, const char *pointer, const char *format, ...)
{
    if (err->fault == FAULT_NONE)
        err->fault = FAULT_INVALID;
    if (err->items == NULL)
        err->items = ARENA_ARRAY(err->arena, struct error_item, ERROR_ITEMS);
    if (err->count < ERROR_ITEMS) {
        va_list values;
        va_start(values, format);
        err->items[err->count].pointer = arena_copy(err->arena, pointer);
        err->items[err->count].detail = arena_vformat(err->arena, format, values);
        va_end(values);
    }
    err->count++;
    return false;
}

bool error_none(const struct error *err)
{
    return err->fault == FAULT_NONE;
}
