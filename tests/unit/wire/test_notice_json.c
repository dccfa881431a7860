/* What of an event is told, and in which form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "wire/node.h"
#include "wire/notice_json.h"

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

static struct notice notice_of(const char *data)
{
    return (struct notice){
        .ticket = 7,
        .no = "140213202603020000017",
        .category = "01",
        .area = "140213",
        .kind = NOTICE_OVERDUE,
        .event = {.seq = 3,
                  .task = 1,
                  .move = "overdue",
                  .at = at("2026-03-02T01:00:00Z"),
                  .from = "signed",
                  .to = "signed",
                  .data = data,
                  .unit = "heat",
                  .org = "po"},
    };
}

static bool tells(const char *data, const char *text)
{
    struct notice notice = notice_of(data);
    const struct webhook generic = {.adapter = 0};
    return strstr(notice_item(&notice, &generic, NULL, 8 * 3600, arena), text) != NULL;
}

/* A member of the list is told only in the form of its kind; another one never. */
static void told(void **state)
{
    (void)state;
    assert_true(tells("{\"stage\":\"sign\"}", "\"stage\":\"sign\""));
    assert_true(
        tells("{\"due\":\"2026-03-02T03:00:00Z\"}", "\"due\":\"2026-03-02T11:00:00+08:00\""));
    assert_true(tells("{\"resolve_due\":\"2026-03-02T03:00:00Z\"}", "\"resolve_due\""));
    static const char *const kept[] = {
        "{\"stage\":\"王五 13812345678\"}",
        "{\"due\":\"SECRET\"}",
        "{\"level\":{\"a\":\"SECRET\"}}",
        "{\"reason\":\"SECRET\"}",
        "{\"note\":\"SECRET\"}",
        "{\"a_due\":\"SECRET\"}",
        "{\"x\":{\"stage\":\"SECRET\"}}",
        "[\"stage\",\"SECRET\"]",
        "{\"role\":7}",
        "SECRET",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        assert_false(tells(kept[i], "SECRET"));
        assert_false(tells(kept[i], "138"));
        assert_true(tells(kept[i], "\"area\":\"140213\"}"));
    }
}

static void robots(void **state)
{
    (void)state;
    struct snapshot *snapshot = snapshot_new(NULL, NULL, 0, 1);
    struct notice notice = notice_of("{\"stage\":\"sign\",\"due\":\"2026-03-02T03:00:00Z\"}");
    struct webhook robot = {.adapter = 1, .template = "{no} {unit}{stage}\n{due} {level}"};
    assert_string_equal(notice_item(&notice, &robot, snapshot, 8 * 3600, arena),
                        "140213202603020000017 heatsign 2026-03-02 11:00 —");
    snapshot_free(snapshot);
    const struct message message = {.items = "a\"b\n\\c"};
    struct slice body = message_write(&message, &adapters[1], arena);
    assert_string_equal(arena_bytes(arena, body.at, body.size),
                        "{\"msgtype\":\"text\",\"text\":{\"content\":\"a\\\"b\\n\\\\c\"}}");
}

/* More than a robot takes is cut between characters, and counted. */
static void long_ones(void **state)
{
    (void)state;
    struct text items CLEANUP(text_clear) = {0};
    for (int i = 0; i < 1000; i++)
        text_add(&items, i == 0 ? "一行" : "\n一行");
    const struct message message = {.items = items.at};
    struct slice body = message_write(&message, &adapters[1], arena);
    struct error err = {.arena = arena};
    struct node *root;
    assert_true(node_parse(body, arena, &root, &err));
    const struct node *text = node_member(node_member(root, "text"), "content");
    assert_true(strlen(text->text) <= (size_t)adapters[1].text_limit);
    assert_non_null(strstr(text->text, "…（共1000条）"));
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t code;
    } cases[] = {
        {"{\"errcode\":0,\"errmsg\":\"ok\"}", 0    },
        {"{\"errcode\":45009}",               45009},
        {"",                                  -1   },
        {"{}",                                -1   },
        {"[]",                                -1   },
        {"{\"errcode\":\"0\"}",               -1   },
        {"<html>",                            -1   },
        {"{\"errcode\":0",                    -1   },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(robot_code((struct slice){cases[i].body, strlen(cases[i].body)}, arena),
                         cases[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(told), cmocka_unit_test(robots),
                                       cmocka_unit_test(long_ones), cmocka_unit_test(answers)};
    return cmocka_run_group_tests(tests, begin, end);
}
