/* Strict: what is not understood at sight is refused. */
#include "wire/url.h"

#include <string.h>

enum { URL_LIMIT = 2000, HOST_SIZE = 256, PORT_MAX = 65535 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char digits[] = "0123456789";

static bool is_plain(const char *url)
{
    for (const char *at = url; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`{|}", *at) != NULL)
            return false;
    return strlen(url) <= URL_LIMIT;
}

/* The last label begins with a digit: an address in some other form than a dotted quad. */
static bool is_odd_number(const char *host)
{
    const char *last = strrchr(host, '.');
    last = last == NULL ? host : last + 1;
    return strchr(digits, *last) != NULL;
}

static bool is_name(const char *host)
{
    size_t size = strlen(host);
    for (const char *at = host; *at != '\0'; at++)
        if (strchr(letters, *at) == NULL && strchr(digits, *at) == NULL && *at != '-' &&
            *at != '.' && *at != '_')
            return false;
    return size > 0 && host[0] != '.' && host[0] != '-' && strstr(host, "..") == NULL &&
           host[size - 1] != '.' && !is_odd_number(host);
}

/* "host", "host:port", "[v6]", "[v6]:port": the host without brackets. */
static bool split_host(const char *authority, size_t size, char ret_host[HOST_SIZE], bool *ret_six)
{
    char copy[HOST_SIZE];
    if (size == 0 || size >= sizeof(copy))
        return false;
    memcpy(copy, authority, size);
    copy[size] = '\0';
    char *end = copy[0] == '[' ? strchr(copy, ']') : NULL;
    *ret_six = end != NULL;
    char *host = end != NULL ? copy + 1 : copy;
    char *port = strchr(end != NULL ? end + 1 : copy, ':');
    int64_t number;
    if (end != NULL && end[1] != '\0' && port != end + 1)
        return false;
    if (port != NULL && !text_to_int(port + 1, 1, PORT_MAX, &number))
        return false;
    if (port != NULL)
        *port = '\0';
    if (end != NULL)
        *end = '\0';
    memcpy(ret_host, host, strlen(host) + 1);
    return true;
}

static bool host_check(const char *host, bool six, const struct address_list *allow,
                       const char *pointer, struct error *err)
{
    struct sockaddr_storage address;
    bool literal = address_parse(host, &address);
    if (literal ? (strchr(host, ':') != NULL) != six : six || !is_name(host))
        return error_add(err, pointer, "has no host that is a name or a plainly written address");
    if (literal && !address_reachable(allow, (const struct sockaddr *)&address))
        return error_add(err, pointer, "%s may not be called: see [webhooks] allow", host);
    return true;
}

bool url_check(const char *url, bool plain_http, const struct address_list *allow,
               const char *pointer, struct error *err)
{
    bool https = text_starts(url, "https://");
    char host[HOST_SIZE];
    bool six;
    if (!https && !(plain_http && text_starts(url, "http://")))
        return error_add(err, pointer,
                         plain_http ? "must begin with https:// or http://"
                                    : "must begin with https://");
    if (!is_plain(url))
        return error_add(err, pointer, "must be printable ASCII of at most %d bytes", URL_LIMIT);
    const char *authority = strstr(url, "//") + 2;
    size_t size = strcspn(authority, "/?#");
    if (strchr(url, '#') != NULL)
        return error_add(err, pointer, "must have no fragment");
    if (memchr(authority, '@', size) != NULL)
        return error_add(err, pointer, "must name no user");
    if (!split_host(authority, size, host, &six))
        return error_add(err, pointer, "has no host, or a bad port");
    return host_check(host, six, allow, pointer, err);
}
