/* Tickets as operators send them. What is kept reads back the same; and whatever the quick scanner
 * of wire/scan accepts, jansson accepts with the same meaning. */
#include <string.h>

#include <jansson.h>

#include "fuzz.h"
#include "wire/node.h"
#include "wire/ticket_json.h"

static void check_same(const json_t *json, const struct node *node)
{
    size_t index;
    json_t *member;
    const char *key;
    switch (json_typeof(json)) {
    case JSON_NULL:
        CHECK(node->type == NODE_NULL);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        CHECK(node->type == NODE_BOOL && node->flag == json_is_true(json));
        break;
    case JSON_INTEGER:
        CHECK(node->type == NODE_INT && node->number == json_integer_value(json));
        break;
    case JSON_REAL:
        CHECK(node->type == NODE_REAL && node->real == json_real_value(json));
        break;
    case JSON_STRING:
        CHECK(node->type == NODE_TEXT && strcmp(node->text, json_string_value(json)) == 0);
        break;
    case JSON_ARRAY:
        CHECK(node->type == NODE_ARRAY && (size_t)node->count == json_array_size(json));
        node = node->first;
        json_array_foreach (json, index, member) {
            check_same(member, node);
            node = node->next;
        }
        break;
    case JSON_OBJECT:
        CHECK(node->type == NODE_OBJECT && (size_t)node->count == json_object_size(json));
        json_object_foreach ((json_t *)json, key, member) {
            const struct node *found = node_member(node, key);
            CHECK(found != NULL);
            check_same(member, found);
        }
        break;
    }
}

static void check_scanner(struct slice body, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct node *scanned = node_scan(body, arena), *parsed;
    if (node_parse(body, arena, &parsed, &err)) {
        struct text text = {0};
        struct node *again;
        node_write(parsed, NULL, &text);
        CHECK(node_parse((struct slice){text.at, text.size}, arena, &again, &err));
        text_clear(&text);
    }
    if (scanned == NULL)
        return;
    json_t *json = json_loadb(body.at, body.size, JSON_REJECT_DUPLICATES, NULL);
    CHECK(json != NULL);
    check_same(json, scanned);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new();
    struct slice body = {(const char *)bytes, size};
    struct error err = {.arena = arena};
    struct submission sent, again = {0};
    check_scanner(body, arena);
    if (submission_read(body, arena, &sent, &err)) {
        CHECK(error_none(&err));
        struct slice kept = submission_write(&sent, arena);
        submission_restore(kept, arena, &again);
        struct slice second = submission_write(&again, arena);
        CHECK(strcmp(kept.at, second.at) == 0);
        struct petitioner petitioner;
        petitioner_read(petitioner_write(&sent.petitioner, arena), arena, &petitioner);
        CHECK(text_equal(petitioner.phone, sent.petitioner.phone));
        CHECK(text_equal(petitioner.name, sent.petitioner.name));
    } else {
        CHECK(err.count > 0);
    }
    arena_free(arena);
    return 0;
}
