/* JSON to cells. Missing members are empty cells: an older or newer server may send others. */
#include "ctl/view.h"

#include <string.h>

#include "ctl/width.h"

const struct column view_task_columns[] = {
    {"task",        "id",          COLUMN_CODE},
    {"state",       "state",       COLUMN_CODE},
    {"role",        "role",        COLUMN_CODE},
    {"urgency",     "urgency",     COLUMN_CODE},
    {"due",         "due",         COLUMN_TIME},
    {"resolve due", "resolve_due", COLUMN_TIME},
    {"overdue",     "overdue",     COLUMN_CODE},
    {"unit",        "unit",        COLUMN_CODE},
    {"org",         "org",         COLUMN_CODE},
    {"category",    "category",    COLUMN_CODE},
    {"area",        "area",        COLUMN_CODE},
    {"title",       "title",       COLUMN_TEXT},
};
const int view_task_column_count = COUNT_OF(view_task_columns);

void view_drop(json_t **json)
{
    json_decref(*json);
}

json_t *view_parse(const struct http_answer *answer)
{
    json_t *json = json_loadb(answer->body.at, answer->body.size, 0, NULL);
    if (json == NULL)
        ctl_say("%d from the server, but no JSON that can be read", answer->status);
    return json;
}

const json_t *view_at(const json_t *json, const char *path)
{
    while (json != NULL && *path != '\0') {
        size_t size = strcspn(path, ".");
        struct text name CLEANUP(text_clear) = {0};
        text_add_bytes(&name, path, size);
        int64_t index;
        if (!json_is_array(json))
            json = json_object_get(json, name.at);
        else if (text_equal(name.at, "last"))
            json = json_array_get(json, json_array_size(json) - 1);
        else
            json = text_to_int(name.at, 0, INT32_MAX, &index) ? json_array_get(json, (size_t)index)
                                                              : NULL;
        path += size + (path[size] == '.');
    }
    return json;
}

static int on_dump(const char *bytes, size_t size, void *context)
{
    text_add_bytes(context, bytes, size);
    return 0;
}

void view_dump(const json_t *json, size_t flags, struct text *ret_text)
{
    json_dump_callback(json, on_dump, ret_text, flags | JSON_ENCODE_ANY);
}

static void add_value(struct text *text, const json_t *value)
{
    if (json_is_string(value))
        text_add_bytes(text, json_string_value(value), json_string_length(value));
    else if (json_is_real(value))
        text_format(text, "%.10g", json_real_value(value));
    else if (value != NULL && !json_is_null(value))
        view_dump(value, JSON_COMPACT, text);
}

const char *view_text(struct arena *arena, const json_t *json, const char *path)
{
    struct text text CLEANUP(text_clear) = {0};
    const json_t *value = view_at(json, path);
    text_add(&text, "");
    if (json_is_array(value) && !json_is_object(json_array_get(value, 0)))
        for (size_t i = 0; i < json_array_size(value); i++) {
            text_add(&text, i > 0 ? "," : "");
            add_value(&text, json_array_get(value, i));
        }
    else
        add_value(&text, value);
    return arena_bytes(arena, text.at, text.size);
}

/* "2026-11-23T09:00:00+08:00" -> "2026-11-23 09:00": the server's own wall clock. */
static const char *short_time(struct arena *arena, const char *time)
{
    if (strlen(time) < 16 || time[10] != 'T')
        return time;
    return arena_format(arena, "%.10s %.5s", time, time + 11);
}

static const char *short_span(struct arena *arena, const char *seconds)
{
    int64_t s;
    if (!text_to_int(seconds, 0, INT64_MAX, &s))
        return seconds;
    long long minutes = s / 60;
    if (minutes < 60)
        return arena_format(arena, "%lldm", minutes);
    if (minutes < 1440)
        return arena_format(arena, "%lldh %02lldm", minutes / 60, minutes % 60);
    return arena_format(arena, "%lldd %lldh", minutes / 1440, minutes / 60 % 24);
}

static const char *named(struct arena *arena, const json_t *value, bool pretty)
{
    if (!json_is_object(value))
        return view_text(arena, value, "");
    const char *code = view_text(arena, value, "code");
    const char *name = view_text(arena, value, "name");
    if (name[0] == '\0')
        name = view_text(arena, value, "title");
    return pretty && name[0] != '\0' ? arena_format(arena, "%s %s", code, name) : code;
}

static const char *figure(struct arena *arena, const json_t *value, bool pretty)
{
    if (!json_is_object(value))
        return pretty && json_is_number(value)
                   ? arena_format(arena, "%.2f", json_number_value(value))
                   : view_text(arena, value, "");
    const json_t *rate = json_object_get(value, "rate");
    if (!pretty)
        return view_text(arena, rate, "");
    if (!json_is_number(rate))
        return "-";
    return arena_format(arena, "%.1f%% (%s/%s)", json_number_value(rate) * 100,
                        view_text(arena, value, "n"), view_text(arena, value, "of"));
}

static const char *cell(struct arena *arena, const struct column *column, const json_t *item,
                        bool pretty)
{
    switch ((enum column_kind)column->kind) {
    case COLUMN_TIME:
    case COLUMN_SPAN: {
        const char *text = view_text(arena, item, column->path);
        if (!pretty)
            return text;
        return column->kind == COLUMN_TIME ? short_time(arena, text) : short_span(arena, text);
    }
    case COLUMN_NAMED:
        return named(arena, view_at(item, column->path), pretty);
    case COLUMN_FIGURE:
        return figure(arena, view_at(item, column->path), pretty);
    case COLUMN_TEXT:
    case COLUMN_CODE:
    case COLUMN_NUMBER:
        return view_text(arena, item, column->path);
    }
    return "";
}

void view_add(const struct ctl *ctl, struct table *table, const struct column *columns, int count,
              const json_t *item)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const char *cells[TABLE_COLUMNS] = {0};
    for (int i = 0; i < count && i < TABLE_COLUMNS; i++)
        cells[i] = cell(arena, &columns[i], item, ctl->screen.pretty);
    table_add(table, cells);
}

void view_table(const struct ctl *ctl, const struct column *columns, int count, const json_t *items)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct table *table = table_new(arena, &ctl->screen, columns, count);
    for (size_t i = 0; i < json_array_size(items); i++)
        view_add(ctl, table, columns, count, json_array_get(items, i));
    table_print(table, stdout);
}

static bool skipped(const char *const *skip, const char *name)
{
    for (; skip != NULL && *skip != NULL; skip++)
        if (text_equal(*skip, name))
            return true;
    return false;
}

void view_record(const struct ctl *ctl, const json_t *object, const char *const *skip)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    /* nothing of a single record is cut: long texts are what one came to read */
    struct screen screen = {.width = 0, .pretty = ctl->screen.pretty};
    static const struct column columns[] = {
        {"", "", COLUMN_CODE},
        {"", "", COLUMN_CODE}
    };
    struct table *table = table_new(arena, &screen, columns, COUNT_OF(columns));
    struct table_before untitled = {.titled = true};
    table_continue(table, &untitled);
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)object, name, value) {
        const char *text = json_object_get(value, "code") != NULL
                               ? named(arena, value, ctl->screen.pretty)
                               : view_text(arena, value, "");
        if (!skipped(skip, name) && text[0] != '\0')
            table_add(table, (const char *[]){name, text});
    }
    table_print(table, stdout);
}

/* Columns in front of the terms. */
static const struct column candidate_columns[] = {
    {"no",       "no",       COLUMN_CODE  },
    {"rank",     "rank",     COLUMN_NUMBER},
    {"unit",     "unit",     COLUMN_NAMED },
    {"org",      "org",      COLUMN_NAMED },
    {"resource", "resource", COLUMN_NAMED },
    {"score",    "score",    COLUMN_FIGURE},
};

void view_candidates(const struct ctl *ctl, const char *no, const json_t *candidates)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct column columns[TABLE_COLUMNS];
    int count = COUNT_OF(candidate_columns);
    memcpy(columns, candidate_columns, sizeof(candidate_columns));
    json_t *terms = json_object_get(json_array_get(candidates, 0), "terms");
    void *at = json_object_iter(terms);
    for (; at != NULL && count < TABLE_COLUMNS; at = json_object_iter_next(terms, at)) {
        const char *term = json_object_iter_key(at);
        columns[count++] = (struct column){arena_copy(arena, term),
                                           arena_format(arena, "terms.%s", term), COLUMN_FIGURE};
    }
    struct table *table = table_new(arena, &ctl->screen, columns, count);
    for (size_t i = 0; i < json_array_size(candidates); i++) {
        json_t *row CLEANUP(view_drop) = json_copy(json_array_get(candidates, i));
        json_object_set_new(row, "no", no != NULL ? json_string(no) : json_null());
        json_object_set_new(row, "rank", json_integer((json_int_t)i + 1));
        view_add(ctl, table, columns, count, row);
    }
    table_print(table, stdout);
}
