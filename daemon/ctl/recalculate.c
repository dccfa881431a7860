/* recalculate: open tasks under a calendar's present version, or what that would change. */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/view.h"

static command_fn recalculate_run;

static const struct option_row recalculate_options[] = {
    {"dry-run", NULL, "only show what would change",                  false},
    {"reason",  "R",  "why, for the events; needed unless --dry-run", false},
    {NULL,      NULL, NULL,                                           false},
};

const struct command recalculate_command = {
    .name = "recalculate",
    .usage = "CALENDAR [--dry-run] [--reason R]",
    .summary = "reckon the deadlines of open tasks anew after a calendar has changed",
    .options = recalculate_options,
    .least = 1,
    .most = 1,
    .run = recalculate_run,
};

enum { TIMEOUT_S = 600 };

static const struct column columns[] = {
    {"task",  "task",  COLUMN_CODE},
    {"no",    "no",    COLUMN_CODE},
    {"stage", "stage", COLUMN_CODE},
    {"old",   "old",   COLUMN_TIME},
    {"new",   "new",   COLUMN_TIME},
};

static int recalculate_run(struct ctl *ctl)
{
    bool dry = ctl_option(ctl, "dry-run") != NULL;
    const char *reason = ctl_option(ctl, "reason");
    if (!dry && reason == NULL)
        return ctl_usage(ctl, "--reason is needed, or --dry-run");
    json_t *asked CLEANUP(view_drop) = json_pack("{s:b, s:s*}", "dry_run", dry, "reason", reason);
    struct text data CLEANUP(text_clear) = {0}, path CLEANUP(text_clear) = {0};
    view_dump(asked, JSON_COMPACT, &data);
    text_add(&path, "/v1/calendars/");
    ctl_encode(&path, ctl_argument(ctl, 0));
    text_add(&path, "/recalculate");
    if (ctl_option(ctl, "timeout") == NULL)
        http_set_timeout(ctl->http, TIMEOUT_S);
    struct http_request request = {
        .method = "POST", .path = path.at, .body = {data.at, data.size}
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    if (ctl->json) {
        ctl_print(answer.body);
        return EXIT_OK;
    }
    json_t *sum CLEANUP(view_drop) = view_parse(&answer);
    if (sum == NULL)
        return EXIT_SERVER;
    view_record(ctl, sum, (const char *[]){"items", NULL});
    view_table(ctl, columns, COUNT_OF(columns), json_object_get(sum, "items"));
    return EXIT_OK;
}
