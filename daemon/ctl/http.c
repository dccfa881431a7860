/* HTTP by one curl easy handle. The key goes only into a header: never into messages, never through
 * a proxy meant for other hosts, never along a redirect. */
#include "ctl/http.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <curl/curl.h>

struct http {
    CURL *curl;
    char *url;
    char *authorization; /* the whole header line; NULL without a key */
    int64_t timeout_s;
};

/* One request on its way. */
struct transfer {
    const struct http_request *request;
    CURL *curl;
    struct text body;
    int64_t written; /* into request->into */
    int unwritable;  /* errno of that; 0: good */
    bool too_large;
    char trouble[CURL_ERROR_SIZE];
};

static bool key_usable(const char *key)
{
    for (const char *at = key; *at != '\0'; at++)
        if (!isgraph((unsigned char)*at))
            return false;
    return key[0] != '\0';
}

struct http *http_new(const struct http_settings *settings, const char **ret_trouble)
{
    if (!text_starts(settings->url, "http://") && !text_starts(settings->url, "https://")) {
        *ret_trouble = "the URL must begin with http:// or https://";
        return NULL;
    }
    if (settings->key != NULL && !key_usable(settings->key)) {
        *ret_trouble = "the key is empty or has characters that no key has";
        return NULL;
    }
    struct http *http = mem_zero(sizeof(*http));
    http->curl = curl_easy_init();
    if (http->curl == NULL) {
        mem_free(http);
        *ret_trouble = "libcurl cannot be started";
        return NULL;
    }
    http->url = mem_copy(settings->url);
    for (size_t size = strlen(http->url); size > 0 && http->url[size - 1] == '/'; size--)
        http->url[size - 1] = '\0';
    http->timeout_s = settings->timeout_s;
    if (settings->key != NULL) {
        struct text line = {0};
        text_format(&line, "Authorization: Bearer %s", settings->key);
        http->authorization = line.at;
    }
    return http;
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->curl);
    if (http->authorization != NULL)
        explicit_bzero(http->authorization, strlen(http->authorization));
    mem_free(http->authorization);
    mem_free(http->url);
    mem_free(http);
}

const char *http_url(const struct http *http)
{
    return http->url;
}

void http_set_timeout(struct http *http, int64_t timeout_s)
{
    http->timeout_s = timeout_s;
}

/* What a refusal says is for the asker, not for the file. */
static bool is_written(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    return transfer->request->into != NULL && status >= 200 && status < 300;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    if (is_written(transfer)) {
        size_t done = fwrite(bytes, 1, size * count, transfer->request->into);
        transfer->written += (int64_t)(size * count);
        transfer->unwritable = done < size * count ? errno : 0;
        return done;
    }
    if (transfer->body.size + size * count > HTTP_ANSWER_MAX) {
        transfer->too_large = true;
        return 0;
    }
    text_add_bytes(&transfer->body, bytes, size * count);
    return size * count;
}

static size_t on_read(char *room, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t got = fread(room, size, count, transfer->request->file);
    return got == 0 && ferror(transfer->request->file) ? CURL_READFUNC_ABORT : got * size;
}

/* curl goes back to the begin when a kept connection turns out to be dead. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
    struct transfer *transfer = context;
    return fseeko(transfer->request->file, offset, origin) == 0 ? CURL_SEEKFUNC_OK
                                                                : CURL_SEEKFUNC_FAIL;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    (void)down_total;
    (void)down;
    (void)up_total;
    const struct transfer *transfer = context;
    const struct http_request *request = transfer->request;
    if (request->progress != NULL)
        request->progress(request->context, up, request->file_size);
    return 0;
}

static void slist_drop(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static void header_add(struct curl_slist **list, const char *name, const char *value)
{
    if (value == NULL)
        return;
    struct text line CLEANUP(text_clear) = {0};
    text_format(&line, "%s: %s", name, value);
    *list = curl_slist_append(*list, line.at);
}

static struct curl_slist *headers(const struct http *http, const struct http_request *request)
{
    struct curl_slist *list = NULL;
    if (http->authorization != NULL)
        list = curl_slist_append(list, http->authorization);
    header_add(&list, "Accept",
               request->into != NULL ? "text/csv, application/problem+json" : "application/json");
    if (request->body.at != NULL || request->file != NULL)
        header_add(&list, "Content-Type",
                   request->type != NULL ? request->type : "application/json");
    if (request->file == NULL) /* a file asks first, so that a refusal comes before the upload */
        list = curl_slist_append(list, "Expect:");
    if (request->wait_s > 0) {
        struct text wait CLEANUP(text_clear) = {0};
        text_format(&wait, "wait=%lld", (long long)request->wait_s);
        header_add(&list, "Prefer", wait.at);
    }
    header_add(&list, "Idempotency-Key", request->idempotency_key);
    header_add(&list, "If-Match", request->if_match);
    header_add(&list, "If-None-Match", request->if_none_match);
    return list;
}

static void set_body(CURL *curl, const struct http_request *request, struct transfer *transfer)
{
    if (request->file != NULL) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->file_size);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, transfer);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
    } else if (request->body.at != NULL || text_equal(request->method, "POST")) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                         request->body.at != NULL ? request->body.at : "");
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static bool is_loopback(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    return text_starts(host, "127.") || text_starts(host, "localhost") ||
           text_starts(host, "[::1]");
}

/* An export may take as long as it likes, if only it goes on. */
static void set_timeouts(const struct http *http, const struct http_request *request)
{
    CURL *curl = http->curl;
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)HTTP_CONNECT_S);
    if (request->into == NULL) {
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)(http->timeout_s + request->wait_s));
        return;
    }
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)http->timeout_s);
}

static void set_common(const struct http *http, const struct http_request *request,
                       struct transfer *transfer)
{
    CURL *curl = http->curl;
    struct text url CLEANUP(text_clear) = {0};
    text_format(&url, "%s%s", http->url, request->path);
    curl_easy_setopt(curl, CURLOPT_URL, url.at);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "whistlectl/" WHISTLED_VERSION);
    set_timeouts(http, request);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->trouble);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    /* on a kept connection that turns out dead curl repeats a request by itself */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
    if (is_loopback(http->url))
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static const char *header_of(CURL *curl, struct arena *arena, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return arena_copy(arena, header->value);
}

static void read_answer(CURL *curl, struct arena *arena, const struct transfer *transfer,
                        struct http_answer *ret_answer)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_answer = (struct http_answer){
        .status = (int)status,
        .body = {transfer->body.size > 0
                     ? arena_bytes(arena, transfer->body.at, transfer->body.size)
                     : "",
                 transfer->body.size},
        .etag = header_of(curl, arena, "ETag"),
        .request_id = header_of(curl, arena, "X-Request-Id"),
        .type = header_of(curl, arena, "Content-Type"),
    };
    const char *after = header_of(curl, arena, "Retry-After");
    int64_t seconds;
    if (after != NULL && text_to_int(after, 0, INT32_MAX, &seconds))
        ret_answer->retry_after = seconds;
}

/* No part of the request has left us when the connection itself could not be made. */
static bool maybe_sent(CURL *curl, CURLcode code)
{
    curl_off_t connected = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
    return code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST && connected > 0;
}

void http_send(struct http *http, const struct http_request *request, struct arena *arena,
               struct http_answer *ret_answer)
{
    struct transfer transfer = {.request = request, .curl = http->curl};
    struct curl_slist *list CLEANUP(slist_drop) = headers(http, request);
    if (request->file != NULL)
        rewind(request->file);
    curl_easy_reset(http->curl);
    set_common(http, request, &transfer);
    set_body(http->curl, request, &transfer);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, list);
    CURLcode code = curl_easy_perform(http->curl);
    if (code == CURLE_OK)
        read_answer(http->curl, arena, &transfer, ret_answer);
    else
        *ret_answer = (struct http_answer){
            .trouble = transfer.unwritable != 0 ? strerror(transfer.unwritable)
                       : transfer.too_large     ? "the answer is too large"
                                                : arena_copy(arena, transfer.trouble[0] != '\0'
                                                                        ? transfer.trouble
                                                                        : curl_easy_strerror(code)),
            .sent = maybe_sent(http->curl, code),
        };
    ret_answer->written = transfer.written;
    text_clear(&transfer.body);
}
