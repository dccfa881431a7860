/* The clocks of a task: dues, the schedule step by step, what moves it, and the shipped policies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/deadline.h"
#include "support/calendar_file.h"

static struct arena *arena;
static const struct calendar *cn;

static struct policy five_days, two_hours;
static const char monday[] = "2026-11-23T10:00:00+08:00";

static struct amount span(int64_t amount, int unit)
{
    return (struct amount){amount, unit};
}

static struct reminder share(int stage, double share)
{
    return (struct reminder){.stage = stage, .share = share};
}

static struct reminder before(int stage, struct amount before)
{
    return (struct reminder){.stage = stage, .before = before};
}

static struct escalation after(struct amount after, int kind)
{
    return (struct escalation){after, kind};
}

/* The numbers of the shipped "five-working-days", and hours that run through. */
static void policies_make(void)
{
    five_days.sign = span(2, SPAN_WORKING_HOUR);
    five_days.contact = span(1, SPAN_WORKING_DAY);
    five_days.resolve = span(5, SPAN_WORKING_DAY);
    five_days.rehandle = span(3, SPAN_WORKING_DAY);
    five_days.reminder_count = 3;
    five_days.reminders[0] = share(STAGE_SIGN, 0.75);
    five_days.reminders[1] = before(STAGE_CONTACT, span(2, SPAN_WORKING_HOUR));
    five_days.reminders[2] = before(STAGE_RESOLVE, span(1, SPAN_WORKING_DAY));
    five_days.escalation_count = 3;
    five_days.escalations[0] = after(span(0, SPAN_MINUTE), ESCALATE_URGE);
    five_days.escalations[1] = after(span(1, SPAN_WORKING_DAY), ESCALATE_SUPERVISE);
    five_days.escalations[2] = after(span(3, SPAN_WORKING_DAY), ESCALATE_LEVEL_UP);
    two_hours.sign = span(15, SPAN_MINUTE);
    two_hours.contact = span(3, SPAN_HOUR);
    two_hours.resolve = span(2, SPAN_HOUR);
    two_hours.reminder_count = 1;
    two_hours.reminders[0] = share(STAGE_RESOLVE, 0.75);
}

static int begin(void **state)
{
    (void)state;
    policies_make();
    arena = arena_new();
    cn = calendar_shipped("cn", arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_drop(&arena);
    zone_close();
    return 0;
}

static struct task task_at(const char *dispatched)
{
    struct task task = {.state = TASK_IS_ASSIGNED, .round = 1, .next_at = INSTANT_NONE};
    task.dispatched_at = task.arrived_at = at(dispatched);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        task.due[stage] = task.met[stage] = INSTANT_NONE;
    return task;
}

static struct terms terms_of(const struct policy *policy)
{
    return (struct terms){policy, cn, NULL, NULL};
}

/* As "11-23T10:00", for short tables. */
static const char *brief(struct instant instant)
{
    const char *text = shown(cn, instant, arena);
    return strlen(text) < 16 ? text : arena_bytes(arena, text + 5, 11);
}

static void assert_dues(const struct task *task, const char *sign, const char *contact,
                        const char *resolve)
{
    assert_string_equal(brief(task->due[STAGE_SIGN]), sign);
    assert_string_equal(brief(task->due[STAGE_CONTACT]), contact);
    assert_string_equal(brief(task->due[STAGE_RESOLVE]), resolve);
}

static void dues(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days), critical = terms_of(&two_hours);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    assert_dues(&task, "11-23T12:00", "11-24T17:30", "11-30T17:30");
    assert_false(task.provisional);
    deadline_set(&task, &terms, false);
    assert_dues(&task, "11-23T12:00", "-", "11-30T17:30");
    task.round = 2;
    deadline_set(&task, &terms, true);
    assert_dues(&task, "11-23T12:00", "11-24T17:30", "11-26T17:30");
    deadline_set(&task, &critical, true); /* no span for a rework; contact ends with resolve */
    assert_dues(&task, "11-23T10:15", "11-23T12:00", "11-23T12:00");
    struct policy none = {0};
    terms.policy = &none;
    deadline_set(&task, &terms, true);
    assert_dues(&task, "-", "-", "-");
    none.contact = span(1, SPAN_WORKING_DAY);
    deadline_set(&task, &terms, true);
    assert_dues(&task, "-", "11-24T17:30", "-");
    task.arrived_at = INSTANT_NONE;
    deadline_set(&task, &terms, true);
    assert_dues(&task, "-", "-", "-");
}

static void provisional(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days), critical = terms_of(&two_hours);
    struct task task = task_at("2026-12-28T10:00:00+08:00");
    deadline_set(&task, &terms, true);
    assert_true(task.provisional);
    assert_dues(&task, "12-28T12:00", "12-29T17:30", "01-04T17:30");
    deadline_set(&task, &critical, true);
    assert_false(task.provisional);
    task = task_at("2026-12-31T17:00:00+08:00");
    task.dispatched_at = at("2026-12-20T17:00:00+08:00");
    deadline_set(&task, &terms, true);
    assert_true(task.provisional); /* by its sign clock, though it ends with resolve */
    assert_string_equal(brief(task.due[STAGE_SIGN]), "12-25T17:30");
}

static void arriving(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    task.met[STAGE_SIGN] = at("2026-11-23T11:00:00+08:00");
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        for (int kind = STEP_REMIND; kind <= STEP_ESCALATE; kind++)
            deadline_fire(&task, &(struct step){.stage = stage, .kind = kind, .index = 0});
    assert_int_equal(task.overdue, 7);
    deadline_arrive(&task, &terms, at("2026-11-25T15:00:00+08:00"), true);
    assert_string_equal(brief(task.arrived_at), "11-25T15:00");
    assert_dues(&task, "11-25T17:00", "11-26T17:30", "11-30T17:30");
    assert_false(instant_set(task.met[STAGE_SIGN]));
    assert_int_equal(task.overdue, 1u << STAGE_RESOLVE);
    struct step step;
    assert_true(deadline_next(&task, &terms, &step));
    assert_int_equal(step.stage, STAGE_SIGN);
    assert_int_equal(step.kind, STEP_REMIND);
    /* After resolve is due, the others are due with it. */
    deadline_arrive(&task, &terms, at("2026-12-02T15:00:00+08:00"), false);
    assert_dues(&task, "11-30T17:30", "-", "11-30T17:30");
}

static void open_clocks(void **state)
{
    (void)state;
    static const int open[TASK_STATE_COUNT][STAGE_COUNT] = {
        [TASK_IS_ASSIGNED] = {1, 1, 1},
        [TASK_IS_SIGNED] = {1, 1, 1},
        [TASK_IS_REPLIED] = {0, 0, 1},
        [TASK_IS_RETURN_REQUESTED] = {1, 1, 1},
    };
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    for (task.state = 0; task.state < TASK_STATE_COUNT; task.state++) {
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            assert_int_equal(deadline_open(&task, stage), open[task.state][stage]);
        const char *due = open[task.state][STAGE_SIGN]      ? "11-23T12:00"
                          : open[task.state][STAGE_RESOLVE] ? "11-30T17:30"
                                                            : "-";
        assert_string_equal(brief(deadline_due(&task)), due);
    }
    task.state = TASK_IS_SIGNED;
    task.met[STAGE_SIGN] = task.arrived_at;
    assert_false(deadline_open(&task, STAGE_SIGN));
    assert_string_equal(brief(deadline_due(&task)), "11-24T17:30");
    task.due[STAGE_CONTACT] = INSTANT_NONE;
    assert_false(deadline_open(&task, STAGE_CONTACT));
    assert_string_equal(brief(deadline_due(&task)), "11-30T17:30");
}

/* All steps that are left, fired one after the other. */
static const char *schedule(struct task *task, const struct terms *terms)
{
    static const char *const kinds[] = {"remind", "overdue", ""};
    struct text text CLEANUP(text_clear) = {0};
    struct step step;
    text_add(&text, "");
    while (deadline_next(task, terms, &step)) {
        deadline_plan(task, terms);
        assert_int_equal(task->next_at.us, step.at.us);
        uint64_t before = task->fired;
        deadline_fire(task, &step);
        assert_true(task->fired != before);
        text_format(&text, "%s %s %s%s\n", brief(step.at), stage_words[step.stage],
                    kinds[step.kind],
                    step.kind == STEP_ESCALATE ? escalation_words[step.action] : "");
    }
    deadline_plan(task, terms);
    assert_false(instant_set(task->next_at));
    return arena_bytes(arena, text.at, text.size);
}

static void whole_schedule(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    assert_string_equal(schedule(&task, &terms), "11-23T11:30 sign remind\n"
                                                 "11-23T12:00 sign overdue\n"
                                                 "11-23T12:00 sign urge\n"
                                                 "11-24T15:30 contact remind\n"
                                                 "11-24T17:30 sign supervise\n"
                                                 "11-24T17:30 contact overdue\n"
                                                 "11-24T17:30 contact urge\n"
                                                 "11-25T17:30 contact supervise\n"
                                                 "11-26T17:30 sign level_up\n"
                                                 "11-27T09:00 resolve remind\n"
                                                 "11-27T17:30 contact level_up\n"
                                                 "11-30T17:30 resolve overdue\n"
                                                 "11-30T17:30 resolve urge\n"
                                                 "12-01T17:30 resolve supervise\n"
                                                 "12-03T17:30 resolve level_up\n");
    assert_int_equal(task.overdue, 7);
}

static void closed_clocks_stay_silent(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, false);
    task.met[STAGE_SIGN] = at("2026-11-23T13:00:00+08:00");
    task.state = TASK_IS_SIGNED;
    assert_string_equal(schedule(&task, &terms), "11-27T09:00 resolve remind\n"
                                                 "11-30T17:30 resolve overdue\n"
                                                 "11-30T17:30 resolve urge\n"
                                                 "12-01T17:30 resolve supervise\n"
                                                 "12-03T17:30 resolve level_up\n");
    task = task_at(monday);
    deadline_set(&task, &terms, true);
    task.met[STAGE_RESOLVE] = task.dispatched_at;
    task.state = TASK_IS_REPLIED;
    assert_string_equal(schedule(&task, &terms), "");
}

/* Nobody is reminded of what was due before the task came to them, only of what lies ahead. */
static void comes_too_late(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    deadline_arrive(&task, &terms, at("2026-11-30T17:30:00+08:00"), true);
    assert_dues(&task, "11-30T17:30", "11-30T17:30", "11-30T17:30");
    assert_null(strstr(schedule(&task, &terms), "remind"));
    task = task_at(monday);
    deadline_set(&task, &terms, true);
    deadline_arrive(&task, &terms, at("2026-11-30T17:00:00+08:00"), true);
    const char *steps = schedule(&task, &terms);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        assert_non_null(strstr(steps, arena_format(arena, "%s remind", stage_words[stage])));
}

/* The first step of a clock of `hours` is this reminder, at that time; "-": there is none. */
static void assert_reminded(const char *dispatched, int hours, struct reminder reminder,
                            const char *wanted)
{
    struct policy policy = {.reminder_count = 1};
    struct terms terms = terms_of(&policy);
    struct task task = task_at(dispatched);
    struct step step;
    policy.resolve = span(hours, SPAN_HOUR);
    policy.reminders[0] = reminder;
    deadline_set(&task, &terms, true);
    assert_true(deadline_next(&task, &terms, &step));
    bool reminded = step.kind == STEP_REMIND;
    assert_string_equal(reminded ? brief(step.at) : "-", wanted);
    deadline_fire(&task, &step);
    assert_int_equal(deadline_next(&task, &terms, &step), reminded);
}

static void reminders(void **state)
{
    (void)state;
    assert_reminded(monday, 2, share(STAGE_RESOLVE, 0.25), "11-23T10:30");
    assert_reminded(monday, 2, before(STAGE_RESOLVE, span(90, SPAN_MINUTE)), "11-23T10:30");
    /* Into the lunch break: after it, or before it where due comes first. */
    assert_reminded(monday, 4, before(STAGE_RESOLVE, span(1, SPAN_HOUR)), "11-23T13:30");
    assert_reminded(monday, 3, before(STAGE_RESOLVE, span(1, SPAN_HOUR)), "11-23T12:00");
    /* In the night nothing is before due but the dispatch. */
    assert_reminded("2026-11-23T20:00:00+08:00", 2, share(STAGE_RESOLVE, 0.75), "11-23T20:00");
    /* A span longer than the clock's own: at dispatch. */
    assert_reminded(monday, 2, before(STAGE_RESOLVE, span(1, SPAN_WORKING_DAY)), "11-23T10:00");
    /* Of another clock; and those that cannot be reckoned. */
    assert_reminded(monday, 2, share(STAGE_SIGN, 0.5), "-");
    assert_reminded(monday, 2, before(STAGE_RESOLVE, span(INT64_MAX, SPAN_DAY)), "-");
    assert_reminded(monday, 2, before(STAGE_RESOLVE, span(0, SPAN_DAY)), "-");
}

/* A clock that was due before it began has no reminders left. */
static void begun_too_late(void **state)
{
    (void)state;
    struct terms terms = terms_of(&five_days);
    struct task task = task_at(monday);
    deadline_set(&task, &terms, true);
    task.met[STAGE_RESOLVE] = task.dispatched_at;
    deadline_arrive(&task, &terms, at("2026-12-02T15:00:00+08:00"), true);
    assert_string_equal(schedule(&task, &terms), "11-30T17:30 sign overdue\n"
                                                 "11-30T17:30 sign urge\n"
                                                 "11-30T17:30 contact overdue\n"
                                                 "11-30T17:30 contact urge\n"
                                                 "12-01T17:30 sign supervise\n"
                                                 "12-01T17:30 contact supervise\n"
                                                 "12-03T17:30 sign level_up\n"
                                                 "12-03T17:30 contact level_up\n");
}

/* A full policy: every step of every clock has a bit of its own. */
static void all_bits(void **state)
{
    (void)state;
    struct policy policy = five_days;
    struct terms terms = terms_of(&policy);
    struct task task = task_at(monday);
    int lines = 0;
    policy.reminder_count = POLICY_REMINDERS;
    policy.escalation_count = POLICY_ESCALATIONS;
    for (int i = 0; i < POLICY_REMINDERS; i++)
        policy.reminders[i] = share(STAGE_RESOLVE, 0.1 * (8 - i));
    for (int i = 0; i < POLICY_ESCALATIONS; i++)
        policy.escalations[i] = (struct escalation){
            {8 - i, SPAN_HOUR},
            ESCALATE_URGE
        };
    deadline_set(&task, &terms, true);
    const char *text = schedule(&task, &terms);
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    assert_int_equal(lines, STAGE_COUNT * (1 + POLICY_ESCALATIONS) + POLICY_REMINDERS);
    assert_int_equal(__builtin_popcountll(task.fired), lines);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(stage_words[STAGE_RESOLVE], "resolve");
    assert_null(stage_words[STAGE_COUNT]);
    assert_string_equal(escalation_words[ESCALATE_LEVEL_UP], "level_up");
    assert_null(escalation_words[ESCALATION_COUNT]);
    assert_string_equal(span_unit_words[SPAN_WORKING_DAY], "working_day");
    assert_null(span_unit_words[SPAN_UNIT_COUNT]);
    for (int i = 0; i < rule_field_count; i++) {
        const struct rule_field *field = &rule_fields[i];
        const double *value = (const double *)((const char *)&rules_standard + field->offset);
        assert_true(*value == field->standard);
        assert_true(field->min <= field->standard && field->standard <= field->max);
    }
    assert_int_equal((size_t)rule_field_count * sizeof(double), sizeof(struct rules));
}

static const char *span_text(const json_t *span)
{
    const char *unit = json_string_value(json_object_get(span, "unit"));
    for (int i = 0; i < SPAN_UNIT_COUNT; i++)
        if (text_equal(span_unit_words[i], unit))
            return arena_format(arena, "%d %s",
                                (int)json_integer_value(json_object_get(span, "amount")), unit);
    fail_msg("no unit %s", unit);
    return NULL;
}

static void shipped(void **state)
{
    (void)state;
    static const struct {
        const char *code, *spans;
    } wanted[] = {
        {"five-working-days",
         "sign 2 working_hour, contact 1 working_day, resolve 5 working_day, rehandle 3 "
         "working_day, extension 10 working_day, return 2 working_day"                               },
        {"four-level",        "sign 15 minute, contact 30 minute, resolve 2 hour, rehandle 2 hour, "
                       "extension 2 hour, return 30 minute"                    },
        {"four-level.24h",    "sign 30 minute, contact 2 hour, resolve 24 hour, rehandle 24 hour, "
                           "extension 24 hour, return 2 hour"              },
        {"four-level.7d",     "sign 2 working_hour, contact 1 working_day, resolve 7 day, rehandle 7 "
                          "day, extension 7 day, return 2 working_day"      },
        {"four-level.15d",    "sign 2 working_hour, contact 1 working_day, resolve 15 day, rehandle "
                           "15 day, extension 15 day, return 2 working_day"},
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        json_t *json =
            file_json(arena_format(arena, CONFIG_DIR "/presets/policy_%s.json", wanted[i].code));
        const json_t *spans = json_object_get(json, "spans");
        assert_string_equal(json_string_value(json_object_get(json, "code")), wanted[i].code);
        assert_string_equal(json_string_value(json_object_get(json, "calendar")), cn->code);
        struct text text CLEANUP(text_clear) = {0};
        text_format(&text, "sign %s", span_text(json_object_get(spans, "sign")));
        text_format(&text, ", contact %s", span_text(json_object_get(spans, "contact")));
        text_format(&text, ", resolve %s", span_text(json_object_get(spans, "resolve")));
        text_format(&text, ", rehandle %s", span_text(json_object_get(spans, "rehandle")));
        const json_t *extension = json_object_get(json, "extension");
        text_format(&text, ", extension %s", span_text(json_object_get(extension, "span")));
        text_format(&text, ", return %s", span_text(json_object_get(json, "return_window")));
        assert_string_equal(text.at, wanted[i].spans);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dues),           cmocka_unit_test(provisional),
        cmocka_unit_test(arriving),       cmocka_unit_test(open_clocks),
        cmocka_unit_test(whole_schedule), cmocka_unit_test(closed_clocks_stay_silent),
        cmocka_unit_test(comes_too_late), cmocka_unit_test(reminders),
        cmocka_unit_test(begun_too_late), cmocka_unit_test(all_bits),
        cmocka_unit_test(words),          cmocka_unit_test(shipped),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
