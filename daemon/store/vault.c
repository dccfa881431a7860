/* What is sealed, hashed and chained with keys outside the database. */
#include <endian.h>
#include <string.h>

#include "store/dossier_store.h"

enum { RECEIPT_BYTES = 8 }; /* cut to 12 signs of base 32: 60 bits */

struct crypt_hash vault_phone(const struct vault *vault, const char *phone, struct arena *arena)
{
    size_t size = strlen(phone), kept = 0;
    char *digits = arena_take(arena, size + 1);
    for (size_t i = 0; i < size; i++)
        if (phone[i] >= '0' && phone[i] <= '9')
            digits[kept++] = phone[i];
    return crypt_hmac(vault->phone, (struct slice){digits, kept});
}

bool vault_open(const struct vault *vault, int64_t ticket, struct slice sealed, struct arena *arena,
                struct slice *ret_plain)
{
    struct slice bound = {(const char *)&ticket, sizeof(ticket)};
    return crypt_open(arena, vault->identity, sealed, bound, ret_plain);
}

const char *vault_receipt(const struct vault *vault, const char *no, struct arena *arena)
{
    struct crypt_hash hash = crypt_hmac(vault->receipt, (struct slice){no, strlen(no)});
    char *code = arena_copy(arena, crypt_base32(arena, hash.at, RECEIPT_BYTES));
    code[12] = '\0';
    return code;
}

static void add_number(struct text *text, int64_t number)
{
    uint64_t big = htobe64((uint64_t)number);
    text_add_bytes(text, &big, sizeof(big));
}

/* Length first, so that no two lists of fields make the same bytes. */
static void add_field(struct text *text, const char *field)
{
    add_number(text, field == NULL ? -1 : (int64_t)strlen(field));
    text_add(text, field == NULL ? "" : field);
}

struct crypt_hash vault_link(const struct vault *vault, const struct crypt_hash *last,
                             int64_t ticket, const struct event *event,
                             const struct crypt_hash *digest, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    text_add_bytes(&text, last->at, sizeof(last->at));
    add_number(&text, ticket);
    add_number(&text, event->seq);
    add_number(&text, event->task);
    add_number(&text, event->at.us);
    add_number(&text, event->by.key);
    add_number(&text, event->by.role);
    const char *fields[] = {
        event->move,    event->from,     event->to,
        event->by.unit, event->by.org,   event->unit,
        event->org,     event->copy_org, names_join(arena, &event->seen_by, " ")};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        add_field(&text, fields[i]);
    text_add_bytes(&text, digest->at, sizeof(digest->at));
    return crypt_hmac(vault->chain, (struct slice){text.at, text.size});
}

struct crypt_hash vault_mark(const struct vault *vault, const struct crypt_hash *link)
{
    return crypt_hmac(vault->chain, (struct slice){(const char *)link->at, sizeof(link->at)});
}

struct crypt_hash vault_digest(struct slice salt, const char *data)
{
    struct text salted CLEANUP(text_clear) = {0};
    text_add_bytes(&salted, salt.at, salt.size);
    text_add(&salted, data);
    return crypt_sha256((struct slice){salted.at, salted.size});
}
