/* Registry rows: the first byte is the kind, the rest the body. What is read and written again
 * reads the same. */
#include <string.h>

#include "fuzz.h"
#include "wire/json.h"
#include "wire/registry_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    int kind = bytes[0] % REGISTRY_COUNT;
    struct slice body = {(const char *)bytes + 1, size - 1}, merged;
    struct error err = {.arena = arena};
    const void *value, *again;
    if (registry_json_read(kind, body, NULL, arena, &value, &err)) {
        struct slice text = registry_json_write(kind, value, arena);
        CHECK(registry_json_read(kind, text, registry_code(kind, value), arena, &again, &err));
        CHECK(strcmp(registry_json_write(kind, again, arena).at, text.at) == 0);
        /* A patch of nothing changes nothing. */
        CHECK(json_merge(text, (struct slice){"{}", 2}, arena, &merged, &err));
        CHECK(strcmp(merged.at, text.at) == 0);
    } else {
        CHECK(err.count > 0);
        problem_write(&err, NULL, arena);
    }
    arena_free(arena);
    return 0;
}
