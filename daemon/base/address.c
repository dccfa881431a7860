/* Two tables of blocks, and one test of membership. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { FOUR_BITS = 32, SIX_BITS = 128, ENTRY_SIZE = 64 };

/* Not of the public net (IANA IPv4 and IPv6 special-purpose address registries, RFC 6890). */
static const char *const special[] = {
    "0.0.0.0/8",       /* this network */
    "10.0.0.0/8",      /* private */
    "100.64.0.0/10",   /* shared */
    "127.0.0.0/8",     /* loopback */
    "169.254.0.0/16",  /* link-local */
    "172.16.0.0/12",   /* private */
    "192.0.0.0/24",    /* protocol assignments */
    "192.0.2.0/24",    /* documentation */
    "192.88.99.0/24",  /* 6to4 relays */
    "192.168.0.0/16",  /* private */
    "198.18.0.0/15",   /* benchmarks */
    "198.51.100.0/24", /* documentation */
    "203.0.113.0/24",  /* documentation */
    "224.0.0.0/4",     /* multicast */
    "240.0.0.0/4",     /* reserved, broadcast */
    "::/96",           /* unspecified, loopback, IPv4-compatible */
    "::ffff:0:0/96",   /* IPv4-mapped */
    "64:ff9b::/96",    /* NAT64 */
    "64:ff9b:1::/48",  /* NAT64, local */
    "100::/64",        /* discard */
    "2001::/23",       /* protocol assignments, Teredo */
    "2001:db8::/32",   /* documentation */
    "2002::/16",       /* 6to4 */
    "3fff::/20",       /* documentation */
    "5f00::/16",       /* segment routing */
    "fc00::/7",        /* private */
    "fe80::/10",       /* link-local */
    "fec0::/10",       /* site-local */
    "ff00::/8",        /* multicast */
};

/* The bits behind the block's own are zero. */
static bool is_clean(const struct address_block *block)
{
    int all = block->six ? SIX_BITS : FOUR_BITS;
    for (int bit = block->bits; bit < all; bit++)
        if ((block->at[bit / 8] & (0x80 >> (bit % 8))) != 0)
            return false;
    return true;
}

static bool block_parse(const char *text, struct address_block *ret_block)
{
    char address[ENTRY_SIZE];
    const char *slash = strchr(text, '/');
    size_t size = slash == NULL ? strlen(text) : (size_t)(slash - text);
    struct address_block block = {0};
    if (size >= sizeof(address))
        return false;
    memcpy(address, text, size);
    address[size] = '\0';
    block.six = strchr(address, ':') != NULL;
    if (inet_pton(block.six ? AF_INET6 : AF_INET, address, block.at) != 1)
        return false;
    int64_t bits = block.six ? SIX_BITS : FOUR_BITS;
    if (slash != NULL && !text_to_int(slash + 1, 0, bits, &bits))
        return false;
    block.bits = (int)bits;
    *ret_block = block;
    return is_clean(&block);
}

bool address_list_read(const char *text, const char *pointer, struct arena *arena,
                       struct address_list *ret_list, struct error *err)
{
    char *plain = arena_copy(arena, text);
    for (char *at = plain; *at != '\0'; at++)
        if (*at == ',')
            *at = ' ';
    struct names entries = names_split(arena, plain, ' ');
    struct address_list list = {0, ARENA_ARRAY(arena, struct address_block, entries.count)};
    for (int i = 0; i < entries.count; i++) {
        if (!block_parse(entries.at[i], &list.at[list.count++]))
            return error_add(err, pointer, "%s is no block of addresses such as 10.0.0.0/8",
                             entries.at[i]);
    }
    *ret_list = list;
    return true;
}

bool address_parse(const char *text, struct sockaddr_storage *ret_address)
{
    struct sockaddr_storage made = {0};
    bool six = strchr(text, ':') != NULL;
    void *at = six ? (void *)&((struct sockaddr_in6 *)&made)->sin6_addr
                   : (void *)&((struct sockaddr_in *)&made)->sin_addr;
    if (inet_pton(six ? AF_INET6 : AF_INET, text, at) != 1)
        return false;
    made.ss_family = six ? AF_INET6 : AF_INET;
    *ret_address = made;
    return true;
}

static bool block_has(const struct address_block *block, bool six, const unsigned char *at)
{
    if (block->six != six)
        return false;
    int bytes = block->bits / 8, rest = block->bits % 8;
    unsigned char mask = (unsigned char)(0xFF00 >> rest);
    return memcmp(block->at, at, (size_t)bytes) == 0 &&
           (rest == 0 || ((block->at[bytes] ^ at[bytes]) & mask) == 0);
}

static bool list_has(const struct address_list *list, bool six, const unsigned char *at)
{
    for (int i = 0; list != NULL && i < list->count; i++)
        if (block_has(&list->at[i], six, at))
            return true;
    return false;
}

static bool is_special(bool six, const unsigned char *at)
{
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        struct address_block block;
        if (block_parse(special[i], &block) && block_has(&block, six, at))
            return true;
    }
    return false;
}

bool address_reachable(const struct address_list *allow, const struct sockaddr *address)
{
    enum { MAPPED_FROM = 12 };
    if (address->sa_family == AF_INET) {
        const unsigned char *at =
            (const unsigned char *)&((const struct sockaddr_in *)address)->sin_addr;
        return list_has(allow, false, at) || !is_special(false, at);
    }
    if (address->sa_family != AF_INET6)
        return false;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (list_has(allow, true, six->s6_addr) ||
        (IN6_IS_ADDR_V4MAPPED(six) && list_has(allow, false, six->s6_addr + MAPPED_FROM)))
        return true;
    return !is_special(true, six->s6_addr);
}
