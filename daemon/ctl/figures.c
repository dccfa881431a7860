/* rates, times, five-clears, agreements, whistle figures, month: figures for those who compare, and
 * for the record.
 */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn rates_run, times_run, five_clears_run, agreements_run, whistle_figures_run,
    month_publish_run, month_show_run, month_times_run;

/* What all lists of figures can be asked for; `ranked` ones also by peers. */
#define FIGURE_OPTIONS                                                                             \
    {"group", "G", "by unit (as a rule), street or category", false},                              \
    {                                                                                              \
        "area", "A", "only of this area and below", false                                          \
    }
#define PERIOD_OPTIONS                                                                             \
    {"from", "D", "first dispatched on this date or later (the month's first)", false},            \
        {"to", "D", "first dispatched before this date (tomorrow)", false},                        \
        {"unit", "U", "only of this unit", false},                                                 \
    {                                                                                              \
        "category", "C", "only of this category and below", false                                  \
    }

/* clang-format off */
static const struct option_row rates_options[] = {
    FIGURE_OPTIONS,
    PERIOD_OPTIONS,
    {"peers", "P", "rank within each kind (as a rule), or all", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row times_options[] = {
    FIGURE_OPTIONS,
    PERIOD_OPTIONS,
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row five_clears_options[] = {
    {"kind", "K", "only units of this kind", false},
    {"area", "A", "only in this area and below", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row agreements_options[] = {
    {"from", "D", "tasks that came on this date or later (the month's first)", false},
    {"to", "D", "tasks that came before this date (tomorrow)", false},
    {"org", "O", "only of this alliance or committee", false},
    {"unit", "U", "only of this unit", false},
    {"area", "A", "only in this area and below", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row whistle_figures_options[] = {
    {"from", "D", "raised on this date or later (the month's first)", false},
    {"to", "D", "raised before this date (tomorrow)", false},
    {"group", "G", "by kind (as a rule), area, org or unit", false},
    {"area", "A", "only of this area and below", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row month_options[] = {
    FIGURE_OPTIONS,
    {"peers", "P", "rank within each kind (as a rule), or all", false},
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

static const struct option_row month_times_options[] = {
    FIGURE_OPTIONS,
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};
/* clang-format on */

const struct command rates_command = {
    .name = "rates",
    .usage = "[--from D] [--to D] [--group G] [--area A] [--unit U] [--category C] [--peers P] ...",
    .summary = "show the three rates and their like, ranked",
    .options = rates_options,
    .run = rates_run,
};

const struct command times_command = {
    .name = "times",
    .usage = "[--from D] [--to D] [--group G] [--area A] [--unit U] [--category C] ...",
    .summary = "show median and p90 handling times in working time",
    .options = times_options,
    .run = times_run,
};

const struct command five_clears_command = {
    .name = "five-clears",
    .usage = "[--kind K] [--area A] [--limit N]",
    .summary = "show units whose ledger lacks something",
    .options = five_clears_options,
    .run = five_clears_run,
};

const struct command agreements_command = {
    .name = "agreements",
    .usage = "[--from D] [--to D] [--org O] [--unit U] [--area A] [--limit N]",
    .summary = "show what each agreement promised and what was done",
    .options = agreements_options,
    .run = agreements_run,
};

const struct command whistle_figures_command = {
    .name = "whistle figures",
    .usage = "[--from D] [--to D] [--group G] [--area A] [--limit N]",
    .summary = "show what became of whistles: on time, refused, rated",
    .options = whistle_figures_options,
    .run = whistle_figures_run,
};

const struct command month_publish_command = {
    .name = "month publish",
    .usage = "MONTH",
    .summary = "publish a month's figures, such as 2026-03; they never change again",
    .least = 1,
    .most = 1,
    .run = month_publish_run,
};

const struct command month_show_command = {
    .name = "month show",
    .usage = "MONTH [--group G] [--area A] [--peers P] ...",
    .summary = "show a published month's figures",
    .options = month_options,
    .least = 1,
    .most = 1,
    .run = month_show_run,
};

const struct command month_times_command = {
    .name = "month times",
    .usage = "MONTH [--group G] [--area A] ...",
    .summary = "show a published month's handling times",
    .options = month_times_options,
    .least = 1,
    .most = 1,
    .run = month_times_run,
};

static const struct column rates_columns[] = {
    {"peer",         "peer",            COLUMN_CODE  },
    {"rank",         "rank",            COLUMN_NUMBER},
    {"code",         "code",            COLUMN_CODE  },
    {"name",         "name",            COLUMN_TEXT  },
    {"counted",      "counted",         COLUMN_NUMBER},
    {"score",        "score",           COLUMN_FIGURE},
    {"response",     "response",        COLUMN_FIGURE},
    {"resolution",   "resolution",      COLUMN_FIGURE},
    {"satisfaction", "satisfaction",    COLUMN_FIGURE},
    {"returned",     "returned",        COLUMN_FIGURE},
    {"rehandled",    "rehandled",       COLUMN_FIGURE},
    {"signed",       "signed_on_time",  COLUMN_FIGURE},
    {"replied",      "replied_on_time", COLUMN_FIGURE},
    {"excluded",     "excluded",        COLUMN_NUMBER},
    {"hung",         "hung",            COLUMN_NUMBER},
};

static const struct column times_columns[] = {
    {"peer",    "peer",           COLUMN_CODE  },
    {"code",    "code",           COLUMN_CODE  },
    {"name",    "name",           COLUMN_TEXT  },
    {"tickets", "tickets",        COLUMN_NUMBER},
    {"median",  "median_minutes", COLUMN_NUMBER},
    {"p90",     "p90_minutes",    COLUMN_NUMBER},
};

static const struct column clears_columns[] = {
    {"code",    "code",    COLUMN_CODE},
    {"kind",    "kind",    COLUMN_CODE},
    {"area",    "area",    COLUMN_CODE},
    {"name",    "name",    COLUMN_TEXT},
    {"missing", "missing", COLUMN_CODE},
};

static const struct column agreements_columns[] = {
    {"code",      "code",             COLUMN_CODE  },
    {"org",       "org",              COLUMN_CODE  },
    {"unit",      "unit",             COLUMN_CODE  },
    {"name",      "unit_name",        COLUMN_TEXT  },
    {"to",        "valid_to",         COLUMN_CODE  },
    {"promised",  "promised.tasks",   COLUMN_TEXT  },
    {"tasks",     "done.tasks",       COLUMN_NUMBER},
    {"open",      "done.open",        COLUMN_NUMBER},
    {"completed", "done.completed",   COLUMN_NUMBER},
    {"on time",   "done.on_time",     COLUMN_FIGURE},
    {"rating",    "done.rating.mean", COLUMN_NUMBER},
};

static const struct column whistle_figures_columns[] = {
    {"code",         "code",                 COLUMN_CODE  },
    {"name",         "name",                 COLUMN_TEXT  },
    {"raised",       "raised",               COLUMN_NUMBER},
    {"by rule",      "by_rule",              COLUMN_NUMBER},
    {"approved",     "approved",             COLUMN_NUMBER},
    {"targets",      "targets",              COLUMN_NUMBER},
    {"refused",      "refused",              COLUMN_NUMBER},
    {"acknowledged", "acknowledged_on_time", COLUMN_FIGURE},
    {"arrived",      "arrived_on_time",      COLUMN_FIGURE},
    {"result",       "result_on_time",       COLUMN_FIGURE},
    {"rating",       "rating.mean",          COLUMN_NUMBER},
    {"rated back",   "rating_back.mean",     COLUMN_NUMBER},
};

static int rates_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/stats/rates", rates_columns, COUNT_OF(rates_columns), 0, true});
}

static int times_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/stats/times", times_columns, COUNT_OF(times_columns), 0, true});
}

static int five_clears_run(struct ctl *ctl)
{
    return listing_run(ctl, &(struct listing){"/v1/stats/five-clears", clears_columns,
                                              COUNT_OF(clears_columns), 0, false});
}

static int agreements_run(struct ctl *ctl)
{
    return listing_run(ctl, &(struct listing){"/v1/stats/agreements", agreements_columns,
                                              COUNT_OF(agreements_columns), 0, false});
}

static int whistle_figures_run(struct ctl *ctl)
{
    return listing_run(ctl, &(struct listing){"/v1/stats/whistles", whistle_figures_columns,
                                              COUNT_OF(whistle_figures_columns), 0, true});
}

static void month_path(const struct ctl *ctl, struct text *path)
{
    text_add(path, "/v1/stats/months/");
    ctl_encode(path, ctl_argument(ctl, 0));
}

static int month_show_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    month_path(ctl, &path);
    return listing_run(ctl,
                       &(struct listing){path.at, rates_columns, COUNT_OF(rates_columns), 0, true});
}

static int month_times_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    month_path(ctl, &path);
    text_add(&path, "/times");
    return listing_run(ctl,
                       &(struct listing){path.at, times_columns, COUNT_OF(times_columns), 0, true});
}

static int month_publish_run(struct ctl *ctl)
{
    static const char *const skip[] = {"rules", NULL};
    struct text path CLEANUP(text_clear) = {0};
    month_path(ctl, &path);
    text_add(&path, "/publish");
    struct http_request request = {
        .method = "POST",
        .path = path.at,
        .body = {"{}", 2},
        .idempotency_key = ask_key(ctl->arena)
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *made CLEANUP(view_drop) = view_parse(&answer);
    if (ctl->json)
        ctl_print(answer.body);
    else
        view_record(ctl, made, skip);
    return made == NULL ? EXIT_SERVER : EXIT_OK;
}
