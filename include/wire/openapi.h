/* The description of the interface (OpenAPI 3.1), made from the route table and the field tables.
 */
#pragma once

#include "base/text.h"

/* One row of the route table in plain words. A path ending in {move} or {move}/{decision} is
 * described once for every move of the table of moves. */
struct openapi_route {
    const char *method, *path, *summary;
    const char *roles;  /* for people: "operator, dispatcher" */
    const char *body;   /* name of the body's schema; NULL: none */
    const char *answer; /* name of the answer's schema; NULL: none */
    const char *media;  /* of the answer; NULL: as its schema says */
    const char *query;  /* names of query members, blank between; NULL: none */
    int status;         /* of the good answer */
    bool open;          /* no key is needed */
    bool csv;           /* the body is text/csv */
    bool patch;         /* the body is a JSON merge patch */
    bool idempotent;    /* takes Idempotency-Key */
    bool if_match;      /* takes If-Match */
    bool waits;         /* takes Prefer: wait and If-None-Match */
};

struct slice openapi_write(const struct openapi_route *routes, int count, struct arena *arena);
