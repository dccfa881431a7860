/* Reads a command line by tables of options. Options may stand anywhere; `--name value` and
 * `--name=value` are the same; `--` ends them; a lone `-` is an argument. */
#pragma once

#include "base/error.h"

struct option_row {
    const char *name;  /* without dashes; NULL ends a table */
    const char *value; /* what stands for the value in the help; NULL: a flag without one */
    const char *summary;
    bool many; /* may be given more than once */
};

struct option_seen {
    const char *name;
    const char *value; /* "" with a flag */
};

enum { OPTIONS_TABLES = 2 };

/* Set `arena` and `tables` (either may be NULL) before reading. */
struct options {
    struct arena *arena;
    const struct option_row *tables[OPTIONS_TABLES];
    int count;
    struct option_seen *seen;
    struct names arguments;
};

/* Reads `count` words, which are borrowed. `ret_used` set: stops before the first argument and
 * says how many words were read. */
MUST_CHECK bool options_read(struct options *options, char **words, int count, int *ret_used,
                             struct error *err);
/* The value, "" for a flag that was given, NULL if absent. */
const char *options_get(const struct options *options, const char *name);
/* All values of an option that may come more than once. */
struct names options_all(const struct options *options, const char *name);
