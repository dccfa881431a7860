/* Answers in parts: framing, back-pressure, ends good and bad. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/loopback.h"

enum {
    PART = 65536,
    MANY = 512,
    QUEUE_MOST = 262144 + PART,
    SMALL_BUFFER = 524288,
    SYSTEM_MOST = 8 << 20
};

/* What sends parts, as a flow would. */
static struct producer {
    struct call *call; /* NULL: ended */
    char part[PART];
    int sent, wanted; /* parts */
    int rooms, hang_ups;
    bool full, stay; /* stay: does not end by itself */
} producer;

static void end(bool good)
{
    struct call *call = producer.call;
    producer.call = NULL;
    call->end(call, good);
}

/* As many parts as may be on their way. */
static void produce(void)
{
    while (!producer.full && producer.sent < producer.wanted) {
        memset(producer.part, 'a' + producer.sent % 26, PART);
        producer.sent++;
        producer.full = !producer.call->send(producer.call, (struct slice){producer.part, PART});
    }
    if (!producer.full && !producer.stay)
        end(true);
}

static void on_room(struct call *call)
{
    assert_ptr_equal(call, producer.call);
    assert_true(producer.full);
    producer.full = false;
    producer.rooms++;
    produce();
}

static void on_hang_up(struct call *call)
{
    assert_ptr_equal(call, producer.call);
    producer.hang_ups++;
    end(false);
}

/* Sends a request, takes its call and begins; what begin said. */
static bool begin(int fd, const char *request)
{
    static const struct answer answer = {
        .status = 200, .type = "text/csv", .file = "a.csv", .wait_applied = -1};
    client_send(fd, request);
    WAIT_FOR(world.held_count == 1);
    producer = (struct producer){.call = world.held[--world.held_count], .stay = true};
    producer.call->on_room = on_room;
    producer.call->on_hang_up = on_hang_up;
    return producer.call->begin(producer.call, &answer);
}

static const char hold[] = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";
static const char old_hold[] = "GET /hold HTTP/1.0\r\n\r\n";
static const char echo[] = "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";

static void send_text(const char *text)
{
    assert_true(producer.call->send(producer.call, (struct slice){text, strlen(text)}));
}

static int small_client(void)
{
    int fd = client_connect();
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){SMALL_BUFFER}, sizeof(int));
    return fd;
}

static void chunks(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    for (int round = 0; round < 2; round++) {
        assert_true(begin(fd, hold));
        client_send(fd, echo); /* it waits for its turn */
        send_text("first");
        send_text("");
        WAIT_FOR(client_has(fd, &got, "\r\n\r\n5\r\nfirst\r\n"));
        send_text("and the second");
        turn_for(5);
        assert_int_equal(world.dispatched, round * 2 + 1);
        end(true);
        WAIT_FOR(client_has(fd, &got, "e\r\nand the second\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
        WAIT_FOR(client_has(fd, &got, "GET /echo "));
        assert_non_null(strstr(got.at, "\r\nContent-Type: text/csv\r\nContent-Disposition: "
                                       "attachment; filename=\"a.csv\"\r\n"
                                       "Transfer-Encoding: chunked\r\n"));
        text_clear(&got);
    }
    assert_true(begin(fd, hold)); /* nothing at all is an answer too */
    end(true);
    WAIT_FOR(client_has(fd, &got, "\r\n\r\n0\r\n\r\n"));
    assert_null(strstr(got.at, "Content-Length"));
    close(fd);
    text_clear(&got);
}

static void no_parts_for_head(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    assert_false(begin(fd, "HEAD /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    end(true);
    client_send(fd, echo);
    WAIT_FOR(client_has(fd, &got, "GET /echo "));
    assert_non_null(strstr(got.at, "Transfer-Encoding: chunked\r\n"));
    assert_non_null(strstr(got.at, "\r\n\r\nHTTP/1.1 200 OK\r\n"));
    close(fd);
    text_clear(&got);
}

static void old_protocol(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    for (int all_taken = 0; all_taken < 2; all_taken++) {
        int fd = client_connect();
        assert_true(begin(fd, "GET /hold HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
        send_text("first");
        if (all_taken)
            WAIT_FOR(client_has(fd, &got, "first"));
        end(true);
        WAIT_FOR(client_ended(fd, &got));
        assert_non_null(strstr(got.at, "\r\nConnection: close\r\n\r\nfirst"));
        assert_null(strstr(got.at, "Transfer-Encoding"));
        close(fd);
        text_clear(&got);
    }
}

/* Once only: the second look sees the end of the stream. */
static bool is_reset(int fd)
{
    static int reset = -1;
    char byte;
    if (recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET)
        reset = fd;
    return reset == fd;
}

/* The client sees that something is missing: by the last chunk, or by a reset. */
static void broken(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    assert_true(begin(fd, hold));
    send_text("first");
    WAIT_FOR(client_has(fd, &got, "first\r\n"));
    end(false);
    WAIT_FOR(client_ended(fd, &got));
    assert_null(strstr(got.at, "\r\n0\r\n"));
    close(fd);
    text_clear(&got);

    fd = client_connect();
    assert_true(begin(fd, old_hold));
    send_text("first");
    WAIT_FOR(client_has(fd, &got, "first"));
    end(false);
    WAIT_FOR(is_reset(fd));
    close(fd);
    text_clear(&got);
    assert_int_equal(producer.hang_ups, 0);
}

/* Nothing is produced ahead of a client that does not read, beyond what is fixed. */
static void back_pressure(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = small_client();
    assert_true(begin(fd, old_hold));
    producer.wanted = MANY;
    producer.stay = false;
    produce();
    assert_true(producer.full && producer.sent * PART <= QUEUE_MOST + PART);
    turn_for(20); /* what the system's buffers take */
    int ahead = producer.sent;
    assert_true(producer.full && ahead < MANY / 2);
    turn_for(20);
    assert_int_equal(producer.sent, ahead);
    while (!client_ended(fd, &got)) {
        turn();
        assert_true((size_t)producer.sent * PART <= got.size + QUEUE_MOST + SYSTEM_MOST);
    }
    assert_null(producer.call);
    assert_true(producer.rooms > 0);
    const char *body = strstr(got.at, "\r\n\r\n") + strlen("\r\n\r\n");
    assert_int_equal(got.size - (size_t)(body - got.at), (size_t)MANY * PART);
    for (int i = 0; i < MANY; i++)
        assert_true(body[(size_t)i * PART] == 'a' + i % 26 &&
                    body[(size_t)(i + 1) * PART - 1] == 'a' + i % 26);
    close(fd);
    text_clear(&got);
}

/* A client that takes nothing is given up, while the flow waits for room or works. */
static void nobody_reads(void **state)
{
    (void)state;
    world.settings.write = (struct span){100000};
    loopback_start();
    int fd = small_client();
    assert_true(begin(fd, hold));
    producer.wanted = MANY;
    produce();
    turn_for(2000); /* a second more for each 64 kB that waits */
    assert_int_equal(producer.hang_ups, 0);
    WAIT_FOR(producer.hang_ups == 1);
    assert_int_equal(server_in_flight(world.server), 0);
    close(fd);
    /* a flow that takes longer than that does no harm */
    struct text got = {0};
    fd = client_connect();
    assert_true(begin(fd, hold));
    send_text("first");
    turn_for(250);
    send_text("second");
    end(true);
    WAIT_FOR(client_has(fd, &got, "second\r\n0\r\n\r\n"));
    close(fd);
    text_clear(&got);
}

static void hang_ups(void **state)
{
    (void)state;
    loopback_start();
    for (int reset = 0; reset < 2; reset++)
        for (int waits = 0; waits < 2; waits++) {
            int fd = small_client();
            assert_true(begin(fd, hold));
            producer.wanted = waits ? MANY : 0;
            produce();
            turn_for(5);
            assert_int_equal(producer.hang_ups, 0);
            struct linger linger = {reset, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
            close(fd);
            if (!reset && !waits) { /* noticed when it is sent to */
                send_text("first");
                turn_for(5);
                if (producer.call != NULL)
                    send_text("second");
            }
            WAIT_FOR(producer.hang_ups == 1);
            assert_null(producer.call);
            assert_int_equal(server_in_flight(world.server), 0);
        }
}

/* It only ended its side. */
static void half_closed(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    for (int before = 0; before < 2; before++) {
        int fd = client_connect();
        client_send(fd, hold);
        WAIT_FOR(world.held_count == 1);
        if (before) {
            shutdown(fd, SHUT_WR);
            WAIT_FOR(world.hang_ups == 1);
        }
        assert_true(begin(fd, ""));
        send_text("first");
        if (!before)
            shutdown(fd, SHUT_WR);
        turn_for(5);
        send_text("second");
        end(true);
        WAIT_FOR(client_ended(fd, &got));
        assert_non_null(strstr(got.at, "second\r\n0\r\n\r\n"));
        close(fd);
        text_clear(&got);
    }
}

static void on_drained(void *context)
{
    ((struct loopback *)context)->drained = true;
}

static void draining(void **state)
{
    (void)state;
    loopback_start();
    struct text got = {0};
    int fd = client_connect();
    assert_true(begin(fd, hold));
    send_text("first");
    server_drain(world.server, on_drained, &world);
    turn_for(5);
    assert_false(world.drained);
    send_text("second");
    end(true);
    WAIT_FOR(client_ended(fd, &got));
    assert_non_null(strstr(got.at, "second\r\n0\r\n\r\n"));
    WAIT_FOR(world.drained);
    close(fd);
    text_clear(&got);
}

static void ended_by_the_server(void **state)
{
    (void)state;
    loopback_start();
    int fd = small_client();
    assert_true(begin(fd, hold));
    producer.wanted = MANY;
    produce();
    server_free(world.server);
    world.server = NULL;
    assert_int_equal(producer.hang_ups, 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_TEST(chunks),        SERVER_TEST(no_parts_for_head),
        SERVER_TEST(old_protocol),  SERVER_TEST(broken),
        SERVER_TEST(back_pressure), SERVER_TEST(nobody_reads),
        SERVER_TEST(hang_ups),      SERVER_TEST(half_closed),
        SERVER_TEST(draining),      SERVER_TEST(ended_by_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
