/* Cursors: one that is read is exactly one that would have been written. */
#include <string.h>

#include "fuzz.h"
#include "wire/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_bytes(arena, bytes, size);
    struct error err = {.arena = arena};
    struct cursor cursor = {0}, again;
    struct instant at;
    struct span span;
    int64_t count;
    if (cursor_read(text, "tasks", arena, &cursor, &err))
        CHECK(strcmp(cursor_write(&cursor, "tasks", arena), text) == 0);
    else
        CHECK(err.fault == FAULT_MALFORMED && err.count == 1);
    /* The bytes as numbers and text of a cursor come back. */
    cursor = (struct cursor){.count = (int)(size % (CURSOR_PARTS + 1))};
    memcpy(cursor.number, bytes, size < sizeof(cursor.number) ? size : sizeof(cursor.number));
    for (int i = cursor.count; i < CURSOR_PARTS; i++)
        cursor.number[i] = 0;
    err = (struct error){.arena = arena};
    CHECK(cursor_read(cursor_write(&cursor, "x", arena), "x", arena, &again, &err));
    CHECK(memcmp(again.number, cursor.number, sizeof(again.number)) == 0);
    /* The other values of a query. */
    bool read = query_instant(text, "from", 28800, &at, &err);
    read = query_span(text, "within", SECONDS(1), &span, &err) && read;
    read = query_count(text, "limit", 1, 1, 100, &count, &err) && read;
    CHECK(!read);
    arena_free(arena);
    return 0;
}
