/* The parameters of one statement, in PostgreSQL's binary format, in order $1, $2, ... */
#pragma once

#include "base/instant.h"
#include "base/text.h"

enum { ARGS_MAX = 64 };

struct args;

/* An empty list; it and what is added live in the arena. */
struct args *args_new(struct arena *arena);

/* One parameter each; NULL and absent values become SQL NULL. */
void args_int(struct args *args, int64_t value); /* bigint */
void args_bool(struct args *args, bool value);
void args_double(struct args *args, double value);
void args_text(struct args *args, const char *value);
void args_bytes(struct args *args, struct slice value); /* at NULL: SQL NULL */
void args_instant(struct args *args, struct instant value);
void args_names(struct args *args, const struct names *value); /* text[] */

/* One array parameter: open, then args_... once per element, then close. */
enum args_type { ARGS_INT, ARGS_BOOL, ARGS_DOUBLE, ARGS_TEXT, ARGS_BYTES, ARGS_INSTANT };
void args_open(struct args *args, enum args_type type);
void args_close(struct args *args);
/* All of one array parameter: an element for each of `count` places `i`. */
#define ARGS_COLUMN(args, type, TYPE, count, value)                                                \
    do {                                                                                           \
        args_open(args, ARGS_##TYPE);                                                              \
        for (int i = 0; i < (count); i++)                                                          \
            args_##type(args, value);                                                              \
        args_close(args);                                                                          \
    } while (0)

/* For the connection: the parameters as libpq takes them. */
int args_count(const struct args *args);
const char *const *args_values(const struct args *args);
const int *args_lengths(const struct args *args);
const int *args_formats(const struct args *args);
