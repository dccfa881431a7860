/* What stays of events' data, and that a record has the same digest after it was stored. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/erasure_json.h"
#include "wire/ticket_json.h"

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

static void texts_go_figures_stay(void **state)
{
    (void)state;
    static const struct {
        const char *data, *left;
    } cases[] = {
        {"{}",                                                                                       "{}"                         },
        {"{\"reason\":\"x\",\"note\":\"y\"}",                                                        "{}"                         },
        {"{\"unit\":\"heat\",\"org\":null,\"round\":2,\"new_figure\":1.5,\"flag\":false}",
         "{\"unit\":\"heat\",\"org\":null,\"round\":2,\"new_figure\":1.5,\"flag\":false}"                                         },
        {"{\"sign_due\":\"2026-03-02T03:00:00.5Z\",\"record\":\"ab\",\"kept\":\"cd\"}",
         "{\"sign_due\":\"2026-03-02T03:00:00.5Z\"}"                                                                              },
        {"{\"span\":{\"amount\":2,\"unit\":\"day\"},\"units\":[\"a\",\"b\"]}",
         "{\"span\":{\"amount\":2,\"unit\":\"day\"},\"units\":[\"a\",\"b\"]}"                                                     },
        {"{\"old\":{\"category\":\"01.01\",\"content\":\"x\",\"address\":\"y\"},\"content\":\"z\"}",
         "{\"old\":{\"category\":\"01.01\"}}"                                                                                     },
        {"{\"attachments\":[{\"name\":\"a\",\"sha256\":\"b\"}],\"solved\":\"yes\"}",
         "{\"solved\":\"yes\"}"                                                                                                   },
        {"{\"from\":\"张三\",\"kind\":\"two words\",\"unit\":\"<b>\"}",                            "{}"                         },
        {"{\"unit\":{\"unit\":\"a\",\"text\":\"b\"}}",                                               "{\"unit\":{\"unit\":\"a\"}}"},
        {"{\"text\":{\"unit\":\"a\"},\"reason\":[\"a\"]}",                                           "{}"                         },
        {"not JSON",                                                                                 "{}"                         },
        {"[\"a\"]",                                                                                  "{}"                         },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *left = data_strip(cases[i].data, arena);
        assert_string_equal(left, cases[i].left);
        assert_string_equal(data_strip(left, arena), left); /* once is enough */
    }
}

static void codes_have_an_end(void **state)
{
    (void)state;
    char *word = arena_take(arena, 66);
    memset(word, 'a', 64);
    const char *data = arena_format(arena, "{\"unit\":\"%s\"}", word);
    assert_string_equal(data_strip(data, arena), data);
    word[64] = 'a';
    assert_string_equal(data_strip(arena_format(arena, "{\"unit\":\"%s\"}", word), arena), "{}");
}

static void what_events_vouch_for(void **state)
{
    (void)state;
    const char *data = vouched_write("{\"a\":{\"record\":\"no\"},\"b\":[1]}", "r", "k", arena);
    assert_string_equal(data,
                        "{\"a\":{\"record\":\"no\"},\"b\":[1],\"record\":\"r\",\"kept\":\"k\"}");
    struct vouched vouched = vouched_read(data, arena);
    assert_string_equal(vouched.record, "r");
    assert_string_equal(vouched.kept, "k");
    assert_false(vouched.clocks);
    assert_null(vouched_read("{\"a\":{\"record\":\"no\"},\"kept\":1}", arena).record);
    assert_null(vouched_read("{\"note\":\"\\\"kept\\\":\\\"x\\\"\"}", arena).kept);
    assert_null(vouched_read("\"record\"", arena).record);
    vouched =
        vouched_read("{\"sign_due\":null,\"resolve_due\":\"1970-01-01T00:00:01.000002Z\"}", arena);
    assert_true(vouched.clocks);
    assert_int_equal(vouched.due[STAGE_RESOLVE].us, 1000002);
    assert_false(instant_set(vouched.due[STAGE_SIGN]) || instant_set(vouched.due[STAGE_CONTACT]));
}

static struct ticket some_ticket(void)
{
    static struct need needs[] = {
        {RESOURCE_DUTY,  1},
        {RESOURCE_VENUE, 7}
    };
    static const char *tags[] = {"供暖", "老人"};
    return (struct ticket){
        .no = "140213202603020000017",
        .sent = {.kind = TICKET_HELP,
                 .category = "01.01",
                 .area = "140213",
                 .title = "t",
                 .content = "c",
                 .address = "",
                 .lon = 113.29501234567891,
                 .lat = -0.0,
                 .occurred_at = {1763870400123456},
                 .accused_name = "某",
                 .need_count = 2,
                 .needs = needs,
                 .tags = {2, tags},
                 .then = THEN_ANSWER,
                 .public_answer = "好"},
    };
}

static void the_stored_record_has_the_same_digest(void **state)
{
    (void)state;
    const double places[] = {0.1, 1e-7, 179.99999999999997, 1.0 / 3, 90, NAN};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct ticket ticket = some_ticket(), stored = ticket;
        ticket.sent.lon = places[i];
        ticket.sent.lat = places[i] / 2;
        submission_restore(submission_write(&ticket.sent, arena), arena, &stored.sent);
        assert_string_equal(record_digest(&ticket, arena), record_digest(&stored, arena));
    }
}

static void fields_do_not_run_together(void **state)
{
    (void)state;
    struct ticket ticket = some_ticket(), other = ticket;
    const char *digest = record_digest(&ticket, arena);
    other.sent.title = "tc";
    other.sent.content = "";
    assert_string_not_equal(record_digest(&other, arena), digest);
    other = ticket;
    other.sent.address = NULL; /* absent is not empty */
    assert_string_not_equal(record_digest(&other, arena), digest);
    other = ticket;
    other.sent.tags.count = 1;
    assert_string_not_equal(record_digest(&other, arena), digest);
    other = ticket;
    other.sent.public_answer = "坏";
    assert_string_not_equal(record_digest(&other, arena), digest);
    ticket.sent.then = other.sent.then = THEN_DISPATCH; /* then it came later, by a move */
    assert_string_equal(record_digest(&other, arena), record_digest(&ticket, arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_go_figures_stay),
        cmocka_unit_test(codes_have_an_end),
        cmocka_unit_test(what_events_vouch_for),
        cmocka_unit_test(the_stored_record_has_the_same_digest),
        cmocka_unit_test(fields_do_not_run_together),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
