/* whistlectl: reads the command line, finds the key and runs one command. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curl/curl.h>

#include "ctl/command.h"
#include "ctl/input.h"

enum { TIMEOUT_S = 30, RETRIES = 4, WIDTH = 100 };

/* The first line of the key file, without blanks around it. */
static bool key_from_file(const char *path, struct text *ret_key)
{
    struct text file CLEANUP(text_clear) = {0};
    if (!input_read(path, &file))
        return false;
    size_t from = strspn(file.at, " \t\r\n");
    text_add_bytes(ret_key, file.at + from, strcspn(file.at + from, " \t\r\n"));
    explicit_bzero(file.at, file.size);
    return true;
}

/* --key-file, then the key itself, then the file's name from the environment. No key is fine. */
static bool find_key(const struct ctl *ctl, struct text *ret_key)
{
    const char *file = ctl_option(ctl, "key-file");
    const char *key = getenv("WHISTLED_KEY");
    const char *named = getenv("WHISTLED_KEY_FILE");
    if (file != NULL)
        return key_from_file(file, ret_key);
    if (key != NULL && key[0] != '\0')
        text_add(ret_key, key);
    else if (named != NULL && named[0] != '\0')
        return key_from_file(named, ret_key);
    return true;
}

static bool open_http(struct ctl *ctl)
{
    int64_t timeout_s;
    struct text key CLEANUP(text_clear) = {0};
    if (!ctl_number(ctl, "timeout", (int64_t[]){1, 86400}, TIMEOUT_S, &timeout_s) ||
        !ctl_number(ctl, "retries", (int64_t[]){0, 100}, RETRIES, &ctl->retries) ||
        !find_key(ctl, &key))
        return false;
    const char *url = ctl_option(ctl, "url");
    if (url == NULL)
        url = getenv("WHISTLED_URL");
    if (url == NULL || url[0] == '\0')
        url = "http://127.0.0.1:12345";
    const char *trouble = NULL;
    ctl->has_key = key.at != NULL;
    ctl->http = http_new(&(struct http_settings){url, key.at, timeout_s}, &trouble);
    if (key.at != NULL)
        explicit_bzero(key.at, key.size);
    if (ctl->http == NULL)
        ctl_say("%s", trouble);
    return ctl->http != NULL;
}

static int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int64_t width;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return columns != NULL && text_to_int(columns, 1, 10000, &width) ? (int)width : WIDTH;
}

static void set_screen(struct ctl *ctl)
{
    const char *no_color = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO) == 1;
    ctl->screen = (struct screen){
        .pretty = terminal || ctl_option(ctl, "table") != NULL,
        .bold = terminal && (no_color == NULL || no_color[0] == '\0'),
        .width = terminal_width(),
    };
    ctl->json = ctl_option(ctl, "json") != NULL;
    ctl->quiet = ctl_option(ctl, "quiet") != NULL;
}

static int run(struct ctl *ctl)
{
    const struct command *command = ctl->command;
    int count = ctl->options.arguments.count;
    if (ctl_option(ctl, "help") != NULL) {
        command_help_one(command);
        return EXIT_OK;
    }
    if (count < command->least)
        return ctl_usage(ctl, "an argument is missing");
    if (count > command->most)
        return ctl_usage(ctl, "too many arguments");
    set_screen(ctl);
    if (!command->offline && !open_http(ctl))
        return EXIT_USAGE;
    return command->run(ctl);
}

/* Reads the options before the command, finds the command, then reads the rest by its table. */
static int start(struct ctl *ctl, char **words, int count)
{
    struct error err = {.arena = ctl->arena};
    int used, taken;
    ctl->options = (struct options){
        .arena = ctl->arena, .tables = {command_globals, NULL}
    };
    if (!options_read(&ctl->options, words, count, &used, &err))
        return ctl_usage(ctl, "%s", err.detail);
    if (used == count) {
        if (ctl_option(ctl, "help") == NULL)
            return ctl_usage(ctl, "a command is missing");
        command_help();
        return EXIT_OK;
    }
    struct names names = {count - used, (const char **)(words + used)};
    ctl->command = command_find(&names, ctl->arena, &taken);
    if (ctl->command == NULL)
        return ctl_usage(ctl, "unknown command %s", words[used]);
    ctl->options.tables[1] = ctl->command->options;
    if (!options_read(&ctl->options, words + used + taken, count - used - taken, NULL, &err))
        return ctl_usage(ctl, "%s", err.detail);
    return run(ctl);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* widths are reckoned in UTF-8, whatever the host's locale */
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct ctl ctl = {.arena = arena_new()};
    int code = start(&ctl, argv + 1, argc - 1);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_OK) {
        ctl_say("the output cannot be written: %s", strerror(errno));
        code = EXIT_SERVER;
    }
    http_free(ctl.http);
    arena_free(ctl.arena);
    curl_global_cleanup();
    return code;
}
