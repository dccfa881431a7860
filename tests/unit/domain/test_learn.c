/* learn.h: cases worked out by hand (tests/cases/learn), then what holds for every history, over
 * random ones of a fixed seed. */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/unicode.h"
#include "domain/area.h"
#include "domain/learn.h"
#include "support/calendar_file.h"

enum { CELLS = 8, CASES = 4000, ROUNDS = 12 };

/* One file: a history with what the registry knows, and what must come of it. */
struct sheet {
    struct arena *arena;
    const char *path;
    struct learn_rules rules;
    struct learn_history history;
    struct learned learned;
    struct names lines;
    int faults;
};

/* The cells of a line; absent ones are "". */
struct line {
    const char *at[CELLS];
};

static struct line split(struct arena *arena, const char *text)
{
    struct line line;
    for (int i = 0; i < CELLS; i++) {
        size_t size = strcspn(text, ",");
        line.at[i] = arena_bytes(arena, text, size);
        text += size + (text[size] == ',');
    }
    return line;
}

static int64_t number(const char *text)
{
    int64_t value;
    if (!text_to_int(text, 0, INT32_MAX, &value))
        fail_msg("not a number: %s", text);
    return value;
}

static struct date date(const char *text)
{
    struct date value = DATE_NONE;
    if (text[0] != '\0' && !date_parse(text, &value))
        fail_msg("not a date: %s", text);
    return value;
}

static void add_cases(struct learn_history *history, struct arena *arena, int64_t more,
                      struct learn_case one)
{
    size_t count = history->count + (size_t)more;
    struct learn_case *cases =
        arena_grow(arena, history->cases, history->count, count, sizeof(one));
    for (size_t i = history->count; i < count; i++)
        cases[i] = one;
    history->cases = cases;
    history->count = count;
}

static void add_unit(struct learn_history *history, struct arena *arena, const struct line *line)
{
    struct unit *unit = ARENA_NEW(arena, struct unit);
    unit->code = line->at[1];
    unit->name = line->at[2];
    if (line->at[3][0] != '\0') {
        unit->aliases = (struct aliases){1, ARENA_NEW(arena, struct alias)};
        unit->aliases.at[0] = (struct alias){line->at[3], date(line->at[4]), date(line->at[5])};
    }
    size_t count = (size_t)history->unit_count;
    const struct unit **units =
        arena_grow(arena, history->units, count, count + 1, sizeof(struct unit *));
    units[history->unit_count++] = unit;
    history->units = units;
}

static void set_rule(struct learn_rules *rules, const char *option, const char *value)
{
    for (int i = 0; i < learn_rule_count; i++)
        if (text_equal(learn_rule_table[i].option, option)) {
            *(double *)((char *)rules + learn_rule_table[i].offset) = strtod(value, NULL);
            return;
        }
    fail_msg("no rule %s", option);
}

static void read_given(struct sheet *sheet, const struct line *line)
{
    const char *const *at = line->at;
    if (text_equal(at[0], "cases"))
        add_cases(&sheet->history, sheet->arena, number(at[1]),
                  (struct learn_case){date(at[2]), at[3], at[4], at[5]});
    else if (text_equal(at[0], "unit"))
        add_unit(&sheet->history, sheet->arena, line);
    else if (text_equal(at[0], "rule"))
        set_rule(&sheet->rules, at[1], at[2]);
}

/* The row of a unit with this category and area among its own. */
static const struct learn_proposal *proposal_of(const struct learned *learned, const char *unit,
                                                const char *category, const char *area)
{
    for (int i = 0; i < learned->proposal_count; i++) {
        const struct learn_proposal *proposal = &learned->proposals[i];
        if (text_equal(proposal->unit->text, unit) && names_have(&proposal->categories, category) &&
            names_have(&proposal->areas, area))
            return proposal;
    }
    return NULL;
}

static bool row_holds(const struct sheet *sheet, const char *const *at)
{
    struct names categories = names_split(sheet->arena, at[2], ';');
    struct names areas = names_split(sheet->arena, at[3], ';');
    const struct learn_proposal *proposal =
        proposal_of(&sheet->learned, at[1], categories.at[0], areas.at[0]);
    if (proposal == NULL)
        return false;
    return text_equal(names_join(sheet->arena, &proposal->categories, ";"), at[2]) &&
           text_equal(names_join(sheet->arena, &proposal->areas, ";"), at[3]) &&
           fabs(proposal->confidence - strtod(at[4], NULL)) < 1e-9 &&
           proposal->support == number(at[5]);
}

static bool rename_holds(const struct sheet *sheet, const char *const *at)
{
    for (int i = 0; i < sheet->learned.rename_count; i++) {
        const struct learn_rename *rename = &sheet->learned.renames[i];
        if (text_equal(rename->head, at[1]) && text_equal(rename->alias, at[2]))
            return rename->from.day == date(at[3]).day && rename->to.day == date(at[4]).day;
    }
    return false;
}

static bool holds(const struct sheet *sheet, const struct line *line)
{
    const char *const *at = line->at;
    if (text_equal(at[0], "row"))
        return row_holds(sheet, at);
    if (text_equal(at[0], "none"))
        return proposal_of(&sheet->learned, at[1], at[2], at[3]) == NULL;
    if (text_equal(at[0], "rename"))
        return rename_holds(sheet, at);
    if (text_equal(at[0], "renames"))
        return sheet->learned.rename_count == number(at[1]);
    if (text_equal(at[0], "units"))
        return sheet->learned.unit_count == number(at[1]);
    if (text_equal(at[0], "left_out"))
        return sheet->learned.left_out == number(at[1]);
    return text_equal(at[0], "cases") || text_equal(at[0], "unit") || text_equal(at[0], "rule");
}

static void print_result(const struct sheet *sheet)
{
    for (int i = 0; i < sheet->learned.proposal_count; i++) {
        const struct learn_proposal *proposal = &sheet->learned.proposals[i];
        print_message("    row,%s,%s,%s,%.4f,%lld\n", proposal->unit->text,
                      names_join(sheet->arena, &proposal->categories, ";"),
                      names_join(sheet->arena, &proposal->areas, ";"), proposal->confidence,
                      (long long)proposal->support);
    }
    for (int i = 0; i < sheet->learned.rename_count; i++)
        print_message("    rename,%s,%s,%s,%s\n", sheet->learned.renames[i].head,
                      sheet->learned.renames[i].alias,
                      date_format(sheet->arena, sheet->learned.renames[i].from),
                      date_format(sheet->arena, sheet->learned.renames[i].to));
}

static int check_sheet(const char *path)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct sheet sheet = {.arena = arena, .path = path, .rules = learn_rules_standard};
    sheet.lines = names_split(arena, file_read(arena, path), '\n');
    for (int i = 0; i < sheet.lines.count; i++) {
        struct line line = split(arena, sheet.lines.at[i]);
        read_given(&sheet, &line);
    }
    sheet.learned = learn(&sheet.history, &sheet.rules, arena);
    for (int i = 0; i < sheet.lines.count; i++) {
        struct line line = split(arena, sheet.lines.at[i]);
        if (line.at[0][0] == '#' || holds(&sheet, &line))
            continue;
        print_message("%s: does not hold: %s\n", path, sheet.lines.at[i]);
        sheet.faults++;
    }
    if (sheet.faults > 0)
        print_result(&sheet);
    return sheet.faults;
}

static void test_sheets(void **state)
{
    (void)state;
    glob_t found;
    int faults = 0;
    assert_int_equal(glob(CASES_DIR "/learn/*.csv", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        faults += check_sheet(found.gl_pathv[i]);
    globfree(&found);
    assert_int_equal(faults, 0);
}

static uint64_t random_state;

/* 0..count-1, splitmix64. */
static int pick(int count)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (int)((z ^ (z >> 31)) % (uint64_t)count);
}

/* Cases of mixed depth. Most go to an office of the street, others to a department or to anyone. */
static struct learn_history random_history(struct arena *arena, int count)
{
    struct learn_history history = {0};
    for (int i = 0; i < count; i++) {
        int street = pick(5), kind = pick(3);
        const char *category = arena_format(arena, "%02d.%02d.%02d", kind, pick(3), pick(3));
        const char *area = arena_format(arena, "140213%03d%03d", 50 + street, pick(4));
        int way = pick(10);
        const char *unit = way < 5   ? arena_format(arena, "office-%d", street)
                           : way < 8 ? arena_format(arena, "bureau-%d", kind)
                                     : arena_format(arena, "firm-%02d", pick(30));
        static const int category_sizes[] = {2, 5, 8, 8, 8}, area_sizes[] = {6, 9, 12, 12};
        add_cases(&history, arena, 1,
                  (struct learn_case){
                      {20000 + pick(600)},
                      arena_bytes(arena, category, (size_t)category_sizes[pick(5)]),
                      arena_bytes(arena, area, (size_t)area_sizes[pick(4)]),
                      unit,
                  });
    }
    return history;
}

static bool covers(const struct learn_proposal *proposal, const struct learn_case *one)
{
    bool category = false, area = false;
    for (int i = 0; i < proposal->categories.count; i++) {
        const char *code = proposal->categories.at[i];
        size_t size = strlen(code);
        category |= text_starts(one->category, code) &&
                    (one->category[size] == '\0' || one->category[size] == '.');
    }
    for (int i = 0; i < proposal->areas.count; i++)
        area |= area_contains(proposal->areas.at[i], one->area);
    return category && area && text_equal(proposal->unit->text, one->unit);
}

/* A proposal lists a code and another one below it. */
static bool is_nested(const struct learn_proposal *proposal)
{
    for (int i = 1; i < proposal->areas.count; i++)
        if (area_contains(proposal->areas.at[0], proposal->areas.at[i]))
            return true;
    return false;
}

static void test_support_counts_distinct_cases(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    random_state = 7;
    struct learn_history history = random_history(arena, 600);
    struct learn_rules rules = learn_rules_standard;
    rules.gain = 0; /* every key speaks, so lists hold codes below each other */
    rules.step = 0.1;
    struct learned learned = learn(&history, &rules, arena);
    int nested = 0;
    for (int i = 0; i < learned.proposal_count; i++) {
        const struct learn_proposal *proposal = &learned.proposals[i];
        int64_t cases = 0;
        for (size_t j = 0; j < history.count; j++)
            cases += covers(proposal, &history.cases[j]);
        assert_int_equal(proposal->support, cases);
        nested += is_nested(proposal);
    }
    assert_true(nested > 10);
}

static void assert_same(const struct learned *a, const struct learned *b, struct arena *arena)
{
    assert_int_equal(a->proposal_count, b->proposal_count);
    assert_int_equal(a->trial.first, b->trial.first);
    assert_int_equal(a->trial.among_three, b->trial.among_three);
    for (int i = 0; i < a->proposal_count; i++) {
        const struct learn_proposal *left = &a->proposals[i], *right = &b->proposals[i];
        assert_string_equal(left->unit->text, right->unit->text);
        assert_string_equal(left->title, right->title);
        assert_string_equal(names_join(arena, &left->categories, ";"),
                            names_join(arena, &right->categories, ";"));
        assert_string_equal(names_join(arena, &left->areas, ";"),
                            names_join(arena, &right->areas, ";"));
        assert_true(left->confidence == right->confidence);
        assert_int_equal(left->support, right->support);
    }
}

static void test_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    random_state = 11;
    struct learn_history history = random_history(arena, 1500), shuffled = history;
    struct learned learned = learn(&history, &learn_rules_standard, arena);
    assert_true(learned.proposal_count > 50);
    for (int round = 0; round < ROUNDS; round++) {
        struct learn_case *cases =
            arena_grow(arena, shuffled.cases, shuffled.count, shuffled.count, sizeof(*cases));
        for (int i = (int)shuffled.count; i > 1; i--) {
            int j = pick(i);
            struct learn_case kept = cases[i - 1];
            cases[i - 1] = cases[j];
            cases[j] = kept;
        }
        shuffled.cases = cases;
        struct learned again = learn(&shuffled, &learn_rules_standard, arena);
        assert_same(&learned, &again, arena);
    }
}

/* At no key two rows of one unit, nor more units than asked for; confidences are steps in 0..1. */
static void test_rows_are_sound(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    random_state = 13;
    struct learn_history history = random_history(arena, CASES);
    struct learned learned = learn(&history, &learn_rules_standard, arena);
    struct map *seen = map_new(1000), *units = map_new(1000);
    for (int i = 0; i < learned.proposal_count; i++) {
        const struct learn_proposal *proposal = &learned.proposals[i];
        double steps = proposal->confidence / learn_rules_standard.step;
        assert_true(proposal->confidence > 0 && proposal->confidence <= 1);
        assert_true(fabs(steps - nearbyint(steps)) < 1e-9);
        for (int c = 0; c < proposal->categories.count; c++)
            for (int a = 0; a < proposal->areas.count; a++) {
                const char *key =
                    arena_format(arena, "%s %s", proposal->categories.at[c], proposal->areas.at[a]);
                const char *whole = arena_format(arena, "%s %s", key, proposal->unit->text);
                assert_null(map_get(seen, whole));
                map_put(seen, whole, arena);
                intptr_t count = (intptr_t)map_get(units, key) + 1;
                assert_true(count <= (intptr_t)learn_rules_standard.top);
                map_put(units, key, (void *)count);
            }
    }
    map_free(seen);
    map_free(units);
}

/* The trial finds what can be found: each street's office is the likeliest for its cases. */
static void test_trial(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    random_state = 17;
    struct learn_history history = random_history(arena, CASES);
    struct learned learned = learn(&history, &learn_rules_standard, arena);
    assert_int_equal(learned.trial.cases, CASES / 5);
    assert_int_equal(learned.trial.none, 0);
    assert_true((double)learned.trial.first / CASES * 5 > 0.4);
    assert_true((double)learned.trial.among_three / CASES * 5 > 0.65);
    assert_true(learned.trial.from.day > 20000 + 400);
    struct learn_rules rules = learn_rules_standard;
    rules.hold_out = 0;
    assert_false(date_set(learn(&history, &rules, arena).trial.from));
}

static void test_titles(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct learn_history history = {0};
    struct map *names = map_new(4);
    map_put(names, "01", (void *)(intptr_t) "市政设施");
    history.category_names = names;
    for (int i = 0; i < 3; i++)
        add_cases(
            &history, arena, 40,
            (struct learn_case){
                {20000}, arena_format(arena, "%02d", i / 2 + 1), "140213", i == 0 ? "A" : "B"});
    struct learned learned = learn(&history, &learn_rules_standard, arena);
    assert_string_equal(proposal_of(&learned, "A", "01", "140213")->title,
                        "据历史办件拟定：市政设施");
    assert_string_equal(proposal_of(&learned, "B", "02", "140213")->title, "据历史办件拟定：02");
    map_free(names);
}

static void test_nothing(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct learn_history history = {0};
    struct learned learned = learn(&history, &learn_rules_standard, arena);
    assert_int_equal(learned.cases + learned.left_out + learned.proposal_count, 0);
    add_cases(&history, arena, 3, (struct learn_case){{20000}, "01", "140213", "-"});
    learned = learn(&history, &learn_rules_standard, arena);
    assert_int_equal(learned.left_out, 3);
    assert_int_equal(learned.unit_count + learned.proposal_count, 0);
}

/* A history of a century with a half-life of a day: old weights vanish, shares stay shares. */
static void test_long_past(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct learn_history history = {0};
    struct learn_rules rules = learn_rules_standard;
    rules.half_life = 1;
    for (int i = 0; i < 40000; i += 400)
        add_cases(&history, arena, 1,
                  (struct learn_case){{i},
                                      "01",
                                      arena_format(arena, "140213%03d", i / 4000),
                                      arena_format(arena, "unit-%02d", i / 4000)});
    struct learned learned = learn(&history, &rules, arena);
    assert_true(learned.proposal_count > 0);
    for (int i = 0; i < learned.proposal_count; i++)
        assert_true(learned.proposals[i].confidence > 0 && learned.proposals[i].confidence <= 1);
    assert_true(proposal_of(&learned, "unit-09", "01", "140213")->confidence > 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sheets),
        cmocka_unit_test(test_support_counts_distinct_cases),
        cmocka_unit_test(test_order_of_rows_does_not_matter),
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_trial),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_long_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
