/* Reading nodes into structs by their shapes. Every fault is collected; reading goes on. */
#include "wire/reader.h"

#include <math.h>
#include <string.h>

#include "domain/policy.h"
#include "wire/utf8.h"

enum { CODE_LIMIT = 64, PHONE_MIN = 3, PHONE_LIMIT = 32, HASH_SIZE = 64, NAMES_LIMIT = 1000 };

const char *pointer_escape(struct arena *arena, const char *name)
{
    if (strpbrk(name, "~/") == NULL)
        return name;
    struct text text CLEANUP(text_clear) = {0};
    for (; *name != '\0'; name++) {
        if (*name == '~')
            text_add(&text, "~0");
        else if (*name == '/')
            text_add(&text, "~1");
        else
            text_add_bytes(&text, name, 1);
    }
    return arena_bytes(arena, text.at, text.size);
}

/* JSON: every step behind a slash. CSV: the column's name, without places in lists. Items that will
 * not be kept need none. */
static const char *pointer_now(const struct reader *reader, const char *member)
{
    struct arena *arena = reader->err->arena;
    const char *pointer = "";
    const char *join = "/";
    if (error_full(reader->err))
        return pointer;
    if (reader->line > 0)
        pointer = arena_format(arena, "/%d", reader->line);
    for (int i = 0; i < reader->depth; i++) {
        const struct reader_step *step = &reader->path[i];
        if (step->key != NULL)
            pointer =
                arena_format(arena, "%s%s%s", pointer, join, pointer_escape(arena, step->key));
        else if (reader->line == 0)
            pointer = arena_format(arena, "%s/%d", pointer, step->index);
        else
            return pointer;
        join = reader->line > 0 ? "." : "/";
    }
    if (member == NULL)
        return pointer;
    return arena_format(arena, "%s%s%s", pointer, join, pointer_escape(arena, member));
}

void reader_fault(struct reader *reader, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *detail = arena_vformat(reader->err->arena, format, values);
    va_end(values);
    error_add(reader->err, pointer_now(reader, NULL), "%s", detail);
}

void reader_fault_at(struct reader *reader, const char *member, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *detail = arena_vformat(reader->err->arena, format, values);
    va_end(values);
    error_add(reader->err, pointer_now(reader, member), "%s", detail);
}

void reader_enter(struct reader *reader, const char *key, int index)
{
    if (reader->depth < READER_DEPTH)
        reader->path[reader->depth] = (struct reader_step){key, index};
    reader->depth++;
}

void reader_leave(struct reader *reader)
{
    reader->depth--;
}

bool code_valid(const char *text)
{
    size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return size >= 1 && size <= CODE_LIMIT && text[size] == '\0';
}

bool area_valid(const char *text)
{
    size_t size = strspn(text, "0123456789");
    return text[size] == '\0' && (size == 2 || size == 4 || size == 6 || size == 9 || size == 12);
}

static bool phone_valid(const char *text)
{
    size_t size = strspn(text, "0123456789+- ");
    return size >= PHONE_MIN && size <= PHONE_LIMIT && text[size] == '\0' &&
           strpbrk(text, "0123456789") != NULL;
}

static bool hash_valid(const char *text)
{
    return strspn(text, "0123456789abcdefABCDEF") == HASH_SIZE && text[HASH_SIZE] == '\0';
}

/* "a, b, c" of the words that are allowed. */
static const char *words_allowed(const struct reader *reader, const struct field *field)
{
    struct text text CLEANUP(text_clear) = {0};
    for (int i = 0; field->words[i] != NULL; i++) {
        if (field->max > 0 && (i < (int)field->min || i > (int)field->max))
            continue;
        if (text.size > 0)
            text_add(&text, ", ");
        text_add(&text, field->words[i]);
    }
    return arena_bytes(reader->err->arena, text.at, text.size);
}

/* The place of a word that is allowed; -1. */
static int word_allowed(const struct field *field, const char *word)
{
    for (int i = 0; field->words[i] != NULL; i++)
        if (strcmp(field->words[i], word) == 0)
            return field->max > 0 && (i < (int)field->min || i > (int)field->max) ? -1 : i;
    return -1;
}

static bool check_length(struct reader *reader, const struct field *field, const char *text)
{
    size_t limit = field->max > 0 ? (size_t)field->max : 0;
    if (limit > 0 && strlen(text) > limit && utf8_count(text) > limit) {
        reader_fault(reader, "longer than %zu characters", limit);
        return false;
    }
    if (field->required && utf8_blank(text)) {
        reader_fault(reader, "must not be blank");
        return false;
    }
    return true;
}

/* A text of one of the text types is as it should be. */
static bool check_text(struct reader *reader, const struct field *field, int type, const char *text)
{
    const char *fault = NULL;
    if (type == FIELD_TEXT)
        return check_length(reader, field, text);
    if (type == FIELD_CODE && !code_valid(text))
        fault = "must be 1 to 64 of A-Z a-z 0-9 . _ -";
    else if (type == FIELD_AREA && !area_valid(text))
        fault = "must be an area code of 2, 4, 6, 9 or 12 digits";
    else if (type == FIELD_PHONE && !phone_valid(text))
        fault = "must be 3 to 32 digits, blanks, + and -";
    else if (type == FIELD_HASH && !hash_valid(text))
        fault = "must be 64 hexadecimal digits";
    else if (type == FIELD_CHOICE && word_allowed(field, text) < 0)
        fault = arena_format(reader->err->arena, "must be one of %s", words_allowed(reader, field));
    if (fault != NULL)
        reader_fault(reader, "%s", fault);
    return fault == NULL;
}

static const char *text_of(struct reader *reader, const struct node *node)
{
    if (node->type == NODE_TEXT)
        return node->text;
    reader_fault(reader, "must be a text");
    return NULL;
}

static void read_text(struct reader *reader, const struct field *field, const struct node *node,
                      void *at)
{
    const char *text = text_of(reader, node);
    if (text != NULL && check_text(reader, field, field->type, text))
        *(const char **)at = arena_copy(reader->arena, text);
}

static void read_word(struct reader *reader, const struct field *field, const struct node *node,
                      void *at)
{
    const char *text = text_of(reader, node);
    if (text == NULL)
        return;
    int word = word_allowed(field, text);
    if (word < 0)
        reader_fault(reader, "must be one of %s", words_allowed(reader, field));
    else
        *(int *)at = word;
}

static void read_int(struct reader *reader, const struct field *field, const struct node *node,
                     void *at)
{
    int64_t value = node->number;
    bool whole = node->type == NODE_INT;
    if (node->type == NODE_REAL && fabs(node->real) < 9e15 && node->real == floor(node->real)) {
        whole = true;
        value = (int64_t)node->real;
    }
    if (!whole)
        reader_fault(reader, "must be a whole number");
    else if ((double)value < field->min || (double)value > field->max)
        reader_fault(reader, "must be from %.0f to %.0f", field->min, field->max);
    else
        *(int64_t *)at = value;
}

static void read_real(struct reader *reader, const struct field *field, const struct node *node,
                      void *at)
{
    if (node->type != NODE_INT && node->type != NODE_REAL) {
        reader_fault(reader, "must be a number");
        return;
    }
    double value = node->type == NODE_INT ? (double)node->number : node->real;
    if (value < field->min || value > field->max)
        reader_fault(reader, "must be from %g to %g", field->min, field->max);
    else
        *(double *)at = value;
}

static void read_flag(struct reader *reader, const struct field *field, const struct node *node,
                      void *at)
{
    if (node->type != NODE_BOOL)
        reader_fault(reader, "must be true or false");
    else if (field->type == FIELD_TRI)
        *(int *)at = node->flag;
    else
        *(bool *)at = node->flag;
}

static void read_date(struct reader *reader, const struct field *field, const struct node *node,
                      void *at)
{
    (void)field;
    if (node->type != NODE_TEXT || !date_parse(node->text, at))
        reader_fault(reader, "must be a date such as 2026-11-23");
}

static void read_instant(struct reader *reader, const struct field *field, const struct node *node,
                         void *at)
{
    (void)field;
    if (node->type != NODE_TEXT || !instant_parse(node->text, at))
        reader_fault(reader, "must be a time such as 2026-11-23T09:00:00+08:00");
}

static void read_names(struct reader *reader, const struct field *field, const struct node *node,
                       void *at)
{
    int limit = field->max > 0 && field->of != FIELD_CHOICE ? (int)field->max : NAMES_LIMIT;
    if (node->type != NODE_ARRAY || node->count > limit) {
        reader_fault(reader, "must be a list of at most %d", limit);
        return;
    }
    struct field item = {.words = field->words, .max = field->of == FIELD_TEXT ? CODE_LIMIT : 0};
    struct names names = {0, ARENA_ARRAY(reader->arena, const char *, node->count)};
    int index = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next, index++) {
        reader_enter(reader, NULL, index);
        const char *text = text_of(reader, one);
        if (text != NULL && check_text(reader, &item, field->of, text))
            names.at[names.count++] = arena_copy(reader->arena, text);
        reader_leave(reader);
    }
    if (field->required && node->count == 0)
        reader_fault(reader, "must not be empty");
    *(struct names *)at = names;
}

static void read_selector(struct reader *reader, const struct field *field, const struct node *node,
                          void *at)
{
    struct selector *selector = at;
    selector->given = true;
    read_names(reader, field, node, &selector->names);
}

static void read_own(struct reader *reader, const struct field *field, const struct node *node,
                     void *at)
{
    field->own->read(reader, node, at);
}

static void read_object(struct reader *reader, const struct field *field, const struct node *node,
                        void *at)
{
    reader_object(reader, field->shape, node, at);
}

static void read_nothing(struct reader *reader, const struct field *field, const struct node *node,
                         void *at)
{
    (void)reader, (void)field, (void)node, (void)at;
}

void reader_value(struct reader *reader, const struct field *field, const struct node *node,
                  void *at)
{
    static void (*const readers[FIELD_TYPE_COUNT])(struct reader *, const struct field *,
                                                   const struct node *, void *) = {
        [FIELD_TEXT] = read_text,         [FIELD_CODE] = read_text,
        [FIELD_AREA] = read_text,         [FIELD_PHONE] = read_text,
        [FIELD_HASH] = read_text,         [FIELD_CHOICE] = read_text,
        [FIELD_WORD] = read_word,         [FIELD_INT] = read_int,
        [FIELD_REAL] = read_real,         [FIELD_FLAG] = read_flag,
        [FIELD_TRI] = read_flag,          [FIELD_DATE] = read_date,
        [FIELD_INSTANT] = read_instant,   [FIELD_NAMES] = read_names,
        [FIELD_SELECTOR] = read_selector, [FIELD_OBJECT] = read_object,
        [FIELD_LIST] = read_nothing,      [FIELD_ARRAY] = read_nothing,
        [FIELD_OWN] = read_own,           [FIELD_IGNORED] = read_nothing,
    };
    readers[field->type](reader, field, node, at);
}

/* Lists know two places in the struct: the items and their number. */
/* NOLINTNEXTLINE(misc-no-recursion): shapes do not contain themselves */
static void read_list(struct reader *reader, const struct field *field, const struct node *node,
                      char *target)
{
    if (node->type != NODE_ARRAY || node->count > (int)field->max) {
        reader_fault(reader, "must be a list of at most %d", (int)field->max);
        return;
    }
    size_t size = field->shape->size;
    char *items = target + field->offset;
    if (field->type == FIELD_LIST) {
        items = arena_take(reader->arena, size * (size_t)node->count);
        *(void **)(target + field->offset) = items;
    }
    *(int *)(target + field->count_offset) = node->count;
    int index = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next, index++) {
        reader_enter(reader, NULL, index);
        reader_object(reader, field->shape, one, items + (size_t)index * size);
        reader_leave(reader);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): shapes do not contain themselves */
static void read_member(struct reader *reader, const struct field *field, const struct node *node,
                        char *target)
{
    if (node->type == NODE_NULL && field->type != FIELD_IGNORED) {
        if (field->required)
            reader_fault_at(reader, field->name, "must not be null");
        return;
    }
    reader_enter(reader, field->name, 0);
    if (field->type == FIELD_LIST || field->type == FIELD_ARRAY)
        read_list(reader, field, node, target);
    else
        reader_value(reader, field, node, target + field->offset);
    reader_leave(reader);
}

/* The field of that name; the search begins behind the last one found, as members mostly come in
 * the table's order. */
static int field_find(const struct shape *shape, const char *name, int after)
{
    for (int i = 0; i < shape->count; i++) {
        int place = (after + 1 + i) % shape->count;
        if (strcmp(shape->fields[place].name, name) == 0)
            return place;
    }
    return -1;
}

/* NOLINTNEXTLINE(misc-no-recursion): shapes do not contain themselves */
void reader_object(struct reader *reader, const struct shape *shape, const struct node *node,
                   void *target)
{
    shape_clear(shape, target);
    if (node->type != NODE_OBJECT) {
        reader_fault(reader, "must be an object");
        return;
    }
    uint64_t seen = 0;
    int last = -1;
    for (const struct node *member = node->first; member != NULL; member = member->next) {
        int place = field_find(shape, member->key, last);
        if (place < 0) {
            reader_fault_at(reader, member->key, "unknown");
            continue;
        }
        last = place;
        seen |= UINT64_C(1) << place;
        read_member(reader, &shape->fields[place], member, target);
    }
    for (int i = 0; i < shape->count; i++)
        if (shape->fields[i].required && (seen >> i & 1) == 0)
            reader_fault_at(reader, shape->fields[i].name, "missing");
    if (shape->check != NULL)
        shape->check(reader, node, target);
}

bool reader_read(struct slice body, const struct shape *shape, struct arena *arena,
                 void *ret_target, struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct node *root;
    if (!node_parse(body, scratch, &root, err))
        return false;
    struct reader reader = {.arena = arena, .err = err};
    void *value = arena_take(scratch, shape->size);
    memcpy(value, ret_target, shape->size); /* members without a field stay as they are */
    reader_object(&reader, shape, root, value);
    if (!error_none(err))
        return false;
    memcpy(ret_target, value, shape->size);
    return true;
}
