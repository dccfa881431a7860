/* Lists. Pages are asked for one after the other; the table grows until the limit or the end. */
#include "ctl/listing.h"

#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/view.h"

enum { PAGE = 100 };

static bool is_query(const char *name)
{
    static const char *const own[] = {"limit", "fail-empty", "wait", "follow", "out"};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (text_equal(name, own[i]))
            return false;
    return true;
}

static void query_add(struct text *path, const char *name, const char *value)
{
    text_add(path, strchr(path->at, '?') == NULL ? "?" : "&");
    text_add(path, name);
    text_add(path, "=");
    ctl_encode(path, value);
}

void listing_path(const struct ctl *ctl, const char *path, struct text *ret_path)
{
    text_add(ret_path, path);
    for (const struct option_row *row = ctl->command->options; row != NULL && row->name != NULL;
         row++) {
        const char *value = ctl_option(ctl, row->name);
        if (value != NULL && is_query(row->name))
            query_add(ret_path, row->name, value);
    }
}

int listing_end(const struct ctl *ctl, int count)
{
    if (count > 0)
        return EXIT_OK;
    if (ctl->screen.pretty && !ctl->quiet && !ctl->json)
        fputs("nothing\n", stdout);
    return ctl_option(ctl, "fail-empty") != NULL ? EXIT_NOTHING : EXIT_OK;
}

/* The list as it comes. */
struct progress {
    const struct listing *listing;
    struct table *table;
    const char *path;   /* with the query, without limit and cursor */
    const char *cursor; /* NULL: from the start, and at the end */
    int64_t left;
    int count;
};

static int page(struct ctl *ctl, struct progress *progress)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text path CLEANUP(text_clear) = {0};
    text_add(&path, progress->path);
    query_add(
        &path, "limit",
        arena_format(arena, "%lld", (long long)(progress->left < PAGE ? progress->left : PAGE)));
    if (progress->cursor != NULL)
        query_add(&path, "cursor", progress->cursor);
    struct http_request request = {
        .method = "GET",
        .path = path.at,
        .wait_s = progress->cursor == NULL ? progress->listing->wait_s : 0,
    };
    struct http_answer answer;
    int code = ask(ctl, &request, arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *list CLEANUP(view_drop) = view_parse(&answer);
    if (list == NULL)
        return EXIT_SERVER;
    const json_t *items = json_object_get(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        view_add(ctl, progress->table, progress->listing->columns, progress->listing->count,
                 json_array_get(items, i));
    if (ctl->json)
        ctl_print(answer.body);
    progress->count += (int)json_array_size(items);
    progress->left -= (int64_t)json_array_size(items);
    const char *next = json_string_value(json_object_get(list, "next"));
    progress->cursor = json_array_size(items) > 0 ? arena_copy(ctl->arena, next) : NULL;
    if (progress->listing->total && progress->cursor == NULL && progress->count > 0 &&
        ctl->screen.pretty)
        view_add(ctl, progress->table, progress->listing->columns, progress->listing->count,
                 json_object_get(list, "total"));
    return EXIT_OK;
}

int listing_run(struct ctl *ctl, const struct listing *listing)
{
    int64_t limit;
    if (!ctl_number(ctl, "limit", (int64_t[]){0, INT32_MAX}, 100, &limit))
        return EXIT_USAGE;
    struct text path CLEANUP(text_clear) = {0};
    listing_path(ctl, listing->path, &path);
    struct progress progress = {
        .listing = listing,
        .table = table_new(ctl->arena, &ctl->screen, listing->columns, listing->count),
        .path = path.at,
        .left = limit > 0 ? limit : INT64_MAX,
    };
    int code;
    do
        code = page(ctl, &progress);
    while (code == EXIT_OK && progress.cursor != NULL && progress.left > 0);
    if (!ctl->json)
        table_print(progress.table, stdout);
    if (code == EXIT_OK && progress.cursor != NULL && !ctl->quiet)
        ctl_say("there are more: --limit 0 shows all");
    return code != EXIT_OK ? code : listing_end(ctl, progress.count);
}
