/* Calendars for tests, read from JSON of the form of spec 12 with code of the tests' own, so that a
 * fault of the daemon's reader does not hide one of the calendar. A file that cannot be read ends
 * the test. */
#pragma once

#include <jansson.h>

#include "domain/calendar.h"

/* The text of a file under the arena. */
const char *file_read(struct arena *arena, const char *path);
/* A JSON file; the caller gives it back to json_decref. */
json_t *file_json(const char *path);
/* A calendar object; checked by calendar_check, zone looked up. */
struct calendar *calendar_from_json(const json_t *json, struct arena *arena);
/* The shipped calendar of that code, from CONFIG_DIR. */
struct calendar *calendar_shipped(const char *code, struct arena *arena);
/* Frames such as ["09:00-12:00"]. */
struct frames frames_from_json(const json_t *list, struct arena *arena);
/* An instant that must be right. */
struct instant at(const char *text);
/* "2026-11-23T09:00:00+08:00" in the calendar's zone; "-" if absent. */
const char *shown(const struct calendar *calendar, struct instant instant, struct arena *arena);
