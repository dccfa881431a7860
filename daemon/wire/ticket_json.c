/* Tickets as they are answered, alone and in batches. */
#include "wire/ticket_json.h"

#include <math.h>

#include "wire/node.h"
#include "wire/ticket_fields.h"
#include "wire/writer.h"

/* The fields sent, without the petitioner. */
static void put_sent(struct text *text, const struct submission *sent, int offset_s)
{
    put_given(text, "source", sent->source);
    put_given(text, "external_no", sent->external_no);
    put_word(text, "kind", ticket_kind_words, sent->kind);
    put_word(text, "urgency", urgency_words, sent->urgency);
    put_text(text, "category", sent->category);
    put_text(text, "area", sent->area);
    put_text(text, "title", sent->title);
    put_text(text, "content", sent->content);
    shape_members(text, &kept_shape, sent, offset_s);
}

/* What is out of the ordinary with it; left out where nothing is. */
static void put_standing(struct text *text, const struct ticket *ticket,
                         const struct instant_form *form)
{
    if (ticket->excluded)
        put_flag(text, "excluded", true);
    if (ticket->hung_reason == NULL)
        return;
    put_text(text, "hung_reason", ticket->hung_reason);
    put_instant(text, "review_at", ticket->review_at, form);
}

struct slice ticket_write(const struct ticket_view *view, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const struct ticket *ticket = view->ticket;
    struct instant_form form = {arena, view->offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "no", ticket->no);
    put_text(&text, "id", arena_format(arena, "%lld", (long long)ticket->id));
    put_word(&text, "state", ticket_state_words, ticket->state);
    put_int(&text, "version", ticket->version);
    put_instant(&text, "received_at", ticket->received_at, &form);
    if (instant_set(ticket->erased_at))
        put_instant(&text, "erased_at", ticket->erased_at, &form);
    put_given(&text, "receipt_code", view->receipt_code);
    if (view->sent_fields)
        put_sent(&text, &ticket->sent, view->offset_s);
    if (view->sent_fields)
        put_standing(&text, ticket, &form);
    put_raw(&text, "route", slice_of(ticket->route));
    put_begin(&text, "tasks", '[');
    for (int i = 0; i < view->task_count; i++)
        put_raw(&text, NULL, task_write(ticket, &view->tasks[i], view->offset_s, arena));
    put_end(&text, ']');
    if (view->hints != NULL)
        put_raw(&text, "hints", slice_of(view->hints));
    put_end(&text, '}');
    return put_done(&text, arena);
}

const char *hints_write(const struct hints *hints, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    if (hints->count == 0 && hints->same_caller.count == 0)
        return NULL;
    put_begin(&text, NULL, '{');
    if (hints->same_caller.count > 0)
        put_names(&text, "same_caller", &hints->same_caller);
    if (hints->count > 0)
        put_begin(&text, "similar", '[');
    for (int i = 0; i < hints->count; i++) {
        put_begin(&text, NULL, '{');
        put_text(&text, "no", hints->similar[i].no);
        put_real(&text, "likeness", round(hints->similar[i].likeness * 100) / 100);
        put_end(&text, '}');
    }
    if (hints->count > 0)
        put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena).at;
}

struct receipts {
    const char *(*code_for)(void *context, const char *no);
    void *context;
    struct arena *arena;
};

/* Puts the code behind `received_at`, as ticket_write does; without that, at the end. */
static void receipt_put(struct node *ticket, const struct receipts *receipts)
{
    if (ticket == NULL || ticket->type != NODE_OBJECT || ticket->count == 0)
        return;
    const struct node *no = node_member(ticket, "no");
    if (no == NULL || no->type != NODE_TEXT || node_member(ticket, "receipt_code") != NULL)
        return;
    struct node *before = node_member(ticket, "received_at");
    for (before = before == NULL ? ticket->first : before;
         before->next != NULL && !text_equal(before->key, "received_at");)
        before = before->next;
    struct node *code = ARENA_NEW(receipts->arena, struct node);
    *code = (struct node){.type = NODE_TEXT,
                          .key = "receipt_code",
                          .text = receipts->code_for(receipts->context, no->text),
                          .next = before->next};
    before->next = code;
    ticket->count++;
}

struct slice receipts_add(struct slice stored,
                          const char *(*code_for)(void *context, const char *no), void *context,
                          struct arena *arena)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    struct error err = {.arena = scratch};
    struct receipts receipts = {code_for, context, scratch};
    struct node *root;
    if (!node_parse(stored, scratch, &root, &err) || root->type != NODE_OBJECT)
        return stored;
    const struct node *results = node_member(root, "results");
    if (results == NULL)
        receipt_put(root, &receipts);
    else if (results->type == NODE_ARRAY)
        for (struct node *one = results->first; one != NULL; one = one->next)
            if (one->type == NODE_OBJECT)
                receipt_put(node_member(one, "ticket"), &receipts);
    node_write(root, NULL, &text);
    return put_done(&text, arena);
}

struct slice results_write(const struct batch_result *results, int count, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "results", '[');
    for (int i = 0; i < count; i++) {
        put_begin(&text, NULL, '{');
        put_int(&text, "status", results[i].status);
        put_raw(&text, results[i].status < 300 ? "ticket" : "problem", results[i].body);
        put_end(&text, '}');
    }
    put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena);
}
