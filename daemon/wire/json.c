/* Merge patch, lists and problems. */
#include "wire/json.h"

#include <string.h>

#include "wire/node.h"
#include "wire/reader.h"
#include "wire/writer.h"

static struct node **member_link(struct node *object, const char *key)
{
    struct node **link = &object->first;
    while (*link != NULL && strcmp((*link)->key, key) != 0)
        link = &(*link)->next;
    return link;
}

/* RFC 7396, MergePatch: depth is bounded by NODE_DEPTH. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void merge(struct node *target, const struct node *patch, struct arena *arena)
{
    if (target->type != NODE_OBJECT) {
        target->type = NODE_OBJECT;
        target->count = 0;
        target->first = NULL;
    }
    for (const struct node *member = patch->first; member != NULL; member = member->next) {
        struct node **link = member_link(target, member->key);
        if (member->type == NODE_NULL) {
            target->count -= *link != NULL;
            *link = *link == NULL ? NULL : (*link)->next;
            continue;
        }
        if (*link == NULL) {
            *link = ARENA_NEW(arena, struct node);
            (*link)->key = member->key;
            target->count++;
        }
        struct node *next = (*link)->next;
        if (member->type == NODE_OBJECT) {
            merge(*link, member, arena);
        } else {
            **link = *member;
            (*link)->next = next;
        }
    }
}

bool json_merge(struct slice target, struct slice patch, struct arena *arena,
                struct slice *ret_merged, struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    struct node *into, *with;
    if (!node_parse(target, scratch, &into, err) || !node_parse(patch, scratch, &with, err))
        return false;
    if (with->type != NODE_OBJECT)
        return error_add(err, "", "must be an object");
    merge(into, with, scratch);
    node_write(into, NULL, &text);
    *ret_merged = put_done(&text, arena);
    return true;
}

const char *json_compact(struct slice body, struct arena *arena)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    struct error ignored = {.arena = scratch};
    struct node *root;
    if (!node_parse(body, scratch, &root, &ignored))
        return NULL;
    node_write(root, NULL, &text);
    return put_done(&text, arena).at;
}

struct slice json_list(const struct slice *items, int count, const char *next, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_begin(&text, "items", '[');
    for (int i = 0; i < count; i++)
        put_raw(&text, NULL, items[i]);
    put_end(&text, ']');
    put_text(&text, "next", next);
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* In the order of the faults, which begin behind FAULT_NONE. */
struct kind_of_fault {
    int status;
    const char *title, *name;
};
#define X(name, status, title) {status, title, #name},
static const struct kind_of_fault faults[] = {FAULTS(X)};
#undef X

static const struct kind_of_fault *kind_of(enum fault fault)
{
    return &faults[fault == FAULT_NONE ? FAULT_BUG - 1 : fault - 1];
}

int problem_status(enum fault fault)
{
    return kind_of(fault)->status;
}

/* "/problems/unknown-caller" */
static const char *problem_type(enum fault fault, struct arena *arena)
{
    char *type = arena_format(arena, "/problems/%s", kind_of(fault)->name);
    for (char *at = type + strlen("/problems/"); *at != '\0'; at++)
        *at = (char)(*at == '_' ? '-' : *at | 0x20);
    return type;
}

static void put_items(struct text *text, const struct error *err)
{
    put_begin(text, "errors", '[');
    for (int i = 0; i < error_kept(err); i++) {
        put_begin(text, NULL, '{');
        put_text(text, "pointer", err->items[i].pointer);
        put_text(text, "detail", err->items[i].detail);
        put_end(text, '}');
    }
    put_end(text, ']');
}

/* Without a text of its own an error is told by its places. */
static const char *problem_detail(const struct error *err, struct arena *arena)
{
    if (err->detail != NULL || err->count == 0)
        return err->detail;
    const struct error_item *first = &err->items[0];
    const char *place = first->pointer[0] == '\0' ? "the body" : first->pointer;
    if (err->count == 1)
        return arena_format(arena, "%s: %s", place, first->detail);
    return arena_format(arena, "%s: %s (%d faults in all)", place, first->detail, err->count);
}

struct slice problem_write(const struct error *err, const char *request_id, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "type", problem_type(err->fault, arena));
    put_text(&text, "title", kind_of(err->fault)->title);
    put_int(&text, "status", kind_of(err->fault)->status);
    put_given(&text, "detail", problem_detail(err, arena));
    if (err->count > 0)
        put_items(&text, err);
    put_given(&text, "request_id", request_id);
    put_given(&text, "state", err->state);
    if (err->state != NULL || err->moves.count > 0)
        put_names(&text, "moves", &err->moves);
    put_given(&text, "no", err->no);
    put_end(&text, '}');
    return put_done(&text, arena);
}
