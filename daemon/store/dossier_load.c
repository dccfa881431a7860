/* Reads dossiers back; columns in the order of sql/stmt/ticket/load.sql, task/load.sql,
 * pause/load.sql. */
#include <string.h>

#include "store/dossier_store.h"

void dossier_store_load(struct work *work, const int64_t *ids, int count,
                        const struct names *numbers)
{
    static const enum statement loads[] = {STMT_TICKET_LOAD, STMT_TASK_LOAD, STMT_PAUSE_LOAD};
    const struct names none = {0};
    for (size_t s = 0; s < COUNT_OF(loads); s++) {
        struct args *args = work_add(work, loads[s]);
        args_open(args, ARGS_INT);
        for (int i = 0; i < count; i++)
            args_int(args, ids[i]);
        args_close(args);
        args_names(args, numbers == NULL ? &none : numbers);
    }
}

static void read_ticket(struct row *row, struct dossier *dossier)
{
    struct ticket *ticket = &dossier->ticket;
    struct submission *sent = &ticket->sent;
    ticket->id = row_int(row);
    ticket->no = row_text(row);
    ticket->version = dossier->loaded = row_int(row);
    const char *state = row_text(row);
    ticket->final_state = row_text(row);
    const char *kind = row_text(row);
    sent->urgency = row_word(row, urgency_words);
    sent->category = row_text(row);
    sent->area = row_text(row);
    sent->title = row_text(row);
    sent->content = row_text(row);
    dossier->details = row_bytes(row);
    sent->source = row_text(row);
    sent->external_no = row_text(row);
    ticket->has_phone = row_bool(row);
    sent->petitioner.secret = row_bool(row);
    ticket->barred = row_names(row);
    ticket->received_at = row_instant(row);
    ticket->dispatched_at = row_instant(row);
    ticket->ended_at = row_instant(row);
    ticket->route = row_text(row);
    ticket->hung_reason = row_text(row);
    ticket->transfers = (int)row_int(row);
    ticket->designated = row_bool(row);
    ticket->copied = row_bool(row);
    struct slice link = row_bytes(row);
    memcpy(ticket->link.at, link.at, sizeof(ticket->link.at));
    ticket->origin = row_word(row, origin_words);
    ticket->head_org = row_text(row);
    ticket->parent = row_int(row);
    ticket->excluded = row_bool(row);
    ticket->review_at = row_instant(row);
    ticket->unreached = (int)row_int(row);
    ticket->erased_at = row_instant(row);
    dossier->last_at = row_instant(row);
    ticket->state = word_find(origin_state_words(ticket->origin), state);
    sent->kind = word_find(origin_kind_words(ticket->origin), kind);
}

static void read_clocks(struct row *row, struct task *task)
{
    task->dispatched_at = row_instant(row);
    task->arrived_at = row_instant(row);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        task->due[stage] = row_instant(row);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        task->met[stage] = row_instant(row);
    task->overdue = (unsigned)row_int(row);
    task->provisional = row_bool(row);
    task->policy = row_text(row);
    task->policy_version = row_int(row);
    task->calendar = row_text(row);
    task->calendar_version = row_int(row);
    task->fired = (uint64_t)row_int(row);
    task->next_at = row_instant(row);
}

/* "10/working_day" */
static struct amounts read_granted(struct row *row)
{
    struct names texts = row_names(row);
    struct amounts granted = {0, ARENA_ARRAY(row->arena, struct amount, texts.count)};
    for (int i = 0; i < texts.count; i++) {
        const char *slash = strchr(texts.at[i], '/');
        int64_t amount;
        if (slash == NULL ||
            !text_to_int(arena_bytes(row->arena, texts.at[i], (size_t)(slash - texts.at[i])), 1,
                         INT64_MAX, &amount))
            continue;
        granted.at[granted.count++] =
            (struct amount){amount, word_find(span_unit_words, slash + 1)};
    }
    return granted;
}

/* -1 where there is none. */
static int64_t read_given(struct row *row)
{
    bool absent = row_null(row);
    int64_t value = row_int(row);
    return absent ? -1 : value;
}

static void read_task(struct row *row, struct task *task)
{
    task->number = (int)row_int(row);
    task->role = row_word(row, task_role_words);
    task->round = (int)row_int(row);
    task->state = row_word(row, task_state_words);
    task->prior = row_word(row, task_state_words);
    task->unit = row_text(row);
    task->org = row_text(row);
    task->seen_by = row_names(row);
    task->level = row_word(row, level_words);
    read_clocks(row, task);
    task->resource = row_text(row);
    task->designated = row_bool(row);
    task->asked.amount = row_int(row);
    task->asked.unit = row_word(row, span_unit_words);
    task->granted = read_granted(row);
    task->public_answer = row_text(row);
    task->proposed_unit = row_text(row);
    task->asked_key = row_int(row);
    task->asked_org = row_text(row);
    task->claim_no = row_int(row);
    task->claim = row_text(row);
    task->claim_key = row_int(row);
    task->lease_until = row_instant(row);
    task->version = row_int(row);
    task->rating = read_given(row);
    task->rating_back = read_given(row);
}

/* Both lists are in order of ticket id. */
static void read_tasks(const struct rows *rows, int *next, struct dossier *dossier)
{
    int first = *next, end = first;
    while (end < rows->count) {
        struct row row = rows_at(rows, end, dossier->arena);
        if (row_int(&row) != dossier->ticket.id)
            break;
        end++;
    }
    dossier->task_count = end - first;
    dossier->tasks = ARENA_ARRAY(dossier->arena, struct task, end - first);
    for (int i = first; i < end; i++) {
        struct row row = rows_at(rows, i, dossier->arena);
        row_int(&row);
        read_task(&row, &dossier->tasks[i - first]);
    }
    *next = end;
}

/* The entries of one ledger as intervals; the last may be open. */
static void read_pauses(const struct rows *rows, int *next, struct ticket *ticket,
                        struct arena *arena)
{
    struct intervals *pauses = &ticket->pauses;
    pauses->at = ARENA_ARRAY(arena, struct interval, rows->count - *next);
    for (; *next < rows->count; (*next)++) {
        struct row row = rows_at(rows, *next, arena);
        if (row_int(&row) != ticket->id)
            break;
        struct instant at = row_instant(&row);
        if (row_bool(&row))
            pauses->at[pauses->count++] = (struct interval){at, INSTANT_NONE};
        else if (pauses->count > 0)
            pauses->at[pauses->count - 1].to = at;
    }
}

struct dossier **dossier_store_read(const struct work *work, int first, struct arena *arena,
                                    int *ret_count)
{
    struct rows tickets = work_rows(work, first), tasks = work_rows(work, first + 1);
    struct rows pauses = work_rows(work, first + 2);
    struct dossier **dossiers = ARENA_ARRAY(arena, struct dossier *, tickets.count);
    int next = 0, next_pause = 0;
    for (int i = 0; i < tickets.count; i++) {
        struct row row = rows_at(&tickets, i, arena);
        dossiers[i] = ARENA_NEW(arena, struct dossier);
        dossiers[i]->arena = arena;
        read_ticket(&row, dossiers[i]);
        read_tasks(&tasks, &next, dossiers[i]);
        read_pauses(&pauses, &next_pause, &dossiers[i]->ticket, arena);
    }
    *ret_count = tickets.count;
    return dossiers;
}
