/* Sketches by one-permutation hashing: each pair of signs is hashed once, the hash chooses a bin,
 * and the smallest hash of a bin stays. Two texts agree in a bin about as often as they share
 * pairs; of short texts hardly two pairs meet in a bin, so that theirs is nearly the true figure.
 */
#include "domain/likeness.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "base/unicode.h"
#include "domain/area.h"

/* Pairs of the phrases in which hotline seats wrap every matter
 * ("来电人反映……希望有关部门尽快处理"): they would make all tickets alike. In order of code point.
 */
static const char32_t phrases[][3] = {
    U"予以", U"人反", U"人咨", U"人建", U"人投", U"人称", U"以解", U"关于", U"关部", U"内容",
    U"反映", U"咨询", U"回复", U"处理", U"复方", U"复来", U"实情", U"将处", U"尽快", U"市民",
    U"希望", U"并将", U"建议", U"快处", U"快解", U"情况", U"投诉", U"方式", U"有关", U"望尽",
    U"望有", U"望相", U"望能", U"来电", U"果回", U"核实", U"民反", U"民咨", U"民建", U"民投",
    U"民来", U"求人", U"求内", U"求目", U"理结", U"电人", U"电反", U"电咨", U"电话", U"的问",
    U"目的", U"相关", U"结果", U"能够", U"要求", U"解决", U"诉求", U"话回", U"请尽", U"请有",
    U"请相", U"部门", U"门核", U"问题",
};

static int compare_pairs(const void *left, const void *right)
{
    const char32_t *a = left, *b = right;
    if (a[0] != b[0])
        return a[0] < b[0] ? -1 : 1;
    return a[1] == b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

static bool in_phrase(const uint32_t *pair)
{
    return bsearch(pair, phrases, COUNT_OF(phrases), sizeof(phrases[0]), compare_pairs) != NULL;
}

/* All bits depend on all: the finish of splitmix64. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

enum { SIGN_BITS = 21, HASH_HALF = 32, MARKS = 255 };

/* A bin keeps the smallest hash; written down is one byte of it, 0 for a bin without any. */
static void sketch_signs(const struct signs *signs, unsigned char *bins, unsigned count)
{
    uint32_t least[LIKENESS_CONTENT];
    memset(least, 0xFF, sizeof(least));
    for (int i = 0; i + 1 < signs->count; i++) {
        uint64_t hash = mix((uint64_t)signs->at[i] << SIGN_BITS | signs->at[i + 1]);
        uint32_t *bin = &least[(hash >> HASH_HALF) % count];
        if ((uint32_t)hash < *bin && !in_phrase(&signs->at[i]))
            *bin = (uint32_t)hash;
    }
    for (unsigned i = 0; i < count; i++)
        bins[i] = (unsigned char)(least[i] == UINT32_MAX ? 0 : 1 + least[i] % MARKS);
}

void likeness_sketch(const char *title, const char *content, struct sketch *ret_sketch)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct signs title_signs = unicode_fold(scratch, title);
    struct signs content_signs = unicode_fold(scratch, content);
    sketch_signs(&title_signs, ret_sketch->title, LIKENESS_TITLE);
    sketch_signs(&content_signs, ret_sketch->content, LIKENESS_CONTENT);
}

/* Dice's figure, 2 x shared / (one + other), from the bins; below 0: one of them says nothing. */
static double dice(const unsigned char *a, const unsigned char *b, int count)
{
    int shared = 0, either = 0, of_a = 0, of_b = 0;
    for (int i = 0; i < count; i++) {
        shared += a[i] == b[i] && a[i] != 0;
        either += (a[i] | b[i]) != 0;
        of_a += a[i] != 0;
        of_b += b[i] != 0;
    }
    if (of_a == 0 || of_b == 0)
        return -1;
    return 2.0 * shared / (either + shared); /* by Jaccard's J = shared / either: 2J / (1 + J) */
}

/* What tells cases of one matter from others best (tests/cases/likeness). */
static const double title_share = 0.35;

double likeness(const struct sketch *a, const struct sketch *b)
{
    double title = dice(a->title, b->title, LIKENESS_TITLE);
    double content = dice(a->content, b->content, LIKENESS_CONTENT);
    if (title < 0 || content < 0)
        return fmax(fmax(title, content), 0);
    return title_share * title + (1 - title_share) * content;
}

const char *likeness_spot(struct arena *arena, const char *category, const char *area)
{
    return arena_format(arena, "%s %s", category, area_street(arena, area));
}

static const double earth_metres = 6371008.8; /* mean radius */
static const double degree = 0.017453292519943295;

double place_metres(const struct place *a, const struct place *b)
{
    double north = sin((b->lat - a->lat) * degree / 2), east = sin((b->lon - a->lon) * degree / 2);
    double chord = north * north + cos(a->lat * degree) * cos(b->lat * degree) * east * east;
    return 2 * earth_metres * asin(fmin(1, sqrt(chord)));
}

static bool is_located(const struct place *place)
{
    return isfinite(place->lon) && isfinite(place->lat);
}

bool place_near(const struct place *a, const struct place *b, double metres)
{
    if (is_located(a) && is_located(b))
        return place_metres(a, b) <= metres;
    const size_t digits = (size_t)area_digits(LEVEL_STREET);
    return strlen(a->area) >= digits && strncmp(a->area, b->area, digits) == 0;
}

static unsigned char *put_number(unsigned char *at, uint64_t number)
{
    number = htobe64(number);
    memcpy(at, &number, sizeof(number));
    return at + sizeof(number);
}

static unsigned char *put_degrees(unsigned char *at, double degrees)
{
    uint64_t bits;
    memcpy(&bits, &degrees, sizeof(bits));
    return put_number(at, bits);
}

/* With NULs behind it, one at least. */
static unsigned char *put_word(unsigned char *at, const char *word, size_t room)
{
    size_t size = strnlen(word, room - 1);
    memcpy(at, word, size);
    memset(at + size, 0, room - size);
    return at + room;
}

void like_pack(const struct like *like, unsigned char ret_bytes[LIKE_BYTES])
{
    unsigned char *at = put_number(ret_bytes, (uint64_t)like->ticket);
    at = put_degrees(at, like->place.lon);
    at = put_degrees(at, like->place.lat);
    at = put_word(at, like->no, LIKE_NO);
    at = put_word(at, like->place.area, LIKE_AREA);
    memcpy(at, like->sketch.title, LIKENESS_TITLE);
    memcpy(at + LIKENESS_TITLE, like->sketch.content, LIKENESS_CONTENT);
}

static uint64_t get_number(const unsigned char *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof(number));
    return be64toh(number);
}

static double get_degrees(const unsigned char *at)
{
    uint64_t bits = get_number(at);
    double degrees;
    memcpy(&degrees, &bits, sizeof(degrees));
    return degrees;
}

struct like like_unpack(const unsigned char bytes[LIKE_BYTES])
{
    const unsigned char *words = bytes + LIKE_NUMBERS, *bins = words + LIKE_NO + LIKE_AREA;
    struct like like = {
        .ticket = (int64_t)get_number(bytes),
        .no = (const char *)words,
        .place = {(const char *)words + LIKE_NO, get_degrees(bytes + 8), get_degrees(bytes + 16)},
    };
    memcpy(like.sketch.title, bins, LIKENESS_TITLE);
    memcpy(like.sketch.content, bins + LIKENESS_TITLE, LIKENESS_CONTENT);
    return like;
}

static bool comes_before(const struct similar *a, const struct similar *b)
{
    return a->likeness != b->likeness ? a->likeness > b->likeness : a->ticket > b->ticket;
}

void hints_add(struct hints *hints, struct similar similar, int at_most, struct arena *arena)
{
    for (int i = 0; i < hints->count; i++)
        if (hints->similar[i].ticket == similar.ticket)
            return;
    int place = hints->count;
    while (place > 0 && comes_before(&similar, &hints->similar[place - 1]))
        place--;
    if (place >= at_most)
        return;
    if (hints->similar == NULL)
        hints->similar = ARENA_ARRAY(arena, struct similar, at_most);
    if (hints->count < at_most)
        hints->count++;
    memmove(&hints->similar[place + 1], &hints->similar[place],
            sizeof(similar) * (size_t)(hints->count - 1 - place));
    hints->similar[place] = similar;
}
