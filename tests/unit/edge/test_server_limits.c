/* The server's limits: sizes, deadlines, caps; draining, ending and addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/loopback.h"

/* 413 comes before the body, and a client that goes on sending can still read it. */
static void large_body(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "HTTP/1.1 413 "));
    char *body = mem_zero(1000000);
    client_send_bytes(fd, body, 1000000);
    mem_free(body);
    turn_for(5);
    assert_int_equal(world.dispatched, 0);
    close(fd);
    text_clear(&got);
}

static void bodies(void **state)
{
    (void)state;
    world.settings.bodies = (size_t)20 << 20;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    size_t size = (size_t)8 << 20;
    char *body = mem_zero(size);
    client_send(fd, "POST /v1/import/units HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
    client_send_bytes(fd, body, size);
    WAIT_FOR(client_has(fd, &got, "8388608 bytes"));
    close(fd);
    text_clear(&got);
    /* two that stop before their end leave no room for a third */
    int slow[2];
    for (int i = 0; i < 2; i++) {
        slow[i] = client_connect();
        client_send(slow[i], "POST /v1/import/units HTTP/1.1\r\nHost: x\r\n"
                             "Content-Length: 18388608\r\n\r\n");
        client_send_bytes(slow[i], body, size);
    }
    turn_for(20);
    client_expect("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /echo");
    fd = client_connect();
    client_send(fd, "POST /v1/import/units HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
    client_send_bytes(fd, body, size);
    WAIT_FOR(client_has(fd, &got, "HTTP/1.1 503 "));
    assert_non_null(strstr(got.at, "Retry-After: 1\r\n"));
    close(fd);
    close(slow[0]);
    close(slow[1]);
    mem_free(body);
    text_clear(&got);
}

static void expectation(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    "Content-Length: 5\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "HTTP/1.1 100 Continue\r\n\r\n"));
    client_send(fd, "hello");
    WAIT_FOR(client_has(fd, &got, "POST /echo hello"));
    text_clear(&got);
    /* not when the body is there already, nor when it is refused */
    client_send(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    "Content-Length: 5\r\n\r\nagain");
    WAIT_FOR(client_has(fd, &got, "POST /echo again"));
    assert_null(strstr(got.at, "100 Continue"));
    close(fd);
    text_clear(&got);
    client_expect(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n",
        "HTTP/1.1 413 ");
}

static void deadlines(void **state)
{
    (void)state;
    world.settings.head = (struct span){100000};
    world.settings.body = (struct span){100000};
    world.settings.idle = (struct span){100000};
    loopback_start();
    client_expect("GET / HT", "HTTP/1.1 408 Request Timeout\r\n");
    client_expect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 408 ");
    client_expect("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET /echo ");
    /* one that says nothing gets nothing */
    struct text got = {0};
    int fd = client_connect();
    WAIT_FOR(client_ended(fd, &got));
    assert_null(got.at);
    close(fd);
    /* a byte now and then does not move the deadline */
    int64_t began = clock_steady().us;
    fd = client_connect();
    for (int i = 0; i < 100 && !client_has(fd, &got, "408"); i++) {
        send(fd, "G", 1, MSG_NOSIGNAL);
        turn_for(20);
    }
    assert_true(client_has(fd, &got, "HTTP/1.1 408 "));
    assert_true(clock_steady().us - began < 1000000);
    close(fd);
    text_clear(&got);
}

static void half_requests(void **state)
{
    (void)state;
    loopback_start();
    static const char *const halves[] = {
        "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n\r",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc"};
    for (size_t i = 0; i < COUNT_OF(halves); i++) {
        struct text got = {0};
        int fd = client_connect();
        client_send(fd, halves[i]);
        shutdown(fd, SHUT_WR);
        WAIT_FOR(client_ended(fd, &got));
        assert_non_null(strstr(got.at, "HTTP/1.1 400 "));
        close(fd);
        text_clear(&got);
    }
    /* whole ones are answered, though the client sends nothing more */
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    shutdown(fd, SHUT_WR);
    WAIT_FOR(client_ended(fd, &got));
    assert_non_null(strstr(got.at, "GET /a "));
    assert_non_null(strstr(got.at, "GET /b "));
    close(fd);
    text_clear(&got);
}

/* A client that does not read gets no second request served. */
static void deaf_client(void **state)
{
    (void)state;
    loopback_start();
    int fd = client_connect();
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    client_send(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    struct call *call = world.held[--world.held_count];
    size_t size = (size_t)32 << 20;
    char *body = arena_take(call->arena, size + 1);
    memset(body, 'x', size);
    answer_text(call, 200, body);
    client_send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_for(50);
    assert_int_equal(world.dispatched, 1);
    close(fd);
}

static void too_many(void **state)
{
    (void)state;
    world.settings.connections = 2;
    world.settings.in_flight = 1;
    loopback_start();
    int first = client_connect(), second = client_connect();
    client_send(first, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    struct text got = {0};
    client_send(second, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(second, &got, "HTTP/1.1 503 Service Unavailable\r\n"));
    assert_non_null(strstr(got.at, "Retry-After: 1\r\n"));
    text_clear(&got);
    int third = client_connect();
    WAIT_FOR(client_ended(third, &got));
    assert_non_null(strstr(got.at, "HTTP/1.1 503 "));
    answer_held("held");
    text_clear(&got);
    client_send(second, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(second, &got, "GET /echo "));
    close(first);
    close(second);
    close(third);
    text_clear(&got);
}

static void on_drained(void *context)
{
    assert_ptr_equal(context, &world);
    assert_false(world.drained);
    world.drained = true;
}

static void draining(void **state)
{
    (void)state;
    world.settings.drain = (struct span){100000};
    loopback_start();
    struct text got = {0}, slow_got = {0}, idle_got = {0};
    int held = client_connect(), idle = client_connect(), slow = client_connect();
    client_send(held, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    client_send(slow, "GET /ec");
    WAIT_FOR(world.held_count == 1);
    server_drain(world.server, on_drained, &world);
    WAIT_FOR(client_ended(idle, &idle_got));
    WAIT_FOR(client_has(slow, &slow_got, "408"));
    assert_false(world.drained);
    answer_held("held");
    close(slow);
    WAIT_FOR(client_ended(held, &got));
    assert_non_null(strstr(got.at, "Connection: close\r\n\r\nheld"));
    assert_null(strstr(got.at, "GET /echo"));
    close(held);
    close(idle);
    WAIT_FOR(world.drained);
    text_clear(&got);
    text_clear(&slow_got);
}

static void draining_nothing(void **state)
{
    (void)state;
    loopback_start();
    server_drain(world.server, on_drained, &world);
    assert_false(world.drained);
    WAIT_FOR(world.drained);
}

/* Ending with open calls: they are told, and their replies come to nothing. */
static void freeing(void **state)
{
    (void)state;
    loopback_start();
    int fd = client_connect(), other = client_connect();
    client_send(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    client_send(other, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 2);
    server_free(world.server);
    world.server = NULL;
    assert_int_equal(world.hang_ups, 2);
    close(fd);
    close(other);
}

static void addresses(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    loopback_start();
    static const char *const wrong[] = {
        "",        "12345",        "localhost:1",  "127.0.0.1", "[::1]",
        "::1:80",  "127.0.0.1:-1", "127.0.0.1:x",  "unix:",     "unix:a",
        "[::1:80", "1.2.3:80",     "1.2.3.4:65536"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(server_listen(world.server, wrong[i], &err));
    assert_false(server_adopt(world.server, 0, &err));
    const char *path = arena_format(arena, "/tmp/whistled-test-%d", (int)getpid());
    const char *address = arena_format(arena, "unix:%s", path);
    assert_true(server_listen(world.server, address, &err));
    assert_false(server_listen(world.server, address, &err)); /* someone answers there */
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    struct text got = {0};
    client_send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "GET /echo "));
    close(fd);
    server_free(world.server);
    loopback_start();
    assert_true(server_listen(world.server, address, &err)); /* left behind, nobody answers */
    unlink(path);
    text_clear(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_TEST(large_body), SERVER_TEST(bodies),        SERVER_TEST(expectation),
        SERVER_TEST(deadlines),  SERVER_TEST(half_requests), SERVER_TEST(deaf_client),
        SERVER_TEST(too_many),   SERVER_TEST(draining),      SERVER_TEST(draining_nothing),
        SERVER_TEST(freeing),    SERVER_TEST(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
