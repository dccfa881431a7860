/* Tickets, tasks, routes, events and lists of overdue clocks as they are shown (spec 12). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/caller.h"
#include "support/faults.h"
#include "wire/ticket_json.h"

enum { OFFSET = 8 * 3600 };

static struct ticket a_ticket(void)
{
    return (struct ticket){
        .id = INT64_C(1844674407370955161),
        .no = "1402132026112300000015",
        .version = 3,
        .state = TICKET_IS_DISPATCHED,
        .received_at = {0                                    },
        .erased_at = INSTANT_NONE,
        .route = "{\"basis\":\"inventory\"}",
        .sent = { .source = "12345",
                        .kind = TICKET_HELP,
                        .urgency = URGENCY_URGENT,
                        .channel = CHANNEL_WEB,
                        .then = THEN_DISPATCH,
                        .category = "01.01",
                        .area = "140213050001",
                        .title = "暖气不热",
                        .content = "c",
                        .lon = NAN,
                        .lat = NAN,
                        .occurred_at = {1000000},
                        .petitioner = {"样某", "110", true}},
    };
}

static struct task a_task(void)
{
    struct task task = {.number = 2,
                        .role = ROLE_LEAD,
                        .round = 1,
                        .state = TASK_IS_ASSIGNED,
                        .unit = "u",
                        .org = "o",
                        .level = LEVEL_STREET,
                        .overdue = 1u << STAGE_SIGN,
                        .provisional = true,
                        .version = 4};
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        task.due[stage] = (struct instant){(stage + 1) * INT64_C(3600000000)};
        task.met[stage] = INSTANT_NONE;
    }
    task.due[STAGE_CONTACT] = INSTANT_NONE;
    return task;
}

#define TASK                                                                                       \
    "{\"id\":\"1844674407370955161-2\",\"no\":\"1402132026112300000015\",\"origin\":{\"kind\":"    \
    "\"ticket\",\"id\":\"1844674407370955161\"},\"role\":\"lead\",\"round\":1,\"unit\":\"u\","     \
    "\"org\":\"o\",\"state\":\"assigned\",\"urgency\":\"urgent\",\"category\":\"01.01\","          \
    "\"area\":\"140213050001\",\"title\":\"暖气不热\",\"sign_due\":"                           \
    "\"1970-01-01T09:00:00+08:00\",\"contact_due\":null,\"resolve_due\":"                          \
    "\"1970-01-01T11:00:00+08:00\",\"due\":\"1970-01-01T09:00:00+08:00\",\"overdue\":[\"sign\"],"  \
    "\"provisional\":true,\"level\":\"street\",\"version\":4}"

static void test_task(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ticket ticket = a_ticket();
    struct task task = a_task();
    assert_json(task_write(&ticket, &task, OFFSET, arena), TASK);
    arena_free(arena);
}

#define SHORT                                                                                      \
    "\"no\":\"1402132026112300000015\",\"id\":\"1844674407370955161\",\"state\":\"dispatched\","   \
    "\"version\":3,\"received_at\":\"1970-01-01T08:00:00+08:00\",\"route\":{\"basis\":"            \
    "\"inventory\"},\"tasks\":[" TASK "]"

static void test_ticket(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ticket ticket = a_ticket();
    struct task task = a_task();
    struct ticket_view view = {&ticket, &task, 1, "CODE", NULL, false, OFFSET};
    assert_json(ticket_write(&view, arena), "{" SHORT ",\"receipt_code\":\"CODE\"}");
    view.receipt_code = NULL;
    view.sent_fields = true;
    struct slice text = ticket_write(&view, arena);
    assert_json(text, "{" SHORT ",\"source\":\"12345\",\"kind\":\"help\",\"urgency\":\"urgent\","
                      "\"category\":\"01.01\",\"area\":\"140213050001\",\"title\":\"暖气不热\","
                      "\"content\":\"c\",\"channel\":\"web\",\"then\":\"dispatch\","
                      "\"occurred_at\":\"1970-01-01T08:00:01+08:00\"}");
    assert_null(strstr(text.at, "样某"));
    ticket.route = NULL;
    view = (struct ticket_view){.ticket = &ticket};
    assert_json(ticket_write(&view, arena),
                "{\"no\":\"1402132026112300000015\",\"id\":\"1844674407370955161\",\"state\":"
                "\"dispatched\",\"version\":3,\"received_at\":\"1970-01-01T00:00:00Z\",\"route\":"
                "null,\"tasks\":[]}");
    arena_free(arena);
}

static const char *code_for(void *context, const char *no)
{
    int *calls = context;
    (*calls)++;
    return no;
}

static struct slice codes(const char *stored, int *ret_calls, struct arena *arena)
{
    *ret_calls = 0;
    return receipts_add((struct slice){stored, strlen(stored)}, code_for, ret_calls, arena);
}

static void test_receipts(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int calls;
    struct slice text =
        codes("{\"no\":\"7\",\"received_at\":\"x\",\"route\":{\"no\":1}}", &calls, arena);
    assert_string_equal(text.at, "{\"no\":\"7\",\"received_at\":\"x\",\"receipt_code\":\"7\","
                                 "\"route\":{\"no\":1}}");
    assert_int_equal(calls, 1);
    assert_json(codes("{\"no\":\"7\"}", &calls, arena), "{\"no\":\"7\",\"receipt_code\":\"7\"}");
    assert_json(codes("{\"results\":[{\"status\":201,\"ticket\":{\"no\":\"1\"}},{\"status\":422,"
                      "\"problem\":{\"no\":\"2\"}},{\"status\":201,\"ticket\":{\"no\":\"3\"}}]}",
                      &calls, arena),
                "{\"results\":[{\"status\":201,\"ticket\":{\"no\":\"1\",\"receipt_code\":\"1\"}},{"
                "\"status\":422,\"problem\":{\"no\":\"2\"}},{\"status\":201,\"ticket\":{\"no\":"
                "\"3\",\"receipt_code\":\"3\"}}]}");
    assert_int_equal(calls, 2);
    assert_string_equal(codes("not JSON", &calls, arena).at, "not JSON");
    assert_int_equal(calls, 0);
    arena_free(arena);
}

static void test_results(void **state)
{
    static const struct batch_result results[] = {
        {201, {"{\"no\":1}", 8}},
        {422, {"{}", 2}        }
    };
    (void)state;
    struct arena *arena = arena_new();
    assert_json(results_write(results, 2, arena),
                "{\"results\":[{\"status\":201,\"ticket\":{\"no\":1}},{\"status\":422,"
                "\"problem\":{}}]}");
    arena_free(arena);
}

static void test_route(void **state)
{
    static const struct unit unit = {.code = "u", .name = "热力"};
    static const struct org org = {.code = "o", .name = "党委", .kind = ORG_COMMITTEE};
    static const struct resource resource = {.code = "r", .title = "供热", .kind = RESOURCE_DUTY};
    (void)state;
    struct arena *arena = arena_new();
    struct route route = {.basis = BASIS_INVENTORY,
                          .level = LEVEL_STREET,
                          .score = 1.0 / 3,
                          .unit = &unit,
                          .org = &org,
                          .resource = &resource,
                          .shown = 1,
                          .policy = "p",
                          .policy_version = 2,
                          .revision = 9};
    route.candidates[0] = (struct candidate){
        &unit, &resource, NULL, 0.5, {.category = 1, .load = 0.25}
    };
    const char *text = route_write(&route, arena);
    assert_json((struct slice){text, strlen(text)},
                "{\"basis\":\"inventory\",\"level\":\"street\",\"score\":0.333333,\"unit\":{"
                "\"code\":\"u\",\"name\":\"热力\"},\"org\":{\"code\":\"o\",\"name\":\"党委\","
                "\"kind\":\"committee\"},\"resource\":{\"code\":\"r\",\"title\":\"供热\",\"kind\":"
                "\"duty\"},\"candidates\":[{\"unit\":{\"code\":\"u\",\"name\":\"热力\"},\"org\":"
                "null,\"resource\":{\"code\":\"r\",\"title\":\"供热\",\"kind\":\"duty\"},\"score\":"
                "0.5,\"terms\":{\"category\":1,\"area\":0,\"duty\":0,\"agreement\":0,\"load\":0.25,"
                "\"record\":0,\"rating\":0,\"history\":0}}],\"policy\":\"p\",\"policy_version\":2,"
                "\"revision\":9}");
    route = (struct route){.basis = BASIS_FALLBACK, .level = -1};
    text = route_write(&route, arena);
    assert_json((struct slice){text, strlen(text)},
                "{\"basis\":\"fallback\",\"level\":null,\"score\":0,\"unit\":null,\"org\":null,"
                "\"resource\":null,\"candidates\":[],\"policy\":null,\"policy_version\":0,"
                "\"revision\":0}");
    arena_free(arena);
}

static void test_event(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct ticket ticket = {.id = 5, .no = "n"};
    struct event event = {
        .seq = 7,
        .task = 2,
        .move = "sign",
        .at = {0    },
        .by = { 3, CALLER_UNIT, "u", NULL},
        .from = "assigned",
        .to = "signed",
        .data = "{\"a\":1}"
    };
    assert_json(event_write(&ticket, &event, 0, arena),
                "{\"id\":\"5-7\",\"no\":\"n\",\"origin\":{\"kind\":\"ticket\",\"id\":\"5\"},"
                "\"task\":\"5-2\",\"seq\":7,\"move\":\"sign\",\"at\":"
                "\"1970-01-01T00:00:00Z\",\"by\":{\"key\":\"3\",\"role\":\"unit\",\"unit\":\"u\","
                "\"org\":null},\"from\":\"assigned\",\"to\":\"signed\",\"data\":{\"a\":1}}");
    event = (struct event){.seq = 1, .move = "overdue", .at = {0}, .by = {.role = -1}};
    assert_json(event_write(&ticket, &event, 0, arena),
                "{\"id\":\"5-1\",\"no\":\"n\",\"origin\":{\"kind\":\"ticket\",\"id\":\"5\"},"
                "\"task\":null,\"seq\":1,\"move\":\"overdue\",\"at\":"
                "\"1970-01-01T00:00:00Z\",\"by\":{\"key\":null,\"role\":\"daemon\",\"unit\":null,"
                "\"org\":null},\"from\":null,\"to\":null,\"data\":{}}");
    arena_free(arena);
}

/* Texts at any depth, not codes and hashes; what has no numbers stays the text it was. */
static void test_data_mask(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char plain[] = "{\"reason\": \"x\", \"n\": 13812345678}";
    assert_ptr_equal(data_mask(plain, arena), plain);
    assert_null(data_mask(NULL, arena));
    assert_null(data_mask("no JSON 13812345678", arena));
    const char *masked = data_mask(
        "{\"unit\":\"13812345678\",\"units\":[\"13812345678\"],\"note\":\"13812345678\",\"old\":{"
        "\"content\":\"13812345678\",\"area\":\"14\"},\"tags\":[\"13812345678\",[],{}],"
        "\"attachments\":[{\"name\":\"13812345678\",\"sha256\":\"13812345678\"}],\"ok\":true}",
        arena);
    assert_string_equal(
        masked,
        "{\"unit\":\"13812345678\",\"units\":[\"13812345678\"],\"note\":\"138****5678\",\"old\":{"
        "\"content\":\"138****5678\",\"area\":\"14\"},\"tags\":[\"138****5678\",[],{}],"
        "\"attachments\":[{\"name\":\"138****5678\",\"sha256\":\"13812345678\"}],\"ok\":true}");
    arena_free(arena);
}

static void test_overdue(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct overdue_row row = {5,    1,   "n",           "u",        NULL,          "01",
                              "14", "t", STAGE_RESOLVE, LEVEL_CITY, ORIGIN_TICKET, {0}};
    assert_json(overdue_write(&row, (struct instant){90500000}, 0, arena),
                "{\"no\":\"n\",\"task\":\"5-1\",\"unit\":\"u\",\"org\":null,\"stage\":\"resolve\","
                "\"due\":\"1970-01-01T00:00:00Z\",\"overdue_seconds\":90,\"level\":\"city\","
                "\"category\":\"01\",\"area\":\"14\",\"title\":\"t\"}");
    row.due = (struct instant){90600000};
    assert_non_null(
        strstr(overdue_write(&row, (struct instant){0}, 0, arena).at, "\"overdue_seconds\":0"));
    arena_free(arena);
}

static void hints(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *nos[] = {"9", "7"};
    struct similar similar[] = {
        {8, "8", 0.666666},
        {6, "6", 1       }
    };
    struct hints both =
                     {
                         {2, nos},
                         2, similar
    },
                 none = {0};
    struct hints callers =
                     {
                         {1, nos},
                         0, NULL
    },
                 likes = {{0}, 1, similar};
    assert_null(hints_write(&none, arena));
    assert_string_equal(hints_write(&both, arena),
                        "{\"same_caller\":[\"9\",\"7\"],\"similar\":["
                        "{\"no\":\"8\",\"likeness\":0.67},{\"no\":\"6\",\"likeness\":1}]}");
    assert_string_equal(hints_write(&callers, arena), "{\"same_caller\":[\"9\"]}");
    assert_string_equal(hints_write(&likes, arena),
                        "{\"similar\":[{\"no\":\"8\",\"likeness\":0.67}]}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_task),     cmocka_unit_test(test_ticket),
        cmocka_unit_test(test_receipts), cmocka_unit_test(test_results),
        cmocka_unit_test(test_route),    cmocka_unit_test(test_event),
        cmocka_unit_test(test_overdue),  cmocka_unit_test(test_data_mask),
        cmocka_unit_test(hints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
