/* Which numbers in a text are personal: the shapes of phone numbers and papers. Internal to
 * domain/mask. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer than the longest number looked for, with what must be seen behind it. */
enum { CHAIN_MOST = 40 };

/* Digits that stand together, also with separators between them, from the beginning of a group on.
 * A group ends at a separator, and where ASCII or full-width digits meet Chinese ones. */
struct chain {
    const char *text; /* the whole text, from its beginning */
    int count;
    struct chain_digit {
        char value;      /* '0'..'9' */
        bool cut;        /* a group begins here */
        uint32_t behind; /* the last separator before it; 0: none */
        size_t at, size; /* bytes in `text` */
    } digit[CHAIN_MOST];
};

/* One character of a text: its code point (a byte that is not UTF-8 stands for itself) and how many
 * bytes it takes; 0 at the end. */
struct glyph {
    uint32_t sign;
    size_t size;
};
struct glyph glyph_at(const char *at);
/* 0..9, -1: not a digit. `ret_chinese`: it is written as a Chinese character. */
int glyph_digit(uint32_t sign, bool *ret_chinese);

/* Reads the chain that begins at `from`, where a digit stands. */
void chain_read(const char *text, size_t from, struct chain *ret_chain);

/* A personal number at the beginning of a chain: how many digits it has, and how many of them are
 * shown at its head and its tail. */
struct hit {
    int count; /* 0: none */
    int head, tail;
};
struct hit chain_hit(const struct chain *chain);
