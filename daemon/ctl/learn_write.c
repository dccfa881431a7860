/* CSV for import. A unit's row is written back cell by cell as it was read, so that nothing that
 * this program does not know of is lost. */
#include "ctl/learn_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "ctl/ctl.h"
#include "wire/csv.h"
#include "wire/reader.h"

enum { CODE_MOST = 64, HASH_BYTES = 5 };

static void file_drop(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

static FILE *file_open(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        ctl_say("%s: %s", path, strerror(errno));
    return file;
}

/* Closes; false: not all of it was written. */
static bool file_end(FILE **file, const char *path)
{
    bool whole = !ferror(*file);
    whole &= fclose(*file) == 0;
    *file = NULL;
    if (!whole)
        ctl_say("%s: %s", path, strerror(errno));
    return whole;
}

static void put_cell(FILE *file, const char *text, char behind)
{
    if (strpbrk(text, ",\"\r\n") == NULL)
        fputs(text, file);
    else {
        fputc('"', file);
        for (const char *at = text; *at != '\0'; at++) {
            fputc(*at, file);
            if (*at == '"')
                fputc('"', file);
        }
        fputc('"', file);
    }
    fputc(behind, file);
}

static const struct unit *unit_of(const struct learn_history *history, const char *code)
{
    for (int i = 0; i < history->unit_count; i++)
        if (text_equal(history->units[i]->code, code))
            return history->units[i];
    return NULL;
}

bool learn_writable(const struct learn_history *history, const struct learn_unit *unit)
{
    if (history->unit_count == 0)
        return code_valid(unit->text);
    const struct unit *registered = unit_of(history, unit->text);
    return registered != NULL && registered->status != STATUS_ENDED;
}

static const char *code_of(struct arena *arena, const struct learn_proposal *proposal)
{
    const char *scope = arena_format(arena, "%s\n%s\n%s", proposal->unit->text,
                                     names_join(arena, &proposal->categories, ";"),
                                     names_join(arena, &proposal->areas, ";"));
    struct crypt_hash hash = crypt_sha256((struct slice){scope, strlen(scope)});
    const char *code = arena_format(arena, "learn-%s-%s", proposal->unit->text,
                                    crypt_hex(arena, hash.at, HASH_BYTES));
    if (strlen(code) > CODE_MOST)
        code = arena_format(arena, "learn-%s", crypt_hex(arena, hash.at, CRYPT_HASH / 2));
    return code;
}

static void put_proposal(FILE *file, const struct learn_proposal *proposal, const char *status)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    put_cell(file, code_of(arena, proposal), ',');
    put_cell(file, proposal->unit->text, ',');
    put_cell(file, resource_kind_words[RESOURCE_DUTY], ',');
    put_cell(file, proposal->title, ',');
    put_cell(file, names_join(arena, &proposal->categories, ";"), ',');
    put_cell(file, names_join(arena, &proposal->areas, ";"), ',');
    fprintf(file, "%.4g,%lld,", proposal->confidence, (long long)proposal->support);
    put_cell(file, status, '\n');
}

bool learn_write_resources(const struct learn_history *history, const struct learned *learned,
                           const char *status, const char *path, int64_t *ret_rows)
{
    FILE *file CLEANUP(file_drop) = file_open(path);
    if (file == NULL)
        return false;
    int64_t rows = 0;
    const struct learn_unit *unit = NULL;
    bool writable = false;
    fputs("code,unit,kind,title,categories,areas,confidence,support,status\n", file);
    for (int i = 0; i < learned->proposal_count; i++) {
        const struct learn_proposal *proposal = &learned->proposals[i];
        if (proposal->unit != unit) { /* they come unit by unit */
            unit = proposal->unit;
            writable = learn_writable(history, unit);
        }
        if (!writable)
            continue;
        put_proposal(file, proposal, status);
        rows++;
    }
    *ret_rows = rows;
    return file_end(&file, path);
}

/* The cell of aliases with those found for a unit; NULL: there is none. The newest name may still
 * be in use, so it gets no end. */
static const char *aliases_of(const struct learned *learned, const char *unit, const char *cell,
                              struct arena *arena)
{
    const char *more = NULL;
    for (int i = 0; i < learned->rename_count; i++) {
        const struct learn_rename *rename = &learned->renames[i];
        if (!text_equal(rename->unit, unit) || strpbrk(rename->alias, ";@") != NULL)
            continue;
        more = arena_format(arena, "%s%s%s@%s..%s", more != NULL ? more : cell,
                            (more != NULL ? more : cell)[0] != '\0' ? ";" : "", rename->alias,
                            date_format(arena, rename->from),
                            rename->current ? "" : date_format(arena, rename->to));
    }
    return more;
}

static int column_of(const struct csv_row *head, const char *name)
{
    for (int i = 0; i < head->count; i++)
        if (text_equal(head->cells[i], name))
            return i;
    return -1;
}

static void put_row(FILE *file, const struct csv_row *row, int aliases, const char *cell)
{
    for (int i = 0; i < row->count; i++)
        put_cell(file, i == aliases ? cell : row->cells[i],
                 i + 1 < row->count || aliases < 0 ? ',' : '\n');
    if (aliases < 0)
        put_cell(file, cell, '\n');
}

bool learn_write_aliases(const struct learned *learned, struct slice units_file, const char *path,
                         int64_t *ret_rows)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    FILE *file CLEANUP(file_drop) = file_open(path);
    struct csv csv = csv_open(units_file);
    struct csv_row head, row;
    if (file == NULL || !csv_next(&csv, arena, &head))
        return false;
    int code = column_of(&head, "code"), aliases = column_of(&head, "aliases");
    int64_t rows = 0;
    put_row(file, &head, aliases, "aliases");
    while (csv_next(&csv, arena, &row)) {
        const char *cell =
            aliases_of(learned, row.cells[code], aliases >= 0 ? row.cells[aliases] : "", arena);
        if (cell == NULL)
            continue;
        put_row(file, &row, aliases, cell);
        rows++;
    }
    *ret_rows = rows;
    return file_end(&file, path);
}
