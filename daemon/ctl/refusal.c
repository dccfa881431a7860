/* Refusals in a form for people. */
#include "ctl/refusal.h"

#include "ctl/ctl.h"
#include "ctl/view.h"
#include "ctl/width.h"

/* " (state signed; allowed: contact, reply)" and whatever else helps to go on. */
static void add_hints(struct text *line, struct arena *arena, const json_t *problem,
                      const char *request_id)
{
    const char *state = view_text(arena, problem, "state");
    const char *moves = view_text(arena, problem, "moves");
    const char *no = view_text(arena, problem, "no");
    const char *id = view_text(arena, problem, "request_id");
    if (id[0] == '\0' && request_id != NULL)
        id = request_id;
    if (state[0] != '\0')
        text_format(line, " (state %s, allowed: %s)", state, moves[0] != '\0' ? moves : "nothing");
    if (no[0] != '\0')
        text_format(line, " (the first is %s)", no);
    if (id[0] != '\0')
        text_format(line, " (request id %s)", id);
}

/* Cleans the pieces too: a name server's text is no more trusted than a citizen's. */
static void say_line(struct arena *arena, const char *head, const char *pointer, const char *detail,
                     const char *tail)
{
    const char *line = arena_format(arena, "%s%s%s%s%s%s", head, pointer[0] != '\0' ? ": " : "",
                                    pointer, detail[0] != '\0' ? ": " : "", detail, tail);
    ctl_say("%s", width_clean(arena, line));
}

void refusal_say_problem(const json_t *problem, int status, const char *where,
                         const char *request_id)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text tail CLEANUP(text_clear) = {0};
    text_add(&tail, "");
    add_hints(&tail, arena, problem, request_id);
    const char *head =
        arena_format(arena, "%s%s%d %s", where != NULL ? where : "", where != NULL ? ": " : "",
                     status, view_text(arena, problem, "title"));
    const json_t *errors = json_object_get(problem, "errors");
    if (json_array_size(errors) == 0) {
        say_line(arena, head, "", view_text(arena, problem, "detail"), tail.at);
        return;
    }
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *item = json_array_get(errors, i);
        say_line(arena, head, view_text(arena, item, "pointer"), view_text(arena, item, "detail"),
                 tail.at);
    }
}

void refusal_say(const struct http_answer *answer, const char *where)
{
    json_t *problem CLEANUP(view_drop) =
        json_loadb(answer->body.at, answer->body.size, JSON_DECODE_ANY, NULL);
    if (json_is_object(problem)) {
        refusal_say_problem(problem, answer->status, where, answer->request_id);
        return;
    }
    ctl_say("%s%s%d from the server, without a reason that can be read", where != NULL ? where : "",
            where != NULL ? ": " : "", answer->status);
}
