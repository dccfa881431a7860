/* Requests out: POSTs by libcurl's multi interface in the event loop. The address that is really
 * connected to is checked, whatever a name meant before; names are resolved by libcurl's threads.
 */
#pragma once

#include "base/address.h"
#include "base/instant.h"
#include "flow/hooks.h"

struct event_base;
struct poster;

struct poster_settings {
    struct span connect;              /* longest time to connect: name, TCP, TLS */
    struct span transfer;             /* longest time for all of it */
    size_t answer_limit;              /* bytes of an answer's body that are read */
    bool plain_http;                  /* http:// too, not only https:// */
    const struct address_list *allow; /* opens otherwise unreachable addresses; borrowed */
    const char *ca_file;              /* trusted certificates; NULL: the system's */
};

/* NULL: libcurl cannot be used. The settings are borrowed. */
struct poster *poster_new(struct event_base *base, const struct poster_settings *settings);
/* Ends what is under way, without `done`; NULL is fine. */
void poster_free(struct poster *poster);
/* Sends a request by the poster `context`; its `done` comes once, later, never from inside. For
 * context->post. The status
 * is 0 unless the answer came in full, or up to the limit of its body; redirects are not followed.
 */
void poster_send(void *context, struct outgoing *outgoing);
