/* What every command of whistlectl works with, and how it ends. One command runs per process. */
#pragma once

#include "base/error.h"
#include "ctl/http.h"
#include "ctl/options.h"
#include "ctl/table.h"

/* Shown by --help; nothing else is returned. */
enum {
    EXIT_OK = 0,
    EXIT_REFUSED = 1, /* the server refused: 4xx, or one of a batch */
    EXIT_USAGE = 2,   /* command line or input file wrong; nothing was sent */
    EXIT_SERVER = 3,  /* not reached, or 5xx after all tries */
    EXIT_NOTHING = 4, /* 404, or an empty answer with --fail-empty */
};

struct command;

struct ctl {
    struct arena *arena; /* lives as long as the command */
    struct http *http;
    struct options options;
    struct screen screen;
    const struct command *command;
    bool json, quiet, has_key;
    int64_t retries;
};

/* Prints "whistlectl: ..." and the usage of the running command on stderr; returns EXIT_USAGE. */
int ctl_usage(const struct ctl *ctl, const char *format, ...) PRINTF(2, 3);
/* Prints "whistlectl: ..." on stderr. */
void ctl_say(const char *format, ...) PRINTF(1, 2);
/* Prints a body as the server sent it, with a line end. */
void ctl_print(struct slice body);
/* The option's value, or NULL. */
const char *ctl_option(const struct ctl *ctl, const char *name);
/* A whole number from an option; absent: `standard`. Prints what is wrong. */
MUST_CHECK bool ctl_number(const struct ctl *ctl, const char *name, const int64_t range[2],
                           int64_t standard, int64_t *ret_value);
/* The n-th argument behind the command's name, or NULL. */
const char *ctl_argument(const struct ctl *ctl, int n);
/* Adds `part` to a path or query, percent-encoded (RFC 3986). */
void ctl_encode(struct text *path, const char *part);
