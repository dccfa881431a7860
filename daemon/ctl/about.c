/* version, help: what can be said without a server. */
#include <stdio.h>

#include "ctl/command.h"

static command_fn version_run, help_run;

const struct command version_command = {
    .name = "version",
    .usage = "",
    .summary = "show the version of this program",
    .run = version_run,
    .offline = true,
};

const struct command help_command = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "show the commands, or how to use one",
    .most = 2,
    .run = help_run,
    .offline = true,
};

static int version_run(struct ctl *ctl)
{
    (void)ctl;
    puts("whistlectl " WHISTLED_VERSION);
    return EXIT_OK;
}

static int help_run(struct ctl *ctl)
{
    int words;
    const struct names *asked = &ctl->options.arguments;
    if (asked->count == 0) {
        command_help();
        return EXIT_OK;
    }
    const struct command *command = command_find(asked, ctl->arena, &words);
    if (command == NULL || words < asked->count)
        return ctl_usage(ctl, "unknown command %s", asked->at[0]);
    command_help_one(command);
    return EXIT_OK;
}
