/* Find a page of tickets, load them, go through their events in pieces, answer. All of a page is
 * read in one short transaction that sees one state, so that work going on breaks nothing; between
 * pages nothing is held. */
#include "flow/verify.h"

#include <string.h>

#include "domain/number.h"
#include "flow/reach.h"
#include "store/verify.h"
#include "wire/erasure_json.h"
#include "wire/query.h"
#include "wire/report_json.h"

#define VERIFY(X) X(find_page) X(load_page) X(begin) X(walk) X(show_broken)
FLOW_STEPS(verify_steps, VERIFY)

enum { EVENTS = 256 }; /* in one piece: they carry up to 60 kB of text each */

struct job {
    int64_t limit, from, last; /* ids of the page: behind `from` up to `last` */
    bool more;
    const char *no;   /* NULL: a page */
    int orphans;      /* which statement found events without a ticket */
    int count, place; /* tickets; the first of the present piece */
    int end;          /* behind its last one */
    struct dossier **dossiers;
    int64_t ticket, seq, events; /* the last event taken; how many */
    struct verifier *verifier;
    struct broken *gone; /* events without a ticket */
    int gone_count;
};

/* Of others than tickets the number is the id. */
static enum next load_one(struct flow *flow, const char *no)
{
    int64_t id;
    if (number_valid(no))
        dossier_store_load(flow->work, NULL, 0, &(struct names){1, &no});
    else if (text_to_int(no, 1, INT64_MAX, &id))
        dossier_store_load(flow->work, &id, 1, NULL);
    else
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "nothing has this number");
    flow->step = 2; /* begin */
    return WAIT;
}

static enum next find_page(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    const struct call *call = flow->call;
    const struct limits *limits = &flow->context->limits;
    struct cursor cursor;
    if (!query_count(call_query(call, "limit"), "limit", limits->page_size, 1, limits->page_limit,
                     &job->limit, &flow->err) ||
        !cursor_read(call_query(call, "cursor"), "verify", flow->arena, &cursor, &flow->err))
        return END;
    job->no = call_query(call, "no");
    job->from = cursor.count > 0 ? cursor.number[0] : 0;
    work_begin_reading(flow_work(flow));
    if (job->no != NULL)
        return load_one(flow, job->no);
    struct args *args = work_add(flow->work, STMT_TICKET_WALK);
    args_names(args, &flow->scope.areas);
    args_bool(args, flow->caller->role == CALLER_ADMIN);
    args_int(args, job->from);
    args_int(args, job->limit);
    return WAIT;
}

static enum next load_page(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    int64_t *ids = ARENA_ARRAY(flow->arena, int64_t, rows.count);
    int count = 0;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        ids[count] = job->last = row_int(&row);
        count += row_bool(&row);
    }
    job->more = rows.count == job->limit;
    if (!job->more)
        job->last = INT64_MAX;
    dossier_store_load(flow->work, ids, count, NULL);
    job->orphans = DOSSIER_LOADS;
    if (flow->caller->role == CALLER_ADMIN) { /* what has no ticket has no area either */
        struct args *args = work_add(flow->work, STMT_EVENT_ORPHANS);
        args_int(args, job->from);
        args_int(args, job->last);
    }
    return WAIT;
}

static void note_gone(struct flow *flow, struct job *job)
{
    struct rows rows = work_rows(flow->work, job->orphans);
    job->gone = ARENA_ARRAY(flow->arena, struct broken, rows.count);
    job->gone_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        int64_t ticket = row_int(&row);
        job->gone[i] = (struct broken){ticket, arena_format(flow->arena, "%lld", (long long)ticket),
                                       row_int(&row), BREAK_TICKET};
    }
}

/* As many tickets as have a piece's events by their own count, at least one, and what comes behind
 * the last event taken. */
static enum next ask(struct flow *flow, struct job *job)
{
    int64_t counted = 0;
    for (job->end = job->place; job->end < job->count; job->end++) {
        counted += job->dossiers[job->end]->ticket.version;
        if (counted > EVENTS && job->end > job->place)
            break;
    }
    struct args *args = work_add(flow->work, STMT_EVENT_CHAIN);
    args_open(args, ARGS_INT);
    for (int i = job->place; i < job->end; i++)
        args_int(args, job->dossiers[i]->ticket.id);
    args_close(args);
    args_int(args, job->ticket);
    args_int(args, job->seq);
    args_int(args, EVENTS);
    return WAIT;
}

static enum next begin(struct flow *flow)
{
    struct job *job = flow->job;
    job->dossiers = dossier_store_read(flow->work, 0, flow->arena, &job->count);
    if (job->no != NULL && flow->caller->role != CALLER_ADMIN &&
        (job->count == 0 || !sees_ticket(flow, job->dossiers[0])))
        job->count = 0;
    if (job->no != NULL && job->count == 0)
        return FLOW_FAIL(flow, FAULT_NOT_FOUND, "nothing has this number");
    if (job->no == NULL && flow->caller->role == CALLER_ADMIN)
        note_gone(flow, job);
    for (int i = 0; i < job->count; i++)
        dossier_restore(job->dossiers[i], flow->arena);
    job->verifier = verifier_new(&flow->context->vault, job->dossiers, job->count, flow->arena);
    if (job->count == 0) {
        flow->step = 4; /* show_broken */
        return GO;
    }
    return ask(flow, job);
}

static struct logged read_logged(struct row *row, int64_t *ret_ticket)
{
    struct logged logged = {0};
    struct event *event = &logged.event;
    *ret_ticket = row_int(row);
    event->seq = row_int(row);
    event->task = (int)row_int(row);
    event->move = row_text(row);
    event->at = row_instant(row);
    event->by.key = row_int(row);
    bool daemon = row_null(row);
    event->by.role = row_word(row, caller_role_words);
    if (!daemon && event->by.role < 0)
        event->by.role = INT32_MIN; /* no role at all: never what was signed */
    event->by.unit = row_text(row);
    event->by.org = row_text(row);
    event->from = row_text(row);
    event->to = row_text(row);
    event->data = row_text(row);
    event->unit = row_text(row);
    event->org = row_text(row);
    event->seen_by = row_names(row);
    event->copy_org = row_text(row);
    logged.salt = row_bytes(row);
    struct slice digest = row_bytes(row), link = row_bytes(row);
    if (digest.size == CRYPT_HASH) /* else it stays zero, which fits nothing */
        memcpy(logged.digest.at, digest.at, CRYPT_HASH);
    if (link.size == CRYPT_HASH)
        memcpy(logged.link.at, link.at, CRYPT_HASH);
    return logged;
}

static enum next walk(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    for (int i = 0; i < rows.count; i++) {
        struct arena *arena CLEANUP(arena_drop) = arena_new();
        struct row row = rows_at(&rows, i, arena);
        struct logged logged = read_logged(&row, &job->ticket);
        job->seq = logged.event.seq;
        logged.vouched = vouched_read(logged.event.data, arena);
        verifier_take(job->verifier, job->ticket, &logged);
    }
    job->events += rows.count;
    if (rows.count < EVENTS) {
        job->place = job->end;
        job->ticket = job->seq = 0;
    }
    if (job->place == job->count)
        return GO;
    flow->step = 3; /* walk on */
    return ask(flow, job);
}

static enum next show_broken(struct flow *flow)
{
    struct job *job = flow->job;
    struct broken *broken;
    int found = verifier_end(job->verifier, &broken), shown = 0;
    struct break_row *rows = ARENA_ARRAY(flow->arena, struct break_row, found + job->gone_count);
    for (int i = 0; i < found; i++)
        rows[shown++] =
            (struct break_row){broken[i].no, broken[i].seq, break_words[broken[i].what]};
    for (int i = 0; i < job->gone_count; i++)
        rows[shown++] =
            (struct break_row){job->gone[i].no, job->gone[i].seq, break_words[job->gone[i].what]};
    struct cursor cursor = {.count = 1, .number = {job->last}};
    struct verify_report report = {job->count, job->events, rows, shown,
                                   job->more ? cursor_write(&cursor, "verify", flow->arena) : NULL};
    return flow_body(flow, 200, verify_write(&report, flow->arena));
}
