/* Registry rows as JSON, from one table of fields per kind (wire/registry_fields); policies and
 * calendars have codecs of their own behind the same calls. */
#pragma once

#include "base/error.h"
#include "domain/snapshot.h"

/* Reads a row. A `code` in the body must be the path's. Every fault is reported with its pointer:
 * missing, unknown, wrong type, not in the list, bad date, too long, codes outside [A-Za-z0-9._-].
 * The value lives in `arena`. A "version" member is allowed and ignored. */
MUST_CHECK bool registry_json_read(int kind, struct slice body, const char *code,
                                   struct arena *arena, const void **ret_value, struct error *err);
/* The stored form: every present field, no version. Reading it gives the same value. */
struct slice registry_json_write(int kind, const void *value, struct arena *arena);
/* The stored form with its version, as GET shows it. */
struct slice registry_json_show(struct slice stored, int64_t version, struct arena *arena);

/* The row's code; the enum status of any kind's value. */
const char *registry_code(int kind, const void *value);
int registry_status(int kind, const void *value);
