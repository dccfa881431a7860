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

#include "base/zone.h"

enum type {
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
};

struct setting {
    const char *section;
    const char *key;
    size_t offset;
    enum type type;
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
    {AT(vault, key_file), TYPE_PATH, "", NULL, NULL,
     "key of the petitioners' identity; empty: vault.key in the state directory"},
    {AT(log, level), TYPE_LEVEL, "info", NULL, NULL, "error, warn, info or debug"},
    {AT(display, zone), TYPE_ZONE, "Asia/Shanghai", NULL, NULL, "time zone of times in answers"},
    {AT(test, clock_file), TYPE_PATH, "", NULL, NULL,
     "for tests only: a file that holds the time, RFC 3339"},
};
/* clang-format on */

static const struct {
    enum type type;
    const char *unit;
    int64_t factor;
} units[] = {
    {TYPE_SIZE,  "B",   1                       },
    {TYPE_SIZE,  "kB",  1 << 10                 },
    {TYPE_SIZE,  "MB",  1 << 20                 },
    {TYPE_SIZE,  "GB",  1 << 30                 },
    {TYPE_SPAN,  "ms",  1000                    },
    {TYPE_SPAN,  "s",   1000000                 },
    {TYPE_SPAN,  "min", 60 * (int64_t)1000000   },
    {TYPE_SPAN,  "h",   3600 * (int64_t)1000000 },
    {TYPE_SPAN,  "d",   86400 * (int64_t)1000000},
    {TYPE_COUNT, "",    1                       },
};

static const char *const levels[] = {"error", "warn", "info", "debug"};

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

/* A whole number directly followed by, or apart from, a unit of its type. */
static bool parse_amount(enum type type, const char *text, int64_t *ret_amount)
{
    size_t digits = strspn(text, "0123456789");
    char number[16];
    if (digits == 0 || digits >= sizeof(number))
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    const char *unit = text + digits + strspn(text + digits, " ");
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (units[i].type != type || !text_equal(unit, units[i].unit))
            continue;
        int64_t amount;
        if (!text_to_int(number, 0, INT64_MAX / units[i].factor, &amount))
            return false;
        *ret_amount = amount * units[i].factor;
        return true;
    }
    return false;
}

static const char *amount_form(enum type type)
{
    if (type == TYPE_SIZE)
        return "a size such as 256kB (B, kB, MB, GB)";
    if (type == TYPE_SPAN)
        return "a time such as 30s (ms, s, min, h, d)";
    return "a whole number";
}

static bool set_amount(const struct setting *setting, const char *text, void *target,
                       const char **ret_fault, struct arena *arena)
{
    int64_t amount = 0, min = 0, max = 0;
    bool table_good = parse_amount(setting->type, setting->min, &min) &&
                      parse_amount(setting->type, setting->max, &max);
    assert(table_good);
    if (!parse_amount(setting->type, text, &amount)) {
        *ret_fault = amount_form(setting->type);
        return false;
    }
    if (amount < min || amount > max) {
        *ret_fault = arena_format(arena, "from %s to %s", setting->min, setting->max);
        return false;
    }
    if (setting->type == TYPE_COUNT)
        *(int *)target = (int)amount;
    else if (setting->type == TYPE_SIZE)
        *(size_t *)target = (size_t)amount;
    else
        *(struct span *)target = (struct span){amount};
    return true;
}

static bool set_bool(const char *text, bool *target)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!text_equal(text, words[i]))
            continue;
        *target = i % 2 == 1;
        return true;
    }
    return false;
}

static bool set_level(const char *text, enum log_level *target)
{
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (!text_equal(text, levels[i]))
            continue;
        *target = (enum log_level)i;
        return true;
    }
    return false;
}

static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    int64_t port;
    if (colon == NULL || colon == text || !text_to_int(colon + 1, 0, 65535, &port))
        return false;
    size_t host = (size_t)(colon - text);
    if (*text == '[')
        return host > 2 && text[host - 1] == ']';
    return strcspn(text, ": []/") == host;
}

/* A name that needs no quotes in SQL. */
static bool is_name(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && size < 64 && !isdigit((unsigned char)*text) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == size &&
           !text_starts(text, "pg_");
}

static const char *absolute(struct arena *arena, const char *path)
{
    char here[4096];
    if (*path == '\0' || *path == '/' || getcwd(here, sizeof(here)) == NULL)
        return arena_copy(arena, path);
    return arena_format(arena, "%s/%s", here, path);
}

/* Sets one value; on failure says what would have been good. */
static bool set_value(struct config *config, const struct setting *setting, const char *text,
                      const char **ret_fault)
{
    void *target = (char *)config + setting->offset;
    const char *plain = arena_copy(config->arena, text);
    switch (setting->type) {
    case TYPE_COUNT:
    case TYPE_SIZE:
    case TYPE_SPAN:
        return set_amount(setting, text, target, ret_fault, config->arena);
    case TYPE_BOOL:
        *ret_fault = "yes or no";
        return set_bool(text, target);
    case TYPE_LEVEL:
        *ret_fault = setting->meaning;
        return set_level(text, target);
    case TYPE_ADDRESS:
        *ret_fault = "host:port or [IPv6]:port";
        *(const char **)target = plain;
        return is_address(text);
    case TYPE_NAME:
        *ret_fault = "small letters, digits and _, at most 63, not first a digit or pg_";
        *(const char **)target = plain;
        return is_name(text);
    case TYPE_ZONE:
        *ret_fault = "a time zone such as Asia/Shanghai";
        *(const char **)target = plain;
        return zone_find(text) != NULL;
    case TYPE_PATH:
        *(const char **)target = absolute(config->arena, text);
        return true;
    case TYPE_TEXT:
    case TYPE_SECRET:
        *(const char **)target = plain;
        return true;
    }
    return false;
}

static void set_or_report(struct load *load, const struct setting *setting, const char *value,
                          const char *place)
{
    const char *fault = NULL;
    if (set_value(load->config, setting, value, &fault))
        return;
    const char *shown = setting->type == TYPE_SECRET ? "..." : value;
    error_add(load->err, place, "[%s] %s = %s: must be %s", setting->section, setting->key, shown,
              fault);
}

static void set_defaults(struct config *config)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *fault;
        bool set = set_value(config, &settings[i], settings[i].fallback, &fault);
        assert(set); /* a row of the table contradicts itself */
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
