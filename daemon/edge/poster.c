/* curl's callbacks only note what it wants; what has ended is handed over by an event of our own.
 */
#include "edge/poster.h"

#include <assert.h>
#include <string.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "base/clock.h"

enum { KEPT_CONNECTIONS = 64, NAME_CACHE_S = 30 };

struct poster {
    const struct poster_settings *settings;
    struct event_base *base;
    CURLM *multi;
    struct event *timer; /* when curl wants to be called */
    struct event *drain; /* something may have ended */
    struct transfer *first;
};

struct transfer {
    struct transfer *next, **back;
    struct poster *poster;
    struct outgoing *outgoing;
    CURL *easy;
    struct curl_slist *headers;
    char trouble[CURL_ERROR_SIZE];
    struct text answer;
    struct span began;
    bool unreachable, cut; /* the address is not one that may be called; the answer was too long */
};

static void transfer_free(struct transfer *transfer)
{
    *transfer->back = transfer->next;
    if (transfer->next != NULL)
        transfer->next->back = transfer->back;
    curl_multi_remove_handle(transfer->poster->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    text_clear(&transfer->answer);
    mem_free(transfer);
}

/* ---- what came back ---- */

static int retry_after(CURL *easy)
{
    curl_off_t seconds = 0;
    struct curl_header *header;
    if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return -1;
    int64_t number;
    if (text_to_int(header->value, 0, INT32_MAX, &number))
        return (int)number;
    seconds = curl_getdate(header->value, NULL); /* an HTTP date, against the daemon's clock */
    int64_t ahead = seconds - clock_now().us / SECONDS(1).us;
    return seconds < 0 || ahead < 0 || ahead > INT32_MAX ? -1 : (int)ahead;
}

static const char *trouble_of(const struct transfer *transfer, CURLcode code)
{
    if (transfer->unreachable)
        return "the address is not one that may be called";
    if (transfer->cut)
        return "the answer was too long; the rest was not read";
    if (code == CURLE_OK)
        return NULL;
    return transfer->trouble[0] != '\0' ? transfer->trouble : curl_easy_strerror(code);
}

static void end(struct transfer *transfer, CURLcode code)
{
    struct outgoing *outgoing = transfer->outgoing;
    long status = 0;
    if (code == CURLE_OK || transfer->cut)
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    const struct posted posted = {
        .status = (int)status,
        .retry_after = retry_after(transfer->easy),
        .unreachable = transfer->unreachable,
        .error = trouble_of(transfer, code),
        .answer = {transfer->answer.at, transfer->answer.size},
        .took = {clock_steady().us - transfer->began.us                  },
    };
    outgoing->done(outgoing, &posted);
    transfer_free(transfer);
}

static void on_drain(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    const struct poster *poster = context;
    struct CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(poster->multi, &left)) != NULL) {
        struct transfer *transfer;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        end(transfer, code);
    }
}

/* ---- curl and the loop ---- */

static void act(struct poster *poster, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(poster->multi, fd, what, &running);
    event_active(poster->drain, EV_TIMEOUT, 0);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(evutil_socket_t fd, short what, void *context)
{
    int action = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
                 ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
    act(context, fd, action);
}

static int want_timer(CURLM *multi, long ms, void *context)
{
    (void)multi;
    const struct poster *poster = context;
    if (ms < 0)
        event_del(poster->timer);
    else
        event_add(poster->timer, &(struct timeval){ms / 1000, ms % 1000 * 1000});
    return 0;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *watched)
{
    (void)easy;
    struct poster *poster = context;
    struct event *event = watched;
    if (event != NULL)
        event_free(event);
    event = NULL;
    if (what != CURL_POLL_REMOVE) {
        int flags = ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
                    ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0);
        event = event_new(poster->base, fd, (short)(flags | EV_PERSIST), on_socket, poster);
        event_add(event, NULL);
    }
    curl_multi_assign(poster->multi, fd, event);
    return 0;
}

/* ---- one request ---- */

/* The one place where a connection begins: here its address is known for certain. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    if (!address_reachable(transfer->poster->settings->allow, &address->addr)) {
        transfer->unreachable = true;
        return CURL_SOCKET_BAD;
    }
    transfer->unreachable = false; /* another address of the name may be called */
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t limit = transfer->poster->settings->answer_limit;
    size_t more = size * count, room = limit - transfer->answer.size;
    text_add_bytes(&transfer->answer, bytes, more < room ? more : room);
    transfer->cut = more > room;
    return transfer->cut ? 0 : more; /* less than there was ends the transfer */
}

#define SET(option, value) good = curl_easy_setopt(easy, (option), (value)) == CURLE_OK && good

static bool set_limits(CURL *easy, const struct poster_settings *settings)
{
    bool good = true;
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(settings->connect.us / 1000));
    SET(CURLOPT_TIMEOUT_MS, (long)(settings->transfer.us / 1000));
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, settings->plain_http ? "http,https" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)NAME_CACHE_S);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (settings->ca_file != NULL)
        SET(CURLOPT_CAINFO, settings->ca_file);
    return good;
}

static bool set_request(struct transfer *transfer)
{
    const struct outgoing *outgoing = transfer->outgoing;
    CURL *easy = transfer->easy;
    bool good = true;
    transfer->headers = curl_slist_append(NULL, "Expect:");
    for (int i = 0; i < outgoing->header_count; i++)
        transfer->headers = curl_slist_append(transfer->headers, outgoing->headers[i]);
    SET(CURLOPT_URL, outgoing->url);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, outgoing->body.at);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)outgoing->body.size);
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_USERAGENT, "whistled/" WHISTLED_VERSION);
    SET(CURLOPT_ERRORBUFFER, transfer->trouble);
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_WRITEFUNCTION, take_answer);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    return good;
}

void poster_send(void *context, struct outgoing *outgoing)
{
    struct poster *poster = context;
    struct transfer *transfer = mem_zero(sizeof(*transfer));
    transfer->poster = poster;
    transfer->outgoing = outgoing;
    transfer->began = clock_steady();
    transfer->next = poster->first;
    transfer->back = &poster->first;
    if (poster->first != NULL)
        poster->first->back = &transfer->next;
    poster->first = transfer;
    transfer->easy = curl_easy_init();
    bool good = transfer->easy != NULL && set_limits(transfer->easy, poster->settings) &&
                set_request(transfer) &&
                curl_multi_add_handle(poster->multi, transfer->easy) == CURLM_OK;
    assert(good); /* fails for want of memory, and for options that this libcurl does not have */
}

/* ---- its life ---- */

struct poster *poster_new(struct event_base *base, const struct poster_settings *settings)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    struct poster *poster = mem_zero(sizeof(*poster));
    poster->settings = settings;
    poster->base = base;
    poster->timer = evtimer_new(base, on_timer, poster);
    poster->drain = event_new(base, -1, 0, on_drain, poster);
    poster->multi = curl_multi_init();
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return poster;
}

void poster_free(struct poster *poster)
{
    if (poster == NULL)
        return;
    for (struct transfer *transfer = poster->first; transfer != NULL;) {
        struct transfer *next = transfer->next;
        arena_free(transfer->outgoing->arena);
        transfer_free(transfer);
        transfer = next;
    }
    curl_multi_cleanup(poster->multi);
    event_free(poster->timer);
    event_free(poster->drain);
    mem_free(poster);
    curl_global_cleanup();
}
