/* Requests and answers on a connection, held calls and clients that leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/loopback.h"

static void keep_alive(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /echo?x=1 HTTP/1.1\r\nHost: x\r\nX-Request-Id: me\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "GET /echo "));
    assert_non_null(strstr(got.at, "HTTP/1.1 200 OK\r\nDate: "));
    assert_non_null(strstr(got.at, "\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n"));
    assert_non_null(strstr(got.at, "\r\nX-Request-Id: me\r\nCache-Control: no-store\r\n\r\nGET"));
    assert_null(strstr(got.at, "Connection:"));
    client_send(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    WAIT_FOR(client_has(fd, &got, "POST /echo hello"));
    client_send(fd, "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    WAIT_FOR(client_ended(fd, &got));
    const char *last = strstr(got.at, "HTTP/1.1 204 No Content\r\n");
    assert_non_null(last);
    assert_null(strstr(last, "Content-"));
    assert_non_null(strstr(last, "Connection: close\r\n"));
    close(fd);
    text_clear(&got);
}

static void old_protocol(void **state)
{
    (void)state;
    loopback_start();
    client_expect("GET /echo HTTP/1.0\r\n\r\n", "Connection: close\r\n\r\nGET /echo ");
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "Connection: keep-alive\r\n\r\nGET /echo "));
    client_send(fd, "GET /again HTTP/1.0\r\n\r\n");
    WAIT_FOR(client_ended(fd, &got));
    assert_non_null(strstr(got.at, "GET /again "));
    close(fd);
    text_clear(&got);
}

static void pipelining(void **state)
{
    (void)state;
    loopback_start();
    struct text requests = {0}, got = {0};
    for (int i = 0; i < 200; i++)
        text_format(&requests, "POST /p%d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%03d", i,
                    i);
    int fd = client_connect();
    client_send_bytes(fd, requests.at, requests.size);
    WAIT_FOR(client_has(fd, &got, "POST /p199 199"));
    const char *at = got.at;
    for (int i = 0; i < 200; i++) {
        struct text wanted = {0};
        text_format(&wanted, "POST /p%d %03d", i, i);
        at = strstr(at, wanted.at);
        assert_non_null(at);
        text_clear(&wanted);
    }
    close(fd);
    text_clear(&got);
    text_clear(&requests);
}

static void behind_a_held_call(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    client_send(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_for(20);
    assert_int_equal(world.dispatched, 1);
    assert_int_equal(world.hang_ups, 0);
    answer_held("held");
    WAIT_FOR(client_has(fd, &got, "GET /again "));
    assert_true(strstr(got.at, "held") < strstr(got.at, "GET /echo "));
    close(fd);
    text_clear(&got);
}

/* More than is read ahead: the rest waits in the system's buffers, nothing is lost. */
static void much_behind_a_held_call(void **state)
{
    (void)state;
    loopback_start();
    struct text requests = {0}, got = {0};
    int fd = client_connect();
    text_add(&requests, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 500; i++)
        text_add(&requests, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    client_send_bytes(fd, requests.at, requests.size);
    WAIT_FOR(world.held_count == 1);
    answer_held("held");
    WAIT_FOR((client_ended(fd, &got), got.at != NULL && times(&got, "GET /echo ") == 500));
    close(fd);
    text_clear(&got);
    text_clear(&requests);
}

static void head_method(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "\r\n\r\n"));
    turn_for(5);
    client_ended(fd, &got);
    assert_non_null(strstr(got.at, "Content-Length: 10\r\n"));
    assert_string_equal(strstr(got.at, "\r\n\r\n"), "\r\n\r\n");
    close(fd);
    text_clear(&got);
}

static void answer_headers(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /rich HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "\r\n\r\n{}"));
    assert_non_null(strstr(got.at, "HTTP/1.1 405 Method Not Allowed\r\n"));
    assert_non_null(strstr(got.at, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(got.at, "\r\nETag: \"7\"\r\n"));
    assert_non_null(strstr(got.at, "\r\nAllow: GET, HEAD\r\n"));
    assert_non_null(strstr(got.at, "\r\nRetry-After: 9\r\n"));
    assert_non_null(strstr(got.at, "\r\nPreference-Applied: wait=3\r\n"));
    assert_null(strstr(got.at, "\r\nX-Evil"));
    close(fd);
    text_clear(&got);
}

static void refusals(void **state)
{
    (void)state;
    loopback_start();
    client_expect("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n");
    client_expect("GET / HTTP/1.1\n", "application/problem+json");
    client_expect("GET / HTTP/3.0\r\n", "\"status\":505");
    client_expect("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  "HTTP/1.1 411 Length Required\r\n");
    client_expect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n",
                  "HTTP/1.1 413 Content Too Large\r\n");
    client_expect("GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n", "HTTP/1.1 417 ");
    assert_int_equal(world.dispatched, 0);
    /* a sound frame with unsound content: the connection goes on */
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, "GET /?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\nGET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"
                    "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(client_has(fd, &got, "GET /echo "));
    assert_int_equal(times(&got, "HTTP/1.1 400 Bad Request\r\n"), 2);
    assert_int_equal(world.dispatched, 1);
    close(fd);
    text_clear(&got);
}

/* Closes a client that holds a call: by FIN, or by RST. */
static void hang_up(bool reset, const char *behind)
{
    int before = world.hang_ups;
    int fd = client_connect();
    client_send(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    client_send(fd, behind);
    WAIT_FOR(world.held_count == 1);
    turn_for(5);
    assert_int_equal(world.hang_ups, before);
    struct linger linger = {1, 0};
    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
    WAIT_FOR(world.hang_ups == before + 1);
    turn_for(5);
    assert_int_equal(world.hang_ups, before + 1);
}

static void hang_ups(void **state)
{
    (void)state;
    loopback_start();
    for (int reset = 0; reset < 2; reset++) {
        world.answer_hang_up = true;
        hang_up(reset, "");
        hang_up(reset, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_int_equal(world.held_count, 0);
        world.answer_hang_up = false;
        hang_up(reset, "");
        assert_int_equal(server_in_flight(world.server), 1);
        answer_held("late");
        assert_int_equal(server_in_flight(world.server), 0);
    }
    client_expect("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /echo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_TEST(keep_alive),
        SERVER_TEST(old_protocol),
        SERVER_TEST(pipelining),
        SERVER_TEST(behind_a_held_call),
        SERVER_TEST(much_behind_a_held_call),
        SERVER_TEST(head_method),
        SERVER_TEST(answer_headers),
        SERVER_TEST(refusals),
        SERVER_TEST(hang_ups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
