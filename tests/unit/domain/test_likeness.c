/* Likeness of tickets' words over the labelled cases, distances, and the order of hints. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "domain/likeness.h"
#include "domain/policy.h"

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
    arena_free(arena);
    return 0;
}

static struct sketch sketch_of(const char *title, const char *content)
{
    struct sketch sketch;
    likeness_sketch(title, content, &sketch);
    return sketch;
}

static struct sketch sketch_of_case(const json_t *ticket)
{
    return sketch_of(json_string_value(json_object_get(ticket, "title")),
                     json_string_value(json_object_get(ticket, "content")));
}

/* How many were told rightly, of how many. */
struct tally {
    int same_found, same, other_left, other;
};

static void count_pair(struct tally *tally, const json_t *a, const json_t *b)
{
    struct sketch one = sketch_of_case(a), two = sketch_of_case(b);
    bool found = likeness(&one, &two) >= rules_standard.hints_likeness;
    if (json_equal(json_object_get(a, "matter"), json_object_get(b, "matter"))) {
        tally->same++;
        tally->same_found += found;
    } else {
        tally->other++;
        tally->other_left += !found;
    }
    if (found != json_equal(json_object_get(a, "matter"), json_object_get(b, "matter")))
        print_message("%.2f: %s / %s\n", likeness(&one, &two),
                      json_string_value(json_object_get(a, "title")),
                      json_string_value(json_object_get(b, "title")));
}

/* Pairs of one topic, since hints look within a category. No hint is false; nine of ten duplicates
 * are found. */
static void cases(void **state)
{
    (void)state;
    json_error_t fault;
    json_t *all = json_load_file(CASES_DIR "/likeness/tickets.json", 0, &fault);
    assert_non_null(all);
    struct tally tally = {0};
    size_t t;
    json_t *topic;
    json_array_foreach (json_object_get(all, "topics"), t, topic) {
        const json_t *tickets = json_object_get(topic, "tickets");
        for (size_t i = 0; i < json_array_size(tickets); i++)
            for (size_t j = i + 1; j < json_array_size(tickets); j++)
                count_pair(&tally, json_array_get(tickets, i), json_array_get(tickets, j));
    }
    print_message("duplicates found %d of %d, others left alone %d of %d\n", tally.same_found,
                  tally.same, tally.other_left, tally.other);
    assert_true(tally.same >= 20 && tally.other >= 150);
    assert_true(tally.same_found * 10 >= tally.same * 9);
    assert_int_equal(tally.other_left, tally.other);
    json_decref(all);
}

static void bounds(void **state)
{
    (void)state;
    struct sketch one = sketch_of("家中暖气不热", "三天没有暖气，室温只有14度"), two;
    assert_true(likeness(&one, &one) == 1);
    two = sketch_of("家中暖气不热！", "三天没有暖气  室温只有１４度。");
    assert_true(likeness(&one, &two) == 1);
    two = sketch_of("工地夜间施工", "混凝土泵车噪声很大");
    assert_true(likeness(&one, &two) == 0);
    assert_true(likeness(&one, &two) == likeness(&two, &one));
    two = sketch_of("", "");
    assert_true(likeness(&one, &two) == 0);
    assert_true(likeness(&two, &two) == 0);
    two = sketch_of("市民反映", "三天没有暖气，室温只有14度"); /* the title says nothing */
    assert_true(likeness(&one, &two) == 1);
    two = sketch_of("来电人反映", "希望有关部门");
    assert_true(likeness(&two, &two) == 0);
}

/* The sketch's figure beside the true one: of `count` pairs a part is shared. */
static void near_the_true_figure(void **state)
{
    (void)state;
    for (int count = 4; count <= 4096; count *= 4) {
        for (int shared = 0; shared <= 4; shared++) {
            struct text one CLEANUP(text_clear) = {0}, two CLEANUP(text_clear) = {0};
            for (int i = 0; i < count; i++) { /* a run of Han signs that comes nowhere else */
                int same = 0x4E00 + i, other = 0x6E00 + i;
                int use = i * 4 < shared * count ? same : other;
                char sign[] = {(char)(0xE0 | same >> 12), (char)(0x80 | (same >> 6 & 0x3F)),
                               (char)(0x80 | (same & 0x3F))};
                text_add_bytes(&one, sign, sizeof(sign));
                char used[] = {(char)(0xE0 | use >> 12), (char)(0x80 | (use >> 6 & 0x3F)),
                               (char)(0x80 | (use & 0x3F))};
                text_add_bytes(&two, used, sizeof(used));
            }
            struct sketch a = sketch_of("", one.at), b = sketch_of("", two.at);
            double truth = shared == 0 ? 0 : fmax(0, count * shared / 4.0 - 1) / (count - 1);
            assert_true(fabs(likeness(&a, &b) - truth) < 0.12);
        }
    }
}

static void distances(void **state)
{
    (void)state;
    static const struct place drum_tower = {"140213053002", 113.2933, 40.0768};
    static const struct place gate = {"140213053002", 113.2993, 40.0768}; /* 0.006 degrees east */
    static const struct place beijing = {"110101001001", 116.3975, 39.9087};
    assert_true(fabs(place_metres(&drum_tower, &gate) - 510.5) < 1);
    assert_true(fabs(place_metres(&drum_tower, &beijing) - 265000) < 1500);
    assert_true(place_metres(&gate, &gate) == 0);
    static const struct place west = {"1", -179.9995, 0}, east = {"2", 179.9995, 0};
    assert_true(fabs(place_metres(&west, &east) - 111.2) < 0.5); /* across the date line */
    static const struct place pole = {"1", 0, 90}, other_pole = {"2", 77, -90};
    assert_true(fabs(place_metres(&pole, &other_pole) - 20015115) < 10);
    assert_true(place_near(&drum_tower, &gate, 511));
    assert_false(place_near(&drum_tower, &gate, 510)); /* the same community does not help */
}

static void areas_where_no_places_are(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool near;
    } cases[] = {
        {"140213053002", "140213053002", true },
        {"140213053002", "140213053001", true },
        {"140213053",    "140213053001", true },
        {"140213053001", "140213053",    true },
        {"140213053001", "140213054001", false},
        {"140213",       "140213",       false}, /* a district is not near itself */
        {"140213",       "140213053001", false},
        {"140213053001", "140213",       false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct place a = {cases[i].a, NAN, NAN}, b = {cases[i].b, 113.2, 40.0};
        assert_int_equal(place_near(&a, &b, 500), cases[i].near);
        assert_int_equal(place_near(&b, &a, 500), cases[i].near);
    }
}

static void packing(void **state)
{
    (void)state;
    struct like like = {
        77123456789,
        "140213202511230000017",
        {"140213053002", -113.2933, NAN},
        sketch_of("家中暖气不热", "室温只有14度")
    };
    unsigned char bytes[LIKE_BYTES];
    like_pack(&like, bytes);
    struct like back = like_unpack(bytes);
    assert_int_equal(back.ticket, like.ticket);
    assert_string_equal(back.no, like.no);
    assert_string_equal(back.place.area, like.place.area);
    assert_true(back.place.lon == like.place.lon && isnan(back.place.lat));
    assert_memory_equal(&back.sketch, &like.sketch, sizeof(like.sketch));
    like.no = "1234567890123456789012345678901234567890123"; /* none is so long */
    like.place.area = "";
    like_pack(&like, bytes);
    back = like_unpack(bytes);
    assert_int_equal(strlen(back.no), LIKE_NO - 1);
    assert_string_equal(back.place.area, "");
}

static void order_of_hints(void **state)
{
    (void)state;
    struct hints hints = {0};
    hints_add(&hints, (struct similar){1, "1", 0.5}, 3, arena);
    hints_add(&hints, (struct similar){2, "2", 0.9}, 3, arena);
    hints_add(&hints, (struct similar){3, "3", 0.5}, 3, arena);
    hints_add(&hints, (struct similar){3, "3", 0.5}, 3, arena); /* once only */
    assert_int_equal(hints.count, 3);
    assert_int_equal(hints.similar[0].ticket, 2);
    assert_int_equal(hints.similar[1].ticket, 3);
    assert_int_equal(hints.similar[2].ticket, 1);
    hints_add(&hints, (struct similar){4, "4", 0.4}, 3, arena);
    hints_add(&hints, (struct similar){5, "5", 0.7}, 3, arena);
    assert_int_equal(hints.count, 3);
    assert_int_equal(hints.similar[1].ticket, 5);
    assert_int_equal(hints.similar[2].ticket, 3);
    struct hints none = {0};
    hints_add(&none, (struct similar){1, "1", 1}, 0, arena);
    assert_int_equal(none.count, 0);
}

/* The longest content that is taken: the sketch is as small, and the time is bounded. */
static void long_texts(void **state)
{
    (void)state;
    struct text content CLEANUP(text_clear) = {0};
    for (int i = 0; i < 2000; i++)
        text_format(&content, "第%d次，暖气①", i);
    struct sketch one = sketch_of("暖气不热", content.at);
    text_add(&content, "补充：今天仍然不热");
    struct sketch two = sketch_of("暖气不热", content.at);
    assert_true(likeness(&one, &two) > 0.95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),          cmocka_unit_test(bounds),
        cmocka_unit_test(distances),      cmocka_unit_test(areas_where_no_places_are),
        cmocka_unit_test(order_of_hints), cmocka_unit_test(near_the_true_figure),
        cmocka_unit_test(long_texts),     cmocka_unit_test(packing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
