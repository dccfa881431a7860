/* Columns in the order of sql/stmt/webhook, delivery, line and attempt. */
#include "store/webhook_store.h"

#include <stdlib.h>
#include <string.h>

#define INTS(value)     ARGS_COLUMN(args, int, INT, count, value)
#define TEXTS(value)    ARGS_COLUMN(args, text, TEXT, count, value)
#define INSTANTS(value) ARGS_COLUMN(args, instant, INSTANT, count, value)

bool webhook_store_read(const struct rows *rows, int index, const struct vault *vault,
                        struct arena *arena, struct webhook_row *ret_row)
{
    struct row row = rows_at(rows, index, arena);
    struct webhook_row made = {.webhook.id = row_int(&row)};
    made.webhook.version = row_int(&row);
    made.webhook.state = row_word(&row, webhook_state_words);
    made.webhook.reason = row_text(&row);
    made.kept = row_bytes(&row);
    row_text(&row); /* the name of the key */
    struct slice sealed = row_bytes(&row);
    made.webhook.position = row_int(&row);
    made.webhook.failing_since = row_instant(&row);
    made.webhook.created_at = row_instant(&row);
    struct slice bound = {(const char *)&made.webhook.id, sizeof(made.webhook.id)};
    if (!crypt_open(arena, vault->webhook, sealed, bound, &made.sealed))
        return false;
    *ret_row = made;
    return true;
}

static struct slice seal(const struct webhook_row *row, const struct vault *vault,
                         struct arena *arena)
{
    struct slice bound = {(const char *)&row->webhook.id, sizeof(row->webhook.id)};
    return crypt_seal(arena, vault->webhook, row->sealed, bound);
}

void webhook_store_insert(struct work *work, const struct webhook_row *row,
                          const struct vault *vault, struct arena *arena)
{
    struct args *args = work_add(work, STMT_WEBHOOK_INSERT);
    args_int(args, row->webhook.id);
    args_text(args, webhook_state_words[row->webhook.state]);
    args_text(args, arena_bytes(arena, row->kept.at, row->kept.size));
    args_text(args, vault->name);
    args_bytes(args, seal(row, vault, arena));
    args_int(args, row->webhook.position);
    args_instant(args, row->webhook.created_at);
}

void webhook_store_save(struct work *work, const struct webhook_row *row, const struct vault *vault,
                        struct arena *arena)
{
    struct args *args = work_add(work, STMT_WEBHOOK_SAVE);
    work_expect(work, 1);
    args_int(args, row->webhook.id);
    args_int(args, row->webhook.version);
    args_text(args, webhook_state_words[row->webhook.state]);
    args_text(args, row->webhook.reason);
    args_text(args, arena_bytes(arena, row->kept.at, row->kept.size));
    args_text(args, vault->name);
    args_bytes(args, seal(row, vault, arena));
    args_instant(args, row->webhook.failing_since);
}

/* ---- what is to be sent ---- */

static int compare_fresh(const void *left, const void *right)
{
    const struct fresh_delivery *a = left, *b = right;
    if (a->webhook != b->webhook)
        return (a->webhook > b->webhook) - (a->webhook < b->webhook);
    int lines = strcmp(a->line, b->line);
    return lines != 0 ? lines : (a->seq > b->seq) - (a->seq < b->seq);
}

static bool same_line(const struct fresh_delivery *a, const struct fresh_delivery *b)
{
    return a->webhook == b->webhook && strcmp(a->line, b->line) == 0;
}

void line_store_add(struct work *work, struct fresh_delivery *fresh, int all, struct arena *arena)
{
    qsort(fresh, (size_t)all, sizeof(*fresh), compare_fresh);
    const struct fresh_delivery **lines = ARENA_ARRAY(arena, const struct fresh_delivery *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (!fresh[i].dead && (count == 0 || !same_line(lines[count - 1], &fresh[i])))
            lines[count++] = &fresh[i];
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_LINE_ADD);
    INTS(lines[i]->webhook);
    TEXTS(lines[i]->line);
    INTS(lines[i]->urgency);
    INSTANTS(lines[i]->due);
}

/* Items of one and the same digest become one row: no statement writes a row twice. */
static int join_digests(struct fresh_delivery *fresh, int count, struct arena *arena)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        struct fresh_delivery *last = kept > 0 ? &fresh[kept - 1] : NULL;
        if (last != NULL && same_line(last, &fresh[i]) && last->seq == fresh[i].seq)
            last->items = arena_format(arena, "%s\n%s", last->items, fresh[i].items);
        else
            fresh[kept++] = fresh[i];
    }
    return kept;
}

void delivery_store_add(struct work *work, struct fresh_delivery *fresh, int count,
                        struct instant now, struct arena *arena)
{
    qsort(fresh, (size_t)count, sizeof(*fresh), compare_fresh);
    count = join_digests(fresh, count, arena);
    line_store_add(work, fresh, count, arena);
    struct args *args = work_add(work, STMT_DELIVERY_ADD);
    INTS(fresh[i].webhook);
    INTS(fresh[i].id);
    TEXTS(fresh[i].line);
    INTS(fresh[i].seq);
    TEXTS(notice_words[fresh[i].kind]);
    INTS(fresh[i].urgency);
    TEXTS(fresh[i].no);
    TEXTS(fresh[i].area);
    INSTANTS(fresh[i].at);
    TEXTS(fresh[i].items);
    TEXTS(delivery_words[fresh[i].dead ? DELIVERY_GIVEN_UP : DELIVERY_WAITING]);
    INSTANTS(now);
    INSTANTS(fresh[i].dead ? now : INSTANT_NONE);
}

struct sending delivery_store_head(const struct rows *rows, int index, struct arena *arena)
{
    struct row row = rows_at(rows, index, arena);
    struct sending sending = {.webhook = row_int(&row)};
    sending.delivery = row_int(&row);
    sending.line = row_text(&row);
    sending.seq = row_int(&row);
    sending.kind = row_word(&row, notice_words);
    sending.at = row_instant(&row);
    sending.items = row_text(&row);
    sending.tries = (int)row_int(&row);
    return sending;
}

void delivery_store_hold(struct work *work, struct sending *const *sent, int count)
{
    struct args *args = work_add(work, STMT_LINE_HOLD);
    INTS(sent[i]->webhook);
    TEXTS(sent[i]->line);
    INTS(sent[i]->lease);
}

static void add_attempts(struct work *work, struct sending *const *sent, int count)
{
    struct args *args = work_add(work, STMT_ATTEMPT_INSERT);
    INTS(sent[i]->webhook);
    INTS(sent[i]->delivery);
    INTS(sent[i]->lease);
    INSTANTS(sent[i]->began);
    INTS(sent[i]->took_ms);
    INTS(sent[i]->status);
    TEXTS(sent[i]->error);
}

static void add_states(struct work *work, struct sending *const *sent, int count,
                       struct instant now)
{
    struct args *args = work_add(work, STMT_DELIVERY_SETTLE);
    INTS(sent[i]->webhook);
    INTS(sent[i]->delivery);
    TEXTS(delivery_words[sent[i]->state]);
    INTS(sent[i]->tries + 1);
    INSTANTS(sent[i]->state == DELIVERY_WAITING ? INSTANT_NONE : now);
}

void delivery_store_settle(struct work *work, struct sending *const *sent, const bool *ours,
                           int all, struct instant now, struct arena *arena)
{
    struct sending **held = ARENA_ARRAY(arena, struct sending *, all);
    int count = 0;
    add_attempts(work, sent, all);
    for (int i = 0; i < all; i++)
        if (ours[i])
            held[count++] = sent[i];
    if (count == 0)
        return;
    add_states(work, held, count, now);
    struct args *args = work_add(work, STMT_LINE_LATER);
    INTS(held[i]->webhook);
    TEXTS(held[i]->line);
    INSTANTS(held[i]->state == DELIVERY_WAITING ? held[i]->next : now);
    args = work_add(work, STMT_LINE_END);
    INTS(held[i]->webhook);
    TEXTS(held[i]->line);
}
