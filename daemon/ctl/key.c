/* key create, list, revoke. */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/secret.h"
#include "ctl/view.h"

static command_fn key_create_run, key_list_run, key_revoke_run;

static const struct option_row key_create_options[] = {
    {"role",    "R",  "operator, dispatcher, unit, org, supervisor or admin", false},
    {"name",    "N",  "whose key it is",                                      false},
    {"area",    "A",  "an area that it reaches, with all below",              true },
    {"unit",    "U",  "the unit it acts for",                                 false},
    {"org",     "O",  "the organization it acts for",                         false},
    {"expires", "T",  "when it ends, RFC 3339 with an offset",                false},
    SECRET_OPTION,
    {NULL,      NULL, NULL,                                                   false},
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

static int key_create_run(struct ctl *ctl)
{
    if (ctl_option(ctl, "role") == NULL || ctl_option(ctl, "name") == NULL)
        return ctl_usage(ctl, "--role and --name are needed");
    json_t *body CLEANUP(view_drop) = body_of(ctl);
    return secret_post(ctl, "/v1/keys", body, "key");
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
