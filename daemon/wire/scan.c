/* A quick scanner for ordinary JSON. It accepts only what jansson accepts with the same meaning and
 * gives up on everything else (faults, \u escapes, exponents, long numbers, big objects), so that
 * one parser alone, jansson, decides about what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "wire/node.h"
#include "wire/utf8.h"

enum { MEMBERS = 64, INT_DIGITS = 18, REAL_SIZE = 24 };

struct level {
    struct node *node;
    struct node **tail;
};

struct scan {
    const char *at;
    const char *end;
    struct arena *arena;
    int left; /* values that may still come */
    int depth;
    struct level levels[NODE_DEPTH];
};

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static bool take(struct scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != wanted)
        return false;
    scan->at++;
    return true;
}

/* The bytes up to the closing quote; NULL: unusual. */
static const char *string_end(const struct scan *scan, bool *ret_escapes)
{
    *ret_escapes = false;
    for (const char *at = scan->at; at < scan->end;) {
        if (*at == '"')
            return at;
        if ((unsigned char)*at < 0x20)
            return NULL;
        size_t size = *at == '\\' ? 2 : utf8_step(at, (size_t)(scan->end - at));
        if (size == 0)
            return NULL;
        *ret_escapes = *ret_escapes || *at == '\\';
        at += size;
    }
    return NULL;
}

/* `text` with its short escapes replaced in place; false: there are others. */
static bool unescape(char *text)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char *into = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '\\') {
            *into++ = *at;
            continue;
        }
        const char *found = at[1] == '\0' ? NULL : strchr(from, at[1]);
        if (found == NULL)
            return false;
        *into++ = to[found - from];
        at++;
    }
    *into = '\0';
    return true;
}

/* Behind the opening quote. */
static const char *scan_string(struct scan *scan)
{
    bool escapes;
    const char *end = string_end(scan, &escapes);
    if (end == NULL)
        return NULL;
    char *text = arena_bytes(scan->arena, scan->at, (size_t)(end - scan->at));
    scan->at = end + 1;
    return !escapes || unescape(text) ? text : NULL;
}

static bool digit_at(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

static bool scan_fraction(struct scan *scan, const char *from, const char *at, struct node *node)
{
    char copy[REAL_SIZE + 1] = {0};
    if (!digit_at(++at, scan->end))
        return false;
    while (digit_at(at, scan->end))
        at++;
    if (at - from > REAL_SIZE)
        return false;
    memcpy(copy, from, (size_t)(at - from));
    node->type = NODE_REAL;
    node->real = strtod(copy, NULL);
    scan->at = at;
    return at == scan->end || (*at != 'e' && *at != 'E');
}

static bool scan_number(struct scan *scan, struct node *node)
{
    const char *from = scan->at, *at = from;
    bool minus = *at == '-';
    at += minus;
    const char *digits = at;
    int64_t value = 0;
    for (; digit_at(at, scan->end) && at - digits < INT_DIGITS; at++)
        value = value * 10 + (*at - '0');
    if (at == digits || digit_at(at, scan->end) || (*digits == '0' && at - digits > 1))
        return false;
    if (at < scan->end && *at == '.')
        return scan_fraction(scan, from, at, node);
    node->type = NODE_INT;
    node->number = minus ? -value : value;
    scan->at = at;
    return at == scan->end || (*at != 'e' && *at != 'E');
}

static bool scan_word(struct scan *scan, struct node *node)
{
    static const struct {
        const char *word;
        int type;
        bool flag;
    } words[] = {
        {"true",  NODE_BOOL, true },
        {"false", NODE_BOOL, false},
        {"null",  NODE_NULL, false}
    };
    size_t left = (size_t)(scan->end - scan->at);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t size = strlen(words[i].word);
        if (left < size || memcmp(scan->at, words[i].word, size) != 0)
            continue;
        scan->at += size;
        node->type = words[i].type;
        node->flag = words[i].flag;
        return true;
    }
    return false;
}

static bool push(struct scan *scan, struct node *node, int type)
{
    node->type = type;
    node->first = NULL;
    if (scan->depth == NODE_DEPTH)
        return false;
    scan->levels[scan->depth++] = (struct level){node, &node->first};
    scan->at++;
    return true;
}

static bool scan_value(struct scan *scan, struct node *node)
{
    if (scan->at == scan->end || scan->left-- == 0)
        return false;
    switch (*scan->at) {
    case '{':
        return push(scan, node, NODE_OBJECT);
    case '[':
        return push(scan, node, NODE_ARRAY);
    case '"':
        scan->at++;
        node->type = NODE_TEXT;
        node->text = scan_string(scan);
        return node->text != NULL;
    case 't':
    case 'f':
    case 'n':
        return scan_word(scan, node);
    default:
        return scan_number(scan, node);
    }
}

/* `"key" :`; refuses a key that is there already. */
static bool scan_key(struct scan *scan, const struct node *object, struct node *member)
{
    if (!take(scan, '"') || object->count >= MEMBERS)
        return false;
    member->key = scan_string(scan);
    if (member->key == NULL || node_member(object, member->key) != NULL)
        return false;
    skip_space(scan);
    if (!take(scan, ':'))
        return false;
    skip_space(scan);
    return true;
}

/* One more member or element of the innermost array or object. */
static bool scan_item(struct scan *scan)
{
    struct level *level = &scan->levels[scan->depth - 1];
    struct node *item = ARENA_NEW(scan->arena, struct node);
    skip_space(scan);
    if (level->node->type == NODE_OBJECT && !scan_key(scan, level->node, item))
        return false;
    *level->tail = item;
    level->tail = &item->next;
    level->node->count++;
    return scan_value(scan, item);
}

/* Ends as many arrays and objects as end here; true: an item is to come, or all is done. */
static bool close_levels(struct scan *scan)
{
    while (scan->depth > 0) {
        const struct node *node = scan->levels[scan->depth - 1].node;
        skip_space(scan);
        if (!take(scan, node->type == NODE_OBJECT ? '}' : ']'))
            return node->count == 0 || take(scan, ',');
        scan->depth--;
    }
    return true;
}

struct node *node_scan(struct slice body, struct arena *arena)
{
    if (body.size == 0)
        return NULL;
    struct scan scan = {.at = body.at, .end = body.at + body.size, .arena = arena};
    scan.left = NODE_LIMIT;
    struct node *root = ARENA_NEW(arena, struct node);
    skip_space(&scan);
    if (scan.at == scan.end || (*scan.at != '{' && *scan.at != '[') || !scan_value(&scan, root))
        return NULL;
    while (scan.depth > 0) {
        if (!close_levels(&scan))
            return NULL;
        if (scan.depth > 0 && !scan_item(&scan))
            return NULL;
    }
    skip_space(&scan);
    return scan.at == scan.end ? root : NULL;
}
