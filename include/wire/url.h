/* Addresses that are to be called, as they are registered. */
#pragma once

#include "base/address.h"

/* An absolute https URL (http too with `plain_http`), of printable ASCII, at most 2,000 bytes, with
 * a host, without user info and fragment. A host that is an address must be written plainly
 * ("10.0.0.1",
 * "[::1]") and be reachable (base/address); what a name means is checked when it is called. Faults
 * name `pointer`. */
MUST_CHECK bool url_check(const char *url, bool plain_http, const struct address_list *allow,
                          const char *pointer, struct error *err);
