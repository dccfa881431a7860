/* Writes each line with one call, so that lines of several processes do not mix. */
#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

static const char *const names[] = {"error", "warn", "info", "debug"};
static enum log_level limit = LOG_INFO;

void log_set_level(enum log_level level)
{
    limit = level;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    if (level > limit)
        return;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    va_list values;
    va_start(values, format);
    char *pairs = arena_vformat(arena, format, values);
    va_end(values);
    for (char *at = pairs; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    const char *line =
        arena_format(arena, "time=%s level=%s event=%s %s\n", instant_format(arena, clock_now(), 0),
                     names[level], event, pairs);
    struct slice out = {line, __builtin_strlen(line)};
    while (out.size > 0) {
        ssize_t written = write(STDERR_FILENO, out.at, out.size);
        if (written <= 0)
            return; /* nobody reads the log; there is nobody to tell */
        out.at += written;
        out.size -= (size_t)written;
    }
}
