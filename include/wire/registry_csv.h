/* Registry rows as CSV (spec 2, Import), and a calendar's overrides. */
#pragma once

#include "base/error.h"
#include "domain/snapshot.h"

struct csv_rows {
    int count;
    const void **values; /* by kind, in the arena */
    int *lines;          /* line of the file where each begins */
};

/* Reads a whole file: RFC 4180 with a header line, UTF-8 (BOM allowed), LF or CRLF. Columns in any
 * order, none twice, none unknown. Every bad row is an error item with pointer "/<line>/<field>"; a
 * code that comes twice names both lines. */
MUST_CHECK bool registry_csv_read(int kind, struct slice file, struct arena *arena,
                                  struct csv_rows *ret_rows, struct error *err);
/* `date,kind,name` into overrides (see struct calendar). */
MUST_CHECK bool overrides_csv_read(struct slice file, struct arena *arena,
                                   struct override **ret_overrides, int *ret_count,
                                   struct error *err);
