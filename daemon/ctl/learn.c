/* learn: proposes duties from a history of closed cases (domain/learn). Works without a server:
 * what it writes is looked at by people, then imported. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl/command.h"
#include "ctl/learn_read.h"
#include "ctl/learn_write.h"
#include "ctl/view.h"

static command_fn learn_run;

#define X(option, field, standard, min, max, meaning)                                              \
    {option, "X", meaning " (default " #standard ")", false},
static const struct option_row learn_options[] = {
    {"units",      "FILE", "the registry's units: what names in the history mean",   false},
    {"categories", "FILE", "the registry's categories: their names stand in titles", false},
    {"out",        "FILE", "write the duties there, for `import resources`",         false},
    {"offer",      NULL,   "with --out: they count at once, not after consent",      false},
    {"aliases",    "FILE", "write units with new aliases there, for `import units`", false},
    {"skip-bad",   NULL,   "learn although some rows are bad",                       false},
    {"show",       "N",    "strongest proposals shown (default 20, 0 = all)",        false},
    LEARN_RULES(X)  /* the rules */
    {NULL,         NULL,   NULL,                                                     false},
};
#undef X

const struct command learn_command = {
    .name = "learn",
    .usage = "HISTORY.csv [--units FILE] [--out FILE] [--offer] [--aliases FILE] ...",
    .summary = "propose duties from closed cases (date,category,area,unit)",
    .options = learn_options,
    .least = 1,
    .most = 1,
    .run = learn_run,
    .offline = true,
};

enum { SHOWN = 20 };

struct job {
    struct ctl *ctl;
    struct learn_files files;
    struct learn_rules rules;
    struct learned learned;
    json_t *report;
};

static bool read_rules(struct job *job)
{
    job->rules = learn_rules_standard;
    for (int i = 0; i < learn_rule_count; i++) {
        const struct learn_rule *rule = &learn_rule_table[i];
        const char *text = ctl_option(job->ctl, rule->option);
        if (text == NULL)
            continue;
        char *end;
        double value = strtod(text, &end);
        if (end == text || *end != '\0' || !(value >= rule->min && value <= rule->max)) {
            ctl_usage(job->ctl, "--%s: not a number from %g to %g", rule->option, rule->min,
                      rule->max);
            return false;
        }
        *(double *)((char *)&job->rules + rule->offset) = value;
    }
    job->rules.top = floor(job->rules.top);
    return true;
}

static bool read_files(struct job *job)
{
    struct ctl *ctl = job->ctl;
    const char *units = ctl_option(ctl, "units"), *categories = ctl_option(ctl, "categories");
    const char *history = ctl_argument(ctl, 0);
    if ((units != NULL && !learn_read_units(&job->files, units)) ||
        (categories != NULL && !learn_read_categories(&job->files, categories)) ||
        !learn_read_history(&job->files, history))
        return false;
    long long bad = (long long)job->files.bad_rows;
    if (bad == 0)
        return true;
    bool go_on = ctl_option(ctl, "skip-bad") != NULL;
    ctl_say("%s: %lld bad rows%s", history, bad,
            go_on ? " were left out" : "; nothing was learned (--skip-bad leaves them out)");
    return go_on;
}

static json_t *figure(int64_t n, int64_t of)
{
    return json_pack("{s:I, s:I, s:f}", "n", (json_int_t)n, "of", (json_int_t)of, "rate",
                     of > 0 ? (double)n / (double)of : 0.0);
}

static json_t *trial_json(struct arena *arena, const struct learn_trial *trial)
{
    if (!date_set(trial->from))
        return json_null();
    return json_pack("{s:s, s:I, s:o, s:o, s:o}", "from", date_format(arena, trial->from), "cases",
                     (json_int_t)trial->cases, "first", figure(trial->first, trial->cases),
                     "among_three", figure(trial->among_three, trial->cases), "none",
                     figure(trial->none, trial->cases));
}

static json_t *renames_json(struct arena *arena, const struct learned *learned)
{
    json_t *list = json_array();
    for (int i = 0; i < learned->rename_count; i++) {
        const struct learn_rename *rename = &learned->renames[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "unit", rename->unit, "name", rename->head,
                      "alias", rename->alias, "from", date_format(arena, rename->from), "to",
                      date_format(arena, rename->to), "cases", (json_int_t)rename->cases));
    }
    return list;
}

/* Units that rows cannot be written for. */
static json_t *unknown_json(const struct job *job)
{
    json_t *list = json_array();
    for (int i = 0; i < job->learned.unit_count; i++) {
        const struct learn_unit *unit = &job->learned.units[i];
        if (!learn_writable(&job->files.history, unit))
            json_array_append_new(list, json_pack("{s:s, s:I}", "unit", unit->text, "cases",
                                                  (json_int_t)unit->cases));
    }
    return list;
}

/* Expected cases that a proposal speaks for. */
static double strength(const struct learn_proposal *proposal)
{
    return proposal->confidence * (double)proposal->support;
}

static int by_strength(const void *a, const void *b)
{
    const struct learn_proposal *const *left = a, *const *right = b;
    double mine = strength(*left), other = strength(*right);
    if (mine < other || mine > other)
        return mine > other ? -1 : 1;
    return (*left > *right) - (*left < *right);
}

static json_t *proposal_json(struct arena *arena, const struct learn_proposal *proposal)
{
    return json_pack("{s:s, s:s, s:f, s:I, s:s, s:s, s:s}", "unit", proposal->unit->text, "name",
                     proposal->unit->name, "confidence", proposal->confidence, "support",
                     (json_int_t)proposal->support, "categories",
                     names_join(arena, &proposal->categories, ";"), "areas",
                     names_join(arena, &proposal->areas, ";"), "title", proposal->title);
}

static json_t *strongest_json(const struct job *job, int64_t shown)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    size_t count = (size_t)job->learned.proposal_count;
    const struct learn_proposal **all = ARENA_ARRAY(arena, const struct learn_proposal *, count);
    for (size_t i = 0; i < count; i++)
        all[i] = &job->learned.proposals[i];
    if (count > 0)
        qsort(all, count, sizeof(*all), by_strength);
    json_t *list = json_array();
    for (size_t i = 0; i < count && (shown == 0 || i < (size_t)shown); i++)
        json_array_append_new(list, proposal_json(arena, all[i]));
    return list;
}

static void make_report(struct job *job, int64_t shown)
{
    struct arena *arena = job->ctl->arena;
    const struct learned *learned = &job->learned;
    bool any = date_set(learned->from);
    job->report = json_pack(
        "{s:I, s:I, s:I, s:s?, s:s?, s:i, s:i, s:i, s:o, s:o, s:o, s:o}", "cases",
        (json_int_t)learned->cases, "without_unit", (json_int_t)learned->left_out, "bad_rows",
        (json_int_t)job->files.bad_rows, "from", any ? date_format(arena, learned->from) : NULL,
        "to", any ? date_format(arena, learned->to) : NULL, "units", learned->unit_count, "renames",
        learned->rename_count, "proposals", learned->proposal_count, "trial",
        trial_json(arena, &learned->trial), "aliases", renames_json(arena, learned),
        "unknown_units", unknown_json(job), "strongest", strongest_json(job, shown));
}

static void say_trial(const struct job *job)
{
    const struct learn_trial *trial = &job->learned.trial;
    double cases = (double)trial->cases / 100;
    if (!date_set(trial->from))
        return;
    printf(
        "\nTrial: rows learned from earlier cases alone, asked about the %lld cases from %s on,\n"
        "name the right unit first in %.1f %%, among the first three in %.1f %%; no unit in %.1f "
        "%%.\n",
        (long long)trial->cases, date_format(job->ctl->arena, trial->from),
        (double)trial->first / cases, (double)trial->among_three / cases,
        (double)trial->none / cases);
}

static void print_report(const struct job *job)
{
    static const char *const tables[] = {"trial", "aliases", "unknown_units", "strongest", NULL};
    static const struct column aliases[] = {
        {"unit",  "unit",  COLUMN_CODE  },
        {"name",  "name",  COLUMN_TEXT  },
        {"alias", "alias", COLUMN_TEXT  },
        {"first", "from",  COLUMN_CODE  },
        {"last",  "to",    COLUMN_CODE  },
        {"cases", "cases", COLUMN_NUMBER},
    };
    static const struct column strongest[] = {
        {"unit",       "unit",       COLUMN_TEXT  },
        {"confidence", "confidence", COLUMN_FIGURE},
        {"support",    "support",    COLUMN_NUMBER},
        {"categories", "categories", COLUMN_TEXT  },
        {"areas",      "areas",      COLUMN_TEXT  },
        {"title",      "title",      COLUMN_TEXT  },
    };
    const struct ctl *ctl = job->ctl;
    view_record(ctl, job->report, tables);
    say_trial(job);
    if (job->learned.rename_count > 0)
        puts("\nRenamed units, taken as one:");
    view_table(ctl, aliases, COUNT_OF(aliases), json_object_get(job->report, "aliases"));
    if (job->learned.proposal_count > 0)
        puts("\nStrongest proposals:");
    view_table(ctl, strongest, COUNT_OF(strongest), json_object_get(job->report, "strongest"));
}

static void say_unknown(const struct job *job)
{
    const json_t *list = json_object_get(job->report, "unknown_units");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *unit = json_array_get(list, i);
        ctl_say("no duty can be written for %s (%lld cases): %s",
                json_string_value(json_object_get(unit, "unit")),
                (long long)json_integer_value(json_object_get(unit, "cases")),
                job->files.history.unit_count > 0 ? "no active unit has this code, name or alias"
                                                  : "not a code; give --units");
    }
}

static bool write_files(const struct job *job)
{
    const struct ctl *ctl = job->ctl;
    const char *out = ctl_option(ctl, "out"), *aliases = ctl_option(ctl, "aliases");
    int status = ctl_option(ctl, "offer") != NULL ? STATUS_OFFERED : STATUS_PROPOSED;
    int64_t rows;
    if (out != NULL) {
        if (!learn_write_resources(&job->files.history, &job->learned, status_words[status], out,
                                   &rows))
            return false;
        json_object_set_new(job->report, "written", json_integer((json_int_t)rows));
    }
    if (aliases != NULL) {
        struct slice units = {job->files.units.at, job->files.units.size};
        if (!learn_write_aliases(&job->learned, units, aliases, &rows))
            return false;
        json_object_set_new(job->report, "units_written", json_integer((json_int_t)rows));
    }
    return true;
}

static int report(struct job *job, int64_t shown)
{
    struct text text CLEANUP(text_clear) = {0};
    make_report(job, shown);
    if (!write_files(job))
        return EXIT_USAGE;
    if (job->ctl->json) {
        view_dump(job->report, JSON_COMPACT, &text);
        ctl_print((struct slice){text.at, text.size});
    } else
        print_report(job);
    bool asked = ctl_option(job->ctl, "out") != NULL || ctl_option(job->ctl, "units") != NULL;
    if (asked && !job->ctl->quiet)
        say_unknown(job);
    return EXIT_OK;
}

static int learn_run(struct ctl *ctl)
{
    struct job job = {.ctl = ctl, .files = {.arena = ctl->arena}};
    int64_t shown;
    int code = EXIT_USAGE;
    if (ctl_option(ctl, "aliases") != NULL && ctl_option(ctl, "units") == NULL)
        return ctl_usage(ctl, "--aliases needs --units");
    if (!ctl_number(ctl, "show", (int64_t[]){0, 1000000}, SHOWN, &shown) || !read_rules(&job))
        return EXIT_USAGE;
    if (read_files(&job)) {
        job.learned = learn(&job.files.history, &job.rules, ctl->arena);
        code = report(&job, shown);
    }
    json_decref(job.report);
    learn_files_clear(&job.files);
    return code;
}
