/* Every answer that leaves the daemon is written here. */
#include "edge/reply.h"

#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "wire/json.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"                             },
    {201, "Created"                        },
    {202, "Accepted"                       },
    {204, "No Content"                     },
    {207, "Multi-Status"                   },
    {303, "See Other"                      },
    {304, "Not Modified"                   },
    {400, "Bad Request"                    },
    {401, "Unauthorized"                   },
    {403, "Forbidden"                      },
    {404, "Not Found"                      },
    {405, "Method Not Allowed"             },
    {408, "Request Timeout"                },
    {409, "Conflict"                       },
    {411, "Length Required"                },
    {412, "Precondition Failed"            },
    {413, "Content Too Large"              },
    {414, "URI Too Long"                   },
    {415, "Unsupported Media Type"         },
    {417, "Expectation Failed"             },
    {422, "Unprocessable Content"          },
    {428, "Precondition Required"          },
    {429, "Too Many Requests"              },
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"          },
    {503, "Service Unavailable"            },
    {505, "HTTP Version Not Supported"     },
};

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
}

/* A header line, if there is a value. Controls, which would begin another line, are left out. */
static void field_add(struct text *text, const char *name, const char *value)
{
    if (value == NULL)
        return;
    text_add(text, name);
    text_add_bytes(text, ": ", 2);
    for (; *value != '\0'; value++)
        if ((unsigned char)*value >= ' ' && *value != 0x7F)
            text_add_bytes(text, value, 1);
    text_add_bytes(text, "\r\n", 2);
}

/* "Date: Mon, 23 Nov 2026 09:00:00 GMT", made once a second. */
static void date_add(struct text *text)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static char line[48];
    static int64_t made = -1;
    int64_t second = clock_now().us / 1000000;
    if (second != made) {
        int year, month, day, time = (int)(second % 86400);
        struct date date = {(int32_t)(second / 86400)};
        date_split(date, &year, &month, &day);
        struct text fresh CLEANUP(text_clear) = {0};
        text_format(&fresh, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                    days[date_weekday(date)], day, months[month - 1], year, time / 3600,
                    time / 60 % 60, time % 60);
        memcpy(line, fresh.at, fresh.size < sizeof(line) ? fresh.size + 1 : 0);
        made = second;
    }
    text_add(text, line);
}

static void challenge_add(struct text *text, const struct call *call)
{
    field_add(text, "WWW-Authenticate",
              call->token != NULL ? "Bearer realm=\"whistled\", error=\"invalid_token\""
                                  : "Bearer realm=\"whistled\"");
}

/* What the body is and where it ends. Without a length it ends by chunks, or, for HTTP/1.0, with
 * the connection. */
static void content_add(struct text *text, const struct answer *answer, struct reply_form form)
{
    if (answer->body.size > 0 || form.parts)
        field_add(text, "Content-Type", answer->type != NULL ? answer->type : "application/json");
    if (answer->file != NULL)
        text_format(text, "Content-Disposition: attachment; filename=\"%s\"\r\n", answer->file);
    if (!form.parts)
        text_format(text, "Content-Length: %zu\r\n", answer->body.size);
    else if (form.minor > 0)
        field_add(text, "Transfer-Encoding", "chunked");
}

void reply_write(struct text *text, const struct call *call, const struct answer *answer,
                 struct reply_form form)
{
    bool bare = answer->status == 204 || answer->status == 304 || answer->status < 200;
    text_format(text, "HTTP/1.1 %d %s\r\n", answer->status, phrase_of(answer->status));
    date_add(text);
    if (!bare)
        content_add(text, answer, form);
    field_add(text, "ETag", answer->etag);
    field_add(text, "Location", answer->location);
    field_add(text, "Allow", answer->allow);
    if (answer->retry_after > 0)
        text_format(text, "Retry-After: %d\r\n", answer->retry_after);
    if (answer->wait_applied >= 0)
        text_format(text, "Preference-Applied: wait=%d\r\n", answer->wait_applied);
    if (answer->status == 401)
        challenge_add(text, call);
    field_add(text, "X-Request-Id", call->request_id);
    field_add(text, "Cache-Control", "no-store");
    if (form.close || form.minor == 0)
        field_add(text, "Connection", form.close ? "close" : "keep-alive");
    text_add_bytes(text, "\r\n", 2);
    if (!bare && !form.head && !form.parts)
        text_add_bytes(text, answer->body.at, answer->body.size);
}

void reply_part(struct evbuffer *output, struct slice part, struct reply_form form)
{
    bool chunked = form.minor > 0;
    if (part.size == 0)
        return; /* an empty chunk would be the last */
    if (chunked)
        evbuffer_add_printf(output, "%zx\r\n", part.size);
    evbuffer_add(output, part.at, part.size);
    if (chunked)
        evbuffer_add(output, "\r\n", 2);
}

void reply_last_part(struct evbuffer *output, struct reply_form form)
{
    static const char last[] = "0\r\n\r\n";
    if (form.minor > 0 && !form.head)
        evbuffer_add(output, last, sizeof(last) - 1);
}

struct answer reply_error(const struct error *err, const struct call *call)
{
    return (struct answer){
        .status = problem_status(err->fault),
        .type = "application/problem+json",
        .body = problem_write(err, call->request_id, call->arena),
        .retry_after = err->retry_after,
        .wait_applied = -1,
    };
}

/* Written here, since some of these statuses are no faults of a use case; all texts are ours and
 * need no escaping. */
struct answer reply_refusal(int status, const char *detail, const struct call *call)
{
    const char *body = arena_format(call->arena,
                                    "{\"type\":\"/problems/http-%d\",\"title\":\"%s\","
                                    "\"status\":%d,\"detail\":\"%s\",\"request_id\":\"%s\"}",
                                    status, phrase_of(status), status, detail, call->request_id);
    return (struct answer){
        .status = status,
        .type = "application/problem+json",
        .body = {body, strlen(body)},
        .retry_after = status == 503 ? 1 : 0,
        .wait_applied = -1,
    };
}

void reply_log(const struct call *call, int status, const struct reply_log *what)
{
    struct span took = {clock_steady().us - call->started.us};
    log_line(status >= 500 ? LOG_WARN : LOG_INFO, "request",
             "req=%s method=%s path=%.200s status=%d ms=%lld key=%s%s%s", call->request_id,
             what->method, what->path, status, (long long)(took.us / 1000),
             call->caller != NULL ? call->caller : "-", what->trace != NULL ? " trace=" : "",
             what->trace != NULL ? what->trace : "");
    enum metric class = status >= 500   ? METRIC_REQUESTS_5XX
                        : status >= 400 ? METRIC_REQUESTS_4XX
                        : status >= 300 ? METRIC_REQUESTS_3XX
                                        : METRIC_REQUESTS_2XX;
    metrics_add(class, 1);
    metrics_observe(METRIC_REQUEST_SECONDS, took);
}
