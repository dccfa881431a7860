/* Decodes binary columns. What the schema does not allow is our own bug, hence the assertions. */
#include "store/row.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include <libpq-fe.h>

static const int64_t epoch_2000_us = 946684800000000;

static const PGresult *of(const struct row *row)
{
    return (const PGresult *)row->result;
}

struct row rows_at(const struct rows *rows, int index, struct arena *arena)
{
    assert(index >= 0 && index < rows->count);
    return (struct row){rows->result, index, 0, arena};
}

/* The column's bytes, at NULL for SQL NULL; moves on. */
static struct slice next(struct row *row)
{
    int column = row->column++;
    assert(column < PQnfields(of(row)));
    if (PQgetisnull(of(row), row->row, column))
        return (struct slice){NULL, 0};
    return (struct slice){PQgetvalue(of(row), row->row, column),
                          (size_t)PQgetlength(of(row), row->row, column)};
}

int64_t row_int(struct row *row)
{
    struct slice bytes = next(row);
    if (bytes.at == NULL)
        return 0;
    if (bytes.size == sizeof(uint32_t)) {
        uint32_t small;
        memcpy(&small, bytes.at, sizeof(small));
        return (int32_t)be32toh(small);
    }
    uint64_t big;
    assert(bytes.size == sizeof(big));
    memcpy(&big, bytes.at, sizeof(big));
    return (int64_t)be64toh(big);
}

bool row_bool(struct row *row)
{
    struct slice bytes = next(row);
    return bytes.at != NULL && bytes.at[0] != 0;
}

double row_double(struct row *row)
{
    uint64_t bits = (uint64_t)row_int(row);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

const char *row_text(struct row *row)
{
    struct slice bytes = next(row);
    return bytes.at == NULL ? NULL : arena_bytes(row->arena, bytes.at, bytes.size);
}

struct slice row_view(struct row *row)
{
    return next(row);
}

struct slice row_bytes(struct row *row)
{
    struct slice bytes = next(row);
    if (bytes.at != NULL)
        bytes.at = arena_bytes(row->arena, bytes.at, bytes.size);
    return bytes;
}

bool row_null(const struct row *row)
{
    return PQgetisnull(of(row), row->row, row->column) != 0;
}

struct instant row_instant(struct row *row)
{
    if (row_null(row)) {
        row->column++;
        return INSTANT_NONE;
    }
    return (struct instant){row_int(row) + epoch_2000_us};
}

static uint32_t read_uint32(const char **at)
{
    uint32_t value;
    memcpy(&value, *at, sizeof(value));
    *at += sizeof(value);
    return be32toh(value);
}

struct names row_names(struct row *row)
{
    struct slice bytes = next(row);
    struct names names = {0};
    if (bytes.at == NULL)
        return names;
    const char *at = bytes.at;
    if (read_uint32(&at) == 0)
        return names;
    at += 8; /* NULL flag and element type */
    uint32_t count = read_uint32(&at);
    at += 4; /* lower bound */
    names.at = ARENA_ARRAY(row->arena, const char *, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = read_uint32(&at);
        names.at[names.count++] = arena_bytes(row->arena, at, size);
        at += size;
    }
    return names;
}

int row_word(struct row *row, const char *const *words)
{
    struct slice word = next(row);
    for (int i = 0; word.at != NULL && words[i] != NULL; i++)
        if (strlen(words[i]) == word.size && memcmp(words[i], word.at, word.size) == 0)
            return i;
    return -1;
}
