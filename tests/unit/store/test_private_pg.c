/* The private PostgreSQL, really made and started: shared, left alone by a killed daemon, after a
 * power cut, in odd and closed folders, as root and as an ordinary user. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "store/private_pg.h"

static char top[64]; /* of mode 0700, so under root closed to whoever runs PostgreSQL */
static char state_directory[128];

static int remove_one(const char *path, const struct stat *what, int kind, struct FTW *at)
{
    (void)what, (void)kind, (void)at;
    return remove(path);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(top, "/tmp/test_private_pg.XXXXXX");
    if (mkdtemp(top) == NULL)
        return -1;
    return snprintf(state_directory, sizeof(state_directory), "%s/a/state", top) > 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct private_pg *try_start(const char *directory, const char *programs, struct error *err)
{
    struct private_pg *pg = NULL;
    struct private_pg_settings settings = {directory, "", programs, SECONDS(60)};
    return private_pg_start(&settings, &pg, err) ? pg : NULL;
}

static struct private_pg *start(const char *directory)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    struct private_pg *pg = try_start(directory, "", &err);
    if (pg == NULL)
        print_error("%s\n", err.detail);
    arena_free(arena);
    assert_non_null(pg);
    return pg;
}

/* One value from the database. */
static void ask(const struct private_pg *pg, const char *query, const char *expected)
{
    PGconn *connection = PQconnectdb(private_pg_url(pg));
    PGresult *rows = PQexec(connection, query);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK)
        print_error("%s", PQerrorMessage(connection));
    assert_int_equal(PQntuples(rows), 1);
    assert_string_equal(PQgetvalue(rows, 0, 0), expected);
    PQclear(rows);
    PQfinish(connection);
}

static void pid_path(const char *directory, char path[256])
{
    snprintf(path, 256, "%s/postgres/data/postmaster.pid", directory);
}

/* The server's process; 0 if it is not there. */
static pid_t server(const char *directory)
{
    char path[256], line[32] = "";
    pid_path(directory, path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    assert_non_null(fgets(line, sizeof(line), file));
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

static void first_start_makes_a_safe_database(void **state)
{
    (void)state;
    struct private_pg *pg = start(state_directory);
    ask(pg, "SELECT current_database()", "whistled");
    ask(pg, "SHOW server_encoding", "UTF8");
    ask(pg, "SELECT datcollate FROM pg_database WHERE datname = 'whistled'", "C");
    ask(pg, "SHOW data_checksums", "on");
    ask(pg, "SHOW fsync", "on");
    ask(pg, "SHOW listen_addresses", "");
    struct stat folder;
    char path[256];
    snprintf(path, sizeof(path), "%s/postgres", state_directory);
    assert_int_equal(stat(path, &folder), 0);
    assert_int_equal(folder.st_mode & 0777, 0700);
    assert_int_not_equal(folder.st_uid, 0);
    pid_t process = server(state_directory);
    assert_true(process > 0);
    private_pg_stop(pg);
    assert_int_equal(server(state_directory), 0);
}

static void last_one_out_stops_it(void **state)
{
    (void)state;
    struct private_pg *one = start(state_directory), *other = start(state_directory);
    pid_t process = server(state_directory);
    private_pg_stop(one);
    ask(other, "SELECT 1", "1");
    assert_int_equal(server(state_directory), process);
    private_pg_stop(other);
    assert_int_equal(server(state_directory), 0);
}

static void many_first_starts_do_not_race(void **state)
{
    (void)state;
    pid_t children[4];
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct arena *arena = arena_new();
            struct error err = {.arena = arena};
            struct private_pg *pg = try_start(state_directory, "", &err);
            bool good = pg != NULL && PQping(private_pg_url(pg)) == PQPING_OK;
            private_pg_stop(pg);
            _exit(good ? 0 : 1);
        }
    }
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(server(state_directory), 0);
}

static void killed_daemon_finds_it_again(void **state)
{
    (void)state;
    pid_t daemon = fork();
    if (daemon == 0) {
        struct arena *arena = arena_new();
        struct error err = {.arena = arena};
        try_start(state_directory, "", &err);
        raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(daemon, &status, 0), daemon);
    pid_t process = server(state_directory);
    assert_true(process > 0);
    struct private_pg *pg = start(state_directory);
    assert_int_equal(server(state_directory), process);
    ask(pg, "SELECT 1", "1");
    private_pg_stop(pg);
    assert_int_equal(server(state_directory), 0);
}

/* A process of the cluster's own user that has nothing to do with it. */
static pid_t make_stranger(void)
{
    struct stat folder;
    char path[256];
    snprintf(path, sizeof(path), "%s/postgres", state_directory);
    assert_int_equal(stat(path, &folder), 0);
    pid_t stranger = fork();
    if (stranger == 0) {
        if (setuid(folder.st_uid) == 0)
            pause();
        _exit(1);
    }
    return stranger;
}

static void survives_a_power_cut_though_its_process_id_has_gone_to_another(void **state)
{
    (void)state;
    struct private_pg *pg = start(state_directory);
    ask(pg, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS x; SELECT x FROM kept", "7");
    kill(server(state_directory), SIGKILL);
    pid_t stranger = make_stranger();
    char path[256], number[16];
    pid_path(state_directory, path);
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    int size = snprintf(number, sizeof(number), "%d\n", stranger);
    assert_int_equal(write(file, number, (size_t)size), size);
    close(file);
    struct private_pg *again = start(state_directory);
    ask(again, "SELECT x FROM kept", "7");
    private_pg_stop(pg);
    private_pg_stop(again);
    kill(stranger, SIGKILL);
    waitpid(stranger, NULL, 0);
}

static void nothing_preloaded_reaches_it(void **state)
{
    (void)state;
    setenv("FAKETIME", "-1000d", 1);
    setenv("PGPORT", "1", 1);
    struct private_pg *pg = start(state_directory);
    char path[64], content[4096];
    snprintf(path, sizeof(path), "/proc/%d/environ", server(state_directory));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(content, 1, sizeof(content) - 1, file);
    fclose(file);
    content[size] = '\0';
    assert_null(memmem(content, size, "FAKETIME", 8));
    private_pg_stop(pg);
    unsetenv("FAKETIME");
    unsetenv("PGPORT");
}

static void half_made_one_is_made_again_in_an_odd_and_long_folder(void **state)
{
    (void)state;
    char directory[200], path[256];
    snprintf(directory, sizeof(directory), "%s/", top);
    size_t size = strlen(directory);
    memset(directory + size, 'x', 80);
    strcpy(directory + size + 80, " $(touch 'a'), \\\"街道");
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    assert_null(try_start(directory, "/nowhere", &err));
    snprintf(path, sizeof(path), "%s/postgres/data.new", directory);
    assert_int_equal(mkdir(path, 0755), 0);
    struct private_pg *pg = start(directory);
    ask(pg, "SELECT 1", "1");
    private_pg_stop(pg);
    assert_int_equal(server(directory), 0);
    arena_free(arena);
}

static void refusals_name_their_cause(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    assert_null(try_start(state_directory, "/nowhere", &err));
    assert_non_null(strstr(err.detail, "made by PostgreSQL 1"));
    assert_non_null(strstr(err.detail, "/nowhere"));
    assert_null(try_start("/proc/nowhere", "", &err));
    assert_non_null(strstr(err.detail, "/proc/nowhere"));
}

/* The same as somebody else, if we are root. */
static void ordinary_user_has_one_too(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    pid_t user = fork();
    if (user == 0) {
        struct arena *arena = arena_new();
        struct error err = {.arena = arena};
        char directory[] = "/tmp/test_private_pg.XXXXXX";
        if (setgid(65534) != 0 || setuid(65534) != 0 || mkdtemp(directory) == NULL)
            _exit(1);
        struct private_pg *pg = try_start(directory, "", &err);
        bool good = pg != NULL && PQping(private_pg_url(pg)) == PQPING_OK;
        private_pg_stop(pg);
        good &= server(directory) == 0;
        nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(user, &status, 0), user);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_first_starts_do_not_race),
        cmocka_unit_test(first_start_makes_a_safe_database),
        cmocka_unit_test(last_one_out_stops_it),
        cmocka_unit_test(killed_daemon_finds_it_again),
        cmocka_unit_test(survives_a_power_cut_though_its_process_id_has_gone_to_another),
        cmocka_unit_test(nothing_preloaded_reaches_it),
        cmocka_unit_test(half_made_one_is_made_again_in_an_odd_and_long_folder),
        cmocka_unit_test(refusals_name_their_cause),
        cmocka_unit_test(ordinary_user_has_one_too),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
