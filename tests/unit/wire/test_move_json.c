/* Bodies of moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/move_fields.h"
#include "wire/move_json.h"

static const struct move *move_of(const char *on, const char *name)
{
    const struct move *move = move_find(strcmp(on, "task") == 0 ? ON_TASK : ON_TICKET, name);
    if (move == NULL)
        fail_msg("no move %s", name);
    return move;
}

static void read_move(const json_t *one, struct slice body, struct arena *arena, struct error *err)
{
    struct move_body read;
    const struct move *move = move_of(json_string_value(json_object_get(one, "on")),
                                      json_string_value(json_object_get(one, "move")));
    if (move_body_read(move, body, arena, &read, err))
        assert_non_null(read.data);
}

static void test_cases(void **state)
{
    (void)state;
    faults_check("wire/move.json", read_move);
}

/* Every member that the table of moves names is known here. */
static void test_every_field_is_known(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int i = 0; i < move_count; i++) {
        struct field fields[MOVE_FIELDS];
        struct shape shape = move_shape(&moves[i], fields);
        struct names names = names_split(arena, moves[i].fields, ' ');
        int on = moves[i].on;
        bool of_task = on == ON_TASK || on == ON_TARGET || on == ON_SHARE;
        assert_int_equal(shape.count, names.count + of_task);
        for (int j = 0; j < names.count; j++) {
            char *name = arena_copy(arena, names.at[j]);
            size_t size = strlen(name);
            if (name[size - 1] == '!')
                name[size - 1] = '\0';
            if (move_field_schema(moves[i].name, name) == NULL)
                fail_msg("%s: %s", moves[i].name, name);
        }
    }
    assert_null(move_field_schema("sign", "nothing"));
    arena_free(arena);
}

static struct move_body body(const char *on, const char *name, const char *text,
                             struct arena *arena)
{
    struct error err = {.arena = arena};
    struct move_body read;
    struct slice slice = {text, strlen(text)};
    if (!move_body_read(move_of(on, name), slice, arena, &read, &err))
        fail_msg("%s: %s", text, faults_shown(&err, arena));
    return read;
}

static void test_values(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct move_body read = body("task", "sign", "", arena);
    assert_null(read.claim);
    assert_int_equal(read.solved, -1);
    assert_int_equal(read.accept, -1);
    assert_false(instant_set(read.at));
    assert_false(date_set(read.review_on));
    assert_int_equal(read.span.amount, 0);
    assert_string_equal(read.data, "{}");
    read = body("task", "reply",
                " {\"claim\": \"tok\", \"result\": \"r\", \"solved\": false, \"contacted_at\": "
                "\"1970-01-01T00:00:01Z\", \"attachments\": []} ",
                arena);
    assert_string_equal(read.claim, "tok");
    assert_string_equal(read.result, "r");
    assert_int_equal(read.solved, 0);
    assert_int_equal(read.contacted_at.us, 1000000);
    assert_string_equal(read.data, "{\"result\":\"r\",\"solved\":false,\"contacted_at\":"
                                   "\"1970-01-01T00:00:01Z\",\"attachments\":[]}");
    read = body("ticket", "callback",
                "{\"reached\":true,\"solved\":\"yes\",\"satisfied\":\"basic\"}", arena);
    assert_int_equal(read.reached, 1);
    assert_int_equal(read.contacted, -1);
    assert_int_equal(read.solved, 1);
    assert_int_equal(read.satisfied, 1);
    read = body("task", "assist", "{\"units\":[\"a\",\"b\"]}", arena);
    assert_int_equal(read.units.count, 2);
    assert_string_equal(read.units.at[1], "b");
    arena_free(arena);
}

/* Moves that other rows of the table may name: their members are in the master table. */
static void test_other_moves(void **state)
{
    static const struct move others[] = {
        {"extend", ON_TASK,   0, 0, "span! reason!",                                 ""},
        {"amend",  ON_TICKET, 0, 0, "category area content address reason! reroute", ""},
        {"merge",  ON_TICKET, 0, 0, "into!",                                         ""},
        {"hang",   ON_TICKET, 0, 0, "reason! review_on!",                            ""},
    };
    static const char *const bodies[] = {
        "{\"span\":{\"amount\":3,\"unit\":\"working_day\"},\"reason\":\"r\"}",
        "{\"category\":\"01\",\"area\":\"14\",\"content\":\"c\",\"reason\":\"r\",\"reroute\":true}",
        "{\"into\":\"1402132026112300000015\"}",
        "{\"reason\":\"r\",\"review_on\":\"2026-12-01\"}",
    };
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct move_body read[COUNT_OF(others)];
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_true(move_body_read(&others[i], (struct slice){bodies[i], strlen(bodies[i])}, arena,
                                   &read[i], &err));
    assert_int_equal(read[0].span.amount, 3);
    assert_int_equal(read[0].span.unit, SPAN_WORKING_DAY);
    assert_int_equal(read[1].reroute, 1);
    assert_string_equal(read[2].into, "1402132026112300000015");
    assert_string_equal(date_format(arena, read[3].review_on), "2026-12-01");
    assert_false(
        move_body_read(&others[0], (struct slice){"{\"span\":3}", 10}, arena, &read[0], &err));
    assert_string_equal(faults_shown(&err, arena), "422 /span /reason");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_every_field_is_known),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_other_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
