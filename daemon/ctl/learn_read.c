/* Reading a history row by row. Cells live in scratch memory; what is kept is looked up first, for
 * a unit or an area comes thousands of times. */
#include "ctl/learn_read.h"

#include <string.h>

#include "ctl/ctl.h"
#include "ctl/input.h"
#include "wire/csv.h"
#include "wire/reader.h"
#include "wire/registry_csv.h"

enum { ROWS_BETWEEN = 256, LEVELS_MOST = 5, DATE_SIZE = 10, UNIT_SIZE = 600 };

#define HISTORY(X) X(date) X(category) X(area) X(unit)
enum {
#define X(name) HISTORY_##name,
    HISTORY(X)
#undef X
        HISTORY_COUNT
};
static const char *const history_columns[] = {
#define X(name) #name,
    HISTORY(X)
#undef X
};

struct history_file {
    struct learn_files *files;
    const char *path;
    struct csv csv;
    int places[HISTORY_COUNT]; /* of the columns; -1 = missing */
    int columns;
    size_t room;
};

void learn_files_clear(struct learn_files *files)
{
    map_free(files->texts);
    map_free(files->category_names);
    text_clear(&files->units);
    mem_free((void *)files->history.cases);
    files->history.cases = NULL;
}

static bool find_columns(struct history_file *file, const struct csv_row *head)
{
    bool found = true;
    for (int i = 0; i < HISTORY_COUNT; i++) {
        int times = 0;
        for (int j = 0; j < head->count; j++)
            if (text_equal(head->cells[j], history_columns[i])) {
                file->places[i] = j;
                times++;
            }
        if (times != 1)
            ctl_say("%s:%d: column %s %s", file->path, head->line, history_columns[i],
                    times == 0 ? "is missing" : "comes twice");
        found &= times == 1;
    }
    file->columns = head->count;
    return found;
}

/* "01.002.003": a code that the registry takes, of levels that are not empty. */
static bool category_fits(const char *code)
{
    int levels = 1;
    for (const char *at = code; *at != '\0'; at++) {
        if (*at != '.')
            continue;
        if (at == code || at[1] == '.' || at[1] == '\0')
            return false;
        levels++;
    }
    return code_valid(code) && levels <= LEVELS_MOST;
}

/* A date, alone or with a time behind it. */
static bool date_fits(const char *text, struct date *ret_date)
{
    char day[DATE_SIZE + 1] = "";
    size_t size = strnlen(text, DATE_SIZE);
    memcpy(day, text, size);
    return date_parse(day, ret_date) && (text[size] == '\0' || strchr(" T/", text[size]) != NULL);
}

/* NULL, or what is wrong. */
static const char *row_read(const struct history_file *file, const struct csv_row *row,
                            struct learn_case *ret_case)
{
    if (row->fault != NULL)
        return row->fault;
    if (row->count != file->columns)
        return row->count < file->columns ? "too few cells" : "too many cells";
    struct learn_case one = {
        .category = row->cells[file->places[HISTORY_category]],
        .area = row->cells[file->places[HISTORY_area]],
        .unit = row->cells[file->places[HISTORY_unit]],
    };
    if (!date_fits(row->cells[file->places[HISTORY_date]], &one.date))
        return "date: not a date such as 2026-11-23";
    if (!category_fits(one.category))
        return "category: not a dotted code of up to five levels";
    if (!area_valid(one.area))
        return "area: not a code of 2, 4, 6, 9 or 12 digits";
    if (strlen(one.unit) > UNIT_SIZE)
        return "unit: longer than a name may be";
    *ret_case = one;
    return NULL;
}

/* The text itself, kept. */
static const char *kept(struct learn_files *files, const char *text)
{
    const char *own = map_get(files->texts, text);
    if (own == NULL) {
        char *copy = arena_copy(files->arena, text);
        map_put(files->texts, copy, copy);
        own = copy;
    }
    return own;
}

static void keep_case(struct history_file *file, const struct learn_case *one)
{
    struct learn_files *files = file->files;
    struct learn_case *cases = (struct learn_case *)files->history.cases;
    if (files->history.count == file->room) {
        file->room = file->room * 2 + 1024;
        cases = mem_grow(cases, file->room * sizeof(*cases));
        files->history.cases = cases;
    }
    cases[files->history.count++] = (struct learn_case){
        one->date, kept(files, one->category), kept(files, one->area), kept(files, one->unit)};
}

/* Reads some rows; false at the end. */
static bool read_rows(struct history_file *file)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    for (int i = 0; i < ROWS_BETWEEN; i++) {
        struct csv_row row;
        struct learn_case one;
        if (!csv_next(&file->csv, scratch, &row))
            return false;
        const char *fault = row_read(file, &row, &one);
        if (fault == NULL) {
            keep_case(file, &one);
            continue;
        }
        ctl_say("%s:%d: %s", file->path, row.line, fault);
        file->files->bad_rows++;
    }
    return true;
}

bool learn_read_history(struct learn_files *files, const char *path)
{
    struct text text CLEANUP(text_clear) = {0};
    if (!input_read(path, &text))
        return false;
    struct history_file file = {files, path, csv_open((struct slice){text.at, text.size}),
                                {0},   0,    0};
    struct csv_row head;
    if (!csv_next(&file.csv, files->arena, &head) || head.fault != NULL) {
        ctl_say("%s: no header line", path);
        return false;
    }
    files->texts = map_new(1024);
    if (!find_columns(&file, &head))
        return false;
    while (read_rows(&file)) {
    }
    return true;
}

static bool registry_read(int kind, struct slice text, const char *path, struct arena *arena,
                          struct csv_rows *ret_rows)
{
    struct error err = {.arena = arena, .limit = ERROR_ITEMS_FILE};
    if (registry_csv_read(kind, text, arena, ret_rows, &err))
        return true;
    for (int i = 0; i < error_kept(&err); i++)
        ctl_say("%s: %s: %s", path, err.items[i].pointer, err.items[i].detail);
    if (err.count == 0)
        ctl_say("%s: %s", path, err.detail);
    return false;
}

bool learn_read_units(struct learn_files *files, const char *path)
{
    struct csv_rows rows;
    if (!input_read(path, &files->units) ||
        !registry_read(REGISTRY_UNIT, (struct slice){files->units.at, files->units.size}, path,
                       files->arena, &rows))
        return false;
    files->history.unit_count = rows.count;
    files->history.units = (const struct unit *const *)rows.values;
    return true;
}

bool learn_read_categories(struct learn_files *files, const char *path)
{
    struct text text CLEANUP(text_clear) = {0};
    struct csv_rows rows;
    if (!input_read(path, &text) ||
        !registry_read(REGISTRY_CATEGORY, (struct slice){text.at, text.size}, path, files->arena,
                       &rows))
        return false;
    files->category_names = map_new((size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        const struct category *category = rows.values[i];
        map_put(files->category_names, category->code, (void *)category->name);
    }
    files->history.category_names = files->category_names;
    return true;
}
