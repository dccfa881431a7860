/* Tables. A table wider than the terminal gives up columns of text first, the widest one first. */
#include "ctl/table.h"

#include "ctl/width.h"

enum { GAP = 2, LEAST = 8 /* columns that a cut text keeps */ };

struct table {
    struct arena *arena;
    struct screen screen;
    const struct column *columns;
    int count;
    struct table_before *before;
    size_t rows, room;
    const char **cells; /* row by row */
};

struct table *table_new(struct arena *arena, const struct screen *screen,
                        const struct column *columns, int count)
{
    struct table *table = ARENA_NEW(arena, struct table);
    table->arena = arena;
    table->screen = *screen;
    table->columns = columns;
    table->count = count < TABLE_COLUMNS ? count : TABLE_COLUMNS;
    return table;
}

void table_continue(struct table *table, struct table_before *before)
{
    table->before = before;
}

void table_add(struct table *table, const char *const *cells)
{
    size_t count = (size_t)table->count;
    if (table->rows == table->room) {
        size_t room = table->room > 0 ? table->room * 2 : 16;
        table->cells = arena_grow(table->arena, table->cells, table->room * count, room * count,
                                  sizeof(*table->cells));
        table->room = room;
    }
    for (size_t i = 0; i < count; i++)
        table->cells[table->rows * count + i] =
            width_clean(table->arena, cells[i] != NULL ? cells[i] : "");
    table->rows++;
}

static const char *cell(const struct table *table, size_t row, int column)
{
    return table->cells[row * (size_t)table->count + (size_t)column];
}

/* Width of each column; 0: it is left out. */
static void measure(const struct table *table, int *ret_widths)
{
    for (int i = 0; i < table->count; i++) {
        int width = table->before != NULL ? table->before->widths[i] : 0;
        for (size_t row = 0; row < table->rows; row++) {
            int own = width_of(cell(table, row, i));
            width = own > width ? own : width;
        }
        int title = width_of(table->columns[i].title);
        ret_widths[i] = width == 0 && table->before == NULL ? 0 : width > title ? width : title;
    }
}

static bool may_cut(int kind)
{
    return kind == COLUMN_TEXT || kind == COLUMN_NAMED;
}

static void fit(const struct table *table, int *widths)
{
    int total = -GAP;
    for (int i = 0; i < table->count; i++)
        total += widths[i] > 0 ? widths[i] + GAP : 0;
    while (total > table->screen.width) {
        int widest = -1;
        for (int i = 0; i < table->count; i++)
            if (may_cut(table->columns[i].kind) && widths[i] > LEAST &&
                (widest < 0 || widths[i] > widths[widest]))
                widest = i;
        if (widest < 0)
            return; /* what is left may not be cut: the terminal wraps it */
        widths[widest]--;
        total--;
    }
}

static bool to_the_right(int kind)
{
    return kind == COLUMN_NUMBER || kind == COLUMN_SPAN || kind == COLUMN_FIGURE;
}

static void print_row(const struct table *table, const int *widths, const char *const *cells,
                      FILE *out)
{
    int owed = 0; /* blanks, so that none end a line */
    for (int i = 0; i < table->count; i++) {
        if (widths[i] == 0)
            continue;
        const char *text = width_cut(table->arena, cells[i], widths[i]);
        int fill = widths[i] - width_of(text);
        bool right = to_the_right(table->columns[i].kind);
        if (text[0] != '\0') {
            fprintf(out, "%*s%s", owed + (right ? fill : 0), "", text);
            owed = 0;
        } else
            owed += right ? fill : 0;
        owed += GAP + (right ? 0 : fill);
    }
    fputc('\n', out);
}

static void print_titles(const struct table *table, const int *widths, FILE *out)
{
    const char *titles[TABLE_COLUMNS];
    for (int i = 0; i < table->count; i++)
        titles[i] = table->columns[i].title;
    if (table->screen.bold)
        fputs("\033[1m", out);
    print_row(table, widths, titles, out);
    if (table->screen.bold)
        fputs("\033[0m", out);
}

static void print_plain(const struct table *table, FILE *out)
{
    for (size_t row = 0; row < table->rows; row++)
        for (int i = 0; i < table->count; i++)
            fprintf(out, "%s%c", cell(table, row, i), i + 1 < table->count ? '\t' : '\n');
}

void table_print(const struct table *table, FILE *out)
{
    if (!table->screen.pretty) {
        print_plain(table, out);
        return;
    }
    int widths[TABLE_COLUMNS] = {0};
    measure(table, widths);
    for (int i = 0; table->before != NULL && i < table->count; i++)
        table->before->widths[i] = widths[i];
    fit(table, widths);
    if (table->rows > 0 && (table->before == NULL || !table->before->titled))
        print_titles(table, widths, out);
    if (table->before != NULL)
        table->before->titled |= table->rows > 0;
    for (size_t row = 0; row < table->rows; row++)
        print_row(table, widths, table->cells + row * (size_t)table->count, out);
}
