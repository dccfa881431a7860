/* Encodes parameters: big-endian integers, timestamps in microseconds since 2000-01-01, arrays with
 * one dimension. */
#include "store/args.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };
enum { OID_TIMESTAMPTZ = 1184, ARRAY_HEAD = 20 };
static const int64_t epoch_2000_us = 946684800000000;
static const uint32_t oids[] = {OID_INT8, OID_BOOL,  OID_FLOAT8,
                                OID_TEXT, OID_BYTEA, OID_TIMESTAMPTZ};

struct args {
    struct arena *arena;
    int count;
    const char *values[ARGS_MAX];
    int lengths[ARGS_MAX];
    int formats[ARGS_MAX];
    bool open;         /* an array is being filled */
    uint32_t elements; /* in it */
    struct text array; /* its bytes; freed by args_close */
    enum args_type type;
};

struct args *args_new(struct arena *arena)
{
    struct args *args = ARENA_NEW(arena, struct args);
    args->arena = arena;
    return args;
}

static void add_scalar(struct args *args, const void *bytes, size_t size)
{
    assert(args->count < ARGS_MAX);
    args->values[args->count] = bytes == NULL ? NULL : arena_bytes(args->arena, bytes, size);
    args->lengths[args->count] = (int)size;
    args->formats[args->count] = 1;
    args->count++;
}

static void add_uint32(struct text *text, uint32_t value)
{
    uint32_t big = htobe32(value);
    text_add_bytes(text, &big, sizeof(big));
}

static void add(struct args *args, const void *bytes, size_t size)
{
    if (!args->open) {
        add_scalar(args, bytes, size);
        return;
    }
    args->elements++;
    add_uint32(&args->array, bytes == NULL ? UINT32_MAX : (uint32_t)size);
    text_add_bytes(&args->array, bytes, bytes == NULL ? 0 : size);
}

void args_int(struct args *args, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);
    add(args, &big, sizeof(big));
}

void args_bool(struct args *args, bool value)
{
    unsigned char byte = value;
    add(args, &byte, sizeof(byte));
}

void args_double(struct args *args, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    bits = htobe64(bits);
    add(args, &bits, sizeof(bits));
}

void args_text(struct args *args, const char *value)
{
    add(args, value, value == NULL ? 0 : strlen(value));
}

void args_bytes(struct args *args, struct slice value)
{
    add(args, value.at, value.size);
}

void args_instant(struct args *args, struct instant value)
{
    if (!instant_set(value)) {
        add(args, NULL, 0);
        return;
    }
    args_int(args, value.us - epoch_2000_us);
}

void args_open(struct args *args, enum args_type type)
{
    assert(!args->open);
    args->open = true;
    args->elements = 0;
    args->type = type;
    add_uint32(&args->array, 1); /* dimensions; patched when empty */
    add_uint32(&args->array, 1); /* may hold NULLs */
    add_uint32(&args->array, oids[type]);
    add_uint32(&args->array, 0); /* elements; patched by close */
    add_uint32(&args->array, 1); /* lower bound */
}

void args_close(struct args *args)
{
    assert(args->open);
    args->open = false;
    uint32_t elements = htobe32(args->elements);
    memcpy(args->array.at + 12, &elements, sizeof(elements));
    if (args->elements == 0) {
        memset(args->array.at, 0, 4);
        args->array.size = 12;
    }
    add_scalar(args, args->array.at, args->array.size);
    text_clear(&args->array);
}

void args_names(struct args *args, const struct names *value)
{
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < value->count; i++)
        args_text(args, value->at[i]);
    args_close(args);
}

int args_count(const struct args *args)
{
    return args->count;
}

const char *const *args_values(const struct args *args)
{
    return args->values;
}

const int *args_lengths(const struct args *args)
{
    return args->lengths;
}

const int *args_formats(const struct args *args)
{
    return args->formats;
}
