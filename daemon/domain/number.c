/* ISO/IEC 7064, hybrid system MOD 11,10. */
#include "domain/number.h"

#include <stdio.h>
#include <string.h>

enum { DISTRICT = 6, DAY = 8 };

/* The product after `count` digits; the check digit makes (product + digit) mod 10 = 1. */
static int product(const char *digits, size_t count)
{
    int value = 10;
    for (size_t i = 0; i < count; i++) {
        int sum = (value + digits[i] - '0') % 10;
        value = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return value;
}

const char *number_district(struct arena *arena, const char *area)
{
    char *code = arena_copy(arena, "000000");
    size_t size = strlen(area);
    memcpy(code, area, size < DISTRICT ? size : DISTRICT);
    return code;
}

const char *number_day(struct arena *arena, struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return arena_format(arena, "%04d%02d%02d", year, month, day);
}

const char *number_make(struct arena *arena, const char *district, const char *day, int64_t serial)
{
    const char *digits =
        arena_format(arena, "%s%s%0*lld", district, day, NUMBER_SERIAL, (long long)serial);
    int check = (11 - product(digits, strlen(digits))) % 10;
    return arena_format(arena, "%s%d", digits, check);
}

bool number_valid(const char *number)
{
    size_t size = strlen(number);
    if (size < DISTRICT + DAY + NUMBER_SERIAL + 1 || strspn(number, "0123456789") != size)
        return false;
    return (product(number, size - 1) + number[size - 1] - '0') % 10 == 1;
}
