/* Intake: tickets that arrive while a commit is in flight go into the next one, as one set-based
 * transaction (spec 3, 4). */
#pragma once

#include "flow/flow.h"
#include "flow/hints.h"

/* One ticket on its way in, and what became of it. */
struct arrival {
    struct flow *flow; /* its request's */
    struct submission *sent;
    struct trace *trace;     /* by which hints are found; NULL: none are looked for */
    struct error err;        /* a fault: this one was refused */
    struct dossier *dossier; /* after the commit; borrowed until the flow ends */
    struct slice body;       /* the 201's body without receipt code */
};

/* What one request brings: its tickets are stored in one transaction. */
struct parcel {
    struct flow *flow; /* holds until the parcel is done */
    int count;
    struct arrival *arrivals;
    bool single; /* POST /v1/tickets: the answer is the ticket, else a list of results */
    bool alone;  /* a batch with it failed: try it by itself */
    bool replay; /* its Idempotency-Key was used meanwhile: the flow starts over */
    struct parcel *next;
};

struct intake;

struct intake *intake_new(struct context *context);
void intake_free(struct intake *intake);
/* Puts a parcel in the line; its flow must HOLD. false: the line is full (503). */
bool intake_add(struct intake *intake, struct parcel *parcel);
/* Tickets wait for a commit: what can be late gives way. */
bool intake_busy(const struct intake *intake);

/* The flow's answer from its parcel (status, body, Location, ETag), without receipt codes: what an
 * Idempotency-Key keeps. */
void submit_answer(const struct parcel *parcel);

/* POST /v1/tickets, POST /v1/tickets/batch, POST /v1/route. */
extern const struct steps submit_steps;
extern const struct steps submit_batch_steps;
extern const struct steps route_steps;
