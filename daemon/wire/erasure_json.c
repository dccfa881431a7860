/* Strips events' data by a list of names that may stay: a text under a name that nobody thought of
 * is erased, not kept. */
#include "wire/erasure_json.h"

#include <string.h>

#include "wire/node.h"
#include "wire/writer.h"

static const struct node *parse(const char *data, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct node *root;
    if (data == NULL || !node_parse((struct slice){data, strlen(data)}, arena, &root, &err))
        return NULL;
    return root->type == NODE_OBJECT ? root : NULL;
}

static const char *member_text(const struct node *root, const char *name)
{
    const struct node *member = node_member(root, name);
    return member == NULL || member->type != NODE_TEXT ? NULL : member->text;
}

struct vouched vouched_read(const char *data, struct arena *arena)
{
    static const char *const dues[STAGE_COUNT] = {"sign_due", "contact_due", "resolve_due"};
    struct vouched vouched = {0};
    bool clocks = strstr(data, "\"resolve_due\"") != NULL;
    if (!clocks && strstr(data, "\"record\"") == NULL && strstr(data, "\"kept\"") == NULL &&
        strstr(data, "\"stage\"") == NULL)
        return vouched;
    const struct node *root = parse(data, arena);
    if (root == NULL)
        return vouched;
    vouched.record = member_text(root, "record");
    vouched.kept = member_text(root, "kept");
    vouched.stage = member_text(root, "stage");
    vouched.clocks = clocks && node_member(root, "resolve_due") != NULL;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const char *due = member_text(root, dues[stage]);
        if (due == NULL || !instant_parse(due, &vouched.due[stage]))
            vouched.due[stage] = INSTANT_NONE;
    }
    return vouched;
}

/* A member or element alone, with its key. */
static void put_node(struct text *text, const struct node *node)
{
    struct node alone = *node;
    alone.next = NULL;
    node_write(&alone, NULL, text);
}

const char *vouched_write(const char *data, const char *record, const char *kept,
                          struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const struct node *root = parse(data, arena);
    put_begin(&text, NULL, '{');
    for (const struct node *member = root == NULL ? NULL : root->first; member != NULL;
         member = member->next)
        put_node(&text, member);
    put_given(&text, "record", record);
    put_given(&text, "kept", kept);
    put_end(&text, '}');
    return put_done(&text, arena).at;
}

static bool may_stay(const char *name)
{
    static const char *const names[] = {
        "amount",        "area",      "at",       "calendar",    "category", "contact_due",
        "contacted_at",  "due",       "from",     "into",        "kind",     "level",
        "old",           "org",       "policy",   "resolve_due", "resource", "review_on",
        "role",          "satisfied", "sign_due", "solved",      "span",     "stage",
        "targets",       "then",      "to",       "unit",        "units",    "urgency",
        "proposed_unit",
    };
    for (size_t i = 0; name != NULL && i < COUNT_OF(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Codes, words, dates and instants: no blank, nothing but ASCII. */
static bool is_code(const char *text)
{
    enum { CODE_LIMIT = 64 };
    size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "._:+-/");
    return size <= CODE_LIMIT && text[size] == '\0';
}

/* `name` is that of the member, or of the array that an element is in. Depth is bounded by
 * NODE_DEPTH. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void put_stripped(struct text *text, const char *name, const struct node *node)
{
    bool plain = node->type == NODE_INT || node->type == NODE_REAL || node->type == NODE_BOOL ||
                 node->type == NODE_NULL;
    bool named = name == NULL || may_stay(name);
    bool stays = plain || (named && (node->type != NODE_TEXT || is_code(node->text)));
    if (!stays)
        return;
    if (node->type != NODE_OBJECT && node->type != NODE_ARRAY) {
        put_node(text, node);
        return;
    }
    put_begin(text, node->key, node->type == NODE_OBJECT ? '{' : '[');
    for (const struct node *part = node->first; part != NULL; part = part->next)
        put_stripped(text, node->type == NODE_OBJECT ? part->key : name, part);
    put_end(text, node->type == NODE_OBJECT ? '}' : ']');
}

const char *data_strip(const char *data, struct arena *arena)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    const struct node *root = parse(data, scratch);
    if (root == NULL)
        return "{}";
    put_stripped(&text, NULL, root);
    return put_done(&text, arena).at;
}
