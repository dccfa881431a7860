/* JSON as a tree of plain values in an arena. jansson's own objects never leave wire/node.c. */
#pragma once

#include "base/error.h"

enum node_type {
    NODE_NULL,
    NODE_BOOL,
    NODE_INT,
    NODE_REAL,
    NODE_TEXT,
    NODE_ARRAY,
    NODE_OBJECT,
    NODE_TYPE_COUNT
};

/* Deeper nesting and more values than these are refused before anything is built. */
enum { NODE_DEPTH = 32, NODE_LIMIT = 1000000 };

struct node {
    int type;        /* enum node_type */
    int count;       /* of elements or members */
    const char *key; /* of a member; NULL in an array and at the root */
    union {
        bool flag;
        int64_t number;
        double real;
        const char *text; /* valid UTF-8 without NUL */
        struct node *first;
    };
    struct node *next; /* in the same array or object, in the order of the text */
};

/* Strict reading of a whole text: one value and nothing behind it, no key twice, no NUL, valid
 * UTF-8, no lone surrogates, numbers that fit. Anything else is FAULT_MALFORMED with the JSON
 * Pointer of the place where reading stopped. The tree lives in `arena`. */
MUST_CHECK bool node_parse(struct slice body, struct arena *arena, struct node **ret_root,
                           struct error *err);
/* The common case, fast: NULL when anything at all is unusual, which says nothing about the text;
 * node_parse then asks jansson. */
struct node *node_scan(struct slice body, struct arena *arena);
/* The member of an object; NULL if it is not there. */
struct node *node_member(const struct node *object, const char *key);
/* Compact JSON, members in their order; of the root's members `skip` (may be NULL) is left out. */
void node_write(const struct node *root, const char *skip, struct text *text);
