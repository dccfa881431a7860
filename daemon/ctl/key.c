/* key create, list, revoke. The difficulty is that a key is shown once: its file is made before
 * the key is, and a lost answer is not asked for again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn key_create_run, key_list_run, key_revoke_run;

static const struct option_row key_create_options[] = {
    {"role",    "R",    "operator, dispatcher, unit, org, supervisor or admin",             false},
    {"name",    "N",    "whose key it is",                                                  false},
    {"area",    "A",    "an area that it reaches, with all below",                          true },
    {"unit",    "U",    "the unit it acts for",                                             false},
    {"org",     "O",    "the organization it acts for",                                     false},
    {"expires", "T",    "when it ends, RFC 3339 with an offset",                            false},
    {"out",     "FILE", "write the key to this new file (mode 0600) instead of showing it", false},
    {NULL,      NULL,   NULL,                                                               false},
};

const struct command key_create_command = {
    .name = "key create",
    .usage = "--role R --name N [--area A]... [--unit U] [--org O] [--expires T] [--out FILE]",
    .summary = "make a key for a client",
    .options = key_create_options,
    .run = key_create_run,
};

static const struct option_row key_list_options[] = {
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

const struct command key_list_command = {
    .name = "key list",
    .usage = "[--limit N]",
    .summary = "list keys, without the secrets",
    .options = key_list_options,
    .run = key_list_run,
};

const struct command key_revoke_command = {
    .name = "key revoke",
    .usage = "ID",
    .summary = "end a key at once",
    .least = 1,
    .most = 1,
    .run = key_revoke_run,
};

static const struct column columns[] = {
    {"id",      "id",         COLUMN_CODE},
    {"role",    "role",       COLUMN_CODE},
    {"name",    "name",       COLUMN_TEXT},
    {"areas",   "areas",      COLUMN_CODE},
    {"unit",    "unit",       COLUMN_CODE},
    {"org",     "org",        COLUMN_CODE},
    {"created", "created_at", COLUMN_TIME},
    {"expires", "expires_at", COLUMN_TIME},
    {"revoked", "revoked_at", COLUMN_TIME},
};

static json_t *body_of(const struct ctl *ctl)
{
    static const char *const members[][2] = {
        {"role",    "role"      },
        {"name",    "name"      },
        {"unit",    "unit"      },
        {"org",     "org"       },
        {"expires", "expires_at"},
    };
    json_t *body = json_object();
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (ctl_option(ctl, members[i][0]) != NULL)
            json_object_set_new(body, members[i][1], json_string(ctl_option(ctl, members[i][0])));
    struct names areas = options_all(&ctl->options, "area");
    json_t *list = json_array();
    for (int i = 0; i < areas.count; i++)
        json_array_append_new(list, json_string(areas.at[i]));
    if (areas.count > 0)
        json_object_set(body, "areas", list);
    json_decref(list);
    return body;
}

/* A file that is ours alone; -1: says why not. */
static int open_out(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        ctl_say("%s: %s", path, strerror(errno));
    return file;
}

static bool write_out(int file, const char *path, const char *key)
{
    struct text line CLEANUP(text_clear) = {0};
    text_format(&line, "%s\n", key);
    bool written = write(file, line.at, line.size) == (ssize_t)line.size && fsync(file) == 0;
    if (!written)
        ctl_say("%s: %s; revoke the key and make another", path, strerror(errno));
    explicit_bzero(line.at, line.size);
    return written;
}

/* Shows the key, or writes it to the file and shows the rest. */
static int deliver(struct ctl *ctl, json_t *made, int file)
{
    const char *path = ctl_option(ctl, "out");
    bool written = true;
    if (path != NULL) {
        const char *key = json_string_value(json_object_get(made, "key"));
        written = key != NULL && write_out(file, path, key);
        json_object_del(made, "key");
    }
    if (ctl->json) {
        struct text text CLEANUP(text_clear) = {0};
        view_dump(made, JSON_COMPACT, &text);
        ctl_print((struct slice){text.at, text.size});
    } else
        view_record(ctl, made, NULL);
    return written ? EXIT_OK : EXIT_SERVER;
}

static int create(struct ctl *ctl, int file)
{
    struct text data CLEANUP(text_clear) = {0};
    json_t *body CLEANUP(view_drop) = body_of(ctl);
    view_dump(body, JSON_COMPACT, &data);
    struct http_request request = {
        .method = "POST", .path = "/v1/keys", .body = {data.at, data.size},
                .once = true
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *made CLEANUP(view_drop) = view_parse(&answer);
    return made != NULL ? deliver(ctl, made, file) : EXIT_SERVER;
}

static int key_create_run(struct ctl *ctl)
{
    const char *path = ctl_option(ctl, "out");
    if (ctl_option(ctl, "role") == NULL || ctl_option(ctl, "name") == NULL)
        return ctl_usage(ctl, "--role and --name are needed");
    if (path == NULL)
        return create(ctl, -1);
    int file = open_out(path);
    if (file < 0)
        return EXIT_USAGE;
    int code = create(ctl, file);
    close(file);
    if (code != EXIT_OK)
        unlink(path);
    return code;
}

static int key_list_run(struct ctl *ctl)
{
    return listing_run(ctl, &(struct listing){"/v1/keys", columns, COUNT_OF(columns), 0, false});
}

static int key_revoke_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    text_add(&path, "/v1/keys/");
    ctl_encode(&path, ctl_argument(ctl, 0));
    struct http_answer answer;
    int code =
        ask(ctl, &(struct http_request){.method = "DELETE", .path = path.at}, ctl->arena, &answer);
    if (code == EXIT_OK && ctl->json)
        ctl_print(answer.body);
    return code;
}
