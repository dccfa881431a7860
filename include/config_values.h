/* The values of settings, by type. Internal to the configuration. */
#pragma once

#include "config.h"

enum config_type {
    TYPE_TEXT,
    TYPE_SECRET, /* a text that no message repeats */
    TYPE_PATH,
    TYPE_ADDRESS,
    TYPE_NAME, /* of a schema */
    TYPE_ZONE,
    TYPE_LEVEL,
    TYPE_BOOL,
    TYPE_COUNT,
    TYPE_SIZE,
    TYPE_SPAN,
    TYPE_WAITS,    /* times with blanks between */
    TYPE_NETWORKS, /* blocks of addresses */
};

/* A row of the table, as far as its value is concerned. */
struct config_rule {
    enum config_type type;
    const char *min, *max; /* written as a value would be; NULL for types without limits */
    const char *meaning;
};

/* Reads a value into its place; what it points to lives in the arena. False: `ret_fault` says what
 * would have been good. */
MUST_CHECK bool config_set(const struct config_rule *rule, const char *text, void *target,
                           struct arena *arena, const char **ret_fault);
