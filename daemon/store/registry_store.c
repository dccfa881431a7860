/* Writes many rows as a set: one array per column. */
#include "store/registry_store.h"

static void add_column_codes(struct args *args, const struct registry_record *records, int count)
{
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < count; i++)
        args_text(args, records[i].code);
    args_close(args);
}

static void add_column_versions(struct args *args, const struct registry_record *records, int count)
{
    args_open(args, ARGS_INT);
    for (int i = 0; i < count; i++)
        args_int(args, records[i].version);
    args_close(args);
}

static void add_column_statuses(struct args *args, const struct registry_record *records, int count)
{
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < count; i++)
        args_text(args, status_words[records[i].status]);
    args_close(args);
}

static void add_column_bodies(struct args *args, const struct registry_record *records, int count)
{
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < count; i++)
        args_bytes(args, records[i].body);
    args_close(args);
}

void registry_store_next(struct work *work)
{
    args_text(work_add(work, STMT_COUNTER_NEXT), "registry");
}

int64_t registry_store_revision(const struct work *work, int index)
{
    struct rows rows = work_rows(work, index);
    struct row row = rows_at(&rows, 0, NULL);
    return row_int(&row);
}

void registry_store_find(struct work *work, int kind, const struct names *codes)
{
    struct args *args = work_add(work, STMT_REGISTRY_FIND);
    args_text(args, registry_plurals[kind]);
    args_names(args, codes);
}

struct registry_record registry_store_record(const struct rows *rows, int index,
                                             struct arena *arena)
{
    struct registry_record record;
    struct row row = rows_at(rows, index, arena);
    record.code = row_text(&row);
    record.version = row_int(&row);
    record.status = row_word(&row, status_words);
    record.body = row_bytes(&row);
    return record;
}

void registry_store_save(struct work *work, int kind, const struct registry_record *records,
                         int count, const struct registry_change *change)
{
    struct args *args = work_add(work, STMT_REGISTRY_SAVE);
    args_text(args, registry_plurals[kind]);
    args_int(args, change->revision);
    add_column_codes(args, records, count);
    add_column_versions(args, records, count);
    add_column_statuses(args, records, count);
    add_column_bodies(args, records, count);
    args = work_add(work, STMT_REGISTRY_KEEP);
    args_text(args, registry_plurals[kind]);
    args_int(args, change->revision);
    add_column_codes(args, records, count);
    add_column_versions(args, records, count);
    add_column_bodies(args, records, count);
    args_instant(args, change->at);
    args_int(args, change->key);
}

void registry_store_capacity(struct work *work, const struct resource *const *resources, int count)
{
    struct args *args = work_add(work, STMT_CAPACITY_DEFINE);
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < count; i++)
        args_text(args, resources[i]->code);
    args_close(args);
    args_open(args, ARGS_INT);
    for (int i = 0; i < count; i++) {
        if (resources[i]->capacity < 0)
            args_bytes(args, (struct slice){NULL, 0}); /* unlimited */
        else
            args_int(args, resources[i]->capacity);
    }
    args_close(args);
}
