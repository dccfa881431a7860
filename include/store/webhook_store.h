/* Webhooks and what is sent to them, in the database. */
#pragma once

#include "domain/webhook.h"
#include "store/dossier_store.h"

/* A webhook as its row has it, settings still as text: `kept` plain, `sealed` opened. */
struct webhook_row {
    struct webhook webhook; /* without what the texts say */
    struct slice kept, sealed;
};
/* Columns of webhook/load, get and list. False: it was sealed with another key. */
MUST_CHECK bool webhook_store_read(const struct rows *rows, int index, const struct vault *vault,
                                   struct arena *arena, struct webhook_row *ret_row);
/* Adds the statement that inserts a new one. */
void webhook_store_insert(struct work *work, const struct webhook_row *row,
                          const struct vault *vault, struct arena *arena);
/* Adds the one that saves a change, guarded by the version it was loaded at. */
void webhook_store_save(struct work *work, const struct webhook_row *row, const struct vault *vault,
                        struct arena *arena);

/* A delivery to be made. */
struct fresh_delivery {
    int64_t webhook, id;
    const char *line;
    int64_t seq;
    int kind, urgency;
    const char *no, *area; /* may be NULL */
    struct instant at, due;
    const char *items;
    bool dead; /* kept as given up: its webhook is disabled */
};
/* Adds the statements that add them to their lines: lines first, locked in order. The array is
 * sorted. */
void delivery_store_add(struct work *work, struct fresh_delivery *fresh, int count,
                        struct instant now, struct arena *arena);

/* Their lines alone, each once with its first's `due`; locks them in order. Sorts the array. */
void line_store_add(struct work *work, struct fresh_delivery *fresh, int all, struct arena *arena);

/* A delivery under way: what was leased, and in the end what became of it. */
struct sending {
    int64_t webhook, delivery, lease;
    const char *line;
    int64_t seq;
    int kind;
    struct instant at;
    const char *items;
    int tries; /* before this one */
    /* The try. */
    struct instant began;
    int64_t took_ms;
    int status;
    const char *error; /* NULL: none */
    /* What follows. */
    int state;           /* enum delivery_state */
    struct instant next; /* of WAITING */
    bool refused;        /* the receiver wants no more */
};
/* A row of delivery/heads. */
struct sending delivery_store_head(const struct rows *rows, int index, struct arena *arena);
/* Adds the statement that locks those of these lines that are still ours ... */
void delivery_store_hold(struct work *work, struct sending *const *sent, int count);
/* ... whose rows tell which they are; then what became of those, and the tries of all. `now` is
 * when the heads behind may go. */
void delivery_store_settle(struct work *work, struct sending *const *sent, const bool *ours,
                           int all, struct instant now, struct arena *arena);
