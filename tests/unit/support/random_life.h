/* Random histories of one ticket for tests, from a seed: calendars, policies, and actions at
 * instants where something happens or nearly does. */
#pragma once

#include "support/plain_life.h"

enum { RANDOM_ACTIONS = 26 };

/* Two versions of one calendar, with their tables. */
struct random_calendars {
    struct calendar versions[2];
    struct plain_table *tables[2];
    struct date today; /* about when histories under it begin */
};

struct random_life {
    uint64_t seed;
    struct policy policy;
    const struct random_calendars *calendars;
    bool has_phone;
    int action_count;
    struct life_action actions[RANDOM_ACTIONS];
};

/* `cn` is the shipped calendar of China. All lives in the arena. */
struct random_calendars *random_calendars(uint64_t seed, const struct calendar *cn,
                                          struct arena *arena);
/* A history under those calendars; `life` is for its own use. Some of its actions are not allowed.
 */
void random_life(uint64_t seed, const struct random_calendars *calendars, struct life *life,
                 struct random_life *ret);
/* Prints a history that failed. */
void random_life_show(const struct random_life *history, struct arena *arena);
