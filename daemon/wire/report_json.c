/* Health, shortages and broken chains as JSON. */
#include "wire/report_json.h"

#include "wire/writer.h"

struct slice ready_write(const struct names *reasons, const struct names *warnings,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "status", reasons->count == 0 ? "ready" : "not ready");
    put_names(&text, "reasons", reasons);
    put_names(&text, "warnings", warnings);
    put_end(&text, '}');
    return put_done(&text, arena);
}

struct slice shortage_write(const struct shortage *shortage, int offset_s, struct arena *arena)
{
    const struct instant_form form = {arena, offset_s};
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "category", shortage->category);
    put_text(&text, "area", shortage->area);
    put_text(&text, "need", shortage->need);
    put_int(&text, "tickets", shortage->tickets);
    put_instant(&text, "first_at", shortage->first_at, &form);
    put_instant(&text, "last_at", shortage->last_at, &form);
    put_end(&text, '}');
    return put_done(&text, arena);
}

struct slice verify_write(const struct verify_report *report, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_int(&text, "tickets", report->tickets);
    put_int(&text, "events", report->events);
    put_begin(&text, "broken", '[');
    for (int i = 0; i < report->broken_count; i++) {
        put_begin(&text, NULL, '{');
        put_text(&text, "no", report->broken[i].no);
        put_int(&text, "seq", report->broken[i].seq);
        put_text(&text, "what", report->broken[i].what);
        put_end(&text, '}');
    }
    put_end(&text, ']');
    put_text(&text, "next", report->next);
    put_end(&text, '}');
    return put_done(&text, arena);
}
