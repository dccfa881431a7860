/* poll: a unit's or organization's open tasks; with --follow, what is new or changed, as it comes.
 */
#include <stdio.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn poll_run;

static const struct option_row poll_options[] = {
    {"unit",    "U",  "tasks of this unit",                                false},
    {"org",     "O",  "tasks of this organization",                        false},
    {"state",   "S",  "only in this state",                                false},
    {"pending", "P",  "only with an open request: return, extend, reply",  false},
    {"wait",    "N",  "seconds to wait until there is one, 0 to 60",       false},
    {"follow",  NULL, "go on as tasks come and change, until interrupted", false},
    LISTING_OPTIONS,
    {NULL,      NULL, NULL,                                                false},
};

const struct command poll_command = {
    .name = "poll",
    .usage = "--unit U|--org O [--state S] [--wait N] [--follow]",
    .summary = "show the tasks of a unit or organization",
    .options = poll_options,
    .run = poll_run,
};

/* What was shown last: the tag of the list, and the version of each task in it. */
struct watch {
    struct text path, etag;
    json_t *versions;
    struct table_before before;
};

static void print_news(struct ctl *ctl, struct watch *watch, const json_t *items)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct table *table = table_new(arena, &ctl->screen, view_task_columns, view_task_column_count);
    table_continue(table, &watch->before);
    json_t *versions = json_object();
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *task = json_array_get(items, i);
        const char *id = view_text(arena, task, "id");
        json_t *version = json_object_get(task, "version");
        if (!json_equal(version, json_object_get(watch->versions, id)))
            view_add(ctl, table, view_task_columns, view_task_column_count, task);
        json_object_set(versions, id, version);
    }
    json_decref(watch->versions);
    watch->versions = versions;
    table_print(table, stdout);
}

static int watch_turn(struct ctl *ctl, struct watch *watch, int64_t wait_s)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct http_request request = {
        .method = "GET",
        .path = watch->path.at,
        .wait_s = wait_s,
        .if_none_match = watch->etag.size > 0 ? watch->etag.at : NULL,
    };
    struct http_answer answer;
    time_t begun = time(NULL);
    int code = ask(ctl, &request, arena, &answer);
    if (code != EXIT_OK)
        return code;
    if (answer.status != 304) {
        json_t *list CLEANUP(view_drop) = view_parse(&answer);
        if (list == NULL)
            return EXIT_SERVER;
        if (ctl->json)
            ctl_print(answer.body);
        else
            print_news(ctl, watch, json_object_get(list, "items"));
        fflush(stdout);
        text_clear(&watch->etag);
        text_add(&watch->etag, answer.etag != NULL ? answer.etag : "");
    }
    if (time(NULL) == begun && (answer.status == 304 || watch->etag.size == 0))
        nanosleep(&(struct timespec){1, 0}, NULL); /* a server that does not hold the poll */
    return EXIT_OK;
}

static int poll_run(struct ctl *ctl)
{
    int64_t wait_s;
    bool follow = ctl_option(ctl, "follow") != NULL;
    if (!ctl_number(ctl, "wait", (int64_t[]){0, 60}, follow ? 30 : 0, &wait_s))
        return EXIT_USAGE;
    if (!follow)
        return listing_run(ctl, &(struct listing){"/v1/tasks", view_task_columns,
                                                  view_task_column_count, wait_s, false});
    struct watch watch = {0};
    listing_path(ctl, "/v1/tasks", &watch.path);
    int code;
    do
        code = watch_turn(ctl, &watch, wait_s);
    while (code == EXIT_OK);
    json_decref(watch.versions);
    text_clear(&watch.path);
    text_clear(&watch.etag);
    return code;
}
