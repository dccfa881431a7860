/* A map from hash (hexadecimal) to caller, in an arena that is replaced whole. */
#include "flow/keyring.h"

#include "base/map.h"
#include "store/setup.h"

struct keyring {
    struct arena *arena;
    struct map *callers;
};

struct keyring *keyring_new(void)
{
    struct keyring *keyring = mem_zero(sizeof(*keyring));
    keyring->arena = arena_new();
    keyring->callers = map_new(16);
    return keyring;
}

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    map_free(keyring->callers);
    arena_free(keyring->arena);
    mem_free(keyring);
}

const struct caller *keyring_find(const struct keyring *keyring, const char *token)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct crypt_hash hash = setup_key_hash(token);
    return map_get(keyring->callers, crypt_hex(arena, hash.at, sizeof(hash.at)));
}

void keyring_add(struct keyring *keyring, const struct rows *rows)
{
    for (int i = 0; i < rows->count; i++) {
        struct row row = rows_at(rows, i, keyring->arena);
        struct caller *caller = ARENA_NEW(keyring->arena, struct caller);
        caller->key = row_int(&row);
        struct slice hash = row_bytes(&row);
        caller->role = row_word(&row, caller_role_words);
        caller->name = row_text(&row);
        caller->areas = row_names(&row);
        caller->unit = row_text(&row);
        caller->org = row_text(&row);
        caller->created_at = row_instant(&row);
        caller->expires_at = row_instant(&row);
        caller->revoked_at = INSTANT_NONE;
        map_put(keyring->callers, crypt_hex(keyring->arena, hash.at, hash.size), caller);
    }
}

void keyring_fill(struct keyring *keyring, const struct rows *rows)
{
    map_free(keyring->callers);
    arena_free(keyring->arena);
    keyring->arena = arena_new();
    keyring->callers = map_new((size_t)rows->count);
    keyring_add(keyring, rows);
}

static struct names names_copy(const struct names *names, struct arena *arena)
{
    struct names copy = {names->count, ARENA_ARRAY(arena, const char *, names->count)};
    for (int i = 0; i < names->count; i++)
        copy.at[i] = arena_copy(arena, names->at[i]);
    return copy;
}

const struct caller *caller_copy(const struct caller *caller, struct arena *arena)
{
    struct caller *copy = ARENA_NEW(arena, struct caller);
    *copy = *caller;
    copy->name = arena_copy(arena, caller->name);
    copy->areas = names_copy(&caller->areas, arena);
    copy->unit = arena_copy(arena, caller->unit);
    copy->org = arena_copy(arena, caller->org);
    return copy;
}
