/* Tickets, tasks, routes and events as JSON (spec 3, 4, 12). Times are written at `offset_s` from
 * UTC. */
#pragma once

#include "base/error.h"
#include "domain/likeness.h"
#include "domain/match.h"
#include "domain/ticket.h"

/* One ticket as an operator sends it. Unknown fields, wrong types, NUL, lengths, words, needs:
 * every fault with its pointer. Codes are not looked up here; but with FAULT_INVALID what could be
 * read is there, the rest as if not sent, so that one answer can name unknown codes too. */
MUST_CHECK bool submission_read(struct slice body, struct arena *arena, struct submission *ret_sent,
                                struct error *err);

struct batch_item {
    struct submission sent;
    struct error err; /* fault set: this item is refused */
};
/* {"tickets":[...]}, 1..`limit` of them: one item per ticket, in order. Fails only as a whole. */
MUST_CHECK bool batch_read(struct slice body, int limit, struct arena *arena,
                           struct batch_item **ret_items, int *ret_count, struct error *err);
/* What is kept of a submission beside the columns (kind, urgency, category, area, title, content,
 * source and external_no have columns; the petitioner is kept apart): address, lon, lat,
 * occurred_at, channel, accused, needs, unit, tags, then, public_answer. */
struct slice submission_write(const struct submission *sent, struct arena *arena);
/* Fills those fields again from the stored text. */
void submission_restore(struct slice stored, struct arena *arena, struct submission *sent);

/* {"name","phone","secret"}: sealed in the vault; and back. */
struct slice petitioner_write(const struct petitioner *petitioner, struct arena *arena);
void petitioner_read(struct slice text, struct arena *arena, struct petitioner *ret_petitioner);

/* The route of spec 12 as JSON text, with candidates and terms, policy, policy_version, revision.
 */
const char *route_write(const struct route *route, struct arena *arena);

/* {"same_caller":[numbers],"similar":[{"no","likeness"}]}, either left out when empty; NULL: both
 * are.
 */
const char *hints_write(const struct hints *hints, struct arena *arena);

/* One task (spec 12). */
struct slice task_write(const struct ticket *ticket, const struct task *task, int offset_s,
                        struct arena *arena);
/* The 201 and GET of a ticket: id no state version received_at, the fields sent (no petitioner),
 * route, tasks[]; receipt_code where given. `sent_fields` false: the short form of the 201. */
struct ticket_view {
    const struct ticket *ticket;
    const struct task *tasks;
    int task_count;
    const char *receipt_code; /* NULL: left out */
    const char *hints;        /* JSON of hints_write; NULL: left out */
    bool sent_fields;
    int offset_s;
};
struct slice ticket_write(const struct ticket_view *view, struct arena *arena);
/* A stored 201 (single, or 207 with many) with receipt codes put in: `code_for` makes one for a
 * number. */
struct slice receipts_add(struct slice stored,
                          const char *(*code_for)(void *context, const char *no), void *context,
                          struct arena *arena);
/* {"results":[{"status":201,"ticket":{}},{"status":422,"problem":{}}]} of JSON texts. */
struct batch_result {
    int status;
    struct slice body;
};
struct slice results_write(const struct batch_result *results, int count, struct arena *arena);

/* The data of an amendment: `body` as sent and "old" with the values that it replaces of `before`.
 */
const char *amendment_write(const char *body, const struct submission *before, struct arena *arena);
/* One event (spec 12). */
struct slice event_write(const struct ticket *ticket, const struct event *event, int offset_s,
                         struct arena *arena);
/* The data of an event (JSON object text, NULL stays NULL) with its texts masked (domain/mask), but
 * for members that hold codes or hashes. */
const char *data_mask(const char *data, struct arena *arena);
/* {"no","task","unit","org","stage","due","overdue_seconds","level","category","area","title"} */
struct overdue_row {
    int64_t ticket;
    int task;
    const char *no, *unit, *org, *category, *area, *title;
    int stage, level, origin;
    struct instant due;
};
struct slice overdue_write(const struct overdue_row *row, struct instant now, int offset_s,
                           struct arena *arena);
