/* Reading one value. */
#include "config_values.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/zone.h"

enum { MOST_WAIT_S = 7 * 86400 };

static const struct {
    enum config_type type;
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

/* A whole number directly followed by, or apart from, a unit of its type. */
static bool parse_amount(enum config_type type, const char *text, int64_t *ret_amount)
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

static const char *amount_form(enum config_type type)
{
    if (type == TYPE_SIZE)
        return "a size such as 256kB (B, kB, MB, GB)";
    if (type == TYPE_SPAN)
        return "a time such as 30s (ms, s, min, h, d)";
    return "a whole number";
}

static bool set_amount(const struct config_rule *rule, const char *text, void *target,
                       const char **ret_fault, struct arena *arena)
{
    int64_t amount = 0, min = 0, max = 0;
    bool table_good =
        parse_amount(rule->type, rule->min, &min) && parse_amount(rule->type, rule->max, &max);
    assert(table_good);
    if (!parse_amount(rule->type, text, &amount)) {
        *ret_fault = amount_form(rule->type);
        return false;
    }
    if (amount < min || amount > max) {
        *ret_fault = arena_format(arena, "from %s to %s", rule->min, rule->max);
        return false;
    }
    if (rule->type == TYPE_COUNT)
        *(int *)target = (int)amount;
    else if (rule->type == TYPE_SIZE)
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

/* The waits of `text`, in order. */
static bool set_waits(const char *text, struct waits *target, struct arena *arena)
{
    struct names parts = names_split(arena, text, ' ');
    struct waits waits = {.count = parts.count};
    if (parts.count > WAITS_MAX)
        return false;
    for (int i = 0; i < parts.count; i++)
        if (!parse_amount(TYPE_SPAN, parts.at[i], &waits.at[i].us) ||
            waits.at[i].us > SECONDS(MOST_WAIT_S).us)
            return false;
    *target = waits;
    return true;
}

static bool set_networks(const char *text, struct address_list *target, struct arena *arena)
{
    struct error ignored = {.arena = arena};
    return address_list_read(text, "", arena, target, &ignored);
}

bool config_set(const struct config_rule *rule, const char *text, void *target, struct arena *arena,
                const char **ret_fault)
{
    const char *plain = arena_copy(arena, text);
    switch (rule->type) {
    case TYPE_COUNT:
    case TYPE_SIZE:
    case TYPE_SPAN:
        return set_amount(rule, text, target, ret_fault, arena);
    case TYPE_BOOL:
        *ret_fault = "yes or no";
        return set_bool(text, target);
    case TYPE_LEVEL:
        *ret_fault = rule->meaning;
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
    case TYPE_WAITS:
        *ret_fault = "at most 16 times such as 5s 5min 2h, none above 7d";
        return set_waits(text, target, arena);
    case TYPE_NETWORKS:
        *ret_fault = "blocks of addresses such as 10.0.0.0/8, fd00::/8";
        return set_networks(text, target, arena);
    case TYPE_PATH:
        *(const char **)target = absolute(arena, text);
        return true;
    case TYPE_TEXT:
    case TYPE_SECRET:
        *(const char **)target = plain;
        return true;
    }
    return false;
}
