/* Calendars as JSON (spec 12). */
#include <string.h>

#include "domain/calendar.h"
#include "domain/registry.h"
#include "wire/reader.h"
#include "wire/registry_fields.h"
#include "wire/writer.h"

enum { OVERRIDES_LIMIT = 10000, FRAMES_LIMIT = 24, HOUR = 60, DAY = 1440 };

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const override_words[] = {"holiday", "workday", NULL};

/* "09:30" -> minutes; -1. 24:00 is the end of a day. */
static int minute_of(const char *text)
{
    static const int digits[] = {0, 1, 3, 4};
    for (size_t i = 0; i < COUNT_OF(digits); i++)
        if (text[digits[i]] < '0' || text[digits[i]] > '9')
            return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    int of_day = hour * HOUR + minute;
    return text[2] == ':' && minute < HOUR && of_day <= DAY ? of_day : -1;
}

static bool frame_parse(const char *text, struct frame *ret_frame)
{
    if (strlen(text) != strlen("09:00-12:00") || text[5] != '-')
        return false;
    struct frame frame = {minute_of(text), minute_of(text + 6)};
    if (frame.from < 0 || frame.from == DAY || frame.to < 0)
        return false;
    *ret_frame = frame;
    return true;
}

static void frames_read(struct reader *reader, const struct node *node, struct frames *frames)
{
    if (node->type != NODE_ARRAY || node->count > FRAMES_LIMIT) {
        reader_fault(reader, "must be a list of at most %d", FRAMES_LIMIT);
        return;
    }
    *frames = (struct frames){0, ARENA_ARRAY(reader->arena, struct frame, node->count)};
    int index = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next, index++) {
        if (one->type == NODE_TEXT && frame_parse(one->text, &frames->at[frames->count])) {
            frames->count++;
            continue;
        }
        reader_enter(reader, NULL, index);
        reader_fault(reader, "must be two times such as 09:00-12:00");
        reader_leave(reader);
    }
}

static void frames_write(struct text *text, const char *key, const struct frames *frames)
{
    put_begin(text, key, '[');
    for (int i = 0; i < frames->count; i++) {
        const struct frame *frame = &frames->at[i];
        text_format(text, "%s\"%02d:%02d-%02d:%02d\"", i > 0 ? "," : "", frame->from / HOUR,
                    frame->from % HOUR, frame->to / HOUR, frame->to % HOUR);
    }
    put_end(text, ']');
}

static void week_clear(void *target)
{
    memset(target, 0, sizeof(struct frames) * COUNT_OF(days));
}

static void week_read(struct reader *reader, const struct node *node, void *target)
{
    struct frames *week = target;
    if (node->type != NODE_OBJECT) {
        reader_fault(reader, "must be an object");
        return;
    }
    for (const struct node *member = node->first; member != NULL; member = member->next) {
        size_t day = 0;
        while (day < COUNT_OF(days) && strcmp(days[day], member->key) != 0)
            day++;
        reader_enter(reader, member->key, 0);
        if (day == COUNT_OF(days))
            reader_fault(reader, "unknown");
        else
            frames_read(reader, member, &week[day]);
        reader_leave(reader);
    }
}

static void week_write(struct text *text, const char *key, const void *value)
{
    const struct frames *week = value;
    put_begin(text, key, '{');
    for (size_t day = 0; day < COUNT_OF(days); day++)
        if (week[day].count > 0)
            frames_write(text, days[day], &week[day]);
    put_end(text, '}');
}

#define FRAMES_SCHEMA                                                                              \
    "{\"type\":\"array\",\"items\":{\"type\":\"string\","                                          \
    "\"pattern\":\"^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$\"}}"

static const struct field_own week_own = {
    week_clear, week_read, week_write,
    "{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\","
    "\"sat\",\"sun\"]},\"additionalProperties\":" FRAMES_SCHEMA "}"};

/* An override's frames: that they are given at all matters, so the target is the override. */
static void own_clear(void *target)
{
    struct override *override = target;
    override->own_frames = false;
    override->frames = (struct frames){0};
}

static void own_read(struct reader *reader, const struct node *node, void *target)
{
    struct override *override = target;
    override->own_frames = true;
    frames_read(reader, node, &override->frames);
}

static void own_write(struct text *text, const char *key, const void *value)
{
    const struct override *override = value;
    if (override->own_frames)
        frames_write(text, key, &override->frames);
}

static const struct field_own own_frames = {own_clear, own_read, own_write, FRAMES_SCHEMA};

static const struct field override_fields[] = {
    FIELD("date", DATE, override, date, .required = true),
    FIELD("kind", WORD, override, kind, .required = true, .words = override_words),
    FIELD("name", TEXT, override, name, .max = 200),
    FIELD_HERE("frames", OWN, .own = &own_frames),
};
const struct shape override_shape = SHAPE("Override", override_fields, override, NULL);

static const struct field calendar_fields[] = {
    FIELD("code", CODE, calendar, code),
    FIELD("name", TEXT, calendar, name, .max = 200),
    FIELD("zone", TEXT, calendar, zone_name, .required = true, .max = 64),
    FIELD("week", OWN, calendar, week, .required = true, .own = &week_own),
    FIELD("overrides", LIST, calendar, overrides, COUNT_AT(calendar, override_count),
          .shape = &override_shape, .max = OVERRIDES_LIMIT),
    FIELD_OF_STATUS(calendar),
    FIELD_OF_VERSION,
};

/* What domain checks is asked only about calendars whose form is right. */
static void calendar_finish(struct reader *reader, const struct node *object, void *target)
{
    struct calendar *calendar = target;
    (void)object;
    if (!error_none(reader->err))
        return;
    calendar->zone = zone_find(calendar->zone_name);
    if (!calendar_check(calendar, reader->err))
        calendar->zone = NULL;
}

const struct shape calendar_shape = SHAPE("Calendar", calendar_fields, calendar, calendar_finish);
