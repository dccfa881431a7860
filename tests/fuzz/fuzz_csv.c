/* Imports: the first byte is the kind, the rest the file. A row that is taken is a row as JSON. */
#include <string.h>

#include "fuzz.h"
#include "wire/registry_csv.h"
#include "wire/registry_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    int kind = bytes[0] % (REGISTRY_CATEGORY + 1);
    struct slice file = {(const char *)bytes + 1, size - 1};
    struct error err = {.arena = arena}, other = {.arena = arena};
    struct csv_rows rows;
    struct override *overrides;
    int count;
    if (registry_csv_read(kind, file, arena, &rows, &err)) {
        for (int i = 0; i < rows.count; i++) {
            const void *again;
            struct slice text = registry_json_write(kind, rows.values[i], arena);
            CHECK(registry_json_read(kind, text, NULL, arena, &again, &err));
            CHECK(strcmp(registry_json_write(kind, again, arena).at, text.at) == 0);
            CHECK(i == 0 || rows.lines[i] > rows.lines[i - 1]);
        }
    } else {
        CHECK(err.count > 0);
    }
    if (!overrides_csv_read(file, arena, &overrides, &count, &other))
        CHECK(other.count > 0);
    arena_free(arena);
    return 0;
}
