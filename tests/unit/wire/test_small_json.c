/* The small bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faults.h"
#include "wire/small_json.h"

static void read_small(const json_t *one, struct slice body, struct arena *arena, struct error *err)
{
    const char *what = json_string_value(json_object_get(one, "what"));
    struct caller caller;
    struct claim_body claim;
    struct deadline_ask ask;
    const char *values[2];
    bool read;
    if (strcmp(what, "key") == 0)
        read = key_read(body, arena, &caller, err);
    else if (strcmp(what, "deadline") == 0)
        read = deadline_ask_read(body, arena, &ask, err);
    else if (strcmp(what, "pair") == 0)
        read = pair_read(body, "phone", "purpose", arena, values, err);
    else
        read = claim_read(what, body, arena, &claim, err);
    assert_int_equal(read, error_none(err));
}

static void test_cases(void **state)
{
    (void)state;
    faults_check("wire/small.json", read_small);
}

#define SLICE(text) ((struct slice){(text), strlen(text)})

static void test_key(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct caller caller;
    assert_true(
        key_read(SLICE("{\"role\":\"supervisor\",\"name\":\"督查室\",\"areas\":[\"140213\"],"
                       "\"expires_at\":\"1970-01-01T08:00:00+08:00\"}"),
                 arena, &caller, &err));
    assert_int_equal(caller.role, CALLER_SUPERVISOR);
    assert_int_equal(caller.expires_at.us, 0);
    assert_false(instant_set(caller.created_at));
    assert_int_equal(caller.key, 0);
    caller.key = 12;
    caller.created_at = (struct instant){0};
    assert_json(key_write(&caller, "wk_x", 28800, arena),
                "{\"id\":\"12\",\"key\":\"wk_x\",\"role\":\"supervisor\",\"name\":\"督查室\","
                "\"areas\":[\"140213\"],\"unit\":null,\"org\":null,"
                "\"expires_at\":\"1970-01-01T08:00:00+08:00\","
                "\"created_at\":\"1970-01-01T08:00:00+08:00\",\"revoked_at\":null}");
    assert_null(strstr(key_write(&caller, NULL, 0, arena).at, "\"key\""));
    arena_free(arena);
}

static void test_claim(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct claim_body claim;
    assert_true(claim_read("claim", SLICE("{\"unit\":\"u\"}"), arena, &claim, &err));
    assert_int_equal(claim.max, 1);
    assert_int_equal(claim.lease_s, 60);
    assert_null(claim.task);
    assert_true(
        claim_read("release", SLICE("{\"task\":\"5-1\",\"claim\":\"c\"}"), arena, &claim, &err));
    assert_string_equal(claim.task, "5-1");
    assert_null(claim.unit);
    assert_false(claim_read("steal", SLICE("{}"), arena, &claim, &err));
    assert_int_equal(err.fault, FAULT_BUG);
    assert_json(claim_write(SLICE("{\"id\":\"5-1\"}"), "c", (struct instant){0}, 0, arena),
                "{\"task\":{\"id\":\"5-1\"},\"claim\":\"c\",\"lease_until\":"
                "\"1970-01-01T00:00:00Z\"}");
    arena_free(arena);
}

static void test_deadlines(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct deadline_ask ask;
    assert_true(deadline_ask_read(
        SLICE(
            "{\"calendar\":\"cn\",\"dispatched_at\":\"1970-01-01T00:00:01Z\",\"span\":{\"amount\":"
            "5,\"unit\":\"working_day\"},\"pauses\":[{\"from\":\"1970-01-01T00:00:02Z\"}]}"),
        arena, &ask, &err));
    assert_string_equal(ask.calendar, "cn");
    assert_int_equal(ask.span.amount, 5);
    assert_int_equal(ask.pauses.count, 1);
    assert_false(instant_set(ask.pauses.at[0].to));
    struct interval counted = {{0}, {1000000}};
    struct reckoning reckoning = {
        {1000000  },
        { 1, &counted},
        true
    };
    assert_json(reckoning_write(&reckoning, 0, arena),
                "{\"due\":\"1970-01-01T00:00:01Z\",\"counted\":[{\"from\":\"1970-01-01T00:00:00Z\","
                "\"to\":\"1970-01-01T00:00:01Z\"}],\"provisional\":true}");
    reckoning = (struct reckoning){
        INSTANT_NONE, {0, NULL},
         false
    };
    assert_json(reckoning_write(&reckoning, 0, arena),
                "{\"due\":null,\"counted\":[],\"provisional\":false}");
    struct task task = {
        .policy = "p", .policy_version = 2, .calendar = "cn", .calendar_version = 3};
    struct stage_account account = {
        .stage = STAGE_CONTACT,
        .from = {0},
        .due = { 1000000},
        .met = INSTANT_NONE,
        .span = { 1, SPAN_HOUR},
        .reckoning = reckoning,
        .overdue = true,
        .capped = true
    };
    struct ticket ticket = {
        .pauses = {1, &counted}
    };
    assert_json(deadlines_write(&ticket, &task, &account, 1, 0, arena),
                "{\"stages\":[{\"stage\":\"contact\",\"from\":\"1970-01-01T00:00:00Z\",\"due\":"
                "\"1970-01-01T00:00:01Z\",\"met\":null,\"span\":{\"amount\":1,\"unit\":\"hour\"},"
                "\"extensions\":[],\"policy\":\"p\",\"policy_version\":2,\"calendar\":\"cn\","
                "\"calendar_version\":3,"
                "\"due_reckoned\":null,\"counted\":[],\"provisional\":false,\"capped\":true,"
                "\"overdue\":true}],\"pauses\":[{\"from\":\"1970-01-01T00:00:00Z\",\"to\":"
                "\"1970-01-01T00:00:01Z\"}]}");
    arena_free(arena);
}

static void test_texts(void **state)
{
    static const char *const names[] = {"state", "public_answer"};
    static const char *const values[] = {"closed", NULL};
    (void)state;
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    const char *pair[2];
    assert_json(texts_write(names, values, 2, arena),
                "{\"state\":\"closed\",\"public_answer\":null}");
    assert_true(pair_read(SLICE("{\"code\":\"b\",\"no\":\"a\"}"), "no", "code", arena, pair, &err));
    assert_string_equal(pair[0], "a");
    assert_string_equal(pair[1], "b");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_key),
        cmocka_unit_test(test_claim), cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
