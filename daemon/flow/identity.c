/* Who called: the identity by purpose, the tickets of a caller, and the citizen's own receipt. Each
 * read of an identity is an event, committed before the answer. */
#include <string.h>

#include "base/clock.h"
#include "domain/number.h"
#include "flow/entry.h"
#include "flow/privacy.h"
#include "flow/reach.h"
#include "flow/show.h"
#include "wire/json.h"
#include "wire/small_json.h"
#include "wire/ticket_json.h"

#define IDENTITY(X) X(load_identity) X(read_identity) X(commit_read) X(show_identity)
#define CALLERS(X)  X(find_caller) X(load_callers) X(show_callers)
#define RECEIPT(X)  X(load_receipt) X(show_receipt)
FLOW_STEPS(identity_steps, IDENTITY)
FLOW_STEPS(callers_steps, CALLERS)
FLOW_STEPS(receipt_steps, RECEIPT)

enum { PURPOSE_LIMIT = 200, CALLERS_LIMIT = 100, TRIES = 10, TRY_SLOTS = 4096, TRY_WINDOW_S = 600 };

static enum next load_identity(struct flow *flow)
{
    const char *purpose = call_query(flow->call, "purpose");
    if (purpose == NULL || *purpose == '\0' || strlen(purpose) > PURPOSE_LIMIT) {
        error_add(&flow->err, "purpose", "say in 1 to %d bytes what the identity is needed for",
                  PURPOSE_LIMIT);
        return END;
    }
    return ticket_load(flow, flow->call->parts[0]);
}

static enum next read_identity(struct flow *flow)
{
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    if (found == 0 || !sees_ticket(flow, dossiers[0]))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "no ticket has this number");
    struct dossier *dossier = dossiers[0];
    dossier_restore(dossier, flow->arena);
    if (instant_set(dossier->ticket.erased_at))
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "the identity in this ticket has been erased");
    if (!privacy_knows_petitioner(flow, dossier))
        return FLOW_FAIL(flow, FAULT_DENIED, "this caller's identity is kept from units");
    struct world world = flow_world_of(flow, &dossier, 1);
    const char *names[] = {"purpose"}, *values[] = {call_query(flow->call, "purpose")};
    struct event *event = dossier_event(dossier, &world, NULL, "identity_read", &flow->actor);
    event->data = texts_write(names, values, 1, flow->arena).at;
    event->from = event->to = ticket_state_words[dossier->ticket.state];
    flow->job = dossier;
    args_int(work_add(flow->work, STMT_IDENTITY_LOAD), dossier->ticket.id);
    work_begin(flow->work);
    dossier_store_save(flow->work, &dossier, 1, &flow->context->vault, flow->arena);
    return WAIT;
}

static enum next commit_read(struct flow *flow)
{
    const struct dossier *dossier = flow->job;
    if (!work_obeyed(flow->work))
        return REDO;
    struct rows rows = work_rows(flow->work, 0);
    struct petitioner petitioner = {0};
    if (rows.count > 0) {
        struct row row = rows_at(&rows, 0, flow->arena);
        struct slice sealed, plain;
        row_text(&row); /* the key's name: one key so far */
        sealed = row_bytes(&row);
        if (!vault_open(&flow->context->vault, dossier->ticket.id, sealed, flow->arena, &plain))
            return FLOW_FAIL(flow, FAULT_BUG, "the sealed identity does not open");
        petitioner_read(plain, flow->arena, &petitioner);
    }
    const char *names[] = {"no", "name", "phone"};
    const char *values[] = {dossier->ticket.no, petitioner.name, petitioner.phone};
    flow->answer.body = texts_write(names, values, COUNT_OF(names), flow->arena);
    flow->answer.status = 200;
    work_commit(flow->work);
    return WAIT;
}

static enum next show_identity(struct flow *flow)
{
    (void)flow;
    return END;
}

static enum next find_caller(struct flow *flow)
{
    const char *values[2];
    if (!pair_read(flow->call->body, "phone", "purpose", flow->arena, values, &flow->err))
        return END;
    struct crypt_hash hash = vault_phone(&flow->context->vault, values[0], flow->arena);
    struct args *args = work_add(flow_work(flow), STMT_TICKET_BY_PHONE);
    args_bytes(args, (struct slice){(const char *)hash.at, sizeof(hash.at)});
    args_names(args, &flow->scope.areas);
    args_int(args, CALLERS_LIMIT);
    return WAIT;
}

static enum next load_callers(struct flow *flow)
{
    struct rows rows = work_rows(flow->work, 0);
    int64_t *ids = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        ids[i] = row_int(&row);
    }
    dossier_store_load(flow->work, ids, rows.count, NULL);
    return WAIT;
}

static enum next show_callers(struct flow *flow)
{
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    struct slice *items = ARENA_ARRAY(flow->arena, struct slice, found);
    int shown = 0;
    for (int i = found - 1; i >= 0; i--) { /* newest first */
        dossier_restore(dossiers[i], flow->arena);
        if (sees_ticket(flow, dossiers[i]))
            items[shown++] = ticket_body(flow, dossiers[i]);
    }
    return flow_body(flow, 200, json_list(items, shown, NULL, flow->arena));
}

struct tries {
    int64_t window;
    int count;
};

/* Wrong tries of a number or address within the window: a small table of counters, so that memory
 * stays bounded; two that share a place share the limit. */
static struct tries *tries_of(const char *what)
{
    static struct tries table[TRY_SLOTS];
    struct crypt_hash hash = crypt_sha256((struct slice){what, strlen(what)});
    struct tries *tries = &table[(hash.at[0] << 8 | hash.at[1]) % TRY_SLOTS];
    int64_t window = clock_steady().us / 1000000 / TRY_WINDOW_S;
    if (tries->window != window)
        *tries = (struct tries){.window = window};
    return tries;
}

static enum next load_receipt(struct flow *flow)
{
    const char *values[2];
    if (!pair_read(flow->call->body, "no", "code", flow->arena, values, &flow->err))
        return END;
    const char *code = vault_receipt(&flow->context->vault, values[0], flow->arena);
    bool right = number_valid(values[0]) && strlen(code) == strlen(values[1]) &&
                 crypt_equal(code, values[1], strlen(code));
    const char *address = arena_format(flow->arena, "address %s", flow->call->address);
    struct tries *with = tries_of(values[0]), *from = tries_of(address);
    with->count += !right;
    from->count += !right;
    /* Of a number the right code is refused too: who could go on until it fits would have no limit.
     * Not of an address, which all citizens may share behind a proxy. */
    if (with->count > TRIES || (!right && from->count > TRIES)) {
        flow->err.retry_after = TRY_WINDOW_S;
        return FLOW_FAIL(flow, FAULT_LIMIT, "too many tries with this number or from this address");
    }
    if (!right)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "number and code do not belong together");
    dossier_store_load(flow_work(flow), NULL, 0, &(struct names){1, values});
    return WAIT;
}

static enum next show_receipt(struct flow *flow)
{
    int found;
    struct dossier **dossiers = dossier_store_read(flow->work, 0, flow->arena, &found);
    if (found == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "number and code do not belong together");
    const struct ticket *ticket = &dossiers[0]->ticket;
    dossier_restore(dossiers[0], flow->arena);
    bool public = ticket->state == TICKET_IS_ANSWERED || ticket->state == TICKET_IS_COMPLETED ||
                  ticket->state == TICKET_IS_CLOSED;
    const char *names[] = {"no", "state", "received_at", "public_answer"};
    const char *values[] = {
        ticket->no, ticket_state_words[ticket->state],
        instant_format(flow->arena, ticket->received_at, context_offset(flow->context, flow->now)),
        public ? ticket->sent.public_answer : NULL};
    return flow_body(flow, 200, texts_write(names, values, COUNT_OF(names), flow->arena));
}
