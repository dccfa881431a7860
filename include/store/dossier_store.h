/* Dossiers in and out of the database. The one place that writes tickets, tasks and events. */
#pragma once

#include "domain/dossier.h"
#include "store/work.h"

/* Keys that the daemon holds outside the database, and this database's feed offset. */
struct vault {
    const char *name;                  /* of the key, kept in each row */
    unsigned char identity[CRYPT_KEY]; /* seals petitioners */
    unsigned char phone[CRYPT_KEY];    /* makes the searchable hash of a phone */
    unsigned char chain[CRYPT_KEY];    /* links events */
    unsigned char receipt[CRYPT_KEY];  /* makes receipt codes */
    unsigned char webhook[CRYPT_KEY];  /* seals addresses and secrets of webhooks */
    int64_t feed_offset;
};

enum { DOSSIER_LOADS = 3 };
/* Adds the DOSSIER_LOADS statements that load dossiers by id and tickets by number (NULL: none),
 * with all their tasks and pauses. */
void dossier_store_load(struct work *work, const int64_t *ids, int count,
                        const struct names *numbers);
/* Reads the answer of dossier_store_load when its first statement was `first` of the last send; in
 * order of id. */
struct dossier **dossier_store_read(const struct work *work, int first, struct arena *arena,
                                    int *ret_count);

/* Adds the statement that keeps of events what is left when their texts are erased, in order of
 * ticket and seq; all of `count` must be there. */
struct stripped {
    int64_t ticket, seq;
    const char *data;
};
void dossier_store_strip(struct work *work, const struct stripped *stripped, int count);
/* Chains the new events and adds the statements that save everything new; after the send,
 * work_obeyed tells whether no version or claim had changed meanwhile. Before it, dossier->details
 * and dossier->petitioner hold JSON made by the wire. Resources are taken and given back here; lock
 * them first. */
void dossier_store_save(struct work *work, struct dossier **dossiers, int count,
                        const struct vault *vault, struct arena *arena);
/* A phone's searchable hash: HMAC-SHA256 of its digits. */
struct crypt_hash vault_phone(const struct vault *vault, const char *phone, struct arena *arena);
/* Opens a sealed identity; false: another key, or changed bytes. */
MUST_CHECK bool vault_open(const struct vault *vault, int64_t ticket, struct slice sealed,
                           struct arena *arena, struct slice *ret_plain);
/* The citizen's receipt code for a number: 60 bits of an HMAC, base 32. */
const char *vault_receipt(const struct vault *vault, const char *no, struct arena *arena);
/* The link of an event: HMAC over the last link, the event's fields and its digest,
 * length-prefixed. */
struct crypt_hash vault_link(const struct vault *vault, const struct crypt_hash *last,
                             int64_t ticket, const struct event *event,
                             const struct crypt_hash *digest, struct arena *arena);
/* What the event's own row keeps of its link: an HMAC of it. Links themselves stand nowhere but the
 * last one in the ticket, so that who cuts off a ticket's last events has no link to put there. */
struct crypt_hash vault_mark(const struct vault *vault, const struct crypt_hash *link);
/* The digest of an event's data: SHA-256 of the salt and the data. */
struct crypt_hash vault_digest(struct slice salt, const char *data);
