/* Who calls: roles and scopes (spec 10). */
#pragma once

#include "domain/registry.h"
#include "domain/snapshot.h"

#define CALLER_ROLES(X)                                                                            \
    X(OPERATOR, "operator")                                                                        \
    X(DISPATCHER, "dispatcher")                                                                    \
    X(UNIT, "unit")                                                                                \
    X(ORG, "org")                                                                                  \
    X(SUPERVISOR, "supervisor")                                                                    \
    X(ADMIN, "admin")
#define X(name, word) CALLER_##name,
enum caller_role { CALLER_ROLES(X) CALLER_ROLE_COUNT };
#undef X
extern const char *const caller_role_words[];

/* Masks for the route table and the table of moves. */
enum {
    MAY_NOBODY = 0, /* no key at all is needed */
    MAY_OPERATOR = 1 << CALLER_OPERATOR,
    MAY_DISPATCHER = 1 << CALLER_DISPATCHER,
    MAY_UNIT = 1 << CALLER_UNIT,
    MAY_ORG = 1 << CALLER_ORG,
    MAY_SUPERVISOR = 1 << CALLER_SUPERVISOR,
    MAY_ADMIN = 1 << CALLER_ADMIN,
    MAY_DAEMON = 1 << CALLER_ROLE_COUNT, /* by itself: sweep, rules */
};

/* A key as it is kept: the secret itself is not. */
struct caller {
    int64_t key;
    const char *name;
    int role;
    struct names areas; /* operator, dispatcher, supervisor: subtrees */
    const char *unit;
    const char *org;
    struct instant expires_at; /* absent = never */
    struct instant created_at;
    struct instant revoked_at;
};

/* What a caller reaches, in the form that statements and checks take. Area roles: `areas` is set,
 * `units` and `orgs` empty. Unit and org roles the other way round. `self` are the caller's own
 * codes, tested against a ticket's barred ones. */
struct scope {
    struct names areas;
    struct names units;
    struct names orgs;
    struct names self;
};

/* An org reaches its own, the orgs below it by `parent`, and the units that list one of these in
 * `joined` (and no others); a unit reaches itself; admin reaches no ticket. */
struct scope scope_of(const struct caller *caller, const struct snapshot *snapshot,
                      struct arena *arena);
/* An area lies in one of the scope's subtrees. */
bool scope_has_area(const struct scope *scope, const char *area);
/* A task (its unit, org and the orgs that still see it) is reached. */
bool scope_has_holder(const struct scope *scope, const char *unit, const char *org,
                      const struct names *seen_by);
/* One of the scope's own codes is barred. */
bool scope_barred(const struct scope *scope, const struct names *barred);
