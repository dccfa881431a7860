/* Hints at intake: how like two tickets are, by their words and by where they are. Hints tell an
 * operator what else there is; no rule decides by them. Pure. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* A title and a content by their pairs of neighbouring signs (unicode_fold), of a fixed size
 * however long the texts. No text can be read out of it. */
enum { LIKENESS_TITLE = 64, LIKENESS_CONTENT = 128 };
struct sketch {
    unsigned char title[LIKENESS_TITLE];
    unsigned char content[LIKENESS_CONTENT];
};

/* Time grows with the texts; 20,000 characters take about a millisecond. */
void likeness_sketch(const char *title, const char *content, struct sketch *ret_sketch);
/* 0 (nothing in common) to 1 (the same words); the titles count about a third. Where one side's
 * titles or contents have no words of their own, the others count alone. */
double likeness(const struct sketch *a, const struct sketch *b);

/* Category and street as one text: what must be the same. */
const char *likeness_spot(struct arena *arena, const char *category, const char *area);

struct place {
    const char *area;
    double lon, lat; /* degrees; NAN = not known */
};
/* Over the ground, in metres; both must have lon and lat. */
double place_metres(const struct place *a, const struct place *b);
/* Both located: at most `metres` apart. Else: in the same street (so in the same community too). */
bool place_near(const struct place *a, const struct place *b, double metres);

/* What later tickets are compared with. */
struct like {
    int64_t ticket;
    const char *no;
    struct place place;
    struct sketch sketch;
};
/* As bytes of one size, in no machine's order: many are read as one value, one behind the other. A
 * number or area too long for it is cut. */
enum { LIKE_NO = 40, LIKE_AREA = 16, LIKE_NUMBERS = 3 * 8 };
enum { LIKE_BYTES = LIKE_NUMBERS + LIKE_NO + LIKE_AREA + LIKENESS_TITLE + LIKENESS_CONTENT };
void like_pack(const struct like *like, unsigned char ret_bytes[LIKE_BYTES]);
/* `no` and area are borrowed from the bytes. */
struct like like_unpack(const unsigned char bytes[LIKE_BYTES]);

/* What may be about the same matter. */
struct similar {
    int64_t ticket;
    const char *no;
    double likeness;
};
struct hints {
    struct names same_caller; /* numbers, newest first */
    int count;
    struct similar *similar; /* most alike first, then newest */
};
/* Puts one in its place; of more than `at_most` the last is dropped. A ticket is in it once. */
void hints_add(struct hints *hints, struct similar similar, int at_most, struct arena *arena);
