/* verify: the hash chains of one ticket or of all, page by page, with a count on a terminal. */
#include <stdio.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/view.h"

static command_fn verify_run;

const struct command verify_command = {
    .name = "verify",
    .usage = "[NO]",
    .summary = "check the hash chains of all tickets, or of one; exit code 1 if any is broken",
    .most = 1,
    .run = verify_run,
};

enum { PAGE = 100 };

static const struct column break_columns[] = {
    {"no",   "no",   COLUMN_CODE  },
    {"seq",  "seq",  COLUMN_NUMBER},
    {"what", "what", COLUMN_CODE  },
};

struct walk {
    const char *no;     /* NULL: all tickets */
    const char *cursor; /* NULL: from the start, and at the end */
    json_int_t tickets, events, broken;
    struct table *table;
    bool watched; /* by somebody at a terminal */
};

static void add_counts(struct walk *walk, const json_t *page)
{
    walk->tickets += json_integer_value(json_object_get(page, "tickets"));
    walk->events += json_integer_value(json_object_get(page, "events"));
    walk->broken += (json_int_t)json_array_size(json_object_get(page, "broken"));
}

static void say_counts(const struct walk *walk, const char *before, const char *after)
{
    fprintf(stderr, "%s%lld tickets, %lld events, %lld broken%s", before, (long long)walk->tickets,
            (long long)walk->events, (long long)walk->broken, after);
}

static int page(struct ctl *ctl, struct walk *walk)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text path CLEANUP(text_clear) = {0};
    text_format(&path, "/v1/verify?limit=%d", PAGE);
    if (walk->no != NULL || walk->cursor != NULL) {
        text_add(&path, walk->no != NULL ? "&no=" : "&cursor=");
        ctl_encode(&path, walk->no != NULL ? walk->no : walk->cursor);
    }
    struct http_answer answer;
    int code = ask_get(ctl, path.at, arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *page CLEANUP(view_drop) = view_parse(&answer);
    if (page == NULL)
        return EXIT_SERVER;
    add_counts(walk, page);
    const json_t *broken = json_object_get(page, "broken");
    for (size_t i = 0; i < json_array_size(broken); i++)
        view_add(ctl, walk->table, break_columns, COUNT_OF(break_columns),
                 json_array_get(broken, i));
    if (ctl->json)
        ctl_print(answer.body);
    walk->cursor = arena_copy(ctl->arena, json_string_value(json_object_get(page, "next")));
    return EXIT_OK;
}

static int verify_run(struct ctl *ctl)
{
    struct walk walk = {
        .no = ctl->options.arguments.count > 0 ? ctl_argument(ctl, 0) : NULL,
        .table = table_new(ctl->arena, &ctl->screen, break_columns, COUNT_OF(break_columns)),
        .watched = isatty(STDERR_FILENO) == 1 && !ctl->quiet && !ctl->json,
    };
    int code;
    do {
        code = page(ctl, &walk);
        if (walk.watched && code == EXIT_OK)
            say_counts(&walk, "\r", "\033[K");
    } while (code == EXIT_OK && walk.cursor != NULL);
    if (walk.watched)
        fputs("\r\033[K", stderr);
    if (!ctl->json)
        table_print(walk.table, stdout);
    if (code == EXIT_OK && !ctl->quiet && !ctl->json)
        say_counts(&walk, "", "\n");
    return code != EXIT_OK || walk.broken == 0 ? code : EXIT_REFUSED;
}
