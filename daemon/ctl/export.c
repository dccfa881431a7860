/* export: a list as CSV, written as it comes. A file gets its name only when it is whole. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"

static command_fn export_run;

static const struct option_row export_options[] = {
    {"out",      "FILE", "write to this file instead of the standard output",            false},
    {"state",    "S",    "tickets, tasks: only in these states",                         false},
    {"pending",  "P",    "tasks: only what waits for a decision: return, extend, reply", false},
    {"stage",    "S",    "overdue, due: only this clock: sign, contact, resolve",        false},
    {"within",   "SPAN", "due: such as 48h, 90m, 2d",                                    false},
    {"area",     "A",    "only in this area and below",                                  false},
    {"unit",     "U",    "only of this unit",                                            false},
    {"org",      "O",    "only of this organization",                                    false},
    {"category", "C",    "only of this category and below",                              false},
    {"q",        "TEXT", "tickets: only with this text in them",                         false},
    {"from",     "T",    "tickets, shortages, figures: from this instant or date on",    false},
    {"to",       "T",    "tickets, shortages, figures: before this instant or date",     false},
    {NULL,       NULL,   NULL,                                                           false},
};

const struct command export_command = {
    .name = "export",
    .usage = "tickets|tasks|overdue|due|shortages|rates|agreements [--out FILE] [--area A] [--from "
             "T] [--to T] ...",
    .summary = "write a whole list as CSV, for spreadsheets",
    .options = export_options,
    .least = 1,
    .most = 1,
    .run = export_run,
};

static int fetch(struct ctl *ctl, FILE *into)
{
    struct text start CLEANUP(text_clear) = {0}, path CLEANUP(text_clear) = {0};
    struct http_answer answer;
    text_add(&start, "/v1/export/");
    ctl_encode(&start, ctl_argument(ctl, 0));
    listing_path(ctl, start.at, &path);
    struct http_request request = {.method = "GET", .path = path.at, .into = into};
    return ask(ctl, &request, ctl->arena, &answer);
}

static int fetch_file(struct ctl *ctl, const char *name)
{
    const char *unfinished = arena_format(ctl->arena, "%s.part", name);
    FILE *file = fopen(unfinished, "wb");
    if (file == NULL) {
        ctl_say("%s: %s", unfinished, strerror(errno));
        return EXIT_USAGE;
    }
    int code = fetch(ctl, file);
    bool written = fclose(file) == 0;
    if (code == EXIT_OK && (!written || rename(unfinished, name) != 0)) {
        ctl_say("%s: %s", name, strerror(errno));
        code = EXIT_SERVER;
    }
    if (code != EXIT_OK)
        remove(unfinished);
    return code;
}

static int export_run(struct ctl *ctl)
{
    const char *name = ctl_option(ctl, "out");
    return name == NULL || text_equal(name, "-") ? fetch(ctl, stdout) : fetch_file(ctl, name);
}
