/* Tables of bodies and the faults that they must give, for tests of what is read from outside. */
#pragma once

#include <jansson.h>

#include "base/error.h"

/* "422 /title /needs/0/kind": the status and the pointers in their order; "" without a fault. */
const char *faults_shown(const struct error *err, struct arena *arena);

/* Runs the cases of CASES_DIR/<path>, a list of {"name", "body": any or "text": raw, "faults"}, and
 * compares `faults` with what the reader leaves in the error. "text" may hold \u0000 .. \u00ff, one
 * byte each, so that bodies that are not UTF-8 can be written down. */
void faults_check(const char *path, void (*read)(const json_t *one, struct slice body,
                                                 struct arena *arena, struct error *err));
/* The text of a JSON value, compact. */
struct slice json_text(const json_t *json, struct arena *arena);
/* Is JSON, and the same as `expected` (JSON text too). */
void assert_json(struct slice text, const char *expected);
