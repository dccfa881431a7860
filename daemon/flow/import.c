/* A file is read and judged as a whole, then compared with the database and saved in chunks, in one
 * transaction behind the counter of revisions. Between chunks the loop serves others. */
#include "flow/import.h"

#include <string.h>

#include "base/map.h"
#include "domain/registry_check.h"
#include "flow/entry.h"
#include "flow/refresh.h"
#include "flow/registry_save.h"
#include "store/registry_store.h"
#include "wire/registry_csv.h"
#include "wire/registry_json.h"
#include "wire/writer.h"

#define IMPORT(X)                                                                                  \
    X(read)                                                                                        \
    X(check) X(look) X(compare) X(ask) X(judge) X(seal) X(commit) X(committed) X(answer) X(again)
FLOW_STEPS(import_steps, IMPORT)
#define PLACE(step) PLACE_##step,
enum { IMPORT(PLACE) };
#undef PLACE

enum { CHUNK = 5000, CAPACITY_STATEMENTS = 16 };

struct job {
    int kind;
    struct csv_rows rows;
    int64_t revision;
    int at;    /* rows before it were compared */
    int look;  /* rows before it were looked for */
    int found; /* place of the statement that looked, in its send */
    struct import_counts counts;
    const struct resource **resources; /* whose capacity is new */
    int resource_count;
    const char **ended; /* codes of rows that end by this file, and their lines */
    int *ended_lines;
    int ended_count;
};

struct slice import_counts_write(const char *kind, const struct import_counts *counts,
                                 struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "kind", kind);
    put_int(&text, "rows", counts->rows);
    put_int(&text, "created", counts->created);
    put_int(&text, "changed", counts->changed);
    put_int(&text, "unchanged", counts->rows - counts->created - counts->changed);
    put_end(&text, '}');
    return put_done(&text, arena);
}

enum next import_keep(struct flow *flow, bool changes)
{
    if (!changes) {
        work_end(flow->work);
        flow->work = NULL;
        if (!flow->keeps)
            return END;
    }
    flow_work(flow);
    entry_keep(flow);
    return work_waiting(flow->work) ? WAIT : GO;
}

enum next import_commit(struct flow *flow, bool changes)
{
    if (!work_obeyed(flow->work))
        return REDO;
    if (!changes)
        return END;
    work_commit(flow->work);
    return WAIT;
}

static void map_drop(struct map **map)
{
    map_free(*map);
}

/* Policies and calendars are JSON. */
static int kind_named(const char *plural)
{
    for (int kind = 0; kind < REGISTRY_POLICY; kind++)
        if (text_equal(registry_plurals[kind], plural))
            return kind;
    return -1;
}

static enum next read(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    job->kind = kind_named(flow->call->parts[0]);
    if (job->kind < 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "there is no import of %s", flow->call->parts[0]);
    flow->err.limit = ERROR_ITEMS_FILE;
    if (!registry_csv_read(job->kind, flow->call->body, flow->arena, &job->rows, &flow->err))
        return END;
    job->counts.rows = job->rows.count;
    job->resources = ARENA_ARRAY(flow->arena, const struct resource *, job->rows.count);
    job->ended = ARENA_ARRAY(flow->arena, const char *, job->rows.count);
    job->ended_lines = ARENA_ARRAY(flow->arena, int, job->rows.count);
    work_begin(flow_work(flow));
    registry_store_next(flow->work);
    return WAIT;
}

/* The faults of one row under its line: "/areas/0" of line 7 is "/7/areas/0". */
static void note_faults(struct flow *flow, const struct error *err, int line)
{
    for (int i = 0; i < error_kept(err); i++)
        error_add(&flow->err, arena_format(flow->arena, "/%d%s", line, err->items[i].pointer), "%s",
                  err->items[i].detail);
}

/* References may point to rows of the same file. */
static enum next check(struct flow *flow)
{
    struct job *job = flow->job;
    int kind = job->kind;
    struct map *fresh CLEANUP(map_drop) = map_new((size_t)job->rows.count);
    struct registry_context context = {.snapshot = flow->snapshot};
    job->revision = registry_store_revision(flow->work, 0);
    for (int i = 0; i < job->rows.count; i++)
        map_put(fresh, registry_code(kind, job->rows.values[i]), (void *)job->rows.values[i]);
    context.fresh[kind] = fresh;
    for (int i = 0; i < job->rows.count; i++) {
        struct error err = {.arena = flow->arena};
        if (!registry_check(kind, job->rows.values[i], &context, &err))
            note_faults(flow, &err, job->rows.lines[i]);
    }
    if (!error_none(&flow->err))
        return registry_stale(flow, job->revision, PLACE_again);
    return GO;
}

/* Looks for the next rows; what the last chunk has to save goes out with it. */
static enum next look(struct flow *flow)
{
    struct job *job = flow->job;
    struct names codes = {0, ARENA_ARRAY(flow->arena, const char *, CHUNK)};
    while (codes.count < CHUNK && job->look < job->rows.count)
        codes.at[codes.count++] = registry_code(job->kind, job->rows.values[job->look++]);
    if (codes.count == 0) {
        flow->step = PLACE_ask;
        return GO;
    }
    job->found = work_waiting(flow->work) ? 2 : 0; /* behind the two statements of a save */
    registry_store_find(flow->work, job->kind, &codes);
    return WAIT;
}

/* Notes what follows from a row that is new or changed. `was` is NULL when it is new. */
static void note_change(struct job *job, int kind, int place, const void *was,
                        const struct registry_record *old)
{
    const void *value = job->rows.values[place];
    if (kind == REGISTRY_RESOURCE) {
        const struct resource *resource = value, *before = was;
        if (before == NULL || before->capacity != resource->capacity)
            job->resources[job->resource_count++] = resource;
    }
    if (old == NULL) {
        job->counts.created++;
        return;
    }
    job->counts.changed++;
    if (registry_status(kind, value) == STATUS_ENDED && old->status != STATUS_ENDED) {
        job->ended[job->ended_count] = registry_code(kind, value);
        job->ended_lines[job->ended_count++] = job->rows.lines[place];
    }
}

static bool same(struct slice a, struct slice b)
{
    return a.size == b.size && memcmp(a.at, b.at, a.size) == 0;
}

/* One row beside what stands in the database (NULL: nothing): true when it must be saved. */
static bool compare_row(struct job *job, int kind, int place, const struct registry_record *old,
                        struct registry_record *fresh, struct arena *scratch)
{
    const void *value = job->rows.values[place], *was = NULL;
    if (old != NULL &&
        (same(old->body, fresh->body) ||
         same(registry_canonical(kind, old->code, old->body, scratch, &was), fresh->body)))
        return false;
    note_change(job, kind, place, was, old);
    fresh->code = registry_code(kind, value);
    fresh->version = old == NULL ? 1 : old->version + 1;
    fresh->status = registry_status(kind, value);
    return true;
}

static struct map *map_records(const struct rows *rows, struct arena *arena)
{
    struct map *map = map_new((size_t)rows->count);
    for (int i = 0; i < rows->count; i++) {
        struct registry_record *record = ARENA_NEW(arena, struct registry_record);
        *record = registry_store_record(rows, i, arena);
        map_put(map, record->code, record);
    }
    return map;
}

static enum next compare(struct flow *flow)
{
    struct job *job = flow->job;
    int kind = job->kind, count = 0;
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct rows rows = work_rows(flow->work, job->found);
    struct map *present CLEANUP(map_drop) = map_records(&rows, scratch);
    struct registry_record *fresh = ARENA_ARRAY(scratch, struct registry_record, CHUNK);
    for (; job->at < job->look; job->at++) {
        const void *value = job->rows.values[job->at];
        fresh[count].body = registry_json_write(kind, value, scratch);
        count += compare_row(job, kind, job->at, map_get(present, registry_code(kind, value)),
                             &fresh[count], scratch);
    }
    if (count > 0)
        registry_store_save(flow->work, kind, fresh, count,
                            &(struct registry_change){job->revision, flow->now, flow->actor.key});
    flow->step = PLACE_look;
    return GO;
}

static enum next ask(struct flow *flow)
{
    struct job *job = flow->job;
    if (job->ended_count == 0) {
        flow->step = PLACE_seal;
        return GO;
    }
    job->found = work_waiting(flow->work) ? 2 : 0;
    struct args *args = work_add(flow->work, STMT_REGISTRY_OPEN_TASKS);
    args_text(args, registry_plurals[job->kind]);
    args_names(args, &(struct names){job->ended_count, job->ended});
    return WAIT;
}

static enum next judge(struct flow *flow)
{
    struct job *job = flow->job;
    struct map *lines CLEANUP(map_drop) = map_new((size_t)job->ended_count);
    struct rows rows = work_rows(flow->work, job->found);
    if (rows.count == 0)
        return GO;
    for (int i = 0; i < job->ended_count; i++)
        map_put(lines, job->ended[i], &job->ended_lines[i]);
    error_set(&flow->err, FAULT_CONFLICT, "open tasks name rows that this file ends");
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        const char *code = row_text(&row);
        const int *line = map_get(lines, code);
        error_add(&flow->err, arena_format(flow->arena, "/%d/status", line == NULL ? 0 : *line),
                  "open tasks name %s: it cannot end yet", code);
    }
    return END;
}

/* Capacities come last: intake waits for these rows until the commit. */
static void define_capacities(struct flow *flow, const struct job *job)
{
    int size = job->resource_count / CAPACITY_STATEMENTS + CHUNK;
    for (int i = 0; i < job->resource_count; i += size) {
        int left = job->resource_count - i;
        registry_store_capacity(flow->work, job->resources + i, left < size ? left : size);
    }
}

static bool has_changes(const struct job *job)
{
    return job->counts.created + job->counts.changed > 0;
}

static enum next seal(struct flow *flow)
{
    const struct job *job = flow->job;
    flow->answer.status = 200;
    flow->answer.body = import_counts_write(registry_plurals[job->kind], &job->counts, flow->arena);
    define_capacities(flow, job);
    return import_keep(flow, has_changes(job));
}

static enum next commit(struct flow *flow)
{
    return import_commit(flow, has_changes(flow->job));
}

static enum next committed(struct flow *flow)
{
    const struct job *job = flow->job;
    return refresh_wait(flow, job->revision);
}

static enum next answer(struct flow *flow)
{
    (void)flow; /* made before the commit */
    return END;
}

static enum next again(struct flow *flow)
{
    (void)flow;
    return REDO;
}
