/* Which policy applies to a ticket, a whistle, a need or a project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/dossier.h"
#include "support/registry_file.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_drop(&arena);
    return 0;
}

static struct registry_row *policy_row(const struct policy *policy)
{
    return registry_row_of(REGISTRY_POLICY, policy, sizeof(*policy), policy->version);
}

/* A snapshot of one row more; gives the old one back. */
static struct snapshot *with_row(struct snapshot *snapshot, struct registry_row *row)
{
    struct snapshot *next = snapshot_new(snapshot, &row, 1, 0);
    snapshot_free(snapshot);
    return next;
}

static struct policy named_policy(const char *code, const char *name, int64_t version)
{
    return (struct policy){.code = code, .name = name, .status = STATUS_ACTIVE, .version = version};
}

static struct names listed(const char *words)
{
    return names_split(arena, words, ' ');
}

static struct selector only(const char *words)
{
    return (struct selector){words != NULL, words == NULL ? (struct names){0} : listed(words)};
}

static const char *chosen(const struct snapshot *snapshot, const struct policy_key *key)
{
    const struct policy *policy = snapshot_policy_for(snapshot, key);
    return policy == NULL ? "-" : policy->code;
}

#define KEY(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__, ORIGIN_TICKET                                                                 \
    }

static void the_policy_that_says_most_wins(void **state)
{
    (void)state;
    const struct {
        const char *code, *areas, *categories, *urgencies, *kinds, *levels;
        int status;
    } rows[] = {
        {"z-all",              NULL,             NULL,    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"y-all",              NULL,             NULL,    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"ended",              "140213050001",   NULL,    NULL,       NULL,               NULL,   STATUS_ENDED },
        {"nothing",            "",               NULL,    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"district",           "330102 140213",  NULL,    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"street",             "140213050 1402", NULL,    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"top",                NULL,             "01",    NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"heat",               NULL,             "01.02", NULL,       NULL,               NULL,   STATUS_ACTIVE},
        {"critical",           NULL,             NULL,    "critical", NULL,               NULL,   STATUS_ACTIVE},
        {"complaint",          NULL,             NULL,    NULL,       "complaint report", NULL,   STATUS_ACTIVE},
        {"critical-complaint", NULL,             NULL,    "critical", "complaint",        NULL,   STATUS_ACTIVE},
        {"city",               NULL,             NULL,    NULL,       NULL,               "city", STATUS_ACTIVE},
        {"city-praise",        NULL,             NULL,    NULL,       "praise",           "city", STATUS_ACTIVE},
        {"street-critical",    "140213051",      NULL,    "critical", NULL,               NULL,   STATUS_ACTIVE},
    };
    struct snapshot *snapshot = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct policy policy = named_policy(rows[i].code, rows[i].code, 1);
        policy.status = rows[i].status;
        policy.areas = only(rows[i].areas);
        policy.categories = only(rows[i].categories);
        policy.urgencies = only(rows[i].urgencies);
        policy.kinds = only(rows[i].kinds);
        policy.levels = only(rows[i].levels);
        snapshot = with_row(snapshot, policy_row(&policy));
    }
    const struct {
        struct policy_key key;
        const char *code;
    } asked[] = {
        {KEY("33",           "02",       TICKET_HELP,      URGENCY_NORMAL,   -1),           "y-all"             }, /* equal: by code */
        {KEY("140213050001", "02",       TICKET_HELP,      URGENCY_NORMAL,   -1),           "street"            },
        {KEY("140213051001", "02",       TICKET_HELP,      URGENCY_NORMAL,   -1),           "district"          },
        {KEY("140214",       "02",       TICKET_HELP,      URGENCY_NORMAL,   -1),
         "street"                                                                                               }, /* by the city in its list */
        {KEY("33",           "01",       TICKET_HELP,      URGENCY_NORMAL,   -1),           "top"               },
        {KEY("33",           "01.02.03", TICKET_HELP,      URGENCY_NORMAL,   -1),           "heat"              },
        {KEY("33",           "01.03",    TICKET_HELP,      URGENCY_NORMAL,   -1),           "top"               },
        {KEY("33",           "011",      TICKET_HELP,      URGENCY_NORMAL,   -1),           "y-all"             },
        {KEY("33",           "01.02",    TICKET_COMPLAINT, URGENCY_CRITICAL, -1),           "heat"              },
        {KEY("140213050",    "01.02",    TICKET_HELP,      URGENCY_CRITICAL, -1),           "street"            },
        {KEY("33",           "02",       TICKET_HELP,      URGENCY_CRITICAL, -1),           "critical"          },
        {KEY("33",           "02",       TICKET_REPORT,    URGENCY_NORMAL,   -1),           "complaint"         },
        {KEY("33",           "02",       TICKET_REPORT,    URGENCY_CRITICAL, -1),           "critical"          },
        {KEY("33",           "02",       TICKET_COMPLAINT, URGENCY_CRITICAL, -1),           "critical-complaint"},
        {KEY("33",           "02",       TICKET_HELP,      URGENCY_NORMAL,   LEVEL_CITY),   "city"              },
        {KEY("33",           "02",       TICKET_HELP,      URGENCY_NORMAL,   LEVEL_STREET), "y-all"             },
        {KEY("33",           "02",       TICKET_COMPLAINT, URGENCY_NORMAL,   LEVEL_CITY),   "complaint"         },
        {KEY("33",           "02",       TICKET_PRAISE,    URGENCY_NORMAL,   LEVEL_CITY),   "city-praise"       },
        {KEY("140213051001", "02",       TICKET_HELP,      URGENCY_CRITICAL, -1),           "street-critical"   },
    };
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        assert_string_equal(chosen(snapshot, &asked[i].key), asked[i].code);
    snapshot_free(snapshot);
}

static void no_policy_for_all_means_none(void **state)
{
    (void)state;
    struct policy policy = named_policy("p", "p", 1);
    policy.areas = only("1402");
    policy.categories = only("01");
    struct snapshot *snapshot = with_row(NULL, policy_row(&policy));
    assert_string_equal(chosen(snapshot, &(struct policy_key){"1402", "01.01", 0, 0, -1, 0}), "p");
    assert_string_equal(chosen(snapshot, &(struct policy_key){"1403", "01", 0, 0, -1, 0}), "-");
    assert_string_equal(chosen(snapshot, &(struct policy_key){"1402", "02", 0, 0, -1, 0}), "-");
    assert_string_equal(chosen(snapshot, &(struct policy_key){NULL, NULL, 0, 0, -1, 0}), "-");
    snapshot_free(snapshot);
}

static void whistles_go_by_policies_that_name_them(void **state)
{
    (void)state;
    struct policy all = named_policy("all", "all", 1), named = named_policy("named", "named", 1);
    named.kinds = only("emergency need");
    struct snapshot *snapshot = with_row(with_row(NULL, policy_row(&all)), policy_row(&named));
    const struct {
        struct policy_key key;
        const char *code;
    } asked[] = {
        {{"33", "02", TICKET_HELP, 0, -1, ORIGIN_TICKET},        "all"  },
        {{"33", "02", WHISTLE_EMERGENCY, 0, -1, ORIGIN_WHISTLE}, "named"},
        {{"33", "02", WHISTLE_DAILY, 0, -1, ORIGIN_WHISTLE},     "-"    },
        {{"33", "02", RESOURCE_VENUE, 0, -1, ORIGIN_NEED},       "named"},
        {{"33", "02", 0, 0, -1, ORIGIN_PROJECT},                 "-"    },
    };
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        assert_string_equal(chosen(snapshot, &asked[i].key), asked[i].code);
    snapshot_free(snapshot);
}

static void an_older_snapshot_does_not_know_a_task(void **state)
{
    (void)state;
    struct calendar days = {.code = "cn", .version = 3};
    struct policy old = named_policy("p", "p", 1), now = named_policy("p", "p", 2);
    struct snapshot *snapshot =
        with_row(with_row(NULL, policy_row(&old)),
                 registry_row_of(REGISTRY_CALENDAR, &days, sizeof(days), days.version));
    struct task task = {
        .policy = "p", .policy_version = 2, .calendar = "cn", .calendar_version = 3};
    struct dossier dossier = {.task_count = 1, .tasks = &task};
    assert_false(dossier_known(&dossier, snapshot));
    task.state = TASK_IS_COMPLETED;
    assert_true(dossier_known(&dossier, snapshot));
    task.state = TASK_IS_SIGNED;
    snapshot = with_row(snapshot, policy_row(&now));
    assert_true(dossier_known(&dossier, snapshot));
    task.policy_version = 1;
    assert_true(dossier_known(&dossier, snapshot));
    task.calendar_version = 4;
    assert_false(dossier_known(&dossier, snapshot));
    snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policy_that_says_most_wins),
        cmocka_unit_test(no_policy_for_all_means_none),
        cmocka_unit_test(whistles_go_by_policies_that_name_them),
        cmocka_unit_test(an_older_snapshot_does_not_know_a_task),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
