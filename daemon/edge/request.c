/* Decodes target and header values. The guard has checked the form of both. */
#include "edge/request.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "wire/utf8.h"

enum { ID_LENGTH = 64, KEY_LENGTH = 255, WAIT_DIGITS = 6 };

static int hex_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Undoes %xx, and '+' for a space in queries. Refuses what is no text. */
static bool decode(struct slice coded, bool query, struct arena *arena, const char **ret_text)
{
    char *text = arena_take(arena, coded.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < coded.size; i++) {
        char c = coded.at[i];
        if (c == '%') {
            c = (char)(hex_value(coded.at[i + 1]) * 16 + hex_value(coded.at[i + 2]));
            i += 2;
        }
        text[size++] = query && coded.at[i] == '+' ? ' ' : c;
    }
    for (size_t i = 0, step; i < size; i += step) {
        step = text[i] == '\0' ? 0 : utf8_step(text + i, size - i);
        if (step == 0)
            return false;
    }
    *ret_text = text;
    return true;
}

/* A slash or a control that hides in a %xx would make two paths look like one. */
static bool path_read(struct slice coded, struct call *call, struct error *err)
{
    if (!decode(coded, false, call->arena, &call->path))
        return error_set(err, FAULT_MALFORMED, "The path is not UTF-8 text.");
    size_t slashes = 0, hidden = 0;
    for (size_t i = 0; i < coded.size; i++)
        slashes += coded.at[i] == '/';
    for (const char *at = call->path; *at != '\0'; at++) {
        slashes -= *at == '/';
        hidden += (unsigned char)*at < ' ' || *at == 0x7F;
    }
    if (slashes != 0 || hidden > 0)
        return error_set(err, FAULT_MALFORMED, "The path has an encoded slash or control.");
    return true;
}

static bool query_add(struct slice item, struct call *call, struct error *err)
{
    const char *equals = memchr(item.at, '=', item.size);
    struct slice name = {item.at, equals != NULL ? (size_t)(equals - item.at) : item.size};
    struct slice value = {item.at + item.size, 0};
    if (equals != NULL)
        value = (struct slice){equals + 1, item.size - name.size - 1};
    struct query_item decoded;
    if (!decode(name, true, call->arena, &decoded.name) ||
        !decode(value, true, call->arena, &decoded.value))
        return error_set(err, FAULT_MALFORMED, "The query is not UTF-8 text.");
    if (call_query(call, decoded.name) != NULL) {
        error_set(err, FAULT_MALFORMED, "'%s' comes twice in the query.", decoded.name);
        return error_add(err, decoded.name, "comes twice");
    }
    if (call->query_count == QUERY_ITEMS)
        return error_set(err, FAULT_MALFORMED, "The query has more than %d items.", QUERY_ITEMS);
    call->query[call->query_count++] = decoded;
    return true;
}

static bool query_read(const char *query, struct call *call, struct error *err)
{
    for (query += strspn(query, "&"); *query != '\0'; query += strspn(query, "&")) {
        size_t size = strcspn(query, "&");
        if (!query_add((struct slice){query, size}, call, err))
            return false;
        query += size;
    }
    return true;
}

/* A field that may come once; absent: NULL. */
static bool single_read(const struct guard *guard, const char *name, struct arena *arena,
                        const char **ret_value, struct error *err)
{
    const char *value = guard_field(guard, name, NULL);
    if (value != NULL && guard_field(guard, name, value) != NULL)
        return error_set(err, FAULT_MALFORMED, "The header '%s' comes twice.", name);
    *ret_value = arena_copy(arena, value);
    return true;
}

/* A field whose lines make one list. */
static const char *list_read(const struct guard *guard, const char *name, struct arena *arena)
{
    const char *value = guard_field(guard, name, NULL);
    char *list = arena_copy(arena, value);
    while (value != NULL && (value = guard_field(guard, name, value)) != NULL)
        list = arena_format(arena, "%s, %s", list, value);
    return list;
}

static void token_read(const char *value, struct call *call)
{
    static const char scheme[] = "bearer";
    size_t size = sizeof(scheme) - 1;
    if (value == NULL || strncasecmp(value, scheme, size) != 0 || value[size] != ' ')
        return;
    const char *token = value + size + strspn(value + size, " ");
    call->token = strchr(token, ' ') == NULL && *token != '\0' ? token : NULL;
}

/* "Text/CSV; charset=utf-8" becomes "text/csv". */
static void media_read(const char *value, struct call *call)
{
    if (value == NULL)
        return;
    char *media = arena_bytes(call->arena, value, strcspn(value, "; \t"));
    for (char *at = media; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    call->media = media;
}

/* The N of the first "wait=N" of a Prefer list (RFC 7240); what is not understood is ignored. */
static int wait_read(const char *list)
{
    for (; list != NULL && *list != '\0'; list += strcspn(list, ",")) {
        list += strspn(list, ", \t");
        if (strncasecmp(list, "wait", 4) != 0)
            continue;
        const char *value = list + 4 + strspn(list + 4, " \t");
        if (*value != '=')
            continue;
        value += 1 + strspn(value + 1, " \t\"");
        size_t digits = strspn(value, "0123456789");
        int wait = 0;
        for (size_t i = 0; i < digits && digits <= WAIT_DIGITS; i++)
            wait = wait * 10 + (value[i] - '0');
        return digits > 0 && digits <= WAIT_DIGITS ? wait : -1;
    }
    return -1;
}

static bool key_check(const char *key, struct error *err)
{
    if (key == NULL)
        return true;
    size_t size = 0;
    while (key[size] >= ' ' && key[size] <= '~')
        size++;
    if (size == 0 || size > KEY_LENGTH || key[size] != '\0')
        return error_set(err, FAULT_MALFORMED,
                         "Idempotency-Key must be 1 to %d printable ASCII characters.", KEY_LENGTH);
    return true;
}

static bool headers_read(const struct guard *guard, struct call *call, struct error *err)
{
    const char *authorization = NULL, *media = NULL, *coding = NULL;
    if (!single_read(guard, "authorization", call->arena, &authorization, err) ||
        !single_read(guard, "content-type", call->arena, &media, err) ||
        !single_read(guard, "idempotency-key", call->arena, &call->idempotency_key, err) ||
        !single_read(guard, "content-encoding", call->arena, &coding, err))
        return false;
    token_read(authorization, call);
    media_read(media, call);
    call->if_match = list_read(guard, "if-match", call->arena);
    call->if_none_match = list_read(guard, "if-none-match", call->arena);
    call->wait = wait_read(list_read(guard, "prefer", call->arena));
    if (coding != NULL && strcasecmp(coding, "identity") != 0)
        return error_set(err, FAULT_MEDIA, "A Content-Encoding is not understood.");
    return key_check(call->idempotency_key, err);
}

const char *request_id_new(struct arena *arena)
{
    struct {
        uint8_t at[16]; /* six of milliseconds, so that ids sort by time; ten of chance */
    } id;
    crypt_random(id.at, sizeof(id.at));
    int64_t ms = clock_now().us / 1000;
    for (int i = 5; i >= 0; i--, ms >>= 8)
        id.at[i] = (uint8_t)ms;
    return crypt_base32(arena, id.at, sizeof(id.at));
}

static const char *id_read(const struct guard *guard, struct arena *arena)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *given = guard_field(guard, "x-request-id", NULL);
    size_t size = given != NULL ? strspn(given, signs) : 0;
    if (size == 0 || size > ID_LENGTH || given[size] != '\0')
        return request_id_new(arena);
    return arena_copy(arena, given);
}

const char *request_trace(const struct guard *guard, struct arena *arena)
{
    static const char form[] = "hh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";
    const char *given = guard_field(guard, "traceparent", NULL);
    if (given == NULL || strlen(given) != sizeof(form) - 1)
        return NULL;
    for (size_t i = 0; form[i] != '\0'; i++) {
        bool fits = form[i] == '-' ? given[i] == '-' : strchr("0123456789abcdef", given[i]) != NULL;
        if (!fits)
            return NULL;
    }
    return arena_copy(arena, given);
}

bool request_read(const struct guard *guard, struct call *call, struct error *err)
{
    call->request_id = id_read(guard, call->arena);
    call->wait = -1;
    const char *method = guard_method(guard);
    call->method = text_equal(method, "HEAD") ? "GET" : arena_copy(call->arena, method);
    const char *target = guard_target(guard);
    size_t path = strcspn(target, "?");
    const char *query = target[path] == '?' ? target + path + 1 : "";
    return path_read((struct slice){target, path}, call, err) && query_read(query, call, err) &&
           headers_read(guard, call, err);
}
