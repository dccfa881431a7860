/* Listeners, the cap on connections, and draining. */
#include "edge/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/log.h"
#include "base/metrics.h"
#include "edge/connection.h"

enum { LISTENERS = 8, BACKLOG = 1024 };

/* How long not to accept when descriptors ran out. */
static const struct timeval breather = {0, 100000};

struct server {
    struct traffic traffic; /* first, so that it leads back here */
    struct evconnlistener *listeners[LISTENERS];
    int listener_count;
    struct event *resume; /* accept again */
    struct event *done;   /* the last connection of a drain is gone */
    void (*on_done)(void *context);
    void *done_context;
    bool freed; /* only waits for the replies to its last calls */
};

struct server_settings server_settings_standard(void)
{
    const size_t kilo = 1024, mega = kilo * kilo;
    return (struct server_settings){
        .limits = {8 * kilo, 32 * kilo, 256 * kilo, 32 * mega, 256 * mega},
        .bodies = 1024 * mega,
        .connections = 10000,
        .in_flight = 10000,
        .head = SECONDS(10),
        .body = SECONDS(60),
        .idle = SECONDS(75),
        .write = SECONDS(60),
        .drain = SECONDS(2),
    };
}

static void on_less(struct traffic *traffic)
{
    struct server *server = (struct server *)traffic;
    if (traffic->count > 0 || traffic->in_flight > 0)
        return;
    if (server->freed)
        mem_free(server);
    else if (traffic->draining)
        event_active(server->done, EV_TIMEOUT, 0);
}

static void on_done(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;
    (void)fd, (void)what;
    void (*done)(void *context) = server->on_done;
    server->on_done = NULL;
    if (done != NULL)
        done(server->done_context);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;
    (void)fd, (void)what;
    for (int i = 0; i < server->listener_count; i++)
        evconnlistener_enable(server->listeners[i]);
}

/* Out of descriptors or memory: the listener would be called again and again. */
static void on_error(struct evconnlistener *listener, void *context)
{
    struct server *server = context;
    log_line(LOG_ERROR, "accept_failed", "errno=%d connections=%d", errno, server->traffic.count);
    evconnlistener_disable(listener);
    event_add(server->resume, &breather);
}

static void turn_away(int fd)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                                 "Content-Length: 0\r\nConnection: close\r\n\r\n";
    send(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
    metrics_add(METRIC_CONNECTIONS_REFUSED, 1);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int size, void *context)
{
    struct server *server = context;
    char address[INET6_ADDRSTRLEN] = "unix";
    (void)listener, (void)size;
    if (from->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, address, sizeof(address));
    else if (from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)from)->sin6_addr, address,
                  sizeof(address));
    if (server->traffic.count >= server->traffic.settings.connections)
        turn_away(fd);
    else
        connection_begin(&server->traffic, fd, address);
}

struct server *server_new(struct event_base *base, const struct server_settings *settings,
                          dispatch_fn dispatch, void *context)
{
    struct server *server = mem_zero(sizeof(*server));
    server->traffic = (struct traffic){.base = base,
                                       .settings = *settings,
                                       .dispatch = dispatch,
                                       .context = context,
                                       .on_less = on_less};
    server->resume = evtimer_new(base, on_resume, server);
    server->done = evtimer_new(base, on_done, server);
    assert(server->resume != NULL && server->done != NULL); /* out of memory */
    return server;
}

static bool listener_add(struct server *server, struct evconnlistener *listener, struct error *err)
{
    if (listener == NULL)
        return error_set(err, FAULT_UNAVAILABLE, "cannot listen: %s", strerror(errno));
    evconnlistener_set_error_cb(listener, on_error);
    server->listeners[server->listener_count++] = listener;
    return true;
}

static bool has_room(const struct server *server, struct error *err)
{
    return server->listener_count < LISTENERS ||
           error_set(err, FAULT_INVALID, "more than %d addresses to listen on", LISTENERS);
}

bool server_adopt(struct server *server, int fd, struct error *err)
{
    int listening = 0;
    socklen_t size = sizeof(listening);
    if (!has_room(server, err))
        return false;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
        return error_set(err, FAULT_INVALID, "descriptor %d does not listen", fd);
    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
    return listener_add(server,
                        evconnlistener_new(server->traffic.base, on_accept, server,
                                           LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd),
                        err);
}

static bool local_read(const char *path, struct sockaddr_storage *ret_address, int *ret_size)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    if (*path != '/' || strlen(path) >= sizeof(local.sun_path))
        return false;
    memcpy(local.sun_path, path, strlen(path));
    memcpy(ret_address, &local, sizeof(local));
    *ret_size = sizeof(local);
    return true;
}

/* "127.0.0.1:12345" or "[::1]:12345"; port 0: any. */
static bool internet_read(const char *text, struct sockaddr_storage *ret_address, int *ret_size)
{
    char host[INET6_ADDRSTRLEN + 2] = "";
    const char *colon = strrchr(text, ':');
    size_t size = colon != NULL ? (size_t)(colon - text) : 0;
    int64_t port;
    if (size == 0 || size >= sizeof(host) || !text_to_int(colon + 1, 0, UINT16_MAX, &port))
        return false;
    memcpy(host, text, size);
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = four.sin_port};
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
        memcpy(ret_address, &four, sizeof(four));
        *ret_size = sizeof(four);
        return true;
    }
    if (host[0] != '[' || host[size - 1] != ']')
        return false;
    host[size - 1] = '\0';
    if (inet_pton(AF_INET6, host + 1, &six.sin6_addr) != 1)
        return false;
    memcpy(ret_address, &six, sizeof(six));
    *ret_size = sizeof(six);
    return true;
}

static bool address_read(const char *text, struct sockaddr_storage *ret_address, int *ret_size,
                         struct error *err)
{
    bool local = text_starts(text, "unix:");
    if (local ? local_read(text + 5, ret_address, ret_size)
              : internet_read(text, ret_address, ret_size))
        return true;
    return error_set(err, FAULT_INVALID,
                     "'%s' is not an address such as 127.0.0.1:12345, [::1]:12345 or "
                     "unix:/run/whistled/socket",
                     text);
}

/* A socket that a former process left behind would be in the way; one that answers stays. */
static void stale_remove(const struct sockaddr_un *local)
{
    struct stat found;
    if (stat(local->sun_path, &found) != 0 || !S_ISSOCK(found.st_mode))
        return;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = connect(probe, (const struct sockaddr *)local, sizeof(*local)) == 0;
    if (!alive && errno == ECONNREFUSED)
        unlink(local->sun_path);
    close(probe);
}

bool server_listen(struct server *server, const char *address, struct error *err)
{
    struct sockaddr_storage at = {0};
    int size = 0;
    if (!has_room(server, err) || !address_read(address, &at, &size, err))
        return false;
    if (at.ss_family == AF_UNIX)
        stale_remove((const struct sockaddr_un *)&at);
    struct evconnlistener *listener =
        evconnlistener_new_bind(server->traffic.base, on_accept, server,
                                LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
                                BACKLOG, (const struct sockaddr *)&at, size);
    if (listener == NULL)
        return error_set(err, FAULT_UNAVAILABLE, "cannot listen on %s: %s", address,
                         strerror(errno));
    return listener_add(server, listener, err);
}

int server_port(const struct server *server)
{
    for (int i = 0; i < server->listener_count; i++) {
        struct sockaddr_in6 at = {0}; /* the port stands at the same place in both families */
        socklen_t size = sizeof(at);
        getsockname(evconnlistener_get_fd(server->listeners[i]), (struct sockaddr *)&at, &size);
        if (at.sin6_family == AF_INET || at.sin6_family == AF_INET6)
            return ntohs(at.sin6_port);
    }
    return 0;
}

int server_in_flight(const struct server *server)
{
    return server->traffic.in_flight;
}

static void close_listeners(struct server *server)
{
    for (int i = 0; i < server->listener_count; i++)
        evconnlistener_free(server->listeners[i]);
    server->listener_count = 0;
    event_del(server->resume);
}

void server_drain(struct server *server, void (*done)(void *context), void *context)
{
    server->on_done = done;
    server->done_context = context;
    server->traffic.draining = true;
    close_listeners(server);
    for (struct connection *at = server->traffic.connections, *next; at != NULL; at = next) {
        next = connection_next(at);
        connection_drain(at);
    }
    on_less(&server->traffic);
}

void server_free(struct server *server)
{
    if (server == NULL)
        return;
    close_listeners(server);
    server->traffic.in_flight++; /* keeps it while connections end */
    while (server->traffic.connections != NULL)
        connection_end(server->traffic.connections);
    event_free(server->resume);
    event_free(server->done);
    server->freed = true;
    server->traffic.in_flight--;
    on_less(&server->traffic);
}
