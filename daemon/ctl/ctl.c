/* Small things that every command needs. */
#include "ctl/ctl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"

int ctl_usage(const struct ctl *ctl, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("whistlectl: ", stderr);
    vfprintf(stderr, format, values);
    va_end(values);
    if (ctl->command != NULL)
        fprintf(stderr, "\nusage: whistlectl %s %s\n", ctl->command->name, ctl->command->usage);
    else
        fputs("\nusage: whistlectl [OPTION]... COMMAND ...; whistlectl --help lists them\n",
              stderr);
    return EXIT_USAGE;
}

void ctl_say(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fflush(stdout); /* so that both read in order on one terminal */
    fputs("whistlectl: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
}

void ctl_print(struct slice body)
{
    fwrite(body.at, 1, body.size, stdout);
    if (body.size > 0 && body.at[body.size - 1] != '\n')
        fputc('\n', stdout);
}

const char *ctl_option(const struct ctl *ctl, const char *name)
{
    return options_get(&ctl->options, name);
}

bool ctl_number(const struct ctl *ctl, const char *name, const int64_t range[2], int64_t standard,
                int64_t *ret_value)
{
    const char *text = ctl_option(ctl, name);
    if (text == NULL) {
        *ret_value = standard;
        return true;
    }
    if (text_to_int(text, range[0], range[1], ret_value))
        return true;
    ctl_usage(ctl, "--%s: not a whole number from %lld to %lld", name, (long long)range[0],
              (long long)range[1]);
    return false;
}

const char *ctl_argument(const struct ctl *ctl, int n)
{
    return n < ctl->options.arguments.count ? ctl->options.arguments.at[n] : NULL;
}

void ctl_encode(struct text *path, const char *part)
{
    for (const char *at = part; *at != '\0'; at++)
        if (isascii((unsigned char)*at) && (isalnum((unsigned char)*at) || strchr("-._~", *at)))
            text_add_bytes(path, at, 1);
        else
            text_format(path, "%%%02X", (unsigned char)*at);
}
