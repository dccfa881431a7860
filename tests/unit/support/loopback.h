/* A server in this process and its clients, on real sockets: each wait is for a condition, with a
 * limit. */
#pragma once

#include "base/clock.h"
#include "edge/server.h"

struct event_base;

enum { HELD_MOST = 8, PATIENCE_S = 5 };

struct loopback {
    struct event_base *base;
    struct server_settings settings;
    struct server *server;
    struct call *held[HELD_MOST];
    int held_count, dispatched, hang_ups;
    bool answer_hang_up, drained;
};

/* The one of the running test. */
extern struct loopback world;

/* For cmocka: a world with standard settings, and its end. */
int loopback_set_up(void **state);
int loopback_tear_down(void **state);
#define SERVER_TEST(test) cmocka_unit_test_setup_teardown(test, loopback_set_up, loopback_tear_down)

/* Starts with world.settings. /hold keeps the call, /rich sets every header, /none is a 204, all
 * else answers what it got. */
void loopback_start(void);
/* Answers in plain text; the last of the held calls. */
void answer_text(struct call *call, int status, const char *body);
void answer_held(const char *body);

int client_connect(void);
/* Sends while the loop turns. */
void client_send(int fd, const char *text);
void client_send_bytes(int fd, const char *bytes, size_t size);
/* Receives what is there; true at the end of the stream. */
bool client_ended(int fd, struct text *got);
/* The same; true once `what` came. */
bool client_has(int fd, struct text *got, const char *what);
/* Sends, and expects that the answer has `what` and that the connection ends. */
void client_expect(const char *request, const char *what);
int times(const struct text *got, const char *what);

/* One turn of the loop, or many. */
void turn(void);
void turn_for(int ms);
/* Turns the loop until `condition` holds. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        int64_t until = clock_steady().us + SECONDS(PATIENCE_S).us;                                \
        while (!(condition) && clock_steady().us < until)                                          \
            turn();                                                                                \
        assert_true(condition);                                                                    \
    } while (0)
