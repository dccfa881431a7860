/* The description: valid references, one path per move, and schemas that fit what is written. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/caller.h"
#include "domain/moves.h"
#include "support/faults.h"
#include "wire/json.h"
#include "wire/openapi.h"
#include "wire/registry_json.h"
#include "wire/small_json.h"
#include "wire/ticket_json.h"

static const struct openapi_route routes[] = {
    {.method = "POST",
     .path = "/v1/tickets",
     .summary = "Submit",
     .roles = "operator",
     .body = "Submission",
     .answer = "Ticket",
     .status = 201,
     .idempotent = true},
    {.method = "GET",
     .path = "/v1/tickets",
     .summary = "List",
     .roles = "operator",
     .answer = "List",
     .query = "state limit cursor",
     .status = 200},
    {.method = "POST",
     .path = "/v1/tickets/{no}/{move}",
     .summary = "Move",
     .roles = "all",
     .body = "Move",
     .answer = "Ticket",
     .status = 200,
     .if_match = true},
    {.method = "POST",
     .path = "/v1/tasks/{id}/{move}/{decision}",
     .summary = "Decide",
     .roles = "all",
     .body = "Move",
     .answer = "Task",
     .status = 200               },
    {.method = "POST",
     .path = "/v1/whistles/{id}/{move}",
     .summary = "Move",
     .roles = "all",
     .body = "Move",
     .answer = "Whistle",
     .status = 200               },
    {.method = "POST",
     .path = "/v1/whistles/{id}/targets/{unit}/{move}/{decision}",
     .summary = "Decide",
     .roles = "all",
     .body = "Move",
     .answer = "Task",
     .status = 200               },
    {.method = "POST",
     .path = "/v1/tasks/{id}/{move}",
     .summary = "Move",
     .roles = "all",
     .body = "Move",
     .answer = "Task",
     .status = 200               },
    {.method = "POST",
     .path = "/v1/needs/{id}/{move}",
     .summary = "Move",
     .roles = "all",
     .body = "Move",
     .answer = "Need",
     .status = 200               },
    {.method = "GET",
     .path = "/v1/tasks",
     .summary = "Poll",
     .roles = "unit",
     .answer = "List",
     .status = 200,
     .waits = true             },
    {.method = "PATCH",
     .path = "/v1/units/{code}",
     .summary = "Change",
     .roles = "admin",
     .body = "Unit",
     .answer = "Unit",
     .status = 200,
     .patch = true},
    {.method = "DELETE",
     .path = "/v1/units/{code}",
     .summary = "End",
     .roles = "admin",
     .status = 204},
    {.method = "POST",
     .path = "/v1/import/{kind}",
     .summary = "Import",
     .roles = "admin",
     .body = "Csv",
     .answer = "ImportCounts",
     .status = 200,
     .csv = true},
    {.method = "POST",
     .path = "/v1/keys",
     .summary = "Key",
     .roles = "admin",
     .body = "Key",
     .answer = "Key",
     .status = 201     },
    {.method = "GET",
     .path = "/metrics",
     .summary = "Metrics",
     .roles = "no key needed",
     .open = true,
     .answer = "Metrics",
     .status = 200                },
};

static json_t *described(void)
{
    struct arena *arena = arena_new();
    struct slice text = openapi_write(routes, COUNT_OF(routes), arena);
    json_error_t where;
    json_t *json = json_loadb(text.at, text.size, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        fail_msg("%s at %d", where.text, where.position);
    arena_free(arena);
    return json;
}

static json_t *at_path(json_t *json, const char *path)
{
    char *copy = strdup(path), *rest = copy, *part;
    while (json != NULL && (part = strsep(&rest, " ")) != NULL)
        json = json_object_get(json, part);
    free(copy);
    return json;
}

static const char *text_at(json_t *json, const char *path)
{
    const char *text = json_string_value(at_path(json, path));
    return text == NULL ? "" : text;
}

static void check_references(json_t *root, json_t *json)
{
    const char *key;
    json_t *value;
    size_t index;
    json_array_foreach (json, index, value)
        check_references(root, value);
    json_object_foreach (json, key, value) {
        check_references(root, value);
        if (strcmp(key, "$ref") != 0)
            continue;
        const char *name = json_string_value(value);
        const char *parts = strstr(name, "components/");
        assert_non_null(parts);
        const char *slash = strchr(parts + strlen("components/"), '/');
        json_t *group = strstr(name, "/schemas/") != NULL ? at_path(root, "components schemas")
                                                          : at_path(root, "components responses");
        if (json_object_get(group, slash + 1) == NULL)
            fail_msg("nothing at %s", name);
    }
}

static void test_references(void **state)
{
    (void)state;
    json_t *json = described();
    assert_string_equal(text_at(json, "openapi"), "3.1.0");
    check_references(json, json);
    json_decref(json);
}

/* Each name in the braces of a path is a parameter, and operation ids are unique. */
static void test_operations(void **state)
{
    (void)state;
    json_t *json = described(), *path, *operation, *ids = json_object();
    const char *name, *method;
    json_object_foreach (json_object_get(json, "paths"), name, path)
        json_object_foreach (path, method, operation) {
            size_t braces = 0, named = 0, index;
            json_t *parameter;
            for (const char *at = name; *at != '\0'; at++)
                braces += *at == '{';
            json_array_foreach (json_object_get(operation, "parameters"), index, parameter)
                named += strcmp(text_at(parameter, "in"), "path") == 0;
            assert_int_equal(named, braces);
            const char *id = text_at(operation, "operationId");
            assert_null(json_object_get(ids, id));
            json_object_set_new(ids, id, json_true());
        }
    json_decref(ids);
    json_decref(json);
}

static void test_moves(void **state)
{
    static const char *const places[] = {
        [ON_TICKET] = "/v1/tickets/{no}",   [ON_TASK] = "/v1/tasks/{id}",
        [ON_WHISTLE] = "/v1/whistles/{id}", [ON_TARGET] = "/v1/whistles/{id}/targets/{unit}",
        [ON_OFFER] = "/v1/needs/{id}",      [ON_SHARE] = "/v1/tasks/{id}",
    };
    (void)state;
    json_t *json = described();
    struct arena *arena = arena_new();
    for (int i = 0; i < move_count; i++) {
        bool decision = strchr(moves[i].name, '/') != NULL;
        int on = moves[i].on;
        if (on == ON_SHARE && move_find(ON_TASK, moves[i].name) != NULL)
            continue;
        const char *path = arena_format(arena, "paths %s/%s post", places[on], moves[i].name);
        if ((on == ON_TASK || on == ON_TARGET) == decision)
            assert_string_equal(text_at(at_path(json, path), "summary"), moves[i].title);
    }
    json_t *reply = at_path(json, "components schemas MoveTaskReply");
    assert_string_equal(text_at(reply, "properties solved type"), "boolean");
    assert_string_equal(json_string_value(json_array_get(json_object_get(reply, "required"), 0)),
                        "result");
    json_t *callback = at_path(json, "components schemas MoveTicketCallback properties solved");
    assert_int_equal(json_array_size(json_object_get(callback, "enum")), 2);
    assert_non_null(at_path(json, "components schemas MoveTaskReturnApprove properties claim"));
    arena_free(arena);
    json_decref(json);
}

static void test_details(void **state)
{
    (void)state;
    json_t *json = described();
    json_t *create = at_path(json, "paths /v1/keys post");
    assert_non_null(
        strstr(text_at(create, "requestBody content application/json schema $ref"), "/KeyAsk"));
    assert_non_null(at_path(
        json, "paths /v1/units/{code} patch requestBody content application/merge-patch+json"));
    assert_non_null(at_path(json, "paths /v1/import/{kind} post requestBody content text/csv"));
    assert_null(at_path(json, "paths /v1/units/{code} delete responses 204 content"));
    assert_non_null(at_path(json, "paths /v1/tasks get responses 304"));
    assert_null(at_path(json, "paths /metrics get responses 401"));
    assert_int_equal(json_array_size(at_path(json, "paths /metrics get security")), 0);
    json_t *unit = at_path(json, "components schemas Unit");
    assert_string_equal(text_at(unit, "properties kind type"), "string");
    assert_string_equal(text_at(unit, "properties status default"), "active");
    assert_int_equal(json_array_size(at_path(unit, "properties status enum")), 2);
    assert_string_equal(text_at(unit, "properties aliases items properties from format"), "date");
    json_t *rule = at_path(json, "components schemas Rules properties weights properties area");
    assert_true(json_real_value(json_object_get(rule, "default")) == rules_standard.weight_area);
    assert_non_null(at_path(json, "components schemas Rules properties review_threshold"));
    assert_non_null(at_path(json, "components schemas Ticket properties content"));
    assert_null(at_path(json, "components schemas Ticket properties petitioner"));
    json_decref(json);
}

/* What is written has all required members and none that the schema does not know. */
static void check_fits(json_t *root, const char *schema, struct slice text)
{
    json_t *is = json_loadb(text.at, text.size, 0, NULL), *member;
    json_t *named = json_object_get(at_path(root, "components schemas"), schema);
    const char *key;
    size_t index;
    assert_non_null(is);
    assert_non_null(named);
    json_object_foreach (is, key, member)
        if (json_object_get(json_object_get(named, "properties"), key) == NULL)
            fail_msg("%s: %s is not described", schema, key);
    json_array_foreach (json_object_get(named, "required"), index, member)
        if (json_object_get(is, json_string_value(member)) == NULL)
            fail_msg("%s: %s is missing", schema, json_string_value(member));
    json_decref(is);
}

static void test_answers(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    json_t *json = described();
    struct ticket ticket = {
        .id = 1, .no = "n", .sent = {.lon = 1, .lat = 2, .address = "a"}
    };
    struct task task = {.number = 1, .policy = "p"};
    struct event event = {.seq = 1, .move = "sign", .by = {.role = -1}};
    struct route route = {.shown = 0, .level = -1};
    struct overdue_row row = {.no = "n"};
    struct caller caller = {.name = "n"};
    struct reckoning reckoning = {.provisional = true};
    struct stage_account account = {.stage = 0};
    struct error err = {.arena = arena, .state = "hung", .no = "n"};
    static const char *nos[] = {"7"};
    struct similar similar = {8, "8", 0.5};
    struct hints hints = {
        {1, nos},
        1, &similar
    };
    struct ticket_view view = {&ticket, &task, 1, "CODE", hints_write(&hints, arena), true, 0};
    error_add(&err, "/x", "y");
    const char *text = route_write(&route, arena);
    check_fits(json, "Task", task_write(&ticket, &task, 0, arena));
    check_fits(json, "Ticket", ticket_write(&view, arena));
    check_fits(json, "Event", event_write(&ticket, &event, 0, arena));
    check_fits(json, "Route", (struct slice){text, strlen(text)});
    check_fits(json, "Overdue", overdue_write(&row, (struct instant){0}, 0, arena));
    check_fits(json, "Key", key_write(&caller, "s", 0, arena));
    check_fits(json, "Reckoning", reckoning_write(&reckoning, 0, arena));
    check_fits(json, "Deadlines", deadlines_write(&ticket, &task, &account, 1, 0, arena));
    check_fits(json, "Problem", problem_write(&err, "r", arena));
    check_fits(json, "List", json_list(NULL, 0, NULL, arena));
    check_fits(json, "Lease",
               claim_write((struct slice){"{}", 2}, "c", (struct instant){0}, 0, arena));
    json_decref(json);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references), cmocka_unit_test(test_operations),
        cmocka_unit_test(test_moves),      cmocka_unit_test(test_details),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
