/* Writes many dossiers as a set: one statement per table, one array per column. */
#include "store/dossier_store.h"

#include "base/map.h"
#include "store/likeness_store.h"
#include "store/offer_store.h"

enum { SALT = 16 };

#define INTS(value)     ARGS_COLUMN(args, int, INT, count, value)
#define BOOLS(value)    ARGS_COLUMN(args, bool, BOOL, count, value)
#define TEXTS(value)    ARGS_COLUMN(args, text, TEXT, count, value)
#define BYTES(value)    ARGS_COLUMN(args, bytes, BYTES, count, value)
#define SLICES(value)   ARGS_COLUMN(args, bytes, TEXT, count, value) /* text with its length */
#define INSTANTS(value) ARGS_COLUMN(args, instant, INSTANT, count, value)

/* Integers of which those below `least` are absent. */
#define GIVEN(value, least)                                                                        \
    do {                                                                                           \
        args_open(args, ARGS_INT);                                                                 \
        for (int i = 0; i < count; i++)                                                            \
            if ((value) < (least))                                                                 \
                args_text(args, NULL);                                                             \
            else                                                                                   \
                args_int(args, value);                                                             \
        args_close(args);                                                                          \
    } while (0)

static const char *word(const char *const *words, int place)
{
    return place < 0 ? NULL : words[place];
}

static struct slice hash_bytes(const struct crypt_hash *hash)
{
    return (struct slice){(const char *)hash->at, sizeof(hash->at)};
}

/* All new events in one list, chained. */
struct event_rows {
    int count;
    struct event *event;
    int64_t *ticket;
    unsigned char (*salt)[SALT];
    struct crypt_hash *digest, *link;
};

/* Chains one event behind the ticket's last link, which the ticket keeps. */
static void chain(struct event_rows *rows, struct dossier *dossier, struct event *event,
                  const struct vault *vault, struct arena *arena)
{
    struct crypt_hash *last = &dossier->ticket.link;
    int at = rows->count++;
    if (event->data == NULL)
        event->data = "{}";
    crypt_random(rows->salt[at], SALT);
    rows->digest[at] =
        vault_digest((struct slice){(const char *)rows->salt[at], SALT}, event->data);
    *last = vault_link(vault, last, dossier->ticket.id, event, &rows->digest[at], arena);
    rows->link[at] = vault_mark(vault, last);
    rows->event[at] = *event;
    rows->ticket[at] = dossier->ticket.id;
}

static struct event_rows chain_all(struct dossier **dossiers, int all, const struct vault *vault,
                                   struct arena *arena)
{
    int count = 0;
    for (int i = 0; i < all; i++)
        count += dossiers[i]->event_count;
    struct event_rows rows = {
        0,
        ARENA_ARRAY(arena, struct event, count),
        ARENA_ARRAY(arena, int64_t, count),
        arena_take(arena, (size_t)count * SALT),
        ARENA_ARRAY(arena, struct crypt_hash, count),
        ARENA_ARRAY(arena, struct crypt_hash, count),
    };
    for (int i = 0; i < all; i++)
        for (int j = 0; j < dossiers[i]->event_count; j++)
            chain(&rows, dossiers[i], &dossiers[i]->events[j], vault, arena);
    return rows;
}

static void save_events(struct work *work, const struct event_rows *rows, const struct vault *vault,
                        struct arena *arena)
{
    const struct event *event = rows->event;
    int count = rows->count;
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_EVENT_INSERT);
    work_expect(work, count);
    INTS(rows->ticket[i]);
    INTS(event[i].seq);
    INTS(event[i].task);
    TEXTS(event[i].move);
    INSTANTS(event[i].at);
    INTS(event[i].by.key);
    TEXTS(word(caller_role_words, event[i].by.role));
    TEXTS(event[i].by.unit);
    TEXTS(event[i].by.org);
    TEXTS(event[i].from);
    TEXTS(event[i].to);
    TEXTS(event[i].data);
    BYTES(((struct slice){(const char *)rows->salt[i], SALT}));
    BYTES(hash_bytes(&rows->digest[i]));
    BYTES(hash_bytes(&rows->link[i]));
    TEXTS(event[i].unit);
    TEXTS(event[i].org);
    TEXTS(names_join(arena, &event[i].seen_by, " "));
    TEXTS(event[i].copy_org);
    args_int(args, vault->feed_offset);
}

static void insert_tickets(struct work *work, struct ticket **ticket, struct slice *details,
                           int count, struct arena *arena)
{
    struct args *args = work_add(work, STMT_TICKET_INSERT);
    work_expect(work, count);
    INTS(ticket[i]->id);
    TEXTS(ticket[i]->no);
    INTS(ticket[i]->version);
    TEXTS(origin_state_words(ticket[i]->origin)[ticket[i]->state]);
    TEXTS(ticket[i]->final_state);
    TEXTS(word(origin_kind_words(ticket[i]->origin), ticket[i]->sent.kind));
    TEXTS(urgency_words[ticket[i]->sent.urgency]);
    TEXTS(ticket[i]->sent.category);
    TEXTS(ticket[i]->sent.area);
    TEXTS(ticket[i]->sent.title);
    TEXTS(ticket[i]->sent.content);
    SLICES(details[i]);
    TEXTS(ticket[i]->sent.source);
    TEXTS(ticket[i]->sent.external_no);
    BOOLS(ticket[i]->has_phone);
    BOOLS(ticket[i]->sent.petitioner.secret);
    TEXTS(names_join(arena, &ticket[i]->barred, " "));
    INSTANTS(ticket[i]->received_at);
    INSTANTS(ticket[i]->dispatched_at);
    INSTANTS(ticket[i]->ended_at);
    TEXTS(ticket[i]->route);
    TEXTS(ticket[i]->hung_reason);
    INTS(ticket[i]->transfers);
    BOOLS(ticket[i]->designated);
    BOOLS(ticket[i]->copied);
    BYTES(hash_bytes(&ticket[i]->link));
    TEXTS(origin_words[ticket[i]->origin]);
    TEXTS(ticket[i]->head_org);
    GIVEN(ticket[i]->parent, 1);
    BOOLS(ticket[i]->excluded);
    INSTANTS(ticket[i]->review_at);
    INTS(ticket[i]->unreached);
}

static void update_tickets(struct work *work, struct dossier **dossier, int count)
{
    struct args *args = work_add(work, STMT_TICKET_UPDATE);
    work_expect(work, count);
    INTS(dossier[i]->ticket.id);
    INTS(dossier[i]->ticket.version);
    INTS(dossier[i]->loaded);
    TEXTS(origin_state_words(dossier[i]->ticket.origin)[dossier[i]->ticket.state]);
    TEXTS(dossier[i]->ticket.final_state);
    SLICES(dossier[i]->details);
    INSTANTS(dossier[i]->ticket.dispatched_at);
    INSTANTS(dossier[i]->ticket.ended_at);
    TEXTS(dossier[i]->ticket.route);
    TEXTS(dossier[i]->ticket.hung_reason);
    INTS(dossier[i]->ticket.transfers);
    BOOLS(dossier[i]->ticket.designated);
    BOOLS(dossier[i]->ticket.copied);
    BYTES(hash_bytes(&dossier[i]->ticket.link));
    BOOLS(dossier[i]->ticket.excluded);
    INSTANTS(dossier[i]->ticket.review_at);
    INTS(dossier[i]->ticket.unreached);
}

static void amend_tickets(struct work *work, struct dossier **dossiers, int all,
                          struct arena *arena)
{
    struct dossier **dossier = ARENA_ARRAY(arena, struct dossier *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (dossiers[i]->amended)
            dossier[count++] = dossiers[i];
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_TICKET_AMEND);
    work_expect(work, count);
    INTS(dossier[i]->ticket.id);
    TEXTS(dossier[i]->ticket.sent.category);
    TEXTS(dossier[i]->ticket.sent.area);
    TEXTS(dossier[i]->ticket.sent.content);
}

/* What stands outside the columns that every change writes. */
static void erase_tickets(struct work *work, struct dossier **dossiers, int all,
                          struct arena *arena)
{
    static const enum statement beside[] = {STMT_IDENTITY_ERASE, STMT_PAUSE_ERASE,
                                            STMT_IDEMPOTENCY_ERASE};
    struct dossier **dossier = ARENA_ARRAY(arena, struct dossier *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (dossiers[i]->erased)
            dossier[count++] = dossiers[i];
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_TICKET_ERASE);
    work_expect(work, count);
    INTS(dossier[i]->ticket.id);
    TEXTS(dossier[i]->ticket.sent.title);
    TEXTS(dossier[i]->ticket.sent.content);
    INSTANTS(dossier[i]->ticket.erased_at);
    for (size_t s = 0; s < COUNT_OF(beside); s++) {
        args = work_add(work, beside[s]);
        INTS(dossier[i]->ticket.id);
    }
}

/* The ledger grows by what this change began or ended. */
static void save_pauses(struct work *work, struct dossier **dossiers, int all, struct arena *arena)
{
    struct dossier **dossier = ARENA_ARRAY(arena, struct dossier *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (dossiers[i]->pause_seq != 0)
            dossier[count++] = dossiers[i];
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_PAUSE_INSERT);
    work_expect(work, count);
    INTS(dossier[i]->ticket.id);
    INTS(dossier[i]->pause_seq);
    INSTANTS(dossier[i]->pause_at);
    BOOLS(dossier[i]->ticket.hung_reason != NULL);
    TEXTS(dossier[i]->ticket.hung_reason);
}

static void save_tickets(struct work *work, struct dossier **dossiers, int count,
                         struct arena *arena)
{
    struct ticket **fresh = ARENA_ARRAY(arena, struct ticket *, count);
    struct slice *details = ARENA_ARRAY(arena, struct slice, count);
    struct dossier **old = ARENA_ARRAY(arena, struct dossier *, count);
    int fresh_count = 0, old_count = 0;
    for (int i = 0; i < count; i++) {
        if (dossiers[i]->fresh) {
            details[fresh_count] = dossiers[i]->details;
            fresh[fresh_count++] = &dossiers[i]->ticket;
        } else {
            old[old_count++] = dossiers[i];
        }
    }
    if (fresh_count > 0)
        insert_tickets(work, fresh, details, fresh_count, arena);
    if (old_count > 0)
        update_tickets(work, old, old_count);
}

/* A task with the ticket it belongs to. */
struct pair {
    const struct ticket *ticket;
    const struct task *task;
};

static int dirty_tasks(struct dossier **dossiers, int count, struct pair *ret_pairs)
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < dossiers[i]->task_count; j++) {
            const struct task *task = &dossiers[i]->tasks[j];
            if (!task->dirty && !task->fresh)
                continue;
            if (ret_pairs != NULL)
                ret_pairs[found] = (struct pair){&dossiers[i]->ticket, task};
            found++;
        }
    }
    return found;
}

static void add_task_clocks(struct args *args, const struct pair *pair, int count)
{
    INSTANTS(pair[i].task->dispatched_at);
    INSTANTS(pair[i].task->arrived_at);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        INSTANTS(pair[i].task->due[stage]);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        INSTANTS(pair[i].task->met[stage]);
    INSTANTS(deadline_due(pair[i].task));
    INTS(pair[i].task->overdue);
    BOOLS(pair[i].task->provisional);
    TEXTS(pair[i].task->policy);
    INTS(pair[i].task->policy_version);
    TEXTS(pair[i].task->calendar);
    INTS(pair[i].task->calendar_version);
    INTS((int64_t)pair[i].task->fired);
    INSTANTS(pair[i].task->next_at);
}

/* "10/working_day 3/day" */
static const char *granted_text(const struct amounts *granted, struct arena *arena)
{
    const char *text = "";
    for (int i = 0; i < granted->count; i++)
        text = arena_format(arena, "%s%s%lld/%s", text, i == 0 ? "" : " ",
                            (long long)granted->at[i].amount, span_unit_words[granted->at[i].unit]);
    return text;
}

static void save_tasks(struct work *work, struct dossier **dossiers, int all, struct arena *arena)
{
    int count = dirty_tasks(dossiers, all, NULL);
    if (count == 0)
        return;
    struct pair *pair = ARENA_ARRAY(arena, struct pair, count);
    dirty_tasks(dossiers, all, pair);
    struct args *args = work_add(work, STMT_TASK_SAVE);
    work_expect(work, count);
    INTS(pair[i].ticket->id);
    INTS(pair[i].task->number);
    TEXTS(task_role_words[pair[i].task->role]);
    INTS(pair[i].task->round);
    TEXTS(task_state_words[pair[i].task->state]);
    TEXTS(word(task_state_words, pair[i].task->prior));
    TEXTS(pair[i].task->unit);
    TEXTS(pair[i].task->org);
    TEXTS(names_join(arena, &pair[i].task->seen_by, " "));
    TEXTS(level_words[pair[i].task->level]);
    INTS(pair[i].ticket->sent.urgency);
    TEXTS(pair[i].ticket->sent.category);
    TEXTS(pair[i].ticket->sent.area);
    add_task_clocks(args, pair, count);
    TEXTS(pair[i].task->resource);
    BOOLS(pair[i].task->designated);
    TEXTS(pair[i].task->public_answer);
    TEXTS(pair[i].task->proposed_unit);
    INTS(pair[i].task->asked_key);
    TEXTS(pair[i].task->asked_org);
    INTS(pair[i].task->claim_no);
    TEXTS(pair[i].task->claim);
    INTS(pair[i].task->claim_key);
    INSTANTS(pair[i].task->lease_until);
    INTS(pair[i].task->version);
    GIVEN(pair[i].task->asked.amount, 1);
    TEXTS(pair[i].task->asked.amount == 0 ? NULL : span_unit_words[pair[i].task->asked.unit]);
    TEXTS(granted_text(&pair[i].task->granted, arena));
    GIVEN(pair[i].task->rating, 0);
    GIVEN(pair[i].task->rating_back, 0);
    TEXTS(origin_words[pair[i].ticket->origin]);
}

/* One row per resource over all dossiers: a statement must not write a row twice. */
static void save_takes(struct work *work, struct dossier **dossiers, int all, struct arena *arena)
{
    struct take *take = ARENA_ARRAY(arena, struct take, all * DOSSIER_TAKES);
    struct map *places = map_new((size_t)all);
    int count = 0;
    for (int d = 0; d < all; d++) {
        for (int t = 0; t < dossiers[d]->take_count; t++) {
            const struct take *more = &dossiers[d]->takes[t];
            struct take *place = map_get(places, more->resource);
            if (place == NULL) {
                place = &take[count++];
                place->resource = more->resource;
                map_put(places, more->resource, place);
            }
            place->more += more->more;
        }
    }
    map_free(places);
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_CAPACITY_TAKE);
    TEXTS(take[i].resource);
    INTS(take[i].more);
}

static void save_records(struct work *work, struct dossier **dossiers, int all)
{
    for (int d = 0; d < all; d++) { /* moves bring one dossier; intake and sweep bring no record */
        const struct dossier *dossier = dossiers[d];
        const int count = 1;
        if (dossier->record_unit == NULL)
            continue;
        struct args *args = work_add(work, STMT_RECORD_ADD);
        TEXTS(dossier->record_unit);
        INTS(dossier->record.handled);
        INTS(dossier->record.on_time);
        INTS(dossier->record.rated);
        ARGS_COLUMN(args, double, DOUBLE, count, dossier->record.rating_sum);
    }
}

static void save_shortages(struct work *work, struct dossier **dossiers, int all,
                           struct arena *arena)
{
    struct {
        const struct ticket *ticket;
        const char *need;
    } *lack = arena_take(arena, sizeof(*lack) * (size_t)all * 32);
    int count = 0;
    for (int d = 0; d < all; d++) {
        for (int bit = 0; bit < 32; bit++) {
            if ((dossiers[d]->shortages & 1u << bit) == 0)
                continue;
            lack[count].ticket = &dossiers[d]->ticket;
            lack[count++].need = bit < RESOURCE_KIND_COUNT ? resource_kind_words[bit] : "any";
        }
    }
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_SHORTAGE_INSERT);
    INTS(lack[i].ticket->id);
    TEXTS(lack[i].need);
    TEXTS(lack[i].ticket->sent.category);
    TEXTS(lack[i].ticket->sent.area);
    INSTANTS(lack[i].ticket->received_at);
}

static void save_identities(struct work *work, struct dossier **dossiers, int all,
                            const struct vault *vault, struct arena *arena)
{
    struct dossier **dossier = ARENA_ARRAY(arena, struct dossier *, all);
    int count = 0;
    for (int i = 0; i < all; i++)
        if (dossiers[i]->fresh && dossiers[i]->petitioner.size > 0)
            dossier[count++] = dossiers[i];
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_IDENTITY_INSERT);
    INTS(dossier[i]->ticket.id);
    TEXTS(vault->name);
    args_open(args, ARGS_BYTES);
    for (int i = 0; i < count; i++) {
        struct slice bound = {(const char *)&dossier[i]->ticket.id, sizeof(int64_t)};
        args_bytes(args, crypt_seal(arena, vault->identity, dossier[i]->petitioner, bound));
    }
    args_close(args);
    args_open(args, ARGS_BYTES);
    for (int i = 0; i < count; i++) {
        const char *phone = dossier[i]->ticket.sent.petitioner.phone;
        struct crypt_hash hash = {{0}};
        if (dossier[i]->phone != NULL)
            hash = *dossier[i]->phone;
        else if (phone != NULL)
            hash = vault_phone(vault, phone, arena);
        args_bytes(args, phone == NULL ? (struct slice){NULL, 0} : hash_bytes(&hash));
    }
    args_close(args);
}

void dossier_store_save(struct work *work, struct dossier **dossiers, int count,
                        const struct vault *vault, struct arena *arena)
{
    /* Events are chained before their tickets are written: those keep the last link. */
    struct event_rows rows = chain_all(dossiers, count, vault, arena);
    save_takes(work, dossiers, count, arena);
    save_tickets(work, dossiers, count, arena);
    amend_tickets(work, dossiers, count, arena);
    erase_tickets(work, dossiers, count, arena);
    save_pauses(work, dossiers, count, arena);
    offer_store_save(work, dossiers, count, arena);
    save_events(work, &rows, vault, arena);
    save_tasks(work, dossiers, count, arena);
    save_identities(work, dossiers, count, vault, arena);
    likeness_store_save(work, dossiers, count, arena);
    save_shortages(work, dossiers, count, arena);
    save_records(work, dossiers, count);
}

void dossier_store_strip(struct work *work, const struct stripped *stripped, int count)
{
    struct args *args = work_add(work, STMT_EVENT_STRIP);
    work_expect(work, count);
    INTS(stripped[i].ticket);
    INTS(stripped[i].seq);
    TEXTS(stripped[i].data);
}
