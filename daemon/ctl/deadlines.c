/* deadlines: when a span of time ends by a calendar, with the counted intervals. */
#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "ctl/view.h"

static command_fn deadlines_run;

static const struct option_row deadlines_options[] = {
    {"calendar", "C",      "code of the calendar (default cn)",                               false},
    {"from",     "T",      "instant of dispatch, RFC 3339 with an offset",                    false},
    {"span",     "N:UNIT", "such as 5:working_day; minute hour day working_hour working_day", false},
    {"pause",    "T..T",   "a pause; without the second instant it goes on",                  true },
    {NULL,       NULL,     NULL,                                                              false},
};

const struct command deadlines_command = {
    .name = "deadlines",
    .usage = "[--calendar C] --from T --span N:UNIT [--pause FROM..TO]...",
    .summary = "reckon a deadline and show the counted intervals",
    .options = deadlines_options,
    .run = deadlines_run,
};

static const struct column columns[] = {
    {"from", "from", COLUMN_TIME},
    {"to",   "to",   COLUMN_TIME},
};

static void pause_add(json_t *pauses, const char *text)
{
    const char *dots = strstr(text, "..");
    size_t size = dots != NULL ? (size_t)(dots - text) : strlen(text);
    json_t *pause = json_pack("{s:s%}", "from", text, size);
    if (dots != NULL && dots[2] != '\0')
        json_object_set_new(pause, "to", json_string(dots + 2));
    json_array_append_new(pauses, pause);
}

/* Borrows `span`. */
static json_t *body_of(const struct ctl *ctl, json_t *span)
{
    const char *calendar = ctl_option(ctl, "calendar");
    json_t *pauses = json_array();
    struct names given = options_all(&ctl->options, "pause");
    for (int i = 0; i < given.count; i++)
        pause_add(pauses, given.at[i]);
    return json_pack("{s:s, s:s, s:O, s:o}", "calendar", calendar != NULL ? calendar : "cn",
                     "dispatched_at", ctl_option(ctl, "from"), "span", span, "pauses", pauses);
}

static int deadlines_run(struct ctl *ctl)
{
    const char *span_text = ctl_option(ctl, "span");
    if (span_text == NULL || ctl_option(ctl, "from") == NULL)
        return ctl_usage(ctl, "--from and --span are needed");
    json_t *span CLEANUP(view_drop) = input_amount(span_text);
    if (span == NULL)
        return ctl_usage(ctl, "--span %s: not of the form 5:working_day", span_text);
    json_t *body CLEANUP(view_drop) = body_of(ctl, span);
    struct text data CLEANUP(text_clear) = {0};
    view_dump(body, JSON_COMPACT, &data);
    struct http_request request = {
        .method = "POST", .path = "/v1/deadlines", .body = {data.at, data.size}
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    if (ctl->json) {
        ctl_print(answer.body);
        return EXIT_OK;
    }
    json_t *reckoning CLEANUP(view_drop) = view_parse(&answer);
    if (reckoning == NULL)
        return EXIT_SERVER;
    view_record(ctl, reckoning, (const char *[]){"counted", NULL});
    view_table(ctl, columns, COUNT_OF(columns), json_object_get(reckoning, "counted"));
    return EXIT_OK;
}
