/* Events as JSON. */
#include "domain/caller.h"
#include "wire/ticket_json.h"
#include "wire/writer.h"

static void put_actor(struct text *text, const struct actor *by, struct arena *arena)
{
    put_begin(text, "by", '{');
    put_text(text, "key", by->key == 0 ? NULL : arena_format(arena, "%lld", (long long)by->key));
    put_text(text, "role", by->role < 0 ? "daemon" : caller_role_words[by->role]);
    put_text(text, "unit", by->unit);
    put_text(text, "org", by->org);
    put_end(text, '}');
}

struct slice event_write(const struct ticket *ticket, const struct event *event, int offset_s,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    long long id = ticket->id;
    put_begin(&text, NULL, '{');
    put_text(&text, "id", arena_format(arena, "%lld-%lld", id, (long long)event->seq));
    put_text(&text, "no", ticket->no);
    put_text(&text, "task",
             event->task == 0 ? NULL : arena_format(arena, "%lld-%d", id, event->task));
    put_int(&text, "seq", event->seq);
    put_text(&text, "move", event->move);
    put_instant(&text, "at", event->at, &form);
    put_actor(&text, &event->by, arena);
    put_text(&text, "from", event->from);
    put_text(&text, "to", event->to);
    put_raw(&text, "data", slice_of(event->data == NULL ? "{}" : event->data));
    put_end(&text, '}');
    return put_done(&text, arena);
}
