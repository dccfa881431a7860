/* Two walks over a text: e-mail addresses first, since their names may be phone numbers, then
 * numbers. A chain of digits is looked at where a group of digits begins, and only as far as a
 * number can reach, so that a text of nothing but digits takes no longer than another. */
#include "domain/mask.h"

#include <string.h>

#include "domain/mask_number.h"

/* A text on its way: what is left of the old one, and the new one once it differs. */
struct masked {
    struct arena *arena;
    const char *text;
    size_t size, done; /* bytes copied so far */
    char *made;        /* NULL: the same up to now */
    size_t made_size;
};

static struct masked masked_begin(struct arena *arena, const char *text)
{
    return (struct masked){.arena = arena, .text = text, .size = strlen(text)};
}

static void masked_copy(struct masked *masked, size_t to)
{
    memcpy(masked->made + masked->made_size, masked->text + masked->done, to - masked->done);
    masked->made_size += to - masked->done;
    masked->done = to;
}

/* One character becomes a star. */
static void masked_star(struct masked *masked, size_t at, size_t size)
{
    if (masked->made == NULL)
        masked->made = arena_take(masked->arena, masked->size + 1);
    masked_copy(masked, at);
    masked->made[masked->made_size++] = '*';
    masked->done = at + size;
}

static const char *masked_end(struct masked *masked)
{
    if (masked->made == NULL)
        return masked->text;
    masked_copy(masked, masked->size);
    return masked->made;
}

static bool is_letter(char sign)
{
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

static bool is_plain(char sign)
{
    return is_letter(sign) || (sign >= '0' && sign <= '9');
}

/* A domain begins there: labels, and two letters behind one of its dots. */
static bool is_domain(const char *at)
{
    for (size_t size = 0; is_plain(at[size]) || at[size] == '-' || at[size] == '.'; size++)
        if (at[size] == '.' && size > 0 && is_plain(at[size - 1]) && is_letter(at[size + 1]) &&
            is_letter(at[size + 2]))
            return true;
    return false;
}

/* Characters of the name before an address's sign, of at most `most` bytes that may be looked at.
 */
static size_t name_size(const char *sign, size_t most)
{
    enum { NAME_MOST = 64 };
    size_t size = 0;
    while (size < most && size < NAME_MOST) {
        char before = sign[-1 - (ptrdiff_t)size];
        if (!is_plain(before) && strchr("._%+-", before) == NULL)
            break;
        size++;
    }
    return size;
}

/* zhang@example.cn -> zha**@example.cn; of short names the first character stays. */
static const char *mask_mails(struct arena *arena, const char *text)
{
    enum { SHOWN = 3 };
    struct masked masked = masked_begin(arena, text);
    for (const char *at = text; (at = strpbrk(at, "@\xEF")) != NULL; at++) {
        size_t sign = *at == '@' ? 1 : strlen("＠"), place = (size_t)(at - text);
        if (!text_starts(at, "@") && !text_starts(at, "＠"))
            continue;
        size_t size = name_size(at, place - masked.done);
        if (size > 0 && is_domain(at + sign))
            for (size_t i = size > SHOWN ? SHOWN : 1; i < size; i++)
                masked_star(&masked, place - size + i, 1);
    }
    return masked_end(&masked);
}

static size_t star_number(struct masked *masked, const struct chain *chain, const struct hit *hit)
{
    for (int i = hit->head; i < hit->count - hit->tail; i++)
        masked_star(masked, chain->digit[i].at, chain->digit[i].size);
    const struct chain_digit *last = &chain->digit[hit->count - 1];
    return last->at + last->size;
}

static const char *mask_numbers(struct arena *arena, const char *text)
{
    struct masked masked = masked_begin(arena, text);
    struct chain chain;
    bool inside = false, before = false, chinese;
    for (size_t at = 0; text[at] != '\0';) {
        struct glyph glyph = glyph_at(text + at);
        bool digit = glyph_digit(glyph.sign, &chinese) >= 0;
        bool begins = digit && (!inside || chinese != before);
        inside = digit;
        before = chinese;
        size_t next = at + glyph.size;
        if (begins) {
            chain_read(text, at, &chain);
            struct hit hit = chain_hit(&chain);
            if (hit.count > 0) {
                next = star_number(&masked, &chain, &hit);
                inside = false;
            }
        }
        at = next;
    }
    return masked_end(&masked);
}

const char *mask_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : mask_numbers(arena, mask_mails(arena, text));
}

void mask_submission(struct submission *sent, struct arena *arena)
{
    sent->title = mask_text(arena, sent->title);
    sent->content = mask_text(arena, sent->content);
    sent->address = mask_text(arena, sent->address);
    sent->accused_name = mask_text(arena, sent->accused_name);
    sent->public_answer = mask_text(arena, sent->public_answer);
    const char **tags = ARENA_ARRAY(arena, const char *, sent->tags.count);
    for (int i = 0; i < sent->tags.count; i++)
        tags[i] = mask_text(arena, sent->tags.at[i]);
    sent->tags.at = tags;
}
