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

static int limit_of(const struct error *err)
{
    return err->limit > 0 ? err->limit : ERROR_ITEMS;
}

static void make_room(struct error *err)
{
    if (err->count < err->room)
        return;
    int room = err->room > 0 ? err->room * 2 : 8;
    err->items =
        arena_grow(err->arena, err->items, (size_t)err->room, (size_t)room, sizeof(*err->items));
    err->room = room;
}

int error_kept(const struct error *err)
{
    return err->count < limit_of(err) ? err->count : limit_of(err);
}

bool error_full(const struct error *err)
{
    return err->count >= limit_of(err);
}

bool error_add(struct error *err, const char *pointer, const char *format, ...)
{
    if (err->fault == FAULT_NONE)
        err->fault = FAULT_INVALID;
    if (!error_full(err)) {
        make_room(err);
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
