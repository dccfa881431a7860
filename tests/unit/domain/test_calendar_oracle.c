/* calendar.h against the slow calendar of support/plain_calendar, over random inputs of a fixed
 * seed: China's calendar of 2004 to 2026 and random ones, random pauses, all units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/plain_calendar.h"

enum { ROUNDS = 3200, PAUSES = 4, DATED = 24 };
static const uint64_t seed = 12345;
static const int64_t minute = 60000000;

struct input {
    const struct calendar *calendar;
    struct instant from;
    struct amount amount;
    struct intervals pauses;
};

static uint64_t random_state;

/* splitmix64 */
static uint64_t random_bits(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* low..high, both included. */
static int pick(int low, int high)
{
    return low + (int)(random_bits() % (uint64_t)(high - low + 1));
}

static struct frames random_frames(struct arena *arena)
{
    static const int steps[] = {1, 5, 30, 60, 720};
    struct frames frames = {0, ARENA_ARRAY(arena, struct frame, 3)};
    int step = steps[pick(0, COUNT_OF(steps) - 1)], from = pick(0, 1) * pick(0, 1440 / step) * step;
    for (int wanted = pick(0, 3); frames.count < wanted && from < 1440;) {
        int to = from + pick(1, 1440 / step) * step;
        if (to > 1440)
            to = 1440;
        if ((from > 60 && from < 120) || (to > 60 && to < 120))
            break; /* New York's clocks show this hour twice */
        frames.at[frames.count++] = (struct frame){from, to};
        from = to + pick(0, 3) * step;
    }
    return frames;
}

static const struct calendar *random_calendar(struct arena *arena, struct date today)
{
    static const char *const zones[] = {"Asia/Shanghai", "UTC", "Asia/Kolkata", "America/New_York"};
    struct calendar *calendar = ARENA_NEW(arena, struct calendar);
    struct error err = {.arena = arena};
    int frames = 0;
    calendar->zone_name = zones[pick(0, COUNT_OF(zones) - 1)];
    calendar->zone = zone_find(calendar->zone_name);
    while (frames == 0)
        for (int i = 0; i < 7; i++) {
            calendar->week[i] = random_frames(arena);
            frames += calendar->week[i].count;
        }
    calendar->override_count = pick(0, DATED);
    calendar->overrides = ARENA_ARRAY(arena, struct override, DATED);
    today.day -= pick(0, 30);
    for (int i = 0; i < calendar->override_count; i++) {
        today.day += pick(1, pick(0, 9) == 0 ? 400 : 5);
        calendar->overrides[i] = (struct override){.date = today, .kind = pick(0, 1)};
        calendar->overrides[i].own_frames = pick(0, 2) == 0;
        if (calendar->overrides[i].own_frames)
            calendar->overrides[i].frames = random_frames(arena);
    }
    assert_true(calendar_check(calendar, &err));
    return calendar;
}

static struct intervals random_pauses(struct arena *arena, struct instant from)
{
    struct intervals pauses = {0, ARENA_ARRAY(arena, struct interval, PAUSES + 1)};
    int wanted = pick(0, 2) * pick(0, PAUSES / 2);
    while (pauses.count < wanted) {
        struct interval pause = {from, INSTANT_NONE};
        pause.from.us += pick(-5 * 1440, 15 * 1440) * minute;
        if (pick(0, 3) == 0) /* on the hour, where frames meet it */
            pause.from.us -= pause.from.us % (60 * minute);
        if (pick(0, 19) > 0)
            pause.to.us = pause.from.us + pick(0, pick(0, 1) * 4320 + 120) * minute;
        pauses.at[pauses.count++] = pause;
    }
    return pauses;
}

static struct input random_input(const struct calendar *cn, struct arena *arena)
{
    static const int most[] = {5000, 200, 15, 40, 15};
    struct date first, last;
    assert_true(date_make(2004, 1, 1, &first) && date_make(2026, 12, 31, &last));
    struct date today = {pick(first.day, last.day)};
    struct input input = {.calendar = pick(0, 9) < 6 ? cn : random_calendar(arena, today)};
    input.from.us = ((int64_t)today.day * 1440 + pick(0, 1439)) * minute;
    if (pick(0, 3) == 0)
        input.from.us -= input.from.us % (30 * minute);
    input.amount.unit = pick(0, SPAN_UNIT_COUNT - 1);
    input.amount.amount = pick(1, most[input.amount.unit]);
    input.pauses = random_pauses(arena, input.from);
    return input;
}

static void show(const struct input *input, const struct reckoning *made, struct arena *arena)
{
    const struct calendar *calendar = input->calendar;
    print_error("zone %s, from %s, %d %s\n", calendar->zone_name,
                shown(calendar, input->from, arena), (int)input->amount.amount,
                span_unit_words[input->amount.unit]);
    for (int i = 0; i < input->pauses.count; i++)
        print_error("  pause %s .. %s\n", shown(calendar, input->pauses.at[i].from, arena),
                    shown(calendar, input->pauses.at[i].to, arena));
    print_error("due %s%s\n", shown(calendar, made->due, arena),
                made->provisional ? ", provisional" : "");
    for (int i = 0; i < made->counted.count; i++)
        print_error("  counted %s .. %s\n", shown(calendar, made->counted.at[i].from, arena),
                    shown(calendar, made->counted.at[i].to, arena));
}

static bool same(const struct reckoning *a, const struct reckoning *b)
{
    if (a->due.us != b->due.us || a->counted.count != b->counted.count)
        return false;
    for (int i = 0; i < a->counted.count; i++)
        if (a->counted.at[i].from.us != b->counted.at[i].from.us ||
            a->counted.at[i].to.us != b->counted.at[i].to.us)
            return false;
    return !instant_set(a->due) || a->provisional == b->provisional;
}

static void compare(const struct input *input, struct arena *arena, struct reckoning *ret_made)
{
    struct error err = {.arena = arena};
    struct reckoning wanted;
    bool done =
        plain_reckon(input->calendar, input->from, input->amount, &input->pauses, arena, &wanted);
    assert_true(done);
    done = calendar_reckon(input->calendar, input->from, input->amount, &input->pauses, ret_made,
                           &err);
    if (done && same(ret_made, &wanted))
        return;
    print_error("wanted:\n");
    show(input, &wanted, arena);
    print_error("made:\n");
    show(input, ret_made, arena);
    fail();
}

static void reckoned(void **state)
{
    (void)state;
    struct arena *kept CLEANUP(arena_drop) = arena_new();
    const struct calendar *cn = calendar_shipped("cn", kept);
    random_state = seed;
    int open = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct input input = random_input(cn, arena);
        struct reckoning made = {0}, again = {0};
        bool provisional;
        compare(&input, arena, &made);
        struct instant due =
            calendar_due(input.calendar, input.from, input.amount, &input.pauses, &provisional);
        assert_true(due.us == made.due.us && provisional == made.provisional);
        open += !instant_set(due);
        if (!instant_set(due) || i % 4 > 0)
            continue;
        /* What begins at the due instant does not matter; a minute earlier it does. */
        struct interval *pause = &input.pauses.at[input.pauses.count++];
        *pause = (struct interval){due, INSTANT_NONE};
        compare(&input, arena, &again);
        assert_int_equal(again.due.us, due.us);
        pause->from.us -= minute;
        compare(&input, arena, &again);
        assert_false(instant_set(again.due));
    }
    print_message("seed %d: %d rounds, %d of them paused without end\n", (int)seed, ROUNDS, open);
    assert_true(open > ROUNDS / 100 && open < ROUNDS / 2);
}

static void reminded(void **state)
{
    (void)state;
    struct arena *kept CLEANUP(arena_drop) = arena_new();
    const struct calendar *cn = calendar_shipped("cn", kept);
    random_state = seed + 2;
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct input input = random_input(cn, arena);
        struct instant due = {input.from.us + pick(1, 14400) * minute};
        struct instant wish = {due.us - pick(1, 14400) * minute};
        struct instant made = calendar_reminder(input.calendar, wish, input.from, due);
        struct instant wanted = plain_reminder(input.calendar, wish, input.from, due);
        if (made.us != wanted.us)
            print_error("wish %s, made %s, wanted %s\n", shown(input.calendar, wish, arena),
                        shown(input.calendar, made, arena), shown(input.calendar, wanted, arena));
        if (made.us != wanted.us)
            show(&input, &(struct reckoning){.due = due}, arena);
        assert_int_equal(made.us, wanted.us);
    }
}

/* Working hours back from an instant: the time between is that long and begins in a frame. */
static void counted_back(void **state)
{
    (void)state;
    struct arena *kept CLEANUP(arena_drop) = arena_new();
    const struct calendar *cn = calendar_shipped("cn", kept);
    random_state = seed + 3;
    for (int i = 0; i < ROUNDS / 4; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct input input = random_input(cn, arena);
        struct amount amount = {pick(1, 40), SPAN_WORKING_HOUR};
        struct instant made = calendar_before(input.calendar, input.from, amount);
        assert_int_equal(plain_working_time(input.calendar, made, input.from).us,
                         amount.amount * 60 * minute);
        assert_true(plain_works(input.calendar, made.us / 1000000));
    }
}

/* The time between two instants, whole and in two parts. */
static void worked(void **state)
{
    (void)state;
    struct arena *kept CLEANUP(arena_drop) = arena_new();
    const struct calendar *cn = calendar_shipped("cn", kept);
    random_state = seed + 4;
    for (int i = 0; i < ROUNDS / 4; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct input input = random_input(cn, arena);
        const struct calendar *calendar = input.calendar;
        struct instant from = input.from;
        struct instant to = {from.us + pick(-60, pick(0, 1) * 43200 + 1440) * minute};
        struct instant between = {(from.us + to.us) / 2};
        struct span made = calendar_working_time(calendar, from, to);
        if (made.us != plain_working_time(calendar, from, to).us)
            print_error("zone %s, %s to %s: %d minutes\n", calendar->zone_name,
                        shown(calendar, from, arena), shown(calendar, to, arena),
                        (int)(made.us / minute));
        assert_int_equal(made.us, plain_working_time(calendar, from, to).us);
        assert_int_equal(made.us, calendar_working_time(calendar, from, between).us +
                                      calendar_working_time(calendar, between, to).us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked),
        cmocka_unit_test(reckoned),
        cmocka_unit_test(reminded),
        cmocka_unit_test(counted_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
