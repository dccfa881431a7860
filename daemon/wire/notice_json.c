/* What a notice says is one list of members, from the ticket, the event, and the event's data. A
 * CloudEvent has them all; a robot's template picks some by name. */
#include "wire/notice_json.h"

#include <string.h>

#include "domain/snapshot.h"
#include "wire/node.h"
#include "wire/reader.h"
#include "wire/ticket_fields.h"
#include "wire/writer.h"

enum { MEMBERS_MAX = 8, MINUTES_SIZE = 16 };

/* Members of events' data that may be told. */
static const char *const told_codes[] = {"role", "level", "stage"};

/* "due", "sign_due" and so on. */
static bool is_due(const char *key)
{
    size_t size = strlen(key);
    return text_equal(key, "due") || (size > 4 && text_equal(key + size - 4, "_due"));
}

static bool is_told(const struct node *member)
{
    struct instant at;
    if (member->type != NODE_TEXT)
        return false;
    if (is_due(member->key))
        return instant_parse(member->text, &at);
    for (size_t i = 0; i < COUNT_OF(told_codes); i++)
        if (text_equal(told_codes[i], member->key))
            return code_valid(member->text);
    return false;
}

/* The members of the event's data that are told, in their order. */
static int told_members(const struct notice *notice, struct arena *arena,
                        const struct node *ret_members[MEMBERS_MAX])
{
    struct error ignored = {.arena = arena};
    struct node *root;
    int count = 0;
    if (notice->event.data == NULL ||
        !node_parse(slice_of(notice->event.data), arena, &root, &ignored) ||
        root->type != NODE_OBJECT)
        return 0;
    for (const struct node *one = root->first; one != NULL && count < MEMBERS_MAX; one = one->next)
        if (is_told(one))
            ret_members[count++] = one;
    return count;
}

static const char *task_id(const struct notice *notice, struct arena *arena)
{
    return notice->event.task == 0
               ? NULL
               : arena_format(arena, "%lld-%d", (long long)notice->ticket, notice->event.task);
}

static const char *cloud_item(const struct notice *notice, int offset_s, struct arena *arena)
{
    const struct event *event = &notice->event;
    const struct ticket head = {.id = notice->ticket, .origin = notice->origin};
    struct instant_form form = {arena, offset_s};
    struct text text CLEANUP(text_clear) = {0};
    put_begin(&text, NULL, '{');
    put_text(&text, "event",
             arena_format(arena, "%lld-%lld", (long long)notice->ticket, (long long)event->seq));
    put_text(&text, "no", notice->origin == ORIGIN_TICKET ? notice->no : NULL);
    put_origin(&text, &head, arena);
    put_text(&text, "task", task_id(notice, arena));
    put_int(&text, "seq", event->seq);
    put_text(&text, "move", event->move);
    put_instant(&text, "at", event->at, &form);
    put_text(&text, "from", event->from);
    put_text(&text, "to", event->to);
    put_text(&text, "unit", event->unit);
    put_text(&text, "org", event->org);
    put_text(&text, "category", notice->category);
    put_text(&text, "area", notice->area);
    const struct node *told[MEMBERS_MAX];
    int count = told_members(notice, arena, told);
    for (int i = 0; i < count; i++) {
        struct instant at;
        if (is_due(told[i]->key) && instant_parse(told[i]->text, &at))
            put_instant(&text, told[i]->key, at, &form);
        else
            put_text(&text, told[i]->key, told[i]->text);
    }
    put_end(&text, '}');
    return put_done(&text, arena).at;
}

/* ---- templates ---- */

static const char standard_template[] =
    "【{kind}】{no} {category}（{area}），承办：{holder}，期限：{due}";

/* What a template may name. */
#define PLACES(X)                                                                                  \
    X(kind)                                                                                        \
    X(no)                                                                                          \
    X(task) X(category) X(area) X(unit) X(org) X(holder) X(state) X(stage) X(level) X(due) X(at)
struct places {
#define X(name) const char *name;
    PLACES(X)
#undef X
};

static const struct {
    const char *name;
    size_t offset;
} places[] = {
#define X(name) {#name, offsetof(struct places, name)},
    PLACES(X)
#undef X
};

/* The place of the {name} at `at`, -1 if it is unknown; `ret_size` with the braces. */
static int find_place(const char *at, size_t *ret_size)
{
    size_t size = strcspn(at + 1, "{}");
    *ret_size = size + 1 + (at[size + 1] == '}');
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (strlen(places[i].name) == size && strncmp(at + 1, places[i].name, size) == 0 &&
            at[size + 1] == '}')
            return (int)i;
    return -1;
}

bool template_check(const char *template, const char *pointer, struct error *err)
{
    for (const char *at = strchr(template, '{'); at != NULL;) {
        size_t size;
        if (find_place(at, &size) < 0)
            return error_add(err, pointer,
                             "has no value %.*s; it knows kind, no, task, category, "
                             "area, unit, org, holder, state, stage, level, due, at",
                             (int)size, at);
        at = strchr(at + size, '{');
    }
    return true;
}

/* "2026-11-24 09:30" */
static const char *minute_text(struct instant at, int offset_s, struct arena *arena)
{
    char *text = arena_copy(arena, instant_format(arena, at, offset_s));
    text[MINUTES_SIZE] = '\0';
    *strchr(text, 'T') = ' ';
    return text;
}

static const char *name_of(const struct snapshot *snapshot, int kind, const char *code)
{
    const struct registry_row *row = code == NULL ? NULL : snapshot_row(snapshot, kind, code);
    if (row == NULL)
        return code;
    switch ((enum registry_kind)kind) {
    case REGISTRY_AREA:
        return ((const struct area *)row->value)->name;
    case REGISTRY_CATEGORY:
        return ((const struct category *)row->value)->name;
    case REGISTRY_UNIT:
        return ((const struct unit *)row->value)->name;
    case REGISTRY_ORG:
        return ((const struct org *)row->value)->name;
    case REGISTRY_RESOURCE:
    case REGISTRY_AGREEMENT:
    case REGISTRY_POLICY:
    case REGISTRY_CALENDAR:
    case REGISTRY_COUNT:
        break;
    }
    return code;
}

static const char *told_text(const struct node *const *told, int count, const char *key)
{
    for (int i = 0; i < count; i++)
        if (text_equal(told[i]->key, key))
            return told[i]->text;
    return NULL;
}

static const char *due_text(const struct node *const *told, int count, int offset_s,
                            struct arena *arena)
{
    static const char *const keys[] = {"due", "resolve_due", "result_due"};
    struct instant at;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *text = told_text(told, count, keys[i]);
        if (text != NULL && instant_parse(text, &at))
            return minute_text(at, offset_s, arena);
    }
    return NULL;
}

static struct places fill_places(const struct notice *notice, const struct snapshot *snapshot,
                                 int offset_s, struct arena *arena)
{
    const struct event *event = &notice->event;
    const struct node *told[MEMBERS_MAX];
    int count = told_members(notice, arena, told);
    struct places filled = {
        .kind = notice_chinese[notice->kind],
        .no = notice->no,
        .task = task_id(notice, arena),
        .category = name_of(snapshot, REGISTRY_CATEGORY, notice->category),
        .area = name_of(snapshot, REGISTRY_AREA, notice->area),
        .unit = name_of(snapshot, REGISTRY_UNIT, event->unit),
        .org = name_of(snapshot, REGISTRY_ORG, event->org),
        .state = event->to,
        .stage = told_text(told, count, "stage"),
        .level = told_text(told, count, "level"),
        .due = due_text(told, count, offset_s, arena),
        .at = minute_text(event->at, offset_s, arena),
    };
    filled.holder = filled.unit != NULL ? filled.unit : filled.org;
    return filled;
}

static const char *template_fill(const char *template, const struct places *filled,
                                 struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    for (const char *at = template; *at != '\0';) {
        size_t plain = strcspn(at, "{"), size = 0;
        text_add_bytes(&text, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        int place = find_place(at, &size);
        const char *value =
            place < 0 ? NULL : *(const char *const *)((const char *)filled + places[place].offset);
        text_add(&text, value == NULL ? "—" : value);
        at += size;
    }
    for (char *at = text.at; at != NULL && *at != '\0'; at++)
        if (*at == '\n') /* parts items */
            *at = ' ';
    return arena_bytes(arena, text.at, text.size);
}

const char *notice_item(const struct notice *notice, const struct webhook *webhook,
                        const struct snapshot *snapshot, int offset_s, struct arena *arena)
{
    if (adapters[webhook->adapter].before == NULL)
        return cloud_item(notice, offset_s, arena);
    struct places filled = fill_places(notice, snapshot, offset_s, arena);
    return template_fill(webhook->template != NULL ? webhook->template : standard_template, &filled,
                         arena);
}

const char *notice_test_item(const struct webhook *webhook, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    if (adapters[webhook->adapter].before != NULL)
        return "【测试】whistled";
    put_begin(&text, NULL, '{');
    put_text(&text, "webhook", arena_format(arena, "%lld", (long long)webhook->id));
    put_end(&text, '}');
    return put_done(&text, arena).at;
}

/* ---- messages ---- */

static struct slice cloud_event(const struct message *message, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    struct instant_form form = {arena, 0};
    put_begin(&text, NULL, '{');
    put_text(&text, "specversion", "1.0");
    put_text(&text, "id", arena_format(arena, "%s-%lld", message->line, (long long)message->seq));
    put_text(&text, "source", message->source);
    put_text(&text, "type",
             arena_format(arena, "io.whistled.notice.%s", notice_words[message->kind]));
    put_text(&text, "subject", message->line);
    put_instant(&text, "time", message->at, &form);
    put_text(&text, "datacontenttype", "application/json");
    if (message->kind != NOTICE_DIGEST) {
        put_raw(&text, "data", slice_of(message->items));
    } else {
        put_begin(&text, "data", '{');
        put_begin(&text, "items", '[');
        struct names items = names_split(arena, message->items, '\n');
        for (int i = 0; i < items.count; i++)
            put_raw(&text, NULL, slice_of(items.at[i]));
        put_end(&text, ']');
        put_end(&text, '}');
    }
    put_end(&text, '}');
    return put_done(&text, arena);
}

/* As much of the text as the robot takes; the rest is counted. */
static const char *cut(const char *items, int limit, struct arena *arena)
{
    enum { TAIL = 32 };
    if (strlen(items) <= (size_t)limit)
        return items;
    size_t keep = (size_t)limit - TAIL;
    while (((unsigned char)items[keep] & 0xC0) == 0x80)
        keep--;
    int lines = 1;
    for (const char *at = items; *at != '\0'; at++)
        lines += *at == '\n';
    return arena_format(arena, "%.*s…（共%d条）", (int)keep, items, lines);
}

struct slice message_write(const struct message *message, const struct adapter *adapter,
                           struct arena *arena)
{
    if (adapter->before == NULL)
        return cloud_event(message, arena);
    struct text text CLEANUP(text_clear) = {0};
    put_text(&text, NULL, cut(message->items, adapter->text_limit, arena));
    return slice_of(arena_format(arena, "%s%s%s", adapter->before, text.at, adapter->after));
}

int64_t robot_code(struct slice answer, struct arena *arena)
{
    struct error ignored = {.arena = arena};
    struct node *root;
    if (!node_parse(answer, arena, &root, &ignored) || root->type != NODE_OBJECT)
        return -1;
    const struct node *code = node_member(root, "errcode");
    return code != NULL && code->type == NODE_INT ? code->number : -1;
}
