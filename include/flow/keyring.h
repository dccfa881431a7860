/* API keys in memory: by the hash of the secret. */
#pragma once

#include "domain/caller.h"
#include "store/work.h"

struct keyring;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *keyring);
/* The caller of a key, NULL if it is not known. Borrowed: copied by those who keep it. */
const struct caller *keyring_find(const struct keyring *keyring, const char *token);
/* Replaces everything by the rows of STMT_KEY_LOAD. */
void keyring_fill(struct keyring *keyring, const struct rows *rows);
/* Adds the rows of STMT_KEY_FIND. */
void keyring_add(struct keyring *keyring, const struct rows *rows);
/* A copy of a caller in an arena. */
const struct caller *caller_copy(const struct caller *caller, struct arena *arena);
