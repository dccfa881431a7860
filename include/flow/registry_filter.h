/* The filters of the registry's lists, from the query string. */
#pragma once

#include "flow/flow.h"

enum { REGISTRY_FILTERS = 12 };

struct registry_filters {
    int status; /* -1: any */
    const char *prefix, *part;
    int count;
    struct {
        bool (*passes)(const void *value, const char *wanted);
        const char *wanted;
    } at[REGISTRY_FILTERS];
};

/* False: a member of the query has no such value. */
MUST_CHECK bool registry_filters_read(struct flow *flow, int kind,
                                      struct registry_filters *ret_filters);
bool registry_filters_pass(const struct registry_filters *filters, int kind, const void *value);
