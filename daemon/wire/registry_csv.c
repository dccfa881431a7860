/* CSV rows become the nodes that JSON would have given, so that one reader judges both. */
#include "wire/registry_csv.h"

#include <string.h>

#include "base/map.h"
#include "wire/csv.h"
#include "wire/reader.h"
#include "wire/registry_fields.h"
#include "wire/registry_json.h"

enum { COLUMNS = 40, ROWS_BETWEEN = 256, FIRST_ROWS = 1024 };

struct column {
    const char *name;
    const struct field *parent; /* "contact" of "contact.phone"; NULL */
    const struct field *field;
};

struct sheet {
    struct csv csv;
    const struct shape *shape;
    struct column columns[COLUMNS];
    int count;
    int rows; /* read since the scratch memory was new */
    struct arena *arena, *scratch;
    struct error *err;
};

static void sheet_close(struct sheet *sheet)
{
    arena_free(sheet->scratch);
}

static const struct field *field_named(const struct shape *shape, const char *name, size_t size)
{
    for (int i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (strncmp(field->name, name, size) == 0 && field->name[size] == '\0')
            return field->type == FIELD_OWN || field->type == FIELD_IGNORED ? NULL : field;
    }
    return NULL;
}

/* The field that a column names; false: none. */
static bool column_find(const struct shape *shape, const char *name, struct column *ret_column)
{
    size_t size = strcspn(name, ".");
    const struct field *parent = NULL, *field = field_named(shape, name, size);
    if (field != NULL && field->type == FIELD_OBJECT && name[size] == '.') {
        parent = field;
        name += size + 1;
        size = strlen(name);
        field = field_named(parent->shape, name, size);
    }
    if (field == NULL || name[size] != '\0' || field->type == FIELD_OBJECT)
        return false;
    ret_column->parent = parent;
    ret_column->field = field;
    return true;
}

static bool column_known(const struct sheet *sheet, const char *name)
{
    for (int i = 0; i < sheet->count; i++)
        if (strcmp(sheet->columns[i].name, name) == 0)
            return true;
    return false;
}

static void need_columns(const struct sheet *sheet, struct reader *reader)
{
    for (int i = 0; i < sheet->shape->count; i++) {
        const struct field *field = &sheet->shape->fields[i];
        bool needed = field->required || strcmp(field->name, "code") == 0;
        if (needed && !column_known(sheet, field->name))
            reader_fault_at(reader, field->name, "this column is missing");
    }
}

static bool sheet_open(struct sheet *sheet, struct slice file)
{
    struct csv_row row;
    sheet->csv = csv_open(file);
    sheet->scratch = arena_new();
    if (!csv_next(&sheet->csv, sheet->arena, &row))
        return error_add(sheet->err, "/1", "a line with the names of the columns is missing");
    struct reader reader = {.err = sheet->err, .line = row.line};
    if (row.fault != NULL)
        reader_fault(&reader, "%s", row.fault);
    for (int i = 0; i < row.count && row.fault == NULL; i++) {
        const char *name = row.cells[i];
        if (i >= COLUMNS) {
            reader_fault(&reader, "more than %d columns", COLUMNS);
            break;
        }
        if (!column_find(sheet->shape, name, &sheet->columns[i]))
            reader_fault_at(&reader, name, "unknown column");
        else if (column_known(sheet, name))
            reader_fault_at(&reader, name, "this column comes twice");
        sheet->columns[i].name = name;
        sheet->count = i + 1;
    }
    if (row.fault == NULL)
        need_columns(sheet, &reader);
    return error_none(sheet->err);
}

static struct node *node_text(struct arena *arena, const char *key, const char *text)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = (struct node){.type = NODE_TEXT, .key = key, .text = text};
    return node;
}

static struct node *node_list(struct arena *arena, int type, const char *key)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = (struct node){.type = type, .key = key, .first = NULL};
    return node;
}

static void node_append(struct node *parent, struct node *node)
{
    struct node **tail = &parent->first;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = node;
    parent->count++;
}

/* A number as JSON writes it; anything else stays text, and the reader refuses it. */
static struct node *node_number(struct arena *arena, const char *text)
{
    const char *list = arena_format(arena, "[%s]", text);
    const struct node *root = node_scan((struct slice){list, strlen(list)}, arena);
    bool number = root != NULL && root->count == 1 &&
                  (root->first->type == NODE_INT || root->first->type == NODE_REAL);
    return number ? root->first : node_text(arena, NULL, text);
}

/* Without the blanks at both ends. */
static const char *trimmed(struct arena *arena, const char *text)
{
    size_t size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    size_t from = strspn(text, " ");
    return from >= size ? "" : arena_bytes(arena, text + from, size - from);
}

/* `name@from..to` of which all but the name may be absent. */
static struct node *node_alias(struct arena *arena, const char *text)
{
    struct node *alias = node_list(arena, NODE_OBJECT, NULL);
    const char *at = strrchr(text, '@');
    size_t size = at == NULL ? strlen(text) : (size_t)(at - text);
    node_append(alias, node_text(arena, "name", arena_bytes(arena, text, size)));
    if (at == NULL)
        return alias;
    const char *dots = strstr(at + 1, "..");
    size_t from = dots == NULL ? strlen(at + 1) : (size_t)(dots - at - 1);
    if (from > 0)
        node_append(alias, node_text(arena, "from", arena_bytes(arena, at + 1, from)));
    if (dots != NULL && dots[2] != '\0')
        node_append(alias, node_text(arena, "to", dots + 2));
    return alias;
}

static struct node *node_cell(struct arena *arena, const struct field *field, const char *cell)
{
    if (field->type == FIELD_INT || field->type == FIELD_REAL)
        return node_number(arena, cell);
    if (field->type != FIELD_NAMES && field->type != FIELD_LIST)
        return node_text(arena, NULL, cell);
    struct node *list = node_list(arena, NODE_ARRAY, NULL);
    struct names parts = names_split(arena, cell, ';');
    for (int i = 0; i < parts.count; i++) {
        const char *part = trimmed(arena, parts.at[i]);
        if (part[0] == '\0')
            continue;
        node_append(list, field->type == FIELD_LIST ? node_alias(arena, part)
                                                    : node_text(arena, NULL, part));
    }
    return list;
}

/* The object that a column's value goes into: the row's, or the one in it that the name says. */
static struct node *node_holder(const struct sheet *sheet, const struct column *column,
                                struct node *object)
{
    if (column->parent == NULL)
        return object;
    struct node *holder = node_member(object, column->parent->name);
    if (holder == NULL) {
        holder = node_list(sheet->scratch, NODE_OBJECT, column->parent->name);
        node_append(object, holder);
    }
    return holder;
}

/* A row as the object that JSON would have; empty cells are absent. */
static struct node *node_row(const struct sheet *sheet, const struct csv_row *row)
{
    struct node *object = node_list(sheet->scratch, NODE_OBJECT, NULL);
    for (int i = 0; i < row->count; i++) {
        const struct column *column = &sheet->columns[i];
        if (row->cells[i][0] == '\0')
            continue;
        struct node *node = node_cell(sheet->scratch, column->field, row->cells[i]);
        node->key = column->field->name;
        node_append(node_holder(sheet, column, object), node);
    }
    return object;
}

/* What a row's form lacks; NULL: nothing. */
static const char *row_fault(const struct sheet *sheet, const struct csv_row *row)
{
    if (row->fault != NULL || row->count == sheet->count)
        return row->fault;
    return arena_format(sheet->scratch, "has %d cells instead of %d", row->count, sheet->count);
}

/* The next row that is whole; NULL at the end. It lives until the next call. */
static const struct node *sheet_next(struct sheet *sheet, int *ret_line)
{
    for (;;) {
        struct csv_row row;
        if (sheet->rows++ >= ROWS_BETWEEN) {
            arena_free(sheet->scratch);
            sheet->scratch = arena_new();
            sheet->rows = 1;
        }
        if (!csv_next(&sheet->csv, sheet->scratch, &row))
            return NULL;
        const char *fault = row_fault(sheet, &row);
        *ret_line = row.line;
        if (fault == NULL)
            return node_row(sheet, &row);
        struct reader reader = {.err = sheet->err, .line = row.line};
        if (row.fault != NULL && row.count < sheet->count)
            reader_fault_at(&reader, sheet->columns[row.count].name, "%s", fault);
        else
            reader_fault(&reader, "%s", fault);
    }
}

static void map_drop(struct map **map)
{
    map_free(*map);
}

/* Notes the line of a code or date; says so when there was one already. */
static void note_line(struct map *lines, const char *what, const char *key, int *line,
                      struct reader *reader)
{
    const int *first = map_get(lines, key);
    if (first != NULL)
        reader_fault_at(reader, what, "is on line %d already", *first);
    else
        map_put(lines, key, line);
}

static void rows_grow(struct csv_rows *rows, int *room, struct arena *arena)
{
    if (rows->count < *room)
        return;
    int more = *room == 0 ? FIRST_ROWS : *room * 2;
    size_t from = (size_t)rows->count;
    rows->values = arena_grow(arena, rows->values, from, (size_t)more, sizeof(*rows->values));
    rows->lines = arena_grow(arena, rows->lines, from, (size_t)more, sizeof(*rows->lines));
    *room = more;
}

bool registry_csv_read(int kind, struct slice file, struct arena *arena, struct csv_rows *ret_rows,
                       struct error *err)
{
    struct sheet sheet CLEANUP(sheet_close) = {.arena = arena, .err = err};
    struct map *lines CLEANUP(map_drop) = map_new(FIRST_ROWS);
    struct csv_rows rows = {0};
    const struct node *node;
    int room = 0, line;
    sheet.shape = registry_shape(kind);
    if (!sheet_open(&sheet, file))
        return false;
    while ((node = sheet_next(&sheet, &line)) != NULL) {
        struct reader reader = {.arena = arena, .err = err, .line = line};
        void *value = arena_take(arena, sheet.shape->size);
        registry_row_read(&reader, kind, node, NULL, value);
        rows_grow(&rows, &room, arena);
        rows.values[rows.count] = value;
        rows.lines[rows.count++] = line;
        int *kept = ARENA_NEW(arena, int);
        *kept = line;
        if (registry_code(kind, value) != NULL)
            note_line(lines, "code", registry_code(kind, value), kept, &reader);
    }
    if (!error_none(err))
        return false;
    *ret_rows = rows;
    return true;
}

bool overrides_csv_read(struct slice file, struct arena *arena, struct override **ret_overrides,
                        int *ret_count, struct error *err)
{
    struct sheet sheet CLEANUP(sheet_close) = {
        .arena = arena, .err = err, .shape = &override_shape};
    struct map *lines CLEANUP(map_drop) = map_new(FIRST_ROWS);
    struct override *overrides = NULL;
    const struct node *node;
    int count = 0, room = 0, line;
    if (!sheet_open(&sheet, file))
        return false;
    while ((node = sheet_next(&sheet, &line)) != NULL) {
        struct reader reader = {.arena = arena, .err = err, .line = line};
        if (count == room) {
            room = room == 0 ? FIRST_ROWS : room * 2;
            overrides =
                arena_grow(arena, overrides, (size_t)count, (size_t)room, sizeof(*overrides));
        }
        struct override *override = &overrides[count++];
        reader_object(&reader, &override_shape, node, override);
        int *kept = ARENA_NEW(arena, int);
        *kept = line;
        if (date_set(override->date))
            note_line(lines, "date", date_format(arena, override->date), kept, &reader);
    }
    if (!error_none(err))
        return false;
    *ret_overrides = overrides;
    *ret_count = count;
    return true;
}
