/* Calls to a receiver in the same event loop. Names are resolved by a getaddrinfo of our own, which
 * stands before the C library's, so that a test says what a name means at each look-up. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "base/clock.h"
#include "edge/poster.h"

enum { CALLS = 200, LONG_S = 10, SHORT_MS = 300 };

static struct event_base *base;
static struct evconnlistener *listener;
static struct bufferevent *taken[CALLS * 2];
static int connections, port;
static const char *say;     /* what is answered; NULL: nothing */
static bool endless, began; /* the body has no end; the head was sent */

/* ---- names ---- */

static const char *meanings[] = {"127.0.0.1", "127.0.0.1"};
static int look_ups;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret_list)
{
    (void)name, (void)hints;
    struct addrinfo *made = calloc(1, sizeof(*made));
    struct sockaddr_in *address = calloc(1, sizeof(*address));
    address->sin_family = AF_INET;
    address->sin_port = htons((uint16_t)(service == NULL ? 0 : atoi(service)));
    inet_pton(AF_INET, meanings[look_ups++ % 2], &address->sin_addr);
    *made = (struct addrinfo){.ai_family = AF_INET,
                              .ai_socktype = SOCK_STREAM,
                              .ai_addrlen = sizeof(*address),
                              .ai_addr = (struct sockaddr *)address};
    *ret_list = made;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    free(list->ai_addr);
    free(list);
}

/* ---- the receiver ---- */

static void on_room(struct bufferevent *bev, void *context)
{
    (void)context;
    static const char bytes[4096];
    if (endless && began)
        bufferevent_write(bev, bytes, sizeof(bytes));
}

static void on_read(struct bufferevent *bev, void *context)
{
    (void)context;
    struct evbuffer *input = bufferevent_get_input(bev);
    if (evbuffer_search(input, "the body", 8, NULL).pos < 0)
        return;
    evbuffer_drain(input, evbuffer_get_length(input));
    if (say != NULL)
        bufferevent_write(bev, say, strlen(say));
    began = say != NULL;
}

static void on_accept(struct evconnlistener *from, evutil_socket_t fd, struct sockaddr *address,
                      int size, void *context)
{
    (void)from, (void)address, (void)size, (void)context;
    struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, on_read, on_room, NULL, NULL);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    taken[connections++] = bev;
}

static void drop_all(void)
{
    for (int i = 0; i < connections; i++)
        bufferevent_free(taken[i]);
    connections = 0;
}

static int begin(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    base = event_base_new();
    listener = evconnlistener_new_bind(base, on_accept, NULL, LEV_OPT_CLOSE_ON_FREE, CALLS,
                                       (struct sockaddr *)&address, sizeof(address));
    assert_non_null(listener);
    getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address, &size);
    port = ntohs(address.sin_port);
    say = NULL;
    endless = began = false;
    look_ups = 0;
    meanings[0] = meanings[1] = "127.0.0.1";
    return 0;
}

static int end(void **state)
{
    (void)state;
    drop_all();
    evconnlistener_free(listener);
    event_base_free(base);
    return 0;
}

/* ---- the calls ---- */

static struct address_list loopback;
static struct poster_settings settings;
static struct arena *list_arena;

static struct poster *open_with(const char *allow)
{
    struct error err = {.arena = list_arena};
    assert_true(address_list_read(allow, "", list_arena, &loopback, &err));
    settings = (struct poster_settings){.connect = SECONDS(1),
                                        .transfer = {SHORT_MS * 1000},
                                        .answer_limit = 10000,
                                        .plain_http = true,
                                        .allow = &loopback};
    return poster_new(base, &settings);
}

/* What the last call came back with. */
static struct posted last;
static char last_error[256], last_answer[256];
static int came;

static void on_done(struct outgoing *outgoing, const struct posted *posted)
{
    last = *posted;
    snprintf(last_error, sizeof(last_error), "%s", posted->error == NULL ? "" : posted->error);
    snprintf(last_answer, sizeof(last_answer), "%.*s", (int)posted->answer.size,
             posted->answer.size > 0 ? posted->answer.at : "");
    came++;
    arena_free(outgoing->arena);
}

static void send_to(struct poster *poster, const char *host)
{
    struct arena *arena = arena_new();
    struct outgoing *outgoing = ARENA_NEW(arena, struct outgoing);
    *outgoing = (struct outgoing){
        .url = arena_format(arena, "http://%s:%d/x?key=K", host, port),
        .headers = {"X-Test: 1"},
        .header_count = 1,
        .body = { "the body",          8},
        .done = on_done,
        .arena = arena
    };
    int before = came;
    poster_send(poster, outgoing);
    assert_int_equal(came, before); /* never from inside */
}

static void wait_for(int count)
{
    struct span until = {clock_steady().us + SECONDS(LONG_S).us};
    while (came < count && clock_steady().us < until.us)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(came, count);
}

/* One call to `host` with what may be reached. */
static void call(const char *allow, const char *host)
{
    struct poster *poster = open_with(allow);
    came = 0;
    send_to(poster, host);
    wait_for(1);
    poster_free(poster);
}

static void answered(void **state)
{
    (void)state;
    say = "HTTP/1.1 503 No\r\nContent-Length: 5\r\nRetry-After: 17\r\n\r\nlater";
    call("127.0.0.0/8", "127.0.0.1");
    assert_int_equal(last.status, 503);
    assert_int_equal(last.retry_after, 17);
    assert_string_equal(last_answer, "later");
    assert_string_equal(last_error, "");
    assert_false(last.unreachable);
}

static void not_followed(void **state)
{
    (void)state;
    char text[128];
    snprintf(text, sizeof(text),
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/y\r\nContent-Length: 0\r\n\r\n",
             port);
    say = text;
    call("127.0.0.0/8", "127.0.0.1");
    assert_int_equal(last.status, 302);
    assert_int_equal(last.retry_after, -1);
    assert_int_equal(connections, 1);
}

static void silent(void **state)
{
    (void)state;
    call("127.0.0.0/8", "127.0.0.1");
    assert_int_equal(last.status, 0);
    assert_non_null(strstr(last_error, "timed out"));
    assert_null(strstr(last_error, "key=K"));
    assert_true(last.took.us >= SHORT_MS * 900);
}

/* The status is there, the rest does not come in time: no answer in full. */
static void half(void **state)
{
    (void)state;
    say = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    call("127.0.0.0/8", "127.0.0.1");
    assert_int_equal(last.status, 0);
    assert_string_not_equal(last_error, "");
}

static void without_end(void **state)
{
    (void)state;
    say = "HTTP/1.1 200 OK\r\n\r\n";
    endless = true;
    call("127.0.0.0/8", "127.0.0.1");
    assert_int_equal(last.status, 200);
    assert_int_equal(last.answer.size, settings.answer_limit);
    assert_non_null(strstr(last_error, "too long"));
}

static void forbidden(void **state)
{
    (void)state;
    say = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    static const char *const hosts[] = {"127.0.0.1", "2130706433", "0x7f.1", "name.example"};
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        call("", hosts[i]);
        assert_true(last.unreachable);
        assert_int_equal(last.status, 0);
        assert_non_null(strstr(last_error, "may be called"));
    }
    assert_int_equal(connections, 0);
}

/* A name that means something good when it is looked up first, and something bad then. */
static void rebinding(void **state)
{
    (void)state;
    say = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    meanings[0] = "127.0.0.2";
    call("127.0.0.2", "name.example");
    assert_int_equal(last.status, 200);
    assert_int_equal(connections, 1);
    call("127.0.0.2", "name.example");
    assert_int_equal(look_ups, 2);
    assert_true(last.unreachable);
    assert_int_equal(connections, 1);
}

static void many_at_once(void **state)
{
    (void)state;
    say = "HTTP/1.1 204 None\r\n\r\n";
    struct poster *poster = open_with("127.0.0.0/8");
    settings.transfer = SECONDS(LONG_S);
    came = 0;
    for (int i = 0; i < CALLS; i++)
        send_to(poster, "127.0.0.1");
    wait_for(CALLS);
    assert_int_equal(last.status, 204);
    poster_free(poster);
}

/* What is under way when it ends is dropped; the sanitizer tells whether all of it. */
static void ended_in_between(void **state)
{
    (void)state;
    struct poster *poster = open_with("127.0.0.0/8");
    came = 0;
    for (int i = 0; i < CALLS / 2; i++)
        send_to(poster, i % 2 == 0 ? "127.0.0.1" : "name.example");
    for (int i = 0; i < 10; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
    poster_free(poster);
    assert_int_equal(came, 0);
    poster_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answered, begin, end),
        cmocka_unit_test_setup_teardown(not_followed, begin, end),
        cmocka_unit_test_setup_teardown(silent, begin, end),
        cmocka_unit_test_setup_teardown(half, begin, end),
        cmocka_unit_test_setup_teardown(without_end, begin, end),
        cmocka_unit_test_setup_teardown(forbidden, begin, end),
        cmocka_unit_test_setup_teardown(rebinding, begin, end),
        cmocka_unit_test_setup_teardown(many_at_once, begin, end),
        cmocka_unit_test_setup_teardown(ended_in_between, begin, end),
    };
    list_arena = arena_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(list_arena);
    return failed;
}
