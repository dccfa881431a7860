/* Needs and projects: who is paired, by the tables of tests/cases/offer; when all may take them;
 * who owns them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/offer.h"
#include "support/registry_file.h"

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

static void pairing(const json_t *file, const json_t *one, const struct snapshot *snapshot,
                    struct arena *arena)
{
    struct names wanted = {0};
    const json_t *list = json_object_get(one, "paired");
    const char *day = text_of(one, "today");
    struct ticket ticket = {.head_org = text_of(one, "org"), .sent.area = text_of(one, "area")};
    struct date today;
    assert_true(date_parse(day != NULL ? day : text_of(file, "today"), &today));
    for (size_t i = 0; i < json_array_size(list); i++)
        wanted = names_with(arena, &wanted, json_string_value(json_array_get(list, i)));
    struct names found = offer_paired(&ticket, snapshot, today, arena);
    const char *expected = names_join(arena, &wanted, " "), *got = names_join(arena, &found, " ");
    if (strcmp(expected, got) != 0)
        fail_msg("%s: %s, not %s", text_of(one, "name"), got, expected);
}

static void test_paired(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct names files = case_files(arena, "offer");
    assert_true(files.count > 0);
    for (int f = 0; f < files.count; f++) {
        json_t *file = json_load_file(files.at[f], JSON_REJECT_DUPLICATES, NULL);
        struct snapshot *snapshot = snapshot_from_json(json_object_get(file, "registry"));
        const json_t *cases = json_object_get(file, "cases");
        assert_true(json_array_size(cases) > 0);
        for (size_t i = 0; i < json_array_size(cases); i++)
            pairing(file, json_array_get(cases, i), snapshot, arena);
        snapshot_free(snapshot);
        json_decref(file);
    }
    arena_free(arena);
}

static void test_open_when_its_time_is_over(void **state)
{
    (void)state;
    const struct instant noon = {1000000}, before = {999999}, after = {1000001};
    struct offer offer = {.published_at = {500000}, .open_at = noon};
    assert_false(offer_is_open(&offer, before));
    assert_true(offer_is_open(&offer, noon));
    assert_true(offer_is_open(&offer, after));
    offer.published_at = offer.open_at = INSTANT_NONE;
    assert_false(offer_is_open(&offer, after));
}

/* What each key of an org, or of another role, is to a need of the committee cm-1. */
static void test_who_owns(void **state)
{
    (void)state;
    static const struct {
        int role;
        const char *org;
        bool owns;
    } cases[] = {
        {CALLER_ORG,        "cm-1", true },
        {CALLER_ORG,        "al-1", true },
        {CALLER_ORG,        "conf", true },
        {CALLER_ORG,        "cm-2", false},
        {CALLER_ORG,        "al-2", false},
        {CALLER_DISPATCHER, NULL,   true },
        {CALLER_UNIT,       NULL,   false},
    };
    struct arena *arena = arena_new();
    struct names files = case_files(arena, "offer");
    json_t *file = json_load_file(files.at[0], JSON_REJECT_DUPLICATES, NULL);
    struct snapshot *snapshot = snapshot_from_json(json_object_get(file, "registry"));
    struct ticket ticket = {.head_org = "cm-1", .sent.area = "140213001001"};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct actor by = {.role = cases[i].role, .org = cases[i].org};
        if (offer_owns(&ticket, snapshot, &by, arena) != cases[i].owns)
            fail_msg("case %zu", i);
    }
    snapshot_free(snapshot);
    json_decref(file);
    arena_free(arena);
}

/* What others are shown keeps codes and dates, and no number that could be somebody's. */
static void test_mask(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct milestone milestone = {.title = "联系13812345678", .note = "打13912345678"};
    struct share share = {.task = 1, .result = "13812345678已办", .note = "13812345678"};
    struct offer offer = {.secretary = "王13812345678",
                          .milestone_count = 1,
                          .milestones = &milestone,
                          .share_count = 1,
                          .shares = &share,
                          .quantity = 3};
    const struct offer *masked = offer_mask(&offer, arena);
    const char *const texts[] = {masked->secretary, masked->milestones[0].title,
                                 masked->milestones[0].note, masked->shares[0].result,
                                 masked->shares[0].note};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (strstr(texts[i], "345678") != NULL)
            fail_msg("text %zu: %s", i, texts[i]);
    assert_int_equal(masked->quantity, 3);
    assert_non_null(strstr(offer.secretary, "13812345678")); /* the original stays */
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paired),
        cmocka_unit_test(test_open_when_its_time_is_over),
        cmocka_unit_test(test_who_owns),
        cmocka_unit_test(test_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
