/* Short lives, told one by one, that once went wrong; the daemon and the slow life of
 * support/plain_life must both come to what stands here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/life_run.h"

static struct arena *arena;
static struct random_calendars calendars;
static struct random_life history;
static struct life *life;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    life = ARENA_NEW(arena, struct life);
    for (int i = 0; i < 2; i++) {
        calendars.versions[i] = *calendar_shipped("cn", arena);
        calendars.versions[i].code = "c";
        calendars.versions[i].version = i + 1;
        calendars.tables[i] = plain_table_new(&calendars.versions[i], arena);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_drop(&arena);
    zone_close();
    return 0;
}

/* The numbers of five-working-days, on Monday morning, signed. */
static int monday(void **state)
{
    (void)state;
    history = (struct random_life){.seed = 1, .calendars = &calendars, .has_phone = true};
    struct policy *policy = &history.policy;
    *policy = (struct policy){.code = "p", .name = "p", .calendar = "c", .version = 1};
    policy->status = STATUS_ACTIVE;
    policy->rules = rules_standard;
    policy->sign = (struct amount){2, SPAN_WORKING_HOUR};
    policy->contact = (struct amount){1, SPAN_WORKING_DAY};
    policy->resolve = (struct amount){5, SPAN_WORKING_DAY};
    policy->return_window = (struct amount){2, SPAN_WORKING_DAY};
    policy->extension_times = 1;
    policy->extension_span = (struct amount){10, SPAN_WORKING_DAY};
    return 0;
}

static struct life_action *act(int what, const char *when, int task)
{
    struct life_action *action = &history.actions[history.action_count++];
    *action = (struct life_action){.act = what, .at = at(when), .task = task};
    if (what == LIFE_HANG)
        assert_true(date_parse("2026-12-01", &action->review));
    return action;
}

static void live(void)
{
    for (int timely = 0; timely < 2; timely++) {
        const char *fault = life_run(&history, timely == 1, life, NULL, arena);
        if (fault != NULL)
            print_error("%s\n", fault);
        assert_null(fault);
    }
}

static const char *due(int task, int stage)
{
    return shown(&calendars.versions[0], life->tasks[task - 1].clocks[stage].due, arena);
}

static void an_extension_stays_with_the_ticket(void **state)
{
    (void)state;
    act(LIFE_DISPATCH, "2026-11-23T09:00:00+08:00", 0);
    act(LIFE_SIGN, "2026-11-23T10:00:00+08:00", 1);
    act(LIFE_EXTEND, "2026-11-23T11:00:00+08:00", 1)->span = history.policy.extension_span;
    act(LIFE_EXTEND_APPROVE, "2026-11-23T12:00:00+08:00", 1);
    act(LIFE_REDISPATCH, "2026-12-02T09:00:00+08:00", 0);
    live();
    assert_string_equal(due(2, STAGE_RESOLVE), due(1, STAGE_RESOLVE));
    assert_string_equal(due(2, STAGE_RESOLVE), "2026-12-14T17:30:00+08:00");
    assert_string_equal(due(2, STAGE_SIGN), "2026-12-02T11:00:00+08:00");
}

static void more_time_is_asked_for_before_due(void **state)
{
    (void)state;
    act(LIFE_DISPATCH, "2026-11-23T09:00:00+08:00", 0);
    act(LIFE_SIGN, "2026-11-23T10:00:00+08:00", 1);
    act(LIFE_EXTEND, "2026-11-30T17:30:00+08:00", 1)->span = history.policy.extension_span;
    live();
    assert_int_equal(life->tasks[0].asked.amount, 0);
    history.actions[2].at.us -= 1;
    live();
    assert_int_equal(life->tasks[0].asked.amount, 10);
}

static void a_review_is_not_lost_by_an_unhang(void **state)
{
    (void)state;
    act(LIFE_DISPATCH, "2026-11-23T09:00:00+08:00", 0);
    act(LIFE_SIGN, "2026-11-23T10:00:00+08:00", 1);
    act(LIFE_HANG, "2026-11-24T10:00:00+08:00", 0);
    act(LIFE_UNHANG, "2026-12-01T09:00:00+08:00", 0);
    live();
    assert_string_equal(due(1, STAGE_RESOLVE), "2026-12-07T17:30:00+08:00");
}

static void the_window_for_returning_stands_while_hung(void **state)
{
    (void)state;
    act(LIFE_DISPATCH, "2026-11-23T09:00:00+08:00", 0);
    act(LIFE_SIGN, "2026-11-23T10:00:00+08:00", 1);
    act(LIFE_HANG, "2026-11-24T10:00:00+08:00", 0);
    act(LIFE_UNHANG, "2026-12-04T18:00:00+08:00", 0);
    act(LIFE_RETURN, "2026-12-08T17:30:00+08:00", 1);
    live();
    assert_int_equal(life->tasks[0].state, TASK_IS_RETURN_REQUESTED);
    history.actions[4].at.us += 1;
    live();
    assert_int_equal(life->tasks[0].state, TASK_IS_SIGNED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_extension_stays_with_the_ticket, monday),
        cmocka_unit_test_setup(more_time_is_asked_for_before_due, monday),
        cmocka_unit_test_setup(a_review_is_not_lost_by_an_unhang, monday),
        cmocka_unit_test_setup(the_window_for_returning_stands_while_hung, monday),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
