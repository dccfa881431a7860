/* Reading a JSON object into a struct by its shape, collecting every fault with its JSON Pointer
 * (RFC 6901). Internal to wire. */
#pragma once

#include "base/error.h"
#include "wire/node.h"
#include "wire/shape.h"

enum { READER_DEPTH = 12 };

struct reader_step {
    const char *key; /* NULL: an index */
    int index;
};

struct reader {
    struct arena *arena; /* texts and lists of the value */
    struct error *err;
    int line; /* of a CSV file: pointers are "/<line>/<column>"; 0: JSON */
    int depth;
    struct reader_step path[READER_DEPTH];
};

/* The whole: parses `body` and reads it. An empty body is malformed. The target is touched
 * only on success; members of the struct without a field stay as they are. */
MUST_CHECK bool reader_read(struct slice body, const struct shape *shape, struct arena *arena,
                            void *ret_target, struct error *err);
/* Reads a parsed object; faults are added to reader->err. */
void reader_object(struct reader *reader, const struct shape *shape, const struct node *node,
                   void *target);
/* One value, as a field of that description would be read. */
void reader_value(struct reader *reader, const struct field *field, const struct node *node,
                  void *at);

/* A fault at the present place, or at a member of it. */
void reader_fault(struct reader *reader, const char *format, ...) PRINTF(2, 3);
void reader_fault_at(struct reader *reader, const char *member, const char *format, ...)
    PRINTF(3, 4);
void reader_enter(struct reader *reader, const char *key, int index);
void reader_leave(struct reader *reader);
/* Escapes a name for use in a JSON Pointer. */
const char *pointer_escape(struct arena *arena, const char *name);

/* What makes a code, an area code, a phone: also used for paths. */
bool code_valid(const char *text);
bool area_valid(const char *text);
