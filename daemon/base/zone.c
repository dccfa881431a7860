/* Each zone is a table of its clock changes, read once from ICU: a look-up is a binary search, and
 * neither the host's TZ nor ICU's calendar objects are touched again. */
#include "base/zone.h"

#include <string.h>

#include <unicode/ucal.h>
#include <unicode/uclean.h>

#include "base/map.h"

/* The Gregorian calendar, weekdays included, comes again every 400 years, and so do the rules of
 * the clocks: what lies behind the table is looked up in the same year of an earlier era. */
static const int64_t day_s = 86400;
static const int64_t era_s = (int64_t)146097 * 86400;
static const int64_t table_from_s = -2208988800; /* 1900-01-01 */
static const int64_t table_to_s = 16725225600;   /* 2500-01-01 */

enum { NAME_LIMIT = 64, CHANGES_LIMIT = 4096, OFFSET_LIMIT_S = 86400 };

struct change {
    int64_t from_s; /* seconds since 1970; of the first one: the beginning of time */
    int offset_s;
};

struct zone {
    char *name;
    int count;
    struct change *changes;
};

static struct map *zones;

static void zone_free(struct zone *zone)
{
    mem_free(zone->name);
    mem_free(zone->changes);
    mem_free(zone);
}

static void zone_add(struct zone *zone, int64_t from_s, int offset_s)
{
    if (zone->count > 0 && zone->changes[zone->count - 1].offset_s == offset_s)
        return;
    if ((zone->count & (zone->count - 1)) == 0) {
        size_t room = zone->count > 0 ? (size_t)zone->count * 2 : 1;
        zone->changes = mem_grow(zone->changes, room * sizeof(*zone->changes));
    }
    zone->changes[zone->count++] = (struct change){from_s, offset_s};
}

/* IANA names are plain ASCII. ICU knows abbreviations of its own besides (its CST is Chicago), so a
 * name without a slash is taken only if it is UTC. */
static bool name_read(const char *name, UChar ret_id[NAME_LIMIT])
{
    size_t size = strlen(name);
    if (size >= NAME_LIMIT || (strchr(name, '/') == NULL && strcmp(name, "UTC") != 0))
        return false;
    for (size_t i = 0; i <= size; i++) {
        if ((unsigned char)name[i] > 126)
            return false;
        ret_id[i] = (UChar)name[i];
    }
    /* ICU makes GMT of what it does not know; only the canonical name tells the two apart. */
    UChar canonical[NAME_LIMIT * 2];
    UBool known = 0;
    UErrorCode status = U_ZERO_ERROR;
    ucal_getCanonicalTimeZoneID(ret_id, (int32_t)size, canonical, COUNT_OF(canonical), &known,
                                &status);
    return U_SUCCESS(status) && known;
}

static void rules_close(UCalendar **rules)
{
    if (*rules != NULL)
        ucal_close(*rules);
}

static bool rules_offset(UCalendar *rules, double at_ms, int *ret_offset_s)
{
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(rules, at_ms, &status);
    int32_t ms = ucal_get(rules, UCAL_ZONE_OFFSET, &status);
    ms += ucal_get(rules, UCAL_DST_OFFSET, &status);
    *ret_offset_s = ms / 1000;
    return U_SUCCESS(status);
}

static bool zone_read(struct zone *zone, const UChar *id)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *rules CLEANUP(rules_close) = ucal_open(id, -1, "root", UCAL_GREGORIAN, &status);
    double at_ms = (double)table_from_s * 1000;
    int offset_s;
    if (U_FAILURE(status) || !rules_offset(rules, at_ms, &offset_s))
        return false;
    zone_add(zone, INT64_MIN, offset_s);
    while (zone->count < CHANGES_LIMIT &&
           ucal_getTimeZoneTransitionDate(rules, UCAL_TZ_TRANSITION_NEXT, &at_ms, &status) &&
           at_ms < (double)table_to_s * 1000) {
        if (U_FAILURE(status) || !rules_offset(rules, at_ms, &offset_s))
            return false;
        zone_add(zone, (int64_t)(at_ms / 1000), offset_s);
    }
    return U_SUCCESS(status);
}

const struct zone *zone_find(const char *name)
{
    const struct zone *known = zones == NULL ? NULL : map_get(zones, name);
    UChar id[NAME_LIMIT];
    if (known != NULL)
        return known;
    if (name == NULL || !name_read(name, id))
        return NULL;
    struct zone *zone = mem_zero(sizeof(*zone));
    zone->name = mem_copy(name);
    if (!zone_read(zone, id)) {
        zone_free(zone);
        return NULL;
    }
    if (zones == NULL)
        zones = map_new(8);
    map_put(zones, zone->name, zone);
    return zone;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* How far to go back so that `s` lies in the table. */
static int64_t era_shift(int64_t s)
{
    return s < table_to_s ? 0 : ((s - table_to_s) / era_s + 1) * era_s;
}

/* The last change that is not after `s`. */
static const struct change *change_at(const struct zone *zone, int64_t s)
{
    int low = 0, high = zone->count;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (zone->changes[middle].from_s <= s)
            low = middle;
        else
            high = middle;
    }
    return &zone->changes[low];
}

int zone_offset(const struct zone *zone, struct instant at)
{
    int64_t s = floor_div(at.us, 1000000);
    return change_at(zone, s - era_shift(s))->offset_s;
}

struct date zone_date(const struct zone *zone, struct instant at)
{
    int64_t s = floor_div(at.us, 1000000);
    return (struct date){(int32_t)floor_div(s + zone_offset(zone, at), day_s)};
}

/* The earliest instant at which the local clock shows `minute` or later. */
struct instant zone_instant(const struct zone *zone, struct date date, int minute)
{
    int64_t local = (int64_t)date.day * day_s + (int64_t)minute * 60;
    int64_t shift = era_shift(local);
    local -= shift;
    const struct change *last = &zone->changes[zone->count - 1];
    const struct change *change = change_at(zone, local - OFFSET_LIMIT_S);
    while (change < last && local - change->offset_s >= change[1].from_s)
        change++;
    int64_t s = local - change->offset_s;
    if (s < change->from_s)
        s = change->from_s;
    return (struct instant){(s + shift) * 1000000};
}

void zone_close(void)
{
    struct zone *zone;
    size_t position = 0;
    if (zones == NULL)
        return;
    while ((zone = map_next(zones, &position, NULL)) != NULL)
        zone_free(zone);
    map_free(zones);
    zones = NULL;
    u_cleanup();
}
