/* The tables of columns, and how a cell is found in an item. */
#include "wire/export_csv.h"

#include <assert.h>
#include <string.h>

#include "wire/csv_write.h"
#include "wire/node.h"

enum how {
    TEXT,   /* whatever it is, made harmless; elements of a list with ';' between */
    NUMBER, /* a number as it is */
};

/* A column is called as its value is reached: members with '.' between, through lists too. */
struct column {
    const char *name;
    enum how how;
};

static const struct column ticket_columns[] = {
    {"no",                   TEXT  },
    {"id",                   TEXT  },
    {"state",                TEXT  },
    {"version",              NUMBER},
    {"received_at",          TEXT  },
    {"excluded",             TEXT  },
    {"hung_reason",          TEXT  },
    {"review_at",            TEXT  },
    {"source",               TEXT  },
    {"external_no",          TEXT  },
    {"kind",                 TEXT  },
    {"urgency",              TEXT  },
    {"category",             TEXT  },
    {"area",                 TEXT  },
    {"title",                TEXT  },
    {"content",              TEXT  },
    {"address",              TEXT  },
    {"lon",                  NUMBER},
    {"lat",                  NUMBER},
    {"occurred_at",          TEXT  },
    {"channel",              TEXT  },
    {"accused.unit",         TEXT  },
    {"accused.name",         TEXT  },
    {"needs.kind",           TEXT  },
    {"needs.quantity",       TEXT  },
    {"unit",                 TEXT  },
    {"tags",                 TEXT  },
    {"then",                 TEXT  },
    {"public_answer",        TEXT  },
    {"route.basis",          TEXT  },
    {"route.level",          TEXT  },
    {"route.score",          NUMBER},
    {"route.unit.code",      TEXT  },
    {"route.org.code",       TEXT  },
    {"route.resource.code",  TEXT  },
    {"route.policy",         TEXT  },
    {"route.policy_version", NUMBER},
    {"tasks.id",             TEXT  },
    {"tasks.role",           TEXT  },
    {"tasks.round",          TEXT  },
    {"tasks.unit",           TEXT  },
    {"tasks.org",            TEXT  },
    {"tasks.state",          TEXT  },
    {"tasks.resolve_due",    TEXT  },
};

static const struct column task_columns[] = {
    {"id",                     TEXT  },
    {"no",                     TEXT  },
    {"origin.kind",            TEXT  },
    {"origin.id",              TEXT  },
    {"role",                   TEXT  },
    {"round",                  NUMBER},
    {"unit",                   TEXT  },
    {"org",                    TEXT  },
    {"state",                  TEXT  },
    {"urgency",                TEXT  },
    {"category",               TEXT  },
    {"area",                   TEXT  },
    {"title",                  TEXT  },
    {"sign_due",               TEXT  },
    {"contact_due",            TEXT  },
    {"resolve_due",            TEXT  },
    {"due",                    TEXT  },
    {"overdue",                TEXT  },
    {"extension_asked.amount", NUMBER},
    {"extension_asked.unit",   TEXT  },
    {"extensions.amount",      TEXT  },
    {"extensions.unit",        TEXT  },
    {"provisional",            TEXT  },
    {"level",                  TEXT  },
    {"version",                NUMBER},
};

static const struct column clock_columns[] = {
    {"no",              TEXT  },
    {"task",            TEXT  },
    {"unit",            TEXT  },
    {"org",             TEXT  },
    {"stage",           TEXT  },
    {"due",             TEXT  },
    {"overdue_seconds", NUMBER},
    {"level",           TEXT  },
    {"category",        TEXT  },
    {"area",            TEXT  },
    {"title",           TEXT  },
};

static const struct column shortage_columns[] = {
    {"category", TEXT  },
    {"area",     TEXT  },
    {"need",     TEXT  },
    {"tickets",  NUMBER},
    {"first_at", TEXT  },
    {"last_at",  TEXT  },
};

static const struct column rates_columns[] = {
    {"code",                 TEXT  },
    {"name",                 TEXT  },
    {"peer",                 TEXT  },
    {"rank",                 NUMBER},
    {"counted",              NUMBER},
    {"excluded",             NUMBER},
    {"hung",                 NUMBER},
    {"score",                NUMBER},
    {"response.n",           NUMBER},
    {"response.of",          NUMBER},
    {"response.rate",        NUMBER},
    {"resolution.n",         NUMBER},
    {"resolution.of",        NUMBER},
    {"resolution.rate",      NUMBER},
    {"satisfaction.n",       NUMBER},
    {"satisfaction.of",      NUMBER},
    {"satisfaction.rate",    NUMBER},
    {"returned.n",           NUMBER},
    {"returned.of",          NUMBER},
    {"returned.rate",        NUMBER},
    {"rehandled.n",          NUMBER},
    {"rehandled.of",         NUMBER},
    {"rehandled.rate",       NUMBER},
    {"signed_on_time.n",     NUMBER},
    {"signed_on_time.of",    NUMBER},
    {"signed_on_time.rate",  NUMBER},
    {"replied_on_time.n",    NUMBER},
    {"replied_on_time.of",   NUMBER},
    {"replied_on_time.rate", NUMBER},
};

static const struct column agreement_columns[] = {
    {"code",                  TEXT  },
    {"org",                   TEXT  },
    {"org_name",              TEXT  },
    {"unit",                  TEXT  },
    {"unit_name",             TEXT  },
    {"status",                TEXT  },
    {"valid_from",            TEXT  },
    {"valid_to",              TEXT  },
    {"from",                  TEXT  },
    {"to",                    TEXT  },
    {"promised.duties",       TEXT  },
    {"promised.tasks",        TEXT  },
    {"promised.form",         TEXT  },
    {"promised.content",      TEXT  },
    {"promised.categories",   TEXT  },
    {"done.tasks",            NUMBER},
    {"done.open",             NUMBER},
    {"done.completed",        NUMBER},
    {"done.returned",         NUMBER},
    {"done.withdrawn",        NUMBER},
    {"done.on_time.n",        NUMBER},
    {"done.on_time.of",       NUMBER},
    {"done.on_time.rate",     NUMBER},
    {"done.rating.of",        NUMBER},
    {"done.rating.mean",      NUMBER},
    {"done.rating_back.of",   NUMBER},
    {"done.rating_back.mean", NUMBER},
    {"resources.code",        TEXT  },
    {"resources.done.tasks",  TEXT  },
};

static const struct column whistle_columns[] = {
    {"code",                      TEXT  },
    {"name",                      TEXT  },
    {"raised",                    NUMBER},
    {"by_rule",                   NUMBER},
    {"by_hand",                   NUMBER},
    {"approved",                  NUMBER},
    {"rejected",                  NUMBER},
    {"withdrawn",                 NUMBER},
    {"closed",                    NUMBER},
    {"targets",                   NUMBER},
    {"refused",                   NUMBER},
    {"acknowledged_on_time.n",    NUMBER},
    {"acknowledged_on_time.of",   NUMBER},
    {"acknowledged_on_time.rate", NUMBER},
    {"arrived_on_time.n",         NUMBER},
    {"arrived_on_time.of",        NUMBER},
    {"arrived_on_time.rate",      NUMBER},
    {"result_on_time.n",          NUMBER},
    {"result_on_time.of",         NUMBER},
    {"result_on_time.rate",       NUMBER},
    {"rating.of",                 NUMBER},
    {"rating.mean",               NUMBER},
    {"rating_back.of",            NUMBER},
    {"rating_back.mean",          NUMBER},
};

#define COLUMNS(table) table, COUNT_OF(table)
static const struct table {
    const struct column *columns;
    size_t count;
} tables[] = {
    [EXPORT_TICKETS] = {COLUMNS(ticket_columns)},
    [EXPORT_TASKS] = {COLUMNS(task_columns)},
    [EXPORT_OVERDUE] = {COLUMNS(clock_columns)},
    [EXPORT_DUE] = {COLUMNS(clock_columns)},
    [EXPORT_SHORTAGES] = {COLUMNS(shortage_columns)},
    [EXPORT_RATES] = {COLUMNS(rates_columns)},
    [EXPORT_AGREEMENTS] = {COLUMNS(agreement_columns)},
    [EXPORT_WHISTLES] = {COLUMNS(whistle_columns)},
};
static_assert(COUNT_OF(tables) == EXPORT_COUNT, "an export without columns");

#define X(name, word) word,
const char *const export_words[] = {EXPORTS(X) NULL};
#undef X

void export_names(struct text *text, int kind)
{
    struct csv_line line = {.text = text};
    csv_mark(text);
    for (size_t i = 0; i < tables[kind].count; i++)
        csv_text(&line, tables[kind].columns[i].name);
    csv_end(&line);
}

/* The member that `path` begins with; the path goes on behind it, NULL at its end. */
static const struct node *step(const struct node *object, const char **path)
{
    size_t size = strcspn(*path, ".");
    const char *name = *path;
    *path = name[size] == '.' ? name + size + 1 : NULL;
    for (const struct node *member = object->first; member != NULL; member = member->next)
        if (strlen(member->key) == size && memcmp(member->key, name, size) == 0)
            return member;
    return NULL;
}

/* As far as the path leads through objects; NULL: to nothing. */
static const struct node *follow(const struct node *node, const char **path)
{
    while (node != NULL && *path != NULL && node->type == NODE_OBJECT)
        node = step(node, path);
    return node;
}

static void one_add(struct text *text, const struct node *node)
{
    if (node->type == NODE_TEXT) {
        text_add(text, node->text);
    } else if (node->type != NODE_NULL) {
        struct node alone = *node;
        struct text json CLEANUP(text_clear) = {0};
        alone.key = NULL;
        alone.next = NULL;
        node_write(&alone, NULL, &json);
        text_add(text, json.at);
    }
}

/* Adds the value at `path` as text; an absent one adds nothing. */
static void value_add(struct text *text, const struct node *root, const char *path)
{
    const struct node *node = follow(root, &path);
    if (node == NULL)
        return;
    bool list = node->type == NODE_ARRAY;
    for (const struct node *one = list ? node->first : node; one != NULL; one = one->next) {
        const char *rest = path;
        const struct node *leaf = follow(one, &rest);
        if (leaf != NULL && rest == NULL)
            one_add(text, leaf);
        if (!list)
            return;
        text_add(text, one->next != NULL ? ";" : "");
    }
}

void export_line(struct text *text, int kind, struct slice item)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = arena};
    struct csv_line line = {.text = text};
    struct node *root;
    bool good = node_parse(item, arena, &root, &err);
    assert(good); /* we wrote it */
    for (size_t i = 0; i < tables[kind].count; i++) {
        struct text value CLEANUP(text_clear) = {0};
        value_add(&value, root, tables[kind].columns[i].name);
        if (tables[kind].columns[i].how == NUMBER)
            csv_number(&line, value.size > 0 ? value.at : "");
        else
            csv_text(&line, value.at);
    }
    csv_end(&line);
}
