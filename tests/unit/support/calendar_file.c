/* Reads test calendars with jansson alone. */
#include "support/calendar_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn)) static void give_up(const char *what, const char *which)
{
    fprintf(stderr, "test calendar: %s: %s\n", what, which);
    abort();
}

const char *file_read(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        give_up("cannot open", path);
    struct text text CLEANUP(text_clear) = {0};
    char piece[4096];
    size_t size;
    while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
        text_add_bytes(&text, piece, size);
    fclose(file);
    return arena_bytes(arena, text.at, text.size);
}

json_t *file_json(const char *path)
{
    json_error_t where;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        give_up(where.text, path);
    return json;
}

struct frames frames_from_json(const json_t *list, struct arena *arena)
{
    struct frames frames = {0, ARENA_ARRAY(arena, struct frame, json_array_size(list))};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        int from_hour, from_minute, to_hour, to_minute;
        if (text == NULL ||
            sscanf(text, "%2d:%2d-%2d:%2d", &from_hour, &from_minute, &to_hour, &to_minute) != 4)
            give_up("not a frame", text == NULL ? "(no text)" : text);
        frames.at[frames.count++] =
            (struct frame){from_hour * 60 + from_minute, to_hour * 60 + to_minute};
    }
    return frames;
}

static struct override override_from_json(const json_t *json, struct arena *arena)
{
    struct override override = {0};
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const char *date = json_string_value(json_object_get(json, "date"));
    const json_t *frames = json_object_get(json, "frames");
    if (date == NULL || !date_parse(date, &override.date))
        give_up("not a date", date == NULL ? "(no text)" : date);
    if (!text_equal(kind, "holiday") && !text_equal(kind, "workday"))
        give_up("not a kind of day", kind == NULL ? "(no text)" : kind);
    override.kind = text_equal(kind, "workday") ? OVERRIDE_WORKDAY : OVERRIDE_HOLIDAY;
    override.name = arena_copy(arena, json_string_value(json_object_get(json, "name")));
    override.own_frames = frames != NULL;
    override.frames = frames_from_json(frames, arena);
    return override;
}

struct calendar *calendar_from_json(const json_t *json, struct arena *arena)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    struct calendar *calendar = ARENA_NEW(arena, struct calendar);
    const json_t *week = json_object_get(json, "week");
    const json_t *overrides = json_object_get(json, "overrides");
    struct error err = {.arena = arena};
    calendar->code = arena_copy(arena, json_string_value(json_object_get(json, "code")));
    calendar->zone_name = arena_copy(arena, json_string_value(json_object_get(json, "zone")));
    calendar->zone = zone_find(calendar->zone_name);
    for (int i = 0; i < 7; i++)
        calendar->week[i] = frames_from_json(json_object_get(week, days[i]), arena);
    calendar->override_count = (int)json_array_size(overrides);
    calendar->overrides = ARENA_ARRAY(arena, struct override, calendar->override_count);
    for (int i = 0; i < calendar->override_count; i++)
        calendar->overrides[i] = override_from_json(json_array_get(overrides, (size_t)i), arena);
    if (!calendar_check(calendar, &err))
        give_up(err.items[0].pointer, err.items[0].detail);
    return calendar;
}

struct calendar *calendar_shipped(const char *code, struct arena *arena)
{
    json_t *json = file_json(arena_format(arena, CONFIG_DIR "/presets/calendar_%s.json", code));
    struct calendar *calendar = calendar_from_json(json, arena);
    json_decref(json);
    return calendar;
}

struct instant at(const char *text)
{
    struct instant instant = INSTANT_NONE;
    if (text == NULL || !instant_parse(text, &instant))
        give_up("not an instant", text == NULL ? "(no text)" : text);
    return instant;
}

const char *shown(const struct calendar *calendar, struct instant instant, struct arena *arena)
{
    if (!instant_set(instant))
        return "-";
    return instant_format(arena, instant, zone_offset(calendar->zone, instant));
}
