/* The server on real sockets, in this process: each wait is for a condition, with a limit. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "edge/server.h"

enum { HELD_MOST = 8, PATIENCE_MS = 5000 };

struct world {
    struct event_base *base;
    struct server_settings settings;
    struct server *server;
    struct call *held[HELD_MOST];
    int held_count, dispatched, hang_ups;
    bool answer_hang_up, drained;
};

static struct world world;

static void answer_text(struct call *call, int status, const char *body)
{
    struct answer answer = {.status = status, .type = "text/plain", .wait_applied = -1};
    answer.body = (struct slice){body, strlen(body)};
    call->reply(call, &answer);
}

static void on_hang_up(struct call *call)
{
    world.hang_ups++;
    if (!world.answer_hang_up)
        return;
    world.held_count--;
    answer_text(call, 200, "given up");
}

/* /echo answers what it got, /hold keeps the call, /plain sets every header. */
static void dispatch(void *context, struct call *call)
{
    assert_ptr_equal(context, &world);
    world.dispatched++;
    if (text_equal(call->path, "/hold")) {
        assert_true(world.held_count < HELD_MOST);
        call->on_hang_up = on_hang_up;
        world.held[world.held_count++] = call;
        return;
    }
    if (text_equal(call->path, "/rich")) {
        struct answer answer = {
            .status = 405, .body = {"{}", 2},
                 .wait_applied = 3
        };
        answer.etag = "\"7\"";
        answer.location = "/a\r\nX-Evil: 1";
        answer.allow = "GET, HEAD";
        answer.retry_after = 9;
        call->reply(call, &answer);
        return;
    }
    const char *body = call->body.size > 1000
                           ? arena_format(call->arena, "%zu bytes", call->body.size)
                           : arena_format(call->arena, "%s %s %.*s", call->method, call->path,
                                          (int)call->body.size, call->body.at);
    answer_text(call, text_equal(call->path, "/none") ? 204 : 200, body);
}

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as edge/signals does */
    world = (struct world){.base = event_base_new(), .settings = server_settings_standard()};
    return 0;
}

/* Starts with world.settings. */
static void start(void)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    world.server = server_new(world.base, &world.settings, dispatch, &world);
    assert_true(server_listen(world.server, "127.0.0.1:0", &err));
    assert_true(server_port(world.server) > 0);
}

static int tear_down(void **state)
{
    (void)state;
    server_free(world.server);
    while (world.held_count > 0)
        answer_text(world.held[--world.held_count], 200, "late");
    event_base_free(world.base);
    return 0;
}

static int connect_client(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(world.server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

static void turn(void)
{
    event_base_loop(world.base, EVLOOP_NONBLOCK);
    usleep(200);
}

/* Turns the loop until `condition` holds. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        int64_t until = clock_steady().us + PATIENCE_MS * 1000;                                    \
        while (!(condition) && clock_steady().us < until)                                          \
            turn();                                                                                \
        assert_true(condition);                                                                    \
    } while (0)

static void turn_for(int ms)
{
    int64_t until = clock_steady().us + ms * 1000;
    while (clock_steady().us < until)
        turn();
}

/* Sends while the loop turns. */
static void send_bytes(int fd, const char *bytes, size_t size)
{
    size_t sent = 0;
    while (sent < size) {
        ssize_t more = send(fd, bytes + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (more > 0)
            sent += (size_t)more;
        turn();
    }
}

static void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

/* Receives what is there; true at the end of the stream. */
static bool receive(int fd, struct text *got)
{
    char piece[65536];
    ssize_t size = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);
    if (size > 0)
        text_add_bytes(got, piece, (size_t)size);
    return size == 0;
}

static bool has(int fd, struct text *got, const char *what)
{
    receive(fd, got);
    return got->at != NULL && strstr(got->at, what) != NULL;
}

static int times(const struct text *got, const char *what)
{
    int count = 0;
    for (const char *at = strstr(got->at, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

/* Sends, and expects that the answer has `what` and that the connection ends. */
static void expect_end(const char *request, const char *what)
{
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, request);
    WAIT_FOR(receive(fd, &got));
    if (got.at == NULL || strstr(got.at, what) == NULL)
        fail_msg("%.60s: expected %s, got %s", request, what, got.at != NULL ? got.at : "nothing");
    close(fd);
    text_clear(&got);
}

static void keep_alive(void **state)
{
    (void)state;
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /echo?x=1 HTTP/1.1\r\nHost: x\r\nX-Request-Id: me\r\n\r\n");
    WAIT_FOR(has(fd, &got, "GET /echo "));
    assert_non_null(strstr(got.at, "HTTP/1.1 200 OK\r\nDate: "));
    assert_non_null(strstr(got.at, "\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n"));
    assert_non_null(strstr(got.at, "\r\nX-Request-Id: me\r\nCache-Control: no-store\r\n\r\nGET"));
    assert_null(strstr(got.at, "Connection:"));
    send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    WAIT_FOR(has(fd, &got, "POST /echo hello"));
    send_text(fd, "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    WAIT_FOR(receive(fd, &got));
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
    start();
    expect_end("GET /echo HTTP/1.0\r\n\r\n", "Connection: close\r\n\r\nGET /echo ");
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    WAIT_FOR(has(fd, &got, "Connection: keep-alive\r\n\r\nGET /echo "));
    send_text(fd, "GET /again HTTP/1.0\r\n\r\n");
    WAIT_FOR(receive(fd, &got));
    assert_non_null(strstr(got.at, "GET /again "));
    close(fd);
    text_clear(&got);
}

static void pipelining(void **state)
{
    (void)state;
    start();
    struct text requests = {0}, got = {0};
    for (int i = 0; i < 200; i++)
        text_format(&requests, "POST /p%d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%03d", i,
                    i);
    int fd = connect_client();
    send_bytes(fd, requests.at, requests.size);
    WAIT_FOR(has(fd, &got, "POST /p199 199"));
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
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    send_text(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_for(20);
    assert_int_equal(world.dispatched, 1);
    assert_int_equal(world.hang_ups, 0);
    answer_text(world.held[--world.held_count], 200, "held");
    WAIT_FOR(has(fd, &got, "GET /again "));
    assert_true(strstr(got.at, "held") < strstr(got.at, "GET /echo "));
    close(fd);
    text_clear(&got);
}

/* More than is read ahead: the rest waits in the system's buffers, nothing is lost. */
static void much_behind_a_held_call(void **state)
{
    (void)state;
    start();
    struct text requests = {0}, got = {0};
    int fd = connect_client();
    text_add(&requests, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 500; i++)
        text_add(&requests, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    send_bytes(fd, requests.at, requests.size);
    WAIT_FOR(world.held_count == 1);
    answer_text(world.held[--world.held_count], 200, "held");
    WAIT_FOR((receive(fd, &got), got.at != NULL && times(&got, "GET /echo ") == 500));
    close(fd);
    text_clear(&got);
    text_clear(&requests);
}

static void head_method(void **state)
{
    (void)state;
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(fd, &got, "\r\n\r\n"));
    turn_for(5);
    receive(fd, &got);
    assert_non_null(strstr(got.at, "Content-Length: 10\r\n"));
    assert_string_equal(strstr(got.at, "\r\n\r\n"), "\r\n\r\n");
    close(fd);
    text_clear(&got);
}

static void answer_headers(void **state)
{
    (void)state;
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /rich HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(fd, &got, "\r\n\r\n{}"));
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
    start();
    expect_end("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n");
    expect_end("GET / HTTP/1.1\n", "application/problem+json");
    expect_end("GET / HTTP/3.0\r\n", "\"status\":505");
    expect_end("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
               "HTTP/1.1 411 Length Required\r\n");
    expect_end("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n",
               "HTTP/1.1 413 Content Too Large\r\n");
    expect_end("GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n", "HTTP/1.1 417 ");
    assert_int_equal(world.dispatched, 0);
    /* a sound frame with unsound content: the connection goes on */
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\nGET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"
                  "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(fd, &got, "GET /echo "));
    assert_int_equal(times(&got, "HTTP/1.1 400 Bad Request\r\n"), 2);
    assert_int_equal(world.dispatched, 1);
    close(fd);
    text_clear(&got);
}

/* 413 comes before the body, and a client that goes on sending can still read it. */
static void large_body(void **state)
{
    (void)state;
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    WAIT_FOR(has(fd, &got, "HTTP/1.1 413 "));
    char *body = mem_zero(1000000);
    send_bytes(fd, body, 1000000);
    mem_free(body);
    turn_for(5);
    assert_int_equal(world.dispatched, 0);
    close(fd);
    text_clear(&got);
}

static void bodies(void **state)
{
    (void)state;
    world.settings.bodies = 20 * 1024 * 1024;
    start();
    struct text got = {0};
    int fd = connect_client();
    size_t size = 8 * 1024 * 1024;
    char *body = mem_zero(size);
    send_text(fd, "POST /v1/import/units HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
    send_bytes(fd, body, size);
    WAIT_FOR(has(fd, &got, "8388608 bytes"));
    close(fd);
    text_clear(&got);
    /* two that stop before their end leave no room for a third */
    int slow[2];
    for (int i = 0; i < 2; i++) {
        slow[i] = connect_client();
        send_text(slow[i], "POST /v1/import/units HTTP/1.1\r\nHost: x\r\n"
                           "Content-Length: 18388608\r\n\r\n");
        send_bytes(slow[i], body, size);
    }
    turn_for(20);
    expect_end("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /echo");
    fd = connect_client();
    send_text(fd, "POST /v1/import/units HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
    send_bytes(fd, body, size);
    WAIT_FOR(has(fd, &got, "HTTP/1.1 503 "));
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
    start();
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                  "Content-Length: 5\r\n\r\n");
    WAIT_FOR(has(fd, &got, "HTTP/1.1 100 Continue\r\n\r\n"));
    send_text(fd, "hello");
    WAIT_FOR(has(fd, &got, "POST /echo hello"));
    text_clear(&got);
    /* not when the body is there already, nor when it is refused */
    send_text(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                  "Content-Length: 5\r\n\r\nagain");
    WAIT_FOR(has(fd, &got, "POST /echo again"));
    assert_null(strstr(got.at, "100 Continue"));
    close(fd);
    text_clear(&got);
    expect_end(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n",
        "HTTP/1.1 413 ");
}

static void deadlines(void **state)
{
    (void)state;
    world.settings.head = (struct span){100000};
    world.settings.body = (struct span){100000};
    world.settings.idle = (struct span){100000};
    start();
    expect_end("GET / HT", "HTTP/1.1 408 Request Timeout\r\n");
    expect_end("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 408 ");
    expect_end("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET /echo ");
    /* one that says nothing gets nothing */
    struct text got = {0};
    int fd = connect_client();
    WAIT_FOR(receive(fd, &got));
    assert_null(got.at);
    close(fd);
    /* a byte now and then does not move the deadline */
    int64_t began = clock_steady().us;
    fd = connect_client();
    for (int i = 0; i < 100 && !has(fd, &got, "408"); i++) {
        send(fd, "G", 1, MSG_NOSIGNAL);
        turn_for(20);
    }
    assert_true(has(fd, &got, "HTTP/1.1 408 "));
    assert_true(clock_steady().us - began < 1000000);
    close(fd);
    text_clear(&got);
}

static void half_requests(void **state)
{
    (void)state;
    start();
    static const char *const halves[] = {
        "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n\r",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc"};
    for (size_t i = 0; i < COUNT_OF(halves); i++) {
        struct text got = {0};
        int fd = connect_client();
        send_text(fd, halves[i]);
        shutdown(fd, SHUT_WR);
        WAIT_FOR(receive(fd, &got));
        assert_non_null(strstr(got.at, "HTTP/1.1 400 "));
        close(fd);
        text_clear(&got);
    }
    /* whole ones are answered, though the client sends nothing more */
    struct text got = {0};
    int fd = connect_client();
    send_text(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    shutdown(fd, SHUT_WR);
    WAIT_FOR(receive(fd, &got));
    assert_non_null(strstr(got.at, "GET /a "));
    assert_non_null(strstr(got.at, "GET /b "));
    close(fd);
    text_clear(&got);
}

/* Closes a client that holds a call: by FIN, or by RST. */
static void hang_up(bool reset, const char *behind)
{
    int before = world.hang_ups;
    int fd = connect_client();
    send_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    send_text(fd, behind);
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
    start();
    for (int reset = 0; reset < 2; reset++) {
        world.answer_hang_up = true;
        hang_up(reset, "");
        hang_up(reset, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_int_equal(world.held_count, 0);
        world.answer_hang_up = false;
        hang_up(reset, "");
        assert_int_equal(server_in_flight(world.server), 1);
        answer_text(world.held[--world.held_count], 200, "late");
        assert_int_equal(server_in_flight(world.server), 0);
    }
    expect_end("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /echo");
}

/* A client that does not read gets no second request served. */
static void deaf_client(void **state)
{
    (void)state;
    start();
    int fd = connect_client();
    int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    send_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    struct call *call = world.held[--world.held_count];
    size_t size = 32 * 1024 * 1024;
    char *body = arena_take(call->arena, size + 1);
    memset(body, 'x', size);
    answer_text(call, 200, body);
    send_text(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    turn_for(50);
    assert_int_equal(world.dispatched, 1);
    close(fd);
}

static void too_many(void **state)
{
    (void)state;
    world.settings.connections = 2;
    world.settings.in_flight = 1;
    start();
    int first = connect_client(), second = connect_client();
    send_text(first, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(world.held_count == 1);
    struct text got = {0};
    send_text(second, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(second, &got, "HTTP/1.1 503 Service Unavailable\r\n"));
    assert_non_null(strstr(got.at, "Retry-After: 1\r\n"));
    text_clear(&got);
    int third = connect_client();
    WAIT_FOR(receive(third, &got));
    assert_non_null(strstr(got.at, "HTTP/1.1 503 "));
    answer_text(world.held[--world.held_count], 200, "held");
    text_clear(&got);
    send_text(second, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(second, &got, "GET /echo "));
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
    start();
    struct text got = {0}, slow_got = {0}, idle_got = {0};
    int held = connect_client(), idle = connect_client(), slow = connect_client();
    send_text(held, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    send_text(slow, "GET /ec");
    WAIT_FOR(world.held_count == 1);
    server_drain(world.server, on_drained, &world);
    WAIT_FOR(receive(idle, &idle_got));
    WAIT_FOR(has(slow, &slow_got, "408"));
    assert_false(world.drained);
    answer_text(world.held[--world.held_count], 200, "held");
    close(slow);
    WAIT_FOR(receive(held, &got));
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
    start();
    server_drain(world.server, on_drained, &world);
    assert_false(world.drained);
    WAIT_FOR(world.drained);
}

/* Ending with open calls: they are told, and their replies come to nothing. */
static void freeing(void **state)
{
    (void)state;
    start();
    int fd = connect_client(), other = connect_client();
    send_text(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    send_text(other, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
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
    start();
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
    send_text(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    WAIT_FOR(has(fd, &got, "GET /echo "));
    close(fd);
    server_free(world.server);
    world.server = server_new(world.base, &world.settings, dispatch, &world);
    assert_true(server_listen(world.server, address, &err)); /* left behind, nobody answers */
    unlink(path);
    text_clear(&got);
}

#define SERVER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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
        SERVER_TEST(large_body),
        SERVER_TEST(bodies),
        SERVER_TEST(expectation),
        SERVER_TEST(deadlines),
        SERVER_TEST(half_requests),
        SERVER_TEST(hang_ups),
        SERVER_TEST(deaf_client),
        SERVER_TEST(too_many),
        SERVER_TEST(draining),
        SERVER_TEST(draining_nothing),
        SERVER_TEST(freeing),
        SERVER_TEST(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
