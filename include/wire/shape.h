/* Shapes: tables that say how the members of a JSON object stand in a C struct. One table drives
 * reading (wire/reader), writing, CSV and the description of the interface. */
#pragma once

#include <stddef.h>

#include "base/instant.h"
#include "base/text.h"

struct node;
struct reader;
struct shape;
struct field;

enum field_type {
    FIELD_TEXT,     /* const char *, at most `max` characters */
    FIELD_CODE,     /* const char *, 1..64 of [A-Za-z0-9._-] */
    FIELD_AREA,     /* const char *, 2, 4, 6, 9 or 12 digits */
    FIELD_PHONE,    /* const char *, 3..32 of digits, plus, minus, space */
    FIELD_HASH,     /* const char *, 64 hexadecimal digits */
    FIELD_CHOICE,   /* const char *, one of `words` */
    FIELD_WORD,     /* int, place in `words`, within min..max if max is set; absent: `standard` */
    FIELD_INT,      /* int64_t, min..max; absent: `standard`; below `min` is not written */
    FIELD_REAL,     /* double, min..max; absent: `standard`; NAN or below `min` is not written */
    FIELD_FLAG,     /* bool; absent: false */
    FIELD_TRI,      /* int: false 0, true 1; absent: -1 */
    FIELD_DATE,     /* struct date */
    FIELD_INSTANT,  /* struct instant */
    FIELD_NAMES,    /* struct names, at most `max`; each like `of` */
    FIELD_SELECTOR, /* struct selector, else as FIELD_NAMES */
    FIELD_OBJECT,   /* members of `shape` at the offset */
    FIELD_LIST,     /* pointer to structs of `shape`, their number at `count_offset` */
    FIELD_ARRAY,    /* as FIELD_LIST with the structs in place */
    FIELD_OWN,      /* by functions of its own */
    FIELD_IGNORED,  /* allowed and not kept */
    FIELD_TYPE_COUNT
};

/* For what no other type fits. `schema` is its JSON Schema. */
struct field_own {
    void (*clear)(void *target);
    void (*read)(struct reader *reader, const struct node *node, void *target);
    void (*write)(struct text *text, const char *key, const void *value);
    const char *schema;
};

struct field {
    const char *name;
    int type; /* enum field_type */
    size_t offset;
    bool required;
    int of;       /* type of the items of names */
    int standard; /* value where the member is absent; STANDARD_NAN */
    double min, max;
    const char *const *words;
    const struct shape *shape;
    size_t count_offset;
    const struct field_own *own;
};

enum { STANDARD_NAN = -1000000 };

struct shape {
    const char *name; /* in the description of the interface */
    const struct field *fields;
    int count;
    size_t size; /* of the struct */
    /* What no single member can say; adds faults. NULL: nothing. */
    void (*check)(struct reader *reader, const struct node *object, void *target);
};

/* For the tables: a field of a struct's member, and one that reaches the struct itself. */
#define FIELD(title, kind, owner, member, ...)                                                     \
    {                                                                                              \
        (title), FIELD_##kind, .offset = offsetof(struct owner, member), __VA_ARGS__               \
    }
#define FIELD_HERE(title, kind, ...)                                                               \
    {                                                                                              \
        (title), FIELD_##kind, .offset = 0, __VA_ARGS__                                            \
    }
#define COUNT_AT(owner, member) .count_offset = offsetof(struct owner, member)
#define SHAPE(title, fields, owner, check)                                                         \
    {                                                                                              \
        (title), (fields), (int)COUNT_OF(fields), sizeof(struct owner), (check)                    \
    }

/* Everything absent. */
void shape_clear(const struct shape *shape, void *target);
/* The value as a JSON object; what is absent is left out, and so is an object without members
 * unless `key` is NULL. Times are written at `offset_s` from UTC. */
void shape_write(struct text *text, const char *key, const struct shape *shape, const void *value,
                 int offset_s);
/* Its members only, into an object that is open. */
void shape_members(struct text *text, const struct shape *shape, const void *value, int offset_s);
