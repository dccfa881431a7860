/* The server's callbacks and clients that never block the loop they share with it. */
#include "support/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/log.h"

struct loopback world;

void answer_text(struct call *call, int status, const char *body)
{
    struct answer answer = {.status = status, .type = "text/plain", .wait_applied = -1};
    answer.body = (struct slice){body, strlen(body)};
    call->reply(call, &answer);
}

void answer_held(const char *body)
{
    answer_text(world.held[--world.held_count], 200, body);
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

int loopback_set_up(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as edge/signals does */
    world = (struct loopback){.base = event_base_new(), .settings = server_settings_standard()};
    return 0;
}

void loopback_start(void)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    world.server = server_new(world.base, &world.settings, dispatch, &world);
    assert_true(server_listen(world.server, "127.0.0.1:0", &err));
    assert_true(server_port(world.server) > 0);
}

int loopback_tear_down(void **state)
{
    (void)state;
    server_free(world.server);
    while (world.held_count > 0)
        answer_held("late");
    event_base_free(world.base);
    return 0;
}

int client_connect(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(world.server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

void turn(void)
{
    event_base_loop(world.base, EVLOOP_NONBLOCK);
    usleep(200);
}

void turn_for(int ms)
{
    int64_t until = clock_steady().us + (int64_t)ms * 1000;
    while (clock_steady().us < until)
        turn();
}

void client_send_bytes(int fd, const char *bytes, size_t size)
{
    size_t sent = 0;
    while (sent < size) {
        ssize_t more = send(fd, bytes + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (more > 0)
            sent += (size_t)more;
        turn();
    }
}

void client_send(int fd, const char *text)
{
    client_send_bytes(fd, text, strlen(text));
}

bool client_ended(int fd, struct text *got)
{
    char piece[65536];
    ssize_t size = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);
    if (size > 0)
        text_add_bytes(got, piece, (size_t)size);
    return size == 0;
}

bool client_has(int fd, struct text *got, const char *what)
{
    client_ended(fd, got);
    return got->at != NULL && strstr(got->at, what) != NULL;
}

int times(const struct text *got, const char *what)
{
    int count = 0;
    for (const char *at = strstr(got->at, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

void client_expect(const char *request, const char *what)
{
    struct text got = {0};
    int fd = client_connect();
    client_send(fd, request);
    WAIT_FOR(client_ended(fd, &got));
    if (got.at == NULL || strstr(got.at, what) == NULL)
        fail_msg("%.60s: expected %s, got %s", request, what, got.at != NULL ? got.at : "nothing");
    close(fd);
    text_clear(&got);
}
