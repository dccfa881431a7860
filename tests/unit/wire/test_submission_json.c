/* What operators send: every fault by its pointer, defaults, what is kept, and batches. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "support/faults.h"
#include "wire/ticket_json.h"

/* What is kept can be read back and written again. */
static void check_kept(const struct submission *sent, struct arena *arena)
{
    struct submission again = {0};
    struct slice kept = submission_write(sent, arena);
    submission_restore(kept, arena, &again);
    struct slice second = submission_write(&again, arena);
    assert_string_equal(kept.at, second.at);
    assert_int_equal(again.need_count, sent->need_count);
    struct petitioner petitioner;
    struct slice sealed = petitioner_write(&sent->petitioner, arena);
    petitioner_read(sealed, arena, &petitioner);
    assert_true(text_equal(petitioner.name, sent->petitioner.name));
    assert_true(text_equal(petitioner.phone, sent->petitioner.phone));
    assert_int_equal(petitioner.secret, sent->petitioner.secret);
}

static void read_one(const json_t *one, struct slice body, struct arena *arena, struct error *err)
{
    struct submission sent;
    (void)one;
    if (submission_read(body, arena, &sent, err))
        check_kept(&sent, arena);
}

static void test_cases(void **state)
{
    (void)state;
    faults_check("wire/submission.json", read_one);
}

static struct submission read_text(const char *text, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct submission sent;
    if (!submission_read((struct slice){text, strlen(text)}, arena, &sent, &err))
        fail_msg("%s: %s", text, faults_shown(&err, arena));
    return sent;
}

#define LEAST                                                                                      \
    "\"kind\":\"report\",\"category\":\"01\",\"area\":\"140213\",\"title\":\"t\",\"content\":"     \
    "\"c\""

static void test_defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct submission sent = read_text("{" LEAST "}", arena);
    assert_int_equal(sent.kind, TICKET_REPORT);
    assert_int_equal(sent.urgency, URGENCY_NORMAL);
    assert_int_equal(sent.then, THEN_DISPATCH);
    assert_int_equal(sent.channel, CHANNEL_PHONE);
    assert_true(isnan(sent.lon) && isnan(sent.lat));
    assert_false(instant_set(sent.occurred_at));
    assert_null(sent.petitioner.phone);
    assert_null(sent.accused_unit);
    assert_int_equal(sent.need_count, 0);
    sent = read_text("{" LEAST ",\"needs\":[{\"kind\":\"venue\"}],\"lon\":1,\"lat\":2.5}", arena);
    assert_int_equal(sent.needs[0].kind, RESOURCE_VENUE);
    assert_int_equal(sent.needs[0].quantity, 1);
    assert_true(sent.lon == 1 && sent.lat == 2.5);
    arena_free(arena);
}

static void test_kept(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct submission sent =
        read_text("{" LEAST ",\"petitioner\":{\"name\":\"样某\",\"phone\":\"110\"},\"accused\":{"
                  "\"name\":\"某公司\"},\"tags\":[\"a\"],\"occurred_at\":"
                  "\"2025-12-01T08:20:00.5+08:00\"}",
                  arena);
    struct slice kept = submission_write(&sent, arena);
    assert_json(kept, "{\"channel\":\"phone\",\"accused\":{\"name\":\"某公司\"},\"tags\":[\"a\"],"
                      "\"then\":\"dispatch\",\"occurred_at\":\"2025-12-01T00:20:00.5Z\"}");
    assert_null(strstr(kept.at, "样某"));
    assert_json(petitioner_write(&sent.petitioner, arena),
                "{\"name\":\"样某\",\"phone\":\"110\",\"secret\":false}");
    struct submission other = {.title = "stays"};
    submission_restore((struct slice){"damaged", 7}, arena, &other);
    assert_string_equal(other.title, "stays");
    assert_int_equal(other.channel, CHANNEL_PHONE);
    arena_free(arena);
}

static void test_sample(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *path = arena_format(arena, "%s/sample/tickets.jsonl", CONFIG_DIR);
    struct names lines = names_split(arena, file_read(arena, path), '\n');
    assert_true(lines.count > 10);
    for (int i = 0; i < lines.count; i++)
        read_text(lines.at[i], arena);
    arena_free(arena);
}

static const char *batch_shown(const char *text, int limit, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct batch_item *items;
    int count;
    if (!batch_read((struct slice){text, strlen(text)}, limit, arena, &items, &count, &err))
        return faults_shown(&err, arena);
    struct text shown CLEANUP(text_clear) = {0};
    for (int i = 0; i < count; i++) {
        const char *faults = faults_shown(&items[i].err, arena);
        text_format(&shown, "[%s]", faults[0] == '\0' ? items[i].sent.title : faults);
    }
    return arena_bytes(arena, shown.at, shown.size);
}

static void test_batch(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(batch_shown("{\"tickets\":[{" LEAST "}]}", 500, arena), "[t]");
    assert_string_equal(
        batch_shown("{\"tickets\":[{" LEAST "},{},3,{" LEAST ",\"unit\":1}]}", 500, arena),
        "[t][422 /kind /category /area /title /content][422 ][422 /unit]");
    assert_string_equal(batch_shown("{\"tickets\":[]}", 500, arena), "422 /tickets");
    assert_string_equal(batch_shown("{\"tickets\":[1,2,3]}", 2, arena), "422 /tickets");
    assert_string_equal(batch_shown("{\"tickets\":{}}", 2, arena), "422 /tickets");
    assert_string_equal(batch_shown("{\"more\":1}", 2, arena), "422 /more /tickets");
    assert_string_equal(batch_shown("[]", 2, arena), "422 ");
    assert_string_equal(batch_shown("{\"tickets\":[{\"a\":1,\"a\":2}]}", 2, arena),
                        "400 /tickets/0/a");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_defaults), cmocka_unit_test(test_kept),
        cmocka_unit_test(test_sample), cmocka_unit_test(test_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
