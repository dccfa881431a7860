/* show, events: one ticket or task, and what happened. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn show_run, events_run;

const struct command show_command = {
    .name = "show",
    .usage = "NO|TASK",
    .summary = "show a ticket with its tasks and route, or a task with its deadlines",
    .least = 1,
    .most = 1,
    .run = show_run,
};

static const struct option_row events_options[] = {
    {"after",  "C",  "only what comes behind this cursor of the feed", false},
    {"follow", NULL, "go on as events happen, until interrupted",      false},
    LISTING_OPTIONS,
    {NULL,     NULL, NULL,                                             false},
};

const struct command events_command = {
    .name = "events",
    .usage = "[NO] [--after C] [--follow]",
    .summary = "show the events of a ticket, or the feed of all",
    .options = events_options,
    .most = 1,
    .run = events_run,
};

static const struct column stage_columns[] = {
    {"stage",    "stage",            COLUMN_CODE  },
    {"from",     "from",             COLUMN_TIME  },
    {"due",      "due",              COLUMN_TIME  },
    {"met",      "met",              COLUMN_TIME  },
    {"overdue",  "overdue",          COLUMN_CODE  },
    {"policy",   "policy",           COLUMN_CODE  },
    {"version",  "policy_version",   COLUMN_NUMBER},
    {"calendar", "calendar",         COLUMN_CODE  },
    {"version",  "calendar_version", COLUMN_NUMBER},
};

static const struct column event_columns[] = {
    {"at",   "at",      COLUMN_TIME  },
    {"no",   "no",      COLUMN_CODE  },
    {"seq",  "seq",     COLUMN_NUMBER},
    {"task", "task",    COLUMN_CODE  },
    {"move", "move",    COLUMN_CODE  },
    {"from", "from",    COLUMN_CODE  },
    {"to",   "to",      COLUMN_CODE  },
    {"role", "by.role", COLUMN_CODE  },
    {"unit", "by.unit", COLUMN_CODE  },
    {"org",  "by.org",  COLUMN_CODE  },
    {"data", "data",    COLUMN_TEXT  },
};

static json_t *get(struct ctl *ctl, const char *path, int *ret_code)
{
    struct http_answer answer;
    *ret_code = ask_get(ctl, path, ctl->arena, &answer);
    if (*ret_code != EXIT_OK)
        return NULL;
    if (ctl->json) {
        ctl_print(answer.body);
        return NULL;
    }
    json_t *json = view_parse(&answer);
    *ret_code = json != NULL ? EXIT_OK : EXIT_SERVER;
    return json;
}

static int show_task(struct ctl *ctl, struct text *path)
{
    int code;
    json_t *task CLEANUP(view_drop) = get(ctl, path->at, &code);
    if (task == NULL)
        return code;
    view_record(ctl, task, NULL);
    text_add(path, "/deadlines");
    json_t *deadlines CLEANUP(view_drop) = get(ctl, path->at, &code);
    if (deadlines == NULL)
        return code;
    putchar('\n');
    view_table(ctl, stage_columns, COUNT_OF(stage_columns), json_object_get(deadlines, "stages"));
    return EXIT_OK;
}

static int show_ticket(struct ctl *ctl, const struct text *path)
{
    int code;
    json_t *ticket CLEANUP(view_drop) = get(ctl, path->at, &code);
    if (ticket == NULL)
        return code;
    view_record(ctl, ticket, (const char *[]){"route", "tasks", NULL});
    putchar('\n');
    view_record(ctl, json_object_get(ticket, "route"), (const char *[]){"candidates", NULL});
    putchar('\n');
    view_candidates(ctl, NULL, view_at(ticket, "route.candidates"));
    putchar('\n');
    view_table(ctl, view_task_columns, view_task_column_count, json_object_get(ticket, "tasks"));
    return EXIT_OK;
}

static int show_run(struct ctl *ctl)
{
    const char *id = ctl_argument(ctl, 0);
    bool task = strchr(id, '-') != NULL;
    struct text path CLEANUP(text_clear) = {0};
    text_add(&path, task ? "/v1/tasks/" : "/v1/tickets/");
    ctl_encode(&path, id);
    return task ? show_task(ctl, &path) : show_ticket(ctl, &path);
}

/* The feed as it is read. */
struct feed {
    const char *only; /* the ticket's number, NULL: all */
    struct text after;
    int64_t left;
    int count;
    bool ended;
    struct table_before before;
};

static void print_events(const struct ctl *ctl, struct feed *feed, const json_t *items)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct table *table = table_new(arena, &ctl->screen, event_columns, COUNT_OF(event_columns));
    table_continue(table, &feed->before);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *event = json_array_get(items, i);
        const char *no = json_string_value(json_object_get(event, "no"));
        if (feed->only != NULL && !text_equal(feed->only, no))
            continue;
        view_add(ctl, table, event_columns, COUNT_OF(event_columns), event);
        feed->count++;
        feed->left--;
    }
    if (!ctl->json)
        table_print(table, stdout);
    fflush(stdout);
}

static int feed_turn(struct ctl *ctl, struct feed *feed, int64_t wait_s)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text path CLEANUP(text_clear) = {0};
    text_format(&path, "/v1/events?limit=%lld", (long long)(feed->left < 100 ? feed->left : 100));
    if (feed->after.size > 0) {
        text_add(&path, "&after=");
        ctl_encode(&path, feed->after.at);
    }
    struct http_request request = {.method = "GET", .path = path.at, .wait_s = wait_s};
    struct http_answer answer;
    int code = ask(ctl, &request, arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *list CLEANUP(view_drop) = view_parse(&answer);
    const json_t *items = json_object_get(list, "items");
    if (list == NULL)
        return EXIT_SERVER;
    const char *next = view_text(arena, list, "next");
    feed->ended = json_array_size(items) == 0 || next[0] == '\0';
    print_events(ctl, feed, items);
    if (ctl->json && !feed->ended)
        ctl_print(answer.body);
    text_clear(&feed->after);
    text_add(&feed->after, next);
    return EXIT_OK;
}

static int read_feed(struct ctl *ctl, const char *only, int64_t limit)
{
    bool follow = ctl_option(ctl, "follow") != NULL;
    struct feed feed = {.only = only, .left = limit > 0 ? limit : INT64_MAX};
    text_add(&feed.after, ctl_option(ctl, "after") != NULL ? ctl_option(ctl, "after") : "");
    if (follow)
        feed.left = INT64_MAX;
    int code;
    do {
        time_t begun = time(NULL);
        code = feed_turn(ctl, &feed, follow ? 30 : 0);
        if (code == EXIT_OK && follow && feed.ended && time(NULL) == begun)
            nanosleep(&(struct timespec){1, 0}, NULL); /* a server that does not hold the poll */
    } while (code == EXIT_OK && feed.left > 0 && (follow || !feed.ended));
    text_clear(&feed.after);
    return code != EXIT_OK ? code : listing_end(ctl, feed.count);
}

static int events_run(struct ctl *ctl)
{
    const char *no = ctl_argument(ctl, 0);
    int64_t limit;
    if (!ctl_number(ctl, "limit", (int64_t[]){0, INT32_MAX}, 100, &limit))
        return EXIT_USAGE;
    if (no == NULL || ctl_option(ctl, "follow") != NULL || ctl_option(ctl, "after") != NULL)
        return read_feed(ctl, no, limit);
    struct text path CLEANUP(text_clear) = {0};
    text_add(&path, "/v1/tickets/");
    ctl_encode(&path, no);
    text_add(&path, "/events");
    return listing_run(ctl, &(struct listing){.path = path.at,
                                              .columns = event_columns,
                                              .count = COUNT_OF(event_columns)});
}
