/* webhook ...: receivers of notices; and what could not be delivered to them. */
#include <string.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/secret.h"
#include "ctl/view.h"

static command_fn create_run, list_run, show_run, change_run, delete_run, secret_run, test_run,
    log_run, replay_run, undelivered_run, undelivered_replay_run;

/* clang-format off */
#define SETTINGS                                                                                   \
    {"kind",        "K",    "a kind of notice: assigned, due, overdue, urged, returned, ended, "   \
                            "changed; all if none is given",                              true },  \
    {"area",        "A",    "an area whose notices it gets, with all below",              true },  \
    {"unit",        "U",    "the unit whose notices it gets",                             false},  \
    {"org",         "O",    "the organization whose notices it gets",                     false},  \
    {"template",    "T",    "text of a robot's message, with {kind} {no} {category} {area} "       \
                            "{holder} {due} ...",                                         false},  \
    {"quiet-hours", "F-U",  "such as 22:00-07:00: only critical notices go then",         false},  \
    {"digest",      "Y/N",  "yes: what is due or overdue, once an hour and unit",         false},  \
    {"per-minute",  "N",    "messages at most",                                           false}

static const struct option_row create_options[] = {
    SETTINGS,
    {"adapter",     "A",    "generic (CloudEvents, signed), wecom or dingtalk", false},
    {"secret",      "S",    "a secret of one's own; of DingTalk its signing secret", false},
    SECRET_OPTION,
    {NULL, NULL, NULL, false},
};
static const struct option_row change_options[] = {
    SETTINGS,
    {"name",        "N",    "another name", false},
    {"to",          "URL",  "another address", false},
    {"state",       "S",    "active or paused", false},
    {NULL, NULL, NULL, false},
};
static const struct option_row secret_options[] = {
    {"secret",      "S",    "a secret of one's own, whsec_ and base64", false},
    {"drop",        "ID",   "take this one away instead", false},
    SECRET_OPTION,
    {NULL, NULL, NULL, false},
};
static const struct option_row log_options[] = {
    {"state",       "S",    "only waiting, delivered, given_up or abandoned", false},
    {"from",        "T",    "only of events at or behind this time", false},
    {"to",          "T",    "only of events before this time", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};
static const struct option_row replay_options[] = {
    {"delivery",    "ID",   "this one", false},
    {"from",        "T",    "all of events at or behind this time, RFC 3339 ...", false},
    {"to",          "T",    "... and before this one", false},
    {NULL, NULL, NULL, false},
};
static const struct option_row list_options[] = {
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};
/* clang-format on */

const struct command webhook_create_command = {
    .name = "webhook create",
    .usage = "NAME URL (--area A... | --unit U | --org O) [--kind K]... [--adapter A] ...",
    .summary = "register a receiver of notices; its secret is shown once",
    .options = create_options,
    .least = 2,
    .most = 2,
    .run = create_run,
};
const struct command webhook_list_command = {
    .name = "webhook list",
    .usage = "[--limit N]",
    .summary = "list webhooks",
    .options = list_options,
    .run = list_run,
};
const struct command webhook_show_command = {
    .name = "webhook show",
    .usage = "ID",
    .summary = "show a webhook",
    .least = 1,
    .most = 1,
    .run = show_run,
};
const struct command webhook_change_command = {
    .name = "webhook change",
    .usage = "ID [--state active|paused] [--name N] [--to URL] [--kind K]... ...",
    .summary = "change a webhook's settings",
    .options = change_options,
    .least = 1,
    .most = 1,
    .run = change_run,
};
const struct command webhook_delete_command = {
    .name = "webhook delete",
    .usage = "ID",
    .summary = "end a webhook; what waits is not sent",
    .least = 1,
    .most = 1,
    .run = delete_run,
};
const struct command webhook_secret_command = {
    .name = "webhook secret",
    .usage = "ID [--secret S | --drop ID] [--out FILE]",
    .summary = "add a secret, or take one away: all of them sign",
    .options = secret_options,
    .least = 1,
    .most = 1,
    .run = secret_run,
};
const struct command webhook_test_command = {
    .name = "webhook test",
    .usage = "ID",
    .summary = "make a test call; `webhook log` tells how it went",
    .least = 1,
    .most = 1,
    .run = test_run,
};
const struct command webhook_log_command = {
    .name = "webhook log",
    .usage = "ID [--state S] [--from T] [--to T]",
    .summary = "show what was sent to a webhook and how the last try went, newest first",
    .options = log_options,
    .least = 1,
    .most = 1,
    .run = log_run,
};
const struct command webhook_replay_command = {
    .name = "webhook replay",
    .usage = "ID (--delivery ID | --from T --to T)",
    .summary = "send one delivery again, or all of a span of time",
    .options = replay_options,
    .least = 1,
    .most = 1,
    .run = replay_run,
};
const struct command undelivered_command = {
    .name = "undelivered",
    .usage = "[--limit N]",
    .summary = "list notices that could not be delivered",
    .options = list_options,
    .run = undelivered_run,
};
const struct command undelivered_replay_command = {
    .name = "undelivered replay",
    .usage = "ID",
    .summary = "send one of them again",
    .least = 1,
    .most = 1,
    .run = undelivered_replay_run,
};

static const struct column columns[] = {
    {"id",      "id",            COLUMN_CODE},
    {"name",    "name",          COLUMN_TEXT},
    {"state",   "state",         COLUMN_CODE},
    {"adapter", "adapter",       COLUMN_CODE},
    {"kinds",   "kinds",         COLUMN_TEXT},
    {"areas",   "areas",         COLUMN_CODE},
    {"unit",    "unit",          COLUMN_CODE},
    {"org",     "org",           COLUMN_CODE},
    {"failing", "failing_since", COLUMN_TIME},
    {"reason",  "reason",        COLUMN_TEXT},
    {"url",     "url",           COLUMN_TEXT},
};

static const struct column log_columns[] = {
    {"id",      "id",                   COLUMN_CODE  },
    {"webhook", "webhook",              COLUMN_CODE  },
    {"at",      "at",                   COLUMN_TIME  },
    {"kind",    "kind",                 COLUMN_CODE  },
    {"no",      "no",                   COLUMN_CODE  },
    {"event",   "event",                COLUMN_CODE  },
    {"state",   "state",                COLUMN_CODE  },
    {"tries",   "tries",                COLUMN_NUMBER},
    {"ended",   "ended_at",             COLUMN_TIME  },
    {"status",  "attempts.last.status", COLUMN_NUMBER},
    {"error",   "attempts.last.error",  COLUMN_TEXT  },
};

static void set_texts(const struct ctl *ctl, json_t *body)
{
    static const char *const members[][2] = {
        {"unit",        "unit"    },
        {"org",         "org"     },
        {"template",    "template"},
        {"quiet-hours", "quiet"   },
        {"adapter",     "adapter" },
        {"secret",      "secret"  },
        {"name",        "name"    },
        {"to",          "url"     },
        {"state",       "state"   },
    };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        const char *value = ctl_option(ctl, members[i][0]);
        if (value != NULL)
            json_object_set_new(body, members[i][1],
                                *value == '\0' ? json_null() : json_string(value));
    }
}

static void set_list(const struct ctl *ctl, json_t *body, const char *option, const char *member)
{
    struct names values = options_all(&ctl->options, option);
    if (values.count == 0)
        return;
    json_t *list = json_array();
    for (int i = 0; i < values.count; i++)
        json_array_append_new(list, json_string(values.at[i]));
    json_object_set_new(body, member, list);
}

/* The settings of the command line; false: says what is wrong. */
static bool set_settings(const struct ctl *ctl, json_t *body)
{
    int64_t minute;
    set_texts(ctl, body);
    set_list(ctl, body, "kind", "kinds");
    set_list(ctl, body, "area", "areas");
    if (ctl_option(ctl, "digest") != NULL)
        json_object_set_new(body, "digest",
                            json_boolean(text_equal(ctl_option(ctl, "digest"), "yes")));
    if (!ctl_number(ctl, "per-minute", (const int64_t[]){0, INT32_MAX}, -1, &minute))
        return false;
    if (minute >= 0)
        json_object_set_new(body, "per_minute", json_integer(minute));
    return true;
}

static int create_run(struct ctl *ctl)
{
    json_t *body CLEANUP(view_drop) =
        json_pack("{s:s, s:s}", "name", ctl_argument(ctl, 0), "url", ctl_argument(ctl, 1));
    if (!set_settings(ctl, body))
        return EXIT_USAGE;
    return secret_post(ctl, "/v1/webhooks", body, "secret");
}

static int list_run(struct ctl *ctl)
{
    return listing_run(ctl,
                       &(struct listing){"/v1/webhooks", columns, COUNT_OF(columns), 0, false});
}

/* "/v1/webhooks/ID" and what follows. */
static void path_of(const struct ctl *ctl, const char *begin, const char *end, struct text *path)
{
    text_add(path, begin);
    ctl_encode(path, ctl_argument(ctl, 0));
    text_add(path, end);
}

/* Sends and shows the object that comes back, if one does. */
static int send_and_show(struct ctl *ctl, const char *method, const char *path, const json_t *body)
{
    struct text data CLEANUP(text_clear) = {0};
    struct http_request request = {.method = method, .path = path, .once = body != NULL};
    struct http_answer answer;
    if (body != NULL) {
        view_dump(body, JSON_COMPACT, &data);
        request.body = (struct slice){data.at, data.size};
    }
    if (text_equal(method, "PATCH"))
        request.type = "application/merge-patch+json";
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK || answer.body.size == 0)
        return code;
    if (ctl->json) {
        ctl_print(answer.body);
        return EXIT_OK;
    }
    json_t *shown CLEANUP(view_drop) = view_parse(&answer);
    if (shown == NULL)
        return EXIT_SERVER;
    view_record(ctl, shown, NULL);
    return EXIT_OK;
}

static int show_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    path_of(ctl, "/v1/webhooks/", "", &path);
    return send_and_show(ctl, "GET", path.at, NULL);
}

static int change_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    json_t *body CLEANUP(view_drop) = json_object();
    if (!set_settings(ctl, body))
        return EXIT_USAGE;
    if (json_object_size(body) == 0)
        return ctl_usage(ctl, "nothing to change is given");
    path_of(ctl, "/v1/webhooks/", "", &path);
    return send_and_show(ctl, "PATCH", path.at, body);
}

static int delete_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    path_of(ctl, "/v1/webhooks/", "", &path);
    return send_and_show(ctl, "DELETE", path.at, NULL);
}

static int secret_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    const char *drop = ctl_option(ctl, "drop");
    path_of(ctl, "/v1/webhooks/", "/secrets", &path);
    if (drop != NULL) {
        text_add(&path, "/");
        ctl_encode(&path, drop);
        return send_and_show(ctl, "DELETE", path.at, NULL);
    }
    json_t *body CLEANUP(view_drop) = json_pack("{s:s*}", "secret", ctl_option(ctl, "secret"));
    return secret_post(ctl, path.at, body, "secret");
}

static int test_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    json_t *body CLEANUP(view_drop) = json_object();
    path_of(ctl, "/v1/webhooks/", "/test", &path);
    return send_and_show(ctl, "POST", path.at, body);
}

static int log_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    path_of(ctl, "/v1/webhooks/", "/deliveries", &path);
    return listing_run(ctl,
                       &(struct listing){path.at, log_columns, COUNT_OF(log_columns), 0, false});
}

static int replay_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    json_t *body CLEANUP(view_drop) =
        json_pack("{s:s*, s:s*, s:s*}", "delivery", ctl_option(ctl, "delivery"), "from",
                  ctl_option(ctl, "from"), "to", ctl_option(ctl, "to"));
    path_of(ctl, "/v1/webhooks/", "/replay", &path);
    return send_and_show(ctl, "POST", path.at, body);
}

static int undelivered_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/undelivered", log_columns, COUNT_OF(log_columns), 0, false});
}

static int undelivered_replay_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    json_t *body CLEANUP(view_drop) = json_object();
    path_of(ctl, "/v1/undelivered/", "/replay", &path);
    return send_and_show(ctl, "POST", path.at, body);
}
