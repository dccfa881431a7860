/* One walk over the events of each ticket. The difficulty is what was erased: data that no longer
 * fit their digest are taken for good only once a later event `erase` vouches for them. */
#include "store/verify.h"

#include <endian.h>
#include <string.h>

#include "domain/trail.h"

#define X(name, word) word,
const char *const break_words[] = {BREAKS(X) NULL};
#undef X

enum { RECORD_SIZE = 2 * CRYPT_HASH };

struct walk {
    const struct dossier *dossier;
    struct trail *trails; /* one per task */
    int64_t seq;          /* of the last event taken */
    struct crypt_hash link, kept;
    int state;        /* where the last event of the ticket itself led; -1: none */
    int64_t state_at; /* its number */
    int64_t erased;   /* first event whose data nobody has vouched for yet; 0: none */
    char record[RECORD_SIZE + 1];
    int64_t record_at; /* the event that says it; 0: none */
    struct instant received, dispatched, ended;
    bool excluded;
    int pauses; /* that were begun */
    bool paused;
    int64_t paused_at; /* the last event that began or ended one; 0: none */
    int64_t broken_at; /* 0: nothing is broken so far */
    int what;
};

struct verifier {
    const struct vault *vault;
    struct arena *arena;
    struct walk *walks;
    int count;
    int place; /* of the ticket whose events come now */
};

struct verifier *verifier_new(const struct vault *vault, struct dossier *const *dossiers, int count,
                              struct arena *arena)
{
    struct verifier *verifier = ARENA_NEW(arena, struct verifier);
    *verifier = (struct verifier){vault, arena, ARENA_ARRAY(arena, struct walk, count), count, 0};
    for (int i = 0; i < count; i++) {
        struct walk *walk = &verifier->walks[i];
        walk->dossier = dossiers[i];
        walk->state = -1;
        walk->received = walk->dispatched = walk->ended = INSTANT_NONE;
        walk->trails = ARENA_ARRAY(arena, struct trail, dossiers[i]->task_count);
        for (int t = 0; t < dossiers[i]->task_count; t++)
            walk->trails[t] = trail_new();
    }
    return verifier;
}

struct crypt_hash verify_kept(const struct crypt_hash *before, int64_t seq, const char *data)
{
    struct text text CLEANUP(text_clear) = {0};
    uint64_t big = htobe64((uint64_t)seq);
    text_add_bytes(&text, before->at, sizeof(before->at));
    text_add_bytes(&text, &big, sizeof(big));
    text_add(&text, data);
    return crypt_sha256((struct slice){text.at, text.size});
}

/* The earliest break of a ticket counts; at one event the first that was found. */
static void note(struct walk *walk, int64_t seq, int what)
{
    if (walk->broken_at != 0 && walk->broken_at <= seq)
        return;
    walk->broken_at = seq;
    walk->what = what;
}

static bool same(const struct crypt_hash *a, const struct crypt_hash *b)
{
    return crypt_equal(a->at, b->at, sizeof(a->at));
}

/* Tickets made by versions before the mark show the link itself; that gives nothing away that a
 * mark would not have to. */
static bool link_fits(const struct vault *vault, const struct walk *walk,
                      const struct logged *logged)
{
    struct crypt_hash mark = vault_mark(vault, &walk->link);
    return same(&mark, &logged->link) || same(&walk->link, &logged->link);
}

/* Erased data fit no digest; a good `erase` says what is left of all before it. */
static void check_data(struct walk *walk, const struct logged *logged)
{
    const struct event *event = &logged->event;
    struct crypt_hash digest = vault_digest(logged->salt, event->data), kept;
    bool whole = same(&digest, &logged->digest);
    if (!whole && logged->salt.size > 0)
        note(walk, event->seq, BREAK_DIGEST);
    else if (!whole && walk->erased == 0)
        walk->erased = event->seq;
    if (whole && logged->vouched.kept != NULL && strlen(logged->vouched.kept) == RECORD_SIZE &&
        crypt_unhex(logged->vouched.kept, kept.at, sizeof(kept.at)) && same(&kept, &walk->kept))
        walk->erased = 0;
    walk->kept = verify_kept(&walk->kept, event->seq, event->data);
    if (whole && logged->vouched.record != NULL && strlen(logged->vouched.record) == RECORD_SIZE) {
        memcpy(walk->record, logged->vouched.record, RECORD_SIZE);
        walk->record_at = event->seq;
    }
}

static void follow_task(struct verifier *verifier, struct walk *walk, const struct logged *logged)
{
    const struct event *event = &logged->event;
    for (int i = 0; i < walk->dossier->task_count; i++) {
        if (walk->dossier->tasks[i].number != event->task)
            continue;
        trail_take(&walk->trails[i], event, &logged->vouched, verifier->arena);
        return;
    }
    note(walk, event->seq, BREAK_STATE); /* its task is gone */
}

/* Each `hang` begins a pause of the ledger, which the next `unhang` ends. */
static void follow_pause(struct walk *walk, const struct event *event)
{
    const struct intervals *pauses = &walk->dossier->ticket.pauses;
    bool begins = text_equal(event->move, "hang");
    if (!begins && !text_equal(event->move, "unhang"))
        return;
    walk->pauses += begins;
    walk->paused = begins;
    walk->paused_at = event->seq;
    if (walk->pauses == 0 || walk->pauses > pauses->count) {
        note(walk, event->seq, BREAK_STATE);
        return;
    }
    const struct interval *pause = &pauses->at[walk->pauses - 1];
    if ((begins ? pause->from.us : pause->to.us) != event->at.us)
        note(walk, event->seq, BREAK_STATE);
}

static void follow_ticket(struct walk *walk, const struct event *event)
{
    int state = event->to == NULL ? -1 : word_find(ticket_state_words, event->to);
    walk->excluded = text_equal(event->move, "exclude") ||
                     (walk->excluded && !text_equal(event->move, "include"));
    follow_pause(walk, event);
    if (state < 0)
        return;
    if (state >= TICKET_OPEN_FROM)
        walk->ended = INSTANT_NONE;
    else if (!instant_set(walk->ended))
        walk->ended = event->at;
    walk->state = state;
    walk->state_at = event->seq;
}

static void follow(struct verifier *verifier, struct walk *walk, const struct logged *logged)
{
    const struct event *event = &logged->event;
    if (event->seq == 1)
        walk->received = event->at;
    if (event->task != 0 && !instant_set(walk->dispatched) && text_equal(event->move, "dispatch"))
        walk->dispatched = event->at;
    if (event->task != 0)
        follow_task(verifier, walk, logged);
    else
        follow_ticket(walk, event);
}

void verifier_take(struct verifier *verifier, int64_t ticket, const struct logged *logged)
{
    while (verifier->place < verifier->count &&
           verifier->walks[verifier->place].dossier->ticket.id < ticket)
        verifier->place++;
    struct walk *walk = &verifier->walks[verifier->place];
    const struct event *event = &logged->event;
    if (verifier->place == verifier->count || walk->dossier->ticket.id != ticket ||
        (walk->broken_at != 0 && walk->broken_at <= event->seq))
        return;
    if (event->seq != walk->seq + 1) {
        note(walk, walk->seq + 1, BREAK_MISSING);
        return;
    }
    walk->seq = event->seq;
    walk->link =
        vault_link(verifier->vault, &walk->link, ticket, event, &logged->digest, verifier->arena);
    if (!link_fits(verifier->vault, walk, logged)) {
        note(walk, event->seq, BREAK_LINK);
        return;
    }
    check_data(walk, logged);
    follow(verifier, walk, logged);
}

static void check_tasks(struct walk *walk)
{
    for (int i = 0; i < walk->dossier->task_count; i++) {
        const struct task *task = &walk->dossier->tasks[i];
        const struct trail *trail = &walk->trails[i];
        if (!trail_fits(trail, task))
            note(walk, trail->seq == 0 ? walk->seq : trail->seq, BREAK_STATE);
    }
}

/* No entry of the ledger is without its event. */
static void check_pauses(struct walk *walk)
{
    const struct intervals *pauses = &walk->dossier->ticket.pauses;
    bool open = pauses->count > 0 && !instant_set(pauses->at[pauses->count - 1].to);
    if (pauses->count != walk->pauses || open != walk->paused)
        note(walk, walk->paused_at == 0 ? 1 : walk->paused_at, BREAK_STATE);
}

/* The state is derived from that of the tasks and from where the ticket's own events led. */
static bool state_fits(const struct walk *walk)
{
    struct dossier copy = *walk->dossier;
    const struct world nowhen = {.now = INSTANT_NONE};
    const struct ticket *ticket = &walk->dossier->ticket;
    bool ended = walk->state >= 0 && walk->state < TICKET_OPEN_FROM;
    bool hung = walk->state == TICKET_IS_HUNG;
    dossier_settle(&copy, &nowhen);
    return copy.ticket.state == ticket->state && ended == (ticket->final_state != NULL) &&
           (!ended || ticket->state == walk->state) &&
           (ended || hung == (ticket->hung_reason != NULL)) && ticket->excluded == walk->excluded &&
           ticket->received_at.us == walk->received.us &&
           ticket->dispatched_at.us == walk->dispatched.us && ticket->ended_at.us == walk->ended.us;
}

static void check_end(struct walk *walk, struct arena *arena)
{
    const struct ticket *ticket = &walk->dossier->ticket;
    if (walk->broken_at == 0 && walk->seq < ticket->version)
        note(walk, walk->seq + 1, BREAK_MISSING);
    if (walk->broken_at == 0 && (walk->seq != ticket->version || !same(&walk->link, &ticket->link)))
        note(walk, walk->seq == 0 ? 1 : walk->seq, BREAK_LAST);
    if (walk->erased != 0)
        note(walk, walk->erased, BREAK_DIGEST);
    if (walk->broken_at != 0)
        return;
    check_tasks(walk);
    check_pauses(walk);
    if (ticket->origin == ORIGIN_TICKET && walk->broken_at == 0 && !state_fits(walk))
        note(walk, walk->state_at == 0 ? 1 : walk->state_at, BREAK_STATE);
    if (walk->record_at != 0 && strcmp(walk->record, record_digest(ticket, arena)) != 0)
        note(walk, walk->record_at, BREAK_RECORD);
}

int verifier_end(struct verifier *verifier, struct broken **ret_broken)
{
    int found = 0;
    *ret_broken = ARENA_ARRAY(verifier->arena, struct broken, verifier->count);
    for (int i = 0; i < verifier->count; i++) {
        struct walk *walk = &verifier->walks[i];
        const struct ticket *ticket = &walk->dossier->ticket;
        check_end(walk, verifier->arena);
        if (walk->broken_at != 0)
            (*ret_broken)[found++] =
                (struct broken){ticket->id, ticket->no, walk->broken_at, walk->what};
    }
    return found;
}
