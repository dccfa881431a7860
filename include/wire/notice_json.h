/* Notices as their receivers get them. Numbers, codes, states, instants, category and area; never
 * title, content, address, notes or identity: from an event's data only members of a short list are
 * taken, and only if they have the form of such a value. */
#pragma once

#include "domain/webhook.h"

/* One notice as an item of a message: for a CloudEvent a JSON object on one line, for a robot a
 * line of text made from the webhook's template. `snapshot` has the names for the latter. */
const char *notice_item(const struct notice *notice, const struct webhook *webhook,
                        const struct snapshot *snapshot, int offset_s, struct arena *arena);
/* The place of every {name} of a template is known. */
MUST_CHECK bool template_check(const char *template, const char *pointer, struct error *err);
/* What a test call says. */
const char *notice_test_item(const struct webhook *webhook, struct arena *arena);

/* A message to be sent. */
struct message {
    const char *source; /* of CloudEvents */
    const char *line;   /* the ticket, or "digest:" and a unit */
    int64_t seq;
    int kind; /* enum notice_kind */
    struct instant at;
    const char *items; /* one a line */
};
/* The whole body for an adapter. */
struct slice message_write(const struct message *message, const struct adapter *adapter,
                           struct arena *arena);
/* The error code of a robot's answer: 0 none, -1 also where the answer is not understood. */
int64_t robot_code(struct slice answer, struct arena *arena);
