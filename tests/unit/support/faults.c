/* Tables of bodies and faults. */
#include "support/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "wire/json.h"

const char *faults_shown(const struct error *err, struct arena *arena)
{
    if (error_none(err))
        return "";
    struct text text CLEANUP(text_clear) = {0};
    text_format(&text, "%d", problem_status(err->fault));
    for (int i = 0; i < error_kept(err); i++)
        text_format(&text, " %s", err->items[i].pointer);
    return arena_bytes(arena, text.at, text.size);
}

/* Characters up to U+00FF of a JSON string as bytes. */
static struct slice raw_bytes(const json_t *json, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const char *from = json_string_value(json);
    for (size_t i = 0; i < json_string_length(json); i++) {
        unsigned char byte = (unsigned char)from[i];
        if (byte == 0xC2 || byte == 0xC3)
            byte = (unsigned char)((byte & 3) << 6 | ((unsigned char)from[++i] & 0x3F));
        text_add_bytes(&text, &byte, 1);
    }
    return (struct slice){arena_bytes(arena, text.at, text.size), text.size};
}

struct slice json_text(const json_t *json, struct arena *arena)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    struct slice slice = {arena_copy(arena, text), strlen(text)};
    free(text);
    return slice;
}

void faults_check(const char *path, void (*read)(const json_t *one, struct slice body,
                                                 struct arena *arena, struct error *err))
{
    struct arena *names = arena_new();
    const char *file = arena_format(names, "%s/%s", CASES_DIR, path);
    json_error_t where;
    json_t *cases = json_load_file(file, JSON_ALLOW_NUL, &where), *one;
    size_t index;
    int wrong = 0;
    if (cases == NULL)
        fail_msg("%s:%d: %s", file, where.line, where.text);
    json_array_foreach (cases, index, one) {
        struct arena *arena = arena_new();
        struct error err = {.arena = arena};
        const json_t *raw = json_object_get(one, "text");
        struct slice body =
            raw != NULL ? raw_bytes(raw, arena) : json_text(json_object_get(one, "body"), arena);
        read(one, body, arena, &err);
        const char *wanted = json_string_value(json_object_get(one, "faults"));
        const char *shown = faults_shown(&err, arena);
        if (wanted == NULL || strcmp(shown, wanted) != 0) {
            print_error("%s: %s: gives '%s', not '%s'\n", path,
                        json_string_value(json_object_get(one, "name")), shown,
                        wanted == NULL ? "(missing)" : wanted);
            wrong++;
        }
        arena_free(arena);
    }
    assert_true(json_array_size(cases) > 0);
    json_decref(cases);
    arena_free(names);
    assert_int_equal(wrong, 0);
}

void assert_json(struct slice text, const char *expected)
{
    json_error_t where;
    json_t *is = json_loadb(text.at, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);
    if (is == NULL)
        fail_msg("not JSON: %s: %.*s", where.text, (int)text.size, text.at);
    if (wanted == NULL)
        fail_msg("the test's own JSON is wrong: %s", expected);
    if (!json_equal(is, wanted))
        fail_msg("is %.*s\nnot %s", (int)text.size, text.at, expected);
    json_decref(is);
    json_decref(wanted);
}
