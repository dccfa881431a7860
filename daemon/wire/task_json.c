/* Tasks and overdue clocks as JSON. */
#include "domain/deadline.h"
#include "wire/registry_fields.h"
#include "wire/ticket_fields.h"
#include "wire/ticket_json.h"
#include "wire/writer.h"

static const char *task_id(struct arena *arena, int64_t ticket, int number)
{
    return arena_format(arena, "%lld-%d", (long long)ticket, number);
}

static void put_overdue(struct text *text, unsigned overdue, int origin)
{
    put_begin(text, "overdue", '[');
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if ((overdue >> stage & 1) != 0)
            put_text(text, NULL, stage_word(origin, stage));
    put_end(text, ']');
}

/* What was asked for and granted beyond the policy's term; left out where there is nothing. */
static void put_extensions(struct text *text, const struct task *task, int offset_s)
{
    if (task->asked.amount > 0)
        shape_write(text, "extension_asked", &amount_shape, &task->asked, offset_s);
    if (task->granted.count == 0)
        return;
    put_begin(text, "extensions", '[');
    for (int i = 0; i < task->granted.count; i++)
        shape_write(text, NULL, &amount_shape, &task->granted.at[i], offset_s);
    put_end(text, ']');
}

struct slice task_write(const struct ticket *ticket, const struct task *task, int offset_s,
                        struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", task_id(arena, ticket->id, task->number));
    put_text(&text, "no", ticket->origin == ORIGIN_TICKET ? ticket->no : NULL);
    put_origin(&text, ticket, arena);
    put_word(&text, "role", task_role_words, task->role);
    put_int(&text, "round", task->round);
    put_text(&text, "unit", task->unit);
    put_text(&text, "org", task->org);
    put_word(&text, "state", task_state_words, task->state);
    put_word(&text, "urgency", urgency_words, ticket->sent.urgency);
    put_text(&text, "category", ticket->sent.category);
    put_text(&text, "area", ticket->sent.area);
    put_text(&text, "title", ticket->sent.title);
    put_instant(&text, "sign_due", task->due[STAGE_SIGN], &form);
    put_instant(&text, "contact_due", task->due[STAGE_CONTACT], &form);
    put_instant(&text, "resolve_due", task->due[STAGE_RESOLVE], &form);
    put_instant(&text, "due", deadline_due(task), &form);
    put_overdue(&text, task->overdue, ticket->origin);
    put_extensions(&text, task, offset_s);
    put_flag(&text, "provisional", task->provisional);
    put_word(&text, "level", level_words, task->level);
    put_int(&text, "version", task->version);
    put_end(&text, '}');
    return put_done(&text, arena);
}

struct slice overdue_write(const struct overdue_row *row, struct instant now, int offset_s,
                           struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    int64_t late_us = instant_since(now, row->due).us;
    put_begin(&text, NULL, '{');
    put_text(&text, "no", row->origin == ORIGIN_TICKET ? row->no : NULL);
    put_text(&text, "task", task_id(arena, row->ticket, row->task));
    put_text(&text, "unit", row->unit);
    put_text(&text, "org", row->org);
    put_text(&text, "stage", stage_word(row->origin, row->stage));
    put_instant(&text, "due", row->due, &form);
    put_int(&text, "overdue_seconds", late_us > 0 ? late_us / 1000000 : 0);
    put_word(&text, "level", level_words, row->level);
    put_text(&text, "category", row->category);
    put_text(&text, "area", row->area);
    put_text(&text, "title", row->title);
    put_end(&text, '}');
    return put_done(&text, arena);
}
