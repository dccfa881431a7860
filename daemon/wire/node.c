/* Strict JSON by jansson, turned into plain nodes. */
#include "wire/node.h"

#include <string.h>

#include <jansson.h>

#include "wire/reader.h"
#include "wire/utf8.h"
#include "wire/writer.h"

static void json_drop(json_t **json)
{
    json_decref(*json);
}

/* Where in a text something is: the stack of open arrays and objects. */
struct place {
    int depth;
    struct {
        bool object;
        int index;
        struct slice key; /* raw, between its quotes */
    } at[NODE_DEPTH + 1];
    int deepest, values;
};

/* Moves behind the string that begins at `from` (its opening quote). */
static size_t skip_string(struct slice text, size_t from)
{
    for (size_t i = from + 1; i < text.size; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == '"')
            return i + 1;
    }
    return text.size;
}

static void place_open(struct place *place, bool object)
{
    place->depth++;
    if (place->depth > place->deepest)
        place->deepest = place->depth;
    if (place->depth <= NODE_DEPTH) {
        place->at[place->depth].object = object;
        place->at[place->depth].index = 0;
        place->at[place->depth].key = (struct slice){0};
    }
}

/* Walks to `end` as if the text were JSON; says what is open there. Strings behind `{` or `,` of an
 * object are its keys. */
static void place_find(struct slice text, size_t end, struct place *ret_place)
{
    bool key_next = false;
    *ret_place = (struct place){.values = 1};
    for (size_t i = 0; i < end && i < text.size; i++) {
        char c = text.at[i];
        int depth = ret_place->depth <= NODE_DEPTH ? ret_place->depth : 0;
        if (c == '"') {
            size_t behind = skip_string(text, i);
            if (key_next && behind >= i + 2 && text.at[behind - 1] == '"')
                ret_place->at[depth].key = (struct slice){text.at + i + 1, behind - i - 2};
            key_next = false;
            i = behind - 1;
        } else if (c == '{' || c == '[') {
            place_open(ret_place, c == '{');
            key_next = c == '{';
        } else if (c == '}' || c == ']') {
            ret_place->depth -= ret_place->depth > 0;
        } else if (c == ',') {
            ret_place->values++;
            ret_place->at[depth].index++;
            key_next = ret_place->at[depth].object;
        }
    }
}

static bool key_plain(struct slice key)
{
    for (size_t i = 0; i < key.size;) {
        size_t step = utf8_step(key.at + i, key.size - i);
        if (step == 0 || key.at[i] == '\\' || (unsigned char)key.at[i] < 0x20)
            return false;
        i += step;
    }
    return true;
}

/* The JSON Pointer of a place; it ends above a key that cannot be shown. */
static const char *place_pointer(const struct place *place, struct arena *arena)
{
    const char *pointer = "";
    for (int i = 1; i <= place->depth && i <= NODE_DEPTH; i++) {
        if (!place->at[i].object) {
            pointer = arena_format(arena, "%s/%d", pointer, place->at[i].index);
            continue;
        }
        struct slice key = place->at[i].key;
        if (key.at == NULL || !key_plain(key))
            break;
        const char *name = pointer_escape(arena, arena_bytes(arena, key.at, key.size));
        pointer = arena_format(arena, "%s/%s", pointer, name);
    }
    return pointer;
}

static const char *code_text(enum json_error_code code)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } texts[] = {
        {json_error_invalid_utf8,           "not UTF-8"                      },
        {json_error_premature_end_of_input, "the text ends too early"        },
        {json_error_end_of_input_expected,  "something stands behind the end"},
        {json_error_null_character,         "NUL is not allowed"             },
        {json_error_null_byte_in_key,       "NUL is not allowed"             },
        {json_error_duplicate_key,          "this member comes twice"        },
        {json_error_numeric_overflow,       "this number is too big"         },
        {json_error_out_of_memory,          "out of memory"                  },
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].code == code)
            return texts[i].text;
    return "not JSON";
}

static bool malformed(struct error *err, struct slice body, size_t position, const char *what)
{
    struct place place;
    place_find(body, position, &place);
    error_set(err, FAULT_MALFORMED, "byte %zu: %s", position, what);
    return error_add(err, place_pointer(&place, err->arena), "%s", what);
}

/* One json_t that is not an array or object. */
static void copy_scalar(const json_t *json, struct node *node, struct arena *arena)
{
    switch (json_typeof(json)) {
    case JSON_STRING:
        node->type = NODE_TEXT;
        node->text = arena_bytes(arena, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        node->type = NODE_INT;
        node->number = json_integer_value(json);
        break;
    case JSON_REAL:
        node->type = NODE_REAL;
        node->real = json_real_value(json);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        node->type = NODE_BOOL;
        node->flag = json_is_true(json);
        break;
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        node->type = NODE_NULL;
        break;
    }
}

/* An array or object being copied. */
struct copy {
    json_t *from;
    void *member;
    size_t index;
    struct node **tail;
};

/* The next element or member, and its key; NULL behind the last. */
static json_t *copy_next(struct copy *copy, const char **ret_key)
{
    *ret_key = NULL;
    if (json_is_array(copy->from))
        return json_array_get(copy->from, copy->index++);
    copy->member = copy->index++ == 0 ? json_object_iter(copy->from)
                                      : json_object_iter_next(copy->from, copy->member);
    if (copy->member == NULL)
        return NULL;
    *ret_key = json_object_iter_key(copy->member);
    return json_object_iter_value(copy->member);
}

static bool copy_begin(struct copy *copy, json_t *json, struct node *node)
{
    if (!json_is_array(json) && !json_is_object(json))
        return false;
    node->type = json_is_array(json) ? NODE_ARRAY : NODE_OBJECT;
    node->count = (int)(json_is_array(json) ? json_array_size(json) : json_object_size(json));
    node->first = NULL;
    *copy = (struct copy){.from = json, .tail = &node->first};
    return true;
}

static struct node *copy_tree(json_t *json, struct arena *arena)
{
    struct copy stack[NODE_DEPTH + 1];
    struct node *root = ARENA_NEW(arena, struct node);
    int depth = copy_begin(&stack[0], json, root) ? 1 : 0;
    if (depth == 0)
        copy_scalar(json, root, arena);
    while (depth > 0) {
        const char *key;
        struct copy *copy = &stack[depth - 1];
        json_t *next = copy_next(copy, &key);
        if (next == NULL) {
            depth--;
            continue;
        }
        struct node *node = ARENA_NEW(arena, struct node);
        node->key = arena_copy(arena, key);
        *copy->tail = node;
        copy->tail = &node->next;
        if (copy_begin(&stack[depth], next, node))
            depth++;
        else
            copy_scalar(next, node, arena);
    }
    return root;
}

static bool parse_strictly(struct slice body, struct arena *arena, struct node **ret_root,
                           struct error *err)
{
    json_error_t where = {0};
    json_set_alloc_funcs(mem_zero, mem_free); /* so that no answer of jansson's needs a check */
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY;
    json_t *json CLEANUP(json_drop) = json_loadb(body.at, body.size, flags, &where);
    size_t position = where.position > 0 ? (size_t)where.position : 0;
    if (json == NULL)
        return malformed(err, body, position, code_text(json_error_code(&where)));
    while (position < body.size && strchr(" \t\r\n", body.at[position]) != NULL &&
           body.at[position] != '\0')
        position++;
    if (position < body.size)
        return malformed(err, body, position, "something stands behind the end");
    *ret_root = copy_tree(json, arena);
    return true;
}

bool node_parse(struct slice body, struct arena *arena, struct node **ret_root, struct error *err)
{
    struct node *root = node_scan(body, arena);
    if (root != NULL) {
        *ret_root = root;
        return true;
    }
    struct place place;
    place_find(body, body.size, &place);
    if (place.deepest > NODE_DEPTH || place.values > NODE_LIMIT) {
        const char *what = place.deepest > NODE_DEPTH ? "nested too deeply" : "too many values";
        error_set(err, FAULT_MALFORMED, "%s", what);
        return error_add(err, "", "%s", what);
    }
    return parse_strictly(body, arena, ret_root, err);
}

struct node *node_member(const struct node *object, const char *key)
{
    for (struct node *member = object->first; member != NULL; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

static void write_scalar(const struct node *node, struct text *text)
{
    switch ((enum node_type)node->type) {
    case NODE_BOOL:
        put_flag(text, node->key, node->flag);
        break;
    case NODE_INT:
        put_int(text, node->key, node->number);
        break;
    case NODE_REAL:
        put_real(text, node->key, node->real);
        break;
    case NODE_TEXT:
        put_text(text, node->key, node->text);
        break;
    case NODE_NULL:
    case NODE_ARRAY:
    case NODE_OBJECT:
    case NODE_TYPE_COUNT:
        put_null(text, node->key);
        break;
    }
}

/* The arrays and objects that are being written. */
struct walk {
    const struct node *open[NODE_DEPTH + 1];
    int depth;
};

/* Writes one value, or the beginning of one; what comes next, NULL at an end. */
static const struct node *write_node(struct walk *walk, const struct node *node, struct text *text)
{
    if (node->type != NODE_OBJECT && node->type != NODE_ARRAY) {
        write_scalar(node, text);
        return node->next;
    }
    put_begin(text, node->key, node->type == NODE_OBJECT ? '{' : '[');
    walk->open[walk->depth++] = node;
    return node->first;
}

/* Ends what ends before `next`. */
static const struct node *write_ends(struct walk *walk, const struct node *next, struct text *text)
{
    while (next == NULL && walk->depth > 0) {
        const struct node *ended = walk->open[--walk->depth];
        put_end(text, ended->type == NODE_OBJECT ? '}' : ']');
        next = walk->depth > 0 ? ended->next : NULL;
    }
    return next;
}

void node_write(const struct node *root, const char *skip, struct text *text)
{
    struct walk walk = {.depth = 0};
    for (const struct node *node = root; node != NULL;) {
        bool skipped = walk.depth == 1 && skip != NULL && text_equal(node->key, skip);
        node = skipped ? node->next : write_node(&walk, node, text);
        node = write_ends(&walk, node, text);
    }
}
