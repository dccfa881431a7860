/* Shapes of personal numbers. A number is taken only where its groups are those in which people
 * write it, so that dates, house numbers and serial numbers beside each other are not read as one.
 */
#include "domain/mask_number.h"

#include <string.h>

#include "base/instant.h"
#include "base/text.h"

enum { MOBILE = 11, ID = 18, ID_OLD = 15, CARD_LEAST = 16, CARD_MOST = 19, GAP_MOST = 3 };
enum { FORM = 20 }; /* groups of a number, one sign each */

struct glyph glyph_at(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    size_t size = byte[0] < 0xC2 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    uint32_t sign = size == 1 ? byte[0] : byte[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return (struct glyph){byte[0], 1};
        sign = sign << 6 | (byte[i] & 0x3F);
    }
    return (struct glyph){sign, byte[0] == '\0' ? 0 : size};
}

int glyph_digit(uint32_t sign, bool *ret_chinese)
{
    /* 零 one to nine 一二三四五六七八九; 〇 beside 零, 幺 beside 一 as it is said of numbers. */
    static const uint32_t chinese[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
                                       0x516D, 0x4E03, 0x516B, 0x4E5D, 0x3007, 0x5E7A};
    enum { ROUND = 10 };
    *ret_chinese = false;
    if (sign >= '0' && sign <= '9')
        return (int)(sign - '0');
    if (sign >= 0xFF10 && sign <= 0xFF19)
        return (int)(sign - 0xFF10);
    for (size_t i = 0; sign >= 0x3007 && i < COUNT_OF(chinese); i++) {
        if (sign == chinese[i]) {
            *ret_chinese = true;
            return (int)i % ROUND;
        }
    }
    return -1;
}

static bool is_hyphen(uint32_t sign)
{
    return sign == '-' || sign == 0xFF0D || sign == 0x2212 || (sign >= 0x2010 && sign <= 0x2015);
}

/* Blanks, hyphens, dots, the bracket behind an area code, and what has no width. */
static bool is_separator(uint32_t sign)
{
    static const uint32_t others[] = {' ',    '.',    ')',    0xA0,   0x3000, 0xFF0E,
                                      0xFF09, 0xB7,   0x200B, 0x200C, 0x200D, 0x2060,
                                      0xFEFF, 0x202A, 0x202C, 0x202D};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (sign == others[i])
            return true;
    return is_hyphen(sign);
}

void chain_read(const char *text, size_t from, struct chain *ret_chain)
{
    uint32_t behind = 0;
    int gap = 0;
    bool chinese, before = false;
    ret_chain->text = text;
    ret_chain->count = 0;
    for (size_t at = from; ret_chain->count < CHAIN_MOST;) {
        struct glyph glyph = glyph_at(text + at);
        int value = glyph_digit(glyph.sign, &chinese);
        if (value < 0 && (!is_separator(glyph.sign) || gap++ == GAP_MOST))
            return;
        if (value >= 0) {
            bool cut = ret_chain->count == 0 || gap > 0 || chinese != before;
            ret_chain->digit[ret_chain->count++] =
                (struct chain_digit){(char)('0' + value), cut, behind, at, glyph.size};
            before = chinese;
            gap = 0;
        }
        behind = value < 0 ? glyph.sign : 0;
        at += glyph.size;
    }
}

/* A number of `count` digits may end there. */
static bool ends(const struct chain *chain, int count)
{
    return count == chain->count || (count < chain->count && chain->digit[count].cut);
}

/* Digits of the group that begins there. */
static int group_size(const struct chain *chain, int from)
{
    int to = from + 1;
    while (!ends(chain, to))
        to++;
    return to - from;
}

/* The sizes of the groups from..to as signs: "344" for 138 0000 0000, 'b' for eleven in one. */
static bool has_form(const struct chain *chain, int from, int to, const char *const *forms)
{
    char form[FORM + 1] = "";
    int count = 0;
    for (int at = from; at < to; count++) {
        int size = 1;
        while (at + size < to && !chain->digit[at + size].cut)
            size++;
        if (count == FORM)
            return false;
        form[count] = "0123456789abcdefghijk"[size < FORM ? size : FORM];
        at += size;
    }
    for (; *forms != NULL; forms++)
        if (strcmp(*forms, form) == 0)
            return true;
    return false;
}

static bool starts(const struct chain *chain, int from, const char *digits)
{
    for (int i = 0; digits[i] != '\0'; i++)
        if (from + i >= chain->count || chain->digit[from + i].value != digits[i])
            return false;
    return true;
}

static int number_of(const struct chain *chain, int from, int count)
{
    int number = 0;
    for (int i = from; i < from + count; i++)
        number = number * 10 + chain->digit[i].value - '0';
    return number;
}

/* The byte behind the first `count` digits. */
static const char *end_of(const struct chain *chain, int count)
{
    return chain->text + chain->digit[count - 1].at + chain->digit[count - 1].size;
}

static bool text_before(const struct chain *chain, size_t at, const char *words)
{
    size_t size = strlen(words);
    return at >= size && memcmp(chain->text + at - size, words, size) == 0;
}

static bool is_letter(char sign)
{
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

/* Money: a sign before it, yuan behind it, or two decimals. */
static bool is_amount(const struct chain *chain, int count)
{
    const char *end = end_of(chain, count);
    size_t at = chain->digit[0].at;
    if (text_before(chain, at, "¥") || text_before(chain, at, "￥") || text_before(chain, at, "$"))
        return true;
    if (text_starts(end, "元"))
        return !text_starts(end, "元旦");
    return count < chain->count && chain->digit[count].behind == '.' &&
           group_size(chain, count) == 2;
}

/* In the middle of a longer name, such as a hash. */
static bool in_name(const struct chain *chain, int count)
{
    size_t at = chain->digit[0].at;
    return at > 0 && is_letter(chain->text[at - 1]) && is_letter(*end_of(chain, count));
}

static struct hit mobile(const struct chain *chain)
{
    static const char *const prefixes[] = {"", "86", "0086", "0"};
    static const char *const singles[] = {"11111111111", NULL};
    static const char *const forms[] = {"b",   "344", "335", "38",  "74",          "443",
                                        "434", "56",  "65",  "353", "11111111111", NULL};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        int from = (int)strlen(prefixes[i]), to = from + MOBILE;
        if (to > chain->count || !starts(chain, 0, prefixes[i]) || !ends(chain, to) ||
            chain->digit[from].value != '1' || chain->digit[from + 1].value < '3' ||
            !has_form(chain, from, to, forms) || is_amount(chain, to) || in_name(chain, to))
            continue;
        /* A row of single digits that goes on is something else. */
        if (to < chain->count && group_size(chain, to) == 1 && has_form(chain, from, to, singles))
            continue;
        return (struct hit){to, from + 3, 4};
    }
    return (struct hit){0};
}

/* 0352-1234567, (010) 12345678; the area code alone says how long it is itself. Written in one,
 * only the full lengths count. */
static struct hit landline(const struct chain *chain)
{
    static const char *const forms[] = {"7", "8", "34", "44", NULL};
    if (chain->count < 3 || !starts(chain, 0, "0") || chain->digit[1].value == '0' ||
        (chain->digit[1].value == '1' && chain->digit[2].value != '0'))
        return (struct hit){0};
    int area = chain->digit[1].value <= '2' ? 3 : 4;
    for (int local = 8; local >= 7; local--) {
        int count = area + local;
        if (count > chain->count || !ends(chain, count))
            continue;
        bool parted = group_size(chain, 0) == area;
        char first = chain->digit[area].value;
        if (parted ? first > '0' && has_form(chain, area, count, forms)
                   : first > '1' && count >= MOBILE && group_size(chain, 0) == count)
            return (struct hit){count, area, 2};
    }
    return (struct hit){0};
}

/* 联系电话：5023456: a number without its area code, known by the word before it. */
static struct hit local_line(const struct chain *chain)
{
    static const char *const fillers[] = {"号", "码", "是", "为", "：", ":", " ", "　", "（", "("};
    static const char *const words[] = {"电话", "座机", "固话"};
    enum { FILLERS = 4 };
    int count = group_size(chain, 0);
    if ((count != 7 && count != 8) || chain->digit[0].value < '2' ||
        (count == 8 && (starts(chain, 0, "20") || starts(chain, 0, "19"))))
        return (struct hit){0};
    size_t at = chain->digit[0].at;
    for (int left = FILLERS; left > 0; left--)
        for (size_t i = 0; i < COUNT_OF(fillers); i++)
            if (text_before(chain, at, fillers[i])) {
                at -= strlen(fillers[i]);
                break;
            }
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_before(chain, at, words[i]))
            return (struct hit){count, 2, 2};
    return (struct hit){0};
}

/* First two digits of an ID: provinces, 81-83 for residents from beyond, 9x for foreigners. */
static bool is_province(int code)
{
    static const char ranges[][2] = {
        {11, 15},
        {21, 23},
        {31, 37},
        {41, 46},
        {50, 54},
        {61, 65},
        {71, 71},
        {81, 83},
        {90, 99}
    };
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}

static bool is_birthday(const struct chain *chain, int from, int year_digits)
{
    enum { FIRST_YEAR = 1850, LAST_YEAR = 2099, CENTURY = 1900 };
    struct date date;
    int year = number_of(chain, from, year_digits) + (year_digits == 2 ? CENTURY : 0);
    from += year_digits;
    return year >= FIRST_YEAR && year <= LAST_YEAR &&
           date_make(year, number_of(chain, from, 2), number_of(chain, from + 2, 2), &date);
}

/* GB 11643: the check sign of the 17 digits, '0'..'9' or 'X'. */
static char check_sign(const struct chain *chain)
{
    static const char weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < COUNT_OF(weights); i++)
        sum += weights[i] * (chain->digit[i].value - '0');
    return "10X98765432"[sum % 11];
}

static bool is_x(uint32_t sign)
{
    return sign == 'X' || sign == 'x' || sign == 0xFF38 || sign == 0xFF58;
}

static struct hit id_card(const struct chain *chain)
{
    enum { BIRTHDAY = 6, HEAD = 3, TAIL = 2 };
    if (chain->count < ID - 1 || !is_province(number_of(chain, 0, 2)) ||
        !is_birthday(chain, BIRTHDAY, 4))
        return (struct hit){0};
    char check = check_sign(chain);
    if (check == 'X') { /* the X stays as the last sign shown */
        struct glyph next = glyph_at(end_of(chain, ID - 1));
        return ends(chain, ID - 1) && is_x(next.sign) ? (struct hit){ID - 1, HEAD, TAIL - 1}
                                                      : (struct hit){0};
    }
    if (!ends(chain, ID) || chain->digit[ID - 1].value != check)
        return (struct hit){0};
    return (struct hit){ID, HEAD, TAIL};
}

/* The form of before 1999: no century, no check digit. */
static struct hit id_card_old(const struct chain *chain)
{
    enum { BIRTHDAY = 6, HEAD = 3, TAIL = 2 };
    if (group_size(chain, 0) != ID_OLD || !is_province(number_of(chain, 0, 2)) ||
        !is_birthday(chain, BIRTHDAY, 2))
        return (struct hit){0};
    return (struct hit){ID_OLD, HEAD, TAIL};
}

static bool luhn(const struct chain *chain, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        int value = chain->digit[count - 1 - i].value - '0';
        int twice = value * 2;
        sum += i % 2 == 0 ? value : twice / 10 + twice % 10;
    }
    return sum % 10 == 0;
}

/* <ticket id>-<n>: a task. */
static bool is_task(const struct chain *chain, int count)
{
    enum { TASK_DIGITS = 3 };
    return count < chain->count && is_hyphen(chain->digit[count].behind) &&
           group_size(chain, count) <= TASK_DIGITS;
}

/* Bank cards. Parted into groups only those of UnionPay count: else rows of house numbers would. */
static struct hit bank_card(const struct chain *chain)
{
    static const char *const firsts[] = {"4", "5", "6", "35", "95"};
    static const char *const forms[] = {"4444", "44441", "44442", "44443", "6a", "6d", NULL};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(firsts) && !known; i++)
        known = starts(chain, 0, firsts[i]);
    for (int count = CARD_MOST; known && count >= CARD_LEAST; count--)
        if (count <= chain->count && ends(chain, count) && luhn(chain, count) &&
            !is_task(chain, count) && !is_amount(chain, count) &&
            (group_size(chain, 0) == count ||
             (starts(chain, 0, "62") && has_form(chain, 0, count, forms))))
            return (struct hit){count, 3, 4};
    return (struct hit){0};
}

/* Passports (G12345678, E12345678, EA1234567) and the foreigner's permit of before 2023 (three
 * letters, region, birthday, two more): the letters stand right before the chain and stay. */
static struct hit paper(const struct chain *chain)
{
    enum { LETTERS = 4, REGION = 4, PERMIT = 12 };
    const char *at = chain->text + chain->digit[0].at;
    int letters = 0, size = group_size(chain, 0);
    while (at > chain->text && letters < LETTERS && is_letter(at[-1])) {
        letters++;
        at--;
    }
    char first = (char)(*at & ~0x20), second = (char)(at[1] & ~0x20);
    if (letters == 0 || is_letter(*end_of(chain, size)))
        return (struct hit){0};
    bool passport = letters == 1 && (first == 'G' || first == 'E') && size == 8;
    passport |= letters == 2 && first == 'E' && second != 'I' && second != 'O' && size == 7;
    bool permit = letters == 3 && size == PERMIT && is_birthday(chain, REGION, 2);
    return passport || permit ? (struct hit){size, 2, 2} : (struct hit){0};
}

struct hit chain_hit(const struct chain *chain)
{
    static struct hit (*const kinds[])(const struct chain *chain) = {
        paper, id_card, mobile, landline, id_card_old, bank_card, local_line};
    struct hit hit = {0};
    for (size_t i = 0; i < COUNT_OF(kinds) && hit.count == 0; i++)
        hit = kinds[i](chain);
    return hit;
}
