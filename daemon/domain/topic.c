/* The tree of categories. A row may name its parent or leave it to the dots of its code, and the
 * parent need not be registered, so the tree has topics without rows. */
#include "domain/topic.h"

#include <string.h>

#include "base/map.h"
#include "domain/snapshot.h"

struct topics {
    struct map *by_code;
    struct arena *arena;
    uint32_t count;
};

static struct topic *topic_add(struct topics *topics, const char *code)
{
    struct topic *topic = ARENA_NEW(topics->arena, struct topic);
    *topic = (struct topic){.code = code, .number = topics->count++};
    map_put(topics->by_code, code, topic);
    return topic;
}

/* The code up to its last dot; NULL without a dot. */
static const char *before_dot(struct topics *topics, const char *code)
{
    const char *dot = strrchr(code, '.');
    return dot == NULL ? NULL : arena_bytes(topics->arena, code, (size_t)(dot - code));
}

/* Links a topic to the one above it; topics missing on the way up are made. */
static void topic_link(struct topics *topics, struct topic *topic, const char *parent)
{
    const char *above = parent != NULL ? parent : before_dot(topics, topic->code);
    while (above != NULL) {
        struct topic *next = map_get(topics->by_code, above);
        if (next != NULL) {
            topic->above = next;
            return;
        }
        next = topic_add(topics, above);
        topic->above = next;
        topic = next;
        above = before_dot(topics, above);
    }
}

static int depth_of(const struct topic *topic)
{
    int depth = 0;
    for (; topic != NULL && depth < TOPIC_DEPTH_LIMIT; topic = topic->above)
        depth++;
    return depth;
}

struct topics *topics_new(const struct snapshot *snapshot)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_CATEGORY, &count);
    struct topics *topics = mem_zero(sizeof(*topics));
    topics->by_code = map_new(count);
    topics->arena = arena_new();
    for (size_t i = 0; i < count; i++)
        topic_add(topics, rows[i]->code);
    for (size_t i = 0; i < count; i++) {
        const struct category *category = rows[i]->value;
        topic_link(topics, map_get(topics->by_code, rows[i]->code), category->parent);
    }
    size_t position = 0;
    for (struct topic *topic; (topic = map_next(topics->by_code, &position, NULL)) != NULL;)
        topic->depth = depth_of(topic);
    return topics;
}

void topics_free(struct topics *topics)
{
    if (topics == NULL)
        return;
    map_free(topics->by_code);
    arena_free(topics->arena);
    mem_free(topics);
}

const struct topic *topics_find(const struct topics *topics, const char *code)
{
    return map_get(topics->by_code, code);
}

const struct topic *topics_near(const struct topics *topics, const char *code)
{
    const struct topic *topic = code == NULL ? NULL : topics_find(topics, code);
    if (topic != NULL || code == NULL)
        return topic;
    struct text part CLEANUP(text_clear) = {0};
    text_add(&part, code);
    for (char *dot; topic == NULL && (dot = strrchr(part.at, '.')) != NULL;) {
        *dot = '\0';
        topic = topics_find(topics, part.at);
    }
    return topic;
}
