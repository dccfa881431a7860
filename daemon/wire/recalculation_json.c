/* What is asked of a recalculation, and what it tells. */
#include "wire/recalculation_json.h"

#include "wire/reader.h"
#include "wire/small_fields.h"
#include "wire/writer.h"

enum { REASON_LIMIT = 1000 };

static void ask_check(struct reader *reader, const struct node *object, void *target)
{
    const struct recalculation_ask *ask = target;
    (void)object;
    if (!ask->dry_run && ask->reason == NULL)
        reader_fault_at(reader, "reason", "is required unless dry_run is true");
}

static const struct field ask_fields[] = {
    FIELD("dry_run", FLAG, recalculation_ask, dry_run),
    FIELD("reason", TEXT, recalculation_ask, reason, .max = REASON_LIMIT),
};
const struct shape recalculation_ask_shape =
    SHAPE("RecalculationAsk", ask_fields, recalculation_ask, ask_check);

bool recalculation_read(struct slice body, struct arena *arena, struct recalculation_ask *ret_ask,
                        struct error *err)
{
    return reader_read(body, &recalculation_ask_shape, arena, ret_ask, err);
}

static void put_change(struct text *text, const struct due_change *change,
                       const struct instant_form *form)
{
    put_begin(text, NULL, '{');
    put_text(text, "task",
             arena_format(form->arena, "%lld-%d", (long long)change->ticket, change->task));
    put_text(text, "no", change->no);
    put_text(text, "stage", change->stage);
    put_instant(text, "old", change->from, form);
    put_instant(text, "new", change->to, form);
    put_end(text, '}');
}

struct slice recalculation_write(const struct calendar *calendar, const struct recalculation *sum,
                                 int offset_s, struct arena *arena)
{
    const struct instant_form form = {arena, offset_s};
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "calendar", calendar->code);
    put_int(&text, "version", calendar->version);
    put_int(&text, "tasks", sum->tasks);
    put_int(&text, "changed", sum->changed);
    put_int(&text, "lifted", sum->lifted);
    put_begin(&text, "items", '[');
    for (int i = 0; i < sum->count; i++)
        put_change(&text, &sum->items[i], &form);
    put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena);
}

const char *recalculation_note(const char *reason, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_text(&text, NULL, reason);
    return arena_bytes(arena, text.at, text.size);
}
