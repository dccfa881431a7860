/* The command line of the daemon. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: whistled COMMAND [--config FILE]\n"
    "\n"
    "The dispatch daemon of a 12345 hotline.\n"
    "\n"
    "Commands:\n"
    "  serve                  run the daemon\n"
    "  migrate                bring the database's schema up to date, then end\n"
    "  check-config           check the settings, then end; --sample prints the sample file\n"
    "  version                print the version\n"
    "\n"
    "Settings come from FILE (INI), then from the environment: WHISTLED_SECTION_KEY wins.\n"
    "SIGTERM drains: open requests are finished, held ones answered, then the daemon ends with 0.\n"
    "Exit codes: 0 good, 1 a fault that was logged, 2 wrong usage.\n"
    "\n"
    "Settings:\n";

static int print_help(FILE *out, int code)
{
    struct text text CLEANUP(text_clear) = {0};
    config_print_help(&text);
    fputs(usage, out);
    fputs(text.at, out);
    return code;
}

static int print_sample(void)
{
    struct text text CLEANUP(text_clear) = {0};
    config_print_sample(&text);
    fputs(text.at, stdout);
    return 0;
}

static int with_config(const char *path, int (*command)(const struct config *config))
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config = {0};
    if (!config_load(path, environ, &config, &err)) {
        for (int i = 0; i < error_kept(&err); i++)
            fprintf(stderr, "whistled: %s: %s\n", err.items[i].pointer, err.items[i].detail);
        if (err.count == 0)
            fprintf(stderr, "whistled: %s\n", err.detail);
        return 1;
    }
    int code = command(&config);
    config_clear(&config);
    return code;
}

static int good_config(const struct config *config)
{
    (void)config;
    puts("The settings are good.");
    return 0;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* What follows the command; false: wrong usage. */
static bool read_options(char **word, const char **ret_path, bool *ret_sample)
{
    for (; *word != NULL; word++) {
        if (strcmp(*word, "--config") == 0 && word[1] != NULL)
            *ret_path = *++word;
        else if (strcmp(*word, "--sample") == 0)
            *ret_sample = true;
        else
            return false;
    }
    return true;
}

static int run(const char *command, const char *path, bool sample)
{
    if (strcmp(command, "check-config") == 0)
        return sample ? print_sample() : with_config(path, good_config);
    if (strcmp(command, "serve") == 0 && !sample)
        return with_config(path, app_serve);
    if (strcmp(command, "migrate") == 0 && !sample)
        return with_config(path, app_migrate);
    if (strcmp(command, "version") == 0 || strcmp(command, "--version") == 0)
        return puts("whistled " WHISTLED_VERSION), 0;
    return print_help(stderr, EXIT_USAGE);
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    bool sample = false;
    if (argc > 1 && (is_help(argv[1]) || strcmp(argv[argc - 1], "--help") == 0))
        return print_help(stdout, 0);
    if (argc < 2 || !read_options(argv + 2, &path, &sample))
        return print_help(stderr, EXIT_USAGE);
    return run(argv[1], path, sample);
}
