/* What a calendar says of one day, and whether a calendar can be used at all. The sums over days
 * stand in calendar_reckon.c. */
#include "domain/calendar.h"

#include <stdlib.h>

#define X(name, word) word,
const char *const span_unit_words[] = {SPAN_UNITS(X) NULL};
#undef X

/* The first override that is not before `date`; override_count if there is none. */
static int override_from(const struct calendar *calendar, struct date date)
{
    int low = 0, high = calendar->override_count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (calendar->overrides[middle].date.day < date.day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct frames *calendar_day(const struct calendar *calendar, struct date date)
{
    static const struct frames none;
    int at = override_from(calendar, date);
    if (at == calendar->override_count || calendar->overrides[at].date.day != date.day)
        return &calendar->week[date_weekday(date)];
    const struct override *override = &calendar->overrides[at];
    if (override->own_frames)
        return &override->frames;
    return override->kind == OVERRIDE_WORKDAY ? &calendar->week[0] : &none;
}

struct interval calendar_piece(const struct calendar *calendar, struct date date,
                               struct frame frame)
{
    return (struct interval){zone_instant(calendar->zone, date, frame.from),
                             zone_instant(calendar->zone, date, frame.to)};
}

struct intervals calendar_frames(const struct calendar *calendar, struct date date,
                                 struct arena *arena)
{
    const struct frames *day = calendar_day(calendar, date);
    struct intervals pieces = {0, ARENA_ARRAY(arena, struct interval, day->count)};
    for (int i = 0; i < day->count; i++) {
        struct interval piece = calendar_piece(calendar, date, day->at[i]);
        if (instant_before(piece.from, piece.to))
            pieces.at[pieces.count++] = piece;
    }
    return pieces;
}

bool calendar_covers(const struct calendar *calendar, int year)
{
    struct date first, last;
    if (!date_make(year, 1, 1, &first) || !date_make(year, 12, 31, &last))
        return false;
    int at = override_from(calendar, first);
    return at < calendar->override_count && calendar->overrides[at].date.day <= last.day;
}

/* `where` is the pointer of the list. */
static void frames_check(const struct frames *frames, const char *where, struct error *err)
{
    int open_from = 0;
    for (int i = 0; i < frames->count; i++) {
        struct frame frame = frames->at[i];
        const char *pointer = arena_format(err->arena, "%s/%d", where, i);
        if (frame.from < 0 || frame.to > 1440)
            error_add(err, pointer, "must lie within 00:00-24:00");
        else if (frame.from >= frame.to)
            error_add(err, pointer, "must end later than it begins");
        else if (frame.from < open_from)
            error_add(err, pointer, "must not begin before the frame before it ends");
        open_from = frame.to;
    }
}

static int override_order(const void *a, const void *b)
{
    const struct override *const *one = a, *const *other = b;
    int32_t day = (*one)->date.day, other_day = (*other)->date.day;
    if (day != other_day)
        return day < other_day ? -1 : 1;
    return *one < *other ? -1 : *one > *other; /* as given */
}

/* Faults name places as they were given, so the dates are compared before anything moves. */
static void overrides_sort(struct calendar *calendar, struct error *err)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    size_t count = (size_t)calendar->override_count;
    struct override **order = ARENA_ARRAY(arena, struct override *, count);
    for (size_t i = 0; i < count; i++)
        order[i] = &calendar->overrides[i];
    if (count > 1)
        qsort(order, count, sizeof(struct override *), override_order);
    for (size_t i = 1; i < count; i++)
        if (order[i]->date.day == order[i - 1]->date.day)
            error_add(
                err,
                arena_format(arena, "/overrides/%d/date", (int)(order[i] - calendar->overrides)),
                "comes twice");
    struct override *sorted = ARENA_ARRAY(arena, struct override, count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = *order[i];
    for (size_t i = 0; i < count; i++)
        calendar->overrides[i] = sorted[i];
}

bool calendar_check(struct calendar *calendar, struct error *err)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    int before = err->count;
    if (calendar->zone == NULL)
        error_add(err, "/zone", "is not the IANA name of a time zone");
    for (int i = 0; i < 7; i++)
        frames_check(&calendar->week[i], arena_format(err->arena, "/week/%s", days[i]), err);
    for (int i = 0; i < calendar->override_count; i++)
        if (calendar->overrides[i].own_frames)
            frames_check(&calendar->overrides[i].frames,
                         arena_format(err->arena, "/overrides/%d/frames", i), err);
    overrides_sort(calendar, err);
    return err->count == before;
}
