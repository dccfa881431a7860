/* A use case as a list of steps, read from top to bottom. A step does one thing and says what comes
 * next; only the runner loops. After WAIT a step touches nothing: the next one goes on when the
 * statements it added have been answered. */
#pragma once

#include "domain/caller.h"
#include "domain/dossier.h"
#include "flow/call.h"
#include "flow/context.h"
#include "store/work.h"

enum next {
    GO,    /* on to the next step, now */
    WAIT,  /* send the work; the next step when it is done */
    PARK,  /* give the connection back; the next step when flow_wake is called */
    HOLD,  /* give the connection back; the next step when flow_resume is called */
    AGAIN, /* from the first step, as after a park */
    MORE,  /* send flow->answer as a part; when the client took it, from the first step again */
    REDO,  /* someone else was faster: from the first step, a bounded number of times */
    END,   /* answer: flow->answer, or flow->err if it is set */
};

typedef enum next (*step_fn)(struct flow *flow);

struct steps {
    const step_fn *list;
    int count;
};

/* FLOW_STEPS(name, LIST) with #define LIST(X) X(first) X(second): declares the steps and makes
 * the table `name`. FLOW_TABLE makes a further one of steps declared already. */
#define FLOW_DECLARE(step) static enum next step(struct flow *flow);
#define FLOW_ENTRY(step)   step,
#define FLOW_TABLE(name, LIST)                                                                     \
    static const step_fn name##_list[] = {LIST(FLOW_ENTRY)};                                       \
    const struct steps name = {name##_list, COUNT_OF(name##_list)};
#define FLOW_STEPS(name, LIST)                                                                     \
    LIST(FLOW_DECLARE)                                                                             \
    FLOW_TABLE(name, LIST)

/* What a row of the route table says. */
enum route_flags {
    ROUTE_JSON = 1,     /* takes a JSON body */
    ROUTE_CSV = 2,      /* takes a CSV body */
    ROUTE_PATCH = 4,    /* takes a merge patch */
    ROUTE_KEEPS = 8,    /* its answer is kept for an Idempotency-Key */
    ROUTE_SECRET = 16,  /* its answer holds a secret: no Idempotency-Key */
    ROUTE_MATCH = 32,   /* honours If-Match */
    ROUTE_WAITS = 64,   /* honours Prefer: wait */
    ROUTE_ALWAYS = 128, /* answers without registry, key or database */
    ROUTE_EXPORT = 256, /* answers in parts, as CSV: MORE with each but the last (flow/page) */
};

struct route_row {
    const char *method;
    const char *path; /* {name} stands for one part */
    unsigned may;     /* MAY_...; MAY_NOBODY: no key needed */
    unsigned flags;
    const struct steps *steps;
    int kind;          /* enum registry_kind where the path names one; export_kind with EXPORT */
    const char *query; /* names of query members it knows, blank between */
    int status;        /* of the good answer */
    const char *body;  /* schemas for the description; NULL: none */
    const char *answer;
    const char *summary;
};

enum { IDEMPOTENCY_KEY = CRYPT_HASH };

struct flow {
    struct context *context;
    const struct route_row *route; /* NULL: a flow of the daemon's own */
    struct call *call;             /* NULL with the same */
    const struct steps *steps;
    int step;
    int attempts;
    struct arena *arena; /* the call's, or the flow's own */
    struct error err;
    struct instant now;
    struct snapshot *snapshot; /* held for the flow's life */
    const struct caller *caller;
    struct scope scope;
    struct actor actor;
    struct work *work;
    struct pool *pool;
    struct answer answer;
    void *job;                        /* the use case's own values, from the arena; NULL at first */
    void (*ended)(struct flow *flow); /* the daemon's own flows; NULL: nothing */
    void *ended_context;
    /* The idempotency record of this request, if its caller asked for one. */
    bool keeps;
    bool kept; /* the save stores the answer too */
    struct crypt_hash keep_key, fingerprint;
    const char *keep_tickets; /* ids of those whose texts the answer repeats; NULL: none */
    /* An answer in parts: the steps run once for each page, which has an arena of its own. */
    struct flow_parts {
        struct arena *page; /* NULL between pages; while it is there, flow->arena */
        struct text next;   /* cursor of the page to come; empty: the first */
        bool begun, wanted; /* begun: the head was sent; wanted: and somebody listens */
        bool full;          /* waits until the client took what was sent */
        bool counted;       /* in context->exports */
    } parts;
    /* While parked. */
    struct flow *next_parked, **back_parked;
    struct span parked_until;
    bool parked, timed_out, left; /* left: the client hung up */
    bool restarting;
    bool in_step, resumed; /* resumed: before the step that holds had ended */
    int64_t waits_for;     /* a revision of the registry, while it holds for it */
};

/* Starts a flow of the daemon's own; it has its own arena and frees itself. */
struct flow *flow_start(struct context *context, const struct steps *steps, void *job_or_null,
                        void (*ended)(struct flow *flow), void *ended_context);
/* Starts the flow for a request; the entry (flow/entry) comes first. */
void flow_answer(struct context *context, const struct route_row *route, struct call *call);
/* A parked flow goes on, from inside this call. */
void flow_wake(struct flow *flow);
/* The same for one that holds. */
void flow_resume(struct flow *flow);

/* The work of this flow, made on first use. */
struct work *flow_work(struct flow *flow);
/* Ends with a fault set by error_set or error_add on &flow->err. */
#define FLOW_FAIL(flow, ...) (error_set(&(flow)->err, __VA_ARGS__), END)
/* Ends with a body. */
enum next flow_body(struct flow *flow, int status, struct slice body);
/* Allocates the flow's job once; zeroed. */
#define FLOW_JOB(flow, type)                                                                       \
    ((flow)->job != NULL ? (type *)(flow)->job                                                     \
                         : (type *)((flow)->job = arena_take((flow)->arena, sizeof(type))))
/* The world as this flow sees it. */
struct world flow_world(const struct flow *flow);
/* For a change of dossiers: their time never goes back, also when the clock does or another
 * instance's is ahead. */
struct world flow_world_of(const struct flow *flow, struct dossier *const *dossiers, int count);
