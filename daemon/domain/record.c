/* The digest of a ticket's record. It has to come out the same from what was sent and from what was
 * stored: absent values are told from empty ones, numbers have one form. */
#include "domain/record.h"

#include <endian.h>
#include <math.h>
#include <string.h>

static void add_number(struct text *text, int64_t number)
{
    uint64_t big = htobe64((uint64_t)number);
    text_add_bytes(text, &big, sizeof(big));
}

static void add_field(struct text *text, const char *field)
{
    add_number(text, field == NULL ? -1 : (int64_t)strlen(field));
    text_add(text, field == NULL ? "" : field);
}

static void add_real(struct text *text, double real)
{
    int64_t bits = INT64_MIN; /* of no finite number but -0, which is 0 here */
    if (real == 0)
        bits = 0;
    else if (isfinite(real))
        memcpy(&bits, &real, sizeof(bits));
    add_number(text, bits);
}

static void add_lists(struct text *text, const struct submission *sent)
{
    add_number(text, sent->need_count);
    for (int i = 0; i < sent->need_count; i++) {
        add_number(text, sent->needs[i].kind);
        add_number(text, sent->needs[i].quantity);
    }
    add_number(text, sent->tags.count);
    for (int i = 0; i < sent->tags.count; i++)
        add_field(text, sent->tags.at[i]);
}

const char *record_digest(const struct ticket *ticket, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const struct submission *sent = &ticket->sent;
    const char *fields[] = {
        ticket->no,         sent->category, sent->area,
        sent->title,        sent->content,  sent->source,
        sent->external_no,  sent->address,  sent->accused_unit,
        sent->accused_name, sent->unit,     sent->then == THEN_ANSWER ? sent->public_answer : NULL};
    const int64_t numbers[] = {
        sent->kind,           sent->urgency,     sent->channel,          sent->then,
        sent->occurred_at.us, ticket->has_phone, sent->petitioner.secret};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        add_field(&text, fields[i]);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        add_number(&text, numbers[i]);
    add_real(&text, sent->lon);
    add_real(&text, sent->lat);
    add_lists(&text, sent);
    struct crypt_hash hash = crypt_sha256((struct slice){text.at, text.size});
    return crypt_hex(arena, hash.at, sizeof(hash.at));
}
