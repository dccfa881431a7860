/* route: where tickets would go, and why, without making any. */
#include <stdio.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "ctl/view.h"

static command_fn route_run;

const struct command route_command = {
    .name = "route",
    .usage = "FILE|-",
    .summary = "show where tickets would be routed and why, without making any",
    .least = 1,
    .most = 1,
    .run = route_run,
};

static const struct column columns[] = {
    {"#",        "#",              COLUMN_NUMBER},
    {"basis",    "route.basis",    COLUMN_CODE  },
    {"level",    "route.level",    COLUMN_CODE  },
    {"score",    "route.score",    COLUMN_FIGURE},
    {"unit",     "route.unit",     COLUMN_NAMED },
    {"org",      "route.org",      COLUMN_NAMED },
    {"resource", "route.resource", COLUMN_NAMED },
};

static int route_one(struct ctl *ctl, const struct input_piece *piece, int number)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct http_request request = {.method = "POST", .path = "/v1/route", .body = piece->bytes};
    struct http_answer answer;
    int code = ask(ctl, &request, arena, &answer);
    if (code != EXIT_OK)
        return code;
    if (ctl->json) {
        ctl_print(answer.body);
        return EXIT_OK;
    }
    json_t *decision CLEANUP(view_drop) = view_parse(&answer);
    if (decision == NULL)
        return EXIT_SERVER;
    json_object_set_new(decision, "#", json_integer(number));
    json_t *rows CLEANUP(view_drop) = json_pack("[O]", decision);
    if (number > 1)
        putchar('\n');
    view_table(ctl, columns, COUNT_OF(columns), rows);
    if (ctl->screen.pretty)
        putchar('\n');
    view_candidates(ctl, NULL, view_at(decision, "route.candidates"));
    return EXIT_OK;
}

static int route_run(struct ctl *ctl)
{
    struct text file CLEANUP(text_clear) = {0};
    struct input_piece *pieces;
    const char *path = ctl_argument(ctl, 0);
    int count, worst = EXIT_OK;
    if (!input_read(path, &file) ||
        !input_pieces((struct slice){file.at, file.size}, path, ctl->arena, &pieces, &count))
        return EXIT_USAGE;
    for (int i = 0; i < count && worst < EXIT_SERVER; i++) {
        int code = route_one(ctl, &pieces[i], i + 1);
        worst = code > worst ? code : worst;
    }
    return worst;
}
