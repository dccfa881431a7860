/* The fields of the registry's kinds: one table each, from which JSON, CSV and the description of
 * the interface are made. */
#pragma once

#include "wire/shape.h"

/* The shape of a kind (enum registry_kind); policies and calendars have theirs in files of their
 * own. In every kind's struct the code comes first. */
const struct shape *registry_shape(int kind);

extern const struct shape policy_shape;
extern const struct shape calendar_shape;
extern const struct shape override_shape;
/* {"amount","unit"}: of at least 1, and of 0 too. */
extern const struct shape amount_shape;
extern const struct shape delay_shape;

enum { AMOUNT_LIMIT = 20000000 }; /* minutes in RECKON_YEARS, and more */

/* The rows that all kinds have. */
#define FIELD_OF_STATUS(type)                                                                      \
    FIELD("status", WORD, type, status, .words = status_words, .standard = STATUS_ACTIVE,          \
          .min = STATUS_ENDED, .max = STATUS_ACTIVE)
#define FIELD_OF_VERSION FIELD_HERE("version", IGNORED)

struct node;
struct reader;
/* Reads one row of a kind, its code settled with the path's (NULL: there is none). */
void registry_row_read(struct reader *reader, int kind, const struct node *node, const char *code,
                       void *value);
