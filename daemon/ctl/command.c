/* The table of commands, and the help that is made from it. */
#include "ctl/command.h"

#include <stdio.h>

#include "ctl/move.h"

const struct command *const command_table[] = {
#define X(name) &name##_command,
    COMMANDS(X)
#undef X
        NULL,
};

const struct option_row command_globals[] = {
    {"url",      "URL",  "the daemon (or $WHISTLED_URL; default http://127.0.0.1:12345)",          false},
    {"key-file", "FILE", "file with the key (or $WHISTLED_KEY_FILE, or the key in $WHISTLED_KEY)",
     false                                                                                              },
    {"json",     NULL,   "print the server's JSON as it is",                                       false},
    {"table",    NULL,   "aligned tables even when the output is not a terminal",                  false},
    {"quiet",    NULL,   "no progress and no remarks; errors only",                                false},
    {"timeout",  "S",
     "seconds for one request beside its wait (default 30, imports and recalculate 600)",          false},
    {"retries",  "N",    "how often to try again when the daemon is away or busy (default 4)",     false},
    {"help",     NULL,   "this help, or that of a command",                                        false},
    {NULL,       NULL,   NULL,                                                                     false},
};

/* "key list" is two words, "poll" one. */
static int words_of(const char *name, const struct names *words)
{
    if (words->count > 0 && text_equal(name, words->at[0]))
        return 1;
    if (words->count < 2)
        return 0;
    struct text both CLEANUP(text_clear) = {0};
    text_format(&both, "%s %s", words->at[0], words->at[1]);
    return text_equal(name, both.at) ? 2 : 0;
}

const struct command *command_find(const struct names *words, struct arena *arena, int *ret_words)
{
    const struct command *found = NULL;
    int most = 0;
    for (int i = 0; command_table[i] != NULL; i++) {
        int used = words_of(command_table[i]->name, words);
        if (used > most) {
            found = command_table[i];
            most = used;
        }
    }
    if (found == NULL)
        found = move_command_of(words, arena, &most);
    if (found != NULL)
        *ret_words = most;
    return found;
}

static void print_options(const struct option_row *rows)
{
    for (; rows != NULL && rows->name != NULL; rows++) {
        int used = printf("  --%s%s%s", rows->name, rows->value != NULL ? " " : "",
                          rows->value != NULL ? rows->value : "");
        if (rows->summary[0] != '\0')
            printf("%*s%s", used < 24 ? 24 - used : 1, "", rows->summary);
        puts(rows->many ? " (may be repeated)" : "");
    }
}

static void print_exit_codes(void)
{
    puts("\nExit codes\n"
         "  0  done\n"
         "  1  the server refused it (4xx), or a part of a batch\n"
         "  2  wrong command line or input file; nothing was sent\n"
         "  3  the server could not be reached or failed (5xx), after all tries\n"
         "  4  not found (404), or nothing there with --fail-empty");
}

void command_help(void)
{
    puts("usage: whistlectl [OPTION]... COMMAND [ARGUMENT]...\n"
         "The client of whistled, the dispatch daemon of a 12345 hotline.\n\nCommands");
    for (int i = 0; command_table[i] != NULL; i++)
        printf("  %-17s  %s\n", command_table[i]->name, command_table[i]->summary);
    puts("\nMoves: whistlectl MOVE ID [--FIELD VALUE]..., as `whistlectl help MOVE` shows; "
         "whistles,\n"
         "needs and projects with their word in front");
    move_help();
    puts("\nOptions, anywhere on the line");
    print_options(command_globals);
    puts("\nOn a terminal results are tables; else lines with tabs between, without titles, with\n"
         "codes only and full times, for programs.");
    print_exit_codes();
}

void command_help_one(const struct command *command)
{
    printf("usage: whistlectl %s %s\n%s\n", command->name, command->usage, command->summary);
    if (command->options != NULL && command->options->name != NULL) {
        puts("\nOptions");
        print_options(command->options);
    }
    puts("\n`whistlectl --help` shows the options of all commands and the exit codes.");
}
