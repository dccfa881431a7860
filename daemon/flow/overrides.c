/* The calendar's row is read, its list merged with the file's, and saved as a new version. */
#include "flow/overrides.h"

#include <stdlib.h>

#include "flow/entry.h"
#include "flow/import.h"
#include "flow/refresh.h"
#include "store/registry_store.h"
#include "wire/registry_csv.h"
#include "wire/registry_json.h"

#define OVERRIDES(X) X(read) X(merge) X(commit) X(committed) X(answer)
FLOW_STEPS(overrides_steps, OVERRIDES)

struct job {
    struct override *overrides;
    int count;
    int64_t revision;
    struct import_counts counts;
};

static enum next read(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct names code = {1, &flow->call->parts[0]};
    flow->err.limit = ERROR_ITEMS_FILE;
    if (!overrides_csv_read(flow->call->body, flow->arena, &job->overrides, &job->count,
                            &flow->err))
        return END;
    work_begin(flow_work(flow));
    registry_store_next(flow->work);
    registry_store_find(flow->work, REGISTRY_CALENDAR, &code);
    return WAIT;
}

static int compare_dates(const void *left, const void *right)
{
    const struct override *a = left, *b = right;
    return (a->date.day > b->date.day) - (a->date.day < b->date.day);
}

/* The file's row in place of the calendar's. It cannot say frames: a working day keeps its own. */
static struct override replace(const struct override *old, struct override fresh,
                               struct import_counts *counts)
{
    if (old->kind == fresh.kind && text_equal(old->name, fresh.name))
        return *old;
    counts->changed++;
    if (old->kind == OVERRIDE_WORKDAY && fresh.kind == OVERRIDE_WORKDAY) {
        fresh.own_frames = old->own_frames;
        fresh.frames = old->frames;
    }
    return fresh;
}

/* An empty list has no place in memory, which qsort does not take. */
static void sort(struct override *overrides, int count)
{
    if (count > 1)
        qsort(overrides, (size_t)count, sizeof(*overrides), compare_dates);
}

/* Both lists, sorted by date, become one. */
static void merge_lists(struct calendar *calendar, struct job *job, struct arena *arena)
{
    int total = calendar->override_count + job->count, count = 0, i = 0, j = 0;
    struct override *merged = ARENA_ARRAY(arena, struct override, total);
    sort(calendar->overrides, calendar->override_count);
    sort(job->overrides, job->count);
    while (i < calendar->override_count || j < job->count) {
        int order = i == calendar->override_count ? 1
                    : j == job->count             ? -1
                                      : compare_dates(&calendar->overrides[i], &job->overrides[j]);
        if (order < 0) {
            merged[count++] = calendar->overrides[i++];
        } else if (order > 0) {
            merged[count++] = job->overrides[j++];
            job->counts.created++;
        } else {
            merged[count++] = replace(&calendar->overrides[i++], job->overrides[j++], &job->counts);
        }
    }
    job->counts.rows = job->count;
    calendar->overrides = merged;
    calendar->override_count = count;
}

static bool has_changes(const struct job *job)
{
    return job->counts.created + job->counts.changed > 0;
}

static enum next merge(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 1);
    const void *value;
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no calendar has the code %s",
                         flow->call->parts[0]);
    struct registry_record record = registry_store_record(&rows, 0, flow->arena);
    job->revision = registry_store_revision(flow->work, 0);
    if (!entry_matches(flow, record.version) ||
        !registry_json_read(REGISTRY_CALENDAR, record.body, record.code, flow->arena, &value,
                            &flow->err))
        return END;
    struct calendar calendar = *(const struct calendar *)value;
    merge_lists(&calendar, job, flow->arena);
    if (!calendar_check(&calendar, &flow->err))
        return END;
    bool changes = has_changes(job);
    record.version += changes;
    flow->answer.etag = entry_etag(flow, record.version);
    flow->answer.status = 200;
    flow->answer.body = import_counts_write("overrides", &job->counts, flow->arena);
    record.body = registry_json_write(REGISTRY_CALENDAR, &calendar, flow->arena);
    if (changes)
        registry_store_save(flow->work, REGISTRY_CALENDAR, &record, 1,
                            &(struct registry_change){job->revision, flow->now, flow->actor.key});
    return import_keep(flow, changes);
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
