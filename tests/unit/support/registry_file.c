/* Rows by the daemon's own reader, so that cases are written as a registry is. */
#include "support/registry_file.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/registry_check.h"
#include "wire/registry_json.h"

__attribute__((noreturn)) static void give_up(const char *what, const char *which)
{
    fprintf(stderr, "test registry: %s: %s\n", what, which);
    abort();
}

__attribute__((noreturn)) static void give_up_row(const json_t *json, const struct error *err)
{
    char *text = json_dumps(json, 0);
    fprintf(stderr, "test registry: %s\n", text);
    for (int i = 0; i < err->count; i++)
        fprintf(stderr, "  %s %s\n", err->items[i].pointer, err->items[i].detail);
    give_up("row refused", err->detail == NULL ? "" : err->detail);
}

struct registry_row *registry_row_from_json(int kind, const json_t *json)
{
    json_t *whole = json_deep_copy(json);
    json_t *code = json_object_get(whole, "code");
    const char *label = kind == REGISTRY_RESOURCE ? "title" : "name";
    if (kind != REGISTRY_AGREEMENT && json_object_get(whole, label) == NULL)
        json_object_set(whole, label, code);
    char *text = json_dumps(whole, JSON_COMPACT);
    struct arena *arena = arena_new();
    struct registry_row *row = ARENA_NEW(arena, struct registry_row);
    struct error err = {.arena = arena};
    const void *value = NULL;
    if (!registry_json_read(kind, (struct slice){text, strlen(text)}, NULL, arena, &value, &err))
        give_up_row(whole, &err);
    *row = (struct registry_row){.kind = kind,
                                 .version = 1,
                                 .code = registry_code(kind, value),
                                 .value = value,
                                 .arena = arena,
                                 .references = 1};
    free(text);
    json_decref(whole);
    return row;
}

struct registry_row *registry_row_of(int kind, const void *value, size_t size, int64_t version)
{
    struct arena *arena = arena_new();
    struct registry_row *row = ARENA_NEW(arena, struct registry_row);
    *row = (struct registry_row){.kind = kind,
                                 .version = version,
                                 .value = arena_bytes(arena, value, size),
                                 .arena = arena,
                                 .references = 1};
    row->code = *(const char *const *)row->value;
    return row;
}

static void check_rows(const struct snapshot *snapshot)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct registry_context context = {.snapshot = snapshot};
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        size_t count;
        const struct registry_row *const *rows = snapshot_rows(snapshot, kind, &count);
        for (size_t i = 0; i < count; i++) {
            struct error err = {.arena = arena};
            if (!registry_check(kind, rows[i]->value, &context, &err))
                give_up(rows[i]->code, err.items[0].detail);
        }
    }
}

struct snapshot *snapshot_from_json(const json_t *registry)
{
    enum { ROOM = 500 };
    struct registry_row *rows[ROOM];
    size_t count = 0;
    for (int kind = 0; kind < REGISTRY_COUNT; kind++) {
        const json_t *list = json_object_get(registry, registry_plurals[kind]);
        for (size_t i = 0; i < json_array_size(list) && count < ROOM; i++)
            rows[count++] = registry_row_from_json(kind, json_array_get(list, i));
    }
    struct snapshot *snapshot = snapshot_new(NULL, rows, count, 7);
    check_rows(snapshot);
    return snapshot;
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".json") == 0;
}

struct names case_files(struct arena *arena, const char *folder)
{
    const char *path = arena_format(arena, "%s/%s", CASES_DIR, folder);
    struct dirent **entries;
    int count = scandir(path, &entries, is_case, alphasort);
    if (count <= 0)
        give_up("no cases in", path);
    struct names files = {0, ARENA_ARRAY(arena, const char *, count)};
    for (int i = 0; i < count; i++) {
        files.at[files.count++] = arena_format(arena, "%s/%s", path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return files;
}
