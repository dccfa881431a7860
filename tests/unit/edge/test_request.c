/* Heads as calls: paths, queries, header values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "edge/request.h"

static const struct guard_limits limits = {8192, 32768, 262144, 33554432, 268435456};

struct tried {
    struct arena *arena;
    struct call call;
    struct error err;
    bool good;
};

static struct tried try(const char *target, const char *fields)
{
    struct tried tried = {.arena = arena_new()};
    tried.call.arena = tried.err.arena = tried.arena;
    char *head = arena_format(tried.arena, "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\n", target, fields);
    struct guard guard;
    guard_init(&guard, &limits);
    guard_feed(&guard, head, strlen(head));
    assert_int_equal(guard.state, GUARD_DONE);
    tried.good = request_read(&guard, &tried.call, &tried.err);
    guard_clear(&guard); /* the call may not need it any more */
    assert_non_null(tried.call.request_id);
    return tried;
}

static void refused(const char *target, const char *fields, enum fault fault)
{
    struct tried tried = try(target, fields);
    if (tried.good)
        fail_msg("%s was accepted with '%s'", target, fields);
    assert_int_equal(tried.err.fault, fault);
    arena_free(tried.arena);
}

static void paths(void **state)
{
    (void)state;
    struct tried tried = try("/v1/%E6%B0%B4+a?x", "");
    assert_true(tried.good);
    assert_string_equal(tried.call.path, "/v1/\xE6\xB0\xB4+a");
    assert_string_equal(tried.call.method, "POST");
    arena_free(tried.arena);
    refused("/a%00b", "", FAULT_MALFORMED);
    refused("/a%0Ab", "", FAULT_MALFORMED);
    refused("/a%2Fb", "", FAULT_MALFORMED);
    refused("/a%ff", "", FAULT_MALFORMED);
    refused("/%C0%AF", "", FAULT_MALFORMED);
    refused("/%ED%A0%80", "", FAULT_MALFORMED);
    refused("/%E6%B0", "", FAULT_MALFORMED);
}

static void queries(void **state)
{
    (void)state;
    struct tried tried = try("/?q=a+b%2B%26&&x&y=&z=1=2%0A&", "");
    assert_true(tried.good);
    assert_int_equal(tried.call.query_count, 4);
    assert_string_equal(call_query(&tried.call, "q"), "a b+&");
    assert_string_equal(call_query(&tried.call, "x"), "");
    assert_string_equal(call_query(&tried.call, "y"), "");
    assert_string_equal(call_query(&tried.call, "z"), "1=2\n");
    assert_null(call_query(&tried.call, "w"));
    arena_free(tried.arena);

    tried = try("/?a=1&b=2&%61=3", "");
    assert_false(tried.good);
    assert_int_equal(tried.err.fault, FAULT_MALFORMED);
    assert_non_null(strstr(tried.err.detail, "'a'"));
    arena_free(tried.arena);
    refused("/?q=%00", "", FAULT_MALFORMED);
    refused("/?q=%ff", "", FAULT_MALFORMED);
    refused("/?%ff=q", "", FAULT_MALFORMED);
}

static void query_limit(void **state)
{
    (void)state;
    struct text target = {0};
    text_add(&target, "/?");
    for (int i = 0; i < QUERY_ITEMS; i++)
        text_format(&target, "n%d=%d&", i, i);
    struct tried tried = try(target.at, "");
    assert_true(tried.good);
    assert_string_equal(call_query(&tried.call, "n31"), "31");
    arena_free(tried.arena);
    text_add(&target, "one=more");
    refused(target.at, "", FAULT_MALFORMED);
    text_clear(&target);
}

static void headers(void **state)
{
    (void)state;
    struct tried tried = try("/", "Authorization: bearer  abc.DEF=\r\nContent-Type: Text/CSV ; "
                                  "charset=utf-8\r\nIf-Match: \"1\"\r\nIf-None-Match: \"a\"\r\n"
                                  "If-None-Match: \"b\"\r\nIdempotency-Key: \"k 1\"\r\n"
                                  "Prefer: respond-async\r\nPrefer: Wait = 30, wait=5\r\n");
    assert_true(tried.good);
    assert_string_equal(tried.call.token, "abc.DEF=");
    assert_string_equal(tried.call.media, "text/csv");
    assert_string_equal(tried.call.if_match, "\"1\"");
    assert_string_equal(tried.call.if_none_match, "\"a\", \"b\"");
    assert_string_equal(tried.call.idempotency_key, "\"k 1\"");
    assert_int_equal(tried.call.wait, 30);
    arena_free(tried.arena);

    tried = try("/", "Authorization: Basic abc\r\n");
    assert_true(tried.good && tried.call.token == NULL && tried.call.media == NULL);
    assert_true(tried.call.wait == -1 && tried.call.idempotency_key == NULL);
    arena_free(tried.arena);
    refused("/", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", FAULT_MALFORMED);
    refused("/", "Content-Type: a/b\r\nContent-Type: a/b\r\n", FAULT_MALFORMED);
    refused("/", "Content-Encoding: gzip\r\n", FAULT_MEDIA);
    refused("/", "Idempotency-Key:\r\n", FAULT_MALFORMED);
    refused("/", "Idempotency-Key: \xE6\xB0\xB4\r\n", FAULT_MALFORMED);
}

static void waits(void **state)
{
    (void)state;
    static const struct {
        const char *prefer;
        int wait;
    } cases[] = {
        {"wait=0",               0    },
        {"wait=\"7\"",           7    },
        {"wait",                 -1   },
        {"wait=",                -1   },
        {"wait=-1",              -1   },
        {"wait=9999999",         -1   },
        {"waiting=3",            -1   },
        {"a=\"b\", wait=3; x=y", 3    },
        {",,",                   -1   },
        {"wait=99999, x",        99999},
        {"return=minimal",       -1   },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text field = {0};
        text_format(&field, "Prefer: %s\r\n", cases[i].prefer);
        struct tried tried = try("/", field.at);
        if (!tried.good || tried.call.wait != cases[i].wait)
            fail_msg("%s: %d", cases[i].prefer, tried.call.wait);
        arena_free(tried.arena);
        text_clear(&field);
    }
}

static void long_keys(void **state)
{
    (void)state;
    char key[257];
    memset(key, 'k', 256);
    key[256] = '\0';
    struct text field = {0};
    text_format(&field, "Idempotency-Key: %s\r\n", key);
    refused("/", field.at, FAULT_MALFORMED);
    text_clear(&field);
    key[255] = '\0';
    text_format(&field, "Idempotency-Key: %s\r\n", key);
    struct tried tried = try("/", field.at);
    assert_true(tried.good);
    assert_string_equal(tried.call.idempotency_key, key);
    arena_free(tried.arena);
    text_clear(&field);
}

static void ids(void **state)
{
    (void)state;
    struct tried given = try("/", "X-Request-Id: a-B_1.2\r\n");
    assert_string_equal(given.call.request_id, "a-B_1.2");
    arena_free(given.arena);
    static const char *const strange[] = {
        "X-Request-Id: a b\r\n", "X-Request-Id:\r\n", "X-Request-Id: a\"b\r\n",
        "X-Request-Id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"};
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        struct tried made = try("/", strange[i]), other = try("/", strange[i]);
        assert_true(made.good);
        assert_int_equal(strlen(made.call.request_id), 26);
        assert_string_not_equal(made.call.request_id, other.call.request_id);
        arena_free(made.arena);
        arena_free(other.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),   cmocka_unit_test(queries), cmocka_unit_test(query_limit),
        cmocka_unit_test(headers), cmocka_unit_test(waits),   cmocka_unit_test(long_keys),
        cmocka_unit_test(ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
