/* Command lines by tables of options. */
#include "ctl/options.h"

#include <string.h>

static const struct option_row *row_find(const struct options *options, const char *name,
                                         size_t size)
{
    for (size_t i = 0; i < OPTIONS_TABLES; i++)
        for (const struct option_row *row = options->tables[i]; row != NULL && row->name != NULL;
             row++)
            if (strlen(row->name) == size && strncmp(row->name, name, size) == 0)
                return row;
    return NULL;
}

static void see(struct options *options, const char *name, const char *value)
{
    size_t count = (size_t)options->count;
    options->seen =
        arena_grow(options->arena, options->seen, count, count + 1, sizeof(*options->seen));
    options->seen[options->count++] = (struct option_seen){name, value};
}

/* Reads the option at words[0]; `ret_used` is 2 when its value is the next word. */
static bool option_read(struct options *options, char **words, int count, int *ret_used,
                        struct error *err)
{
    const char *word = text_equal(words[0], "-h") ? "--help" : words[0];
    const char *name = text_starts(word, "--") ? word + 2 : "";
    size_t size = strcspn(name, "=");
    const struct option_row *row = row_find(options, name, size);
    if (row == NULL)
        return error_set(err, FAULT_INVALID, "unknown option %.*s", (int)strcspn(word, "="), word);
    bool joined = name[size] == '=';
    if (row->value == NULL && joined)
        return error_set(err, FAULT_INVALID, "--%s takes no value", row->name);
    if (row->value != NULL && !joined && count < 2)
        return error_set(err, FAULT_INVALID, "--%s needs a value", row->name);
    if (!row->many && options_get(options, row->name) != NULL)
        return error_set(err, FAULT_INVALID, "--%s may be given once only", row->name);
    *ret_used = row->value != NULL && !joined ? 2 : 1;
    see(options, row->name, joined ? name + size + 1 : *ret_used == 2 ? words[1] : "");
    return true;
}

bool options_read(struct options *options, char **words, int count, int *ret_used,
                  struct error *err)
{
    bool open = true;
    int i = 0;
    while (i < count) {
        int used = 1;
        if (open && text_equal(words[i], "--"))
            open = false;
        else if (open && words[i][0] == '-' && words[i][1] != '\0') {
            if (!option_read(options, words + i, count - i, &used, err))
                return false;
        } else if (ret_used != NULL)
            break;
        else
            options->arguments = names_with(options->arena, &options->arguments, words[i]);
        i += used;
    }
    if (ret_used != NULL)
        *ret_used = i;
    return true;
}

const char *options_get(const struct options *options, const char *name)
{
    for (int i = 0; i < options->count; i++)
        if (text_equal(options->seen[i].name, name))
            return options->seen[i].value;
    return NULL;
}

struct names options_all(const struct options *options, const char *name)
{
    struct names values = {0};
    for (int i = 0; i < options->count; i++)
        if (text_equal(options->seen[i].name, name))
            values = names_with(options->arena, &values, options->seen[i].value);
    return values;
}
