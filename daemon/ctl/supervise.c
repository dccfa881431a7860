/* tickets, overdue, due, shortages: lists for those who watch over the work. */
#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/listing.h"
#include "ctl/view.h"

static command_fn tickets_run, overdue_run, due_run, shortages_run;

static const struct option_row tickets_options[] = {
    {"state",    "S",    "only in this state",                    false},
    {"area",     "A",    "only in this area and below",           false},
    {"unit",     "U",    "only with a task of this unit",         false},
    {"org",      "O",    "only with a task of this organization", false},
    {"category", "C",    "only of this category and below",       false},
    {"q",        "TEXT", "only with this text in them",           false},
    {"from",     "T",    "received from this instant or date on", false},
    {"to",       "T",    "received before this instant or date",  false},
    LISTING_OPTIONS,
    {NULL,       NULL,   NULL,                                    false},
};

const struct command tickets_command = {
    .name = "tickets",
    .usage = "[--state S] [--area A] [--unit U] [--org O] [--category C] [--q TEXT] ...",
    .summary = "find tickets",
    .options = tickets_options,
    .run = tickets_run,
};

static const struct option_row overdue_options[] = {
    {"stage",    "S",  "only this clock: sign, contact, resolve", false},
    {"area",     "A",  "only in this area and below",             false},
    {"org",      "O",  "only of this organization",               false},
    {"unit",     "U",  "only of this unit",                       false},
    {"category", "C",  "only of this category and below",         false},
    LISTING_OPTIONS,
    {NULL,       NULL, NULL,                                      false},
};

const struct command overdue_command = {
    .name = "overdue",
    .usage = "[--stage S] [--area A] [--org O] [--unit U] [--category C] [--limit N]",
    .summary = "show missed clocks, the longest overdue first",
    .options = overdue_options,
    .run = overdue_run,
};

static const struct option_row due_options[] = {
    {"within",   "SPAN", "such as 48h, 90m, 2d",                    false},
    {"stage",    "S",    "only this clock: sign, contact, resolve", false},
    {"area",     "A",    "only in this area and below",             false},
    {"org",      "O",    "only of this organization",               false},
    {"unit",     "U",    "only of this unit",                       false},
    {"category", "C",    "only of this category and below",         false},
    LISTING_OPTIONS,
    {NULL,       NULL,   NULL,                                      false},
};

const struct command due_command = {
    .name = "due",
    .usage = "[--within SPAN] [--stage S] [--area A] [--org O] [--unit U] ...",
    .summary = "show clocks that end soon, the next first",
    .options = due_options,
    .run = due_run,
};

static const struct option_row shortages_options[] = {
    LISTING_OPTIONS,
    {NULL, NULL, NULL, false},
};

const struct command shortages_command = {
    .name = "shortages",
    .usage = "[--limit N]",
    .summary = "show needs that no inventory met",
    .options = shortages_options,
    .run = shortages_run,
};

static const struct column ticket_columns[] = {
    {"no",       "no",          COLUMN_CODE },
    {"state",    "state",       COLUMN_CODE },
    {"received", "received_at", COLUMN_TIME },
    {"urgency",  "urgency",     COLUMN_CODE },
    {"category", "category",    COLUMN_CODE },
    {"area",     "area",        COLUMN_CODE },
    {"unit",     "route.unit",  COLUMN_NAMED},
    {"org",      "route.org",   COLUMN_NAMED},
    {"title",    "title",       COLUMN_TEXT },
};

static const struct column clock_columns[] = {
    {"no",       "no",              COLUMN_CODE},
    {"task",     "task",            COLUMN_CODE},
    {"stage",    "stage",           COLUMN_CODE},
    {"due",      "due",             COLUMN_TIME},
    {"overdue",  "overdue_seconds", COLUMN_SPAN},
    {"unit",     "unit",            COLUMN_CODE},
    {"org",      "org",             COLUMN_CODE},
    {"level",    "level",           COLUMN_CODE},
    {"category", "category",        COLUMN_CODE},
    {"area",     "area",            COLUMN_CODE},
    {"title",    "title",           COLUMN_TEXT},
};

static const struct column shortage_columns[] = {
    {"category", "category", COLUMN_NAMED },
    {"area",     "area",     COLUMN_NAMED },
    {"need",     "need",     COLUMN_CODE  },
    {"tickets",  "tickets",  COLUMN_NUMBER},
    {"first",    "first_at", COLUMN_TIME  },
    {"last",     "last_at",  COLUMN_TIME  },
};

static int tickets_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/tickets", ticket_columns, COUNT_OF(ticket_columns), 0, false});
}

static int overdue_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/overdue", clock_columns, COUNT_OF(clock_columns), 0, false});
}

static int due_run(struct ctl *ctl)
{
    return listing_run(
        ctl, &(struct listing){"/v1/due", clock_columns, COUNT_OF(clock_columns), 0, false});
}

static int shortages_run(struct ctl *ctl)
{
    return listing_run(ctl, &(struct listing){"/v1/shortages", shortage_columns,
                                              COUNT_OF(shortage_columns), 0, false});
}
