/* Reads a head line by line. Each byte is looked at as it comes, each line when it ends, the whole
 * when the empty line came; so the first fault in the order of bytes decides, however they are cut.
 */
#include "edge/guard.h"

#include <string.h>

enum {
    FIELDS = 100,       /* field lines at most */
    AROUND_TARGET = 64, /* room for method and version in the request line */
    DIGITS = 18         /* of a Content-Length; longer ones are too large anyway */
};

static const char token_signs[] = "!#$%&'*+-.^_`|~";
static const char target_signs[] = "-._~!$&'()*+,;=:@/?%";
static const char host_signs[] = "-._~!$&'()*+,;=:[]%";

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The number of leading bytes that are letters, digits or `signs`. */
static size_t span_of(const char *text, const char *signs)
{
    size_t size = 0;
    while (is_alnum(text[size]) || (text[size] != '\0' && strchr(signs, text[size]) != NULL))
        size++;
    return size;
}

static bool refuse(struct guard *guard, int status, const char *detail)
{
    guard->state = GUARD_REFUSED;
    guard->status = status;
    guard->detail = detail;
    return false;
}

void guard_init(struct guard *guard, const struct guard_limits *limits)
{
    *guard = (struct guard){.limits = limits};
}

void guard_clear(struct guard *guard)
{
    text_clear(&guard->bytes);
}

bool guard_begun(const struct guard *guard)
{
    return guard->bytes.size > 0 || guard->blank;
}

const char *guard_method(const struct guard *guard)
{
    return guard->bytes.at;
}

const char *guard_target(const struct guard *guard)
{
    return guard->bytes.at + guard->target;
}

const char *guard_field(const struct guard *guard, const char *name, const char *after)
{
    const char *end = guard->bytes.at + guard->bytes.size;
    const char *at = after != NULL ? after + strlen(after) : guard->bytes.at + guard->fields;
    for (;;) {
        while (at < end && *at == '\0')
            at++;
        if (at == end)
            return NULL;
        const char *value = at + strlen(at) + 1;
        value += strspn(value, " \t");
        if (strcmp(at, name) == 0)
            return value;
        at = value + strlen(value);
    }
}

static bool version_read(struct guard *guard, const char *version)
{
    if (!text_starts(version, "HTTP/") || version[5] == '\0' ||
        version[5 + strspn(version + 5, "0123456789.")] != '\0')
        return refuse(guard, 400, "The request line is not 'method target HTTP/1.1'.");
    if (!text_equal(version, "HTTP/1.1") && !text_equal(version, "HTTP/1.0"))
        return refuse(guard, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    guard->minor = version[7] - '0';
    guard->keep_alive = guard->minor == 1;
    return true;
}

/* "http://host/path" becomes "/path": RFC 9112, 3.2.2 lets a client send it to any server. */
static bool target_shorten(struct guard *guard)
{
    char *target = guard->bytes.at + guard->target;
    size_t scheme = text_starts(target, "http://") ? 7 : text_starts(target, "https://") ? 8 : 0;
    size_t host = scheme > 0 ? span_of(target + scheme, host_signs) : 0;
    char *rest = target + scheme + host;
    if (host == 0 || (*rest != '\0' && *rest != '/' && *rest != '?'))
        return refuse(guard, 400, "The target must begin with '/'.");
    if (*rest != '/')
        *--rest = '/'; /* over the host's last byte, which nobody reads again */
    guard->target = (size_t)(rest - guard->bytes.at);
    return true;
}

static bool target_check(struct guard *guard)
{
    const char *target = guard_target(guard);
    if (text_equal(target, "*") && text_equal(guard_method(guard), "OPTIONS"))
        return true;
    if (*target != '/' && !target_shorten(guard))
        return false;
    target = guard_target(guard);
    if (target[span_of(target, target_signs)] != '\0')
        return refuse(guard, 400, "The target has a byte that must be percent-encoded.");
    for (const char *at = strchr(target, '%'); at != NULL; at = strchr(at + 1, '%'))
        if (!is_hex(at[1]) || !is_hex(at[2]))
            return refuse(guard, 400, "The target has a '%' without two hexadecimal digits.");
    return true;
}

static bool request_line(struct guard *guard)
{
    char *line = guard->bytes.at;
    size_t method = span_of(line, token_signs);
    char *target = line + method + 1;
    char *version = method > 0 && line[method] == ' ' ? strchr(target, ' ') : NULL;
    if (version == NULL || version == target)
        return refuse(guard, 400, "The request line is not 'method target HTTP/1.1'.");
    line[method] = '\0';
    *version++ = '\0';
    guard->target = method + 1;
    if (!version_read(guard, version) || !target_check(guard))
        return false;
    guard->fields = guard->bytes.size;
    return true;
}

/* Makes "Name: value" into "name" and "value", each with a NUL behind it. */
static bool field_line(struct guard *guard)
{
    char *line = guard->bytes.at + guard->line;
    size_t name = span_of(line, token_signs);
    if (name == 0 || line[name] != ':')
        return refuse(guard, 400, "A header line is not 'name: value'.");
    if (++guard->count > FIELDS)
        return refuse(guard, 431, "Too many header lines.");
    for (size_t i = 0; i < name; i++)
        if (line[i] >= 'A' && line[i] <= 'Z')
            line[i] = (char)(line[i] - 'A' + 'a');
    line[name] = '\0';
    char *value = line + name + 1;
    for (size_t size = strlen(value);
         size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'); size--)
        value[size - 1] = '\0';
    return true;
}

static bool host_check(struct guard *guard)
{
    const char *host = guard_field(guard, "host", NULL);
    if (host == NULL)
        return guard->minor == 0 || refuse(guard, 400, "Host is missing.");
    if (guard_field(guard, "host", host) != NULL)
        return refuse(guard, 400, "Host comes twice.");
    if (host[span_of(host, host_signs)] != '\0')
        return refuse(guard, 400, "Host is not a host name.");
    return true;
}

static size_t body_limit(const struct guard *guard)
{
    const char *target = guard_target(guard);
    static const char batch[] = "/v1/tickets/batch";
    size_t path = strcspn(target, "?");
    if (path == sizeof(batch) - 1 && text_starts(target, batch))
        return guard->limits->batch_body;
    return text_starts(target, "/v1/import/") ? guard->limits->import_body : guard->limits->body;
}

/* Content-Length is the only way to give a body: what a transfer coding says can be read in two
 * ways by two programs in a row. */
static bool body_check(struct guard *guard)
{
    const char *length = guard_field(guard, "content-length", NULL);
    if (guard_field(guard, "transfer-encoding", NULL) != NULL)
        return length != NULL
                   ? refuse(guard, 400, "Content-Length and Transfer-Encoding exclude each other.")
                   : refuse(guard, 411, "Send Content-Length, not Transfer-Encoding.");
    if (length == NULL)
        return true;
    if (guard_field(guard, "content-length", length) != NULL)
        return refuse(guard, 400, "Content-Length comes twice.");
    size_t digits = strspn(length, "0123456789");
    if (digits == 0 || length[digits] != '\0')
        return refuse(guard, 400, "Content-Length is not a number.");
    int64_t size;
    if (digits > DIGITS || !text_to_int(length, 0, INT64_MAX, &size) ||
        (uint64_t)size > body_limit(guard))
        return refuse(guard, 413, "The body is too large.");
    guard->body_size = (size_t)size;
    return true;
}

/* Whether a comma-separated list of words has `word`, whatever its case. */
static bool list_has(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (list += strspn(list, ", \t"); *list != '\0'; list += strspn(list, ", \t")) {
        size_t item = strcspn(list, ", \t");
        if (item == size && strncasecmp(list, word, size) == 0)
            return true;
        list += item;
    }
    return false;
}

static void connection_read(struct guard *guard)
{
    bool asked = false, closing = false;
    for (const char *value = guard_field(guard, "connection", NULL); value != NULL;
         value = guard_field(guard, "connection", value)) {
        asked = asked || list_has(value, "keep-alive");
        closing = closing || list_has(value, "close");
    }
    guard->keep_alive = !closing && (guard->minor == 1 || asked);
}

static bool head_end(struct guard *guard)
{
    if (!host_check(guard) || !body_check(guard))
        return false;
    const char *expected = guard_field(guard, "expect", NULL);
    if (expected != NULL && strcasecmp(expected, "100-continue") != 0)
        return refuse(guard, 417, "Only 100-continue can be expected.");
    guard->expects = expected != NULL && guard->minor == 1;
    connection_read(guard);
    guard->state = GUARD_DONE;
    return true;
}

/* The line feed came: the line stands from `line` to the CR before it. */
static bool line_end(struct guard *guard)
{
    guard->bytes.at[guard->bytes.size - 1] = '\0';
    bool empty = guard->bytes.at[guard->line] == '\0';
    bool good = true;
    if (guard->fields == 0 && empty) {
        /* One empty line before a request is forgiven (RFC 9112, 2.2). */
        good = !guard->blank || refuse(guard, 400, "Empty lines instead of a request.");
        guard->blank = true;
        guard->bytes.size = 0;
    } else if (guard->fields == 0) {
        good = request_line(guard);
    } else if (empty) {
        good = head_end(guard);
    } else {
        good = field_line(guard);
    }
    guard->line = guard->bytes.size;
    return good;
}

/* The number of leading bytes that may stand within a line. */
static size_t plain_run(const char *bytes, size_t size)
{
    size_t run = 0;
    while (run < size &&
           (((unsigned char)bytes[run] >= ' ' && bytes[run] != 0x7F) || bytes[run] == '\t'))
        run++;
    return run;
}

/* Takes some bytes of a line; returns how many. */
static size_t take(struct guard *guard, const char *bytes, size_t size)
{
    bool first = guard->fields == 0;
    size_t limit = first ? guard->limits->target + AROUND_TARGET : guard->limits->head;
    if (guard->bytes.size >= limit) {
        refuse(guard, first ? 414 : 431,
               first ? "The target is too long." : "The head is too large.");
        return 0;
    }
    size_t room = limit - guard->bytes.size;
    size_t run = plain_run(bytes, size < room ? size : room);
    if (run == 0 && *bytes != '\r') {
        refuse(guard, 400, *bytes == '\n' ? "A line ends with LF only." : "A control character.");
        return 0;
    }
    run = run > 0 ? run : 1;
    text_add_bytes(&guard->bytes, bytes, run);
    return run;
}

size_t guard_feed(struct guard *guard, const char *bytes, size_t size)
{
    size_t used = 0;
    while (guard->state == GUARD_MORE && used < size) {
        const struct text *had = &guard->bytes;
        if (had->size == guard->line || had->at[had->size - 1] != '\r') {
            used += take(guard, bytes + used, size - used);
        } else if (bytes[used] == '\n') {
            line_end(guard);
            used++;
        } else {
            refuse(guard, 400, "A CR without LF.");
        }
    }
    return used;
}
