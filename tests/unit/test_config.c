/* The table of settings: its own rows, reading, the order of sources, faults, the sample file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"

static char *no_environment[] = {NULL};

/* A file with this content; the caller unlinks it. */
static const char *write_file(const char *content)
{
    static char path[64];
    strcpy(path, "/tmp/test_config.XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), strlen(content));
    close(file);
    return path;
}

static bool load(const char *content, char **environment, struct config *ret_config,
                 struct error *err)
{
    const char *path = content != NULL ? write_file(content) : NULL;
    bool loaded = config_load(path, environment, ret_config, err);
    if (path != NULL)
        unlink(path);
    return loaded;
}

/* The loading fails, and one of the faults is at `place` and speaks of `word`. */
static void expect_fault(const char *content, char **environment, const char *place,
                         const char *word)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config = {0};
    assert_false(load(content, environment, &config, &err));
    assert_int_equal(err.fault, FAULT_INVALID);
    for (int i = 0; i < err.count; i++)
        if (strstr(err.items[i].pointer, place) != NULL &&
            strstr(err.items[i].detail, word) != NULL)
            return;
    fail_msg("no fault at '%s' with '%s'", place, word);
}

static void defaults_hold(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config CLEANUP(config_clear) = {0};
    assert_true(load(NULL, no_environment, &config, &err));
    assert_string_equal(config.http.listen, "127.0.0.1:12345");
    assert_int_equal(config.http.body_limit, 256 * 1024);
    assert_int_equal(config.http.batch_limit, 32 * 1024 * 1024);
    assert_int_equal(config.http.wait_limit.us, 60000000);
    assert_string_equal(config.state.directory, "/var/lib/whistled");
    assert_string_equal(config.database.url, "");
    assert_true(config.database.migrate);
    assert_int_equal(config.tickets.batch_tickets, 500);
    assert_int_equal(config.log.level, LOG_INFO);
    assert_string_equal(config.display.zone, "Asia/Shanghai");
    assert_string_equal(config.test.clock_file, "");
}

static void environment_wins(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config CLEANUP(config_clear) = {0};
    char *environment[] = {(char *)"WHISTLED_HTTP_LISTEN=[::1]:0", (char *)"WHISTLED_DATABASE_URL=",
                           (char *)"WHISTLED_PROGRAM=something else", (char *)"HOME=/", NULL};
    assert_true(load("[http]\nlisten = 0.0.0.0:80\nhead_timeout = 5 s ; soon\n"
                     "[database]\nurl = host=a\nmigrate = no\n[log]\nlevel=debug\n",
                     environment, &config, &err));
    assert_string_equal(config.http.listen, "[::1]:0");
    assert_int_equal(config.http.head_timeout.us, 5000000);
    assert_string_equal(config.database.url, "");
    assert_false(config.database.migrate);
    assert_int_equal(config.log.level, LOG_DEBUG);
}

static void paths_become_absolute(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config CLEANUP(config_clear) = {0};
    char *environment[] = {(char *)"WHISTLED_STATE_DIRECTORY=here/state", NULL};
    assert_true(load(NULL, environment, &config, &err));
    assert_int_equal(*config.state.directory, '/');
    assert_non_null(strstr(config.state.directory, "/here/state"));
}

static void credential_is_the_key_unless_one_is_set(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    char folder[] = "/tmp/test_config.XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *key = arena_format(arena, "%s/vault.key", folder);
    FILE *file = fopen(key, "w");
    assert_non_null(file);
    fclose(file);
    char *environment[] = {arena_format(arena, "CREDENTIALS_DIRECTORY=%s", folder), NULL};
    struct config config = {0};
    assert_true(load(NULL, environment, &config, &err));
    assert_string_equal(config.vault.key_file, key);
    config_clear(&config);
    assert_true(load("[vault]\nkey_file = /k\n", environment, &config, &err));
    assert_string_equal(config.vault.key_file, "/k");
    config_clear(&config);
    unlink(key);
    rmdir(folder);
}

static void every_fault_is_named_at_once(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config = {0};
    char *environment[] = {(char *)"WHISTLED_HTTP_PORT=1", (char *)"WHISTLED_LOG_LEVEL=loud", NULL};
    assert_false(load("[http]\nport = 1\nlisten = nowhere\n[htp]\nlisten = a:1\n[sweep]\n"
                      "batch = many\nbatch = 3\nnonsense\n",
                      environment, &config, &err));
    assert_int_equal(err.count, 8);
    assert_non_null(strstr(err.items[0].pointer, ":2"));
    assert_non_null(strstr(err.items[2].pointer, ":5"));
    assert_non_null(strstr(err.items[4].detail, "set twice"));
    assert_string_equal(err.items[7].pointer, "WHISTLED_LOG_LEVEL");
}

static void bad_values_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const char *place;
        const char *word;
    } rows[] = {
        {"[http]\nlisten = 12345\n",                                                 ":2",      "host:port"        },
        {"[http]\nlisten = a:99999\n",                                               ":2",      "host:port"        },
        {"[http]\nlisten = ::1:80\n",                                                ":2",      "host:port"        },
        {"[http]\nconnections = 0\n",                                                ":2",      "from 1 to 1000000"},
        {"[http]\nconnections = 10s\n",                                              ":2",      "whole number"     },
        {"[http]\nconnections = -1\n",                                               ":2",      "whole number"     },
        {"[http]\nbody_limit = 256\n",                                               ":2",      "a size such as"   },
        {"[http]\nbody_limit = 1024 GB\n",                                           ":2",      "from 1kB to 64MB" },
        {"[http]\nhead_timeout = 99999999999999999999s\n",                           ":2",      "a time"           },
        {"[http]\nhead_timeout = 999999999999d\n",                                   ":2",      "a time"           },
        {"[http]\nhead_timeout = 5\n",                                               ":2",      "a time such as"   },
        {"[http]\nhead_timeout =\n",                                                 ":2",      "a time such as"   },
        {"[http]\npage_size = 900\n",                                                "[http]",  "page_limit"       },
        {"[database]\nmigrate = maybe\n",                                            ":2",      "yes or no"        },
        {"[database]\nschema = a-b\n",                                               ":2",      "small letters"    },
        {"[database]\nschema = pg_x\n",                                              ":2",      "small letters"    },
        {"[display]\nzone = Mars/Olympus\n",                                         ":2",      "time zone"        },
        {"[state]\ndirectory =\n",                                                   "[state]", "empty"            },
        {"listen = a:1\n",                                                           ":1",      "no such section"  },
        {"[webhooks]\nwaits = 5s soon\n",                                            ":2",      "times such as"    },
        {"[webhooks]\nwaits = 8d\n",                                                 ":2",      "times such as"    },
        {"[webhooks]\nwaits = 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s\n", ":2",
         "16 times"                                                                                                },
        {"[webhooks]\nallow = 10.0.0.1/8\n",                                         ":2",      "blocks"           },
        {"[webhooks]\nallow = localhost\n",                                          ":2",      "blocks"           },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_fault(rows[i].content, no_environment, rows[i].place, rows[i].word);
}

static void long_lines_and_missing_files_are_refused(void **state)
{
    (void)state;
    char content[6000];
    memset(content, 'x', sizeof(content) - 1);
    memcpy(content, "[database]\nurl = ", 17);
    content[sizeof(content) - 1] = '\0';
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config = {0};
    expect_fault(content, no_environment, ":2", "too long");
    assert_false(config_load("/nowhere/whistled.ini", no_environment, &config, &err));
    assert_string_equal(err.items[0].pointer, "/nowhere/whistled.ini");
}

static void secrets_are_not_repeated(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config = {0};
    assert_false(load("[database]\nurl = a\nurl = password=hush\n", no_environment, &config, &err));
    assert_null(strstr(err.items[0].detail, "hush"));
}

static void sample_file_is_the_table(void **state)
{
    (void)state;
    struct text sample CLEANUP(text_clear) = {0}, file CLEANUP(text_clear) = {0};
    config_print_sample(&sample);
    FILE *stream = fopen(CONFIG_DIR "/whistled.ini", "r");
    assert_non_null(stream);
    char piece[4096];
    for (size_t size; (size = fread(piece, 1, sizeof(piece), stream)) > 0;)
        text_add_bytes(&file, piece, size);
    fclose(stream);
    assert_string_equal(file.at, sample.at);
}

static void sample_file_is_loaded_as_the_defaults(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct config config CLEANUP(config_clear) = {0};
    assert_true(config_load(CONFIG_DIR "/whistled.ini", no_environment, &config, &err));
    assert_string_equal(config.database.programs, "");
    assert_int_equal(config.http.import_limit, 256 * 1024 * 1024);
}

static void help_names_every_key_of_the_sample(void **state)
{
    (void)state;
    struct text sample CLEANUP(text_clear) = {0}, help CLEANUP(text_clear) = {0};
    config_print_sample(&sample);
    config_print_help(&help);
    char *rest = NULL;
    for (char *line = strtok_r(sample.at, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (*line != ';' && *line != '[')
            assert_non_null(strstr(help.at, line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold),
        cmocka_unit_test(environment_wins),
        cmocka_unit_test(paths_become_absolute),
        cmocka_unit_test(credential_is_the_key_unless_one_is_set),
        cmocka_unit_test(every_fault_is_named_at_once),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(long_lines_and_missing_files_are_refused),
        cmocka_unit_test(secrets_are_not_repeated),
        cmocka_unit_test(sample_file_is_the_table),
        cmocka_unit_test(sample_file_is_loaded_as_the_defaults),
        cmocka_unit_test(help_names_every_key_of_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
