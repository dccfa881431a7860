/* A CSV parser that goes on behind a bad line. */
#include "wire/csv.h"

#include <string.h>

#include "wire/utf8.h"

enum { FIRST_CELLS = 16 };

static const char not_utf8[] = "not UTF-8, or NUL";

struct csv csv_open(struct slice file)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t size = strlen(mark);
    if (file.size >= size && memcmp(file.at, mark, size) == 0)
        file = (struct slice){file.at + size, file.size - size};
    return (struct csv){file, 1};
}

static void skip(struct csv *csv, size_t size)
{
    csv->rest.at += size;
    csv->rest.size -= size;
}

/* Bytes of a line end here; 0: none. */
static size_t line_end(const struct csv *csv)
{
    if (csv->rest.size >= 1 && csv->rest.at[0] == '\n')
        return 1;
    return csv->rest.size >= 2 && csv->rest.at[0] == '\r' && csv->rest.at[1] == '\n' ? 2 : 0;
}

static void skip_line(struct csv *csv)
{
    const char *end = csv->rest.size == 0 ? NULL : memchr(csv->rest.at, '\n', csv->rest.size);
    skip(csv, end == NULL ? csv->rest.size : (size_t)(end - csv->rest.at) + 1);
    csv->line++;
}

/* One character of a cell; 0: not allowed. */
static size_t step(const struct csv *csv)
{
    return csv->rest.at[0] == '\0' ? 0 : utf8_step(csv->rest.at, csv->rest.size);
}

static const char *read_plain(struct csv *csv, struct arena *arena, const char **ret_cell)
{
    const char *from = csv->rest.at;
    while (csv->rest.size > 0 && csv->rest.at[0] != ',' && line_end(csv) == 0) {
        size_t size = step(csv);
        if (size == 0)
            return not_utf8;
        if (csv->rest.at[0] == '"')
            return "a quote inside a cell without quotes around it";
        if (csv->rest.at[0] == '\r')
            return "a carriage return alone";
        skip(csv, size);
    }
    *ret_cell = arena_bytes(arena, from, (size_t)(csv->rest.at - from));
    return NULL;
}

/* Behind the opening quote. */
static const char *read_quoted(struct csv *csv, struct arena *arena, const char **ret_cell)
{
    struct text text CLEANUP(text_clear) = {0};
    const char *from = csv->rest.at;
    while (csv->rest.size > 0) {
        size_t size = step(csv);
        if (size == 0)
            return not_utf8;
        if (csv->rest.at[0] != '"') {
            csv->line += csv->rest.at[0] == '\n';
            skip(csv, size);
            continue;
        }
        text_add_bytes(&text, from, (size_t)(csv->rest.at - from));
        skip(csv, 1);
        from = csv->rest.at;
        if (csv->rest.size == 0 || csv->rest.at[0] != '"') {
            *ret_cell = arena_bytes(arena, text.at, text.size);
            return NULL;
        }
        skip(csv, 1); /* the second quote of a pair stays part of the cell */
    }
    return "a quote that is not closed";
}

static const char *read_cell(struct csv *csv, struct arena *arena, const char **ret_cell)
{
    if (csv->rest.size == 0 || csv->rest.at[0] != '"')
        return read_plain(csv, arena, ret_cell);
    skip(csv, 1);
    const char *fault = read_quoted(csv, arena, ret_cell);
    bool ended = csv->rest.size == 0 || csv->rest.at[0] == ',' || line_end(csv) > 0;
    return fault == NULL && !ended ? "something behind the closing quote" : fault;
}

bool csv_next(struct csv *csv, struct arena *arena, struct csv_row *ret_row)
{
    while (line_end(csv) > 0)
        skip_line(csv);
    if (csv->rest.size == 0)
        return false;
    int room = FIRST_CELLS;
    struct csv_row row = {.line = csv->line, .cells = ARENA_ARRAY(arena, const char *, room)};
    for (bool more = true; more;) {
        if (row.count == room) {
            row.cells =
                arena_grow(arena, row.cells, (size_t)room, (size_t)room * 2, sizeof(*row.cells));
            room *= 2;
        }
        row.fault = read_cell(csv, arena, &row.cells[row.count]);
        if (row.fault != NULL)
            break;
        row.count++;
        more = csv->rest.size > 0 && csv->rest.at[0] == ',';
        if (more)
            skip(csv, 1);
    }
    skip_line(csv);
    *ret_row = row;
    return true;
}
