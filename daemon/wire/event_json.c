/* Events as JSON. */
#include "domain/caller.h"
#include "domain/mask.h"
#include "wire/node.h"
#include "wire/ticket_fields.h"
#include "wire/ticket_json.h"
#include "wire/writer.h"

void put_origin(struct text *text, const struct ticket *ticket, struct arena *arena)
{
    put_begin(text, "origin", '{');
    put_word(text, "kind", origin_words, ticket->origin);
    put_text(text, "id", arena_format(arena, "%lld", (long long)ticket->id));
    put_end(text, '}');
}

static void put_actor(struct text *text, const struct actor *by, struct arena *arena)
{
    put_begin(text, "by", '{');
    put_text(text, "key", by->key == 0 ? NULL : arena_format(arena, "%lld", (long long)by->key));
    put_text(text, "role", by->role < 0 ? "daemon" : caller_role_words[by->role]);
    put_text(text, "unit", by->unit);
    put_text(text, "org", by->org);
    put_end(text, '}');
}

const char *amendment_write(const char *body, const struct submission *before, struct arena *arena)
{
    const struct {
        const char *name, *old;
    } members[] = {
        {"category", before->category},
        {"area",     before->area    },
        {"content",  before->content },
        {"address",  before->address },
    };
    struct text text CLEANUP(text_clear) = {0};
    struct error ignored = {.arena = arena};
    struct node *root;
    if (!node_parse(slice_of(body), arena, &root, &ignored))
        return body;
    put_begin(&text, NULL, '{');
    put_begin(&text, "old", '{');
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (node_member(root, members[i].name) != NULL)
            put_text(&text, members[i].name, members[i].old);
    put_end(&text, '}');
    text_add(&text, ",");
    text_add(&text, body + 1); /* it has a member, since something was corrected */
    return put_done(&text, arena).at;
}

struct slice event_write(const struct ticket *ticket, const struct event *event, int offset_s,
                         struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, offset_s};
    long long id = ticket->id;
    put_begin(&text, NULL, '{');
    put_text(&text, "id", arena_format(arena, "%lld-%lld", id, (long long)event->seq));
    put_text(&text, "no", ticket->origin == ORIGIN_TICKET ? ticket->no : NULL);
    put_origin(&text, ticket, arena);
    put_text(&text, "task",
             event->task == 0 ? NULL : arena_format(arena, "%lld-%d", id, event->task));
    put_int(&text, "seq", event->seq);
    put_text(&text, "move", event->move);
    put_instant(&text, "at", event->at, &form);
    put_actor(&text, &event->by, arena);
    put_text(&text, "from", event->from);
    put_text(&text, "to", event->to);
    put_raw(&text, "data", slice_of(event->data == NULL ? "{}" : event->data));
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* Members of events' data that hold codes of the registry, ticket numbers or hashes. */
static bool is_code(const char *key)
{
    static const char *const keys[] = {"unit",   "org",      "units",  "proposed_unit", "resource",
                                       "area",   "category", "policy", "calendar",      "into",
                                       "sha256", "from",     "no",     "whistle"};
    for (size_t i = 0; key != NULL && i < COUNT_OF(keys); i++)
        if (text_equal(keys[i], key))
            return true;
    return false;
}

/* The arrays and objects around a node. */
struct around {
    struct node *open[NODE_DEPTH + 1];
    int depth;
};

/* Goes on behind a node, into it first; NULL at the end. Lists of codes are passed over. */
static struct node *next_node(struct around *around, struct node *node)
{
    bool nested = node->type == NODE_OBJECT || node->type == NODE_ARRAY;
    if (nested && node->first != NULL && !is_code(node->key)) {
        around->open[around->depth++] = node;
        return node->first;
    }
    while (node->next == NULL && around->depth > 0)
        node = around->open[--around->depth];
    return around->depth > 0 ? node->next : NULL;
}

const char *data_mask(const char *data, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct error ignored = {.arena = arena};
    struct around around = {.depth = 0};
    struct node *root;
    bool same = true;
    if (data == NULL || !node_parse(slice_of(data), arena, &root, &ignored))
        return NULL;
    for (struct node *node = root; node != NULL; node = next_node(&around, node)) {
        if (node->type != NODE_TEXT || is_code(node->key))
            continue;
        const char *masked = mask_text(arena, node->text);
        same = same && masked == node->text;
        node->text = masked;
    }
    if (same)
        return data;
    node_write(root, NULL, &text);
    return put_done(&text, arena).at;
}
