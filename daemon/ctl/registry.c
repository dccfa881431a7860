/* get, put, delete: registry rows by REST. */
#include "ctl/registry.h"

#include <stdio.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/view.h"
#include "domain/registry.h"

static command_fn get_run, put_run, delete_run;

static const struct option_row get_options[] = {
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

const struct command get_command = {
    .name = "get",
    .usage = "KIND [CODE]",
    .summary = "list registry rows, or show one as JSON, ready for put",
    .options = get_options,
    .least = 1,
    .most = 2,
    .run = get_run,
};

static const struct option_row match_options[] = {
    {"if-match", "VERSION", "only if the row still has this version", false},
    {NULL,       NULL,      NULL,                                     false},
};

const struct command put_command = {
    .name = "put",
    .usage = "KIND CODE FILE.json|- [--if-match VERSION]",
    .summary = "write a registry row",
    .options = match_options,
    .least = 3,
    .most = 3,
    .run = put_run,
};

const struct command delete_command = {
    .name = "delete",
    .usage = "KIND CODE [--if-match VERSION]",
    .summary = "end a registry row; its code stays readable",
    .options = match_options,
    .least = 2,
    .most = 2,
    .run = delete_run,
};

/* For all kinds; a table leaves out what a kind does not have. */
static const struct column columns[] = {
    {"code",       "code",       COLUMN_CODE  },
    {"kind",       "kind",       COLUMN_CODE  },
    {"level",      "level",      COLUMN_CODE  },
    {"name",       "name",       COLUMN_TEXT  },
    {"title",      "title",      COLUMN_TEXT  },
    {"parent",     "parent",     COLUMN_CODE  },
    {"area",       "area",       COLUMN_CODE  },
    {"unit",       "unit",       COLUMN_CODE  },
    {"org",        "org",        COLUMN_CODE  },
    {"formation",  "formation",  COLUMN_CODE  },
    {"categories", "categories", COLUMN_TEXT  },
    {"areas",      "areas",      COLUMN_TEXT  },
    {"capacity",   "capacity",   COLUMN_NUMBER},
    {"zone",       "zone",       COLUMN_CODE  },
    {"calendar",   "calendar",   COLUMN_CODE  },
    {"from",       "valid_from", COLUMN_CODE  },
    {"to",         "valid_to",   COLUMN_CODE  },
    {"status",     "status",     COLUMN_CODE  },
    {"version",    "version",    COLUMN_NUMBER},
};

/* A kind's singular is its plural without "s", or with "y" for "ies"; and "policy" begins as
 * "policies" does. */
static bool is_kind(const char *plural, const char *kind)
{
    size_t size = strlen(kind), stem = strlen(plural) - 1;
    if (text_equal(plural, kind) || (size == stem && text_starts(plural, kind)))
        return true;
    return size > 1 && size == stem - 1 && kind[size - 1] == 'y' &&
           strncmp(plural, kind, size - 1) == 0;
}

const char *registry_kind_name(const struct ctl *ctl, const char *kind)
{
    struct text known CLEANUP(text_clear) = {0};
    for (int i = 0; i < REGISTRY_COUNT; i++) {
        if (is_kind(registry_plurals[i], kind))
            return registry_plurals[i];
        text_format(&known, " %s", registry_plurals[i]);
    }
    ctl_usage(ctl, "unknown kind %s; there are%s", kind, known.at);
    return NULL;
}

/* The row's path; false: no such kind. */
static bool row_path(const struct ctl *ctl, struct text *ret_path)
{
    const char *kind = registry_kind_name(ctl, ctl_argument(ctl, 0));
    if (kind == NULL)
        return false;
    text_format(ret_path, "/v1/%s", kind);
    if (ctl_argument(ctl, 1) != NULL) {
        text_add(ret_path, "/");
        ctl_encode(ret_path, ctl_argument(ctl, 1));
    }
    return true;
}

static int print_row(struct ctl *ctl, const struct http_answer *answer)
{
    if (ctl->json || answer->body.size == 0) {
        ctl_print(answer->body);
        return EXIT_OK;
    }
    struct text text CLEANUP(text_clear) = {0};
    json_t *row CLEANUP(view_drop) = view_parse(answer);
    if (row == NULL)
        return EXIT_SERVER;
    view_dump(row, JSON_INDENT(2), &text);
    ctl_print((struct slice){text.at, text.size});
    return EXIT_OK;
}

static int get_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    struct http_answer answer;
    if (!row_path(ctl, &path))
        return EXIT_USAGE;
    if (ctl_argument(ctl, 1) == NULL)
        return listing_run(ctl, &(struct listing){path.at, columns, COUNT_OF(columns), 0, false});
    int code = ask_get(ctl, path.at, ctl->arena, &answer);
    return code != EXIT_OK ? code : print_row(ctl, &answer);
}

static int change(struct ctl *ctl, const char *method, struct slice body)
{
    struct text path CLEANUP(text_clear) = {0};
    struct http_answer answer;
    const char *version = ctl_option(ctl, "if-match");
    if (!row_path(ctl, &path))
        return EXIT_USAGE;
    struct http_request request = {
        .method = method,
        .path = path.at,
        .body = body,
        .if_match = version != NULL ? arena_format(ctl->arena, "\"%s\"", version) : NULL,
    };
    int code = ask(ctl, &request, ctl->arena, &answer);
    return code != EXIT_OK || ctl->quiet ? code : print_row(ctl, &answer);
}

static int put_run(struct ctl *ctl)
{
    struct text file CLEANUP(text_clear) = {0};
    if (!input_read(ctl_argument(ctl, 2), &file))
        return EXIT_USAGE;
    return change(ctl, "PUT", (struct slice){file.at, file.size});
}

static int delete_run(struct ctl *ctl)
{
    return change(ctl, "DELETE", (struct slice){0});
}
