/* whistle, need, project: what stands beside tickets. All three are drafted, listed and shown in
 * the same way; their moves are commands made in ctl/move. */
#include "ctl/head.h"

#include <stdio.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn create_run, list_run, show_run;

/* clang-format off */
static const struct option_row whistle_options[] = {
    {"state", "S",  "only in these states, such as raised,approved", false},
    {"kind",  "K",  "only daily, hard, emergency or enforcement", false},
    {"org",   "O",  "only raised or decided on by this organization", false},
    {"unit",  "U",  "only calling this unit", false},
    {"no",    "NO", "only on this ticket", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row offer_options[] = {
    {"state", "S",    "only in these states, such as published,taken", false},
    {"area",  "A",    "only in this area and below", false},
    {"org",   "O",    "only of this organization", false},
    {"unit",  "U",    "only taken by this unit", false},
    {"mine",  "true", "only what this key's unit took", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};
/* clang-format on */

#define CREATE(what, is)                                                                           \
    const struct command what##_create_command = {                                                 \
        .name = #what " create",                                                                   \
        .usage = "FILE|-",                                                                         \
        .summary = is " from one JSON object",                                                     \
        .least = 1,                                                                                \
        .most = 1,                                                                                 \
        .run = create_run,                                                                         \
    }
#define LIST(what, rows, text)                                                                     \
    const struct command what##_list_command = {                                                   \
        .name = #what " list",                                                                     \
        .usage = "[--state S] [--org O] [--unit U] ...",                                           \
        .summary = text,                                                                           \
        .options = rows,                                                                           \
        .run = list_run,                                                                           \
    }
#define SHOW(what, text)                                                                           \
    const struct command what##_show_command = {                                                   \
        .name = #what " show",                                                                     \
        .usage = "ID",                                                                             \
        .summary = text,                                                                           \
        .least = 1,                                                                                \
        .most = 1,                                                                                 \
        .run = show_run,                                                                           \
    }
CREATE(whistle, "raise a whistle");
LIST(whistle, whistle_options, "find whistles, newest first");
SHOW(whistle, "show a whistle with the units that it calls");
CREATE(need, "draft a need");
LIST(need, offer_options, "find needs, also those that are offered to the key's unit");
SHOW(need, "show a need with those who took it");
CREATE(project, "draft a project of needs and resources");
LIST(project, offer_options, "find projects, also those that are offered to the key's unit");
SHOW(project, "show a project with its milestones and those who took it");

static const struct column head_columns[] = {
    {"id",       "id",          COLUMN_CODE},
    {"state",    "state",       COLUMN_CODE},
    {"kind",     "kind",        COLUMN_CODE},
    {"org",      "org",         COLUMN_CODE},
    {"area",     "area",        COLUMN_CODE},
    {"category", "category",    COLUMN_CODE},
    {"ticket",   "no",          COLUMN_CODE},
    {"due",      "due",         COLUMN_TIME},
    {"open",     "open_to_all", COLUMN_CODE},
    {"title",    "title",       COLUMN_TEXT},
};

/* Of a whistle's targets and of those who took a need or project: what one lacks is left out. */
static const struct column part_columns[] = {
    {"unit",        "unit",            COLUMN_CODE  },
    {"role",        "role",            COLUMN_CODE  },
    {"task",        "task",            COLUMN_CODE  },
    {"state",       "state",           COLUMN_CODE  },
    {"acknowledge", "acknowledge_due", COLUMN_TIME  },
    {"arrive",      "arrive_due",      COLUMN_TIME  },
    {"result due",  "result_due",      COLUMN_TIME  },
    {"due",         "due",             COLUMN_TIME  },
    {"overdue",     "overdue",         COLUMN_CODE  },
    {"rating",      "rating",          COLUMN_NUMBER},
    {"rated back",  "rating_back",     COLUMN_NUMBER},
    {"result",      "result",          COLUMN_TEXT  },
};

static const struct column milestone_columns[] = {
    {"milestone", "title",   COLUMN_TEXT},
    {"due",       "due",     COLUMN_CODE},
    {"done",      "done_at", COLUMN_TIME},
    {"overdue",   "overdue", COLUMN_CODE},
    {"note",      "note",    COLUMN_TEXT},
};

static void print_list(const struct ctl *ctl, const struct column *columns, int count,
                       const json_t *items)
{
    if (json_array_size(items) == 0)
        return;
    putchar('\n');
    view_table(ctl, columns, count, items);
}

void head_print(const struct ctl *ctl, const json_t *head)
{
    static const char *const skip[] = {"targets", "takers", "milestones", NULL};
    view_record(ctl, head, skip);
    print_list(ctl, milestone_columns, COUNT_OF(milestone_columns),
               json_object_get(head, "milestones"));
    print_list(ctl, part_columns, COUNT_OF(part_columns), json_object_get(head, "targets"));
    print_list(ctl, part_columns, COUNT_OF(part_columns), json_object_get(head, "takers"));
}

/* "/v1/needs" for "need list". */
static void path_of(const struct ctl *ctl, struct text *path)
{
    const char *name = ctl->command->name;
    text_format(path, "/v1/%.*ss", (int)strcspn(name, " "), name);
}

static int print_answer(const struct ctl *ctl, const struct http_answer *answer)
{
    json_t *head CLEANUP(view_drop) = view_parse(answer);
    if (head == NULL)
        return EXIT_SERVER;
    if (ctl->json)
        ctl_print(answer->body);
    else
        head_print(ctl, head);
    return EXIT_OK;
}

static int create_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0}, body CLEANUP(text_clear) = {0};
    struct http_answer answer;
    path_of(ctl, &path);
    if (!input_read(ctl_argument(ctl, 0), &body))
        return EXIT_USAGE;
    struct http_request request = {
        .method = "POST",
        .path = path.at,
        .body = {body.at, body.size},
        .idempotency_key = ask_key(ctl->arena),
    };
    int code = ask(ctl, &request, ctl->arena, &answer);
    return code != EXIT_OK ? code : print_answer(ctl, &answer);
}

static int list_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    path_of(ctl, &path);
    return listing_run(ctl,
                       &(struct listing){path.at, head_columns, COUNT_OF(head_columns), 0, false});
}

static int show_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    struct http_answer answer;
    path_of(ctl, &path);
    text_add(&path, "/");
    ctl_encode(&path, ctl_argument(ctl, 0));
    int code = ask_get(ctl, path.at, ctl->arena, &answer);
    return code != EXIT_OK ? code : print_answer(ctl, &answer);
}
