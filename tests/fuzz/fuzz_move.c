/* Bodies of moves: the first byte is the move, the rest the body. The data that is kept reads as
 * the body did, has no claim, and is the same when read again. */
#include <string.h>

#include "fuzz.h"
#include "wire/move_json.h"
#include "wire/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    const struct move *move = &moves[bytes[0] % move_count];
    struct slice body = {(const char *)bytes + 1, size - 1};
    struct error err = {.arena = arena};
    struct move_body read, again;
    struct node *data;
    if (move_body_read(move, body, arena, &read, &err)) {
        struct slice kept = {read.data, strlen(read.data)};
        CHECK(move_body_read(move, kept, arena, &again, &err));
        CHECK(strcmp(read.data, again.data) == 0);
        CHECK(text_equal(read.reason, again.reason) && read.solved == again.solved);
        CHECK(again.claim == NULL);
        CHECK(node_parse(kept, arena, &data, &err) && node_member(data, "claim") == NULL);
    } else {
        CHECK(err.count > 0);
    }
    arena_free(arena);
    return 0;
}
