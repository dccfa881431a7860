/* Registry rows in and out of the database, as the JSON that is stored. What they say is not looked
 * at here. */
#pragma once

#include "domain/registry.h"
#include "store/work.h"

struct registry_record {
    const char *code;
    int64_t version;
    int status; /* enum status */
    struct slice body;
};

/* Who changes rows, when, and as which revision of the registry. */
struct registry_change {
    int64_t revision;
    struct instant at;
    int64_t key;
};

/* Adds the statement that takes the next revision. Its counter stays locked until the transaction
 * ends, so that only one writer of the registry is behind it at a time: rows are read after it. */
void registry_store_next(struct work *work);
/* The revision, when that was statement `index` of the last send. */
int64_t registry_store_revision(const struct work *work, int index);
/* Adds the statement that reads rows of a kind by code; those there are, in no order. */
void registry_store_find(struct work *work, int kind, const struct names *codes);
/* The record of row `index` of that statement's rows, copied into the arena. */
struct registry_record registry_store_record(const struct rows *rows, int index,
                                             struct arena *arena);
/* Adds the statements that save rows of a kind and keep them as versions. */
void registry_store_save(struct work *work, int kind, const struct registry_record *records,
                         int count, const struct registry_change *change);
/* Adds the statement that defines how many tasks resources can carry at once. */
void registry_store_capacity(struct work *work, const struct resource *const *resources, int count);
