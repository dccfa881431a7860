/* Which network addresses an outgoing call may reach: server-side request forgery. */
#pragma once

#include <sys/socket.h>

#include "base/error.h"

/* A block of addresses; IPv4 ones in the first four bytes. */
struct address_block {
    bool six;
    int bits;
    unsigned char at[16];
};

struct address_list {
    int count;
    struct address_block *at;
};

/* "10.0.0.0/8, fd00::/8, 192.168.1.7": blocks or lone addresses, commas or blanks between. The list
 * lives in the arena. False: FAULT_INVALID with `pointer`, naming the entry. */
MUST_CHECK bool address_list_read(const char *text, const char *pointer, struct arena *arena,
                                  struct address_list *ret_list, struct error *err);
/* "127.0.0.1" or "::1", without a port. False: it is no address. */
MUST_CHECK bool address_parse(const char *text, struct sockaddr_storage *ret_address);
/* An ordinary address of the public net, or one that `allow` (NULL: none) opens. False for whatever
 * the IANA registries of special-purpose addresses (RFC 6890) keep apart: loopback, link-local,
 * private, shared (100.64/10), documentation, multicast, and every IPv6 form that holds an IPv4
 * address (mapped, compatible, NAT64, 6to4, Teredo); and for other families. An IPv4-mapped address
 * may be opened by its IPv4 block too. */
bool address_reachable(const struct address_list *allow, const struct sockaddr *address);
