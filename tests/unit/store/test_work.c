/* Works against a PostgreSQL: values there and back, transactions, races, and connections that are
 * cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/database.h"

static struct arena *arena;

static int begin_all(void **state)
{
    (void)state;
    database_make();
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    database_drop();
    return 0;
}

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

static struct work *new_work(void)
{
    return database_work(arena);
}

static const struct instant noon = {1763870400123456};

static void add_key(struct work *work, int64_t id, const char *role)
{
    static const char *areas[] = {"1402", "", "a \"b\" {c},\\", "NULL"};
    struct args *args = work_add(work, STMT_KEY_INSERT);
    args_int(args, id);
    args_bytes(args, (struct slice){arena_format(arena, "%c%lld", 0, (long long)id), 3});
    args_text(args, role);
    args_text(args, "名字");
    args_names(args, &(struct names){id == 1 ? 4 : 0, areas});
    args_text(args, NULL);
    args_text(args, "");
    args_instant(args, noon);
    args_instant(args, INSTANT_NONE);
}

static struct row key_row(struct work *work, int64_t id)
{
    args_int(work_add(work, STMT_KEY_GET), id);
    assert_int_equal(database_run(work), WORK_DONE);
    struct rows rows = work_rows(work, 0);
    assert_int_equal(rows.count, 1);
    return rows_at(&rows, 0, arena);
}

static void values_there_and_back(void **state)
{
    (void)state;
    struct work *work = new_work();
    add_key(work, 1, "admin");
    add_key(work, 2, "unit");
    assert_true(work_waiting(work));
    assert_int_equal(database_run(work), WORK_DONE);
    assert_false(work_waiting(work));
    struct row row = key_row(work, 1);
    assert_int_equal(row_int(&row), 1);
    assert_string_equal(row_text(&row), "admin");
    assert_string_equal(row_text(&row), "名字");
    struct names areas = row_names(&row);
    assert_int_equal(areas.count, 4);
    assert_string_equal(areas.at[0], "1402");
    assert_string_equal(areas.at[1], "");
    assert_string_equal(areas.at[2], "a \"b\" {c},\\");
    assert_string_equal(areas.at[3], "NULL");
    assert_true(row_null(&row));
    assert_null(row_text(&row));
    assert_false(row_null(&row));
    assert_string_equal(row_text(&row), "");
    assert_int_equal(row_instant(&row).us, noon.us);
    assert_false(instant_set(row_instant(&row)));
    row = key_row(work, 2);
    for (int i = 0; i < 3; i++)
        assert_false(row_null(&row) || row_text(&row) == NULL);
    assert_int_equal(row_names(&row).count, 0);
    assert_string_equal(
        database_ask(arena, "SELECT encode(hash, 'hex') FROM api_key WHERE key_id = 2"), "003200");
    work_end(work);
}

static void doubles_and_arrays(void **state)
{
    (void)state;
    static const double sums[] = {0.1, -1e300, 3};
    struct work *work = new_work();
    struct args *args = work_add(work, STMT_RECORD_ADD);
    args_open(args, ARGS_TEXT);
    for (int i = 0; i < 3; i++)
        args_text(args, arena_format(arena, "u%d", i));
    args_close(args);
    for (int column = 0; column < 3; column++) {
        args_open(args, ARGS_INT);
        for (int i = 0; i < 3; i++)
            args_int(args, i == 1 ? INT64_MIN : INT64_MAX - column);
        args_close(args);
    }
    args_open(args, ARGS_DOUBLE);
    for (int i = 0; i < 3; i++)
        args_double(args, sums[i]);
    args_close(args);
    work_add(work, STMT_RECORD_LOAD);
    assert_int_equal(database_run(work), WORK_DONE);
    struct rows rows = work_rows(work, 1);
    assert_int_equal(rows.count, 3);
    for (int i = 0; i < 3; i++) {
        struct row row = rows_at(&rows, i, arena);
        int place = row_text(&row)[1] - '0';
        for (int column = 0; column < 3; column++)
            assert_true(row_int(&row) == (place == 1 ? INT64_MIN : INT64_MAX - column));
        assert_true(row_double(&row) == sums[place]);
    }
    work_end(work);
}

/* Answers kept under two keys: bytes with zeros, texts that are NULL, and what is found of none. */
static void nulls_in_arrays(void **state)
{
    (void)state;
    struct work *work = new_work();
    struct args *args = work_add(work, STMT_IDEMPOTENCY_INSERT);
    struct slice keys[] = {
        {"\0a", 2},
        {"b",   1}
    };
    for (int column = 0; column < 2; column++) {
        args_open(args, ARGS_BYTES);
        for (int i = 0; i < 2; i++)
            args_bytes(args, keys[i]);
        args_close(args);
    }
    args_open(args, ARGS_INT);
    args_int(args, 201), args_int(args, 200);
    args_close(args);
    for (int column = 0; column < 3; column++) {
        args_open(args, ARGS_TEXT);
        args_text(args, "");
        args_text(args, column == 0 ? "{}" : NULL);
        args_close(args);
    }
    args_open(args, ARGS_INSTANT);
    args_instant(args, noon), args_instant(args, noon);
    args_close(args);
    args_instant(args, noon);
    args_open(args, ARGS_TEXT);
    args_text(args, "7 8"), args_text(args, NULL);
    args_close(args);
    work_expect(work, 2);
    for (int i = 0; i < 2; i++) {
        args = work_add(work, STMT_IDEMPOTENCY_FIND);
        args_open(args, ARGS_BYTES);
        if (i == 0)
            args_bytes(args, keys[0]), args_bytes(args, (struct slice){NULL, 0});
        args_close(args);
        args_instant(args, (struct instant){noon.us - 1});
    }
    assert_int_equal(database_run(work), WORK_DONE);
    assert_true(work_obeyed(work));
    struct rows found = work_rows(work, 1);
    assert_int_equal(found.count, 1); /* a NULL in the list finds nothing */
    struct row row = rows_at(&found, 0, arena);
    struct slice key = row_bytes(&row);
    assert_int_equal(key.size, 2);
    assert_memory_equal(key.at, "\0a", 2);
    assert_int_equal(work_rows(work, 2).count, 0);
    assert_string_equal(database_ask(arena, "SELECT count(*) FROM idempotency WHERE location IS "
                                            "NULL AND etag IS NULL AND answer = '{}'"),
                        "1");
    work_end(work);
}

static int64_t keys_counter(void)
{
    const char *text = database_ask(arena, "SELECT value FROM counter WHERE name = 'keys'");
    return strtoll(text, NULL, 10);
}

static void count(struct work *work, const char *name)
{
    args_text(work_add(work, STMT_COUNTER_NEXT), name);
}

static void guards_tell_when_they_refuse(void **state)
{
    (void)state;
    struct work *work = new_work();
    count(work, "keys");
    work_expect(work, 1);
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_DONE);
    assert_true(work_obeyed(work));
    count(work, "keys");
    work_expect(work, 1);
    count(work, "no such counter");
    work_expect(work, 1);
    assert_int_equal(database_run(work), WORK_DONE);
    assert_false(work_obeyed(work));
    work_end(work);
}

static void what_is_not_committed_is_rolled_back(void **state)
{
    (void)state;
    int64_t before = keys_counter();
    struct work *work = new_work();
    work_begin(work);
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_DONE);
    struct rows rows = work_rows(work, 0);
    struct row row = rows_at(&rows, 0, arena);
    assert_int_equal(row_int(&row), before + 1);
    work_end(work);
    work = new_work();
    work_begin(work);
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_DONE);
    work_commit(work);
    assert_int_equal(database_run(work), WORK_DONE);
    work_end(work);
    assert_int_equal(keys_counter(), before + 1);
}

/* A work that ends while its statements are on their way takes them back too. */
static void ended_while_running(void **state)
{
    (void)state;
    int64_t before = keys_counter();
    struct work *work = new_work();
    work_begin(work);
    count(work, "keys");
    work_send(work);
    work_end(work);
    work = new_work();
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_DONE);
    work_end(work);
    assert_int_equal(keys_counter(), before + 1);
}

static void a_key_that_is_there_is_a_race(void **state)
{
    (void)state;
    int64_t before = keys_counter();
    struct work *work = new_work();
    work_begin(work);
    count(work, "keys");
    add_key(work, 1, "admin");
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_RACE);
    work_end(work);
    assert_int_equal(keys_counter(), before);
}

static void a_deadlock_is_a_race(void **state)
{
    (void)state;
    static const char *names[] = {"keys", "registry"};
    struct work *works[2];
    for (int i = 0; i < 2; i++) {
        works[i] = new_work();
        work_begin(works[i]);
        count(works[i], names[i]);
        assert_int_equal(database_run(works[i]), WORK_DONE);
    }
    for (int i = 0; i < 2; i++) {
        count(works[i], names[1 - i]);
        database_send(works[i]);
    }
    database_wait();
    int races = 0;
    for (int i = 0; i < 2; i++)
        races += database_outcome(works[i]) == WORK_RACE;
    assert_int_equal(races, 1);
    work_end(works[0]);
    work_end(works[1]);
}

static void a_bad_value_is_our_fault(void **state)
{
    (void)state;
    struct work *work = new_work();
    add_key(work, 9, NULL); /* NOT NULL */
    assert_int_equal(database_run(work), WORK_FAILED);
    count(work, "keys"); /* and the connection is good for more */
    assert_int_equal(database_run(work), WORK_DONE);
    work_end(work);
}

static void the_line_has_an_end(void **state)
{
    (void)state;
    struct work *works[DATABASE_CONNECTIONS + DATABASE_LINE + 1];
    const int all = COUNT_OF(works);
    for (int i = 0; i < all; i++) {
        works[i] = new_work();
        count(works[i], "keys");
        database_send(works[i]);
    }
    database_wait(); /* nobody ends: those in line wait until wait_limit */
    for (int i = 0; i < all; i++)
        assert_int_equal(database_outcome(works[i]),
                         i < DATABASE_CONNECTIONS ? WORK_DONE : WORK_LOST);
    for (int i = 0; i < all; i++)
        work_end(works[i]);
}

static void cut_all(void)
{
    database_ask(arena, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                        "application_name = 'whistled' AND datname = current_database()");
}

static void a_cut_connection_is_told_and_comes_back(void **state)
{
    (void)state;
    int64_t before = keys_counter();
    struct work *work = new_work();
    work_begin(work);
    count(work, "keys");
    assert_int_equal(database_run(work), WORK_DONE);
    cut_all();
    work_commit(work);
    assert_int_equal(database_run(work), WORK_LOST);
    assert_non_null(pool_trouble(database_pool()));
    work_end(work);
    enum work_outcome outcome = WORK_LOST;
    for (int i = 0; i < 20 && outcome != WORK_DONE; i++) {
        work = new_work();
        count(work, "keys");
        outcome = database_run(work);
        work_end(work);
    }
    assert_int_equal(outcome, WORK_DONE);
    assert_null(pool_trouble(database_pool()));
    assert_int_equal(keys_counter(), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(doubles_and_arrays, begin, end),
        cmocka_unit_test_setup_teardown(nulls_in_arrays, begin, end),
        cmocka_unit_test_setup_teardown(guards_tell_when_they_refuse, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_committed_is_rolled_back, begin, end),
        cmocka_unit_test_setup_teardown(ended_while_running, begin, end),
        cmocka_unit_test_setup_teardown(a_key_that_is_there_is_a_race, begin, end),
        cmocka_unit_test_setup_teardown(a_deadlock_is_a_race, begin, end),
        cmocka_unit_test_setup_teardown(a_bad_value_is_our_fault, begin, end),
        cmocka_unit_test_setup_teardown(the_line_has_an_end, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_connection_is_told_and_comes_back, begin, end),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
