/* claim, renew, release: work taken for a time. A claim is not made again when the answer is lost:
 * its lease runs out by itself. */
#include <stdio.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn claim_run, renew_run, release_run;

static const struct option_row claim_options[] = {
    {"unit",       "U",  "the unit that works",                           false},
    {"max",        "N",  "how many tasks at most (default 1)",            false},
    {"lease",      "S",  "seconds until others may take them, 1 to 3600", false},
    {"wait",       "N",  "seconds to wait until there is one, 0 to 60",   false},
    {"fail-empty", NULL, "exit code 4 when there is nothing",             false},
    {NULL,         NULL, NULL,                                            false},
};

const struct command claim_command = {
    .name = "claim",
    .usage = "--unit U [--max N] [--lease S] [--wait N]",
    .summary = "take tasks to work on, the most urgent first",
    .options = claim_options,
    .run = claim_run,
};

static const struct option_row renew_options[] = {
    {"lease", "S",  "seconds from now, 1 to 3600", false},
    {NULL,    NULL, NULL,                          false},
};

const struct command renew_command = {
    .name = "renew",
    .usage = "TASK CLAIM [--lease S]",
    .summary = "keep a claimed task for longer",
    .options = renew_options,
    .least = 2,
    .most = 2,
    .run = renew_run,
};

const struct command release_command = {
    .name = "release",
    .usage = "TASK CLAIM",
    .summary = "give a claimed task back",
    .least = 2,
    .most = 2,
    .run = release_run,
};

static const struct column columns[] = {
    {"task",        "task.id",       COLUMN_CODE},
    {"claim",       "claim",         COLUMN_CODE},
    {"lease until", "lease_until",   COLUMN_TIME},
    {"urgency",     "task.urgency",  COLUMN_CODE},
    {"due",         "task.due",      COLUMN_TIME},
    {"category",    "task.category", COLUMN_CODE},
    {"area",        "task.area",     COLUMN_CODE},
    {"title",       "task.title",    COLUMN_TEXT},
};

static int post(struct ctl *ctl, const char *path, const json_t *body, int64_t wait_s,
                struct http_answer *ret_answer)
{
    struct text data CLEANUP(text_clear) = {0};
    view_dump(body, JSON_COMPACT, &data);
    struct http_request request = {
        .method = "POST",
        .path = path,
        .body = {data.at, data.size},
        .wait_s = wait_s,
        .once = true,
    };
    int code = ask(ctl, &request, ctl->arena, ret_answer);
    if (code == EXIT_OK && ctl->json)
        ctl_print(ret_answer->body);
    return code;
}

static bool lease_add(const struct ctl *ctl, json_t *body)
{
    int64_t lease_s;
    if (!ctl_number(ctl, "lease", (int64_t[]){1, 3600}, 0, &lease_s))
        return false;
    if (lease_s > 0)
        json_object_set_new(body, "lease_s", json_integer(lease_s));
    return true;
}

static int claim_run(struct ctl *ctl)
{
    int64_t max, wait_s;
    if (ctl_option(ctl, "unit") == NULL)
        return ctl_usage(ctl, "--unit is needed");
    json_t *body CLEANUP(view_drop) = json_pack("{s:s}", "unit", ctl_option(ctl, "unit"));
    if (!ctl_number(ctl, "max", (int64_t[]){1, 100}, 1, &max) ||
        !ctl_number(ctl, "wait", (int64_t[]){0, 60}, 0, &wait_s) || !lease_add(ctl, body))
        return EXIT_USAGE;
    json_object_set_new(body, "max", json_integer(max));
    struct http_answer answer;
    int code = post(ctl, "/v1/claims", body, wait_s, &answer);
    json_t *list CLEANUP(view_drop) = code == EXIT_OK ? view_parse(&answer) : NULL;
    if (list == NULL)
        return code != EXIT_OK ? code : EXIT_SERVER;
    const json_t *items = json_object_get(list, "items");
    if (!ctl->json)
        view_table(ctl, columns, COUNT_OF(columns), items);
    return listing_end(ctl, (int)json_array_size(items));
}

static int renew_run(struct ctl *ctl)
{
    json_t *body CLEANUP(view_drop) =
        json_pack("{s:s, s:s}", "task", ctl_argument(ctl, 0), "claim", ctl_argument(ctl, 1));
    if (!lease_add(ctl, body))
        return EXIT_USAGE;
    struct http_answer answer;
    int code = post(ctl, "/v1/claims/renew", body, 0, &answer);
    if (code != EXIT_OK || ctl->json)
        return code;
    json_t *claim CLEANUP(view_drop) = view_parse(&answer);
    json_t *rows CLEANUP(view_drop) = json_pack("[O]", claim);
    if (claim == NULL)
        return EXIT_SERVER;
    view_table(ctl, columns, COUNT_OF(columns), rows);
    return EXIT_OK;
}

static int release_run(struct ctl *ctl)
{
    json_t *body CLEANUP(view_drop) =
        json_pack("{s:s, s:s}", "task", ctl_argument(ctl, 0), "claim", ctl_argument(ctl, 1));
    struct http_answer answer;
    return post(ctl, "/v1/claims/release", body, 0, &answer);
}
