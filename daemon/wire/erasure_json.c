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

void vouched_read(const char *data, struct arena *arena, const char **ret_record,
                  const char **ret_kept)
{
    *ret_record = *ret_kept = NULL;
    if (strstr(data, "\"record\"") == NULL && strstr(data, "\"kept\"") == NULL)
        return;
    const struct node *root = parse(data, arena);
    if (root == NULL)
        return;
    *ret_record = member_text(root, "record");
    *ret_kept = member_text(root, "kept");
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
