/* One table of settings; everything else here walks it. A new setting is a member in config.h and a
 * row here; then make config/whistled.ini again. */
#include "config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include "config_values.h"

struct setting {
    const char *section;
    const char *key;
    size_t offset;
    enum config_type type;
    const char *fallback;
    const char *min; /* written as a value would be; NULL for types without limits */
    const char *max;
    const char *meaning;
};

#define AT(section, key) #section, #key, offsetof(struct config, section.key)

/* clang-format off */
static const struct setting settings[] = {
    {AT(http, listen), TYPE_ADDRESS, "127.0.0.1:12345", NULL, NULL,
     "host:port or [IPv6]:port; port 0 takes a free one; a socket from systemd goes first"},
    {AT(http, head_limit), TYPE_SIZE, "16kB", "1kB", "1MB",
     "a request line with its headers at most"},
    {AT(http, body_limit), TYPE_SIZE, "256kB", "1kB", "64MB", "an ordinary body at most"},
    {AT(http, batch_limit), TYPE_SIZE, "32MB", "1kB", "512MB", "a batch of tickets at most"},
    {AT(http, import_limit), TYPE_SIZE, "256MB", "1kB", "2GB", "an imported file at most"},
    {AT(http, head_timeout), TYPE_SPAN, "10s", "100ms", "10min",
     "a request line with its headers must arrive within"},
    {AT(http, body_timeout), TYPE_SPAN, "30s", "100ms", "1h",
     "longest silence while a body arrives"},
    {AT(http, idle_timeout), TYPE_SPAN, "60s", "1s", "1h",
     "a connection without a request is closed after"},
    {AT(http, connections), TYPE_COUNT, "10000", "1", "1000000", "open connections at most"},
    {AT(http, requests_in_flight), TYPE_COUNT, "2000", "1", "1000000",
     "requests under work at most, held polls not counted; more are answered 503"},
    {AT(http, wait_limit), TYPE_SPAN, "60s", "1s", "1h", "longest Prefer: wait that is honoured"},
    {AT(http, drain_grace), TYPE_SPAN, "20s", "0s", "10min",
     "how long open requests may take to finish at the end"},
    {AT(http, page_size), TYPE_COUNT, "50", "1", "10000", "rows of a list if no limit is asked"},
    {AT(http, page_limit), TYPE_COUNT, "500", "1", "10000", "rows of a list at most"},
    {AT(http, exports), TYPE_COUNT, "16", "1", "1000",
     "exports at a time; more are answered 503"},
    {AT(state, directory), TYPE_PATH, "/var/lib/whistled", NULL, NULL,
     "keys and the private PostgreSQL"},
    {AT(state, user), TYPE_TEXT, "", NULL, NULL,
     "who runs the private PostgreSQL when started as root; empty: whistled, postgres or nobody"},
    {AT(database, url), TYPE_SECRET, "", NULL, NULL,
     "libpq's address of the database; empty: a private PostgreSQL in the state directory"},
    {AT(database, schema), TYPE_NAME, "whistled", NULL, NULL, "the schema of all tables"},
    {AT(database, migrate), TYPE_BOOL, "yes", NULL, NULL,
     "serve brings the schema up to date; no leaves that to whistled migrate"},
    {AT(database, connections), TYPE_COUNT, "4", "1", "100",
     "connections for moves and lists, beside the one for intake"},
    {AT(database, intake_batch), TYPE_COUNT, "128", "1", "1000", "tickets in one transaction"},
    {AT(database, statement_timeout), TYPE_SPAN, "30s", "100ms", "1h",
     "a statement is given up after"},
    {AT(database, connect_timeout), TYPE_SPAN, "10s", "1s", "10min",
     "a connection that is not made is tried again after"},
    {AT(database, generic_plans), TYPE_BOOL, "yes", NULL, NULL,
     "plan each statement once; no on a Citus cluster"},
    {AT(database, programs), TYPE_PATH, "", NULL, NULL,
     "folder of initdb and pg_ctl for the private PostgreSQL; empty: searched, 15 or newer"},
    {AT(tickets, batch_tickets), TYPE_COUNT, "500", "1", "10000", "tickets in one batch at most"},
    {AT(tickets, intake_queue), TYPE_COUNT, "20000", "1", "1000000",
     "tickets waiting for a commit at most; more are answered 503"},
    {AT(registry, refresh), TYPE_SPAN, "500ms", "10ms", "1min",
     "how often changes made by other instances are looked for"},
    {AT(claims, tasks), TYPE_COUNT, "100", "1", "1000", "tasks in one claim at most"},
    {AT(polls, held), TYPE_COUNT, "5000", "1", "1000000",
     "requests that wait for something to happen at most; more are answered at once"},
    {AT(sweep, batch), TYPE_COUNT, "200", "1", "10000", "due tasks in one transaction"},
    {AT(webhooks, endpoints), TYPE_COUNT, "1000", "1", "100000", "webhooks at most"},
    {AT(webhooks, in_flight), TYPE_COUNT, "64", "1", "1000", "calls at a time, of this process"},
    {AT(webhooks, per_endpoint), TYPE_COUNT, "8", "1", "100",
     "calls at a time to one webhook; fewer while it fails"},
    {AT(webhooks, connect_timeout), TYPE_SPAN, "5s", "10ms", "1min",
     "a call is given up when it is not connected within, name and TLS included"},
    {AT(webhooks, timeout), TYPE_SPAN, "15s", "10ms", "5min",
     "a call is given up when its answer is not there within"},
    {AT(webhooks, answer_limit), TYPE_SIZE, "64kB", "1kB", "1MB",
     "of an answer's body no more is read"},
    {AT(webhooks, waits), TYPE_WAITS, "5s 5min 30min 2h 5h 10h 10h", NULL, NULL,
     "between the tries of a delivery, each up to a fifth shorter; behind the last it is given up"},
    {AT(webhooks, disable_after), TYPE_SPAN, "5d", "1min", "365d",
     "a webhook is disabled after nothing but failures for so long"},
    {AT(webhooks, keep), TYPE_SPAN, "30d", "1h", "3650d",
     "deliveries that ended are forgotten after"},
    {AT(webhooks, allow), TYPE_NETWORKS, "", NULL, NULL,
     "blocks of addresses outside the public net that may be called, such as 10.1.0.0/16"},
    {AT(webhooks, plain_http), TYPE_BOOL, "no", NULL, NULL, "http:// may be called too"},
    {AT(webhooks, ca_file), TYPE_PATH, "", NULL, NULL,
     "certificates to trust instead of the system's"},
    {AT(webhooks, source), TYPE_TEXT, "urn:whistled", NULL, NULL,
     "the source of the notices, a URI: where this daemon is known"},
    {AT(vault, key_file), TYPE_PATH, "", NULL, NULL,
     "key of the petitioners' identity; empty: vault.key in the state directory"},
    {AT(log, level), TYPE_LEVEL, "info", NULL, NULL, "error, warn, info or debug"},
    {AT(display, zone), TYPE_ZONE, "Asia/Shanghai", NULL, NULL, "time zone of times in answers"},
    {AT(test, clock_file), TYPE_PATH, "", NULL, NULL,
     "for tests only: a file that holds the time, RFC 3339"},
};
/* clang-format on */

/* What the readers share: the config under work and where its text comes from. */
struct load {
    struct config *config;
    struct error *err;
    const char *path;
    FILE *file;
    int line;
    bool too_long; /* the line before had no end yet */
    bool seen[COUNT_OF(settings)];
};

static bool set(struct config *config, const struct setting *setting, const char *text,
                const char **ret_fault)
{
    const struct config_rule rule = {setting->type, setting->min, setting->max, setting->meaning};
    return config_set(&rule, text, (char *)config + setting->offset, config->arena, ret_fault);
}

static void set_or_report(struct load *load, const struct setting *setting, const char *value,
                          const char *place)
{
    const char *fault = NULL;
    if (set(load->config, setting, value, &fault))
        return;
    const char *shown = setting->type == TYPE_SECRET ? "..." : value;
    error_add(load->err, place, "[%s] %s = %s: must be %s", setting->section, setting->key, shown,
              fault);
}

static void set_defaults(struct config *config)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *fault;
        bool good = set(config, &settings[i], settings[i].fallback, &fault);
        assert(good); /* a row of the table contradicts itself */
    }
}

static bool is_section(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (text_equal(settings[i].section, name))
            return true;
    return false;
}

/* One `key = value` of the file, called by inih. */
static int take_line(void *user, const char *section, const char *key, const char *value)
{
    struct load *load = user;
    const char *place = arena_format(load->err->arena, "%s:%d", load->path, load->line);
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (!text_equal(settings[i].section, section) || !text_equal(settings[i].key, key))
            continue;
        if (load->seen[i])
            error_add(load->err, place, "[%s] %s: set twice", section, key);
        else
            set_or_report(load, &settings[i], value, place);
        load->seen[i] = true;
        return 1;
    }
    error_add(load->err, place, "[%s] %s: no such %s", section, key,
              is_section(section) ? "key" : "section");
    return 1;
}

/* inih's source of lines: counts them, since it does not hand the number to take_line. */
static char *next_line(char *line, int size, void *stream)
{
    struct load *load = stream;
    if (fgets(line, size, load->file) == NULL)
        return NULL;
    if (!load->too_long)
        load->line++;
    load->too_long = strchr(line, '\n') == NULL && !feof(load->file);
    if (load->too_long) {
        const char *place = arena_format(load->err->arena, "%s:%d", load->path, load->line);
        error_add(load->err, place, "the line is too long");
    }
    return line;
}

static void read_file(struct load *load)
{
    load->file = fopen(load->path, "re");
    if (load->file == NULL) {
        error_add(load->err, load->path, "cannot be read: %s", strerror(errno));
        return;
    }
    ini_max_line = 4096;
    ini_allow_multiline = false;
    int bad_line = ini_parse_stream(next_line, load, take_line, load);
    if (bad_line > 0) {
        const char *place = arena_format(load->err->arena, "%s:%d", load->path, bad_line);
        error_add(load->err, place, "neither [section] nor key = value");
    }
    fclose(load->file);
}

/* The name of a setting's variable, up to its end or up to the key. */
static const char *variable_name(struct arena *arena, const struct setting *setting, bool whole)
{
    char *name = arena_format(arena, "WHISTLED_%s_%s", setting->section, whole ? setting->key : "");
    for (char *at = name; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    return name;
}

/* A variable with one of our sections must name a setting; others, such as those of tools around
 * the daemon, are none of our business. */
static void take_variable(struct load *load, const char *variable)
{
    bool ours = false;
    struct arena *arena = load->err->arena;
    const char *value = strchr(variable, '=');
    if (value == NULL || !text_starts(variable, "WHISTLED_"))
        return;
    const char *name = arena_bytes(arena, variable, (size_t)(value - variable));
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (text_equal(name, variable_name(arena, &settings[i], true))) {
            set_or_report(load, &settings[i], value + 1, name);
            return;
        }
        ours |= text_starts(name, variable_name(arena, &settings[i], false));
    }
    if (ours)
        error_add(load->err, name, "there is no such setting");
}

/* The key that systemd hands over, if no other is configured. */
static void take_credential(struct load *load, char **environment)
{
    static const char name[] = "CREDENTIALS_DIRECTORY=";
    struct config *config = load->config;
    for (char **at = environment; *at != NULL && *config->vault.key_file == '\0'; at++) {
        if (!text_starts(*at, name))
            continue;
        const char *path = arena_format(config->arena, "%s/vault.key", *at + strlen(name));
        if (access(path, R_OK) == 0)
            config->vault.key_file = path;
    }
}

/* What single rows cannot say. */
static void check_together(struct load *load)
{
    const struct config_http *http = &load->config->http;
    if (http->page_size > http->page_limit)
        error_add(load->err, "[http]", "page_size must not be above page_limit");
    if (http->body_limit > http->batch_limit)
        error_add(load->err, "[http]", "body_limit must not be above batch_limit");
    if (*load->config->state.directory == '\0')
        error_add(load->err, "[state]", "directory must not be empty");
}

bool config_load(const char *path, char **environment, struct config *ret_config, struct error *err)
{
    struct config config = {.arena = arena_new()};
    struct load load = {.config = &config, .err = err, .path = path};
    set_defaults(&config);
    if (path != NULL)
        read_file(&load);
    for (char **at = environment; *at != NULL; at++)
        take_variable(&load, *at);
    take_credential(&load, environment);
    check_together(&load);
    if (err->count > 0) {
        config_clear(&config);
        return error_set(err, FAULT_INVALID, "the configuration is not valid");
    }
    *ret_config = config;
    return true;
}

void config_clear(struct config *config)
{
    arena_free(config->arena);
    *config = (struct config){0};
}

/* Calls a new section when the row begins one. */
static bool begins_section(size_t row)
{
    return row == 0 || !text_equal(settings[row].section, settings[row - 1].section);
}

static void print_limits(struct text *text, const struct setting *setting)
{
    if (setting->min != NULL)
        text_format(text, " (%s to %s)", setting->min, setting->max);
}

void config_print_sample(struct text *text)
{
    text_add(text, "; Every setting of whistled with its default. Made by\n"
                   ";     whistled check-config --sample\n"
                   "; The environment goes first: WHISTLED_HTTP_LISTEN for [http] listen.\n");
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (begins_section(i))
            text_format(text, "\n[%s]\n", settings[i].section);
        text_format(text, "; %s", settings[i].meaning);
        print_limits(text, &settings[i]);
        bool empty = *settings[i].fallback == '\0';
        text_format(text, "\n%s =%s%s\n", settings[i].key, empty ? "" : " ", settings[i].fallback);
    }
}

void config_print_help(struct text *text)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        if (begins_section(i))
            text_format(text, "[%s]\n", settings[i].section);
        text_format(text, "  %s = %s\n      %s", settings[i].key, settings[i].fallback,
                    settings[i].meaning);
        print_limits(text, &settings[i]);
        text_add(text, "\n");
    }
}
