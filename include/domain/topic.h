/* The tree of categories: who stands above whom, and how deep. Part of a snapshot. */
#pragma once

#include "domain/registry.h"

struct snapshot;

/* A category as the tree knows it: a registered one, or a missing one on the way from a registered
 * code up its dots. */
struct topic {
    const char *code;
    const struct topic *above; /* NULL at the top */
    uint32_t number;           /* 0.. within the tree */
    int depth;                 /* 1 at the top */
};

enum { TOPIC_DEPTH_LIMIT = 16 }; /* longer chains can only be a loop, and are cut */

struct topics;

struct topics *topics_new(const struct snapshot *snapshot);
void topics_free(struct topics *topics); /* NULL is fine */
/* The topic of that code; NULL if the tree has none. */
const struct topic *topics_find(const struct topics *topics, const char *code);
/* The topic of that code or, of an unknown one, of the longest part before a dot that is known. */
const struct topic *topics_near(const struct topics *topics, const char *code);
