/* Checks stored tickets against their events: is every event there and as it was written, and does
 * the ticket say what its events say? Pure; rows are handed in as they come. */
#pragma once

#include "domain/record.h"
#include "store/dossier_store.h"

/* A stored event with what it is chained by. */
struct logged {
    struct event event;
    struct slice salt; /* empty: the texts in its data were erased */
    struct crypt_hash digest, link;
    struct vouched vouched; /* of its data */
};

/* X(NAME, "word"): what is wrong with an event.
 * missing: not there, though later ones are or the ticket counts it. link: a field of it was
 * changed, or it is not the one that stood here. digest: its data were changed. last: the ticket's
 * number of events or its last link is not this one's. state: the ticket or a task is not in the
 * state that its events led to, or its dues, met clocks, overdue marks or pauses are not those that
 * they set. ticket: it is gone. record: the ticket is not the one that was received, or amended
 * since. */
#define BREAKS(X)                                                                                  \
    X(MISSING, "missing")                                                                          \
    X(LINK, "link")                                                                                \
    X(DIGEST, "digest")                                                                            \
    X(LAST, "last")                                                                                \
    X(STATE, "state")                                                                              \
    X(TICKET, "ticket")                                                                            \
    X(RECORD, "record")
#define X(name, word) BREAK_##name,
enum break_kind { BREAKS(X) BREAK_COUNT };
#undef X
extern const char *const break_words[];

/* The first broken event of a ticket. */
struct broken {
    int64_t ticket;
    const char *no;
    int64_t seq;
    int what; /* enum break_kind */
};

struct verifier;

/* For these tickets, in order of id, with their details restored; all is borrowed. */
struct verifier *verifier_new(const struct vault *vault, struct dossier *const *dossiers, int count,
                              struct arena *arena);
/* The next event, in order of ticket and seq, of one of these tickets. Nothing of it is kept. */
void verifier_take(struct verifier *verifier, int64_t ticket, const struct logged *logged);
/* No more events. Returns how many tickets are broken, and them in order. */
int verifier_end(struct verifier *verifier, struct broken **ret_broken);

/* The digest of all data up to an event: that up to the event before (zeroes: none) goes in. */
struct crypt_hash verify_kept(const struct crypt_hash *before, int64_t seq, const char *data);
