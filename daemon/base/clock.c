/* Reads the system's clock, or a file that a test writes. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static char *clock_path;
static struct instant last_read; /* kept while the file is being replaced */

void clock_from_file(const char *path)
{
    mem_free(clock_path);
    clock_path = mem_copy(path);
}

static struct instant read_file(void)
{
    char line[64] = "";
    FILE *file = fopen(clock_path, "re");
    if (file != NULL) {
        if (fgets(line, sizeof(line), file) != NULL)
            line[strcspn(line, "\r\n")] = '\0';
        fclose(file);
    }
    struct instant at;
    if (instant_parse(line, &at))
        last_read = at;
    return last_read;
}

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct instant clock_now(void)
{
    if (clock_path != NULL)
        return read_file();
    return (struct instant){read_us(CLOCK_REALTIME)};
}

struct span clock_steady(void)
{
    return (struct span){read_us(CLOCK_MONOTONIC)};
}
