/* Answers have shapes that only describe: nothing is read or written by them, so they have no
 * places in a struct. A member that is not told always is null or absent at times. */
#include "wire/openapi_shapes.h"

#include "base/error.h"
#include "domain/caller.h"
#include "domain/registry.h"
#include "domain/ticket.h"
#include "wire/offer_fields.h"
#include "wire/registry_fields.h"
#include "wire/small_fields.h"
#include "wire/tally_json.h"
#include "wire/ticket_fields.h"
#include "wire/webhook_fields.h"
#include "wire/whistle_fields.h"

#define TOLD(title, kind, ...)  FIELD_HERE(title, kind, .required = true, __VA_ARGS__)
#define MAYBE(title, kind, ...) FIELD_HERE(title, kind, __VA_ARGS__)
#define ANSWER(title, fields)                                                                      \
    {                                                                                              \
        (title), (fields), (int)COUNT_OF(fields), 0, NULL                                          \
    }
#define WORDS_OF(list) .words = (list)
#define LIST_OF(part)  .shape = &(part)

static const struct field named_fields[] = {TOLD("code", TEXT), TOLD("name", TEXT)};
static const struct shape named_shape = ANSWER("Named", named_fields);
static const struct field target_fields[] = {TOLD("code", TEXT), TOLD("name", TEXT),
                                             TOLD("kind", WORD, WORDS_OF(org_kind_words))};
static const struct shape target_shape = ANSWER("Target", target_fields);
static const struct field taken_fields[] = {TOLD("code", TEXT), TOLD("title", TEXT),
                                            TOLD("kind", WORD, WORDS_OF(resource_kind_words))};
static const struct shape taken_shape = ANSWER("Taken", taken_fields);

#define X(term) TOLD(#term, REAL, .max = 1),
static const struct field terms_fields[] = {TERMS(X)};
#undef X
static const struct shape terms_shape = ANSWER("Terms", terms_fields);

static const struct field candidate_fields[] = {
    TOLD("unit", OBJECT, LIST_OF(named_shape)),     MAYBE("org", OBJECT, LIST_OF(target_shape)),
    TOLD("resource", OBJECT, LIST_OF(taken_shape)), TOLD("score", REAL, .max = 1000),
    TOLD("terms", OBJECT, LIST_OF(terms_shape)),
};
static const struct shape candidate_shape = ANSWER("Candidate", candidate_fields);

static const struct field route_fields[] = {
    TOLD("basis", WORD, WORDS_OF(basis_words)),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("score", REAL, .max = 1000),
    MAYBE("unit", OBJECT, LIST_OF(named_shape)),
    MAYBE("org", OBJECT, LIST_OF(target_shape)),
    MAYBE("resource", OBJECT, LIST_OF(taken_shape)),
    TOLD("candidates", LIST, LIST_OF(candidate_shape)),
    MAYBE("policy", TEXT),
    TOLD("policy_version", INT),
    TOLD("revision", INT),
};
static const struct shape route_shape = ANSWER("Route", route_fields);

static const struct field similar_fields[] = {TOLD("no", TEXT), TOLD("likeness", REAL, .max = 1)};
static const struct shape similar_shape = ANSWER("Similar", similar_fields);
static const struct field hints_fields[] = {
    MAYBE("same_caller", NAMES, .of = FIELD_TEXT),
    MAYBE("similar", LIST, LIST_OF(similar_shape)),
};
static const struct shape hints_shape = ANSWER("Hints", hints_fields);

static const struct field route_answer_fields[] = {
    TOLD("route", OBJECT, LIST_OF(route_shape)),
    MAYBE("hints", OBJECT, LIST_OF(hints_shape)),
};
static const struct shape route_answer_shape = ANSWER("RouteAnswer", route_answer_fields);

static const struct field origin_fields[] = {TOLD("kind", WORD, WORDS_OF(origin_words)),
                                             TOLD("id", TEXT)};
static const struct shape origin_shape = ANSWER("Origin", origin_fields);

static const struct field task_fields[] = {
    TOLD("id", TEXT),
    MAYBE("no", TEXT),
    TOLD("origin", OBJECT, LIST_OF(origin_shape)),
    TOLD("role", WORD, WORDS_OF(task_role_words)),
    TOLD("round", INT),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    TOLD("state", WORD, WORDS_OF(task_state_words)),
    TOLD("urgency", WORD, WORDS_OF(urgency_words)),
    TOLD("category", TEXT),
    TOLD("area", TEXT),
    TOLD("title", TEXT),
    MAYBE("sign_due", INSTANT),
    MAYBE("contact_due", INSTANT),
    MAYBE("resolve_due", INSTANT),
    MAYBE("due", INSTANT),
    TOLD("overdue", NAMES, .of = FIELD_CHOICE, WORDS_OF(all_stage_words)),
    TOLD("provisional", FLAG),
    MAYBE("extension_asked", OBJECT, LIST_OF(amount_shape)),
    MAYBE("extensions", LIST, LIST_OF(amount_shape)),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("version", INT),
};
static const struct shape task_shape = ANSWER("Task", task_fields);

static const struct field ticket_fields[] = {
    TOLD("no", TEXT),
    TOLD("id", TEXT),
    TOLD("state", WORD, WORDS_OF(ticket_state_words)),
    TOLD("version", INT),
    TOLD("received_at", INSTANT),
    MAYBE("erased_at", INSTANT),
    MAYBE("receipt_code", TEXT),
    MAYBE("excluded", FLAG),
    MAYBE("hung_reason", TEXT),
    MAYBE("review_at", INSTANT),
    MAYBE("route", OBJECT, LIST_OF(route_shape)),
    TOLD("tasks", LIST, LIST_OF(task_shape)),
    MAYBE("hints", OBJECT, LIST_OF(hints_shape)),
};
const struct shape ticket_shown_shape = ANSWER("Ticket", ticket_fields);

static const char *const by_words[] = {"operator",   "dispatcher", "unit",   "org",
                                       "supervisor", "admin",      "daemon", NULL};
static const struct field by_fields[] = {MAYBE("key", TEXT), TOLD("role", WORD, WORDS_OF(by_words)),
                                         MAYBE("unit", TEXT), MAYBE("org", TEXT)};
static const struct shape by_shape = ANSWER("By", by_fields);
static const struct shape object_shape = {"Object", NULL, 0, 0, NULL};

static const struct field event_fields[] = {
    TOLD("id", TEXT),
    MAYBE("no", TEXT),
    TOLD("origin", OBJECT, LIST_OF(origin_shape)),
    MAYBE("task", TEXT),
    TOLD("seq", INT),
    TOLD("move", TEXT),
    TOLD("at", INSTANT),
    TOLD("by", OBJECT, LIST_OF(by_shape)),
    MAYBE("from", TEXT),
    MAYBE("to", TEXT),
    TOLD("data", OBJECT, LIST_OF(object_shape)),
};
static const struct shape event_shape = ANSWER("Event", event_fields);

static const struct field overdue_fields[] = {
    MAYBE("no", TEXT),
    TOLD("task", TEXT),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    TOLD("stage", WORD, WORDS_OF(all_stage_words)),
    TOLD("due", INSTANT),
    TOLD("overdue_seconds", INT),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    TOLD("category", TEXT),
    TOLD("area", TEXT),
    TOLD("title", TEXT),
};
static const struct shape overdue_shape = ANSWER("Overdue", overdue_fields);

static const struct field called_fields[] = {
    TOLD("unit", TEXT),
    TOLD("role", WORD, WORDS_OF(task_role_words)),
    MAYBE("task", TEXT),
    MAYBE("org", TEXT),
    MAYBE("state", WORD, WORDS_OF(task_state_words)),
    MAYBE("level", WORD, WORDS_OF(level_words)),
    MAYBE("acknowledge_due", INSTANT),
    MAYBE("arrive_due", INSTANT),
    MAYBE("result_due", INSTANT),
    MAYBE("acknowledged_at", INSTANT),
    MAYBE("arrived_at", INSTANT),
    MAYBE("result_at", INSTANT),
    MAYBE("overdue", NAMES, .of = FIELD_CHOICE, WORDS_OF(all_stage_words)),
    MAYBE("who", TEXT),
    MAYBE("how_many", INT),
    MAYBE("result", TEXT),
    MAYBE("solved", FLAG),
    MAYBE("refusal", TEXT),
    MAYBE("rating", INT),
    MAYBE("rating_back", INT),
};
static const struct shape called_shape = ANSWER("Called", called_fields);
static const struct field timely_fields[] = {MAYBE("acknowledge", FLAG), MAYBE("arrive", FLAG),
                                             MAYBE("result", FLAG)};
static const struct shape timely_shape = ANSWER("Timely", timely_fields);
static const struct field part_fields[] = {
    TOLD("unit", TEXT),
    TOLD("role", WORD, WORDS_OF(task_role_words)),
    MAYBE("outcome", REAL, .max = 1),
    TOLD("timely", OBJECT, LIST_OF(timely_shape)),
    MAYBE("in_time", REAL, .max = 1),
    MAYBE("rating", INT),
    TOLD("weight", REAL, .max = 100),
    MAYBE("score", REAL, .max = 1),
    MAYBE("credit", REAL, .max = 1),
};
static const struct shape part_shape = ANSWER("WhistlePart", part_fields);
static const struct field street_fields[] = {
    MAYBE("outcome", REAL, .max = 1), MAYBE("rating_back", REAL, .max = 100),
    MAYBE("score", REAL, .max = 1), MAYBE("credit", REAL, .max = 1)};
static const struct shape street_shape = ANSWER("StreetPart", street_fields);
static const struct field score_fields[] = {TOLD("street", OBJECT, LIST_OF(street_shape)),
                                            TOLD("targets", LIST, LIST_OF(part_shape))};
static const struct shape score_shape = ANSWER("WhistleScore", score_fields);
static const struct field raiser_fields[] = {MAYBE("key", TEXT), MAYBE("org", TEXT)};
static const struct shape raiser_shape = ANSWER("Raiser", raiser_fields);
static const struct field whistle_fields[] = {
    TOLD("id", TEXT),
    TOLD("state", WORD, WORDS_OF(whistle_state_words)),
    TOLD("version", INT),
    TOLD("kind", WORD, WORDS_OF(whistle_kind_words)),
    TOLD("urgency", WORD, WORDS_OF(urgency_words)),
    TOLD("org", TEXT),
    TOLD("raised_by", OBJECT, LIST_OF(raiser_shape)),
    MAYBE("no", TEXT),
    TOLD("area", TEXT),
    TOLD("category", TEXT),
    TOLD("title", TEXT),
    TOLD("reason", TEXT),
    MAYBE("place", TEXT),
    TOLD("raised_at", INSTANT),
    MAYBE("approved_at", INSTANT),
    MAYBE("ended_at", INSTANT),
    TOLD("targets", LIST, LIST_OF(called_shape)),
    MAYBE("score", OBJECT, LIST_OF(score_shape)),
};
static const struct shape whistle_shown_shape = ANSWER("Whistle", whistle_fields);

static const struct field taker_fields[] = {
    TOLD("unit", TEXT),
    TOLD("org", TEXT),
    TOLD("role", WORD, WORDS_OF(task_role_words)),
    TOLD("state", WORD, WORDS_OF(task_state_words)),
    TOLD("taken_at", INSTANT),
    MAYBE("task", TEXT),
    MAYBE("due", INSTANT),
    MAYBE("finished_at", INSTANT),
    MAYBE("result", TEXT),
    MAYBE("rating", INT),
    MAYBE("rating_note", TEXT),
    MAYBE("rating_back", INT),
    MAYBE("rating_back_note", TEXT),
};
static const struct shape taker_shape = ANSWER("Taker", taker_fields);
static const struct field reached_fields[] = {
    TOLD("title", TEXT), MAYBE("due", TEXT),    MAYBE("done_at", INSTANT),
    MAYBE("note", TEXT), TOLD("overdue", FLAG),
};
static const struct shape reached_shape = ANSWER("MilestoneReached", reached_fields);
/* What needs and projects have in common. */
#define OFFER_FIELDS                                                                               \
    TOLD("id", TEXT), TOLD("state", WORD, WORDS_OF(offer_state_words)), TOLD("version", INT),      \
        TOLD("org", TEXT), TOLD("area", TEXT), MAYBE("category", TEXT), TOLD("title", TEXT),       \
        TOLD("content", TEXT), TOLD("created_at", INSTANT), MAYBE("published_at", INSTANT),        \
        MAYBE("open_at", INSTANT), TOLD("open_to_all", FLAG),                                      \
        TOLD("paired", NAMES, .of = FIELD_CODE), MAYBE("ended_at", INSTANT),                       \
        TOLD("takers", LIST, LIST_OF(taker_shape))
static const struct field need_shown_fields[] = {
    OFFER_FIELDS,
    TOLD("kind", WORD, WORDS_OF(resource_kind_words)),
    TOLD("quantity", INT),
    MAYBE("project", TEXT),
};
static const struct shape need_shown_shape = ANSWER("Need", need_shown_fields);
static const struct field project_shown_fields[] = {
    OFFER_FIELDS,
    TOLD("secretary", TEXT),
    TOLD("needs", NAMES, .of = FIELD_CODE),
    TOLD("resources", NAMES, .of = FIELD_CODE),
    TOLD("milestones", LIST, LIST_OF(reached_shape)),
    MAYBE("due", INSTANT),
};
static const struct shape project_shown_shape = ANSWER("Project", project_shown_fields);

static const struct field fault_fields[] = {TOLD("pointer", TEXT), TOLD("detail", TEXT)};
static const struct shape fault_shape = ANSWER("Fault", fault_fields);
static const struct field problem_fields[] = {
    TOLD("type", TEXT),
    TOLD("title", TEXT),
    TOLD("status", INT, .max = 599),
    MAYBE("detail", TEXT),
    MAYBE("errors", LIST, LIST_OF(fault_shape), .max = ERROR_ITEMS_FILE),
    MAYBE("request_id", TEXT),
    MAYBE("state", TEXT),
    MAYBE("moves", NAMES, .of = FIELD_TEXT),
    MAYBE("no", TEXT),
};
static const struct shape problem_shape = ANSWER("Problem", problem_fields);

static const struct field result_fields[] = {TOLD("status", INT, .max = 599),
                                             MAYBE("ticket", OBJECT, LIST_OF(ticket_shown_shape)),
                                             MAYBE("problem", OBJECT, LIST_OF(problem_shape))};
static const struct shape result_shape = ANSWER("BatchResult", result_fields);
static const struct field results_fields[] = {TOLD("results", LIST, LIST_OF(result_shape))};
static const struct shape results_shape = ANSWER("BatchResults", results_fields);
static const struct field batch_fields[] = {
    TOLD("tickets", LIST, LIST_OF(submission_shape), .max = 500)};
static const struct shape batch_shape = ANSWER("Batch", batch_fields);

static const struct field list_fields[] = {TOLD("items", LIST, LIST_OF(object_shape)),
                                           MAYBE("next", TEXT)};
static const struct shape list_shape = ANSWER("List", list_fields);

static const struct field counted_fields[] = {TOLD("from", INSTANT), TOLD("to", INSTANT)};
static const struct shape counted_shape = ANSWER("Interval", counted_fields);
static const struct field reckoning_fields[] = {MAYBE("due", INSTANT),
                                                TOLD("counted", LIST, LIST_OF(counted_shape)),
                                                TOLD("provisional", FLAG)};
static const struct shape reckoning_shape = ANSWER("Reckoning", reckoning_fields);
static const struct field stage_fields[] = {
    TOLD("stage", WORD, WORDS_OF(all_stage_words)),
    MAYBE("from", INSTANT),
    MAYBE("due", INSTANT),
    MAYBE("met", INSTANT),
    MAYBE("span", OBJECT, LIST_OF(amount_shape)),
    TOLD("extensions", LIST, LIST_OF(amount_shape)),
    MAYBE("policy", TEXT),
    TOLD("policy_version", INT),
    MAYBE("calendar", TEXT),
    TOLD("calendar_version", INT),
    MAYBE("due_reckoned", INSTANT),
    TOLD("counted", LIST, LIST_OF(counted_shape)),
    TOLD("provisional", FLAG),
    TOLD("capped", FLAG),
    TOLD("overdue", FLAG),
};
static const struct shape stage_shape = ANSWER("StageAccount", stage_fields);
static const struct field deadlines_fields[] = {TOLD("stages", LIST, LIST_OF(stage_shape)),
                                                TOLD("pauses", LIST, LIST_OF(counted_shape))};
static const struct shape deadlines_shape = ANSWER("Deadlines", deadlines_fields);

static const struct field due_change_fields[] = {TOLD("task", TEXT), MAYBE("no", TEXT),
                                                 TOLD("stage", WORD, WORDS_OF(all_stage_words)),
                                                 MAYBE("old", INSTANT), MAYBE("new", INSTANT)};
static const struct shape due_change_shape = ANSWER("DueChange", due_change_fields);
static const struct field recalculation_fields[] = {
    TOLD("calendar", TEXT), TOLD("version", INT), TOLD("tasks", INT),
    TOLD("changed", INT),   TOLD("lifted", INT),  TOLD("items", LIST, LIST_OF(due_change_shape))};
static const struct shape recalculation_shape = ANSWER("Recalculation", recalculation_fields);

static const struct field lease_fields[] = {MAYBE("task", OBJECT, LIST_OF(task_shape)),
                                            MAYBE("claim", TEXT), MAYBE("lease_until", INSTANT)};
static const struct shape lease_shape = ANSWER("Lease", lease_fields);
static const struct field caller_fields[] = {TOLD("phone", PHONE), TOLD("purpose", TEXT)};
static const struct shape caller_shape = ANSWER("CallerAsk", caller_fields);
static const struct field receipt_ask_fields[] = {TOLD("no", TEXT), TOLD("code", TEXT)};
static const struct shape receipt_ask_shape = ANSWER("ReceiptAsk", receipt_ask_fields);

static const struct shape identity_shape = {"Identity", NULL, 0, 0, NULL};
static const struct shape health_shape = {"Health", NULL, 0, 0, NULL};
static const struct field receipt_fields[] = {TOLD("state", TEXT), MAYBE("public_answer", TEXT)};
static const struct shape receipt_shape = ANSWER("Receipt", receipt_fields);
static const struct field counts_fields[] = {
    TOLD("rows", INT),
    TOLD("created", INT),
    TOLD("changed", INT),
    TOLD("unchanged", INT),
};
static const struct shape counts_shape = ANSWER("ImportCounts", counts_fields);
static const struct field break_fields[] = {TOLD("no", TEXT), TOLD("seq", INT), TOLD("what", TEXT)};
static const struct shape break_shape = ANSWER("Broken", break_fields);
static const struct field verification_fields[] = {TOLD("tickets", INT), TOLD("events", INT),
                                                   TOLD("broken", LIST, LIST_OF(break_shape)),
                                                   MAYBE("next", TEXT)};
static const struct shape verification_shape = ANSWER("Verification", verification_fields);
static const struct field key_fields[] = {
    TOLD("id", TEXT),
    MAYBE("key", TEXT),
    TOLD("role", WORD, WORDS_OF(caller_role_words)),
    TOLD("name", TEXT),
    TOLD("areas", NAMES, .of = FIELD_AREA),
    MAYBE("unit", TEXT),
    MAYBE("org", TEXT),
    MAYBE("expires_at", INSTANT),
    TOLD("created_at", INSTANT),
    MAYBE("revoked_at", INSTANT),
};
static const struct shape key_shown_shape = ANSWER("Key", key_fields);

static const struct field figure_fields[] = {TOLD("n", REAL, .max = 1e15), TOLD("of", INT),
                                             MAYBE("rate", REAL, .max = 1)};
static const struct shape figure_shape = ANSWER("Figure", figure_fields);
#define X(name) TOLD(#name, OBJECT, LIST_OF(figure_shape)),
static const struct field rated_fields[] = {
    MAYBE("code", TEXT),
    MAYBE("name", TEXT),
    MAYBE("peer", TEXT),
    MAYBE("rank", INT),
    TOLD("counted", INT),
    TOLD("excluded", INT),
    TOLD("hung", INT),
    FIGURES(X) MAYBE("score", REAL, .max = 1),
    TOLD("parts", OBJECT, LIST_OF(object_shape)),
};
#undef X
static const struct shape rated_shape = ANSWER("Rated", rated_fields);
#define FIGURES_OF(items, total)                                                                   \
    TOLD("items", LIST, LIST_OF(items)), MAYBE("total", OBJECT, LIST_OF(total)),                   \
        MAYBE("as_of", TEXT), TOLD("group", WORD, WORDS_OF(tally_group_words)),                    \
        TOLD("from", DATE), TOLD("to", DATE), TOLD("rules", OBJECT, LIST_OF(object_shape)),        \
        MAYBE("next", TEXT), MAYBE("month", TEXT), MAYBE("published_at", INSTANT)
static const struct field rates_fields[] = {FIGURES_OF(rated_shape, rated_shape)};
static const struct shape rates_shape = ANSWER("Rates", rates_fields);
static const struct field timed_fields[] = {
    MAYBE("code", TEXT),  MAYBE("name", TEXT),          MAYBE("peer", TEXT),
    TOLD("tickets", INT), MAYBE("median_minutes", INT), MAYBE("p90_minutes", INT),
};
static const struct shape timed_shape = ANSWER("Timed", timed_fields);
static const struct field times_fields[] = {FIGURES_OF(timed_shape, timed_shape)};
static const struct shape times_shape = ANSWER("Times", times_fields);
static const struct field month_fields[] = {
    TOLD("month", TEXT),
    TOLD("areas", NAMES, .of = FIELD_AREA),
    TOLD("from", DATE),
    TOLD("to", DATE),
    TOLD("published_at", INSTANT),
    MAYBE("as_of", TEXT),
    TOLD("rules", OBJECT, LIST_OF(object_shape)),
};
static const struct shape month_shape = ANSWER("Month", month_fields);
static const struct field unclear_fields[] = {
    TOLD("code", TEXT), TOLD("name", TEXT), TOLD("kind", WORD, WORDS_OF(unit_kind_words)),
    MAYBE("area", TEXT), TOLD("missing", NAMES, .of = FIELD_CHOICE, WORDS_OF(ledger_words))};
static const struct shape unclear_shape = ANSWER("Unclear", unclear_fields);
static const struct field clears_fields[] = {TOLD("items", LIST, LIST_OF(unclear_shape)),
                                             TOLD("total", OBJECT, LIST_OF(object_shape)),
                                             MAYBE("next", TEXT)};
static const struct shape clears_shape = ANSWER("Clears", clears_fields);
static const struct field whistle_figures_fields[] = {
    TOLD("items", LIST, LIST_OF(object_shape)),
    TOLD("total", OBJECT, LIST_OF(object_shape)),
    TOLD("group", WORD, WORDS_OF(whistle_group_words)),
    TOLD("from", DATE),
    TOLD("to", DATE),
    MAYBE("next", TEXT),
};
static const struct shape whistle_figures_shape = ANSWER("WhistleFigures", whistle_figures_fields);

/* Bodies are closed, answers open: a client must not mind members that come later. */
const struct shape *const shapes_sent[] = {
    &submission_shape,
    &batch_shape,
    &claim_shape,
    &renew_shape,
    &release_shape,
    &caller_shape,
    &receipt_ask_shape,
    &key_shape,
    &deadline_ask_shape,
    &need_sent_shape,
    &project_sent_shape,
    &whistle_shape,
    &recalculation_ask_shape,
    &webhook_shape,
    &secret_ask_shape,
    &replay_shape,
    NULL,
};
/* A line each, so that they do not move about. */
/* clang-format off */
const struct shape *const shapes_shown[] = {
    &route_shape,
    &route_answer_shape,
    &task_shape,
    &event_shape,
    &overdue_shape,
    &problem_shape,
    &results_shape,
    &list_shape,
    &reckoning_shape,
    &deadlines_shape,
    &lease_shape,
    &identity_shape,
    &health_shape,
    &receipt_shape,
    &counts_shape,
    &verification_shape,
    &key_shown_shape,
    &whistle_shown_shape,
    &need_shown_shape,
    &project_shown_shape,
    &recalculation_shape,
    &rates_shape,
    &times_shape,
    &month_shape,
    &clears_shape,
    &whistle_figures_shape,
    &webhook_shown_shape,
    &secret_shown_shape,
    &replayed_shape,
    &delivery_shape,
    NULL,
};
/* clang-format on */
