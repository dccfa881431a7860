/* Ids and the zone of answers. */
#include "flow/context.h"

static const int64_t epoch_2020_ms = 1577836800000;
enum { COUNT_BITS = 10, INSTANCE_BITS = 12 };

static int64_t since_epoch(struct instant at)
{
    return at.us / 1000 - epoch_2020_ms;
}

int64_t context_first_id(struct instant at)
{
    int64_t ms = since_epoch(at);
    return ms < 0 ? 0 : ms << (INSTANCE_BITS + COUNT_BITS);
}

int64_t context_id(struct context *context, struct instant now)
{
    int64_t ms = since_epoch(now);
    int64_t id = (ms << (INSTANCE_BITS + COUNT_BITS)) | ((int64_t)context->instance << COUNT_BITS);
    int64_t last_ms = context->last_id >> (INSTANCE_BITS + COUNT_BITS);
    if (ms <= last_ms) {
        int64_t counted = context->last_id & ((1 << COUNT_BITS) - 1);
        if (counted + 1 < 1 << COUNT_BITS)
            id = context->last_id + 1;
        else
            id = ((last_ms + 1) << (INSTANCE_BITS + COUNT_BITS)) |
                 ((int64_t)context->instance << COUNT_BITS);
    }
    context->last_id = id;
    return id;
}

int context_offset(const struct context *context, struct instant now)
{
    return zone_offset(context->zone, now);
}
