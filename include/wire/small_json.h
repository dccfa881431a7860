/* The small bodies: keys, claims, dry runs of deadlines, callers, receipts. */
#pragma once

#include "base/error.h"
#include "domain/caller.h"
#include "domain/ticket.h"

/* {"role","name","areas":[],"unit","org","expires_at"}; which scope a role needs is checked here
 * (422): operator, dispatcher, supervisor an area; unit a unit; org an org; admin none. */
MUST_CHECK bool key_read(struct slice body, struct arena *arena, struct caller *ret_caller,
                         struct error *err);
/* {"id","role","name","areas","unit","org","expires_at","created_at","revoked_at"} and, only in the
 * 201, "key". */
struct slice key_write(const struct caller *caller, const char *secret, int offset_s,
                       struct arena *arena);

struct claim_body {
    const char *unit, *task, *claim;
    int64_t max, lease_s; /* max 1..100, default 1; lease_s 1..3600, default 60 */
};
/* `what`: "claim" {unit! max lease_s}, "renew" {task! claim! lease_s}, "release" {task! claim!}. */
MUST_CHECK bool claim_read(const char *what, struct slice body, struct arena *arena,
                           struct claim_body *ret_claim, struct error *err);
/* {"task":{},"claim","lease_until"} of a task's JSON. */
struct slice claim_write(struct slice task, const char *claim, struct instant lease_until,
                         int offset_s, struct arena *arena);

struct deadline_ask {
    const char *calendar;
    struct instant dispatched_at;
    struct amount span;
    struct intervals pauses;
};
MUST_CHECK bool deadline_ask_read(struct slice body, struct arena *arena,
                                  struct deadline_ask *ret_ask, struct error *err);
/* {"due","counted":[{"from","to"}],"provisional"} */
struct slice reckoning_write(const struct reckoning *reckoning, int offset_s, struct arena *arena);
/* {"stages":[{"stage","from","due","met","span":{},"policy","policy_version","calendar",
 * "calendar_version","due_reckoned","counted":[],"provisional","overdue"}]} for one task. */
struct stage_account {
    int stage;
    struct instant from, due, met;
    struct amount span;
    struct reckoning reckoning;
    bool overdue, capped; /* capped: ends with `resolve` */
};
struct slice deadlines_write(const struct ticket *ticket, const struct task *task,
                             const struct stage_account *accounts, int count, int offset_s,
                             struct arena *arena);

/* {"phone","purpose"} and {"no","code"}: two required texts, in this order. */
MUST_CHECK bool pair_read(struct slice body, const char *first, const char *second,
                          struct arena *arena, const char *ret_values[2], struct error *err);
/* An object of texts; a NULL value becomes null. */
struct slice texts_write(const char *const *names, const char *const *values, int count,
                         struct arena *arena);
