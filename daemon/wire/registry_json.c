/* Registry rows as JSON, by the kind's shape. */
#include "wire/registry_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/reader.h"
#include "wire/registry_fields.h"
#include "wire/writer.h"

static const char **code_of(void *value)
{
    return value; /* the first member of every kind, see below */
}
_Static_assert(offsetof(struct area, code) == 0 && offsetof(struct org, code) == 0 &&
                   offsetof(struct unit, code) == 0 && offsetof(struct resource, code) == 0 &&
                   offsetof(struct agreement, code) == 0 && offsetof(struct category, code) == 0 &&
                   offsetof(struct policy, code) == 0 && offsetof(struct calendar, code) == 0,
               "code comes first");

static int *status_of(int kind, void *value)
{
    const struct shape *shape = registry_shape(kind);
    for (int i = 0; i < shape->count; i++)
        if (strcmp(shape->fields[i].name, "status") == 0)
            return (int *)((char *)value + shape->fields[i].offset);
    assert(!"every kind of row has a status");
    abort();
}

/* Parts between dots, none empty. */
static bool category_valid(const char *code)
{
    for (const char *at = code; *at != '\0'; at++)
        if (*at == '.' && (at == code || at[1] == '.' || at[1] == '\0'))
            return false;
    return true;
}

/* The code: from the path, the body, or both alike. */
static void settle_code(struct reader *reader, int kind, const char *code, void *value)
{
    const char **own = code_of(value);
    if (code != NULL && *own != NULL && strcmp(code, *own) != 0)
        reader_fault_at(reader, "code", "must be the code of the path");
    else if (*own == NULL && code != NULL)
        *own = arena_copy(reader->arena, code);
    if (*own == NULL)
        return;
    if (kind == REGISTRY_AREA ? !area_valid(*own) : !code_valid(*own))
        reader_fault_at(reader, "code", "not a code");
    else if (kind == REGISTRY_CATEGORY && !category_valid(*own))
        reader_fault_at(reader, "code", "must be parts between dots");
}

void registry_row_read(struct reader *reader, int kind, const struct node *node, const char *code,
                       void *value)
{
    reader_object(reader, registry_shape(kind), node, value);
    if (node->type != NODE_OBJECT)
        return;
    const struct node *own = node_member(node, "code");
    if (code == NULL && (own == NULL || own->type == NODE_NULL))
        reader_fault_at(reader, "code", "missing");
    settle_code(reader, kind, code, value);
    struct area *area = value;
    if (kind == REGISTRY_AREA && area->level < 0 && area->code != NULL)
        area->level = area_level(area->code);
}

bool registry_json_read(int kind, struct slice body, const char *code, struct arena *arena,
                        const void **ret_value, struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct node *root;
    if (!node_parse(body, scratch, &root, err))
        return false;
    struct reader reader = {.arena = arena, .err = err};
    void *value = arena_take(arena, registry_shape(kind)->size);
    registry_row_read(&reader, kind, root, code, value);
    if (!error_none(err))
        return false;
    *ret_value = value;
    return true;
}

struct slice registry_json_write(int kind, const void *value, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, registry_shape(kind), value, 0);
    return put_done(&text, arena);
}

struct slice registry_json_show(struct slice stored, int64_t version, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    size_t end = stored.size;
    while (end > 0 && stored.at[end - 1] != '}')
        end--;
    if (end == 0)
        return stored;
    text_add_bytes(&text, stored.at, end - 1);
    put_int(&text, "version", version);
    put_end(&text, '}');
    return put_done(&text, arena);
}

const char *registry_code(int kind, const void *value)
{
    (void)kind;
    return *(const char *const *)value;
}

int registry_status(int kind, const void *value)
{
    return *status_of(kind, (void *)value);
}
