/* Small registries for tests, from JSON in the form of spec 2. What cannot be read or does not hold
 * together ends the test. */
#pragma once

#include <jansson.h>

#include "domain/snapshot.h"

/* A row of a kind from its JSON; the caller owns the reference. */
struct registry_row *registry_row_from_json(int kind, const json_t *json);
/* A row that a test made itself: `value` begins with its code and is copied, its texts are not. */
struct registry_row *registry_row_of(int kind, const void *value, size_t size, int64_t version);
/* {"areas":[...],"orgs":[...],...}: a name or title left out is the code. Each row is checked
 * against the whole. The caller frees the snapshot. */
struct snapshot *snapshot_from_json(const json_t *registry);
/* The files of CASES_DIR/<folder> in order of name; in the arena. */
struct names case_files(struct arena *arena, const char *folder);
