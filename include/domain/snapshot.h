/* The registry as one immutable, indexed value. Built whole from rows, swapped whole, shared by
 * reference count; every rule reads from the one its flow holds. */
#pragma once

#include "domain/area.h"
#include "domain/policy.h"
#include "domain/registry.h"

/* One registered row with its own memory, shared between the snapshots that contain it. */
struct registry_row {
    int kind; /* enum registry_kind */
    int64_t version;
    int64_t revision;
    const char *code;
    const void *value; /* struct area, org, ... by kind; in `arena` */
    struct arena *arena;
    int references;
};

struct registry_row *registry_row_hold(struct registry_row *row);
void registry_row_free(struct registry_row *row); /* gives one reference back; NULL is fine */

struct snapshot;
struct topics;
struct inventory;

/* `base` (may be NULL) with `rows` put in, each replacing the row of its kind and code unless that
 * has a higher version: rows may be read out of order. Takes over one reference of each row.
 * `revision` is the registry's at which the rows were read. The caller owns one reference of the
 * result. */
struct snapshot *snapshot_new(const struct snapshot *base, struct registry_row **rows, size_t count,
                              int64_t revision);
struct snapshot *snapshot_hold(struct snapshot *snapshot);
void snapshot_free(struct snapshot *snapshot); /* gives one reference back; NULL is fine */

int64_t snapshot_revision(const struct snapshot *snapshot);
/* Rows by code, ended ones too; NULL if there is none. */
const struct registry_row *snapshot_row(const struct snapshot *snapshot, int kind,
                                        const char *code);
const struct area *snapshot_area(const struct snapshot *snapshot, const char *code);
const struct org *snapshot_org(const struct snapshot *snapshot, const char *code);
const struct unit *snapshot_unit(const struct snapshot *snapshot, const char *code);
const struct category *snapshot_category(const struct snapshot *snapshot, const char *code);
const struct calendar *snapshot_calendar(const struct snapshot *snapshot, const char *code);
/* The version a task was dispatched under; the present one where that version is not kept. Of
 * policies and calendars every version ever loaded stays in the snapshot. */
const struct policy *snapshot_policy_at(const struct snapshot *snapshot, const char *code,
                                        int64_t version);
const struct calendar *snapshot_calendar_at(const struct snapshot *snapshot, const char *code,
                                            int64_t version);
/* All rows of a kind in order of code. */
const struct registry_row *const *snapshot_rows(const struct snapshot *snapshot, int kind,
                                                size_t *ret_count);

/* The lowest active org of `kind` over an area: longest area prefix, then code; skips `barred`.
 * NULL if there is none. */
const struct org *snapshot_org_over(const struct snapshot *snapshot, int kind, const char *area,
                                    const struct names *barred);
/* The ladder: committee over the place, else alliance, else district, else city conference. */
const struct org *snapshot_ladder(const struct snapshot *snapshot, const char *area,
                                  const struct names *barred);
/* Where a unit's tasks are sent: its org; with formation `none` the street_alliance over its area,
 * then the next rungs. NULL if there is nobody. */
const struct org *snapshot_target(const struct snapshot *snapshot, const struct unit *unit,
                                  const struct names *barred);
/* Units whose code, name or alias valid on `today` is `name` (NFKC), in order of code; an absent
 * day is any day. */
const struct unit *const *snapshot_units_named(const struct snapshot *snapshot, const char *name,
                                               struct date today, struct arena *arena,
                                               int *ret_count);
/* Orgs below `org` by `parent`, itself first. */
struct names snapshot_orgs_below(const struct snapshot *snapshot, const char *org,
                                 struct arena *arena);
/* Units that list `org` in `joined`. */
struct names snapshot_units_joined(const struct snapshot *snapshot, const char *org,
                                   struct arena *arena);
/* The policy for a key (spec 12): longest area prefix, then longest category prefix, then given
 * urgency, kind, level, then code. NULL if none is active and matches. */
const struct policy *snapshot_policy_for(const struct snapshot *snapshot,
                                         const struct policy_key *key);
/* The tree of categories, and the resources as matching needs them. */
const struct topics *snapshot_topics(const struct snapshot *snapshot);
const struct inventory *snapshot_inventory(const struct snapshot *snapshot);
