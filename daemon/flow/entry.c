/* Identify, admit, recall, hand over. Permission is a column of the route table, checked here once.
 */
#include "flow/entry.h"

#include <string.h>

#include "flow/intake.h"
#include "flow/keyring.h"
#include "wire/json.h"
#include "wire/ticket_json.h"

enum { KEY_LIMIT = 255 };

#define ENTRY(X) X(identify) X(identified) X(admit) X(recall) X(recalled)
FLOW_STEPS(entry_steps, ENTRY)

static enum next set_caller(struct flow *flow, const struct caller *caller)
{
    if (instant_set(caller->expires_at) && caller->expires_at.us <= flow->now.us)
        return FLOW_FAIL(flow, FAULT_UNKNOWN_CALLER, "this key has expired");
    flow->caller = caller_copy(caller, flow->arena);
    flow->actor = (struct actor){caller->key, caller->role, flow->caller->unit, flow->caller->org};
    if (flow->call->caller == NULL)
        flow->call->caller = arena_format(flow->call->arena, "%lld", (long long)caller->key);
    flow->step = 2; /* admit */
    return GO;
}

static enum next hand_over(struct flow *flow)
{
    flow->steps = flow->route->steps;
    flow->step = 0;
    return GO;
}

static enum next identify(struct flow *flow)
{
    if ((flow->route->flags & ROUTE_ALWAYS) != 0)
        return hand_over(flow);
    if (flow->snapshot == NULL)
        return FLOW_FAIL(flow, FAULT_UNAVAILABLE, "the registry is not loaded yet");
    if (flow->route->may == MAY_NOBODY) {
        flow->step = 2;
        return GO;
    }
    if (flow->call->token == NULL)
        return FLOW_FAIL(flow, FAULT_UNKNOWN_CALLER, "send Authorization: Bearer and a key");
    const struct caller *caller = keyring_find(flow->context->keyring, flow->call->token);
    if (caller != NULL)
        return set_caller(flow, caller);
    struct crypt_hash hash = setup_key_hash(flow->call->token);
    args_bytes(work_add(flow_work(flow), STMT_KEY_FIND),
               (struct slice){(const char *)hash.at, sizeof(hash.at)});
    return WAIT; /* another instance may have made it just now */
}

static enum next identified(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0)
        return FLOW_FAIL(flow, FAULT_UNKNOWN_CALLER, "this key is not known");
    keyring_add(flow->context->keyring, &rows);
    return set_caller(flow, keyring_find(flow->context->keyring, flow->call->token));
}

static bool body_allowed(const struct flow *flow)
{
    const char *media = flow->call->media;
    unsigned flags = flow->route->flags;
    if (flow->call->body.size == 0 && media == NULL)
        return true;
    if ((flags & ROUTE_JSON) != 0 && (media == NULL || text_equal(media, "application/json")))
        return true;
    if ((flags & ROUTE_CSV) != 0 && (media == NULL || text_equal(media, "text/csv")))
        return true;
    if ((flags & ROUTE_PATCH) != 0 && (text_equal(media, "application/merge-patch+json") ||
                                       text_equal(media, "application/json") || media == NULL))
        return true;
    return flow->call->body.size == 0;
}

static bool query_known(struct flow *flow)
{
    struct names known = names_split(flow->arena, flow->route->query, ' ');
    for (int i = 0; i < flow->call->query_count; i++)
        if (!names_have(&known, flow->call->query[i].name))
            error_add(&flow->err, flow->call->query[i].name, "is not a query member of this call");
    if (!error_none(&flow->err))
        flow->err.fault = FAULT_MALFORMED;
    return error_none(&flow->err);
}

static enum next admit(struct flow *flow)
{
    if (flow->caller != NULL && (flow->route->may & 1u << flow->caller->role) == 0)
        return FLOW_FAIL(flow, FAULT_DENIED, "a key of role '%s' may not do this",
                         caller_role_words[flow->caller->role]);
    if (!body_allowed(flow))
        return FLOW_FAIL(flow, FAULT_MEDIA, "this call takes %s",
                         (flow->route->flags & ROUTE_CSV) != 0     ? "text/csv"
                         : (flow->route->flags & ROUTE_PATCH) != 0 ? "application/merge-patch+json"
                         : (flow->route->flags & ROUTE_JSON) != 0  ? "application/json"
                                                                   : "no body");
    if (!query_known(flow))
        return END;
    if (flow->caller != NULL)
        flow->scope = scope_of(flow->caller, flow->snapshot, flow->arena);
    return GO;
}

/* Keys are per API key, method and path (spec 10). */
static void make_keep_key(struct flow *flow)
{
    const struct call *call = flow->call;
    const char *text = arena_format(flow->arena, "%lld\n%s\n%s\n%s", (long long)flow->actor.key,
                                    call->method, call->path, call->idempotency_key);
    flow->keep_key = crypt_sha256((struct slice){text, strlen(text)});
    flow->fingerprint = crypt_sha256(call->body);
}

static struct slice bytes_of(const struct crypt_hash *hash)
{
    return (struct slice){(const char *)hash->at, sizeof(hash->at)};
}

static enum next recall(struct flow *flow)
{
    const char *key = flow->call->idempotency_key;
    if (key == NULL || !text_equal(flow->call->method, "POST"))
        return hand_over(flow);
    if ((flow->route->flags & ROUTE_SECRET) != 0)
        return FLOW_FAIL(flow, FAULT_MALFORMED,
                         "no Idempotency-Key here: the answer holds a secret and is not kept");
    if (*key == '\0' || strlen(key) > KEY_LIMIT)
        return FLOW_FAIL(flow, FAULT_MALFORMED, "Idempotency-Key must have 1 to %d characters",
                         KEY_LIMIT);
    if ((flow->route->flags & ROUTE_KEEPS) == 0)
        return hand_over(flow);
    flow->keeps = true;
    make_keep_key(flow);
    struct args *args = work_add(flow_work(flow), STMT_IDEMPOTENCY_FIND);
    args_open(args, ARGS_BYTES);
    args_bytes(args, bytes_of(&flow->keep_key));
    args_close(args);
    args_instant(args, flow->now);
    return WAIT;
}

static const char *receipt_for(void *context, const char *no)
{
    const struct flow *flow = context;
    return vault_receipt(&flow->context->vault, no, flow->arena);
}

static enum next recalled(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count == 0)
        return hand_over(flow);
    struct row row = rows_at(&rows, 0, flow->arena);
    row_bytes(&row);
    struct slice fingerprint = row_bytes(&row);
    if (memcmp(fingerprint.at, flow->fingerprint.at, CRYPT_HASH) != 0)
        return FLOW_FAIL(flow, FAULT_INVALID,
                         "this Idempotency-Key was used with another body before");
    int status = (int)row_int(&row);
    const char *text = row_text(&row);
    flow->answer.location = row_text(&row);
    flow->answer.etag = row_text(&row);
    struct slice body = {text, strlen(text)};
    if (flow->route->steps == &submit_steps || flow->route->steps == &submit_batch_steps)
        body = receipts_add(body, receipt_for, flow, flow->arena);
    return flow_body(flow, status, body);
}

void entry_keep(struct flow *flow)
{
    if (!flow->keeps)
        return;
    const struct answer *answer = &flow->answer;
    struct args *args = work_add(flow_work(flow), STMT_IDEMPOTENCY_INSERT);
    work_expect(flow->work, 1);
    struct slice texts[] = {
        answer->body,
        {answer->location, answer->location ? strlen(answer->location) : 0},
        {answer->etag,     answer->etag ? strlen(answer->etag) : 0        }
    };
    args_open(args, ARGS_BYTES);
    args_bytes(args, bytes_of(&flow->keep_key));
    args_close(args);
    args_open(args, ARGS_BYTES);
    args_bytes(args, bytes_of(&flow->fingerprint));
    args_close(args);
    args_open(args, ARGS_INT);
    args_int(args, answer->status);
    args_close(args);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        args_open(args, ARGS_TEXT);
        args_bytes(args, i == 0 && texts[i].at == NULL ? (struct slice){"", 0} : texts[i]);
        args_close(args);
    }
    args_open(args, ARGS_INSTANT);
    args_instant(args, instant_add(flow->now, SECONDS(ENTRY_KEEP_DAYS * 86400)));
    args_close(args);
    args_instant(args, flow->now);
    args_open(args, ARGS_TEXT);
    args_text(args, flow->keep_tickets);
    args_close(args);
}

const char *entry_etag(struct flow *flow, int64_t version)
{
    return arena_format(flow->arena, "\"%lld\"", (long long)version);
}

bool entry_matches(struct flow *flow, int64_t version)
{
    const char *wanted = flow->call->if_match;
    if (wanted == NULL || call_names_etag(wanted, entry_etag(flow, version), false))
        return true;
    return error_set(&flow->err, FAULT_CHANGED, "the present version is %s",
                     entry_etag(flow, version));
}
