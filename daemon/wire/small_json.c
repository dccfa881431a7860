/* The small bodies: keys, claims, dry runs of deadlines, callers, receipts. */
#include "wire/small_json.h"

#include "wire/reader.h"
#include "wire/registry_fields.h"
#include "wire/small_fields.h"
#include "wire/writer.h"

enum { NAME_LIMIT = 100, TOKEN_LIMIT = 200, PAIR_LIMIT = 1000, PAUSES_LIMIT = 1000 };
enum { CLAIM_MAX = 100, LEASE_MAX = 3600, LEASE_STANDARD = 60, AREAS_LIMIT = 100 };

static const struct field key_fields[] = {
    FIELD("role", WORD, caller, role, .required = true, .words = caller_role_words, .standard = -1),
    FIELD("name", TEXT, caller, name, .required = true, .max = NAME_LIMIT),
    FIELD("areas", NAMES, caller, areas, .of = FIELD_AREA, .max = AREAS_LIMIT),
    FIELD("unit", CODE, caller, unit),
    FIELD("org", CODE, caller, org),
    FIELD("expires_at", INSTANT, caller, expires_at),
};

/* What does not fit the role is refused rather than kept without effect. */
static void key_check(struct reader *reader, const struct node *object, void *target)
{
    const struct caller *caller = target;
    (void)object;
    if (caller->role < 0)
        return;
    bool by_area = caller->role == CALLER_OPERATOR || caller->role == CALLER_DISPATCHER ||
                   caller->role == CALLER_SUPERVISOR;
    bool by_unit = caller->role == CALLER_UNIT, by_org = caller->role == CALLER_ORG;
    const char *role = caller_role_words[caller->role];
    if (by_area != (caller->areas.count > 0))
        reader_fault_at(reader, "areas", by_area ? "%s needs at least one" : "not with %s", role);
    if (by_unit != (caller->unit != NULL))
        reader_fault_at(reader, "unit", by_unit ? "%s needs one" : "not with %s", role);
    if (by_org != (caller->org != NULL))
        reader_fault_at(reader, "org", by_org ? "%s needs one" : "not with %s", role);
}

const struct shape key_shape = SHAPE("KeyAsk", key_fields, caller, key_check);

bool key_read(struct slice body, struct arena *arena, struct caller *ret_caller, struct error *err)
{
    struct caller caller = {0};
    if (!reader_read(body, &key_shape, arena, &caller, err))
        return false;
    caller.created_at = INSTANT_NONE;
    caller.revoked_at = INSTANT_NONE;
    *ret_caller = caller;
    return true;
}

struct slice key_write(const struct caller *caller, const char *secret, int offset_s,
                       struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", arena_format(arena, "%lld", (long long)caller->key));
    put_given(&text, "key", secret);
    put_word(&text, "role", caller_role_words, caller->role);
    put_text(&text, "name", caller->name);
    put_names(&text, "areas", &caller->areas);
    put_text(&text, "unit", caller->unit);
    put_text(&text, "org", caller->org);
    put_instant(&text, "expires_at", caller->expires_at, &form);
    put_instant(&text, "created_at", caller->created_at, &form);
    put_instant(&text, "revoked_at", caller->revoked_at, &form);
    put_end(&text, '}');
    return put_done(&text, arena);
}

static const struct field claim_fields[] = {
    FIELD("unit", CODE, claim_body, unit, .required = true),
    FIELD("max", INT, claim_body, max, .standard = 1, .min = 1, .max = CLAIM_MAX),
    FIELD("lease_s", INT, claim_body, lease_s, .standard = LEASE_STANDARD, .min = 1,
          .max = LEASE_MAX),
};
static const struct field renew_fields[] = {
    FIELD("task", CODE, claim_body, task, .required = true),
    FIELD("claim", TEXT, claim_body, claim, .required = true, .max = TOKEN_LIMIT),
    FIELD("lease_s", INT, claim_body, lease_s, .standard = LEASE_STANDARD, .min = 1,
          .max = LEASE_MAX),
};
static const struct field release_fields[] = {
    FIELD("task", CODE, claim_body, task, .required = true),
    FIELD("claim", TEXT, claim_body, claim, .required = true, .max = TOKEN_LIMIT),
};

const struct shape claim_shape = SHAPE("ClaimAsk", claim_fields, claim_body, NULL);
const struct shape renew_shape = SHAPE("RenewAsk", renew_fields, claim_body, NULL);
const struct shape release_shape = SHAPE("ReleaseAsk", release_fields, claim_body, NULL);

bool claim_read(const char *what, struct slice body, struct arena *arena,
                struct claim_body *ret_claim, struct error *err)
{
    static const char *const words[] = {"claim", "renew", "release", NULL};
    static const struct shape *const shapes[] = {&claim_shape, &renew_shape, &release_shape};
    struct claim_body claim = {.max = 1, .lease_s = LEASE_STANDARD};
    int word = word_find(words, what);
    if (word < 0)
        return error_set(err, FAULT_BUG, "no such claim body: %s", what);
    if (!reader_read(body, shapes[word], arena, &claim, err))
        return false;
    *ret_claim = claim;
    return true;
}

struct slice claim_write(struct slice task, const char *claim, struct instant lease_until,
                         int offset_s, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_raw(&text, "task", task);
    put_text(&text, "claim", claim);
    put_instant(&text, "lease_until", lease_until, &(struct instant_form){arena, offset_s});
    put_end(&text, '}');
    return put_done(&text, arena);
}

static void pause_check(struct reader *reader, const struct node *object, void *target)
{
    const struct interval *pause = target;
    (void)object;
    if (instant_set(pause->from) && instant_set(pause->to) && pause->to.us < pause->from.us)
        reader_fault_at(reader, "to", "must not be before from");
}

static const struct field pause_fields[] = {
    FIELD("from", INSTANT, interval, from, .required = true),
    FIELD("to", INSTANT, interval, to),
};
static const struct shape pause_shape = SHAPE("Pause", pause_fields, interval, pause_check);

static const struct field ask_fields[] = {
    FIELD("calendar", CODE, deadline_ask, calendar, .required = true),
    FIELD("dispatched_at", INSTANT, deadline_ask, dispatched_at, .required = true),
    FIELD("span", OBJECT, deadline_ask, span, .required = true, .shape = &amount_shape),
    FIELD("pauses", LIST, deadline_ask, pauses.at, COUNT_AT(deadline_ask, pauses.count),
          .shape = &pause_shape, .max = PAUSES_LIMIT),
};
const struct shape deadline_ask_shape = SHAPE("DeadlineAsk", ask_fields, deadline_ask, NULL);

bool deadline_ask_read(struct slice body, struct arena *arena, struct deadline_ask *ret_ask,
                       struct error *err)
{
    return reader_read(body, &deadline_ask_shape, arena, ret_ask, err);
}

static void put_intervals(struct text *text, const char *key, const struct intervals *counted,
                          const struct instant_form *form)
{
    put_begin(text, key, '[');
    for (int i = 0; i < counted->count; i++) {
        put_begin(text, NULL, '{');
        put_instant(text, "from", counted->at[i].from, form);
        put_instant(text, "to", counted->at[i].to, form);
        put_end(text, '}');
    }
    put_end(text, ']');
}

struct slice reckoning_write(const struct reckoning *reckoning, int offset_s, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_instant(&text, "due", reckoning->due, &form);
    put_intervals(&text, "counted", &reckoning->counted, &form);
    put_flag(&text, "provisional", reckoning->provisional);
    put_end(&text, '}');
    return put_done(&text, arena);
}

static void put_account(struct text *text, const struct ticket *ticket, const struct task *task,
                        const struct stage_account *account, const struct instant_form *form)
{
    put_begin(text, NULL, '{');
    put_text(text, "stage", stage_word(ticket->origin, account->stage));
    put_instant(text, "from", account->from, form);
    put_instant(text, "due", account->due, form);
    put_instant(text, "met", account->met, form);
    shape_write(text, "span", &amount_shape, &account->span, form->offset_s);
    put_begin(text, "extensions", '[');
    for (int i = 0; account->stage == STAGE_RESOLVE && i < task->granted.count; i++)
        shape_write(text, NULL, &amount_shape, &task->granted.at[i], form->offset_s);
    put_end(text, ']');
    put_text(text, "policy", task->policy);
    put_int(text, "policy_version", task->policy_version);
    put_text(text, "calendar", task->calendar);
    put_int(text, "calendar_version", task->calendar_version);
    put_instant(text, "due_reckoned", account->reckoning.due, form);
    put_intervals(text, "counted", &account->reckoning.counted, form);
    put_flag(text, "provisional", account->reckoning.provisional);
    put_flag(text, "capped", account->capped);
    put_flag(text, "overdue", account->overdue);
    put_end(text, '}');
}

struct slice deadlines_write(const struct ticket *ticket, const struct task *task,
                             const struct stage_account *accounts, int count, int offset_s,
                             struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_begin(&text, "stages", '[');
    for (int i = 0; i < count; i++)
        put_account(&text, ticket, task, &accounts[i], &form);
    put_end(&text, ']');
    put_intervals(&text, "pauses", &ticket->pauses, &form);
    put_end(&text, '}');
    return put_done(&text, arena);
}

bool pair_read(struct slice body, const char *first, const char *second, struct arena *arena,
               const char *ret_values[2], struct error *err)
{
    struct pair {
        const char *first, *second;
    } pair = {0};
    const struct field fields[] = {
        FIELD(first, TEXT, pair, first, .required = true, .max = PAIR_LIMIT),
        FIELD(second, TEXT, pair, second, .required = true, .max = PAIR_LIMIT),
    };
    const struct shape shape = SHAPE("Pair", fields, pair, NULL);
    if (!reader_read(body, &shape, arena, &pair, err))
        return false;
    ret_values[0] = pair.first;
    ret_values[1] = pair.second;
    return true;
}

struct slice texts_write(const char *const *names, const char *const *values, int count,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    for (int i = 0; i < count; i++)
        put_text(&text, names[i], values[i]);
    put_end(&text, '}');
    return put_done(&text, arena);
}
