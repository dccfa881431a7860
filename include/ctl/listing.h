/* Lists in pages, printed as one table. */
#pragma once

#include "ctl/ctl.h"

struct listing {
    const char *path; /* "/v1/overdue" */
    const struct column *columns;
    int count;
    int64_t wait_s; /* held poll, for the first page */
    bool total;     /* the answer's `total` is the last line of a pretty table */
};

/* The options every list command has, to be put at the end of its own table. Other options of the
 * command are sent as query members of the same name. */
#define LISTING_OPTIONS                                                                            \
    {"limit", "N", "rows in all (default 100, 0 = no limit)", false},                              \
    {                                                                                              \
        "fail-empty", NULL, "exit code 4 when there is nothing", false                             \
    }

/* Asks for page after page and prints them; returns an exit code. */
int listing_run(struct ctl *ctl, const struct listing *listing);
/* The path with the command's own options as its query, all but those of LISTING_OPTIONS,
 * --wait, --follow and --out. */
void listing_path(const struct ctl *ctl, const char *path, struct text *ret_path);
/* Ends a command that listed `count` things: says "nothing", heeds --fail-empty. */
int listing_end(const struct ctl *ctl, int count);
