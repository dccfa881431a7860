/* The table of commands. A command is one entry at the top of its file; its name stands in the list
 * here, which is also the order of the help. Moves (domain/moves) are commands too, made when asked
 * for (ctl/move): those on a whistle, need or project with its word in front. */
#pragma once

#include "ctl/ctl.h"

/* One X(name) per entry `name_command`. */
#define COMMANDS(X)                                                                                \
    X(submit)                                                                                      \
    X(route)                                                                                       \
    X(deadlines)                                                                                   \
    X(tickets)                                                                                     \
    X(show)                                                                                        \
    X(events)                                                                                      \
    X(poll)                                                                                        \
    X(claim)                                                                                       \
    X(renew)                                                                                       \
    X(release)                                                                                     \
    X(move)                                                                                        \
    X(whistle_create)                                                                              \
    X(whistle_list)                                                                                \
    X(whistle_show)                                                                                \
    X(need_create)                                                                                 \
    X(need_list)                                                                                   \
    X(need_show)                                                                                   \
    X(project_create)                                                                              \
    X(project_list)                                                                                \
    X(project_show)                                                                                \
    X(overdue)                                                                                     \
    X(due)                                                                                         \
    X(shortages)                                                                                   \
    X(rates)                                                                                       \
    X(times)                                                                                       \
    X(five_clears)                                                                                 \
    X(agreements)                                                                                  \
    X(whistle_figures)                                                                             \
    X(month_publish)                                                                               \
    X(month_show)                                                                                  \
    X(month_times)                                                                                 \
    X(verify)                                                                                      \
    X(export)                                                                                      \
    X(recalculate)                                                                                 \
    X(import)                                                                                      \
    X(import_calendar)                                                                             \
    X(learn)                                                                                       \
    X(get)                                                                                         \
    X(put)                                                                                         \
    X(delete)                                                                                      \
    X(key_create)                                                                                  \
    X(key_list)                                                                                    \
    X(key_revoke)                                                                                  \
    X(webhook_create)                                                                              \
    X(webhook_list)                                                                                \
    X(webhook_show)                                                                                \
    X(webhook_change)                                                                              \
    X(webhook_delete)                                                                              \
    X(webhook_secret)                                                                              \
    X(webhook_test)                                                                                \
    X(webhook_log)                                                                                 \
    X(webhook_replay)                                                                              \
    X(undelivered)                                                                                 \
    X(undelivered_replay)                                                                          \
    X(version)                                                                                     \
    X(help)

typedef int command_fn(struct ctl *ctl);

struct command {
    const char *name;  /* one word or two */
    const char *usage; /* arguments and options, as --help shows them */
    const char *summary;
    const struct option_row *options; /* NULL: none */
    int least, most;                  /* number of arguments */
    command_fn *run;                  /* returns an exit code */
    bool offline;                     /* works without a server */
};

#define X(name) extern const struct command name##_command;
COMMANDS(X)
#undef X

/* All commands in order; NULL behind the last. */
extern const struct command *const command_table[];
/* Options that every command takes. */
extern const struct option_row command_globals[];

/* The command of the first one or two words, a move included; NULL: unknown. `ret_words` is how
 * many were used. */
const struct command *command_find(const struct names *words, struct arena *arena, int *ret_words);
/* Prints the general help, or that of one command. */
void command_help(void);
void command_help_one(const struct command *command);
