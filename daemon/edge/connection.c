/* A connection is in one phase at a time:
 *
 *   REST -> HEAD -> BODY -> HELD -> ANSWER -> REST ...         (or LINGER, when it is to end)
 *                             \-> PARTS -/
 *
 * Only one request is open: what a client sends behind it stays unread, but for a little, until the
 * answer has left. Reading goes on meanwhile, within a small limit, since only a reader sees a
 * client hang up; one that sends more than that behind a held request and then leaves is noticed at
 * the answer. Each phase but HELD has one absolute deadline; in PARTS each part has one, while
 * something waits to be taken. */
#include "edge/connection.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "edge/reply.h"
#include "edge/request.h"

enum phase { REST, HEAD, BODY, HELD, PARTS, ANSWER, LINGER };

enum {
    READ_AHEAD = 8192,      /* bytes taken from a client whose request is open */
    BYTES_A_SECOND = 65536, /* the least speed of a large body or answer */
    PARTS_HIGH = 262144,    /* no more parts while more than this waits to be taken ... */
    PARTS_LOW = 65536       /* ... until there is less than this */
};

/* How long a refused client may go on sending before we close: closing at once would make its
 * system throw our answer away. */
static const struct span linger = SECONDS(2);

struct request {
    struct call call;
    struct connection *connection; /* NULL: the client is gone */
    struct traffic *traffic;
    struct reply_form form;
    struct reply_log log;
    int status; /* of an answer in parts */
    bool told;  /* on_hang_up was called */
    bool full;  /* on_room is waited for */
};

struct connection {
    struct traffic *traffic;
    struct connection *next, **link;
    struct bufferevent *stream;
    struct event *deadline;
    struct request *request; /* while HELD or PARTS */
    struct guard guard;
    size_t counted; /* of the present body, in traffic->bodies */
    enum phase phase;
    bool left;    /* the client will send nothing more */
    bool last;    /* the connection ends with the present answer */
    bool refused; /* what the client sends is thrown away */
    char address[INET6_ADDRSTRLEN];
};

struct connection *connection_next(const struct connection *connection)
{
    return connection->next;
}

static struct evbuffer *input_of(const struct connection *connection)
{
    return bufferevent_get_input(connection->stream);
}

/* Bytes that wait to be taken by the client. */
static size_t output_of(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_output(connection->stream));
}

static void enter(struct connection *connection, enum phase phase, struct span limit)
{
    struct timeval time = {limit.us / 1000000, limit.us % 1000000};
    connection->phase = phase;
    if (phase == HELD)
        event_del(connection->deadline);
    else
        event_add(connection->deadline, &time);
}

/* `standard`, and a second more per 64 kB. */
static struct span for_size(struct span standard, size_t size)
{
    return (struct span){standard.us + (int64_t)(size / BYTES_A_SECOND) * 1000000};
}

/* Corrects the sum of all half-read bodies. */
static void count_body(struct connection *connection, size_t size)
{
    connection->traffic->bodies += size - connection->counted;
    connection->counted = size;
}

/* Stops reading once enough is waiting. (libevent's high watermark would call on_read in every turn
 * of the loop for as long as it is reached.) */
static void restrain(struct connection *connection)
{
    if (evbuffer_get_length(input_of(connection)) >= READ_AHEAD)
        bufferevent_disable(connection->stream, EV_READ);
}

static void tell(struct request *request)
{
    if (request->told || request->call.on_hang_up == NULL)
        return;
    request->told = true;
    request->call.on_hang_up(&request->call); /* may answer, which frees the request */
}

void connection_end(struct connection *connection)
{
    struct traffic *traffic = connection->traffic;
    struct request *request = connection->request;
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    count_body(connection, 0);
    traffic->count--;
    metrics_add(METRIC_CONNECTIONS, -1);
    guard_clear(&connection->guard);
    event_free(connection->deadline);
    bufferevent_free(connection->stream);
    mem_free(connection);
    if (request != NULL) {
        request->connection = NULL;
        traffic->in_flight++; /* keeps `traffic` while the flow is told */
        tell(request);
        traffic->in_flight--;
    }
    traffic->on_less(traffic);
}

/* Sends an answer; the next request is read when it has left. */
static void send_answer(struct connection *connection, const struct call *call,
                        const struct answer *answer, struct reply_form form)
{
    struct text text CLEANUP(text_clear) = {0};
    reply_write(&text, call, answer, form);
    connection->last = form.close;
    enter(connection, ANSWER, for_size(connection->traffic->settings.write, text.size));
    bufferevent_write(connection->stream, text.at, text.size);
}

/* Answers what is no request, and ends the connection with that. */
static void refuse(struct connection *connection, int status, const char *detail)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct call call = {.arena = arena, .started = clock_steady(), .address = connection->address};
    call.request_id = request_id_new(arena);
    struct answer answer = reply_refusal(status, detail, &call);
    connection->refused = true;
    count_body(connection, 0);
    guard_clear(&connection->guard);
    reply_log(&call, status, &(struct reply_log){.method = "-", .path = "-"});
    send_answer(connection, &call, &answer, (struct reply_form){.close = true, .minor = 1});
}

/* The client sends nothing more, and all it sent was read. */
static void on_silence(struct connection *connection)
{
    if (connection->phase != REST && guard_begun(&connection->guard))
        refuse(connection, 400, "The request ended early.");
    else
        connection_end(connection);
}

/* The call was answered. */
static void release(struct request *request)
{
    struct traffic *traffic = request->traffic;
    arena_free(request->call.arena);
    mem_free(request);
    traffic->in_flight--;
    metrics_set(METRIC_IN_FLIGHT, traffic->in_flight);
    traffic->on_less(traffic);
}

static void reply(struct call *call, const struct answer *answer)
{
    struct request *request = call->owner;
    struct connection *connection = request->connection;
    reply_log(call, answer->status, &request->log);
    if (connection != NULL) {
        request->form.close = request->form.close || request->traffic->draining;
        connection->request = NULL;
        send_answer(connection, call, answer, request->form);
    }
    release(request);
}

static bool begin_parts(struct call *call, const struct answer *answer)
{
    struct request *request = call->owner;
    struct connection *connection = request->connection;
    struct reply_form *form = &request->form;
    request->status = answer->status;
    request->told = false;
    if (connection == NULL)
        return false;
    struct text text CLEANUP(text_clear) = {0};
    form->parts = true;
    form->close = form->close || form->minor == 0 || request->traffic->draining;
    reply_write(&text, call, answer, *form);
    enter(connection, PARTS, request->traffic->settings.write);
    bufferevent_setwatermark(connection->stream, EV_WRITE, PARTS_LOW, 0);
    bufferevent_write(connection->stream, text.at, text.size);
    return !form->head;
}

static bool send_part(struct call *call, struct slice part)
{
    struct request *request = call->owner;
    struct connection *connection = request->connection;
    if (connection == NULL)
        return true;
    reply_part(bufferevent_get_output(connection->stream), part, request->form);
    size_t waiting = output_of(connection);
    enter(connection, PARTS, for_size(request->traffic->settings.write, waiting));
    request->full = waiting > PARTS_HIGH;
    return !request->full;
}

static void end_well(struct connection *connection, struct reply_form form)
{
    connection->last = form.close;
    reply_last_part(bufferevent_get_output(connection->stream), form);
    bufferevent_setwatermark(connection->stream, EV_WRITE, 0, 0);
    enter(connection, ANSWER, for_size(connection->traffic->settings.write, output_of(connection)));
    if (output_of(connection) == 0)
        bufferevent_trigger(connection->stream, EV_WRITE,
                            BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

/* Without the last chunk; HTTP/1.0 has none, only a reset is noticed there. */
static void end_badly(struct connection *connection, struct reply_form form)
{
    struct linger reset = {form.minor == 0, 0};
    setsockopt(bufferevent_getfd(connection->stream), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    connection_end(connection);
}

static void end_parts(struct call *call, bool good)
{
    struct request *request = call->owner;
    struct connection *connection = request->connection;
    reply_log(call, request->status, &request->log);
    if (connection != NULL) {
        connection->request = NULL;
        if (good)
            end_well(connection, request->form);
        else
            end_badly(connection, request->form);
    }
    release(request);
}

/* A part, or the head before it, has left but for a little. */
static void on_taken(struct connection *connection)
{
    struct request *request = connection->request;
    if (output_of(connection) == 0)
        event_del(connection->deadline); /* now it is the flow that takes its time */
    if (!request->full)
        return;
    request->full = false;
    request->call.on_room(&request->call); /* may end, which frees the request */
}

/* The request as a value, with its body; false if head and body make no sense together. */
static bool request_make(struct connection *connection, struct request *request, struct error *err)
{
    const struct guard *guard = &connection->guard;
    struct call *call = &request->call;
    call->arena = err->arena = arena_new();
    call->now = clock_now();
    call->started = clock_steady();
    call->address = arena_copy(call->arena, connection->address);
    call->reply = reply;
    call->begin = begin_parts;
    call->send = send_part;
    call->end = end_parts;
    call->owner = request;
    bool good = request_read(guard, call, err);

    const char *target = guard_target(guard);
    bool head = text_equal(guard_method(guard), "HEAD");
    request->connection = connection;
    request->traffic = connection->traffic;
    request->form =
        (struct reply_form){.head = head, .close = !guard->keep_alive, .minor = guard->minor};
    request->log.method = head ? "HEAD" : call->method;
    request->log.path = arena_bytes(call->arena, target, strcspn(target, "?"));
    request->log.trace = request_trace(guard, call->arena);

    char *body = arena_take(call->arena, guard->body_size + 1);
    evbuffer_remove(input_of(connection), body, guard->body_size);
    call->body = (struct slice){body, guard->body_size};
    return good;
}

/* All of the request is there. */
static void complete(struct connection *connection)
{
    struct traffic *traffic = connection->traffic;
    struct error err = {0};
    struct request *request = mem_zero(sizeof(*request));
    bool good = request_make(connection, request, &err);
    count_body(connection, 0);
    guard_clear(&connection->guard);

    connection->request = request;
    enter(connection, HELD, SECONDS(0));
    restrain(connection);
    if (++traffic->in_flight > traffic->settings.in_flight && good) {
        err.retry_after = 1;
        good = error_set(&err, FAULT_UNAVAILABLE, "Too many requests are open.");
    }
    metrics_set(METRIC_IN_FLIGHT, traffic->in_flight);
    if (good) {
        traffic->dispatch(traffic->context, &request->call);
    } else {
        struct answer answer = reply_error(&err, &request->call);
        reply(&request->call, &answer);
    }
}

static void read_body(struct connection *connection)
{
    const struct traffic *traffic = connection->traffic;
    size_t size = connection->guard.body_size;
    size_t there = evbuffer_get_length(input_of(connection));
    count_body(connection, there < size ? there : size);
    if (there >= size)
        complete(connection);
    else if (traffic->bodies > traffic->settings.bodies)
        refuse(connection, 503, "Too many large bodies at a time.");
}

/* The head is there and good. */
static void begin_body(struct connection *connection)
{
    const struct guard *guard = &connection->guard;
    enter(connection, BODY, for_size(connection->traffic->settings.body, guard->body_size));
    if (guard->expects && evbuffer_get_length(input_of(connection)) < guard->body_size) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        bufferevent_write(connection->stream, go_on, sizeof(go_on) - 1);
    }
    read_body(connection);
}

static void read_head(struct connection *connection)
{
    struct guard *guard = &connection->guard;
    struct evbuffer *input = input_of(connection);
    size_t size;
    while (guard->state == GUARD_MORE && (size = evbuffer_get_contiguous_space(input)) > 0) {
        const char *bytes = (const char *)evbuffer_pullup(input, (ssize_t)size);
        evbuffer_drain(input, guard_feed(guard, bytes, size));
    }
    if (guard->state == GUARD_REFUSED)
        refuse(connection, guard->status, guard->detail);
    else if (guard->state == GUARD_DONE)
        begin_body(connection);
    else if (connection->phase == REST && guard_begun(guard))
        enter(connection, HEAD, connection->traffic->settings.head);
}

/* Goes on with what was read, if it is time. */
static void advance(struct connection *connection)
{
    if (connection->phase == REST || connection->phase == HEAD)
        read_head(connection);
    else if (connection->phase == BODY)
        read_body(connection);
    else if (connection->refused)
        evbuffer_drain(input_of(connection), evbuffer_get_length(input_of(connection)));
    else
        restrain(connection);
}

static void on_read(struct bufferevent *stream, void *context)
{
    (void)stream;
    advance(context);
}

/* The last answer has left. */
static void part(struct connection *connection)
{
    bool unread = connection->refused || evbuffer_get_length(input_of(connection)) > 0;
    if (connection->left || !unread) {
        connection_end(connection);
        return;
    }
    shutdown(bufferevent_getfd(connection->stream), SHUT_WR);
    connection->refused = true;
    enter(connection, LINGER, linger);
    if (!connection->left)
        bufferevent_enable(connection->stream, EV_READ);
    advance(connection);
}

/* The answer has left; what the client sent behind its request is next. */
static void next_request(struct connection *connection)
{
    const struct traffic *traffic = connection->traffic;
    guard_init(&connection->guard, &traffic->settings.limits);
    enter(connection, REST, traffic->settings.idle);
    if (!connection->left)
        bufferevent_enable(connection->stream, EV_READ);
    advance(connection);
    if (connection->left && connection->phase <= BODY)
        on_silence(connection);
    else if (connection->left && connection->phase == HELD)
        tell(connection->request);
}

static void on_write(struct bufferevent *stream, void *context)
{
    struct connection *connection = context;
    (void)stream;
    bool gone = connection->phase == ANSWER && output_of(connection) == 0;
    if (connection->phase == PARTS)
        on_taken(connection);
    else if (gone && (connection->last || connection->traffic->draining))
        part(connection);
    else if (gone)
        next_request(connection);
}

static void on_event(struct bufferevent *stream, short what, void *context)
{
    struct connection *connection = context;
    (void)stream;
    connection->left = true;
    if (!(what & BEV_EVENT_EOF) || connection->phase == LINGER)
        connection_end(connection);
    else if (connection->phase == HELD)
        tell(connection->request); /* it may only have ended its side: the answer is still sent */
    else if (connection->phase != PARTS && connection->phase != ANSWER)
        on_silence(connection);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
    struct connection *connection = context;
    (void)fd, (void)what;
    if (connection->phase == HEAD || connection->phase == BODY)
        refuse(connection, 408, "The request took too long to arrive.");
    else
        connection_end(connection);
}

void connection_drain(struct connection *connection)
{
    if (connection->phase == REST)
        connection_end(connection);
    else if (connection->phase == HEAD || connection->phase == BODY)
        enter(connection, connection->phase, connection->traffic->settings.drain);
}

void connection_begin(struct traffic *traffic, int fd, const char *address)
{
    struct connection *connection = mem_zero(sizeof(*connection));
    connection->traffic = traffic;
    connection->next = traffic->connections;
    connection->link = &traffic->connections;
    if (connection->next != NULL)
        connection->next->link = &connection->next;
    traffic->connections = connection;
    traffic->count++;
    metrics_add(METRIC_CONNECTIONS, 1);
    memccpy(connection->address, address, '\0', sizeof(connection->address) - 1);
    guard_init(&connection->guard, &traffic->settings.limits);

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* fails on unix sockets */
    connection->deadline = evtimer_new(traffic->base, on_deadline, connection);
    connection->stream = bufferevent_socket_new(traffic->base, fd, BEV_OPT_CLOSE_ON_FREE);
    assert(connection->deadline != NULL && connection->stream != NULL); /* out of memory */
    bufferevent_setcb(connection->stream, on_read, on_write, on_event, connection);
    enter(connection, REST, traffic->settings.head);
    bufferevent_enable(connection->stream, EV_READ);
}
