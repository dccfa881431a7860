/* What happens once before the event loop, over a blocking connection and under a lock, so that two
 * first starts do not race: schema, vault key, first admin key, shipped rules, this process's
 * number. */
#pragma once

#include "store/dossier_store.h"

/* One row of the registry to begin with. */
struct preset {
    const char *kind; /* plural */
    const char *code;
    struct slice body;
};

struct setup_settings {
    const char *url;
    const char *schema;
    bool migrate;                /* bring the schema up to date; else only check it */
    const char *state_directory; /* where admin.key and vault.key go */
    const char *vault_file;      /* NULL: vault.key in the state directory, made if missing */
    struct span connect_timeout;
    struct instant now;
    const struct preset *presets;
    int preset_count;
};

struct setup_result {
    struct vault vault;  /* name in the arena */
    int instance;        /* 0..4095: part of every id made by this process */
    bool made_admin_key; /* admin.key was written just now */
};

/* Everything `serve` needs. Faults say what to do; nothing is half done after one. */
MUST_CHECK bool setup_run(const struct setup_settings *settings, struct arena *arena,
                          struct setup_result *ret_result, struct error *err);
/* The migrations alone, for `whistled migrate`; `ret_count` were carried out. */
MUST_CHECK bool setup_migrate(const struct setup_settings *settings, int *ret_count,
                              struct error *err);

/* A new API key: "wk_" and 160 random bits in base 32. What is stored is its SHA-256. */
const char *setup_new_key(struct arena *arena);
struct crypt_hash setup_key_hash(const char *key);
